"""What a format of spreadsheets calls things, and what stands in its rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from catalog.formats._sheet_shapes import Block, Places, Said

Kinds = npt.NDArray[np.int8]


@dataclass(slots=True)
class Column:
    """Values of one column of some rows.

    Attributes:
        text: what the cells say, null where one is empty.
        kinds: the kind of each, by its number in the grammar, -1 where it is empty.
    """

    text: pa.StringArray
    kinds: Kinds


Columns = list[Column]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows in a block.

    Attributes:
        starts, heads, ends: where each begins, where its own tag ends, where its end tag begins.
        cells: where the cells begin.
        row: of each cell.
        before: rows of the sheet before these.
        width: columns that there should be.
    """

    starts: Places
    heads: Places
    ends: Places
    cells: Places
    row: Places
    before: int
    width: int


class Irregular(Exception):  # noqa: N818  no error: such rows go to libxml2
    """Rows that are not plain enough to be cut."""


@dataclass(frozen=True)
class Grammar:
    """What one format calls things, and how it is read.

    Attributes:
        namespace: of sheets, rows and cells.
        prefix: what stands before their names as they are written, ``table:``.
        sheet, row, cell: local names.
        kinds: names of the kinds of values.
        say: what the element of a cell says.
        row_of: the element of a row, with the number of rows before it and the columns that there
            should be, as rows: those that are left out before it, and as many as it stands for.
        place: of plain rows, the column of each cell, and where what it shares with others
            begins, behind its own reference; raises ``Irregular``.
        clean: what cut texts of the given kinds say, and which of them libxml2 has to read.
        inner: markup that may stand inside of a value.
    """

    namespace: str
    prefix: str
    sheet: str
    row: str
    cell: str
    kinds: tuple[str, ...]
    say: Callable[[Any], Said]
    row_of: Callable[[Any, int, int], list[list[Said]]]
    place: Callable[[Block, Rows], tuple[Places, Places]]
    clean: Callable[[pa.StringArray, Kinds], tuple[pa.StringArray, Places]]
    inner: re.Pattern[bytes] | None = None

    @property
    def row_name(self) -> bytes:
        """A row's name as it is written."""
        return (self.prefix + self.row).encode()

    @property
    def cell_name(self) -> bytes:
        """A cell's name as it is written."""
        return (self.prefix + self.cell).encode()

    def code(self, kind: str | None) -> int:
        """The number of a kind; -1 for an empty cell."""
        return -1 if kind is None else self.kinds.index(kind)
