"""Rows of totals that stay in the table (``totalRow`` of the schema): they state the sums.

``where`` tells the rows of totals; all rows that no ``totalRow`` of the schema tells are data. With
``per``, each row of totals states the sums of the data rows of its own group. An empty cell states
nothing. Sums are exact decimals. A total that must not be published is for the repair
``drop_total_rows`` instead, which takes it out after holding it against the rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import duckdb

from catalog.expression import Compiled, Variable, compiled, parse
from catalog.problem import Problem
from catalog.row_checks import TotalRow
from catalog.schema import TableSchema
from catalog.table import sql_name
from flows.checks import Checked
from flows.checks._found import Found, database, first, placed, shown

STAGE = "typed"


def check(table: Checked) -> Iterator[Problem]:
    """Hold each row of totals against the rows that it sums up."""
    assert table.typed is not None
    if not table.schema.total_rows:
        return
    with database(t=table.typed) as connection:
        found = [
            item
            for total in table.schema.total_rows
            for item in _differing(connection, table.schema, total)
        ]
    yield from placed(table, found)


def _differing(
    connection: duckdb.DuckDBPyConnection, schema: TableSchema, total: TotalRow
) -> Iterator[Found]:
    of_totals = _condition(schema, total, "v")
    count, _ = first(connection, f"t WHERE {of_totals.sql}", "1", of_totals.values)
    if not count:
        yield None, Problem("total-missing", value=total.where)
    for name in total.sums if count else ():
        yield from _field(connection, schema, total, name)


def _field(
    connection: duckdb.DuckDBPyConnection, schema: TableSchema, total: TotalRow, name: str
) -> Iterator[Found]:
    """The rows of totals whose figure in one field is not the sum."""
    try:
        count, rows = _sums(connection, schema, total, name, exact=True)
    except (duckdb.OutOfRangeException, duckdb.ConversionException):
        count, rows = _sums(connection, schema, total, name, exact=False)
    for index, stated, found in rows:
        params = {"count": count, "found": _figure(found)}
        yield index, Problem("total-differs", field=name, value=_figure(stated), params=params)


def _sums(
    connection: duckdb.DuckDBPyConnection, schema: TableSchema, total: TotalRow, name: str,
    *, exact: bool,
) -> tuple[int, list[tuple[int, object, object]]]:  # fmt: skip
    """Rows of totals that are off in one field: row, what it states, what the rows add up to."""
    figure = _number(name, schema.variables[name], exact)
    conditions = [
        _condition(schema, item, f"v{place}_")
        for place, item in enumerate(_total_first(schema, total))
    ]
    data = " AND ".join(f"({item.sql}) IS NOT TRUE" for item in conditions)
    groups = [(sql_name(per), f"_g{place}") for place, per in enumerate(total.per)]
    summed = (
        f"SELECT {''.join(f'{per} AS {group}, ' for per, group in groups)}sum({figure}) AS _sum "
        f"FROM t WHERE {data}{' GROUP BY ALL' if groups else ''}"
    )
    same = " AND ".join(f"{per} IS NOT DISTINCT FROM {group}" for per, group in groups)
    apart = f"abs(_stated - _found) > {total.tolerance:f}"
    rows = (
        f"(SELECT _i, {figure} AS _stated, coalesce(_sum, 0) AS _found "
        f"FROM (SELECT * FROM t WHERE {conditions[0].sql}) LEFT JOIN ({summed}) "
        f"ON {same or 'true'}) WHERE {apart}{'' if exact else ' + 1e-9 * abs(_found)'}"
    )
    values = {key: value for item in conditions for key, value in item.values.items()}
    return first(connection, rows, "_stated, _found", values)


def _total_first(schema: TableSchema, total: TotalRow) -> list[TotalRow]:
    return [total, *(other for other in schema.total_rows if other is not total)]


def _condition(schema: TableSchema, total: TotalRow, prefix: str) -> Compiled:
    return compiled(parse(total.where), schema.variables, prefix=prefix)


def _number(name: str, variable: Variable, exact: bool) -> str:
    """SQL of a figure: a decimal by its shortest text, or float64."""
    column = sql_name(name)
    if not exact:
        return f"{column}::DOUBLE"
    if variable.places is None:
        return f"CAST({column}::VARCHAR AS DECIMAL(38, 9))"
    return f"CAST({column} AS DECIMAL(38, {variable.places}))"


def _figure(value: object) -> str:
    return format(value.normalize() + 0, "f") if isinstance(value, Decimal) else shown(value) or ""
