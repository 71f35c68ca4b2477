"""The rows of a spreadsheet's XML, pulled: libxml2 reads the document, runs of rows are cut out.

Rows whose cells have shapes that are known (``_sheet_shapes``) are read as columns, some
megabytes at a time; libxml2 gets everything else: what surrounds the rows, the header, and every
row that is in any way out of the ordinary. Memory does not grow with rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from catalog.formats._sheet_shapes import Block, Cells, Places, Said, Shapes, Taken

#: A row longer than this is taken for damage, not for data.
_LONGEST = 256 * 2**20
_WHITE = b" \t\n"
#: What XML forbids in a text, beside control characters.
_FORBIDDEN = (b"]]>", b"\xef\xbf\xbe", b"\xef\xbf\xbf")


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


class Reader:
    """Reads the sheets of one document."""

    def __init__(self, grammar: Grammar, names: list[str], without: str) -> None:
        """Begin a document.

        Args:
            grammar: of the format.
            names: the header that each sheet has.
            without: name of the sheet that describes the others.
        """
        from lxml import etree

        self.grammar, self.names, self.without = grammar, names, without
        self.shapes = Shapes(self._say, grammar.kinds, grammar.inner)
        tags = [f"{{{grammar.namespace}}}{name}" for name in (grammar.row, grammar.sheet)]
        self._row_tag, self._sheet_tag = tags
        self._parser = etree.XMLPullParser(
            events=("start", "end"), resolve_entities=False, no_network=True, huge_tree=True
        )
        self._close = b"</" + grammar.row_name + b">"
        self._start = re.compile(rb"<" + re.escape(grammar.row_name) + rb"[\s/>]")
        self._wrap = (b"", b"")
        self._cuttable = False  # whether names are written as the grammar has them
        self._depth = self._rows = 0
        self._in_data = self._in_row = False

    def read(self, pieces: Iterable[bytes]) -> Iterator[Columns]:
        """The rows of all sheets that hold data, in order, without their headers.

        Raises:
            ValueError: no such document, another header, or cells that nobody knows.
        """
        held = b""
        for piece in pieces:
            held += piece
            end = held.rfind(self._close)
            if end < 0:
                if len(held) > _LONGEST:
                    raise ValueError("a row without an end")
                continue
            end += len(self._close)
            yield from self._some(held[:end])
            held = held[end:]
        yield from self._fed(held)
        yield from self._fed(None)

    def _some(self, data: bytes) -> Iterator[Columns]:
        """Read what ends with a row."""
        at = 0
        while at < len(data):
            start = self._next_row(data, at)
            if self._between and start > at:
                yield from self._fed(data[at:start])
                at = start
            if not self._between:  # before a sheet, at its header, or on one without data
                end = data.index(self._close, at) + len(self._close)
                yield from self._fed(data[at:end])
                at = end
                continue
            try:
                used, columns = self._cut(data[at:])
                yield columns
            except (Irregular, ValueError):
                # Whether it is wrong, or only unusual, libxml2 knows.
                used = len(data) - at
                yield from self._fed(data[at:])
            at += used

    @property
    def _between(self) -> bool:
        """Whether the next thing may be a row of data that can be cut out."""
        return self._cuttable and self._in_data and self._rows > 0 and not self._in_row

    def _next_row(self, data: bytes, at: int) -> int:
        found = self._start.search(data, at)
        return found.start() if found else len(data)

    # ---- by libxml2

    def _fed(self, data: bytes | None) -> Iterator[Columns]:
        """Give bytes, or the end, to libxml2; rows that it finds are read one by one."""
        from lxml import etree

        rows: list[list[Said]] = []
        try:
            if data is None:
                self._parser.close()
            else:
                self._parser.feed(data)
            for event, element in self._parser.read_events():
                rows += self._seen(event, element)
        except etree.XMLSyntaxError as error:
            raise ValueError(f"not XML: {error}") from error
        if rows:
            yield self._turned(rows)

    def _seen(self, event: str, element: Any) -> list[list[Said]]:
        if event == "start":
            self._depth += 1
            if self._depth == 1:
                self._see_root(element)
            if element.tag == self._sheet_tag:
                self._see_sheet(element)
            self._in_row = self._in_row or element.tag == self._row_tag
            return []
        self._depth -= 1
        if element.tag != self._row_tag:
            if element.tag == self._sheet_tag:
                self._in_data = False
            return []
        self._in_row = False
        rows = self._row(element) if self._in_data else []
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
        return rows

    def _see_root(self, root: Any) -> None:
        """Whether the names are written as the grammar has them."""
        spelt = {prefix or "": uri for prefix, uri in root.nsmap.items()}
        encoding = root.getroottree().docinfo.encoding
        self._cuttable = (
            spelt.get(self.grammar.prefix.rstrip(":")) == self.grammar.namespace
            and (encoding or "UTF-8").upper() == "UTF-8"
        )
        declared = "".join(
            f' xmlns{":" * bool(prefix)}{prefix}="{uri}"' for prefix, uri in spelt.items()
        )
        self._wrap = f"<x{declared}>".encode(), b"</x>"

    def _see_sheet(self, element: Any) -> None:
        name = next((v for k, v in element.attrib.items() if k.endswith("}name")), None)
        self._in_data, self._rows = name != self.without, 0

    def _row(self, element: Any) -> list[list[Said]]:
        found = self.grammar.row_of(element, self._rows, len(self.names))
        if found and not self._rows:
            header = [text for _, text in found[0]]
            if header != self.names:
                raise ValueError(f"header is {header}")
            self._rows += len(found)
            return found[1:]
        self._rows += len(found)
        return found

    def _say(self, raw: bytes) -> Said:
        """What a cell's bytes say."""
        from lxml import etree

        try:
            root = etree.fromstring(
                raw.join(self._wrap), etree.XMLParser(resolve_entities=False, huge_tree=True)
            )
        except etree.XMLSyntaxError as error:
            raise ValueError(f"no cell: {error}") from error
        (cell,) = root
        if cell.tag != f"{{{self.grammar.namespace}}}{self.grammar.cell}" or cell.tail:
            raise ValueError(f"no cell: {cell.tag}")
        return self.grammar.say(cell)

    # ---- by cutting

    def _cut(self, data: bytes) -> tuple[int, Columns]:
        """The columns of the rows that data begins with, and how many bytes these are.

        Raises:
            Irregular: rows that libxml2 has to read.
        """
        block = Block(data)
        _check_characters(block)
        starts, ends = self._runs(block)
        cells = block.opening(self.grammar.cell_name)
        cells = cells[block.tags[cells] < ends[-1]]
        rows = self._rows_of(block.tags[cells], starts, ends)
        columns, shared = self.grammar.place(block, rows)
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
        self._rows += len(starts)
        return int(ends[-1]) + len(self._close), found

    def _runs(self, block: Block) -> tuple[Places, Places]:
        """Where the rows begin and end, up to something between two that is more than a blank."""
        starts = block.tags[block.opening(self.grammar.row_name)]
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

    def _rows_of(self, cells: Places, starts: Places, ends: Places) -> Rows:
        row = np.searchsorted(starts, cells, "right") - 1
        if (row < 0).any() or (cells > ends[row]).any():
            raise Irregular
        first = np.append(cells, ends[-1])[np.searchsorted(cells, starts)]
        heads = np.minimum(first, ends)
        return Rows(starts, heads, ends, cells, row, self._rows, len(self.names))

    def _column(
        self, block: Block, every: Cells, mine: Places, rows: Rows, place: int
    ) -> Column:
        own = rows.row[mine]
        if len(own) > 1 and (own[1:] <= own[:-1]).any():
            raise Irregular
        cells = Cells(every.heads[mine], every.starts[mine], every.ends[mine], every.tags[mine])
        taken = self.shapes.take(block, cells, place)
        text = block.cut(taken.starts, taken.ends)
        text.validate(full=True)
        text, odd = self.grammar.clean(text, taken.kinds)
        for one in odd.tolist():
            taken.alone[one] = self._say(block.data[cells.heads[one] : cells.ends[one]])
        return _spread(self._replaced(text, taken), taken.kinds, own, len(rows.starts))

    def _replaced(self, text: pa.StringArray, taken: Taken) -> pa.StringArray:
        """The texts, and kinds, with those that were read one by one in their places."""
        if not taken.alone:
            return text
        mask = np.zeros(len(text), bool)
        mask[list(taken.alone)] = True
        for place, (kind, _) in taken.alone.items():
            taken.kinds[place] = self._code(kind)
        said = [taken.alone[place][1] for place in sorted(taken.alone)]
        return pc.replace_with_mask(text, pa.array(mask), pa.array(said, pa.string()))

    def _code(self, kind: str | None) -> int:
        return -1 if kind is None else self.grammar.kinds.index(kind)

    def _turned(self, rows: list[list[Said]]) -> Columns:
        """Rows that were read one by one, as columns."""
        columns = list(zip(*rows, strict=True))
        return [
            Column(
                pa.array([text for _, text in cells], pa.string()),
                np.array([self._code(kind) for kind, _ in cells], np.int8),
            )
            for cells in columns
        ]


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
