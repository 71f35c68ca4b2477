"""Keys that may repeat, told apart exactly: by the values that the texts mean.

``1.0`` and ``01`` are the same integer key; a text that has no value has no key. Each repeated row
names the row before it that has the same key, as Frictionless does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from catalog.problem import Problem
from flows.checks._engine.found import Example, Findings
from flows.checks._engine.judge import Judge
from flows.checks._engine.plan import Column, Plan
from flows.checks._engine.scan import Look, one_row
from flows.checks._engine.source import ORDER, ROW, Source

if TYPE_CHECKING:
    import duckdb

_BATCH = 20_000
_SHOWN = 100
_KEYED = '"#keyed"'
#: Behind the cells of a row.
_AFTER = 1_000_000


def tell_keys(
    connection: duckdb.DuckDBPyConnection, source: Source, plan: Plan, seen: Look,
    judges: Mapping[str, Judge], findings: Findings,
) -> None:  # fmt: skip
    """Find rows without a primary key, and rows whose key or unique value was there before."""
    for key in seen.repeated:
        for column in key:
            _learn(connection, source, column, judges)
    for key in seen.repeated:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {_KEYED} AS {_keyed(source, key)}")
        is_primary = key == plan.key
        if is_primary:
            _show(connection, _without(key), key, findings, primary=True)
            _show(connection, _again(key), key, findings, primary=True)
        if len(key) == 1 and key[0] in plan.unique:
            _show(connection, _again(key), key, findings, primary=False)


def _learn(
    connection: duckdb.DuckDBPyConnection, source: Source, column: Column,
    judges: Mapping[str, Judge],
) -> None:  # fmt: skip
    """Put the keys of texts that SQL cannot read into a table beside."""
    if column.by_text:
        return
    table = _beside(column)
    connection.execute(f"CREATE OR REPLACE TABLE {table} (text VARCHAR, key VARCHAR)")
    unread = f"SELECT DISTINCT {column.x} FROM ({source.query}) WHERE NOT {column.missing}"
    if column.key is not None:
        unread += f" AND ({column.read}) IS NOT TRUE"
    # The reader holds a result open: what is learnt goes through a cursor of its own.
    with connection.cursor() as other:
        for batch in connection.sql(unread).to_arrow_reader(_BATCH):
            texts = batch.column(0)
            keys = [one.key for one in judges[column.name].judge(texts.to_pylist())]
            learnt = pa.table({"text": texts, "key": pa.array(keys, pa.string())})
            other.register("learnt", learnt)
            other.execute(f"INSERT INTO {table} SELECT text, key FROM learnt")


def _beside(column: Column) -> str:
    return f'"#keys{column.index}"'


def _keyed(source: Source, key: tuple[Column, ...]) -> str:
    """Rows with the text of each part of a key, and the parts as ``"#k0"``, ``"#k1"``, …."""
    parts, joins = [], []
    for number, column in enumerate(key):
        known = column.key if column.key is not None and column.read != "FALSE" else "NULL"
        if column.by_text:
            part = known
        else:
            beside = f"b{number}"
            sure = f"({column.read}) IS TRUE" if column.key is not None else "FALSE"
            part = f"CASE WHEN {sure} THEN {known} ELSE {beside}.key END"
            joins.append(f"LEFT JOIN {_beside(column)} {beside} ON {column.x} = {beside}.text")
        parts.append(f'CASE WHEN NOT {column.missing} THEN {part} END AS "#k{number}"')
    texts = [column.x for column in key]
    asked = ", ".join([ORDER, ROW, *texts, *parts])
    return f"SELECT {asked} FROM ({source.query}) r {' '.join(joins)}"


def _without(key: tuple[Column, ...]) -> str:
    none = " AND ".join(f'"#k{number}" IS NULL' for number in range(len(key)))
    return f'SELECT *, NULL::BIGINT AS "#before" FROM {_KEYED} WHERE {none}'


def _again(key: tuple[Column, ...]) -> str:
    """Rows whose key another row before them has."""
    parts = [f'"#k{number}"' for number in range(len(key))]
    filled = " OR ".join(f"{part} IS NOT NULL" for part in parts)
    listed = ", ".join(parts)
    same = " AND ".join(f"a.{part} IS NOT DISTINCT FROM d.{part}" for part in parts)
    before = f'lag({ROW}) OVER (PARTITION BY {listed} ORDER BY {ORDER}) AS "#before"'
    return (
        f"WITH d AS (SELECT {listed} FROM {_KEYED} WHERE {filled} "
        f"GROUP BY ALL HAVING count(*) > 1) "
        f"SELECT * FROM (SELECT a.*, {before} FROM {_KEYED} a SEMI JOIN d ON {same}) "
        f'WHERE "#before" IS NOT NULL'
    )


def _show(
    connection: duckdb.DuckDBPyConnection, query: str, key: tuple[Column, ...],
    findings: Findings, *, primary: bool,
) -> None:  # fmt: skip
    """Count the rows of a query, and show the first."""
    connection.execute(f'CREATE OR REPLACE TEMP TABLE "#rows" AS {query}')
    (count,) = one_row(connection, 'SELECT count(*) FROM "#rows"')
    if not count:
        return
    code, field = ("primary-key", None) if primary else ("unique-error", key[0].name)
    findings.count(code, field, count)
    texts = ", ".join(column.x for column in key)
    first = connection.execute(
        f'SELECT {ORDER}, {ROW}, "#before", {texts} FROM "#rows" '
        f"ORDER BY {ORDER} LIMIT {findings.limit}"
    ).fetchall()
    rank = (_AFTER * (2 if primary else 1), key[0].index)
    findings.show(_examples(first, code, field, rank))


def _examples(
    rows: list[tuple[Any, ...]], code: str, field: str | None, rank: tuple[int, int]
) -> Iterator[Example]:
    for order, row, before, *texts in rows:
        note = (
            'cells composing the primary keys are all "None"' if before is None
            else f"the same as in the row at position {before}"
        )  # fmt: skip
        value = ", ".join(text for text in texts if text)[:_SHOWN] or None
        problem = Problem(code, row=row, field=field, value=value, params={"note": note})
        yield Example(order, rank, problem)
