"""Reads an OpenDocument spreadsheet back by the rules of OpenDocument 1.3, columns at a time.

What no file of ours has (formulas, annotations, merged cells) is a fault, not a guess. (calamine,
which reads workbooks otherwise, drops the tabs inside of a text; the tests hold this reader
against it and against odfpy.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalog.formats._about import sheet_name
from catalog.formats._cells import ends
from catalog.formats._sheet_grammar import Grammar, Irregular, Kinds, Rows
from catalog.formats._sheet_reader import Reader
from catalog.formats._sheet_shapes import Block, Places, Said
from catalog.formats._sheet_values import number, plain, typed, unescaped
from catalog.formats._stream import may_have
from catalog.formats._unzip import inflated
from catalog.schema import SchemaField
from catalog.table import Table

_OASIS = "urn:oasis:names:tc:opendocument:xmlns:"
_OFFICE, _TABLE, _TEXT = (f"{{{_OASIS}{name}:1.0}}" for name in ("office", "table", "text"))
_VALUES = {
    "float": f"{_OFFICE}value",
    "boolean": f"{_OFFICE}boolean-value",
    "date": f"{_OFFICE}date-value",
    "time": f"{_OFFICE}time-value",
}
#: Attributes of cells that say nothing about their values.
_QUIET = frozenset(
    {f"{_OFFICE}value-type", f"{_TABLE}style-name", f"{_TABLE}number-columns-repeated",
     *_VALUES.values()}
)  # fmt: skip
_TIME = r"\APT(\d\d)H(\d\d)M(\d\d(?:\.\d+)?)S\z"
_HEAD = re.compile(rb'<table:table-row(?: table:style-name="[^"<&]*")?>\Z')
_BLANKS = " \t\r\n"
_WHITE = re.compile(r"[ \t\r\n]+")
#: Elements that stand for characters, as most files spell them.
_INNER = {"</text:p><text:p>": "\n", "<text:s/>": " ", "<text:tab/>": "\t"}
#: Blanks that count for nothing, or may: libxml2 reads such a text.
_COLLAPSING = r"  |\n|\t| </text:p>|<text:p> "
#: More empty rows at once than a sheet has are no data.
_MOST_ROWS = 1_048_576


def read_rows(path: Path, table: Table) -> Iterator[pa.RecordBatch]:
    """The rows of every sheet but the description, typed as the canonical table is.

    Raises:
        ValueError: a header that is not the one written, or cells that nobody knows.
    """
    reader = Reader(_GRAMMAR, list(table.schema.names), sheet_name())
    yield from typed(reader.read(inflated(path, "content.xml")), table, _DECODERS)
    _check_rest(path)


def _check_rest(path: Path) -> None:
    """The parts without data have to be whole too."""
    from zipfile import ZipFile

    with ZipFile(path) as archive:
        names = {entry.filename for entry in archive.infolist()} - {"content.xml"}
    for name in sorted(names):
        for _ in inflated(path, name):
            pass


# ---- by libxml2


def _say(cell: Any) -> Said:
    """What a cell says (OpenDocument 1.3 part 3, 9.1.4)."""
    unknown = [name for name in cell.keys() if name not in _QUIET]  # noqa: SIM118  of lxml
    if unknown:
        raise ValueError(f"a cell with {unknown[0]}")
    kind = cell.get(f"{_OFFICE}value-type")
    if any(one.tag != f"{_TEXT}p" for one in cell):
        raise ValueError(f"a cell with {cell[0].tag}")
    if kind is None:
        if len(cell) or (cell.text or "").strip():
            raise ValueError("a text in a cell without a type")
        return None, None
    if kind == "string":
        text = "\n".join([_paragraph(one) for one in cell])
        return ("string", text) if text else (None, None)
    if kind not in _VALUES:
        raise ValueError(f"a cell of type {kind}")
    return kind, cell.get(_VALUES[kind])


def _paragraph(paragraph: Any) -> str:
    """A paragraph's text: white space collapses, elements stand for what is meant to stay."""
    start = paragraph.text or ""
    if not len(paragraph):
        return _WHITE.sub(" ", start).strip(_BLANKS)
    pieces = [_WHITE.sub(" ", start).removeprefix(" ")]
    for element in paragraph:
        if element.tag == f"{_TEXT}s":
            pieces.append(" " * int(element.get(f"{_TEXT}c", "1")))
        elif element.tag == f"{_TEXT}tab":
            pieces.append("\t")
        elif element.tag == f"{_TEXT}line-break":
            pieces.append("\n")
        else:
            raise ValueError(f"a text with {element.tag}")
        pieces.append(_WHITE.sub(" ", element.tail or ""))
    pieces[-1] = pieces[-1].removesuffix(" ")
    return "".join(pieces)


