"""JSON Lines (jsonlines.org): one record to a line, for programs that stream.

The media type is the one its makers propose; IANA has none for it yet.
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
    name="jsonl",
    title=Words(th="JSON Lines (หนึ่งระเบียนต่อบรรทัด)", en="JSON Lines"),
    extension="jsonl",
    media_type="application/jsonl",
    eu_file_type=None,
    ckan="JSONL",
    gdcatalog="JSON",
    stars_dga=2,  # not on DGA's list of three stars and up
    stars_nectec=0,
    geometry="text",
    machine_readable=False,  # in none of MQA's lists
)
held = same


def refuse(table: Table) -> Problem | None:
    """Every table can be JSON Lines."""
    return None


def write(table: Table, about: About, target: Path) -> tuple[Problem, ...]:
    """Write the table."""
    with target.open("wb") as out:
        for batch in batches(table):
            put(out, records(batch, table, "", "\n"))
    return ()


def read(path: Path, table: Table) -> Iterator[pa.RecordBatch]:
    """Read back by Arrow's parser, or the standard library's where values are nested."""
    return read_records(path, table, end="")
