"""Rows as text, a batch at a time, without a Python object per cell.

A writer turns each column of a batch into an Arrow array of text, joins the pieces of a row with
``rows`` and hands the result to ``put``, which writes the array's own buffer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from catalog.table import BATCH_ROWS, Table

#: Bytes of Parquet (uncompressed) in a batch: shapes of a province can be megabytes each.
BATCH_BYTES = 32 * 2**20


def batches(table: Table) -> Iterator[pa.RecordBatch]:
    """The table's rows in batches that stay small in rows and in bytes."""
    metadata = pq.read_metadata(table.path)
    groups = (metadata.row_group(index) for index in range(metadata.num_row_groups))
    widest = max((group.total_byte_size / max(group.num_rows, 1) for group in groups), default=1)
    return table.batches(rows=max(1, min(BATCH_ROWS, int(BATCH_BYTES / max(widest, 1)))))


def rows(*pieces: Any) -> pa.StringArray:
    """One text per row from arrays and constant texts in order; no piece may have nulls."""
    return pc.binary_join_element_wise(*pieces, "")


def put(out: IO[bytes], text: pa.StringArray, skip: int = 0) -> None:
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
    """Whether any of the bytes occurs in the texts; may say yes for texts beside a slice.

    A look at the bytes is 20 times as fast as a regular expression, and mostly says no.
    """
    data = text.buffers()[2]
    if data is None:
        return False
    wanted = np.zeros(256, dtype=bool)
    wanted[list(some)] = True
    return bool(wanted[np.frombuffer(data, np.uint8)].any())
