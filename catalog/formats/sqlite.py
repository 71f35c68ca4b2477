"""SQLite 3: a database of one table that needs no server, for SQL, R, DBeaver and Datasette.

Columns have a type each: whole numbers, float64, texts; truth values are 0 and 1. What SQLite has
no type for is text, as in CSV: days and moments in ISO 8601 (its date functions read them), exact
decimals with all their digits, shapes. The primary key is a unique index. ``_about`` says what
the file is and under which licence, ``_columns`` is the dictionary; no table of ours begins with
an underscore.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa

from catalog.formats import About, Format
from catalog.formats._about import statements
from catalog.formats._fit import Tally, fit
from catalog.formats._geo import NO_NUL
from catalog.formats._stream import batches
from catalog.formats._text import from_text, to_text
from catalog.problem import Problem
from catalog.schema import SchemaField
from catalog.spec import Words
from catalog.table import BATCH_ROWS, Table, sql_name

FORMAT = Format(
    name="sqlite",
    title=Words(th="SQLite (ฐานข้อมูลในไฟล์เดียว)", en="SQLite (a database in one file)"),
    extension="sqlite",
    media_type="application/vnd.sqlite3",
    eu_file_type=None,
    ckan="SQLite",
    gdcatalog="อื่นๆ",
    stars_dga=2,  # not on DGA's list of three stars and up
    stars_nectec=0,
    geometry="text",
    machine_readable=False,  # in none of MQA's lists
)
_STEPS = (NO_NUL,)
_ABOUT = ("key", "th", "en", "uri")
_COLUMNS = ("name", "title_th", "title_en", "type", "unit", "description_th", "description_en")
#: No journal: a file that is not whole is never kept.
_QUICK = ("journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE", "page_size = 4096")


def refuse(table: Table) -> Problem | None:
    """Every table can be SQLite."""
    return None


def write(table: Table, about: About, target: Path) -> tuple[Problem, ...]:
    """Write the table, what the file says of itself, and the dictionary."""
    tally = Tally()
    target.unlink(missing_ok=True)
    with closing(sqlite3.connect(target, isolation_level=None)) as database:
        for pragma in _QUICK:
            database.execute(f"PRAGMA {pragma}")
        database.execute("BEGIN")
        _describe(database, about)
        _create(database, table)
        marks = ", ".join("?" * len(table.schema.fields))
        for batch in batches(table):
            fitted = fit(batch, table.schema.fields, _STEPS, tally)
            database.executemany(
                f"INSERT INTO {sql_name(table.name)} VALUES ({marks})", _rows(fitted, table)
            )
        _index(database, table)
        database.execute("COMMIT")
    return tally.problems(_STEPS, table.name)


def _create(database: sqlite3.Connection, table: Table) -> None:
    columns = ", ".join(
        f"{sql_name(field.name)} {_declared(field)}" for field in table.schema.fields
    )
    database.execute(f"CREATE TABLE {sql_name(table.name)} ({columns})")


def _declared(field: SchemaField) -> str:
    """A column's type; readers take ``BIGINT`` for 64 bits and ``INTEGER`` for 32."""
    if field.type == "number":
        return "REAL" if field.decimal_places is None else "TEXT"
    return {"integer": "BIGINT", "year": "INTEGER", "boolean": "BOOLEAN"}.get(field.type, "TEXT")


def _index(database: sqlite3.Connection, table: Table) -> None:
    """Made when the rows are there, which is faster than keeping it while they come."""
    if key := table.schema.primary_key:
        columns = ", ".join(sql_name(name) for name in key)
        name = sql_name(f"{table.name}_key")
        database.execute(f"CREATE UNIQUE INDEX {name} ON {sql_name(table.name)} ({columns})")


def _describe(database: sqlite3.Connection, about: About) -> None:
    said = [(one.key, one.th, one.en, one.uri) for one in statements(about)]
    dictionary = [
        (field.name, field.title, field.title_en, field.type, field.unit, field.description,
         field.description_en)
        for field in about.schema.fields
    ]  # fmt: skip
    for name, columns, rows in (("_about", _ABOUT, said), ("_columns", _COLUMNS, dictionary)):
        listed = ", ".join(f"{column} TEXT" for column in columns)
        database.execute(f"CREATE TABLE {name} ({listed})")
        marks = ", ".join("?" * len(columns))
        database.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)


def _rows(batch: pa.RecordBatch, table: Table) -> Iterator[tuple[Any, ...]]:
    """Rows as SQLite's binding takes them: its C loop over a zip of lists is the fastest way in."""
    fields = zip(batch.columns, table.schema.fields, strict=True)
    return zip(*(_values(column, field) for column, field in fields), strict=True)


def _values(column: pa.Array, field: SchemaField) -> list[Any]:
    declared = _declared(field)
    if declared == "TEXT":
        column = to_text(column, field)
    elif declared == "BOOLEAN":
        column = column.cast(pa.int8())
    values: list[Any] = column.to_pylist()
    return values


def read(path: Path, table: Table) -> Iterator[pa.RecordBatch]:
    """Read back with GDAL, in the order of the rows.

    Raises:
        ValueError: columns that are not the table's.
    """
    from pyogrio.raw import open_arrow

    names = ", ".join(sql_name(name) for name in table.schema.names)
    query = f"SELECT {names} FROM {sql_name(table.name)} ORDER BY rowid"
    with open_arrow(path, sql=query, batch_size=BATCH_ROWS, use_pyarrow=True) as (_, reader):
        for batch in reader:
            yield _typed(batch, table)


def _typed(batch: pa.RecordBatch, table: Table) -> pa.RecordBatch:
    found = zip(batch.columns, table.schema.fields, table.arrow, strict=True)
    return pa.RecordBatch.from_arrays(
        [
            from_text(column, field) if _declared(field) == "TEXT" else column.cast(kind.type)
            for column, field, kind in found
        ],
        schema=table.arrow,
    )


def held(batch: pa.RecordBatch, table: Table) -> pa.RecordBatch:
    """Every value as it is, but for U+0000, where readers written in C end a text."""
    return fit(batch, table.schema.fields, _STEPS)
