"""Which columns tell rows apart, which go together one to one, and rows that stand twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, islice
from pathlib import Path
from typing import Any

from catalog.problem import Level, Problem
from flows.doctor import EXAMPLES, Column, Diagnosis, Example, Finding
from flows.doctor._column_meaning import meaning_of
from flows.doctor._column_rows import database, mended_views

#: Columns of a key at the most, columns that are tried together, combinations, keys that are told.
_TOGETHER, _TRIED, _COMBINATIONS, _KEYS = 3, 10, 60, 5
_SAMPLE = 20_000
#: Measures tell rows apart by accident only.
_NO_KEY = frozenset({"number", "boolean", "geojson", "geopoint", "array", "object", "list"})
#: What a key is made of rather than of other things, the best first.
_PREFERRED = ("id", "code", "number", "year", "date", "province", "district", "subdistrict", "name")
#: Pairs that are looked at, and the share of distinct values that may disagree.
_PAIRS, _SLIPS = 40, 0.02
#: Terms of an expression that are put into brackets together.
_GROUP = 100


def candidate_keys(
    columns: Sequence[Column], found: Sequence[Diagnosis], staged: Path
) -> tuple[tuple[str, ...], ...]:
    """Labels of columns that tell rows apart, the best candidate first; of three at the most."""
    useful = [at for at, (column, d) in enumerate(zip(columns, found, strict=True))
              if _may_be_key(column, d)]  # fmt: skip
    if not useful or columns[0].rows < 2:
        return ()
    useful.sort(key=lambda at: _rank(columns[at], found[at]))
    # Alone a column tells rows apart only if it has as many texts as there are rows.
    rows = columns[0].rows
    useful = [at for number, at in enumerate(useful)
              if number < _TRIED or len(columns[at].values) == rows]  # fmt: skip
    with database(staged) as connection:
        mended_views(connection, [columns[at] for at in useful], [found[at] for at in useful])
        keys = list(islice(_found_keys(connection, columns, useful), _KEYS))
    return tuple(tuple(columns[at].label for at in key) for key in keys)


def _may_be_key(column: Column, diagnosis: Diagnosis) -> bool:
    measured = diagnosis.type in _NO_KEY or "unit" in diagnosis.properties
    if column.geometry or column.empty or measured:
        return False
    meaning = meaning_of(column.label)
    if meaning and (meaning.count or meaning.money or meaning.key in ("remark", "total", "detail")):
        return False
    return len(column.values) > 1


def _rank(column: Column, diagnosis: Diagnosis) -> tuple[int, int, int]:
    """Names of things first, then where and when, then what is left; counts last."""
    means = diagnosis.means or ""
    preferred = next((at for at, word in enumerate(_PREFERRED) if word in means.split("_")), 99)
    plain_count = diagnosis.type == "integer" and preferred == 99
    return (int(plain_count), preferred, column.index)


def _found_keys(
    connection: Any, columns: Sequence[Column], useful: Sequence[int]
) -> Iterator[tuple[int, ...]]:
    rows = columns[0].rows
    keys: list[tuple[int, ...]] = []
    counts = {at: len(columns[at].values) for at in useful}
    tried = 0
    for width in range(1, _TOGETHER + 1):
        if any(len(key) == 1 and meaning_of(columns[key[0]].label) for key in keys):
            return  # what is called a code or a number, and is one, needs no company
        among = useful if width == 1 else useful[:_TRIED]
        for key in combinations(among, width):
            if any(set(known) <= set(key) for known in keys):
                continue
            product = 1
            for at in key:
                product *= counts[at]
            if product < rows or (width > 1 and tried > _COMBINATIONS):
                continue
            tried += width > 1
            if _tells_apart(connection, [columns[at].name for at in key], rows):
                keys.append(key)
                yield key


def _tells_apart(connection: Any, names: Sequence[str], rows: int) -> bool:
    """Whether no two rows share the values of some columns, and none is empty: first rows first."""
    listed = ", ".join(names)
    empty = " OR ".join(f"{name} IS NULL" for name in names)
    if rows > _SAMPLE:
        part = f"(SELECT {listed} FROM m LIMIT {_SAMPLE})"
        if (
            _one(connection, f"SELECT count(*) FROM (SELECT DISTINCT {listed} FROM {part})")
            < _SAMPLE
        ):
            return False
    if _one(connection, f"SELECT count(*) FROM m WHERE {empty}"):
        return False
    return _one(connection, f"SELECT count(*) FROM (SELECT DISTINCT {listed} FROM m)") == rows


def _one(connection: Any, query: str) -> int:
    [(number,)] = connection.execute(query).fetchall()
    return int(number)


def repeated_rows(
    columns: Sequence[Column], staged: Path, hidden: frozenset[str] = frozenset()
) -> Iterator[Finding]:
    """Rows that are the same as an earlier one in every column.

    Rows with less than two filled cells, and headers that come back, are no data, and left out.

    Args:
        columns: of the table.
        staged: the table.
        hidden: labels of columns whose values are not shown.
    """
    texts = [column for column in columns if not column.geometry]
    if not texts:
        return
    names = ", ".join(column.name for column in columns)
    filled = _all([f"(coalesce(trim({c.name}), '') <> '')::INT" for c in texts], " + ")
    header = _all([f"coalesce({c.name} = ?, false)" for c in texts], " OR ")
    query = (
        f"SELECT sum(n - 1)::BIGINT, min(second, {EXAMPLES}) FROM ("
        f"SELECT count(*) AS n, min(_row, 2)[2] AS second FROM t WHERE NOT ({header}) "
        f"AND {filled} >= {min(2, len(texts))} GROUP BY {names} HAVING count(*) > 1)"
    )
    with database(staged) as connection:
        [(count, firsts)] = connection.execute(query, [c.label for c in texts]).fetchall()
        if not count:
            return
        shown = [int(row) for row in firsts]
        shown_columns = [column for column in texts if column.label not in hidden]
        examples = tuple(Example(row, _said(connection, shown_columns, row)) for row in shown)
    problem = Problem("table-duplicate-rows", row=shown[0], params={"count": int(count)},
                      level=Level.WARNING)  # fmt: skip
    yield Finding(problem, int(count), examples)


def _all(parts: Sequence[str], sign: str) -> str:
    """Parts joined in groups: DuckDB's parser takes a thousand levels, and each sign is one."""
    groups = (parts[at : at + _GROUP] for at in range(0, len(parts), _GROUP))
    return sign.join(f"({sign.join(group)})" for group in groups)


