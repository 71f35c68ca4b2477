"""Header lines that come back inside of the data, at the head of each printed page.

Changes: a row goes if most of its filled cells, and two at the least, are the labels of their own
columns (or parts of a stacked label, ``ก / ข``), blanks and line breaks aside.
Refuses: nothing to guess; a table of one column needs one cell. Undone by: nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from flows.repairs import NoOptions, Scope, Tell
from flows.repairs._arrow import BLANKS, EVERY_BLANK, is_blank, on_matching, plain
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
    alike = pa.repeat(pa.scalar(0), batch.num_rows)
    for name in names:
        alike = pc.add(alike, _is_label(batch.column(name), label_of[name]).cast(pa.int64()))
    mask = pc.greater_equal(alike, min(2, len(names)))
    if not pc.any(mask).as_py():
        return mask
    filled = pa.repeat(pa.scalar(0), batch.num_rows)
    for name in names:
        filled = pc.add(filled, pc.invert(is_blank(batch.column(name))).cast(pa.int64()))
    return pc.and_(mask, pc.greater(pc.multiply(alike, 2), filled))


def _is_label(values: pa.Array, label: str) -> pa.Array:
    """Which cells say what their column is called; blank labels say nothing."""
    known = plain(pa.array([label, *label.split(STACKED)], pa.string()))
    cells = pc.utf8_trim(values, characters=EVERY_BLANK)
    cells = on_matching(cells, f"[\r\n]|[{BLANKS}]{{2,}}", plain)
    return pc.is_in(cells, known.filter(pc.not_equal(known, "")))
