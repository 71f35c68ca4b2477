"""Rows without anything in them.

Changes: a row whose cells are all empty, or hold only blanks, goes.
Refuses: nothing to guess. Undone by: nothing; positions (``_row``) still count such rows.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from flows.repairs import NoOptions, Scope, Tell
from flows.repairs._rows import blank_rows, without

SCOPE: Scope = "table"
Options = NoOptions


def repair(
    batches: Iterator[pa.RecordBatch], options: NoOptions, tell: Tell
) -> Iterator[pa.RecordBatch]:
    """Take blank rows out."""
    return without(batches, blank_rows, tell, "rows-blank")