def _said(connection: Any, columns: Sequence[Column], row: int) -> str:
    if not columns:
        return ""
    names = ", ".join(column.name for column in columns[:6])
    [cells] = connection.execute(f"SELECT {names} FROM t WHERE _row = {row} LIMIT 1").fetchall()
    return " | ".join(cell for cell in cells if cell)[:100]


def pairs(
    columns: Sequence[Column], found: Sequence[Diagnosis], staged: Path,
    hidden: frozenset[str] = frozenset(),
) -> Iterator[Finding]:  # fmt: skip
    """Columns that go together one to one, code and name, or nearly so.

    Args:
        columns: of the table.
        found: the diagnosis of each.
        staged: the table.
        hidden: labels of columns whose values are not shown.
    """
    useful = [
        (column, d) for column, d in zip(columns, found, strict=True)
        if d.type in ("string", "integer") and 2 < len(column.values) < column.rows / 2
        and not (meaning_of(column.label) or _NOTHING).count and column.label not in hidden
    ]  # fmt: skip
    named = [
        (one, other) for one, other in combinations(useful, 2)
        if {one[1].type, other[1].type} != {"integer"} and _alike_many(one[0], other[0])
    ][:_PAIRS]  # fmt: skip
    if not named:
        return
    with database(staged) as connection:
        mended_views(connection, [column for column, _ in useful], [d for _, d in useful])
        for (one, _), (other, _) in named:
            yield from _pair(connection, one, other)


class _Nothing:
    count = False


_NOTHING = _Nothing()


def _alike_many(one: Column, other: Column) -> bool:
    """Whether two columns have nearly as many distinct values."""
    fewer, more = sorted((len(one.values), len(other.values)))
    return more - fewer <= max(2, _SLIPS * more)


def _pair(connection: Any, one: Column, other: Column) -> Iterator[Finding]:
    a, b = one.name, other.name
    # The most frequent partner of each value is the right one; rows with another disagree.
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE p AS SELECT {a} AS a, {b} AS b, count(*) AS n, "
        f"min(_row) AS first FROM m WHERE {a} IS NOT NULL AND {b} IS NOT NULL GROUP BY 1, 2"
    )
    [(together, singles, rows)] = connection.execute(
        "SELECT count(*), least(count(DISTINCT a), count(DISTINCT b)), sum(n)::BIGINT FROM p"
    ).fetchall()
    if not together or together * 2 > rows:
        return
    if together == singles:
        params = {"other": other.label, "count": int(together)}
        problem = Problem("table-pair", field=one.label, params=params, level=Level.NOTE)
        yield Finding(problem, int(together))
        return
    odd = connection.execute(
        "SELECT a, b, n, first FROM p WHERE n < (SELECT max(n) FROM p AS q WHERE q.a = p.a) "
        "OR n < (SELECT max(n) FROM p AS q WHERE q.b = p.b) ORDER BY first"
    ).fetchall()
    wrong = sum(n for _, _, n, _ in odd)
    if not odd or wrong > _SLIPS * rows:
        return
    examples = tuple(Example(int(row), f"{x} | {y}"[:100]) for x, y, _, row in odd[:EXAMPLES])
    params = {"other": other.label, "count": int(wrong), "example": examples[0].before}
    problem = Problem("table-pair-broken", field=one.label, row=examples[0].row, params=params,
                      level=Level.WARNING)  # fmt: skip
    yield Finding(problem, int(wrong), examples)
