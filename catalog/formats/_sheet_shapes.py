"""Cells of a spreadsheet's XML read by the shape they share.

In a file that a program wrote, cells are of few shapes: the same bytes around a value. libxml2
reads one cell of each shape; where putting other values into one place of it changes what it
says to just those values, that place is the hole of the shape, and every other cell with the same
bytes around its hole is read by cutting. What fits no shape goes to libxml2 by itself. So nothing
here knows how any writer spells its cells.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Places = npt.NDArray[np.int64]
#: What a cell says: the name of its kind and its text; ``(None, None)`` for an empty cell.
Said = tuple[str | None, str | None]
_HOLE = re.compile(rb'>([^<]*)<|="([^"<]*)"')
_PROBES = (b"1", b"0")
#: More shapes than this are no shapes; cells beyond go to libxml2 one by one.
_MOST = 64
#: After so many cells of a column in vain, the rest of a block is not tried for new shapes.
_TRIES = 32
#: Bytes that are compared at once.
_PART = 256


class Block:
    """Bytes of some whole rows.

    Attributes:
        data: the bytes.
        tags: where each ``<`` stands.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._padded = data + bytes(_PART)
        self.view = np.frombuffer(self._padded, np.uint8)[: len(data)]
        self.tags: Places = np.flatnonzero(self.view == ord("<"))
        self._second = np.frombuffer(self._padded, np.uint8)[self.tags + 1]
        #: A word of eight bytes from each byte on.
        self.words = np.ndarray((len(data),), "<u8", self._padded, strides=(1,))

    def same(self, at: Places, text: bytes) -> npt.NDArray[np.bool_]:
        """Whether a text stands at each of some places."""
        found = np.ones(len(at), bool)
        for start in range(0, len(text), _PART):
            part = text[start : start + _PART]
            # A text of so many bytes from each byte on, without a copy of them.
            every = np.ndarray((len(self.data),), f"S{len(part)}", self._padded, strides=(1,))
            found &= every[np.minimum(at + start, len(self.data) - 1) if start else at] == part
        return found

    def opening(self, name: bytes) -> Places:
        """Which of the tags open an element of this name (as it is written, with prefix)."""
        text = b"<" + name
        found = self.beginning(text)
        after = self.view[np.minimum(self.tags[found] + len(text), len(self.data) - 1)]
        return found[np.isin(after, np.frombuffer(b" />\t\n", np.uint8))]

    def beginning(self, text: bytes) -> Places:
        """Which of the tags begin with a text."""
        # One byte sorts most of them out: those of end tags from those of others.
        found = np.flatnonzero(self._second == text[1])
        return found[self.same(self.tags[found], text)]

    def cut(self, starts: Places, ends: Places) -> pa.StringArray:
        """The texts between places, which rise; not yet checked to be UTF-8."""
        if not len(starts):
            return pa.array([], pa.string())
        offsets = np.empty(2 * len(starts), np.int32)
        offsets[0::2], offsets[1::2] = starts, ends
        buffers = [None, pa.py_buffer(offsets), pa.py_buffer(self._padded)]
        both = pa.Array.from_buffers(pa.string(), len(offsets) - 1, buffers)
        return both.take(pa.array(np.arange(0, len(offsets), 2, dtype=np.int32)))


@dataclass(frozen=True, slots=True)
class Shape:
    """What stands around the value of a cell.

    Attributes:
        before, after: bytes around the hole; of a cell without a value all is ``before``.
        kind: what kind of value the hole has; ``None`` for a cell without.
        tags: how many ``<`` such a cell has outside of its hole.
        marked: whether the hole lies between tags, and may have markup of its own.
    """

    before: bytes
    after: bytes
    kind: str | None
    tags: int
    marked: bool = False


@dataclass(slots=True)
class Cells:
    """Cells of one column, in order.

    Attributes:
        heads: where they begin.
        starts: where what they share begins, behind a reference that is each cell's own.
        ends: where they end.
        tags: how many ``<`` each has.
    """

    heads: Places
    starts: Places
    ends: Places
    tags: Places


