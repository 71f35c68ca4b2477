"""Which rows and columns a page of a table shows.

A page is bounded in bytes, so that it comes fast on a slow phone: tables of long texts have fewer
rows on a page, wide tables are turned over sideways too. Both follow from the release alone, so an
address shows the same rows as long as the release stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from catalog.table import Table
from catalog.web.cells import CLIP

#: Columns of one page, and how many more are not worth a page of their own.
COLUMNS, _SPARE = 16, 4
#: Rows of one page, most first: as many as are expected to fit the bytes.
ROWS = (50, 25, 10)
BYTES = 40_000
_SAMPLE = 500
#: What a cell costs beside its text, and what a letter costs in an address (``%E0`` a byte).
_MARKUP, _IN_ADDRESS = 12, 3


@dataclass(frozen=True, slots=True)
class Pages:
    """One page among the pages of a table; pages count from 1, ranges from 0."""

    page: int
    pages: int
    rows: range
    sheet: int
    sheets: int
    columns: range

    def query(self, page: int | None = None, sheet: int | None = None) -> str:
        """The query of a page beside this one."""
        page, sheet = page or self.page, sheet or self.sheet
        parts = [f"page={page}"] * (page > 1) + [f"columns={sheet}"] * (sheet > 1)
        return f"?{'&'.join(parts)}" if parts else "?"


def turn(table: Table, page: int, sheet: int) -> Pages:
    """The page that is asked for, or the last one before it.

    Args:
        table: a canonical table.
        page: which rows, from 1.
        sheet: which columns, from 1.
    """
    windows = sheets(len(table.schema.fields))
    height = _height(table, windows)
    pages = max(-(-table.rows // height), 1)
    page, sheet = min(max(page, 1), pages), min(max(sheet, 1), len(windows))
    first = (page - 1) * height
    rows = range(first, min(first + height, table.rows))
    return Pages(page, pages, rows, sheet, len(windows), windows[sheet - 1])


def sheets(columns: int) -> Sequence[range]:
    """Columns in pages; a few left over go with the last one."""
    if columns <= COLUMNS + _SPARE:
        return [range(columns)]
    return [range(first, min(first + COLUMNS, columns)) for first in range(0, columns, COLUMNS)]


def _height(table: Table, windows: Sequence[range]) -> int:
    """Rows of a page, by the mean size of the first rows in their widest window."""
    sample = table.head(_SAMPLE)
    if not sample.num_rows:
        return ROWS[0]
    costs = [_cost(column) for column in sample.columns]
    key = [_cost(sample.column(name)) * _IN_ADDRESS for name in table.schema.primary_key]
    row = max(sum(costs[place] for place in window) for window in windows) + sum(key)
    return next((rows for rows in ROWS if rows * row <= BYTES), ROWS[-1])


def _cost(column: pa.ChunkedArray) -> float:
    """Mean bytes of a cell, as UTF-8 with its markup."""
    if not pa.types.is_string(column.type):
        return float(_MARKUP + 10)
    shown = pc.sum(pc.binary_length(pc.utf8_slice_codeunits(column, 0, CLIP))).as_py()
    return _MARKUP + (shown or 0) / len(column)
