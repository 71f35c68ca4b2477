"""What changed between two canonical tables: rows by key, columns, and the first of each.

Compared by the primary key where there is one (added, removed, changed); without one, rows are
counted as whole rows (added and removed only). DuckDB does it by anti-joins on the files, in
bounded memory; Python sees only the first changes, which are kept with the release.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

import duckdb

from catalog.problem import Level, Problem
from catalog.spec import Bounds
from catalog.table import Table, sql_name

#: Memory that a comparison may take before it spills to disk.
MEMORY = "512MB"
#: Rows of each sort (added, removed, changed) that are kept to be shown.
SHOWN = 20
#: Characters of a value that are kept to be shown.
_CUT = 200
#: Hex digits of a geometry's fingerprint.
_FINGERPRINT = 8

Row = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Shown:
    """The first rows that differ, by key; values as text, cut to 200 characters.

    Attributes:
        added, removed: whole rows.
        changed: of each row its ``key``, and ``was`` and ``now`` of the columns that differ.
    """

    added: tuple[Row, ...] = ()
    removed: tuple[Row, ...] = ()
    changed: tuple[Mapping[str, Row], ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed in a table.

    Attributes:
        first: there was no table before.
        rows_before, rows: row counts.
        added, removed, changed: rows; ``changed`` only where the table has a primary key.
        columns_added, columns_removed: names of columns.
        shown: the first rows that differ.
    """

    first: bool
    rows_before: int
    rows: int
    added: int
    removed: int
    changed: int
    columns_added: tuple[str, ...] = ()
    columns_removed: tuple[str, ...] = ()
    shown: Shown = field(default_factory=Shown)

    @property
    def share(self) -> float:
        """Share of rows, 0 to 1, that differ from before."""
        differing = max(self.added, self.removed) + self.changed
        return differing / max(self.rows_before, self.rows, 1)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def compare(before: Table | None, after: Table) -> Changes:
    """Count what changed, and show the first of it.

    Args:
        before: the published table; ``None`` at the first release.
        after: the new one.
    """
    if before is None:
        return Changes(True, 0, after.rows, after.rows, 0, 0)
    old, new = before.schema.names, after.schema.names
    shared = [name for name in new if name in old]
    with _sides(before, after, shared) as sides:
        counts, shown = _compared(sides, after, shared)
    return Changes(
        False, before.rows, after.rows, *counts,
        columns_added=tuple(name for name in new if name not in old),
        columns_removed=tuple(name for name in old if name not in new),
        shown=shown,
    )  # fmt: skip


def beyond(changes: Changes, expect: Bounds) -> Problem | None:
    """A problem where more changed than the office declared."""
    if changes.first or expect.changed is None or changes.share <= expect.changed:
        return None
    params = {"wanted": f"{expect.changed:.0%}"}
    level = Level.WARNING if "changed" in expect.warn else Level.ERROR
    return Problem("expect-changed", value=f"{changes.share:.1%}", params=params, level=level)


