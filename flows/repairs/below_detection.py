"""Measurements below what the method can see: ``< 1.8`` is no number, and no zero.

Changes: for each column of ``columns``, a cell ``< 1.8`` (also ``<1.8``, or one of ``words``) is
written as ``value`` says: ``missing`` (empty) or ``limit`` (1.8). With ``flags``, a column of that
name is added that says ``<``, for the reader to know; ``≤``, ``>`` and ``≥`` likewise.
Refuses to guess: ``limit`` without a flag column would publish a number that was never measured,
and half the limit or zero are a statistician's choice: neither can be declared. A word such as ND
has no limit, so it becomes empty and its flag is ``ND``.
Undone by: joining flag and value, where ``value`` is ``limit``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field, model_validator

from flows.repairs import Scope, Tell
from flows.repairs._arrow import BLANKS, alternatives, matches, sub, swap
from flows.repairs._rows import find, position

SCOPE: Scope = "table"
_SIGNS = (("＜", "<"), ("＞", ">"), ("<=", "≤"), (">=", "≥"))
_NUMBER = r"-?[0-9๐-๙]+(?:[.,][0-9๐-๙]+)*"


class Options(BaseModel):
    """Which columns, and what is written.

    Attributes:
        columns: names of columns of measurements.
        value: ``missing``, or ``limit`` where ``flags`` says which is one.
        flags: name of the added column of flags, by the name of the measured one.
        words: cells that mean «not detected» without a limit; none by default.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: tuple[str, ...] = Field(min_length=1)
    value: Literal["missing", "limit"] = "missing"
    flags: Mapping[str, str] = {}
    words: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _told(self) -> Options:
        if set(self.flags) - set(self.columns):
            raise ValueError("flags are of columns that are listed under columns")
        if self.value == "limit" and set(self.flags) != set(self.columns):
            raise ValueError("value: limit needs a flag column for each of columns")
        if len({*self.flags.values()}) < len(self.flags):
            raise ValueError("each flag column stands for one column")
        return self


def columns(names: Sequence[str], options: Options) -> tuple[str, ...]:
    """The columns, and the flags after them.

    Raises:
        Rejected: a column is not there.
    """
    for name in options.columns:
        find(names, name, "below_detection")
    return (*names, *(flag for flag in options.flags.values() if flag not in names))


def repair(
    batches: Iterator[pa.RecordBatch], options: Options, tell: Tell
) -> Iterator[pa.RecordBatch]:
    """Split signs from numbers."""
    for batch in batches:
        for name in options.columns:
            batch = _split(batch, name, options, tell)
        yield batch


def _split(batch: pa.RecordBatch, name: str, options: Options, tell: Tell) -> pa.RecordBatch:
    values, flag = batch.column(name), options.flags.get(name)
    pattern = f"^[{BLANKS}]*(<=|>=|[<>≤≥＜＞])[{BLANKS}]*({_NUMBER})[{BLANKS}]*$"
    signed = matches(values, pattern)
    named = matches(values, f"^[{BLANKS}]*(?:{alternatives(options.words)})[{BLANKS}]*$")
    found = pc.or_(signed, named) if options.words else signed
    if pc.any(found).as_py():
        tell("rows-below-detection", position(batch).filter(found), values.filter(found)[0].as_py())
        nothing = pa.scalar(None, pa.string())
        limit = sub(values, pattern, r"\2") if options.value == "limit" else nothing
        written = pc.if_else(pc.and_(signed, options.value == "limit"), limit, nothing)
        index = batch.schema.get_field_index(name)
        whole = pc.if_else(found, written, values)
        batch = batch.set_column(index, batch.schema.field(index), whole)
    if flag is None or flag in batch.schema.names:
        return batch
    if not pc.any(found).as_py():
        return batch.append_column(pa.field(flag, pa.string()), pa.nulls(len(values), pa.string()))
    bare = pc.utf8_trim_whitespace(values)
    told = pc.if_else(signed, swap(sub(values, pattern, r"\1"), _SIGNS), bare)
    flags = pc.if_else(found, told, pa.scalar(None, pa.string()))
    return batch.append_column(pa.field(flag, pa.string()), flags)
