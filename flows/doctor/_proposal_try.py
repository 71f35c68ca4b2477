"""A proposed table tried: repaired, checked and cast, and relaxed where the data says otherwise.

What is tried is the real way (``flows.repair``, ``flows.way``) on the table as it was read. Where
a value breaks a constraint, the constraint goes; where it is not of its type, the column becomes
text; each is a finding, so that nobody is told of a type that does not hold. What a repair refuses
to guess is never relaxed: that is for a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from catalog.names import DatasetId
from catalog.problem import Level, Problem, SamdaoError
from catalog.spec import DatasetSpec, OfficeSpec
from catalog.table import Table
from flows import repair as repairing
from flows import way
from flows.doctor import Example, Finding
from flows.doctor._proposal_draft import FieldDraft, TableDraft
from flows.doctor.examine import SALT, Desk
from flows.privacy.cover import veiled
from flows.privacy.declared import published_schema
from flows.privacy.protect import protect, veil_by_headers

#: Rounds of relaxing; each gives up a claim at least, so a table of many columns may need many.
_ROUNDS = 60
#: Repairs that make sense for text; others would only touch the cells that happen to fit.
_OF_TEXT = frozenset({"trim", "thai_text", "pdf_thai", "missing", "replace", "place", "ticks"})
#: Constraints that a text may have.
_TEXT_CONSTRAINTS = frozenset({"required", "unique"})
_OF_VALUES = frozenset({"type-error", "cast-failed"})
_OF_CONSTRAINTS = frozenset({"constraint-error", "unique-error", "enum-error", "pattern-error"})


@dataclass(frozen=True, slots=True)
class Trial:
    """What trying a table came to.

    Attributes:
        draft: the table as it passes, or as far as it came.
        typed: its canonical table; ``None`` if it does not pass.
        relaxed: claims that were given up.
        problems: what stops it.
    """

    draft: TableDraft
    typed: Table | None
    relaxed: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()


def try_table(draft: TableDraft, desk: Desk) -> Trial:
    """Try a table, and relax it until it passes or nothing can be relaxed."""
    relaxed: list[Finding] = []
    for number in range(_ROUNDS):
        try:
            typed = _run(draft, desk.folder(f"try/{draft.name}-{number}"))
            return Trial(draft, typed, tuple(relaxed))
        except SamdaoError as error:
            changed, given_up = _relaxed(draft, error.problems)
            if changed == draft:
                return Trial(draft, None, tuple(relaxed), error.problems)
            draft = changed
            relaxed += given_up
    return Trial(draft, None, tuple(relaxed))


def _run(draft: TableDraft, folder: Path) -> Table:
    """The way from text to typed values, without foreign keys.

    Raises:
        SamdaoError: what does not hold.
    """
    source = {"kind": draft.exam.layout.kind, "path": "-"}
    spec, schema = replace(draft, foreign=()).checked(source)
    dataset, name = _dataset({draft.name: spec}), draft.name
    (folder / "release").mkdir(exist_ok=True)
    published = {name: published_schema(schema, spec)}
    work = way.Work(dataset, published, {}, folder, folder / "release", {name: schema})
    with way.translated(dataset.id):
        with veiled(veil_by_headers(schema, spec)):
            repaired = repairing.repair(draft.exam.raw(), schema, spec, folder / "text.parquet")
        found = {name: protect(repaired, schema, spec, SALT)}
        return way.cast(work, way.check(work, found))[name]


def _dataset(tables: Mapping[str, Any]) -> DatasetSpec:
    """The least that a table needs around it."""
    words, contact = {"th": "—"}, {"name": "—", "email": "nobody@samdao.example"}
    office = OfficeSpec.model_validate(
        {"id": "trial", "name": words, "uri_base": "https://samdao.example", "contact": contact}
    )
    return DatasetSpec.model_validate({
        "id": DatasetId("trial", "trial"), "office": office, "title": words, "description": words,
        "keywords": ["—"], "theme": "government", "data_type": "other", "objective": ["unknown"],
        "frequency": {"unit": "unknown"}, "coverage": {"level": "unknown"},
        "licence": "not-stated", "contact": contact, "provenance": {"source": words},
        "tables": tables,
    })  # fmt: skip


def _relaxed(
    draft: TableDraft, problems: Iterable[Problem]
) -> tuple[TableDraft, tuple[Finding, ...]]:
    """The table with the claims given up that problems speak against."""
    findings: list[Finding] = []
    claims = list(_claims(problems))
    # A value that is not of its type counts as empty, so that keys and constraints seem broken too.
    of_types = [claim for claim in claims if claim[0].code in _OF_VALUES]
    for first, count in of_types or claims:
        changed = _give_up(draft, first)
        if changed != draft:
            findings.append(_finding(draft, changed, first, count))
            draft = changed
    return draft, tuple(findings)


def _claims(problems: Iterable[Problem]) -> Iterator[tuple[Problem, int]]:
    """The first problem of each code and field, with how many there are."""
    found: dict[tuple[str, str | None], list[Problem]] = {}
    for problem in problems:
        found.setdefault((problem.code, problem.field), []).append(problem)
    yield from ((items[0], len(items)) for items in found.values())


def _give_up(draft: TableDraft, problem: Problem) -> TableDraft:
    """The table without the claim that a problem speaks against; the same if there is none."""
    if problem.code == "primary-key":
        return replace(draft, key=())
    if problem.code == "row-rule":
        broken = problem.params.get("expression")
        return replace(draft, rules=tuple(r for r in draft.rules if r["expression"] != broken))
    field = draft.field(problem.field or "")
    if field is None or field.name in draft.kept or problem.level is not Level.ERROR:
        return draft
    if problem.code in _OF_CONSTRAINTS:
        return draft.with_field(_without_constraint(field, str(problem.params.get("note", ""))))
    # A geometry that cannot be read is no text either: it is for the office to mend.
    if problem.code in _OF_VALUES and field.label != draft.exam.geometry:
        return draft.with_field(_as_text(field))
    return draft


def _without_constraint(field: FieldDraft, note: str) -> FieldDraft:
    """The field without the constraints that a note names; without any, if it names none."""
    known = field.body.get("constraints", {})
    named = {name for name in known if name in note}
    return field.with_constraints({k: v for k, v in known.items() if named and k not in named})


def _as_text(field: FieldDraft) -> FieldDraft:
    """The field as text, its values as they stand."""
    if field.type == "string" and "format" not in field.body:
        return field
    constraints = {
        k: v for k, v in field.body.get("constraints", {}).items() if k in _TEXT_CONSTRAINTS
    }
    steps = tuple(step for step in field.repairs or () if step[0] in _OF_TEXT)
    plain = field.with_body(type="string", format=None, decimalPlaces=None, unit=None)
    return replace(plain.with_constraints(constraints), repairs=steps or None)


def _finding(before: TableDraft, after: TableDraft, problem: Problem, count: int) -> Finding:
    """What was given up, with the value that speaks against it."""
    name = problem.field or ", ".join(before.key)
    old, new = before.field(name), after.field(name)
    examples = (Example(problem.row, problem.value),) if problem.value else ()
    label = old.label if old else None
    if old and new and old.type != new.type:
        told = Problem("doctor-relaxed-type", field=label, row=problem.row, value=problem.value,
                       params={"name": name, "type": old.type}, level=Level.WARNING)  # fmt: skip
    elif before.key != after.key:
        told = Problem("doctor-relaxed-key", field=label, row=problem.row,
                       params={"name": ", ".join(before.key)}, level=Level.NOTE)  # fmt: skip
    else:
        told = Problem("doctor-relaxed-constraint", field=label, row=problem.row,
                       value=problem.value, params={"name": name}, level=Level.NOTE)  # fmt: skip
    return Finding(told, count, examples)