@contextmanager
def _sides(
    before: Table, after: Table, shared: Sequence[str]
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with views ``old`` and ``new``; columns whose type changed are text in both."""
    casts = ", ".join(
        f"{sql_name(name)}::VARCHAR AS {sql_name(name)}"
        if before.arrow.field(name).type != after.arrow.field(name).type
        else sql_name(name)
        for name in shared
    )
    with duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        connection.execute("SET TimeZone = 'UTC'")
        for side, table in (("old", before), ("new", after)):
            path = str(table.path).replace("'", "''")  # a view takes no bound values
            wanted = casts or "1 AS nothing"
            connection.execute(f"CREATE VIEW {side} AS SELECT {wanted} FROM read_parquet('{path}')")
        yield connection


def _compared(
    sides: duckdb.DuckDBPyConnection, after: Table, shared: list[str]
) -> tuple[tuple[int, int, int], Shown]:
    key = [name for name in after.schema.primary_key if name in shared]
    if key and len(key) == len(after.schema.primary_key):
        return _by_key(sides, key, [name for name in shared if name not in key])
    if not shared:
        return (after.rows, _count(sides, "SELECT count(*) FROM old"), 0), Shown()
    return _by_row(sides)


def _by_key(
    sides: duckdb.DuckDBPyConnection, key: list[str], rest: list[str]
) -> tuple[tuple[int, int, int], Shown]:
    keys = ", ".join(sql_name(name) for name in key)
    # Rows are joined by key and a 64-bit hash of the rest, which keeps the join's memory small.
    digest = f"hash({', '.join(sql_name(name) for name in rest)})" if rest else "0"
    counted = sides.execute(
        f"SELECT count(*) FILTER (WHERE b.digest IS NULL), "
        f"count(*) FILTER (WHERE a.digest IS NULL), "
        f"count(*) FILTER (WHERE a.digest <> b.digest) "
        f"FROM (SELECT {keys}, {digest} AS digest FROM new) a "
        f"FULL JOIN (SELECT {keys}, {digest} AS digest FROM old) b USING ({keys})"
    ).fetchone()
    assert counted is not None
    added, removed, changed = counted
    shown = Shown(
        _first(sides, f"FROM new ANTI JOIN old USING ({keys}) ORDER BY {keys}") if added else (),
        _first(sides, f"FROM old ANTI JOIN new USING ({keys}) ORDER BY {keys}") if removed else (),
        _changed(sides, key, rest, digest) if changed else (),
    )
    return (added, removed, changed), shown


def _changed(
    sides: duckdb.DuckDBPyConnection, key: list[str], rest: list[str], digest: str
) -> tuple[Mapping[str, Row], ...]:
    keys = ", ".join(sql_name(name) for name in key)
    differing = (
        f"WITH which AS (SELECT {keys} FROM (SELECT {keys}, {digest} AS was FROM old) "
        f"JOIN (SELECT {keys}, {digest} AS now FROM new) USING ({keys}) WHERE was <> now "
        f"ORDER BY {keys} LIMIT {SHOWN}) SELECT {_texts([*key, *rest], _binary(sides))} FROM "
    )
    sides_of = [
        sides.execute(f"{differing} {side} SEMI JOIN which USING ({keys}) ORDER BY {keys}")
        .fetchall()
        for side in ("old", "new")
    ]  # fmt: skip
    return tuple(_difference(key, rest, was, now) for was, now in zip(*sides_of, strict=True))


def _difference(
    key: list[str], rest: list[str], was: tuple[Any, ...], now: tuple[Any, ...]
) -> Mapping[str, Row]:
    pairs = zip(rest, was[len(key) :], now[len(key) :], strict=True)
    differing = [(name, a, b) for name, a, b in pairs if a != b]
    return {
        "key": dict(zip(key, now[: len(key)], strict=True)),
        "was": {name: a for name, a, _ in differing},
        "now": {name: b for name, _, b in differing},
    }


def _by_row(sides: duckdb.DuckDBPyConnection) -> tuple[tuple[int, int, int], Shown]:
    added, removed = "(FROM new EXCEPT ALL FROM old)", "(FROM old EXCEPT ALL FROM new)"
    counts = (
        _count(sides, f"SELECT count(*) FROM {added}"),
        _count(sides, f"SELECT count(*) FROM {removed}"),
    )
    shown = Shown(
        _first(sides, f"FROM {added} ORDER BY ALL") if counts[0] else (),
        _first(sides, f"FROM {removed} ORDER BY ALL") if counts[1] else (),
    )
    return (*counts, 0), shown


def _first(sides: duckdb.DuckDBPyConnection, rows: str) -> tuple[Row, ...]:
    names = [row[0] for row in sides.execute("DESCRIBE new").fetchall()]
    texts = _texts(names, _binary(sides))
    found = sides.execute(f"WITH r AS ({rows} LIMIT {SHOWN}) SELECT {texts} FROM r")
    return tuple(dict(zip(names, row, strict=True)) for row in found.fetchall())


def _texts(names: Sequence[str], binary: frozenset[str]) -> str:
    """Values as text; of geometry the start of its fingerprint, which tells was from is."""
    return ", ".join(
        f"left({f'md5({sql_name(n)})' if n in binary else f'{sql_name(n)}::VARCHAR'}, "
        f"{_FINGERPRINT if n in binary else _CUT})"
        for n in names
    )


def _binary(sides: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """Columns of bytes: geometry as WKB."""
    described = sides.execute("DESCRIBE new").fetchall()
    return frozenset(row[0] for row in described if row[1] in ("BLOB", "GEOMETRY"))


def _count(sides: duckdb.DuckDBPyConnection, sql: str) -> int:
    found = sides.execute(sql).fetchone()
    assert found is not None
    return int(found[0])
