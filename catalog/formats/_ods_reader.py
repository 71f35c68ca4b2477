"""Reads an OpenDocument spreadsheet a row at a time, by the rules of OpenDocument 1.3.

The package's XML is pulled through libxml2, so that memory does not grow with rows. (calamine,
which reads workbooks otherwise, drops the tabs inside of a text; the tests hold this reader
against it and against odfpy.)
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from catalog.formats import _sheets as sheets
from catalog.formats._about import sheet_name
from catalog.formats._text import from_text
from catalog.table import BATCH_ROWS, Table

_OASIS = "{urn:oasis:names:tc:opendocument:xmlns:"
_OFFICE, _TABLE, _TEXT = (f"{_OASIS}{name}:1.0}}" for name in ("office", "table", "text"))
_KIND = f"{_OFFICE}value-type"
_VALUES = {
    "float": f"{_OFFICE}value",
    "boolean": f"{_OFFICE}boolean-value",
    "date": f"{_OFFICE}date-value",
    "time": f"{_OFFICE}time-value",
}
_TIME = re.compile(r"PT(\d\d)H(\d\d)M(\d\d(?:\.\d+)?)S\Z")
_BLANKS = " \t\r\n"
_WHITE = re.compile(r"[ \t\r\n]+")

Row = list[str | None]


def read_rows(path: Path, table: Table) -> Iterator[pa.RecordBatch]:
    """The rows of every sheet but the description, typed as the canonical table is.

    Raises:
        ValueError: a header that is not the one written.
    """
    names = list(table.schema.names)
    with zipfile.ZipFile(path) as package, package.open("content.xml") as content:
        rows = _without_headers(_rows(content), names)
        while some := list(islice(rows, BATCH_ROWS)):
            yield _typed(some, table)


def _without_headers(rows: Iterator[tuple[str, Row]], names: list[str]) -> Iterator[Row]:
    sheet = None
    for name, row in rows:
        if name == sheet_name():
            continue
        if name != sheet:
            if row != names:
                raise ValueError(f"header is {row}")
            sheet = name
            continue
        if len(row) != len(names):
            raise ValueError(f"a row of {len(row)} cells")
        yield row


def _rows(content: Any) -> Iterator[tuple[str, Row]]:
    """Name of the sheet and texts of the cells, row by row."""
    from lxml import etree

    parsed = etree.iterparse(
        content, tag=f"{_TABLE}table-row", huge_tree=True, resolve_entities=False, no_network=True
    )
    for _, row in parsed:
        sheet: Any = row.getparent()
        yield sheet.get(f"{_TABLE}name"), [_cell(cell) for cell in row]
        row.clear()
        while row.getprevious() is not None:
            del sheet[0]


def _cell(cell: Any) -> str | None:
    """A cell's value as text."""
    kind = cell.get(_KIND)
    if kind is None:
        return None
    if kind == "string":
        return "\n".join([_paragraph(one) for one in cell]) or None
    value: str = cell.get(_VALUES[kind])
    return _TIME.sub(r"\1:\2:\3", value) if kind == "time" else value


def _paragraph(paragraph: Any) -> str:
    """A paragraph's text: white space collapses, elements stand for what is meant to stay."""
    start = paragraph.text or ""
    if not len(paragraph) and not start.isspace() and start == start.strip(_BLANKS):
        return _WHITE.sub(" ", start)
    pieces = [_WHITE.sub(" ", start).removeprefix(" ")]
    for element in paragraph:
        if element.tag == f"{_TEXT}s":
            pieces.append(" " * int(element.get(f"{_TEXT}c", "1")))
        elif element.tag == f"{_TEXT}tab":
            pieces.append("\t")
        elif element.tag == f"{_TEXT}line-break":
            pieces.append("\n")
        pieces.append(_WHITE.sub(" ", element.tail or ""))
    pieces[-1] = pieces[-1].removesuffix(" ")
    return "".join(pieces)


def _typed(rows: list[Row], table: Table) -> pa.RecordBatch:
    columns = []
    for values, field in zip(zip(*rows, strict=True), table.schema.fields, strict=True):
        text = sheets.with_offset(pa.array(values, pa.string()), field)
        columns.append(from_text(text, field))
    return pa.RecordBatch.from_arrays(columns, schema=table.arrow)
