"""What the checks of typed tables share: counting everything, keeping the first thousand.

Problems of one kind carry the exact ``count`` of rows in their params, however many examples of
them are given. Where rows have to be seen together, DuckDB reads the canonical Parquet with a bound
on memory, and spills into a folder of its own beyond it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from catalog.cast import plain
from catalog.problem import Level, Problem
from catalog.table import Table
from flows.checks import Checked

#: Rows named one by one for each kind of problem.
EXAMPLES = 1_000
#: Memory that a query may take before it spills.
MEMORY = "400MB"
#: A row of the table, from 0, and what is wrong with it; ``None`` where no one row is.
Found: TypeAlias = tuple[int | None, Problem]
Told: TypeAlias = Callable[[Any], Mapping[str, Any]]
_SHOWN = 100


def placed(table: Checked, found: Iterable[Found]) -> Iterator[Problem]:
    """The problems with their rows as the source counts them."""
    kept = list(found)
    rows = {index for index, _ in kept if index is not None}
    positions = table.positions(rows) if rows else {}
    for index, problem in kept:
        yield problem if index is None else problem.at(row=positions.get(index))


class Tally:
    """Rows that are wrong in one way: all counted, the first kept.

    Args:
        code: of the problem.
        field: name of the column.
        level: of the problem.
    """

    def __init__(self, code: str, field: str, level: Level = Level.ERROR) -> None:
        self.code, self.field, self.level = code, field, level
        self.count = 0
        self.kept: list[tuple[int, Any]] = []

    def add(self, start: int, values: pa.Array, wrong: pa.Array) -> None:
        """Take the rows of a batch.

        Args:
            start: row of the table that the batch begins with.
            values: of the column.
            wrong: which of them are wrong; null is not.
        """
        places = pc.indices_nonzero(pc.fill_null(wrong, False))
        self.count += len(places)
        first = places[: EXAMPLES - len(self.kept)]
        shown = values.take(first).to_pylist()
        self.kept += zip((start + i for i in first.to_pylist()), shown, strict=True)

    def hide(self, mask: Callable[[pa.Array], pa.Array]) -> None:
        """Show what a function makes of the values that were kept, instead of them."""
        rows, values = zip(*self.kept, strict=True) if self.kept else ((), ())
        hidden = mask(pa.array(values, pa.string())).to_pylist()
        self.kept = list(zip(rows, hidden, strict=True))

    def found(self, told: Told | None = None) -> Iterator[Found]:
        """The problems of the rows kept.

        Args:
            told: more params of a problem, from a value; asked once for each value.
        """
        known: dict[Any, Mapping[str, Any]] = {}
        for index, value in self.kept:
            if told and value not in known:
                known[value] = told(value)
            params = {"count": self.count, **known.get(value, {})}
            yield (
                index,
                Problem(
                    self.code, field=self.field, value=shown(value), params=params, level=self.level
                ),
            )


def shown(value: Any) -> str | None:
    """A typed value as a person reads it, cut to 100 characters."""
    text = plain(value)
    return text if text is None else text[:_SHOWN]


def numbered(table: Table, columns: Sequence[str]) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Batches of some columns, each with the row that it begins with, from 0."""
    start = 0
    for batch in table.batches(columns):
        yield start, batch
        start += batch.num_rows


@contextmanager
def database(**tables: Table) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with a view of each table: its columns, and ``_i``, the row from 0."""
    with tempfile.TemporaryDirectory(prefix="samdao-check-") as spill, duckdb.connect() as found:
        found.execute("SET TimeZone = 'UTC'")
        found.execute(f"SET memory_limit = '{MEMORY}'")
        found.execute(f"SET temp_directory = {_text(spill)}")
        for name, table in tables.items():
            found.execute(
                f"CREATE VIEW {name} AS SELECT file_row_number AS _i, * EXCLUDE (file_row_number) "
                f"FROM read_parquet({_text(str(table.path))}, file_row_number = true)"
            )
        yield found


def first(
    connection: duckdb.DuckDBPyConnection,
    rows: str,
    columns: str,
    values: Mapping[str, str] | None = None,
) -> tuple[int, list[tuple[Any, ...]]]:
    """How many rows a query has, and the first of them by ``_i``.

    Args:
        connection: of ``database``.
        rows: what follows ``FROM``.
        columns: what follows ``SELECT _i,``.
        values: named values of the query.
    """
    given = dict(values or {})
    counted = connection.execute(f"SELECT count(*) FROM {rows}", given).fetchone()
    count = counted[0] if counted else 0
    if not count:
        return 0, []
    query = f"SELECT _i, {columns} FROM {rows} ORDER BY _i LIMIT {EXAMPLES}"
    return count, connection.execute(query, given).fetchall()


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
