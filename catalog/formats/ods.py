"""ODS (OpenDocument 1.3, ISO/IEC 26300): the workbook that no company owns.

Typed cells, a frozen header, a second sheet that describes the columns. The sheet's XML is joined
as text, a batch at a time: a library that builds a tree needs minutes and gigabytes for what
takes seconds here. Moments stand by the clock of their time zone. What the format cannot hold is
said: control characters become U+FFFD, a carriage return a plain line end, and the empty text an
empty cell, as no spreadsheet program tells the two apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc

from catalog.formats import About, Format
from catalog.formats import _ods as parts
from catalog.formats import _sheets as sheets
from catalog.formats._cells import joined
from catalog.formats._fit import LEGAL_CHARACTERS, NO_EMPTY_TEXT, Step, Tally, fit
from catalog.formats._ods_reader import read_rows
from catalog.formats._stream import batches, may_have, put
from catalog.formats._zip import Package
from catalog.problem import Level, Problem
from catalog.schema import SchemaField
from catalog.spec import Words
from catalog.table import Table

FORMAT = Format(
    name="ods",
    title=Words(th="ODS (LibreOffice)", en="ODS (LibreOffice)"),
    extension="ods",
    media_type="application/vnd.oasis.opendocument.spreadsheet",
    eu_file_type="ODS",
    ckan="ODS",
    gdcatalog="อื่นๆ",
    stars_dga=3,
    stars_nectec=0,
    geometry="text",
)


def _plain_line_ends(column: pa.Array, field: SchemaField) -> pa.Array:
    if not pa.types.is_string(column.type) or not may_have(column, b"\r"):
        return column
    return pc.replace_substring_regex(column, pattern=r"\r\n?", replacement="\n")


_STEPS = (
    LEGAL_CHARACTERS,
    Step("format-line-ends", _plain_line_ends, Level.NOTE),
    NO_EMPTY_TEXT,
)


def refuse(table: Table) -> Problem | None:
    """A sheet has 16,384 columns."""
    return sheets.refusal(table)


def write(table: Table, about: About, target: Path) -> tuple[Problem, ...]:
    """Write the workbook; a batch at a time is in memory."""
    tally = Tally()
    with Package(target) as package:
        parts.write_small_parts(package, table, about)
        with package.stream("content.xml") as out:
            out.write(parts.content_start(table))
            _write_sheets(out, table, tally)
            out.write(parts.content_end(about))
    return tally.problems(_STEPS, table.name) + sheets.split_note(table)


def _write_sheets(out: IO[bytes], table: Table, tally: Tally) -> None:
    names = iter(sheets.sheet_names(table))
    room = sheets.MAX_ROWS - 1
    out.write(parts.sheet_start(next(names), table))
    for batch in batches(table):
        written = _rows(fit(batch, table.schema.fields, _STEPS, tally), table)
        while len(written) > room:
            put(out, written.slice(0, room))
            written, room = written.slice(room), sheets.MAX_ROWS - 1
            out.write(parts.SHEET_END + parts.sheet_start(next(names), table))
        put(out, written)
        room -= len(written)
    out.write(parts.SHEET_END)


def _rows(batch: pa.RecordBatch, table: Table) -> pa.StringArray:
    pairs = zip(batch.columns, table.schema.fields, strict=True)
    every = (piece for pair in pairs for piece in parts.cells(*pair))
    return joined([parts.ROW_START, *every, parts.ROW_END])


def read(path: Path, table: Table) -> Iterator[pa.RecordBatch]:
    """Read back with libxml2, a row at a time."""
    return read_rows(path, table)


def held(batch: pa.RecordBatch, table: Table) -> pa.RecordBatch:
    """Every value, but for what the steps change: see the module."""
    return fit(batch, table.schema.fields, _STEPS)
