"""Order (``monotone`` of the schema): values that only rise, or only fall, from row to row.

Running numbers, dates of a journal, years of a series; in the whole table or in each group. Rows
where one of the fields is empty are passed over. Texts are compared by code points. A value is
held against the one before it, so that one outlier is named once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import duckdb

from catalog.problem import Problem
from catalog.row_checks import Monotone
from catalog.table import sql_name
from flows.checks import Checked
from flows.checks._found import Found, database, first, placed, shown

STAGE = "typed"


def check(table: Checked) -> Iterator[Problem]:
    """Hold each declared order."""
    assert table.typed is not None
    if not table.schema.monotone:
        return
    with database(t=table.typed) as connection:
        found = [item for order in table.schema.monotone for item in _misplaced(connection, order)]
    yield from placed(table, found)


def _misplaced(connection: duckdb.DuckDBPyConnection, order: Monotone) -> Iterator[Found]:
    columns = [sql_name(name) for name in order.fields]
    before = [f"_p{index}" for index in range(len(columns))]
    lagged = ", ".join(
        f"{column} AS _v{index}, lag({column}) OVER w AS _p{index}"
        for index, column in enumerate(columns)
    )
    per = ", ".join(sql_name(name) for name in order.per)
    filled = " AND ".join(f"{column} IS NOT NULL" for column in columns)
    now = [f"_v{index}" for index in range(len(columns))]
    rows = (
        f"(SELECT _i, {lagged} FROM t WHERE {filled} "
        f"WINDOW w AS ({f'PARTITION BY {per} ' if per else ''}ORDER BY _i)) "
        f"WHERE _p0 IS NOT NULL AND {_wrong(before, now, order)}"
    )
    count, found = first(connection, rows, ", ".join([*now, *before]))
    for index, *values in found:
        yield (
            index,
            Problem(
                "not-in-order",
                field=", ".join(order.fields),
                value=_told(values[: len(columns)]),
                params={"count": count, "before": _told(values[len(columns) :])},
            ),
        )


def _wrong(before: Sequence[str], now: Sequence[str], order: Monotone) -> str:
    """SQL: whether a row stands wrongly after the one before it, fields compared in turn."""
    sign = ">" if order.order == "ascending" else "<"
    cases = []
    for index, (old, new) in enumerate(zip(before, now, strict=True)):
        same = [f"{a} = {b}" for a, b in zip(before[:index], now[:index], strict=True)]
        cases.append(" AND ".join([*same, f"{old} {sign} {new}"]))
    if order.strict:
        cases.append(" AND ".join(f"{a} = {b}" for a, b in zip(before, now, strict=True)))
    return f"({' OR '.join(f'({case})' for case in cases)})"


def _told(values: Sequence[object]) -> str:
    return ", ".join(shown(value) or "—" for value in values)
