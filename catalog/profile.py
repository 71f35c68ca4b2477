"""The profile of a canonical table: per column how full, how many values, from where to where.

Taken once per release, in one pass of DuckDB over the Parquet; small enough to stand in the
catalogue's database. Releases are compared by it (``flows.drift``), and search and pages know from
it what a column holds without opening the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import duckdb

from catalog.schema import SchemaField
from catalog.table import Table, sql_name

#: Columns with no more distinct values than this have them listed with their counts.
CATEGORIES = 200
#: Beyond so many rows, distinct values are estimated (HyperLogLog, about 2 %): exact counting
#: would hold every value in memory.
EXACT_ROWS = 100_000
#: Memory that a profile may take before DuckDB spills to disk.
MEMORY = "512MB"
_NUMERIC = frozenset({"integer", "number"})
_LISTED = frozenset({"string", "integer", "boolean", "year", "yearmonth"})
_ORDERED = frozenset({"integer", "number", "year", "yearmonth", "date", "time", "datetime"})


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """What a column holds.

    Attributes:
        type: of the Table Schema.
        filled: rows with a value.
        distinct: different values.
        least, most: of an ordered type, as text.
        total: sum of a numeric column, 12 significant digits.
        values: text of each value to the number of its rows, most frequent first; only where
            there are few.
    """

    type: str
    filled: int
    distinct: int
    least: str | None = None
    most: str | None = None
    total: float | None = None
    values: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """What a table holds: its rows, and each column by name."""

    rows: int
    columns: Mapping[str, ColumnProfile] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, body: Mapping[str, Any]) -> Profile:
        """Back from JSON."""
        return cls(body["rows"], {n: ColumnProfile(**c) for n, c in body["columns"].items()})


def profile(table: Table) -> Profile:
    """Take the profile of a table.

    Args:
        table: the canonical table; geometry and JSON columns are only counted.
    """
    fields = table.schema.fields
    with duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        connection.execute("SET TimeZone = 'UTC'")
        wanted = [part for each in fields for part in _measures(each, table.rows)]
        row = connection.execute(
            f"SELECT {', '.join(wanted)} FROM read_parquet(?)", [str(table.path)]
        ).fetchone()
        assert row is not None
        cells = dict(zip((each.name for each in fields), _in_fives(row), strict=True))
        few = [f for f in fields if f.type in _LISTED and 0 < cells[f.name][1] <= CATEGORIES]
        listed = {f.name: _values(connection, table, f) for f in few}
    columns = {f.name: _column(f, cells[f.name], listed.get(f.name)) for f in fields}
    return Profile(table.rows, columns)


def _measures(field: SchemaField, rows: int) -> tuple[str, ...]:
    """Five SQL expressions: filled, distinct, least, most, total."""
    name = sql_name(field.name)
    count = f"count(DISTINCT {name})" if rows <= EXACT_ROWS else f"approx_count_distinct({name})"
    ordered = field.type in _ORDERED
    return (
        f"count({name})",
        "0" if field.is_geometry else count,
        f"min({name})::VARCHAR" if ordered else "NULL",
        f"max({name})::VARCHAR" if ordered else "NULL",
        # fsum: the same to 12 digits however many threads shared the work.
        f"fsum({name}::DOUBLE)" if field.type in _NUMERIC else "NULL",
    )


def _in_fives(row: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    return [row[start : start + 5] for start in range(0, len(row), 5)]


def _values(
    connection: duckdb.DuckDBPyConnection, table: Table, field: SchemaField
) -> dict[str, int] | None:
    name = sql_name(field.name)
    found = connection.execute(
        f"SELECT {name}::VARCHAR, count(*) FROM read_parquet(?) WHERE {name} IS NOT NULL "
        f"GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {CATEGORIES + 1}",
        [str(table.path)],
    ).fetchall()
    return dict(found) if len(found) <= CATEGORIES else None


def _column(
    field: SchemaField, cells: tuple[Any, ...], values: dict[str, int] | None
) -> ColumnProfile:
    filled, distinct, least, most, total = cells
    rounded = None if total is None else float(f"{total:.12g}")
    exact = len(values) if values is not None else distinct
    return ColumnProfile(field.type, filled, exact, least, most, rounded, values)
