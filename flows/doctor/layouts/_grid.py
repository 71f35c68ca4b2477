"""Rows of a sheet or a text, as far as finding tables among them needs them.

Of all rows it is known how many cells are filled, and of each run of rows without a blank one
between them which columns are. What stands in the cells is fetched for a few rows only: heads and
ends. So a file of any length is examined whole and takes little memory.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from flows.doctor.layouts import _words
from flows.sources._cells import cell_text
from flows.sources._sheet import Merge

#: Runs of rows that are told apart; a file with more of them has blank rows as others have commas.
MAX_BANDS = 400
_DATES = (dt.date, dt.time, dt.timedelta, bool)


class Kind(IntEnum):
    """What a cell holds."""

    BLANK = 0
    TEXT = 1
    NUMBER = 2
    DATE = 3
    MISSING = 4


@dataclass(frozen=True, slots=True)
class Row:
    """A row that was looked into.

    Attributes:
        cells: as text, from the first column on.
        kinds: what they hold.
    """

    cells: tuple[str, ...]
    kinds: tuple[Kind, ...]

    @classmethod
    def of(cls, values: Sequence[Any]) -> Row:
        """A row of values as a reader has them."""
        cells = tuple((cell_text(value) or "") for value in values)
        return cls(cells, tuple(map(_kind, values, cells)))

    @property
    def filled(self) -> tuple[int, ...]:
        """The columns that have something."""
        return tuple(at for at, kind in enumerate(self.kinds) if kind)

    def within(self, left: int, right: int) -> Row:
        """The cells of some columns only; the others are blank."""
        keep = range(left, right)
        cells = tuple(cell if at in keep else "" for at, cell in enumerate(self.cells))
        kinds = tuple(kind if at in keep else Kind.BLANK for at, kind in enumerate(self.kinds))
        return Row(cells, kinds)

    def padded(self, width: int) -> Row:
        """The row with as many cells."""
        more = width - len(self.cells)
        return Row((*self.cells, *[""] * more), (*self.kinds, *[Kind.BLANK] * more))


def _kind(value: Any, text: str) -> Kind:
    if not text.strip():
        return Kind.BLANK
    if isinstance(value, _DATES):
        return Kind.DATE
    if not isinstance(value, str) or _words.is_number(text):
        return Kind.NUMBER
    return Kind.MISSING if _words.is_missing(text) else Kind.TEXT


@dataclass(slots=True)
class Band:
    """Rows one after the other, none of them blank.

    Attributes:
        start, stop: indices of the first one, and of the one behind the last.
        counts: filled cells of each column.
    """

    start: int
    stop: int
    counts: npt.NDArray[np.int64]

    @property
    def used(self) -> tuple[int, ...]:
        """The columns that have something."""
        return tuple(int(at) for at in np.flatnonzero(self.counts))

    def joined(self, other: Band) -> Band:
        """Both, and the blank rows between them."""
        return Band(self.start, other.stop, self.counts + other.counts)


@dataclass(slots=True)
class Grid:
    """A sheet or a text.

    Attributes:
        numbers: of the rows as their source counts them, from 1 (a text's first line of each).
        ends: the last line of each row; the same in sheets.
        filled: filled cells of each row.
        bands: runs of rows without blank ones between them.
        width: columns.
        fetch: gives rows by index, for ranges of indices.
        merges: merged cells, by row number and column from 0.
        matrix: which cells are filled, rows by columns, where the whole is held in memory.
    """

    numbers: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    filled: npt.NDArray[np.int32]
    bands: list[Band]
    width: int
    fetch: Callable[[Sequence[range]], Mapping[int, Row]]
    merges: Sequence[Merge] = ()
    matrix: npt.NDArray[np.bool_] | None = None

    def rows(self, ranges: Sequence[range]) -> dict[int, Row]:
        """Rows by index, as wide as the grid; blank ones are left out."""
        found = self.fetch(ranges)
        return {
            index: row.padded(self.width) if len(row.cells) < self.width else row
            for index, row in found.items()
            if self.filled[index]
        }


@dataclass(slots=True)
class Measure:
    """Gathers what a grid knows of all rows, batch by batch."""

    bands: list[Band] = field(default_factory=list)
    width: int = 0
    _filled: list[npt.NDArray[np.int32]] = field(default_factory=list)
    _rows: int = 0

    def add(self, matrix: npt.NDArray[np.bool_]) -> None:
        """Take the next rows: which cells are filled, rows by columns."""
        filled = matrix.sum(axis=1, dtype=np.int32)
        self._filled.append(filled)
        self._widen(matrix.shape[1])
        edges = np.flatnonzero(np.diff(np.concatenate(([0], (filled > 0).astype(np.int8), [0]))))
        for start, stop in edges.reshape(-1, 2):
            counts = np.zeros(self.width, np.int64)
            counts[: matrix.shape[1]] = matrix[start:stop].sum(axis=0)
            self._join(Band(int(start) + self._rows, int(stop) + self._rows, counts))
        self._rows += len(filled)

    def _join(self, band: Band) -> None:
        last = self.bands[-1] if self.bands else None
        if last and (last.stop == band.start or len(self.bands) >= MAX_BANDS):
            self.bands[-1] = last.joined(band)
        else:
            self.bands.append(band)

    def _widen(self, width: int) -> None:
        if width <= self.width:
            return
        for band in self.bands:
            band.counts = np.pad(band.counts, (0, width - self.width))
        self.width = width

    @property
    def filled(self) -> npt.NDArray[np.int32]:
        """Filled cells of each row."""
        return np.concatenate([np.zeros(0, np.int32), *self._filled])


def indices(ranges: Iterable[range]) -> list[int]:
    """All indices of some ranges, each once, in order."""
    return sorted({index for part in ranges for index in part})
