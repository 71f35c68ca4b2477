"""The rows of a spreadsheet's XML, pulled: libxml2 reads the document, runs of rows are cut out.

Rows whose cells have shapes that are known (``_sheet_shapes``) are read as columns, some
megabytes at a time; libxml2 gets everything else: what surrounds the rows, the header, and every
row that is in any way out of the ordinary. Memory does not grow with rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from catalog.formats._sheet_cut import Cutter
from catalog.formats._sheet_grammar import Column, Columns, Grammar, Irregular
from catalog.formats._sheet_shapes import Said, Shapes

#: A row longer than this is taken for damage, not for data.
_LONGEST = 256 * 2**20
#: How libxml2 reads: nothing from elsewhere; comments and instructions are none of the values.
_PARSING: Any = {
    "resolve_entities": False, "no_network": True, "huge_tree": True, "remove_comments": True,
    "remove_pis": True,
}  # fmt: skip


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
        shapes = Shapes(self._say, grammar.kinds, grammar.inner)
        self._cutter = Cutter(grammar, shapes, len(names))
        tags = [f"{{{grammar.namespace}}}{name}" for name in (grammar.row, grammar.sheet)]
        self._row_tag, self._sheet_tag = tags
        self._parser = etree.XMLPullParser(events=("start", "end"), **_PARSING)
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
                used, rows, columns = self._cutter.cut(data[at:], self._rows)
                self._rows += rows
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
            root = etree.fromstring(raw.join(self._wrap), etree.XMLParser(**_PARSING))
        except etree.XMLSyntaxError as error:
            raise ValueError(f"no cell: {error}") from error
        (cell,) = root
        if cell.tag != f"{{{self.grammar.namespace}}}{self.grammar.cell}" or cell.tail:
            raise ValueError(f"no cell: {cell.tag!r}")
        return self.grammar.say(cell)

    def _turned(self, rows: list[list[Said]]) -> Columns:
        """Rows that were read one by one, as columns."""
        columns = list(zip(*rows, strict=True))
        return [
            Column(
                pa.array([text for _, text in cells], pa.string()),
                np.array([self.grammar.code(kind) for kind, _ in cells], np.int8),
            )
            for cells in columns
        ]
