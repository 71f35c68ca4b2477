"""The tables among the rows of a sheet or a text, with what stands around them.

Blank rows part bands of rows. A band is a table, goes on with the one above (the same columns hold
the same kinds of things), or has lines of text: titles of what follows, notes to what was before.
Empty columns part tables that stand side by side, if each has a header of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from flows.doctor import bounded
from flows.doctor.layouts import _words
from flows.doctor.layouts._grid import Band, Grid, Kind, Row
from flows.doctor.layouts._header import Head, Header, find_header
from flows.doctor.layouts._table import TAIL, Table, set_bounds
from flows.sources._sheet import Merge

#: Rows of a band's head that are looked into.
_HEAD = 60
#: Lines that titles or notes have at the most.
_LINES = 15
#: Share of columns that have to agree for a band to go on with the table above.
_AGREE = 0.8


@dataclass(frozen=True, slots=True)
class _Piece:
    """A band, or the columns of it that may be a table by themselves."""

    band: Band
    columns: tuple[int, ...]
    rows: dict[int, Row]


def find_tables(grid: Grid) -> list[Table]:
    """All tables of a grid, from the top; beside each other from the left.

    Raises:
        Rejected: one has more columns than are looked at.
    """
    wanted = [
        part
        for band in grid.bands
        for part in (
            range(band.start, min(band.start + _HEAD, band.stop)),
            range(max(band.start, band.stop - TAIL), band.stop),
        )
    ]
    looked = grid.rows(wanted)
    tables: list[Table] = []
    waiting: dict[int, Row] = {}
    for piece in (piece for band in grid.bands for piece in _pieces(grid, band, looked)):
        waiting = _take(grid, piece, tables, waiting)
    if not tables and grid.bands:
        tables = [_only(grid, looked)]  # nothing but lines of text: a table of one column
    elif waiting:
        tables[-1].notes += tuple(waiting)
        tables[-1].looked |= waiting
    for table in tables:
        set_bounds(table, grid)
        bounded(table.right - table.left)
    return tables


def _only(grid: Grid, looked: Mapping[int, Row]) -> Table:
    band = grid.bands[0]
    for other in grid.bands[1:]:
        band = band.joined(other)
    piece = _Piece(band, band.used, dict(sorted(looked.items())))
    return _table(piece, find_header(_head(grid, piece)), {}, None)


def _take(
    grid: Grid, piece: _Piece, tables: list[Table], waiting: dict[int, Row]
) -> dict[int, Row]:
    """Sort a piece in; gives the rows that may be titles of what comes next."""
    last = tables[-1] if tables else None
    if _is_text(piece, last, grid.width):
        first = next(iter(piece.rows.values()))
        if last and not waiting and _words.is_note(first.cells[first.filled[0]]):
            last.notes += tuple(piece.rows)
            last.looked |= piece.rows
            return {}
        return waiting | piece.rows
    head = _head(grid, piece)
    found = find_header(head)
    if last and not waiting and _goes_on(last, piece, found):
        _extend(last, piece)
        return {}
    if last and not found.rows and len(piece.rows) == 1:
        last.notes += tuple(piece.rows)
        last.looked |= piece.rows
        return waiting
    tables.append(_table(piece, found, waiting, last))
    return {}


def _pieces(grid: Grid, band: Band, looked: Mapping[int, Row]) -> Iterator[_Piece]:
    rows = {at: looked[at] for at in sorted(looked) if band.start <= at < band.stop}
    groups = _groups(band.used)
    parts = [_cut(grid, band, rows, group) for group in groups] if len(groups) > 1 else []
    tables = [part for part in parts if part and _stands_alone(grid, part)]
    if len(tables) < 2 or len(tables) != len([part for part in parts if part]):
        yield _Piece(band, band.used, rows)
        return
    heads = [set(_table(part, find_header(_head(grid, part)), {}, None).labels) for part in tables]
    ends = {(part.band.start, part.band.stop) for part in tables}
    # Columns apart for the looks have names of their own and as many rows.
    if len(ends) == 1 and not any(heads[0] & other for other in heads[1:]):
        yield _Piece(band, band.used, rows)
        return
    yield from tables


def _groups(used: Sequence[int]) -> list[tuple[int, ...]]:
    """Columns that stand together."""
    groups: list[list[int]] = []
    for at in used:
        if groups and at == groups[-1][-1] + 1:
            groups[-1].append(at)
        else:
            groups.append([at])
    return [tuple(group) for group in groups]


def _cut(
    grid: Grid, band: Band, rows: Mapping[int, Row], columns: tuple[int, ...]
) -> _Piece | None:
    """Some columns of a band as far as they go, where the whole grid is at hand."""
    if grid.matrix is None:
        return None
    block = grid.matrix[band.start : band.stop, columns[0] : columns[-1] + 1]
    filled = np.flatnonzero(block.any(axis=1))
    start, stop = band.start + int(filled[0]), band.start + int(filled[-1]) + 1
    counts = np.zeros_like(band.counts)
    counts[list(columns)] = band.counts[list(columns)]
    wanted = [range(start, min(start + _HEAD, stop)), range(max(start, stop - TAIL), stop)]
    found = {**grid.rows(wanted)} if stop != band.stop else dict(rows)
    inside = {
        at: row
        for at, whole in sorted(found.items())
        if start <= at < stop and (row := whole.within(columns[0], columns[-1] + 1)).filled
    }
    return _Piece(Band(start, stop, counts), columns, inside)


def _stands_alone(grid: Grid, piece: _Piece) -> bool:
    """Whether columns have a header of their own and rows below it."""
    if len(piece.columns) < 2 or len(piece.rows) < 3:
        return False
    found = find_header(_head(grid, piece))
    return bool(found.rows) and found.sure == "yes"


def _head(grid: Grid, piece: _Piece) -> Head:
    """What finding a header needs, with merged cells by index of the row."""
    number_of = {int(grid.numbers[at]): at for at in piece.rows}
    merges: list[Merge] = [
        ((number_of[top + 1], left), (number_of[top + 1] + bottom - top, right))
        for (top, left), (bottom, right) in grid.merges
        if top + 1 in number_of
    ]
    head = {at: row for at, row in piece.rows.items() if at < piece.band.start + _HEAD}
    body = [row for at, row in piece.rows.items() if at not in head]
    return Head(head, body, piece.columns, merges)


def _is_text(piece: _Piece, last: Table | None, width: int) -> bool:
    """Whether a band is lines of text: titles, units or notes."""
    if piece.band.stop - piece.band.start > _LINES:
        return False
    most = max(1, last.wide // 3) if last else 1
    wide = last.wide if last else width
    for row in piece.rows.values():
        texts = [row.cells[at] for at in row.filled]
        said = any(_words.is_note(text) or _words.is_unit(text) for text in texts)
        figures = any(row.kinds[at] is Kind.NUMBER for at in row.filled)
        if said and len(texts) <= max(most, 2):
            continue
        if wide < 2 or len(texts) > most or (figures and last):
            return False
    return True


def _table(piece: _Piece, header: Header, waiting: dict[int, Row], last: Table | None) -> Table:
    rows = [row for at, row in piece.rows.items() if at >= header.data]
    wide = int(np.median([len(row.filled) for row in rows])) if rows else len(piece.columns)
    return Table(
        header, piece.band.stop, piece.columns[0], piece.columns[-1] + 1,
        piece.band.counts.tolist(), (*waiting, *header.titles), waiting | piece.rows, wide,
        named=None if header.rows or last is None else _namesake(last, piece),
        figures=_figures(rows, piece.columns),
    )  # fmt: skip


def _namesake(last: Table, piece: _Piece) -> Table | None:
    """The table above with a header whose columns a piece without one lines up with."""
    above = last if last.header.rows else last.named
    if above is None:
        return None
    shared = [at for at in piece.columns if at in above.columns and above.counts[at]]
    return above if len(shared) >= _AGREE * len(piece.columns) else None


def _figures(rows: Sequence[Row], columns: Sequence[int]) -> dict[int, bool]:
    """Of columns that have something: whether it is figures, mostly."""
    found = {}
    for at in columns:
        kinds = [row.kinds[at] for row in rows if row.kinds[at] not in (Kind.BLANK, Kind.MISSING)]
        if kinds:
            found[at] = sum(kind is Kind.NUMBER for kind in kinds) * 2 > len(kinds)
    return found


def _goes_on(last: Table, piece: _Piece, found: Header) -> bool:
    """Whether a band is more of the table above."""
    again = bool(found.rows) and _same_labels(last, piece, found)
    if found.rows and not again and (found.figures or found.sure == "yes"):
        texts = [row for row in piece.rows.values() if Kind.NUMBER in row.kinds]
        if found.figures or not last.header.rows or not texts:
            return False
    first = next(iter(piece.rows.values()))
    if len(piece.rows) == 1 and _words.is_total(first.cells[first.filled[0]]):
        return True
    if not last.header.rows and _ends_in_total(last):
        return False
    if found.titles and not again:
        return False
    used = set(piece.columns)
    shared = used & set(last.figures)
    if len(shared) < _AGREE * len(used) or len(shared) * 2 < len(last.figures):
        return False
    mine = _figures([row for at, row in piece.rows.items() if at >= found.data], piece.columns)
    both = [at for at in mine if at in last.figures]
    alike = sum(mine[at] == last.figures[at] for at in both)
    label = min(last.figures)
    return alike >= _AGREE * len(both) and mine.get(label) in (None, last.figures[label])


def _same_labels(last: Table, piece: _Piece, found: Header) -> bool:
    mine = {_words.plain(text) for at in found.rows for text in piece.rows[at].cells}
    theirs = {_words.plain(text) for at in last.header.rows for text in last.looked[at].cells}
    return mine == theirs


def _ends_in_total(table: Table) -> bool:
    row = table.looked.get(table.stop - 1)
    return row is not None and bool(row.filled) and _words.is_total(row.cells[row.filled[0]])


def _extend(table: Table, piece: _Piece) -> None:
    """The table, with a band that goes on with it."""
    table.stop = piece.band.stop
    more = piece.band.counts.tolist()
    counts = [*table.counts, *[0] * (len(more) - len(table.counts))]
    table.counts = [mine + new for mine, new in zip(counts, more, strict=True)]
    table.left = min(table.left, piece.columns[0])
    table.right = max(table.right, piece.columns[-1] + 1)
    table.looked |= piece.rows
