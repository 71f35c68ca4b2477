"""What changed between two canonical tables: rows by key, columns, totals.

Compared by the primary key where there is one (added, removed, changed); without one, rows are
counted as whole rows (added and removed only). DuckDB does both on the files, in bounded memory.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import duckdb

from catalog.problem import Problem
from catalog.spec import Bounds
from catalog.table import Table, sql_name

#: Memory that a comparison may take before it spills to disk.
MEMORY = "512MB"


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed in a table.

    Attributes:
        first: there was no table before.
        rows_before, rows: row counts.
        added, removed, changed: rows; ``changed`` only where the table has a primary key.
        columns_added, columns_removed: names of columns.
    """

    first: bool
    rows_before: int
    rows: int
    added: int
    removed: int
    changed: int
    columns_added: tuple[str, ...] = ()
    columns_removed: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """Share of rows, 0 to 1, that differ from before."""
        differing = max(self.added, self.removed) + self.changed
        return differing / max(self.rows_before, self.rows, 1)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def compare(before: Table | None, after: Table) -> Changes:
    """Count what changed.

    Args:
        before: the published table; ``None`` at the first release.
        after: the new one.
    """
    if before is None:
        return Changes(True, 0, after.rows, after.rows, 0, 0)
    old, new = before.schema.names, after.schema.names
    shared = [name for name in new if name in old]
    key = [name for name in after.schema.primary_key if name in shared]
    whole = len(key) == len(after.schema.primary_key) > 0
    counts = _by_key(before, after, key, shared) if whole else _by_row(before, after, shared)
    return Changes(
        False, before.rows, after.rows, *counts,
        columns_added=tuple(name for name in new if name not in old),
        columns_removed=tuple(name for name in old if name not in new),
    )  # fmt: skip


def beyond(changes: Changes, expect: Bounds) -> Problem | None:
    """A problem where more changed than the office declared."""
    if changes.first or expect.changed is None or changes.share <= expect.changed:
        return None
    params = {"wanted": f"{expect.changed:.0%}"}
    return Problem("expect-changed", value=f"{changes.share:.1%}", params=params)


def _by_key(before: Table, after: Table, key: list[str], shared: list[str]) -> tuple[int, int, int]:
    keys = ", ".join(sql_name(name) for name in key)
    rest = [name for name in shared if name not in key]
    same = " AND ".join(
        [f"a.{sql_name(name)} IS NOT DISTINCT FROM b.{sql_name(name)}" for name in rest] or ["true"]
    )
    counted = _query(
        f"SELECT count(*) FILTER (WHERE b.here IS NULL), count(*) FILTER (WHERE a.here IS NULL), "
        f"count(*) FILTER (WHERE a.here AND b.here AND NOT ({same})) "
        f"FROM (SELECT *, true AS here FROM read_parquet(?)) a "
        f"FULL JOIN (SELECT *, true AS here FROM read_parquet(?)) b USING ({keys})",
        after, before,
    )  # fmt: skip
    return counted[0], counted[1], counted[2]


def _by_row(before: Table, after: Table, shared: list[str]) -> tuple[int, int, int]:
    columns = ", ".join(sql_name(name) for name in shared)
    if not columns:
        return after.rows, before.rows, 0
    side = f"SELECT {columns} FROM read_parquet(?)"
    counted = _query(
        f"SELECT (SELECT count(*) FROM ({side} EXCEPT ALL {side})), "
        f"(SELECT count(*) FROM ({side} EXCEPT ALL {side}))",
        after, before, before, after,
    )  # fmt: skip
    return counted[0], counted[1], 0


def _query(sql: str, *tables: Table) -> tuple[int, ...]:
    with duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        found = connection.execute(sql, [str(table.path) for table in tables]).fetchone()
        assert found is not None
        return found
