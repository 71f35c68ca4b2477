"""Keys and bounds on typed values: what Frictionless 5 passes over or cannot read.

Table Schema v2: ``primaryKey`` values are never null, also inside a composite key; ``uniqueKeys``
(where one part is null the key is not held, as in SQL); ``foreignKeys`` across tables and datasets;
``exclusiveMinimum`` and ``exclusiveMaximum``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from catalog.problem import Problem
from catalog.schema import ForeignKey, SchemaField
from catalog.table import Table, sql_name
from flows.checks import Checked

STAGE = "typed"
LIMIT = 1_000
_WHOLE = -1  # a problem of the table, not of one row


def check(table: Checked) -> Iterator[Problem]:
    """Every key and exclusive bound."""
    assert table.typed is not None
    found = [
        *_null_keys(table, table.typed),
        *_repeated(table, table.typed),
        *(p for key in table.schema.foreign_keys for p in _lost(table, table.typed, key)),
        *(p for field in table.schema.fields for p in _outside(table.typed, field)),
    ]
    positions = table.positions(index for index, _ in found if index != _WHOLE)
    for index, problem in found:
        yield problem.at(row=positions.get(index))


_Found = Iterator[tuple[int, Problem]]


def _null_keys(table: Checked, typed: Table) -> _Found:
    key = table.schema.primary_key
    if len(key) < 2:
        return  # a single column's null is Frictionless's own primary-key error
    for start, batch in _numbered(typed, key):
        for name in key:
            for index in pc.indices_nonzero(pc.is_null(batch.column(name))).to_pylist():
                yield start + index, Problem("primary-key", field=name, params={"note": "null"})


def _repeated(table: Checked, typed: Table) -> _Found:
    for key in table.schema.unique_keys:
        columns = ", ".join(sql_name(name) for name in key)
        filled = " AND ".join(f"{sql_name(name)} IS NOT NULL" for name in key)
        rows = _query(
            f"SELECT i, {columns} FROM (SELECT file_row_number AS i, *, row_number() OVER "
            f"(PARTITION BY {columns} ORDER BY file_row_number) AS n "
            f"FROM read_parquet(?, file_row_number = true) WHERE {filled}) WHERE n > 1 "
            f"ORDER BY i LIMIT {LIMIT}",
            typed,
        )
        for index, *values in rows:
            yield index, Problem("unique-key", field=", ".join(key), value=_shown(values))


def _lost(table: Checked, typed: Table, key: ForeignKey) -> _Found:
    """Rows whose key stands in no row of the table it refers to."""
    there = typed if not key.reference.resource else table.references.get(key.reference.resource)
    if there is None:
        yield _WHOLE, Problem("reference-missing", value=key.reference.resource)
        return
    here = ", ".join(sql_name(name) for name in key.fields)
    filled = " AND ".join(f"{sql_name(name)} IS NOT NULL" for name in key.fields)
    same = " AND ".join(
        f"a.{sql_name(mine)}::VARCHAR = b.{sql_name(theirs)}::VARCHAR"
        for mine, theirs in zip(key.fields, key.reference.fields, strict=True)
    )
    rows = _query(
        f"SELECT file_row_number, {here} FROM read_parquet(?, file_row_number = true) a "
        f"WHERE {filled} AND NOT EXISTS (SELECT 1 FROM read_parquet(?) b WHERE {same}) "
        f"ORDER BY file_row_number LIMIT {LIMIT}",
        typed,
        there,
    )
    for index, *values in rows:
        params = {"note": key.reference.resource or typed.name}
        field = ", ".join(key.fields)
        yield index, Problem("foreign-key", field=field, value=_shown(values), params=params)


def _outside(typed: Table, field: SchemaField) -> _Found:
    bounds = (
        (field.constraints.exclusive_minimum, pc.less_equal, "exclusiveMinimum"),
        (field.constraints.exclusive_maximum, pc.greater_equal, "exclusiveMaximum"),
    )
    for bound, beyond, name in bounds:
        if bound is None:
            continue
        limit = pa.scalar(str(bound)).cast(typed.arrow.field(field.name).type)
        for start, batch in _numbered(typed, (field.name,)):
            wrong = pc.fill_null(beyond(batch.column(0), limit), False)
            for index in pc.indices_nonzero(wrong).to_pylist():
                value = str(batch.column(0)[index].as_py())
                params = {"note": f"{name} {bound}"}
                yield (
                    start + index,
                    Problem("constraint-error", field=field.name, value=value, params=params),
                )


def _numbered(typed: Table, columns: tuple[str, ...]) -> Iterator[tuple[int, pa.RecordBatch]]:
    start = 0
    for batch in typed.batches(columns):
        yield start, batch
        start += batch.num_rows


def _query(sql: str, *tables: Table) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return connection.execute(sql, [str(table.path) for table in tables]).fetchall()


def _shown(values: list[Any]) -> str:
    return ", ".join(str(value) for value in values)[:100]
