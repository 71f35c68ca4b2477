"""A wide table made long: one row for each of several columns.

Changes: of ``columns`` (as their header labels, or field names), each becomes rows with what it is
called in ``name`` and its value in ``value``; the other columns are repeated beside them. Rows keep
the position of the row that they came from.
Refuses: a declared column that the table does not have stops the run.
Undone by: a pivot over the other columns, where they tell the rows apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field, field_validator

from flows.repairs import Scope, Tell
from flows.repairs._arrow import is_blank
from flows.repairs._rows import find, position, shown
from flows.sources import BATCH_ROWS

SCOPE: Scope = "table"


class Options(BaseModel):
    """What becomes rows.

    Attributes:
        columns: columns in order, each with the text that stands for it in ``name``; a list where
            that is its label.
        name: column of those texts.
        value: column of the values.
        drop_blank: leave out rows whose value is empty.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    columns: Mapping[str, str] = Field(min_length=1)
    name: str
    value: str
    drop_blank: bool = False

    @field_validator(
        "columns", mode="before", json_schema_input_type=Mapping[str, str] | tuple[str, ...]
    )
    @classmethod
    def _as_they_are_called(cls, columns: object) -> object:
        return {str(c): str(c) for c in columns} if isinstance(columns, list | tuple) else columns


def columns(names: Sequence[str], options: Options) -> tuple[str, ...]:
    """The columns that are repeated, then name and value.

    Raises:
        Rejected: a column to turn is not there.
    """
    if not any(column in names for column in options.columns) and options.value in names:
        return tuple(names)
    for column in options.columns:
        find(names, column, "unpivot")
    kept = (name for name in names if name not in options.columns)
    return (*kept, options.name, options.value)


def repair(
    batches: Iterator[pa.RecordBatch], options: Options, tell: Tell
) -> Iterator[pa.RecordBatch]:
    """Turn columns into rows."""
    for batch in batches:
        if not any(column in batch.schema.names for column in options.columns):
            yield batch
            continue
        tell("rows-unpivoted", position(batch), shown(batch))
        step = max(1, BATCH_ROWS // len(options.columns))
        for start in range(0, batch.num_rows, step):
            yield _turn(batch.slice(start, step), options)


def _turn(batch: pa.RecordBatch, options: Options) -> pa.RecordBatch:
    """One batch, row by row of the source and in it column by column."""
    width, length = len(options.columns), batch.num_rows
    repeated = pa.array(np.repeat(np.arange(length), width))
    kept = [field for field in batch.schema if field.name not in options.columns]
    called = pa.array([*options.columns.values()], pa.string())
    one_after_other = pa.concat_arrays([batch.column(name) for name in options.columns])
    across = pa.array(np.arange(width * length).reshape(width, length).T.ravel())
    long = pa.RecordBatch.from_arrays(
        [
            *(batch.column(field.name).take(repeated) for field in kept),
            called.take(pa.array(np.tile(np.arange(width), length))),
            one_after_other.take(across),
        ],
        schema=pa.schema(
            [*kept, pa.field(options.name, pa.string()), pa.field(options.value, pa.string())]
        ),
    )
    if not options.drop_blank:
        return long
    return long.filter(pc.invert(is_blank(long.column(options.value))))
