"""Where a table's header is: by what its cells are against what stands below them.

A header row has words where the columns below have figures, or words that headers are made of; it
covers most columns, itself or by merged cells. Rows above it are titles. Rows below it are part of
it where they stand under merged cells, fill what it left blank, or say units; a row of numbers
(1), (2), (3) is no data either. Where nothing tells the first row from the others, it is asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from flows.doctor.layouts import _words
from flows.doctor.layouts._grid import Kind, Row
from flows.doctor.layouts._label import verdict
from flows.sources._sheet import Merge

#: Share of the columns that a header covers, and of a column's cells that make it one of figures.
_COVERS, _FIGURES = 0.6, 0.5
#: Rows of a stacked header, and rows above it that are looked at.
_DEEPEST = 5
#: Columns from which a row of numbers without brackets numbers them.
_PLAIN = 4

Sure = Literal["yes", "no", "unsure"]


@dataclass(frozen=True, slots=True)
class Header:
    """Where a header is, by indices of rows.

    Attributes:
        titles: rows above it.
        rows: its rows; none where the table has no header.
        data: the first row of data.
        numbers: the row that numbers the columns, if there is one.
        spread: whether group names stand over their first column only, without merged cells.
        sure: whether its first row is a header and no data.
        figures: columns of figures that it has words over: what speaks for it.
    """

    titles: tuple[int, ...]
    rows: tuple[int, ...]
    data: int
    numbers: int | None = None
    spread: bool = False
    sure: Sure = "yes"
    figures: int = 0


@dataclass(frozen=True, slots=True)
class Head:
    """The first rows of a table, and a sample of those below.

    Attributes:
        rows: by index, in order, without blank ones.
        body: more rows, for telling what the columns hold.
        columns: that the table has.
        merges: merged cells, by index of the row and column.
    """

    rows: Mapping[int, Row]
    body: Sequence[Row]
    columns: tuple[int, ...]
    merges: Sequence[Merge] = ()

    def covered(self, index: int) -> frozenset[int]:
        """The columns that a row covers: itself, or by cells merged into or out of it."""
        found = set(self.rows[index].filled)
        for (top, left), (bottom, right) in self.merges:
            starts = top == index and left in found
            if starts or (top < index <= bottom and top in self.rows):
                found |= set(range(left, right + 1))
        return frozenset(found & set(self.columns))

    def groups(self, index: int) -> list[range]:
        """Columns under the cells of a row that were merged to the right."""
        filled = self.rows[index].filled
        return [
            range(left, right + 1)
            for (top, left), (_, right) in self.merges
            if top == index and right > left and left in filled
        ]

    def hangs(self, index: int, above: int) -> bool:
        """Whether a cell of a row above was merged down into a row."""
        return any(top == above and bottom >= index for (top, _), (bottom, _) in self.merges)

    def filled(self, index: int) -> tuple[int, ...]:
        """The columns of the table that a row has something in."""
        inside = set(self.columns)
        return tuple(at for at in self.rows[index].filled if at in inside)


def find_header(head: Head) -> Header:
    """Find the header among the first rows of a table."""
    indices = list(head.rows)
    figures = _figures(head)
    data = _first_data(head, figures)
    top = indices[: indices.index(data)] if data is not None else indices[:-1]
    numbers = next((at for at in top if _numbered(head, at)), None)
    words = [at for at in top if at != numbers and (numbers is None or at < numbers)]
    main = _main(head, words)
    if main is None:
        first = data if data is not None else (indices[0] if not words else words[0])
        return Header(tuple(at for at in top if at < first), (), first)
    rows, spread = _stacked(head, words, main, figures)
    after = indices[indices.index(numbers or rows[-1]) + 1 :]
    found = Header(
        tuple(at for at in top if at < rows[0]), rows, after[0] if after else rows[-1] + 1,
        numbers, spread,
    )  # fmt: skip
    over = {at for index in rows for at in head.filled(index)} & figures
    if over:
        return replace(found, figures=len(over))
    return _weighed(head, found)


def _figures(head: Head) -> frozenset[int]:
    """Columns most of whose cells are figures or dates."""
    rows = list(head.rows.values())
    below = [*rows[len(rows) // 2 :], *head.body] if len(rows) > 1 else []
    found = set()
    for at in head.columns:
        kinds = [row.kinds[at] for row in below if row.kinds[at] not in (Kind.BLANK, Kind.MISSING)]
        counted = sum(kind in (Kind.NUMBER, Kind.DATE) for kind in kinds)
        if kinds and counted >= _FIGURES * len(kinds):
            found.add(at)
    return frozenset(found)


def _first_data(head: Head, figures: frozenset[int]) -> int | None:
    """The first row with figures in columns of figures; years alone may be a header."""
    least = min(2, len(head.columns))
    for index, row in head.rows.items():
        filled = head.filled(index)
        if len(filled) < least or _numbered(head, index):
            continue
        here = [at for at in filled if at in figures and row.kinds[at] in (Kind.NUMBER, Kind.DATE)]
        if any(not (_words.is_year(row.cells[at]) and not _years(head, at)) for at in here):
            return index
    return None


def _years(head: Head, at: int) -> bool:
    """Whether a column has years below."""
    rows = list(head.rows.values())
    cells = [row.cells[at] for row in (*rows[len(rows) // 2 :], *head.body) if row.kinds[at]]
    return sum(map(_words.is_year, cells)) * 2 > len(cells)


def _numbered(head: Head, index: int) -> bool:
    """Whether a row numbers the columns."""
    filled = head.filled(index)
    if len(filled) < max(3, _COVERS * len(head.columns)):
        return False
    cells = [head.rows[index].cells[at] for at in filled]
    if len(filled) < _PLAIN and not cells[0].strip().startswith("("):
        return False  # 1, 2, 3 may well be data
    numbers = [_words.numbered(cell) for cell in cells]
    if numbers[0] not in (0, 1) or None in numbers:
        return False
    follow = all(b == a + 1 for a, b in pairwise(number or 0 for number in numbers))
    before = [at for at in head.rows if at < index]
    return follow and bool(before) and Kind.TEXT in head.rows[before[-1]].kinds


def _main(head: Head, words: Sequence[int]) -> int | None:
    """The first row that covers most columns, alone or with those below it."""
    width = len(head.columns)
    least = min(2, width)
    for depth in range(1, _DEEPEST):
        for place, index in enumerate(words):
            below = words[place : place + depth]
            if below[-1] - index != depth - 1 or not _wordy(head, index, least):
                continue
            covered = frozenset().union(*(head.covered(at) for at in below))
            if len(covered) >= _COVERS * width:
                return index
    return None


def _wordy(head: Head, index: int, least: int) -> bool:
    """Whether a row may be of a header: words, more than one, no note and no unit."""
    row, filled = head.rows[index], head.filled(index)
    texts = [row.cells[at] for at in filled if row.kinds[at] is Kind.TEXT]
    said = [text for text in texts if not (_words.is_unit(text) or _words.is_note(text))]
    years = [at for at in filled if row.kinds[at] is Kind.NUMBER and _words.is_year(row.cells[at])]
    return len(filled) >= least and len(said) + len(years) >= least


def _stacked(
    head: Head, words: Sequence[int], main: int, figures: frozenset[int]
) -> tuple[tuple[int, ...], bool]:
    """All rows of a header by its main one, and whether groups have to be spread."""
    rows = [main]
    before = [at for at in words if at == main - 1]
    if before and _is_group(head, before[0], main):
        rows.insert(0, before[0])
    for index in (at for at in words if at > main):
        if (
            index != rows[-1] + 1
            or len(rows) >= _DEEPEST
            or not _goes_on(head, rows, index, figures)
        ):
            break
        rows.append(index)
    return tuple(rows), _needs_spread(head, rows)


def _is_group(head: Head, index: int, main: int) -> bool:
    """Whether a row above names groups of columns: merged, or with the same names under each."""
    if len(head.groups(index)) > 1:
        return True
    filled = head.filled(index)
    if len(filled) < 2 or not _wordy(head, index, 2):
        return False
    stops = [*filled[1:], max(head.columns) + 1]
    below = head.rows[main].cells
    under = [
        {below[at] for at in range(start, stop) if below[at].strip()}
        for start, stop in zip(filled, stops, strict=True)
    ]
    return all(len(names) > 1 for names in under) and bool(under[0] & under[1])


def _goes_on(head: Head, rows: Sequence[int], index: int, figures: frozenset[int]) -> bool:
    """Whether a row below belongs to the header."""
    row, filled = head.rows[index], head.filled(index)
    if any(row.kinds[at] in (Kind.DATE, Kind.MISSING) for at in filled):
        return False
    numbers = [at for at in filled if row.kinds[at] is Kind.NUMBER]
    if any(not _words.is_year(row.cells[at]) for at in numbers) or not filled:
        return False
    above = rows[-1]
    if any(set(group) & set(filled) for group in head.groups(above)) or head.hangs(index, above):
        return True
    labelled = set().union(*(head.covered(at) for at in rows))
    new = [at for at in filled if at not in labelled]
    if all(row.cells[at].strip().startswith("(") for at in filled):
        return True
    over = [at for at in filled if at in figures]
    if over or not figures:
        labels_row = head.columns[0] not in filled or head.columns[0] in figures
        return len(new) * 2 > len(filled) or (labels_row and len(over) * 2 > len(filled))
    return False


def _needs_spread(head: Head, rows: Sequence[int]) -> bool:
    """Whether a group's name has to be carried to the right, as nothing was merged."""
    for place, index in enumerate(rows[:-1]):
        row, covered = head.rows[index], head.covered(index)
        below = {at for under in rows[place + 1 :] for at in head.filled(under)}
        for at in head.columns[1:]:
            if at not in covered and at in below and at - 1 in below and row.kinds[at - 1]:
                return True
    return False


def _weighed(head: Head, found: Header) -> Header:
    """The header, or none, where all is text: by what its cells have in common with the others."""
    first = head.rows[found.rows[0]]
    below = [row for at, row in head.rows.items() if at > found.rows[-1]]
    # The same row again, at the head of each printed page, is no value.
    below = [row for row in (*below, *head.body) if row.cells != first.cells]
    speaks, against = 0, 0
    for at in head.columns:
        cells = [row.cells[at].strip() for row in below if row.kinds[at]]
        said = verdict(first.cells[at].strip(), cells)
        speaks, against = speaks + (said > 0), against + (said < 0)
    if not below or (speaks and not against) or (len(head.columns) > 1 and not against):
        return found
    if against and not speaks:
        return replace(found, rows=(), data=found.rows[0], numbers=None, sure="no")
    return replace(found, sure="unsure")
