"""Small counts are emptied, and with them what they could be recalculated from.

Counts from 1 to ``k`` - 1 are small; 0 stays. ``beside`` names the other count columns that
with this one make up ``total`` of the same row; ``known`` names the columns by whose values totals
are known elsewhere (``[district]``: the sum of a district is published; two at most). Further cells
are emptied until no hidden cell follows from what is left and the totals (``_grid.py`` states the
criterion). It cannot be undone; an emptied cell says nothing of whether it was small.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from catalog.schema import SchemaField
from flows.privacy.treatments._fields import retyped
from flows.privacy.treatments._grid import FREE, Cell, free, hidden
from flows.privacy.words import western

SCOPE: Literal["column", "table"] = "table"
KEYED = False
Numbers: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]
_NONE = [FREE, FREE]


class Options(BaseModel):
    """Which cells are small, and which totals are known.

    Attributes:
        k: counts below it are small.
        beside: the other columns of counts in the same row.
        total: column that has their sum.
        known: columns, or lists of columns, by whose values sums are known; two at the most, and
            with ``total`` one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    k: int = Field(default=5, ge=2, description="counts below it are small")
    beside: tuple[str, ...] = Field(default=(), description="other counts of the same row")
    total: str | None = Field(default=None, description="column with the sum of them")
    known: tuple[str | tuple[str, ...], ...] = Field(
        default=(), max_length=2, description="columns by whose values sums are known"
    )

    @model_validator(mode="after")
    def _two_at_most(self) -> Options:
        if self.total and len(self.known) == 2:
            raise ValueError("a cell may be part of two totals that are known: leave out one")
        return self


def field(field: SchemaField, options: Options) -> SchemaField | None:
    """As it was, but cells may be empty."""
    return retyped(field, field.type, optional=True)


def treat(values: pa.Array, options: Options, salt: SecretStr | None) -> pa.Array:
    """Nothing by single values: see ``hide``."""
    return values


def columns(name: str, options: Options) -> tuple[str, ...]:
    """Columns that it may empty."""
    return (name, *options.beside, *([options.total] if options.total else []))


def reads(name: str, options: Options) -> tuple[str, ...]:
    """Columns that it needs."""
    known = [column for entry in options.known for column in _names(entry)]
    return tuple(dict.fromkeys([*columns(name, options), *known]))


def hide(table: pa.Table, name: str, options: Options) -> Mapping[str, pa.Array]:
    """By column: which cells to empty.

    Args:
        table: the columns that ``reads`` names, as text.
        name: column of the declaration.
        options: k and totals.
    """
    names = columns(name, options)
    counts = [_counts(table.column(column)) for column in names]
    cells, places = _cells(table, counts, options)
    out = {column: np.zeros(table.num_rows, np.bool_) for column in names}
    for index in hidden(cells, options.k):
        row, column = places[index]
        out[names[column]][row] = True
    return {column: pa.array(flags) for column, flags in out.items()}


def _counts(values: pa.ChunkedArray) -> Numbers:
    """Whole numbers; -1 where there is none."""
    text = pc.replace_substring(western(values.combine_chunks()), ",", "")
    number = pc.match_substring_regex(text, r"^\s*[0-9]{1,15}(?:\.0*)?\s*$")
    plain = pc.if_else(number, pc.utf8_trim_whitespace(text), pa.scalar(None, pa.string()))
    read = pc.fill_null(plain.cast(pa.float64()), -1).cast(pa.int64())
    found: Numbers = read.to_numpy(zero_copy_only=False)
    return found


def _cells(
    table: pa.Table, counts: list[Numbers], options: Options
) -> tuple[list[Cell], list[tuple[int, int]]]:
    """Every count as a cell with its totals, and where it stands."""
    groups = [_numbered(table, _names(entry)) for entry in options.known]
    across = [np.arange(table.num_rows)] if options.total else []
    cells, places = [], []
    for column, values in enumerate(counts):
        is_total = bool(options.total) and column == len(counts) - 1
        # Totals of rows are shared by the columns; those of groups are each column's own.
        totals = [*across, *(group + (column + 1) * 10**9 * (1 + 2 * n)
                             for n, group in enumerate(groups))]  # fmt: skip
        for row in np.flatnonzero(values > 0):
            known = [int(total[row]) for total in totals]
            pair = known if len(known) == 2 else [known[0], free(known[0])] if known else _NONE
            cells.append(Cell(int(values[row]), pair[0], pair[1], is_total))
            places.append((int(row), column))
    return cells, places


def _names(entry: str | tuple[str, ...]) -> tuple[str, ...]:
    return (entry,) if isinstance(entry, str) else entry


def _numbered(table: pa.Table, names: tuple[str, ...]) -> Numbers:
    """Values of columns together as numbers from 0, the same for the same values."""
    texts = [pc.fill_null(table.column(name).combine_chunks(), "") for name in names]
    encoded = pc.binary_join_element_wise(*texts, "\x1f").dictionary_encode()
    found: Numbers = encoded.indices.to_numpy().astype(np.int64)
    return found
