"""Rows as text, a batch at a time, without a Python object per cell.

A writer turns each column of a batch into an Arrow array of text, joins the pieces of a row with
``rows`` and hands the result to ``put``, which writes the array's own buffer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalog.table import BATCH_ROWS, Table

#: Bytes of Parquet (uncompressed) in a batch: shapes of a province can be megabytes each.
BATCH_BYTES = 32 * 2**20
_FEW = 2**15


class Sink(Protocol):
    """What bytes are written to."""

    def write(self, data: Any, /) -> object:
        """Take some bytes."""


def batches(table: Table) -> Iterator[pa.RecordBatch]:
    """The table's rows in batches that stay small in rows and in bytes."""
    metadata = table.metadata
    groups = (metadata.row_group(index) for index in range(metadata.num_row_groups))
    widest = max((group.total_byte_size / max(group.num_rows, 1) for group in groups), default=1)
    return table.batches(rows=max(1, min(BATCH_ROWS, int(BATCH_BYTES / max(widest, 1)))))


def rows(*pieces: Any) -> pa.StringArray:
    """One text per row from arrays and constant texts in order; no piece may have nulls."""
    return pc.binary_join_element_wise(*pieces, "")


def joined(groups: Iterable[Sequence[pa.StringArray | str]]) -> pa.StringArray:
    """One text per row from groups of pieces; a group is left out where one of it is null.

    Args:
        groups: arrays and constant texts in order, at least one array in all.
    """
    pieces: list[pa.StringArray | str] = []
    for group in groups:
        if any(not isinstance(piece, str) and piece.null_count for piece in group):
            group = [pc.fill_null(rows(*group), "")]
        for piece in group:
            if isinstance(piece, str) and pieces and isinstance(pieces[-1], str):
                pieces[-1] += piece
            else:
                pieces.append(piece)
    return rows(*pieces)


def put(out: Sink, text: pa.StringArray, skip: int = 0) -> None:
    """Write the texts one after the other.

    Args:
        out: where to.
        text: without nulls.
        skip: bytes to leave out at the start.
    """
    _, offsets, data = text.buffers()
    if not len(text) or data is None:
        return
    ends = np.frombuffer(offsets, np.int32)[text.offset : text.offset + len(text) + 1]
    out.write(memoryview(data)[ends[0] + skip : ends[-1]])


def may_have(text: pa.StringArray, some: bytes) -> bool:
    """Whether any of the bytes occurs in the texts; may say yes for texts that are null.

    A look at the bytes is far faster than any search for text, and mostly says no: Thai text lies
    between the blank and 0xE0, so that the least and the greatest byte settle most questions.
    """
    _, offsets, data = text.buffers()
    if data is None or not len(text):
        return False
    ends = memoryview(offsets).cast("i")
    first, last = ends[text.offset], ends[text.offset + len(text)]
    if last - first <= _FEW:  # where starting a search takes longer than the search
        few = bytes(memoryview(data)[first:last])
        return any(map(few.__contains__, some))
    view: Any = np.frombuffer(data, np.uint8)[first:last]
    least, most = view.min(), view.max()
    return any((view == byte).any() for byte in some if least <= byte <= most)
