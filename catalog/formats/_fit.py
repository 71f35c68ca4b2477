"""What has to be changed for a table to fit a format, and the count of it.

A format that cannot hold every value lists ``Step``s. ``fit`` carries them out: ``held`` calls it
for the certificate, ``write`` calls it with a ``Tally`` that becomes the problems it returns.
Every step is a pure function of the column, so both see the same change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from catalog.formats._escape import ILLEGAL_BYTES, ILLEGAL_IN_XML
from catalog.formats._stream import may_have
from catalog.problem import Level, Problem
from catalog.schema import SchemaField

Change = Callable[[pa.Array, SchemaField], pa.Array]


@dataclass(frozen=True, slots=True)
class Step:
    """One change that a format makes.

    Attributes:
        code: template of the problem that tells of it.
        change: the column as the format holds it; the very same object where nothing changes.
        level: how much the change weighs.
        params: what else the template names.
    """

    code: str
    change: Change
    level: Level = Level.WARNING
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class _Count:
    cells: int
    row: int
    value: str | None


@dataclass(slots=True)
class Tally:
    """Counts the cells that steps changed, with the first of each."""

    rows: int = 0
    counts: dict[tuple[str, str], _Count] = field(default_factory=dict)

    def see(self, step: Step, name: str, before: pa.Array, after: pa.Array) -> None:
        """Count what one step changed in one column of the batch that starts after ``rows``."""
        places = pc.indices_nonzero(differs(before, after))
        if not len(places):
            return
        first = places[0].as_py()
        value = before[first].as_py()
        shown = value[:100] if isinstance(value, str) else None
        count = self.counts.setdefault((step.code, name), _Count(0, self.rows + first + 1, shown))
        count.cells += len(places)

    def problems(self, steps: Iterable[Step], table: str) -> tuple[Problem, ...]:
        """One problem per step and column: how many cells, and the first record with one."""
        known = {step.code: step for step in steps}
        return tuple(
            Problem(
                code,
                table=table,
                field=name,
                value=count.value,
                params={"count": count.cells, "first": count.row, **known[code].params},
                level=known[code].level,
            )
            for (code, name), count in self.counts.items()
        )


def differs(one: pa.Array, other: pa.Array) -> pa.BooleanArray:
    """Where two arrays of the same type do not hold the same, null being a value like others."""
    unequal = pc.fill_null(pc.not_equal(one, other), False)
    return pc.or_(unequal, pc.not_equal(pc.is_null(one), pc.is_null(other)))


def fit(
    batch: pa.RecordBatch,
    fields: Iterable[SchemaField],
    steps: Iterable[Step],
    tally: Tally | None = None,
) -> pa.RecordBatch:
    """The batch as a format holds it.

    Args:
        batch: canonical rows.
        fields: of the batch's columns, in order.
        steps: changes, in order.
        tally: counts the changes, where somebody asks.
    """
    columns = []
    for column, schema_field in zip(batch.columns, fields, strict=True):
        for step in steps:
            fitted = step.change(column, schema_field)
            if tally is not None and fitted is not column:
                tally.see(step, schema_field.name, column, fitted)
            column = fitted
        columns.append(column)
    if tally is not None:
        tally.rows += batch.num_rows
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def without_illegal(column: pa.Array, schema_field: SchemaField) -> pa.Array:
    """U+FFFD in place of each character that XML 1.0 cannot carry."""
    if not pa.types.is_string(column.type) or not may_have(column, ILLEGAL_BYTES):
        return column
    return pc.replace_substring_regex(column, pattern=ILLEGAL_IN_XML, replacement="\ufffd")


def without_empty(column: pa.Array, schema_field: SchemaField) -> pa.Array:
    """Null in place of the empty text, which a list of one empty text is too."""
    if not pa.types.is_string(column.type):
        return column
    nothing = '[""]' if schema_field.type == "list" else ""
    empty = pc.fill_null(pc.equal(column, nothing), False)
    if not pc.any(empty).as_py():
        return column
    return pc.if_else(empty, pa.scalar(None, pa.string()), column)


#: For every format made of XML.
LEGAL_CHARACTERS = Step("format-characters-replaced", without_illegal)
#: For formats whose cells are either filled or not.
NO_EMPTY_TEXT = Step("format-empty-text", without_empty, Level.NOTE)
