"""Reads an XLSX workbook back by the rules of ECMA-376, columns at a time.

What no file of ours has (shared strings, formulas, errors) is a fault, not a guess.
"""

from __future__ import annotations

import posixpath
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

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TAG = f"{{{_MAIN}}}"
_PRESERVED = "{http://www.w3.org/XML/1998/namespace}space"
_WHITE = " \t\n\r"
_WHITE_BYTES = np.frombuffer(_WHITE.encode(), np.uint8)
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})\Z")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_HEAD = re.compile(rb'"(?: [\w:]+="[^"<&]*")*>\Z')
#: Number formats of the standard that show a moment (18.8.30).
_MOMENTS = frozenset({*range(14, 23), *range(45, 48)})
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_EPOCH_DAYS = 25_569  # from 1899-12-30 to 1970-01-01
_DAY_MS = 86_400_000
_MOST_ROWS = 1_048_576


def read_rows(path: Path, table: Table) -> Iterator[pa.RecordBatch]:
    """The rows of every sheet but the description, typed as the canonical table is.

    Raises:
        ValueError: a header that is not the one written, or cells that nobody knows.
    """
    moments = _moment_styles(_parsed(path, "xl/styles.xml"))
    for part in _sheet_parts(path):
        reader = Reader(_grammar(moments), list(table.schema.names), sheet_name())
        found = reader.read(inflated(path, part))
        yield from typed(found, table, _DECODERS)
    _check_rest(path)


def _parsed(path: Path, name: str) -> Any:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return etree.fromstring(b"".join(inflated(path, name)), parser)


def _sheet_parts(path: Path) -> list[str]:
    """The parts with data, in the order of the workbook."""
    links = _parsed(path, "xl/_rels/workbook.xml.rels").iter(f"{{{_PACKAGE}}}Relationship")
    targets = {link.get("Id"): posixpath.join("/xl", link.get("Target"))[1:] for link in links}
    sheets = _parsed(path, "xl/workbook.xml").iter(f"{_TAG}sheet")
    return [
        targets[sheet.get(f"{{{_OFFICE}}}id")]
        for sheet in sheets
        if sheet.get("name") != sheet_name()
    ]


def _check_rest(path: Path) -> None:
    """The parts without data have to be whole too: those of which nothing is asked else."""
    from zipfile import ZipFile

    with ZipFile(path) as archive:
        names = [entry.filename for entry in archive.infolist()]
    for name in set(names) - set(_sheet_parts(path)):
        _parsed(path, name)


def _moment_styles(styles: Any) -> frozenset[int]:
    """Numbers of the cell styles that show a number as a date or a time."""
    codes = {
        int(one.get("numFmtId")): _LITERAL.sub("", one.get("formatCode"))
        for one in styles.iter(f"{_TAG}numFmt")
    }
    known = _MOMENTS | {one for one, code in codes.items() if set(code.lower()) & set("dmyhs")}
    formats = styles.iterfind(f"{_TAG}cellXfs/{_TAG}xf")
    return frozenset(n for n, one in enumerate(formats) if int(one.get("numFmtId", 0)) in known)


def _grammar(moments: frozenset[int]) -> Grammar:
    def say(cell: Any) -> Said:
        return _say(cell, moments)

    def row_of(row: Any, before: int, width: int) -> list[list[Said]]:
        return _row(row, before, width, moments)

    return Grammar(
        _MAIN, "", "sheetData", "row", "c", tuple(_DECODERS), say, row_of, _place, _clean
    )


# ---- by libxml2


def _say(cell: Any, moments: frozenset[int]) -> Said:
    """What a cell says (18.3.1.4)."""
    kind = cell.get("t", "n")
    inside = [one.tag for one in cell]
    if (cell.text or "").strip() or any((one.tail or "").strip() for one in cell):
        raise ValueError("text beside a cell's value")
    if not inside and kind == "n":
        return None, None
    if kind == "inlineStr" and inside == [f"{_TAG}is"]:
        return _string(cell[0])
    if inside != [f"{_TAG}v"] or len(cell[0]) or kind not in ("n", "b"):
        raise ValueError(f"a cell of type {kind} with {inside}")
    if kind == "b":
        return "boolean", cell[0].text
    return "moment" if int(cell.get("s", 0)) in moments else "number", cell[0].text


def _string(inline: Any) -> Said:
    """A text in its cell; blanks at its ends count only where it says so."""
    if [one.tag for one in inline] != [f"{_TAG}t"] or len(inline[0]):
        raise ValueError("a text of several runs")
    if (inline.text or "").strip() or (inline[0].tail or "").strip():
        raise ValueError("text beside a cell's value")
    text, kind = inline[0].text or "", "text"
    if inline[0].get(_PRESERVED) != "preserve":
        text, kind = text.strip(_WHITE), "trimmed"
    return (kind, _decoded(text)) if text else (None, None)


def _decoded(text: str) -> str:
    """A text without the escapes of ``ST_Xstring`` (22.9.2.19)."""
    if "_x" not in text:
        return text
    text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _row(row: Any, before: int, width: int, moments: frozenset[int]) -> list[list[Said]]:
    """A row and the empty ones that are left out before it."""
    here = int(row.get("r", before + 1))
    if not before < here <= _MOST_ROWS:
        raise ValueError(f"row {here} after row {before}")
    cells: list[Said] = [(None, None)] * width
    place = -1
    for cell in row:
        if cell.tag != f"{_TAG}c":
            raise ValueError(f"{cell.tag} in a row")
        place = _column(cell.get("r"), here, place)
        said = _say(cell, moments)
        if place < width:
            cells[place] = said
        elif said[0]:
            raise ValueError(f"a value right of column {width}")
    empty: list[Said] = [(None, None)] * width
    return [empty] * (here - before - 1) + [cells]


