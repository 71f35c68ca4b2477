"""Header lines that come back inside of the data, at the head of each printed page.

Changes: a row goes whose cells are all the labels of their columns (or parts of a stacked label,
``ก / ข``), blanks aside; one cell of several is not enough.
Refuses: nothing to guess. Undone by: nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from flows.repairs import NoOptions, Scope, Tell
from flows.repairs._arrow import is_blank, plain
from flows.repairs._rows import labels, text_columns, without

SCOPE: Scope = "table"
Options = NoOptions
STACKED = " / "


def repair(
    batches: Iterator[pa.RecordBatch], options: NoOptions, tell: Tell
) -> Iterator[pa.RecordBatch]:
    """Take repeated header rows out."""
    return without(batches, _is_header, tell, "rows-header")


def _is_header(batch: pa.RecordBatch) -> pa.Array:
    """Which rows are the header once more."""
    label_of = labels(batch.schema)
    names = text_columns(batch)
    mask = pa.repeat(pa.scalar(True), batch.num_rows)
    filled = pa.repeat(pa.scalar(0, pa.int64()), batch.num_rows)
    for name in names:
        blank = is_blank(batch.column(name))
        mask = pc.and_(mask, pc.or_(blank, _is_label(batch.column(name), label_of[name])))
        if not pc.any(mask).as_py():
            return mask
        filled = pc.add(filled, pc.invert(blank).cast(pa.int64()))
    return pc.and_(mask, pc.greater_equal(filled, min(2, len(names))))


def _is_label(values: pa.Array, label: str) -> pa.Array:
    known = plain(pa.array([label, *label.split(STACKED)], pa.string()))
    return pc.is_in(plain(values), known)
