"""Keys on typed values, within a table and across tables and datasets.

Table Schema v2: ``primaryKey`` values are never null, also inside a composite key; ``uniqueKeys``
and ``foreignKeys``, where a key of which one part is null is not held, as in SQL (MATCH SIMPLE). A
foreign key refers to the table itself (``""``), to a table of the same dataset, or to a published
one (``office/dataset/table``). Numbers are compared as numbers, a number and a text by the text
that the canonical table gives. Repeated primary keys are told by ``flows.checks.schema``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from catalog.problem import Problem
from catalog.schema import ForeignKey
from catalog.table import Table, sql_name
from flows.checks import Checked
from flows.checks._found import Found, Tally, database, first, numbered, placed, shown

STAGE = "typed"


def check(table: Checked) -> Iterator[Problem]:
    """Every key but what the text alone tells of it."""
    assert table.typed is not None
    found = [
        *_null_keys(table, table.typed),
        *_repeated(table, table.typed),
        *(p for key in table.schema.foreign_keys for p in _foreign(table, table.typed, key)),
    ]
    yield from placed(table, found)


def _null_keys(table: Checked, typed: Table) -> Iterator[Found]:
    key = table.schema.primary_key
    if len(key) < 2:
        return  # the null of a single column is Frictionless's own primary-key error
    tallies = {name: Tally("primary-key", name) for name in key}
    for start, batch in numbered(typed, key):
        for name, tally in tallies.items():
            tally.add(start, batch.column(name), pc.is_null(batch.column(name)))
    for tally in tallies.values():
        yield from tally.found(partial(_noted, "null"))


def _repeated(table: Checked, typed: Table) -> Iterator[Found]:
    """Rows of a unique key that a row above them has already.

    Rows are grouped by 64 bits of their key first, which keeps memory small, and only those that
    may be alike are compared.
    """
    for key in table.schema.unique_keys:
        columns = ", ".join(sql_name(name) for name in key)
        filled = _filled(key)
        again = f"(SELECT hash({columns}) FROM t WHERE {filled} GROUP BY ALL HAVING count(*) > 1)"
        with database(t=typed) as connection:
            connection.execute(
                f"CREATE TEMP TABLE again AS SELECT * FROM (SELECT _i, {columns}, row_number() "
                f"OVER (PARTITION BY {columns} ORDER BY _i) AS _n FROM t "
                f"WHERE {filled} AND hash({columns}) IN {again}) WHERE _n > 1"
            )
            count, rows = first(connection, "again", columns)
        for index, *values in rows:
            yield (
                index,
                Problem(
                    "unique-key", field=", ".join(key), value=_told(values), params={"count": count}
                ),
            )


def _foreign(table: Checked, typed: Table, key: ForeignKey) -> Iterator[Found]:
    resource = key.reference.resource
    there = table.references.get(resource) if resource else typed
    if there is None:
        yield None, Problem("reference-missing", value=resource)
        return
    unknown = [name for name in key.reference.fields if name not in there.schema.by_name]
    for name in unknown:
        yield None, Problem("reference-field", value=name, params={"note": resource or typed.name})
    if not unknown:
        yield from _lost(typed, there, key)


def _lost(typed: Table, there: Table, key: ForeignKey) -> Iterator[Found]:
    """Rows whose key stands in no row of the table it refers to."""
    same = " AND ".join(
        _equal(typed.arrow.field(mine), there.arrow.field(theirs))
        for mine, theirs in zip(key.fields, key.reference.fields, strict=True)
    )
    rows = f"t a WHERE {_filled(key.fields)} AND NOT EXISTS (SELECT 1 FROM u b WHERE {same})"
    with database(t=typed, u=there) as connection:
        count, found = first(connection, rows, ", ".join(sql_name(name) for name in key.fields))
    params = {"count": count, "note": key.reference.resource or typed.name}
    for index, *values in found:
        yield (
            index,
            Problem("foreign-key", field=", ".join(key.fields), value=_told(values), params=params),
        )


def _equal(mine: pa.Field, theirs: pa.Field) -> str:
    """SQL: whether two columns have the same value, whatever their types."""
    a, b = f"a.{sql_name(mine.name)}", f"b.{sql_name(theirs.name)}"
    if mine.type == theirs.type or (_is_number(mine.type) and _is_number(theirs.type)):
        return f"{a} = {b}"
    return f"{_as_text(a, mine.type)} = {_as_text(b, theirs.type)}"


def _is_number(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    )


def _as_text(column: str, kind: pa.DataType) -> str:
    """SQL: a value as ``catalog.cast.plain`` writes it."""
    if pa.types.is_floating(kind):
        return f"regexp_replace({column}::VARCHAR, '\\.0$', '')"
    return f"{column}::VARCHAR"


def _filled(names: tuple[str, ...]) -> str:
    return " AND ".join(f"{sql_name(name)} IS NOT NULL" for name in names)


def _noted(note: str, _: object) -> Mapping[str, str]:
    return {"note": note}


def _told(values: list[object]) -> str:
    return ", ".join(shown(value) or "" for value in values)[:100]