def _column(reference: str | None, row: int, before: int) -> int:
    """The column of a cell, from 0."""
    if reference is None:
        return before + 1
    found = _REFERENCE.match(reference)
    if not found or int(found[2]) != row:
        raise ValueError(f"cell {reference} in row {row}")
    place = 0
    for letter in found[1]:
        place = place * 26 + ord(letter) - 64
    if place - 1 <= before:
        raise ValueError(f"cell {reference} after a later one")
    return place - 1


# ---- by cutting


def _place(block: Block, rows: Rows) -> tuple[Places, Places]:
    """Columns from the references, each of which has to have the number of its row."""
    numbered = rows.starts + len(b'<row r="')
    if not block.same(rows.starts, b'<row r="').all():
        raise Irregular
    rest, digits = _numbers(block, numbered, rows)
    if not block.same(numbered + digits, rest).all():
        raise Irregular
    if (rows.heads != numbered + digits + len(rest)).any():
        raise Irregular
    start = rows.cells + len(b'<c r="')
    if not block.same(rows.cells, b'<c r="').all():
        raise Irregular
    columns, count = _letters(block, start)
    # The digits and the quote behind them, as one word, have to be those of the row.
    masks = np.array([(1 << 8 * (k + 1)) - 1 for k in range(8)], "<u8")
    mask = masks[digits]
    wanted = (block.words[numbered] & mask)[rows.row]
    found = block.words[np.minimum(start + count, len(block.data) - 1)] & mask[rows.row]
    if (wanted != found).any():
        raise Irregular
    return columns, start + count + digits[rows.row]


def _numbers(block: Block, numbered: Places, rows: Rows) -> tuple[bytes, Places]:
    """What stands behind a row's number, and how many digits the number of each has.

    Numbers have to follow each other.
    """
    first = block.data[numbered[0] : rows.heads[0]]
    number, _, _ = first.partition(b'"')
    rest = first[len(number) :]
    if not number.isdigit() or int(number) != rows.before + 1 or not _HEAD.match(rest):
        raise Irregular
    expected = np.arange(rows.before + 1, rows.before + 1 + len(numbered))
    digits = np.searchsorted(10 ** np.arange(1, 8), expected, "right") + 1
    ends = numbered + digits
    texts = block.cut(numbered, ends)
    if not texts.equals(pa.array(expected).cast(pa.string())):
        raise Irregular
    return rest, digits


def _letters(block: Block, start: Places) -> tuple[Places, Places]:
    """Columns of references, and how many letters each has."""
    place, count = np.zeros(len(start), np.int64), np.zeros(len(start), np.int64)
    going = np.ones(len(start), bool)
    for step in range(3):
        letter = block.view[np.minimum(start + step, len(block.data) - 1)].astype(np.int64) - 64
        going &= (letter >= 1) & (letter <= 26)
        if not going.any():
            break
        place = np.where(going, place * 26 + letter, place)
        count += going
    if (count == 0).any():
        raise Irregular
    return place - 1, count


def _clean(text: pa.StringArray, kinds: Kinds) -> tuple[pa.StringArray, Places]:
    """Texts without references and escapes, blanks at ends that do not count trimmed."""
    text, unknown = unescaped(text)
    odd = np.zeros(len(text), bool) if unknown is None else np.array(unknown)
    trimmed = kinds == _TRIMMED
    if trimmed.any() and any(np.isin(end, _WHITE_BYTES)[trimmed].any() for end in ends(text)):
        text = pc.if_else(pa.array(trimmed), pc.utf8_trim(text, _WHITE), text)
    if may_have(text, b"_"):
        mine = pc.match_substring_regex(text, r"_x[0-9A-Fa-f]{4}_")
        decoded = [_decoded(one) for one in text.filter(mine).to_pylist()]
        text = pc.replace_with_mask(text, mine, pa.array(decoded, pa.string()))
    empty = np.array(pc.equal(pc.binary_length(text), 0))
    return text, np.flatnonzero(odd | (empty & (kinds >= 0)))


# ---- values


def _boolean(text: pa.StringArray, field: SchemaField) -> pa.StringArray:
    if field.type != "boolean" or not pc.all(pc.match_substring_regex(text, r"\A[01]\z")).as_py():
        raise ValueError(f"a truth value in {field.name}")
    return pc.if_else(pc.equal(text, "1"), "true", "false")


def _moment(text: pa.StringArray, field: SchemaField) -> pa.StringArray:
    """Dates, times and moments from days since 1899-12-30, to the millisecond."""
    days = text.cast(pa.float64())
    if field.type == "date":
        days = pc.subtract(days.cast(pa.int32()), pa.scalar(_EPOCH_DAYS, pa.int32()))
        return days.cast(pa.date32()).cast(pa.string())
    count = pc.round(pc.multiply(days, float(_DAY_MS))).cast(pa.int64())
    if field.type == "time":
        return count.cast(pa.int32()).cast(pa.time32("ms")).cast(pa.string())
    if field.type != "datetime":
        raise ValueError(f"a date or a time in {field.name}")
    count = pc.subtract(count, _EPOCH_DAYS * _DAY_MS)
    return count.cast(pa.timestamp("ms")).cast(pa.string())


#: By kind; a trimmed text is one whose blanks at the ends do not count.
_DECODERS = {
    "text": plain, "trimmed": plain, "number": number, "boolean": _boolean, "moment": _moment,
}  # fmt: skip
_TRIMMED = list(_DECODERS).index("trimmed")
