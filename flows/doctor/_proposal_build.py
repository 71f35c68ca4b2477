"""A table's draft, made of its diagnoses and of what a person answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from catalog.schema import TableSchema
from flows.doctor import Choice, Diagnosis, Remedy
from flows.doctor._proposal_draft import FieldDraft, Step, TableDraft
from flows.doctor.columns import answered
from flows.doctor.examine import TableExam
from flows.doctor.naming import aliases, column_names, meanings, titles
from flows.repairs._plan import _found_by_type as found_by_type

#: The repair of rows that makes a column, and what that is called.
_POINT, _LOCATION = "point", "location"
#: The constraint that is about a row, and so stands in the schema and not in a field.
_RULES = "rules"
#: The answer that the values will be mended in the source.
SOURCE = "source"


def draft(
    exam: TableExam, name: str, schema: str, chosen: Mapping[str, Sequence[Choice]]
) -> TableDraft:
    """A table as its diagnoses have it, and as questions were answered.

    Args:
        exam: the table.
        name: what the table will be called.
        schema: what its schema will be called.
        chosen: the answers by field name; under the table's name those about the whole table.
    """
    names = column_names(exam.labels, tuple(d.means for d in exam.diagnoses))
    by_label = dict(zip(exam.labels, names, strict=True))
    of_table = [
        (found.problem.field, item) for found in exam.findings for item in found.remedies
        if item.name != _RULES
    ]  # fmt: skip
    fields = []
    for label, diagnosis, alias in zip(exam.labels, exam.diagnoses, aliases(names), strict=True):
        told = Choice("", {}, tuple(item for field, item in of_table if field == label))
        settled = answered(diagnosis, (told, *chosen.get(by_label[label], ())))
        fields.append(_in_names(_field(label, settled, by_label[label], alias), by_label))
    remedies = [item for found in exam.all_findings for item in found.remedies]
    remedies += [item for choices in chosen.values() for c in choices for item in c.remedies]
    rows = _rows(remedies, by_label)
    made = TableDraft(
        name, schema, exam, (*fields, *_points(rows, names)), rows,
        key=tuple(by_label[label] for label in exam.keys[0]) if exam.keys else (),
        rules=tuple(_rules(remedies, {field.label: field for field in fields})),
        title=exam.layout.title,
        kept=frozenset(c for c, given in chosen.items() if any(g.name == SOURCE for g in given)),
    )  # fmt: skip
    for column, choices in chosen.items():
        for item in (item for choice in choices for item in choice.remedies):
            made = _treated(made, column, item) if item.kind == "treatment" else made
    return made


def _rows(remedies: Iterable[Remedy], by_label: Mapping[str, str]) -> tuple[Step, ...]:
    """Repairs of rows in the order in which they were found to be needed.

    Each stands once; what is asked for several columns alike is told of all of them together.
    """
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    for item in remedies:
        if item.kind != "rows":
            continue
        options = dict(_renamed(item.value or {}, by_label))
        if item.name == _POINT:
            options.setdefault("to", _free_name(_LOCATION, by_label.values()))
        columns = options.pop("columns", None)
        _, known = found.setdefault(f"{item.name} {options}", (item.name, dict(options)))
        if isinstance(columns, list):
            before = known.setdefault("columns", [])
            known["columns"] = [*before, *(c for c in columns if c not in before)]
        elif columns is not None:
            known["columns"] = columns
    return tuple(found.values())


def _free_name(name: str, taken: Iterable[str]) -> str:
    return name if name not in {*taken} else f"{name}_point"


def _points(rows: Iterable[Step], names: Sequence[str]) -> Iterator[FieldDraft]:
    """Fields for the points that repairs make of two columns."""
    words = meanings().get("coordinates", {})
    for name, options in rows:
        if name == _POINT:
            to = str(options["to"])
            body = {"name": to, "type": "geopoint", "alias": aliases((*names, to))[-1]}
            body |= {
                k: str(words[v]) for k, v in (("title", "th"), ("title_en", "en")) if v in words
            }
            yield FieldDraft("", {}, made=True).with_body(**body)


def _rules(
    remedies: Iterable[Remedy], fields: Mapping[str, FieldDraft]
) -> Iterator[Mapping[str, Any]]:
    """Sums that hold in every row, as rules of the schema."""
    for item in remedies:
        if (item.kind, item.name) != ("constraint", _RULES) or "total" not in item.value:
            continue
        total, parts = fields[item.value["total"]], [fields[p] for p in item.value["parts"]]
        if all(field.type in ("integer", "number") for field in (total, *parts)):
            said = " + ".join(str(part.body["title"]) for part in parts)
            yield {
                "expression": f"{total.name} = {' + '.join(part.name for part in parts)}",
                "th": f"{total.body['title']} = {said}",
            }


def _field(label: str, found: Diagnosis, name: str, alias: str) -> FieldDraft:
    title, english = titles(str(found.properties.get("title", label)), found.means)
    body: dict[str, Any] = {"name": name, "type": found.type, "title": title, "alias": alias}
    if found.format != "default":
        body["format"] = found.format
    if english:
        body["title_en"] = english
    body |= {name: value for name, value in found.properties.items() if name != "title"}
    if found.missing != ("",):
        body["missingValues"] = list(found.missing)
    made = FieldDraft(label, {}, found.repairs).with_body(**body)
    return made.with_constraints(found.constraints)


def _treated(table: TableDraft, column: str, item: Remedy) -> TableDraft:
    """The table after a decision about personal data."""
    field = table.field(column)
    name = field.name if field else column
    value = item.name if item.value in (None, {}) else {item.name: item.value}
    key = () if name in table.key else table.key
    return replace(table, privacy={**table.privacy, name: value}, key=key)


def _in_names(field: FieldDraft, by_label: Mapping[str, str]) -> FieldDraft:
    """A field whose repairs name other columns by their fields' names; no needless list."""
    if field.repairs is None:
        return field
    steps = tuple((name, _renamed(options, by_label)) for name, options in field.repairs)
    asked = {step.name: dict(step.options) for step in found_by_type(_schema_field(field))}
    needless = all(
        name in asked and asked[name] in (options, {**options}) for name, options in steps
    )
    return replace(field, repairs=None if needless or not steps else steps)


def _schema_field(field: FieldDraft) -> Any:
    return TableSchema.model_validate({"fields": [dict(field.body)]}).fields[0]


def _renamed(value: Any, by_label: Mapping[str, str]) -> Any:
    """Options with the fields' names where they have labels."""
    if isinstance(value, str):
        return by_label.get(value, value)
    if isinstance(value, Mapping):
        return {by_label.get(k, k): _renamed(v, by_label) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_renamed(item, by_label) for item in value]
    return value
