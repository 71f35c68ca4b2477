"""XLSX (ECMA-376): typed cells, a frozen header, and a second sheet that describes the columns.

Dates are dates, text is always a text cell: codes keep their leading zeros, 13-digit numbers keep
their digits, and nothing is ever taken for a formula. Moments stand by the clock of their time
zone. What Excel cannot hold is said: a text is cut at 32,767 characters, a shape or nested value
of more is left out (half a shape is a false shape), and the empty text is an empty cell. More
rows than a sheet has go on in the next sheet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from catalog.formats import FIXED_TIME, About, Format
from catalog.formats import _sheets as sheets
from catalog.formats._about import sheet_name, sheet_rows
from catalog.formats._fit import NO_EMPTY_TEXT, Step, Tally, fit
from catalog.formats._stream import batches, may_have
from catalog.formats._text import from_text, to_text
from catalog.problem import Problem
from catalog.schema import SchemaField
from catalog.spec import Words
from catalog.table import BATCH_ROWS, Table

FORMAT = Format(
    name="xlsx",
    title=Words(th="Excel (XLSX)", en="Excel (XLSX)"),
    extension="xlsx",
    media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    eu_file_type="XLSX",
    ckan="XLSX",
    gdcatalog="XLS",
    stars_dga=2,
    stars_nectec=2,
    geometry="text",
    proprietary=True,
)
_FORMATS = {"date": "yyyy-mm-dd", "time": "hh:mm:ss", "datetime": "yyyy-mm-dd hh:mm:ss"}
_HEADER = {"bold": True, "bg_color": "#E7EEF7", "bottom": 1}
_LONG_TEXT = frozenset({"string", "any"})


def _legal(column: pa.Array, field: SchemaField) -> pa.Array:
    # Other control characters have an escape in XLSX (_x0001_), U+FFFE and U+FFFF have none.
    if not pa.types.is_string(column.type) or not may_have(column, b"\xef"):
        return column
    return pc.replace_substring_regex(column, r"[\x{FFFE}\x{FFFF}]", "\ufffd")


def _too_long(column: pa.Array, field: SchemaField) -> tuple[pa.StringArray, pa.Int64Array]:
    """A column's text, and the places where it may be too long for a cell."""
    text = to_text(column, field)
    # UTF-8 never has fewer bytes than UTF-16 has units.
    return text, pc.indices_nonzero(pc.greater(pc.binary_length(text), sheets.MAX_TEXT))


def _short_text(column: pa.Array, field: SchemaField) -> pa.Array:
    if field.type not in _LONG_TEXT:
        return column
    text, places = _too_long(column, field)
    if not len(places):
        return column
    values = text.to_pylist()
    for place in places.to_pylist():  # rare, and each is 32,767 characters of work anyway
        values[place] = sheets.cut(values[place])
    return pa.array(values, pa.string())


def _short_value(column: pa.Array, field: SchemaField) -> pa.Array:
    if field.type not in ("geojson", "object", "array", "list"):
        return column
    text, places = _too_long(column, field)
    long = [place for place in places.to_pylist() if sheets.is_long(text[place].as_py())]
    if not long:
        return column
    left_out = pc.is_in(pa.array(range(len(column))), value_set=pa.array(long))
    return pc.if_else(left_out, pa.scalar(None, column.type), column)


_STEPS = (
    Step("format-characters-replaced", _legal),
    NO_EMPTY_TEXT,
    Step("format-text-cut", _short_text, params={"limit": sheets.MAX_TEXT}),
    Step("format-cell-left-out", _short_value, params={"limit": sheets.MAX_TEXT}),
)


def refuse(table: Table) -> Problem | None:
    """A sheet has 16,384 columns."""
    return sheets.refusal(table)


def write(table: Table, about: About, target: Path) -> tuple[Problem, ...]:
    """Write the workbook; one row at a time is in memory."""
    import xlsxwriter

    tally = Tally()
    with TemporaryDirectory(dir=target.parent) as scratch:
        book = xlsxwriter.Workbook(target, {"constant_memory": True, "tmpdir": scratch})
        book.set_properties(
            {
                "title": about.title("th"),
                "author": about.dataset.office.name.th,
                "comments": f"{about.licence.th}\n{about.attribution('th')}\n{about.table_uri}",
                "created": datetime(*FIXED_TIME),  # noqa: DTZ001  Excel's own times have no zone
            }
        )
        _write_rows(book, table, tally)
        _write_description(book, about)
        book.close()
    return tally.problems(_STEPS, table.name) + sheets.split_note(table)


