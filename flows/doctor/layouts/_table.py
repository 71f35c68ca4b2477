"""A table among the rows of a grid, and where it ends: notes below it, strays beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flows.doctor.layouts import _words
from flows.doctor.layouts._grid import Grid, Kind, Row
from flows.doctor.layouts._header import Header

#: Rows of a table's end that are looked into.
TAIL = 24
#: Share of rows up to which cells beside a table are strays, and from which they are a column.
_STRAY, _COLUMN = 0.02, 0.9


@dataclass(slots=True)
class Table:
    """A table, by indices of rows and columns.

    Attributes:
        header: where its header is.
        stop: behind its last row.
        left, right: its first column, and the one behind its last.
        counts: filled cells of each column, header and notes among them.
        titles, notes: rows around it that are no data.
        beside: columns to its right that are none of its own but have something.
        looked: rows that were looked into.
        wide: filled cells that a row of it has, in the middle.
        named: the table above it whose columns it has, where it has no header of its own.
    """

    header: Header
    stop: int
    left: int
    right: int
    counts: Sequence[int]
    titles: tuple[int, ...]
    looked: dict[int, Row]
    wide: int
    notes: tuple[int, ...] = ()
    beside: tuple[int, ...] = ()
    named: Table | None = None
    figures: dict[int, bool] = field(default_factory=dict)

    @property
    def columns(self) -> range:
        """Its columns."""
        return range(self.left, self.right)

    @property
    def labels(self) -> list[str]:
        """Texts of its header, stacked ones joined; one for each column."""
        rows = [self.looked[at].cells for at in self.header.rows]
        return [" / ".join(row[at] for row in rows if row[at].strip()) for at in self.columns]


def set_bounds(table: Table, grid: Grid) -> None:
    """Leave out notes that follow without a blank row, and what stands beside the table."""
    tail = [at for at in sorted(table.looked) if table.header.data < at < table.stop]
    tail = [at for at in tail if at >= table.stop - TAIL]
    start = _notes_start(table, tail)
    if start is not None:
        below = tuple(at for at in tail if at >= start)
        table.notes = tuple(sorted({*table.notes, *below}))
        table.stop = start
    while table.stop > table.header.data and not grid.filled[table.stop - 1]:
        table.stop -= 1
    _leave_strays(table)


def _notes_start(table: Table, tail: Sequence[int]) -> int | None:
    """Where the notes at the end of a table begin, if there are any."""
    most = max(2, table.wide // 3)
    start = None
    for at in reversed(tail):
        row = table.looked[at]
        text = row.cells[row.filled[0]]
        if len(row.filled) > most or Kind.NUMBER in row.kinds or table.wide < 2:
            break
        if _words.is_note(text):
            start = at
    if start is not None or table.wide < 3 or len(tail) < 2:
        return start
    last, before = table.looked[tail[-1]], table.looked[tail[-2]]
    alone = len(last.filled) == 1 and last.kinds[last.filled[0]] is Kind.TEXT
    near = last.filled[0] < table.left + 2 and len(before.filled) > 1
    return tail[-1] if alone and near and not _words.is_total(last.cells[last.filled[0]]) else None


def _leave_strays(table: Table) -> None:
    """Leave out columns to the right without a label that hold a few cells, or stand apart."""
    if not table.header.rows:
        return
    labels = dict(zip(table.columns, table.labels, strict=True))
    rows = max(table.stop - table.header.data, 1)
    right = table.right
    while right - 1 > table.left and not labels[right - 1].strip():
        count = table.counts[right - 1]
        apart = right - 2 in labels and not table.counts[right - 2]
        if count and not (count <= max(2, _STRAY * rows) or (apart and count < _COLUMN * rows)):
            break
        right -= 1
    table.beside = tuple(at for at in range(right, table.right) if table.counts[at])
    table.right = right
