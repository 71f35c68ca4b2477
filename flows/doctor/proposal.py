"""A declaration made of an examination: tried until it passes, asking what a person must decide.

``propose`` is a pure function of what was found and what was answered; ``flows.doctor.declaring``
writes what it gives. A table whose columns wait for an answer is drafted and not tried.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from catalog.names import DatasetId
from catalog.problem import DeclarationError, Problem
from catalog.registry import names, variant
from catalog.spec import OfficeSpec
from catalog.table import Table
from flows.doctor import Choice, Finding
from flows.doctor._proposal_ask import (
    PERSONAL,
    Ask,
    checked,
    chosen,
    likely_theme,
    of_dataset,
    of_privacy,
    of_tables,
)
from flows.doctor._proposal_body import Facts, dataset_body, likely_words, office_body
from flows.doctor._proposal_build import draft
from flows.doctor._proposal_draft import TableDraft
from flows.doctor._proposal_facts import place_keys
from flows.doctor._proposal_try import Trial, try_table
from flows.doctor.examine import Desk, Examination, TableExam, again
from flows.doctor.naming import column_names, free_name, name_of

#: Longest name that is made of the words above a table.
_SHORT = 32


@dataclass(frozen=True, slots=True)
class Around:
    """What a proposal stands in.

    Attributes:
        id: of the dataset to be.
        office: the office, where it is declared.
        declared: ids of declared datasets, which foreign keys may refer to.
    """

    id: DatasetId
    office: OfficeSpec | None = None
    declared: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would be declared.

    Attributes:
        id: of the dataset.
        trials: each table, tried unless it waits for an answer.
        body: of ``dataset.yaml``; keys that wait for an answer are not in it.
        office: body of ``office.yaml``, where the office is new.
        asks: every question, answered or not.
        answers: the answers, by the question's name.
    """

    id: DatasetId
    trials: tuple[Trial, ...]
    body: Mapping[str, Any]
    office: Mapping[str, Any] | None = None
    asks: tuple[Ask, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)

    @property
    def open(self) -> tuple[Ask, ...]:
        """Questions that nobody has answered."""
        return tuple(ask for ask in self.asks if ask.name not in self.answers)

    @property
    def waits(self) -> bool:
        """Whether a table could not be tried, because a question about its values is open."""
        return any(ask.finding for ask in self.open)

    @property
    def passes(self) -> bool:
        """Whether every table was tried and passes."""
        return all(trial.typed is not None for trial in self.trials)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What stops the tables that do not pass."""
        return tuple(problem for trial in self.trials for problem in trial.problems)

    @property
    def relaxed(self) -> tuple[Finding, ...]:
        """Claims that the trial gave up."""
        return tuple(found for trial in self.trials for found in trial.relaxed)

    @property
    def schemas(self) -> dict[str, dict[str, Any]]:
        """Bodies of the schemas, by name."""
        return {trial.draft.schema: trial.draft.schema_body() for trial in self.trials}


def propose(
    exam: Examination, around: Around, answers: Mapping[str, str], desk: Desk, *,
    assume: bool = False,
) -> Proposal:  # fmt: skip
    """Make a declaration of an examination.

    Args:
        exam: what was found in a file.
        around: what the dataset will stand in.
        answers: answers that were given, by the question's name.
        desk: what to work with; trials lie there.
        assume: take the likely answers to questions about values, to try the tables with them.

    Raises:
        DeclarationError: no table in the file, or an answer that cannot be taken.
    """
    if not exam.tables:
        raise DeclarationError(Problem("nothing-to-declare", place=exam.file), *_stopping(exam))
    tables = table_names(exam, around.id)
    exam = _reread(exam, tables, answers, desk)
    labels = _field_names(exam.tables, tables)
    asks = tuple(of_tables(exam.tables, labels))
    silent = tuple(of_privacy(exam.tables, labels, asks))
    given = checked((*asks, *silent, *of_dataset({}, around.office is None)), answers)
    taken = {ask.name: ask.likely for ask in asks if assume and ask.likely} | given
    said = (*asks, *(ask for ask in silent if ask.name in given))
    trials = tuple(
        _trial(table, name, schema, [ask for ask in said if ask.table == number], taken, desk)
        for number, (table, name, schema) in enumerate(
            zip(exam.tables, tables, schema_names(around.id, tables), strict=True)
        )
    )
    shown = _personal(trials, silent, given)
    said_of_all = answers.get(f"*.{PERSONAL}")
    late = {ask.name: said_of_all for ask in shown if said_of_all and ask.name not in given}
    if late:
        return propose(exam, around, {**answers, **late}, desk, assume=assume)
    asks += shown
    facts = Facts(exam, trials, around.id, around.office)
    trials = tuple(_with_places(trial, around) for trial in trials)
    likely = likely_words(facts)
    likely["theme"] = likely_theme(_all_words(exam, likely)) or ""
    asks += tuple(of_dataset({k: v for k, v in likely.items() if v}, around.office is None))
    body = dataset_body(replace(facts, trials=trials), given)
    office = office_body(given) if around.office is None else None
    return Proposal(around.id, trials, body, office, asks, given)


def table_names(exam: Examination, id: DatasetId) -> tuple[str, ...]:
    """A name for each table: the dataset's, if it is the only one."""
    if len(exam.tables) == 1:
        return (id.dataset,)
    names: list[str] = []
    for number, table in enumerate(exam.tables, 1):
        said = table.layout.title or str(table.layout.options.get("sheet", ""))
        short = name_of(said, _SHORT) if said else ""
        names.append(short if short and short not in names else f"table_{number}")
    return tuple(names)


