"""Rules over rows (``rules`` of the schema): ``total = male + female``, in words of the office's.

A rule is broken where its expression is false. A row is not judged where a field that the
expression uses is empty, unless the expression says itself what that means (``is null``,
``coalesce``). Numbers are reckoned as exact decimals; ``catalog.expression`` is the language.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb

from catalog.cast import plain
from catalog.expression import Compiled, compiled, handled, names, parse
from catalog.problem import Level, Problem
from catalog.row_checks import Rule
from catalog.schema import TableSchema
from catalog.table import sql_name
from flows.checks import Checked
from flows.checks._found import Found, database, first, placed

STAGE = "typed"
_SHOWN = 100


def check(table: Checked) -> Iterator[Problem]:
    """Hold each row against each rule."""
    assert table.typed is not None
    if not table.schema.rules:
        return
    with database(t=table.typed) as connection:
        found = [
            item for rule in table.schema.rules for item in _broken(connection, table.schema, rule)
        ]
    yield from placed(table, found)


def _broken(
    connection: duckdb.DuckDBPyConnection, schema: TableSchema, rule: Rule
) -> Iterator[Found]:
    tree = parse(rule.expression)
    used = names(tree)
    columns = ", ".join(sql_name(name) for name in used) or "1"
    count, rows = _ask(connection, schema, rule, columns)
    for index, *values in rows:
        yield (
            index,
            Problem(
                "row-rule",
                field=", ".join(used),
                value=_facts(used, values),
                level=Level(rule.level),
                params={
                    "count": count,
                    "rule": {"th": rule.th, "en": rule.en or rule.th},
                    "expression": rule.expression,
                },
            ),
        )


def _ask(
    connection: duckdb.DuckDBPyConnection, schema: TableSchema, rule: Rule, columns: str
) -> tuple[int, list[tuple[Any, ...]]]:
    """The rows that break a rule; in float64 where decimals cannot hold the figures."""
    try:
        condition = _condition(schema, rule, exact=True)
        return first(connection, f"t WHERE {condition.sql}", columns, condition.values)
    except (duckdb.OutOfRangeException, duckdb.ConversionException):
        condition = _condition(schema, rule, exact=False)
        return first(connection, f"t WHERE {condition.sql}", columns, condition.values)


def _condition(schema: TableSchema, rule: Rule, *, exact: bool) -> Compiled:
    tree = parse(rule.expression)
    said = handled(tree)
    needed = [f"{sql_name(name)} IS NOT NULL" for name in names(tree) if name not in said]
    made = compiled(tree, schema.variables, tolerance=rule.tolerance, exact=exact)
    return Compiled(" AND ".join([*needed, f"({made.sql}) IS FALSE"]), made.values)


def _facts(used: tuple[str, ...], values: list[Any]) -> str:
    """The fields of a row as ``total=10, male=4``."""
    texts = (plain(value) for value in values[: len(used)])
    pairs = zip(used, texts, strict=True)
    return ", ".join(f"{name}={'—' if text is None else text}" for name, text in pairs)[:_SHOWN]
