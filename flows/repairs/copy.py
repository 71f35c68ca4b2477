"""A column a second time, so that one can be repaired while the other stays as it was found.

Changes: adds each column of ``columns`` with the values of another, before the repairs of values.
Refuses: a column that is not there. A column that is there already is not written over.
Undone by: leaving the added column out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field

from flows.repairs import Scope, Tell
from flows.repairs._rows import find

SCOPE: Scope = "table"


class Options(BaseModel):
    """Which columns are copied.

    Attributes:
        columns: name of the added column to the name of the column it is copied from.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: Mapping[str, str] = Field(min_length=1)


def columns(names: Sequence[str], options: Options) -> tuple[str, ...]:
    """The columns, and the copies after them.

    Raises:
        Rejected: a column to copy from is not there.
    """
    for source in options.columns.values():
        find(names, source, "copy")
    return (*names, *(name for name in options.columns if name not in names))


def repair(
    batches: Iterator[pa.RecordBatch], options: Options, tell: Tell
) -> Iterator[pa.RecordBatch]:
    """Add the copies; no value is changed, so there is nothing to tell."""
    for batch in batches:
        wider = batch
        for name, source in options.columns.items():
            if name not in batch.schema.names:
                copied = batch.schema.field(source).with_name(name)
                wider = wider.append_column(copied, batch.column(source))
        yield wider
