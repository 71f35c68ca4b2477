"""Cells that were merged over several rows, or left out because they repeat the one above.

Changes: an empty cell of ``columns`` takes the value of the nearest cell above that has one.
Refuses: empty cells before the first value stay empty.
Undone by: nothing; only the declared columns are filled, for an empty cell may mean «none».
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field

from flows.repairs import Scope, Tell
from flows.repairs._arrow import is_blank
from flows.repairs._rows import find, position

SCOPE: Scope = "table"


class Options(BaseModel):
    """Which columns are filled.

    Attributes:
        columns: their names.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: tuple[str, ...] = Field(min_length=1)


def columns(names: Sequence[str], options: Options) -> tuple[str, ...]:
    """The same columns.

    Raises:
        Rejected: one to fill is not there.
    """
    for name in options.columns:
        find(names, name, "fill_down")
    return tuple(names)


def repair(
    batches: Iterator[pa.RecordBatch], options: Options, tell: Tell
) -> Iterator[pa.RecordBatch]:
    """Fill empty cells from above."""
    last = dict.fromkeys(options.columns, pa.scalar(None, pa.string()))
    for batch in batches:
        for name in options.columns:
            values = batch.column(name)
            filled, last[name] = _fill(values, last[name])
            new = pc.and_(is_blank(values), filled.is_valid())
            if not pc.any(new).as_py():
                continue
            rows = position(batch).filter(new)
            tell("rows-filled", rows, f"{name}: {filled.filter(new)[0].as_py()}")
            index = batch.schema.get_field_index(name)
            whole = pc.if_else(new, filled, values)
            batch = batch.set_column(index, batch.schema.field(index), whole)
        yield batch


def _fill(values: pa.Array, last: pa.Scalar) -> tuple[pa.Array, pa.Scalar]:
    """Values filled down, starting from the last one of the batch before; and the last one."""
    gaps = pc.if_else(is_blank(values), pa.scalar(None, pa.string()), values)
    led = pa.concat_arrays([pa.array([last.as_py()], pa.string()), gaps])
    filled = pc.fill_null_forward(led)[1:]
    return filled, filled[-1] if len(filled) else last
