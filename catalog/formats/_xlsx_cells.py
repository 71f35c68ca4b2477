"""Rows of a worksheet as XML (ECMA-376 part 1, 18.3), a batch at a time.

Texts stand in their cells (``inlineStr``): a table of shared strings would have to be kept in
memory until the end. Every cell has its reference, although it may be left out: some readers
count wrong without.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalog.formats import _escape
from catalog.formats import _sheets as sheets
from catalog.formats._cells import Piece, ends, joined, wrapped
from catalog.formats._stream import may_have
from catalog.schema import SchemaField

#: Style of a text that a spreadsheet would take for a formula when somebody edits its cell.
QUOTED = "quoted"
#: Such texts begin with one of these (OWASP, CSV injection).
_FORMULA = np.isin(np.arange(256), list(b"=+-@\t\n\r"))
_WHITE = np.isin(np.arange(256), list(b" \t\n"))
#: A control character, of which XML 1.0 has only three, as ``ST_Xstring`` (22.9.2.19) has it.
_CONTROLS = {chr(c): f"_x{c:04X}_" for c in (*range(9), 11, 12, *range(13, 32))}
_SERIALS = frozenset({"date", "time", "datetime"})


def letters(place: int) -> str:
    """The name of a column: 0 is A, 26 is AA."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


def rows(
    batch: pa.RecordBatch,
    fields: tuple[SchemaField, ...],
    styles: Mapping[str, int],
    first: int,
) -> pa.StringArray:
    """The rows of a batch.

    Args:
        batch: as the format holds it.
        fields: of its columns.
        styles: numbers of the styles: ``QUOTED``, and one per name of a column that has one.
        first: number of the first row on its sheet, from 1.
    """
    numbers = pa.array(np.arange(first, first + batch.num_rows)).cast(pa.string())
    pieces: list[Piece] = ['<row r="', numbers, '">']
    for place, (column, field) in enumerate(zip(batch.columns, fields, strict=True)):
        start = [f'<c r="{letters(place)}', numbers]
        pieces += _cell(start, sheets.cells(column, field), column, field, styles)
    return joined([*pieces, "</row>"])


def text_row(texts: list[str], number: int, style: str, styles: Mapping[str, int]) -> str:
    """One row of constant texts; an empty one has no cell."""
    cells = ""
    for place, text in enumerate(texts):
        if text:
            own = pa.array([sheets.cut(text)])
            start = [f'<c r="{letters(place)}{number}" s="{styles[style]}']
            cells += joined([*start, *_text(own)])[0].as_py()
    return f'<row r="{number}">{cells}</row>'


def _cell(
    start: list[Piece],
    made: sheets.Cells,
    column: pa.Array,
    field: SchemaField,
    styles: Mapping[str, int],
) -> list[Piece]:
    """The pieces of a column's cells."""
    style = f'" s="{styles[field.name]}' if field.name in styles else ""
    if made.kind == "text":
        return wrapped(_texts(start, made.text, styles), made.text, "")
    values = _values(made, column, field)
    opening = '" t="b"><v>' if made.kind == "boolean" else '"><v>'
    typed = [*start, style + opening, values, "</v></c>"]
    if not pc.any(made.as_text).as_py():
        return wrapped(typed, values, "")
    # if_else would take both sides' nulls; the text is null exactly where the value is.
    both = pc.if_else(made.as_text, joined(_texts(start, made.text, styles)), joined(typed))
    return [pc.fill_null(both, "")]


def _values(made: sheets.Cells, column: pa.Array, field: SchemaField) -> pa.StringArray:
    if made.kind == "boolean":
        return pc.if_else(column, "1", "0")
    if made.kind == "date":
        return pc.add(column.cast(pa.int32()), sheets.EPOCH_DAYS).cast(pa.string())
    if made.kind in _SERIALS:
        return sheets.serials(column, field).cast(pa.string())
    return column.cast(pa.string()) if field.type == "year" else made.text


def _texts(start: list[Piece], text: pa.StringArray, styles: Mapping[str, int]) -> list[Piece]:
    """Text cells, the ones that look like a formula marked as texts for good."""
    formula = _FORMULA[ends(text)[0]]
    if not formula.any():
        return [*start, *_text(text)]
    mark = pc.if_else(pa.array(formula), f'" s="{styles[QUOTED]}', "")
    return [*start, mark, *_text(text)]


def _text(text: pa.StringArray) -> list[Piece]:
    """A text cell from the end of its reference on; blanks at its ends are to be kept."""
    text = escaped(text)
    first, last = ends(text)
    white = _WHITE[first] | _WHITE[last]
    opening: Any = '" t="inlineStr"><is><t>'
    if white.any():
        kept = '" t="inlineStr"><is><t xml:space="preserve">'
        opening = pc.if_else(pa.array(white), kept, opening)
    return [opening, text, "</t></is></c>"]


def escaped(text: pa.StringArray) -> pa.StringArray:
    """Character data of a ``t`` element: control characters, and what looks like their escape."""
    if may_have(text, b"_") and pc.any(pc.match_substring(text, "_x")).as_py():
        text = pc.replace_substring_regex(text, r"_(x[0-9A-Fa-f]{4})", r"_x005F_\1")
    if may_have(text, bytes(map(ord, _CONTROLS))):
        for character, written in _CONTROLS.items():
            if may_have(text, character.encode()):
                text = pc.replace_substring(text, character, written)
    return _escape.xml(text)
