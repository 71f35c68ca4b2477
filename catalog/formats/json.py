"""JSON (RFC 8259): an array of records, as pandas, Excel and web pages expect it.

One record to a line. An array has no place for a licence; it stands in the files beside it.
Programs that keep numbers as float64 (JavaScript) round integers beyond 2^53; the file has them
in full.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from catalog.formats import About, Format, same
from catalog.formats._records import read_records, records
from catalog.formats._stream import batches, put
from catalog.problem import Problem
from catalog.spec import Words
from catalog.table import Table

FORMAT = Format(
    name="json",
    title=Words(th="JSON", en="JSON"),
    extension="json",
    media_type="application/json",
    eu_file_type="JSON",
    ckan="JSON",
    gdcatalog="JSON",
    stars_dga=3,
    stars_nectec=3,
    geometry="text",
)
held = same


def refuse(table: Table) -> Problem | None:
    """Every table can be JSON."""
    return None


def write(table: Table, about: About, target: Path) -> tuple[Problem, ...]:
    """Write the table."""
    with target.open("wb") as out:
        out.write(b"[")
        skip = 1  # the comma that every record but the first has before it
        for batch in batches(table):
            put(out, records(batch, table, ",\n", ""), skip)
            skip = 0
        out.write(b"\n]\n")
    return ()


def read(path: Path, table: Table) -> Iterator[pa.RecordBatch]:
    """Read back by Arrow's parser, or the standard library's where values are nested."""
    return read_records(path, table, end="]")
