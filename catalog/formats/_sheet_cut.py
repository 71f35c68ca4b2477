"""Plain rows of a spreadsheet's XML, cut into columns without a Python object per cell."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalog.formats._sheet_grammar import Column, Columns, Grammar, Irregular, Kinds, Rows
from catalog.formats._sheet_shapes import Block, Cells, Places, Shapes, Taken

_WHITE = b" \t\n"
#: What XML forbids in a text, beside control characters.
_FORBIDDEN = (b"]]>", b"\xef\xbf\xbe", b"\xef\xbf\xbf")


class Cutter:
    """Takes plain rows; knows the shapes of cells that were met so far."""

    def __init__(self, grammar: Grammar, shapes: Shapes, width: int) -> None:
        """Begin a document of so many columns."""
        self._grammar, self._shapes, self._width = grammar, shapes, width
        self._close = b"</" + grammar.row_name + b">"

    def cut(self, data: bytes, before: int) -> tuple[int, int, Columns]:
        """Take the rows that data begins with.

        Args:
            data: whole rows, and perhaps something between them.
            before: rows of the sheet before these.

        Returns:
            How many bytes were taken, how many rows, and their columns.

        Raises:
            Irregular: rows that libxml2 has to read.
        """
        block = Block(data)
        _check_characters(block)
        starts, ends = self._runs(block)
        cells = block.opening(self._grammar.cell_name)
        cells = cells[block.tags[cells] < ends[-1]]
        rows = self._rows_of(block.tags[cells], starts, ends, before)
        columns, shared = self._grammar.place(block, rows)
        if len(columns) and columns.max() >= rows.width:
            raise Irregular
        # A cell ends where the next thing begins.
        last = np.append(rows.row[1:] != rows.row[:-1], True)[: len(cells)]
        until = np.where(last, ends[rows.row], np.append(rows.cells[1:], 0)[: len(cells)])
        every = Cells(rows.cells, shared, until, np.searchsorted(block.tags, until) - cells)
        found = [
            self._column(block, every, np.flatnonzero(columns == place), rows, place)
            for place in range(rows.width)
        ]
        return int(ends[-1]) + len(self._close), len(starts), found

    def _runs(self, block: Block) -> tuple[Places, Places]:
        """Where the rows begin and end, up to something between two that is more than a blank."""
        starts = block.tags[block.opening(self._grammar.row_name)]
        ends = block.tags[block.beginning(self._close)]
        if len(starts) != len(ends) or (starts > ends).any() or (ends[:-1] > starts[1:]).any():
            raise Irregular
        after = ends[:-1] + len(self._close)
        gaps = starts[1:] - after
        plain = gaps == 0
        plain |= (gaps == 1) & np.isin(block.view[after], np.frombuffer(_WHITE, np.uint8))
        for place in np.flatnonzero(~plain).tolist():
            if block.data[after[place] : starts[place + 1]].strip(_WHITE):
                return starts[: place + 1], ends[: place + 1]
        return starts, ends

    def _rows_of(self, cells: Places, starts: Places, ends: Places, before: int) -> Rows:
        row = np.searchsorted(starts, cells, "right") - 1
        if (row < 0).any() or (cells > ends[row]).any():
            raise Irregular
        first = np.append(cells, ends[-1])[np.searchsorted(cells, starts)]
        heads = np.minimum(first, ends)
        return Rows(starts, heads, ends, cells, row, before, self._width)

    def _column(self, block: Block, every: Cells, mine: Places, rows: Rows, place: int) -> Column:
        own = rows.row[mine]
        if len(own) > 1 and (own[1:] <= own[:-1]).any():
            raise Irregular
        cells = Cells(every.heads[mine], every.starts[mine], every.ends[mine], every.tags[mine])
        taken = self._shapes.take(block, cells, place)
        text = block.cut(taken.starts, taken.ends)
        text.validate(full=True)
        text, odd = self._grammar.clean(text, taken.kinds)
        for one in odd.tolist():
            taken.alone[one] = self._shapes.say(block.data[cells.heads[one] : cells.ends[one]])
        return _spread(self._replaced(text, taken), taken.kinds, own, len(rows.starts))

    def _replaced(self, text: pa.StringArray, taken: Taken) -> pa.StringArray:
        """The texts, and kinds, with those that were read one by one in their places."""
        if not taken.alone:
            return text
        mask = np.zeros(len(text), bool)
        mask[list(taken.alone)] = True
        for place, (kind, _) in taken.alone.items():
            taken.kinds[place] = self._grammar.code(kind)
        said = [taken.alone[place][1] for place in sorted(taken.alone)]
        return pc.replace_with_mask(text, pa.array(mask), pa.array(said, pa.string()))


def _check_characters(block: Block) -> None:
    """Only characters that XML has and that stand for themselves."""
    blanks = block.data.count(b"\n") + block.data.count(b"\t")
    if blanks != np.count_nonzero(block.view < ord(" ")):
        raise Irregular
    if block.view.max() >= _FORBIDDEN[1][0] and any(mark in block.data for mark in _FORBIDDEN[1:]):
        raise Irregular
    if b"]" in block.data and _FORBIDDEN[0] in block.data:
        raise Irregular


def _spread(text: pa.StringArray, kinds: Kinds, own: Places, count: int) -> Column:
    """Values in the rows that have one, null in the others."""
    filled = np.flatnonzero(kinds >= 0)
    if len(filled) == count:
        return Column(text, kinds)
    at, every = np.full(count, -1, np.int64), np.full(count, -1, np.int8)
    at[own[filled]], every[own[filled]] = filled, kinds[filled]
    return Column(text.take(pa.array(at, mask=at < 0)), every)