@dataclass(slots=True)
class Taken:
    """What cells say.

    Attributes:
        starts, ends: where the value stands.
        kinds: of each value, by number; -1 where a cell is empty.
        alone: cells without a shape, read one by one.
    """

    starts: Places
    ends: Places
    kinds: npt.NDArray[np.int8]
    alone: dict[int, Said]


@dataclass(slots=True)
class Shapes:
    """The shapes that are known so far.

    Attributes:
        say: what a cell's bytes say, by libxml2.
        kinds: names of the kinds of values, in the order of their numbers.
        inner: markup that may stand in a value.
        known: shapes, in the order they were met.
    """

    say: Callable[[bytes], Said]
    kinds: tuple[str, ...]
    inner: re.Pattern[bytes] | None = None
    known: list[Shape] = field(default_factory=list)
    _last: dict[int, int] = field(default_factory=dict)

    def take(self, block: Block, cells: Cells, column: int) -> Taken:
        """The values of a column's cells.

        Raises:
            ValueError: a cell that is none, or says what nobody knows.
        """
        count = len(cells.starts)
        taken = Taken(cells.starts.copy(), cells.starts.copy(), np.full(count, -1, np.int8), {})
        left = np.arange(count)
        for number in self._order(column):
            if not len(left):
                return taken
            left = self._fill(block, cells, taken, left, number)
        while len(left):
            first = int(left[0])
            new = self._learn(block, cells, first) if len(taken.alone) < _TRIES else None
            if new is None:
                taken.alone[first] = self.say(block.data[cells.heads[first] : cells.ends[first]])
                left = left[1:]
            else:
                left = self._fill(block, cells, taken, left, new)
                self._last[column] = new
        return taken

    def _order(self, column: int) -> Iterator[int]:
        """Numbers of the shapes, the one that the column's cells had last first."""
        last = self._last.get(column)
        if last is not None:
            yield last
        yield from (number for number in range(len(self.known)) if number != last)

    def _fill(self, block: Block, cells: Cells, taken: Taken, left: Places, number: int) -> Places:
        """Take the cells of one shape; gives those that are left."""
        shape = self.known[number]
        starts, ends, tags = cells.starts[left], cells.ends[left], cells.tags[left]
        before, after = len(shape.before), len(shape.after)
        size = ends - starts - before - after
        fits = size == 0 if shape.kind is None else size >= 0
        fits &= tags >= shape.tags if shape.marked and self.inner else tags == shape.tags
        some = np.flatnonzero(fits)
        some = some[block.same(starts[some], shape.before)]
        some = some[block.same(ends[some] - after, shape.after)]
        fits[:] = False
        fits[some] = True
        mine = left[fits]
        taken.kinds[mine] = -1 if shape.kind is None else self.kinds.index(shape.kind)
        taken.starts[mine], taken.ends[mine] = starts[fits] + before, ends[fits] - after
        return left[~fits]

    def _learn(self, block: Block, cells: Cells, place: int) -> int | None:
        """The number of a new shape, of which a cell is one."""
        if len(self.known) >= _MOST:
            return None
        raw = block.data[cells.heads[place] : cells.ends[place]]
        head = int(cells.starts[place] - cells.heads[place])
        shape = self._shape(raw, head)
        if shape is None and self.inner:
            shape = self._shape(self.inner.sub(b"", raw), head)
        if shape is None or shape in self.known:
            return None
        self.known.append(shape)
        return len(self.known) - 1

    def _shape(self, raw: bytes, head: int) -> Shape | None:
        kind, _ = self.say(raw)
        if kind is None:
            return Shape(raw[head:], b"", None, raw.count(b"<"))
        for found in _HOLE.finditer(raw, head):
            start, end = found.span(found.lastindex or 0)
            before, after = raw[:start], raw[end:]
            if self._varies(before, after, kind):
                tags = before.count(b"<") + after.count(b"<")
                return Shape(before[head:], after, kind, tags, found.lastindex == 1)
        return None

    def _varies(self, before: bytes, after: bytes, kind: str) -> bool:
        """Whether a cell says what is put between."""
        try:
            return all(
                self.say(before + probe + after) == (kind, probe.decode()) for probe in _PROBES
            )
        except ValueError:
            return False