def _row(row: Any, before: int, width: int) -> list[list[Said]]:
    """A row, as many times as it stands for."""
    cells: list[Said] = []
    for cell in row:
        if cell.tag != f"{_TABLE}table-cell":
            raise ValueError(f"{cell.tag} in a row")
        said = _say(cell)
        times = int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
        if said[0] and len(cells) + times > width:
            raise ValueError(f"a value right of column {width}")
        cells += [said] * min(times, width - len(cells))
    cells += [(None, None)] * (width - len(cells))
    times = int(row.get(f"{_TABLE}number-rows-repeated", "1"))
    if times + before > _MOST_ROWS:
        raise ValueError(f"a row {times} times")
    return [cells] * times


# ---- by cutting


def _place(block: Block, rows: Rows) -> tuple[Places, Places]:
    """Columns by the order of the cells; every row has to have all of them."""
    head = block.data[rows.starts[0] : rows.heads[0]]
    if not _HEAD.match(head) or (rows.heads - rows.starts != len(head)).any():
        raise Irregular
    if not block.same(rows.starts, head).all():
        raise Irregular
    if (np.bincount(rows.row, minlength=len(rows.starts)) != rows.width).any():
        raise Irregular
    return np.tile(np.arange(rows.width), len(rows.starts)), rows.cells


def _clean(text: pa.StringArray, kinds: Kinds) -> tuple[pa.StringArray, Places]:
    """Texts without markup and references."""
    if not (kinds == _STRING).any():
        odd = may_have(text, b'&<"')
        return text, np.flatnonzero(kinds >= 0) if odd else np.array([], np.int64)
    odd = _collapses(text)
    if may_have(text, b"<"):
        for written, meant in _INNER.items():
            text = pc.replace_substring(text, written, meant)
        odd |= np.array(pc.match_substring(text, "<"))
    text, unknown = unescaped(text)
    if unknown is not None:
        odd |= np.array(unknown)
    others = kinds != _STRING
    if others.any() and may_have(text, b'"'):
        odd |= others & np.array(pc.match_substring(text, '"'))
    odd |= np.array(pc.equal(pc.binary_length(text), 0))
    return text, np.flatnonzero(odd & (kinds >= 0))


def _collapses(text: pa.StringArray) -> Any:
    """Where a text has blanks that may count for nothing."""
    blank = ord(" ")
    first, last = ends(text)
    odd = (first == blank) | (last == blank)
    if may_have(text, b"\n\t<"):
        return odd | np.array(pc.match_substring_regex(text, _COLLAPSING))
    return odd | np.array(pc.match_substring(text, "  "))


# ---- values


def _time(text: pa.StringArray, field: SchemaField) -> pa.StringArray:
    """``PT08H30M15S`` as ``08:30:15``."""
    if field.type != "time" or not pc.all(pc.match_substring_regex(text, _TIME)).as_py():
        raise ValueError(f"a time in {field.name}")
    return pc.replace_substring_regex(text, _TIME, r"\1:\2:\3")


def _boolean(text: pa.StringArray, field: SchemaField) -> pa.StringArray:
    if field.type != "boolean":
        raise ValueError(f"a truth value in {field.name}")
    return text


def _date(text: pa.StringArray, field: SchemaField) -> pa.StringArray:
    if field.type not in ("date", "datetime"):
        raise ValueError(f"a date in {field.name}")
    return text


_DECODERS = {
    "string": plain, "float": number, "boolean": _boolean, "date": _date, "time": _time,
}  # fmt: skip
_STRING = list(_DECODERS).index("string")
_GRAMMAR = Grammar(
    _TABLE[1:-1], "table:", "table", "table-row", "table-cell", tuple(_DECODERS), _say, _row,
    _place, _clean, re.compile("|".join(map(re.escape, _INNER)).encode()),
)  # fmt: skip
