"""CSV for Excel: ``csv`` with a byte order mark and a guard against formulas.

Excel takes a CSV without the mark for the ANSI code page and shows Thai as rubbish. And it runs a
text that begins as a formula does; such texts get an apostrophe in front (OWASP, «CSV
Injection»), each counted in the report. Plain numbers, telephone numbers and the lone dash of Thai
tables are no formulas and stay. The certificate names the guarded texts as what this file cannot
hold; ``csv`` holds them unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from catalog.formats import About, Format
from catalog.formats import _delimited as delimited
from catalog.formats._fit import Step, Tally, fit
from catalog.formats._stream import batches
from catalog.problem import Level, Problem
from catalog.schema import SchemaField
from catalog.spec import Words
from catalog.table import Table

FORMAT = Format(
    name="csv_bom",
    title=Words(th="CSV สำหรับเปิดด้วย Excel", en="CSV for Excel"),
    extension="bom.csv",
    media_type="text/csv",
    eu_file_type="CSV",
    ckan="CSV",
    gdcatalog="CSV",
    stars_dga=3,
    stars_nectec=3,
    geometry="text",
)
_BOM = b"\xef\xbb\xbf"
_FORMULA = r"(?s)\A(?:[=@\t\r]|[+\-].*[^0-9 .,()\-])"
#: The same at the start of a list, which is a JSON array inside and joined texts in the file.
_FORMULA_IN_LIST = r'\A\["(?:[=@+\-]|\\[tr])'


def _guarded(column: pa.Array, field: SchemaField) -> pa.Array:
    if field.type not in ("string", "any", "list"):
        return column
    listed = field.type == "list"
    risky = pc.match_substring_regex(column, pattern=_FORMULA_IN_LIST if listed else _FORMULA)
    if not pc.any(risky).as_py():
        return column
    start, marked = (r'\A\["', "[\"'") if listed else (r"\A", "'")
    guarded = pc.replace_substring_regex(
        column, pattern=start, replacement=marked, max_replacements=1
    )
    return pc.if_else(risky, guarded, column)


_STEPS = (Step("format-formula-guarded", _guarded, Level.NOTE),)


def refuse(table: Table) -> Problem | None:
    """Every table can be CSV."""
    return None


def write(table: Table, about: About, target: Path) -> tuple[Problem, ...]:
    """Write the table; the licence stands in the files beside it, CSV has no place for it."""
    tally = Tally()
    with target.open("wb") as out:
        out.write(_BOM)
        delimited.write_header(out, table, ",")
        for batch in batches(table):
            fitted = fit(batch, table.schema.fields, _STEPS, tally)
            delimited.write_batch(out, fitted, table, ",")
    return tally.problems(_STEPS, table.name)


def read(path: Path, table: Table) -> Iterator[pa.RecordBatch]:
    """Read back with DuckDB."""
    return delimited.read_delimited(path, table, ",")


def held(batch: pa.RecordBatch, table: Table) -> pa.RecordBatch:
    """Every value as it is, but for the apostrophe before what looks like a formula."""
    return delimited.held(fit(batch, table.schema.fields, _STEPS), table)
