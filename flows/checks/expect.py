"""The bounds that an office declared for its table (``expect``): rows and exact totals.

A total is an exact decimal, each value by its shortest text; what 38 digits cannot hold is added up
in float64. What ``expect.warn`` names only warns. The other bounds are held against the release
before, by ``flows.drift``.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import duckdb

from catalog.problem import Level, Problem
from catalog.spec import Bounds
from catalog.table import Table, sql_name
from flows.checks import Checked
from flows.checks._found import database

STAGE = "typed"


def check(table: Checked) -> Iterator[Problem]:
    """Count rows and totals."""
    assert table.typed is not None
    expect = table.spec.expect
    rows = table.typed.rows
    if expect.rows and not expect.rows[0] <= rows <= expect.rows[1]:
        least, most = expect.rows
        bounds = {"least": least, "most": most}
        yield Problem("expect-rows", value=str(rows), params=bounds, level=_level(expect, "rows"))
    level = _level(expect, "sums")
    for name, wanted in expect.sums.items():
        found = _total(table.typed, name)
        if found != Decimal(str(wanted)):
            shown = "—" if found is None else format(found, "f")
            params = {"wanted": wanted}
            yield Problem("expect-sum", field=name, value=shown, params=params, level=level)


def _level(expect: Bounds, bound: str) -> Level:
    return Level.WARNING if bound in expect.warn else Level.ERROR


def _total(table: Table, column: str) -> Decimal | None:
    """The sum of a column; ``None`` where it holds no numbers."""
    text = f"{sql_name(column)}::VARCHAR"
    with database(t=table) as connection:
        try:
            query = f"SELECT coalesce(sum(CAST({text} AS DECIMAL(38, 9))), 0) FROM t"
            found = connection.execute(query).fetchone()
        except (duckdb.OutOfRangeException, duckdb.ConversionException):
            query = f"SELECT fsum(TRY_CAST({text} AS DOUBLE)) FROM t"
            found = connection.execute(query).fetchone()
    total = found[0] if found else None
    return None if total is None else Decimal(str(total)).normalize() + 0
