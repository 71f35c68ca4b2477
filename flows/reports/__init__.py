"""What is wrong with a table, given back in the form that each reader can use.

The contract. A module ``flows/reports/<form>.py`` has

    ENDING                       ending of the file's name, ``.html``
    write(report, target)        writes the file

where ``report`` is a ``Report``: the problems of one table, with what is needed to find each in the
officer's own file. ``write_all`` writes every form into a folder. Registered by file name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pyarrow as pa

from catalog.problem import Level, Problem
from catalog.registry import names, variant
from catalog.schema import TableSchema
from catalog.speech import phrases

__all__ = ["Group", "Report", "write_all"]


@dataclass(frozen=True, slots=True)
class Group:
    """Problems of one kind in one column.

    Attributes:
        first: the first of them by row.
        count: how many there are; exact, of the whole table.
        shown: how many of them are named one by one.
    """

    first: Problem
    count: int
    shown: int


@dataclass(frozen=True)
class Report:
    """The problems of one table.

    Attributes:
        title: what the table is called, for people.
        file: name of the officer's file.
        stem: what the report's files are called, without ending.
        path: the file as it was pulled.
        kind: of source (``csv``, ``xlsx``, …).
        problems: named one by one, as the way's steps gave them.
        schema: what the columns mean.
        labels: header labels of the source in order; empty where it could not be read.
        columns: field name to the label that stands for it.
        open: the source's rows as text (``_row``, then the labels), anew at each call.
        sheet, cells: where the columns stand in a workbook (``RawTable``).
        rows: rows that were checked; ``None`` where it did not come to that.
    """

    title: str
    file: str
    stem: str
    path: Path
    kind: str
    problems: tuple[Problem, ...]
    schema: TableSchema
    labels: tuple[str, ...] = ()
    columns: dict[str, str] | None = None
    open: Callable[[], Iterator[pa.RecordBatch]] | None = None
    sheet: str | None = None
    cells: tuple[int, ...] = ()
    rows: int | None = None

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The problems by kind and column: errors first, then by how many there are."""
        found: dict[tuple[str, str | None, Level], list[Problem]] = {}
        for problem in self.problems:
            found.setdefault((problem.code, problem.field, problem.level), []).append(problem)
        groups = [_group(problems) for problems in found.values()]
        levels = list(Level)
        return tuple(sorted(groups, key=lambda g: (levels.index(g.first.level), -g.count)))

    @property
    def errors(self) -> int:
        """How many things stop the release."""
        return sum(group.count for group in self.groups if group.first.level is Level.ERROR)

    def words(self, field: str, lang: str = "th") -> str:
        """What a column is called: its title, or the label as found."""
        known = self.schema.by_name.get(field)
        return known.words(lang) if known else field

    def said(self, problem: Problem, lang: str = "th") -> str:
        """What is wrong, with the column's title and the type's words instead of their names."""
        return self._for_people(problem, lang).title(lang)

    def step(self, problem: Problem, lang: str = "th") -> str:
        """What to do about it, in the same words."""
        return self._for_people(problem, lang).next_step(lang)

    def _for_people(self, problem: Problem, lang: str) -> Problem:
        titles = ", ".join(self.words(field, lang) for field in self.fields(problem))
        words, params = phrases("catalog.web", "pages"), dict(problem.params)
        type_ = f"type.{params.get('type')}"
        if type_ in words:
            params["type"] = words[type_][lang]
        return replace(problem, field=titles or None, params=params)

    def place(self, field: str) -> int | None:
        """Place of a field's column among the labels, from 0."""
        label = (self.columns or {}).get(field, field)
        return self.labels.index(label) if label in self.labels else None

    def fields(self, problem: Problem) -> tuple[str, ...]:
        """The fields that a problem is about; keys of several are written with commas."""
        return tuple((problem.field or "").split(", ")) if problem.field else ()


def _group(problems: Sequence[Problem]) -> Group:
    first = min(problems, key=lambda problem: problem.row or 0)
    counts = [problem.params["count"] for problem in problems if "count" in problem.params]
    exact = max((int(str(count).replace(",", "")) for count in counts), default=0)
    return Group(first, max(exact, len(problems)), len(problems))


def write_all(report: Report, folder: Path) -> tuple[Path, ...]:
    """Write every form that a report has.

    Args:
        report: of one table.
        folder: where; files of the same name are replaced once the new ones are whole.

    Returns:
        The files that were written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in names(__name__):
        module = variant(__name__, name)
        target = folder / f"{report.stem}{module.ENDING}"
        part = target.with_name(f".{target.name}.part")
        try:
            module.write(report, part)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        written.append(target)
    return tuple(written)
