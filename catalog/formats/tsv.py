"""TSV: as CSV, with tabs between the fields (IANA text/tab-separated-values).

IANA's TSV has no way to write a tab or a line end inside a field; such fields are quoted as in
CSV, which is how Excel, pandas and DuckDB read them. Other fields are bare, as IANA wants.
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
    name="tsv",
    title=Words(th="TSV (คั่นด้วยแท็บ)", en="TSV (tab-separated)"),
    extension="tsv",
    media_type="text/tab-separated-values",
    eu_file_type="TSV",
    ckan="TSV",
    gdcatalog="อื่นๆ",
    stars_dga=2,  # not on DGA's list of three stars and up
    stars_nectec=0,
    geometry="text",
    machine_readable=False,  # MQA lists TSV as non-proprietary only
)


def refuse(table: Table) -> Problem | None:
    """Every table can be TSV."""
    return None


def write(table: Table, about: About, target: Path) -> tuple[Problem, ...]:
    """Write the table; the licence stands in the files beside it, TSV has no place for it."""
    with target.open("wb") as out:
        write_header(out, table, "\t")
        for batch in batches(table):
            write_batch(out, batch, table, "\t")
    return ()


def read(path: Path, table: Table) -> Iterator[pa.RecordBatch]:
    """Read back with DuckDB."""
    return read_delimited(path, table, "\t")
