"""CSV (RFC 4180): UTF-8, CRLF, machine names in the header, quotes only where needed.

Values stand in the file as they are. A text that a spreadsheet would take for a formula
(``=1+1``) is no exception: people who open the file with Excel are offered ``csv_bom``, which
guards against that, or the workbook.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from catalog.formats import About, Format
from catalog.formats._delimited import held as held
from catalog.formats._delimited import read_delimited, write_batch, write_header
from catalog.formats._stream import batches
from catalog.problem import Problem
from catalog.spec import Words
from catalog.table import Table

FORMAT = Format(
    name="csv",
    title=Words(th="CSV", en="CSV"),
    extension="csv",
    media_type="text/csv",
    eu_file_type="CSV",
    ckan="CSV",
    gdcatalog="CSV",
    stars_dga=3,
    stars_nectec=3,
    geometry="text",
)


def refuse(table: Table) -> Problem | None:
    """Every table can be CSV."""
    return None


def write(table: Table, about: About, target: Path) -> tuple[Problem, ...]:
    """Write the table; the licence stands in the files beside it, CSV has no place for it."""
    with target.open("wb") as out:
        write_header(out, table, ",")
        for batch in batches(table):
            write_batch(out, batch, table, ",")
    return ()


def read(path: Path, table: Table) -> Iterator[pa.RecordBatch]:
    """Read back with DuckDB."""
    return read_delimited(path, table, ",")
