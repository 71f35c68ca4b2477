"""What the two workbooks, XLSX and ODS, share: how a value becomes a typed cell.

Spreadsheets count with float64 and count days from 1899-12-30. A value that they would change is
written as text in its cell instead: whole numbers and decimals of more than 15 digits, dates
before 1 March 1900 (the calendar of Excel has a 29 February 1900), fractions below a millisecond.
A cell is filled or it is not: the empty text becomes an empty cell, which reads as null.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalog.formats._text import OFFSETS, local, to_text
from catalog.problem import Level, Problem
from catalog.schema import SchemaField
from catalog.table import Table

#: Rows of a sheet (Excel since 2007, LibreOffice), the header being one of them.
MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
#: Characters of a cell (Excel), in UTF-16 units.
MAX_TEXT = 32_767
_EXACT = 10**15
_LEAP = date(1900, 3, 1)
_LEAST_NUMBER = 2.2250738585072014e-308  # spreadsheets take smaller ones for 0
#: Days from the day that spreadsheets count from to 1970-01-01.
EPOCH_DAYS = 25_569
_DAY = 86_400_000_000
_KINDS = {
    "integer": "number", "number": "number", "year": "number", "boolean": "boolean",
    "date": "date", "time": "time", "datetime": "datetime",
}  # fmt: skip
_WIDEST = 60


@dataclass(frozen=True, slots=True)
class Cells:
    """A column on its way into a sheet.

    Attributes:
        kind: ``text``, ``number``, ``boolean``, ``date``, ``time`` or ``datetime``.
        text: the values as text, null where there is none; moments by the clock of their zone.
        as_text: where the value has to be a text cell whatever the kind; never null.
    """

    kind: str
    text: pa.StringArray
    as_text: pa.BooleanArray


def refusal(table: Table) -> Problem | None:
    """Why a table cannot stand on a sheet; ``None`` where it can."""
    if len(table.schema.fields) <= MAX_COLUMNS:
        return None
    params = {"columns": len(table.schema.fields), "limit": MAX_COLUMNS}
    return Problem("format-too-many-columns", table=table.name, params=params, level=Level.NOTE)


def kind(field: SchemaField) -> str:
    """The kind of cell that a column has."""
    return _KINDS.get(field.type, "text")


def cells(column: pa.Array, field: SchemaField) -> Cells:
    """A column as cells."""
    text = to_text(column, field)
    if field.type == "datetime" and field.timezone:
        text = pc.utf8_slice_codeunits(text, 0, -len(OFFSETS[field.timezone]))
    return Cells(kind(field), text, pc.fill_null(_as_text(column, field), False))


def _as_text(column: pa.Array, field: SchemaField) -> pa.BooleanArray:
    """Where a spreadsheet would change the value."""
    if field.type == "integer":
        return pc.or_(pc.greater_equal(column, _EXACT), pc.less_equal(column, -_EXACT))
    if field.type == "number" and field.decimal_places is not None:
        digits = pc.utf8_ltrim(pc.replace_substring(to_text(column, field), ".", ""), "-0")
        return pc.greater(pc.utf8_length(digits), 15)
    if field.type == "number":
        size = pc.abs(column)
        return pc.and_(pc.greater(size, 0), pc.less(size, _LEAST_NUMBER))
    if field.type == "date":
        return pc.less(column, pa.scalar(_LEAP))
    if field.type == "datetime":
        moments = local(column, field)
        early = pc.less(moments, pa.scalar(datetime(1900, 3, 1), pa.timestamp("us")))  # noqa: DTZ001
        return pc.or_(early, _too_fine(moments))
    if field.type == "time":
        return _too_fine(column)
    return pa.array(np.zeros(len(column), dtype=bool))


def _too_fine(column: pa.Array) -> pa.BooleanArray:
    """Where there is something below the millisecond."""
    count = column.cast(pa.int64())
    return pc.not_equal(pc.multiply(pc.divide(count, 1000), 1000), count)


def serials(column: pa.Array, field: SchemaField) -> pa.Array:
    """Dates, times and moments as spreadsheets count them: days since 1899-12-30, float64."""
    if field.type == "date":
        return pc.add(column.cast(pa.int32()).cast(pa.float64()), EPOCH_DAYS)
    if field.type == "time":
        return pc.divide(column.cast(pa.int64()).cast(pa.float64()), float(_DAY))
    count = pc.add(local(column, field).cast(pa.int64()), EPOCH_DAYS * _DAY)
    return pc.divide(pc.cast(count, pa.float64(), safe=False), float(_DAY))


def with_offset(text: pa.StringArray, field: SchemaField) -> pa.StringArray:
    """Moments by their zone's clock as ``from_text`` wants them, with the offset."""
    if field.type != "datetime" or not field.timezone:
        return text
    return pc.binary_join_element_wise(text, OFFSETS[field.timezone], "")


def widths(table: Table) -> list[int]:
    """Column widths in characters, from the first rows."""
    head = table.head(200)
    found = []
    for name, field in zip(head.column_names, table.schema.fields, strict=True):
        text = to_text(head.column(name).combine_chunks(), field)
        longest = pc.max(pc.utf8_length(text)).as_py() or 0
        found.append(min(_WIDEST, max(longest, len(name)) + 2))
    return found


def sheet_names(table: Table, limit: int = 31) -> list[str]:
    """Names of the sheets that hold the rows: the table's, numbered where one is not enough."""
    count = max(1, -(-table.rows // (MAX_ROWS - 1)))
    if count == 1:
        return [table.name[:limit]]
    return [f"{table.name[: limit - 5]} ({number})" for number in range(1, count + 1)]


def split_note(table: Table) -> tuple[Problem, ...]:
    """Says that the rows stand on several sheets, where they do."""
    count = len(sheet_names(table))
    if count == 1:
        return ()
    params = {"sheets": count, "limit": MAX_ROWS}
    return (Problem("format-sheets-split", table=table.name, params=params, level=Level.NOTE),)


def sheet_lengths(table: Table) -> list[int]:
    """Rows of data on each sheet that holds rows."""
    most, count = MAX_ROWS - 1, len(sheet_names(table))
    return [*[most] * (count - 1), table.rows - most * (count - 1)]


def cut(text: str, units: int = MAX_TEXT) -> str:
    """The start of a text within so many UTF-16 units, never ending inside of a character.

    A Thai letter and the vowels and marks above and below it stay together.
    """
    kept = text.encode("utf-16-le")[: units * 2].decode("utf-16-le", "ignore")
    end = len(kept)
    while 0 < end < len(text) and _joins(text[end]):
        end -= 1
    return text[:end] if end else kept


def is_long(text: str) -> bool:
    """Whether a text has more UTF-16 units than a cell takes."""
    return len(text.encode("utf-16-le")) > 2 * MAX_TEXT


def _joins(character: str) -> bool:
    """Whether a character belongs to the one before: marks, SARA AM, joiners."""
    return unicodedata.category(character) in ("Mn", "Mc", "Me") or character in "\u0e33\u200d"
