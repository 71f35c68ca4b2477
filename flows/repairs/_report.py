"""What repairs changed, counted, with examples: for the officer's page and ``report.json``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from catalog.problem import Level, Problem
from flows.repairs import Tell
from flows.repairs._arrow import differs
from flows.repairs._changes import Changed, ChangesFile
from flows.repairs._distinct import Bunch
from flows.repairs._plan import Step

EXAMPLES = 5
_LOOKED_AT = 50
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Example:
    """One change.

    Attributes:
        row: position in the source.
        before: the value as it was; of a change of rows, what the row said.
        after: the value as it is, ``None`` for none.
    """

    row: int
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """What one repair did to one column, or to the rows.

    Attributes:
        column: field name; ``None`` for a repair of rows.
        repair: name of the repair.
        code: of the words that say it.
        count: cells changed, or rows.
        declared: by the dataset; if not, found by the column's type.
        examples: five at the most, no two alike.
    """

    column: str | None
    repair: str
    code: str
    count: int
    declared: bool
    examples: tuple[Example, ...]

    def words(self, lang: str = "th") -> str:
        """One sentence that says it."""
        example = self.examples[0].before if self.examples else ""
        params = {"count": self.count, "example": example}
        return Problem(self.code, field=self.column, params=params).title(lang)

    def as_dict(self) -> dict[str, Any]:
        """For JSON, with words in both languages."""
        return {
            "column": self.column,
            "repair": self.repair,
            "count": self.count,
            "declared": self.declared,
            "examples": [
                {"row": example.row, "before": example.before, "after": example.after}
                for example in self.examples
            ],
            "words": {lang: self.words(lang) for lang in ("th", "en")},
        }


@dataclass(slots=True)
class _Count:
    count: int = 0
    examples: list[Example] = field(default_factory=list)

    def show(self, rows: pa.Array, before: pa.Array, after: pa.Array) -> None:
        """Keep changed values that no example shows yet."""
        shown = {(example.before, example.after) for example in self.examples}
        first = zip(rows[:_LOOKED_AT].to_pylist(), before[:_LOOKED_AT].to_pylist(),
                    after[:_LOOKED_AT].to_pylist(), strict=True)  # fmt: skip
        for row, old, new in first:
            pair = (_cut(old), _cut(new))
            if pair not in shown and len(self.examples) < EXAMPLES:
                shown.add(pair)
                self.examples.append(Example(row, *pair))


class Report:
    """Counts changes as they happen; columns may be compared side by side, each by one thread.

    Args:
        columns: of the table, in order.
        changes: where every change is written, if that is wanted.
    """

    def __init__(self, columns: tuple[str, ...] = (), changes: ChangesFile | None = None) -> None:
        self._changes = changes
        self._order = {column: place for place, column in enumerate(columns)}
        self._counts: dict[tuple[str | None, int, str, str, bool], _Count] = {}
        self._notes: list[Problem] = []

    def compare(
        self, at: tuple[str, int], step: Step, rows: pa.Array, before: pa.Array, after: pa.Array
    ) -> pa.Array | None:
        """Count what a repair changed in a batch of a column.

        Args:
            at: the column, and which of its repairs it is.
            step: the repair.
            rows: positions in the source.
            before: values.
            after: values of the same length; the same object if nothing changed.

        Returns:
            Which values changed; ``None`` where none did.
        """
        if after is before or after.equals(before):
            return None
        new = differs(before, after)
        count = self._count(at, step)
        count.count += pc.sum(new).as_py()
        if len(count.examples) < EXAMPLES:
            count.show(rows.filter(new), before.filter(new), after.filter(new))
        return new

    def weigh(
        self, at: tuple[str, int], step: Step, before: Bunch, after: pa.Array, new: pa.Array
    ) -> None:
        """Count what a repair changed in different texts, each by the rows that it has.

        Args:
            at: the column, and which of its repairs it is.
            step: the repair.
            before: texts, with their first rows and how often they stand.
            after: texts of the same length.
            new: which of them changed.
        """
        if not pc.any(new).as_py():
            return
        count = self._count(at, step)
        count.count += pc.sum(before.counts.filter(new)).as_py()
        count.show(before.first.filter(new), before.values.filter(new), after.filter(new))

    def _count(self, at: tuple[str, int], step: Step) -> _Count:
        column, index = at
        key = (column, index, step.name, f"repaired-{step.name}", step.declared)
        return self._counts.setdefault(key, _Count())

    def teller(self, index: int, step: Step) -> Tell:
        """Where a repair of rows says what it did."""

        def tell(what: str, rows: pa.Array, example: str = "", *, changed: bool = True) -> None:
            if not changed:
                params = {"count": len(rows), "example": example}
                row = rows[0].as_py()
                self._notes.append(Problem(what, row=row, params=params, level=Level.NOTE))
                return
            key = (None, index, step.name, what, step.declared)
            count = self._counts.setdefault(key, _Count())
            count.count += len(rows)
            if self._changes is not None:
                gone = pa.nulls(len(rows), pa.string())
                self._changes.add(Changed(step.name, None, rows, gone, gone))
            if len(count.examples) < EXAMPLES:
                count.examples.append(Example(rows[0].as_py(), _cut(example), None))

        return tell

    @property
    def changes(self) -> tuple[Change, ...]:
        """What was changed: rows first, then columns, each in the order of the repairs."""
        found = sorted(self._counts.items(), key=lambda item: self._place(*item[0][:2]))
        return tuple(
            Change(column, name, code, count.count, declared, tuple(count.examples))
            for (column, _, name, code, declared), count in found
        )

    def _place(self, column: str | None, index: int) -> tuple[int, int]:
        return (-1 if column is None else self._order.get(column, 0), index)

    @property
    def notes(self) -> tuple[Problem, ...]:
        """What an officer should know."""
        return tuple(self._notes)


def _cut(text: str | None) -> str | None:
    return text if text is None else text[:_SHOWN]
