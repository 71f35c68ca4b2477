"""Rows that a person knows to be no data: notes under a table, sources, units.

Changes: a row goes whose cell in ``column`` is one of ``equals`` or begins with one of
``starts_with`` (ที่มา, หมายเหตุ), blanks around it aside.
Refuses: nothing to guess: what goes is what is declared. Undone by: leaving the words out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, model_validator

from flows.repairs import Scope, Tell
from flows.repairs._arrow import alternatives, matches, plain
from flows.repairs._rows import find, without

SCOPE: Scope = "table"


class Options(BaseModel):
    """Which rows go.

    Attributes:
        column: the column that tells.
        equals: whole cells.
        starts_with: how a cell begins.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    column: str
    equals: tuple[str, ...] = ()
    starts_with: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _something(self) -> Options:
        if not (self.equals or self.starts_with):
            raise ValueError("name equals or starts_with")
        if "" in self.starts_with:
            raise ValueError("every cell starts with an empty text")
        return self


def columns(names: Sequence[str], options: Options) -> tuple[str, ...]:
    """The same columns.

    Raises:
        Rejected: the column that tells is not there.
    """
    find(names, options.column, "drop_rows")
    return tuple(names)


def repair(
    batches: Iterator[pa.RecordBatch], options: Options, tell: Tell
) -> Iterator[pa.RecordBatch]:
    """Take declared rows out."""

    def is_note(batch: pa.RecordBatch) -> pa.Array:
        cells = plain(batch.column(options.column))
        mask = pc.is_in(cells, plain(pa.array(options.equals, pa.string())))
        if not options.starts_with:
            return mask
        return pc.or_(mask, matches(cells, f"^(?:{alternatives(options.starts_with)})"))

    return without(batches, is_note, tell, "rows-dropped")