def _write_rows(book: Any, table: Table, tally: Tally) -> None:
    fields = table.schema.fields
    styles = {kind: book.add_format({"num_format": code}) for kind, code in _FORMATS.items()}
    kinds = [_style(book, field, styles) for field in fields]
    wide, header = sheets.widths(table), book.add_format(_HEADER)
    fitted = (fit(batch, fields, _STEPS, tally) for batch in batches(table))
    every = chain.from_iterable(zip(*_columns(batch, table), strict=True) for batch in fitted)
    for name in sheets.sheet_names(table):
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for place, (field, width) in enumerate(zip(fields, wide, strict=True)):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, field.name, header)
        for number, row in enumerate(islice(every, sheets.MAX_ROWS - 1), 1):
            _write_row(sheet, number, row, kinds)


def _style(book: Any, field: SchemaField, styles: dict[str, Any]) -> Any:
    if field.decimal_places:
        return book.add_format({"num_format": "0." + "0" * field.decimal_places})
    return styles.get(sheets.kind(field))


def _write_row(sheet: Any, number: int, row: tuple[Any, ...], styles: list[Any]) -> None:
    for place, value in enumerate(row):
        if value is None:
            continue
        if isinstance(value, str):
            sheet.write_string(number, place, value)
        elif isinstance(value, bool):
            sheet.write_boolean(number, place, value)
        else:
            sheet.write_number(number, place, value, styles[place])


def _columns(batch: pa.RecordBatch, table: Table) -> Iterator[list[Any]]:
    """Each column as texts, numbers and truth values for the writer."""
    for column, field in zip(batch.columns, table.schema.fields, strict=True):
        cells = sheets.cells(column, field)
        if cells.kind == "text":
            yield cells.text.to_pylist()
            continue
        if cells.kind in _FORMATS:
            values = sheets.serials(column, field).to_pylist()
        elif pa.types.is_decimal(column.type):
            values = cells.text.cast(pa.float64()).to_pylist()
        else:
            values = column.to_pylist()
        for place in pc.indices_nonzero(cells.as_text).to_pylist():
            values[place] = cells.text[place].as_py()
        yield values


def _write_description(book: Any, about: About) -> None:
    sheet = book.add_worksheet(sheet_name())
    sheet.set_column(0, 4, 30)
    for number, row in enumerate(sheet_rows(about)):
        for place, text in enumerate(row):
            if text:
                sheet.write_string(number, place, sheets.cut(text))


def read(path: Path, table: Table) -> Iterator[pa.RecordBatch]:
    """Read back with calamine.

    Raises:
        ValueError: a header that is not the one written.
    """
    from python_calamine import CalamineWorkbook

    with CalamineWorkbook.from_path(path) as book:
        names = [name for name in book.sheet_names if name != sheet_name()]
        lengths = sheets.sheet_lengths(table)
        every = chain.from_iterable(
            _sheet(book.get_sheet_by_name(name), length, table)
            for name, length in zip(names, lengths, strict=True)
        )
        while some := list(islice(every, BATCH_ROWS)):
            pairs = zip(zip(*some, strict=True), table.schema.fields, strict=True)
            columns = [_typed(values, field) for values, field in pairs]
            yield pa.RecordBatch.from_arrays(columns, schema=table.arrow)


def _sheet(sheet: Any, length: int, table: Table) -> Iterator[list[Any]]:
    """The rows of a sheet without its header; empty rows at its end are not in the file."""
    rows = sheet.iter_rows()
    header = next(rows, None)
    if header != list(table.schema.names):
        raise ValueError(f"header is {header}")
    count = 0
    for count, row in enumerate(rows, 1):  # noqa: B007
        yield row
    for _ in range(length - count):
        yield [""] * len(table.schema.fields)


def _typed(values: Sequence[Any], field: SchemaField) -> pa.Array:
    texts = pa.array([_text(value, field) for value in values], pa.string())
    return from_text(sheets.with_offset(texts, field), field)


def _text(value: Any, field: SchemaField) -> str | None:
    """A cell's value as ``from_text`` wants it."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if field.type in ("integer", "year") else repr(value)
    if field.type == "datetime" and not isinstance(value, datetime):
        return f"{value.isoformat()}T00:00:00"
    return str(value.isoformat())


def held(batch: pa.RecordBatch, table: Table) -> pa.RecordBatch:
    """Every value, but for what the steps change: see the module."""
    return fit(batch, table.schema.fields, _STEPS)
