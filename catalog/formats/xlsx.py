"""XLSX (ECMA-376): typed cells, a frozen header, and a second sheet that describes the columns.

Dates are dates, text is always a text cell: codes keep their leading zeros, 13-digit numbers keep
their digits, and nothing is ever taken for a formula. Moments stand by the clock of their time
zone. What Excel cannot hold is said: a text is cut at 32,767 characters, a shape or nested value
of more is left out (half a shape is a false shape), and the empty text is an empty cell. More
rows than a sheet has go on in the next sheet.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from catalog.formats import About, Format
from catalog.formats import _sheets as sheets
from catalog.formats import _xlsx as parts
from catalog.formats._fit import NO_EMPTY_TEXT, Step, Tally, fit
from catalog.formats._stream import batches, may_have, put
from catalog.formats._text import to_text
from catalog.formats._xlsx_cells import rows
from catalog.formats._xlsx_reader import read_rows
from catalog.formats._zip import Package
from catalog.problem import Problem
from catalog.schema import SchemaField
from catalog.spec import Words
from catalog.table import Table

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
    """Write the workbook; a batch at a time is in memory."""
    tally = Tally()
    fields, own = table.schema.fields, parts.styles(table)
    fitted = (fit(batch, fields, _STEPS, tally) for batch in batches(table))
    with Package(target) as package:
        parts.write_small_parts(package, table, about)
        number = 0
        for number, (length, batch_rows) in enumerate(_by_sheet(fitted, table), 1):
            with package.stream(f"{parts.SHEET_START}{number}.xml") as out:
                out.write(parts.sheet_start(table, length, own, number == 1).encode())
                for first, batch in batch_rows:
                    put(out, rows(batch, fields, own, first))
                out.write(parts.sheet_end(table, length).encode())
        package.add(f"{parts.SHEET_START}{number + 1}.xml", parts.description(about, own))
    return tally.problems(_STEPS, table.name) + sheets.split_note(table)


_Numbered = Iterator[tuple[int, pa.RecordBatch]]


def _by_sheet(given: Iterator[pa.RecordBatch], table: Table) -> Iterator[tuple[int, _Numbered]]:
    """For each sheet its length, and its batches with the number of their first row."""
    rest: list[pa.RecordBatch] = []

    def of_sheet(length: int) -> _Numbered:
        done = 0
        while done < length:
            batch = rest.pop() if rest else next(given)
            part = batch.slice(0, length - done)
            if part.num_rows < batch.num_rows:
                rest.append(batch.slice(part.num_rows))
            yield done + 2, part
            done += part.num_rows

    for length in sheets.sheet_lengths(table):
        yield length, of_sheet(length)


def read(path: Path, table: Table) -> Iterator[pa.RecordBatch]:
    """Read back by the standard, columns at once: see ``_sheet_reader``."""
    return read_rows(path, table)


def held(batch: pa.RecordBatch, table: Table) -> pa.RecordBatch:
    """Every value, but for what the steps change: see the module."""
    return fit(batch, table.schema.fields, _STEPS)
