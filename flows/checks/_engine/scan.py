"""The first look: one pass over a table that tells whether anything needs a second one.

DuckDB counts, for each column, the cells that are not surely good, and whether keys repeat. It
works on every core, within a bound of memory, and spills to a folder of the run. A table that is
clean costs this one query.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.checks._engine.plan import Column, Plan
from flows.checks._engine.source import Source

if TYPE_CHECKING:
    import duckdb

#: What DuckDB may hold in memory before it spills; Python and its buffers come on top.
MEMORY = "320MB"


@dataclass(frozen=True, slots=True)
class Look:
    """What the first pass told.

    Attributes:
        rows: of the table.
        doubtful: columns with cells that are not surely good.
        blank: whether rows may be blank.
        repeated: keys that may repeat, or are not surely told apart.
        measured: what the relation's ``measure`` came to.
    """

    rows: int
    doubtful: tuple[Column, ...]
    blank: bool
    repeated: tuple[tuple[Column, ...], ...]
    measured: int = 0

    @property
    def clean(self) -> bool:
        """Whether nothing is left to be looked at."""
        return not (self.doubtful or self.blank or self.repeated)


@contextmanager
def session(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database of a check: in memory, spilling to ``folder``."""
    import duckdb

    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY,
        "temp_directory": str(folder),
    }
    with duckdb.connect(config=settings) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield connection


def one_row(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    """The one row that a query gives."""
    rows: list[tuple[Any, ...]] = connection.execute(query).fetchall()
    return rows[0]


def look(connection: duckdb.DuckDBPyConnection, source: Source, plan: Plan) -> Look:
    """Pass over a table once."""
    keys = {tuple(column.x for column in key): key for key in keys_of(plan)}
    counts = [f"count(CASE WHEN {source.good(c)} THEN NULL ELSE 1 END)" for c in plan.columns]
    blank = f"count(*) FILTER (WHERE {source.blank})" if plan.may_be_blank else "0"
    told = [part for key in keys.values() for part in _distinct(key)]
    asked = ", ".join(["count(*)", _sum(source), blank, *counts, *told])
    rows, total, blank_rows, *found = one_row(connection, f"SELECT {asked} FROM ({source.query})")
    width = len(plan.columns)
    doubtful = tuple(c for c, count in zip(plan.columns, found[:width], strict=True) if count)
    repeated = tuple(
        key
        for key, filled, different in zip(
            keys.values(), found[width::2], found[width + 1 :: 2], strict=True
        )
        if filled != different or any(_untold(column, doubtful) for column in key)
    )
    repeated += tuple(
        key for key, filled in zip(keys.values(), found[width::2], strict=True)
        if key == plan.key and filled < rows and key not in repeated
    )  # fmt: skip
    hidden = not plan.may_be_blank and any(column.required for column in doubtful)
    return Look(rows, doubtful, bool(blank_rows) or hidden, repeated, total)


def measured(connection: duckdb.DuckDBPyConnection, source: Source) -> int:
    """The sum of what is measured of each row."""
    (total,) = one_row(connection, f"SELECT {_sum(source)} FROM ({source.query})")
    return int(total)


def _sum(source: Source) -> str:
    return "0" if source.measure == "0" else f"coalesce(sum({source.measure}), 0)::BIGINT"


def keys_of(plan: Plan) -> Iterator[tuple[Column, ...]]:
    """The primary key, then each unique column."""
    if plan.key:
        yield plan.key
    yield from ((column,) for column in plan.unique)


def _distinct(key: tuple[Column, ...]) -> tuple[str, str]:
    """How many rows have a key, and how many different hashes: no fewer keys than hashes."""
    parts = [f"CASE WHEN NOT {column.missing} THEN {_text(column)} END" for column in key]
    filled = " OR ".join(f"NOT {column.missing}" for column in key)
    texts = parts if len(key) > 1 else [_text(key[0])]
    return (
        f"count(CASE WHEN {filled} THEN 1 END)",
        f"count(DISTINCT CASE WHEN {filled} THEN hash({', '.join(texts)}) END)",
    )


def _text(column: Column) -> str:
    return column.x if column.key is None else column.key


def _untold(column: Column, doubtful: tuple[Column, ...]) -> bool:
    """Whether different texts of a column may mean the same value."""
    if column.key is None:
        return True
    return column in doubtful and not column.by_text