def schema_names(id: DatasetId, names: Sequence[str]) -> tuple[str, ...]:
    """A name for each schema: the dataset's, and the table's behind it where there are several."""
    if len(names) == 1:
        return (id.dataset,)
    found: list[str] = []
    for name in names:
        found.append(free_name(f"{id.dataset} {name}", found))
    return tuple(found)


def _stopping(exam: Examination) -> tuple[Problem, ...]:
    return tuple(found.problem for found in exam.stopping)


def _field_names(tables: Sequence[TableExam], names: Sequence[str]) -> tuple[dict[str, str], ...]:
    """Header label to field name of each table; ``""`` to the table's own name."""
    return tuple(
        {"": name} | dict(zip(t.labels, column_names(
            t.labels, tuple(d.means for d in t.diagnoses)), strict=True))
        for t, name in zip(tables, names, strict=True)
    )  # fmt: skip


def _reread(
    exam: Examination, names: Sequence[str], answers: Mapping[str, str], desk: Desk
) -> Examination:
    """The examination after answers that change how the file is read."""
    changed: dict[int, dict[str, Any]] = {}
    for ask in of_tables(exam.tables, _field_names(exam.tables, names)):
        said = answers.get(ask.name, "")
        if ask.table is not None and said in (name for name, _ in ask.choices):
            options = {r.name: r.value for r in chosen(ask, said).remedies if r.kind == "option"}
            changed.setdefault(ask.table, {}).update(options)
    tables = list(exam.tables)
    for number, options in changed.items():
        if options and exam.path is not None:
            layout = tables[number].layout
            layout = replace(layout, options={**layout.options, **options}, raw=None)
            tables[number] = again(exam.path, layout, desk, f"again{number}")
    return replace(exam, tables=tuple(tables))


def _trial(
    table: TableExam, name: str, schema: str, asks: Sequence[Ask], taken: Mapping[str, str],
    desk: Desk,
) -> Trial:  # fmt: skip
    """A table, tried if no question about its values is open."""
    answers: dict[str, list[Choice]] = {}
    for ask in asks:
        if ask.name in taken:
            column = ask.name.rpartition(".")[0].rpartition(".")[2]
            answers.setdefault(column, []).append(chosen(ask, taken[ask.name]))
    made = draft(table, name, schema, answers)
    if any(ask.name not in taken for ask in asks):
        return Trial(made, None)
    desk.tell(name)
    return try_table(made, desk)


def _personal(
    trials: Sequence[Trial], silent: Sequence[Ask], given: Mapping[str, str]
) -> tuple[Ask, ...]:
    """Questions about personal data that showed itself only when the tables were tried."""
    kinds = {code for name in names("flows.privacy.kinds")
             for code in variant("flows.privacy.kinds", name).CODES}  # fmt: skip
    shown = {
        f"{problem.field}.{PERSONAL}" for trial in trials for problem in trial.problems
        if problem.code in kinds
    }  # fmt: skip
    return tuple(
        ask for ask in silent
        if ask.name in given or any(ask.name.endswith(name) for name in shown)
    )  # fmt: skip


def _with_places(trial: Trial, around: Around) -> Trial:
    """The table with foreign keys to the declared tables of places."""
    targets = {
        level: target for level, target in _place_tables().items()
        if target["resource"].rpartition("/")[0] in around.declared
    }  # fmt: skip
    if trial.typed is None or not targets:
        return trial
    return replace(trial, draft=place_keys(trial.draft, trial.typed, targets))


def _all_words(exam: Examination, likely: Mapping[str, str]) -> str:
    labels = [label for table in exam.tables for label in table.labels]
    return " ".join((exam.file, likely.get("title", ""), *labels))


@cache
def _place_tables() -> Mapping[str, Mapping[str, str]]:
    source = files("flows") / "data" / "place_tables.yaml"
    loaded: Mapping[str, Mapping[str, str]] = yaml.load(
        source.read_bytes(), Loader=yaml.CSafeLoader
    )
    return loaded


__all__ = ["Around", "Ask", "Proposal", "Table", "TableDraft", "Trial", "propose"]
