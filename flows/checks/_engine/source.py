"""What the passes of a check read: the table itself, or what was set aside of it.

Parquet numbers its rows and is read again as often as need be. A CSV file does neither well: rows
have a number only if one core reads them all. So where a CSV file has anything doubtful, one such
pass sets aside what the others need: the number of each row, for each cell whether it is good, the
texts of those that are not, and the columns of keys. (A table made by several cores is no answer:
DuckDB 2.0 gave its rows another order than the file's, though it should not.)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.checks._engine.plan import Column, Plan

if TYPE_CHECKING:
    import duckdb

#: Place of a row in the table, from 0, and its position in the source: names no field can have.
ORDER, ROW = '"#order"', '"#row"'
#: Whether a row has no value at all, and what is measured of each row.
BLANK, MEASURE = '"#blank"', '"#measure"'
_ASIDE = '"#aside"'
#: Rows in which a first doubt is looked for: if there is none, most likely all are clean.
_SAMPLE = 2_000


@dataclass(frozen=True, slots=True)
class Relation:
    """A table of text, as SQL.

    Attributes:
        table: what stands behind FROM.
        columns: field names, as ``table`` gives them, or expressions for them.
        place: expressions for ``ORDER`` and ``ROW``; empty where rows have no number as they are
            read: then they are lines that follow one another from ``first`` on.
        first: position in the source of the first row.
        measure: a number for each row, whose sum the first pass takes along.
        measure_of_good: the same for less, of rows whose cells are all good.
    """

    table: str
    columns: tuple[str, ...]
    place: tuple[str, str] | tuple[()] = ()
    first: int = 2
    measure: str = "0"
    measure_of_good: str = "0"

    def query(self, *more: str) -> str:
        """The columns, and more of each row."""
        return f"SELECT {', '.join([*more, *self.columns])} FROM {self.table}"


@dataclass(frozen=True, slots=True)
class Source:
    """What a pass reads.

    Attributes:
        query: gives the columns of keys, and what the expressions below need; ``ORDER`` and
            ``ROW`` if ``placed``.
        good: expression: whether a column's cell is surely without error.
        text: expression: a column's text where it is not.
        blank, measure: of a row.
        placed: whether rows have their place.
    """

    query: str
    good: Callable[[Column], str]
    text: Callable[[Column], str]
    blank: str
    measure: str
    placed: bool


def direct(relation: Relation, plan: Plan) -> Source:
    """The table itself."""
    place = [f"{e} AS {name}" for e, name in zip(relation.place, (ORDER, ROW), strict=False)]
    return Source(
        query=relation.query(*place),
        good=lambda column: column.good,
        text=lambda column: column.x,
        blank=f"({plan.blank})",
        measure=relation.measure_of_good,
        placed=bool(place),
    )


def seems_doubtful(connection: duckdb.DuckDBPyConnection, relation: Relation, plan: Plan) -> bool:
    """Whether one of the first rows has a cell that is not surely good."""
    good = " AND ".join(f"({column.good})" for column in plan.columns)
    sample = f"SELECT * FROM ({relation.query()}) LIMIT {_SAMPLE}"
    return bool(connection.execute(f"SELECT 1 FROM ({sample}) WHERE NOT ({good})").fetchall())


def set_aside(connection: duckdb.DuckDBPyConnection, relation: Relation, plan: Plan) -> Source:
    """Put the doubtful cells, and the columns of keys, into a table of the session, numbered."""
    keys = {column.x: column for column in (*plan.key, *plan.unique)}
    flags = [f"{column.good} AS {_good(column)}" for column in plan.columns]
    cells = [
        f"{_good(column)}, CASE WHEN {_good(column)} THEN NULL ELSE {column.x} END AS "
        f"{_text(column)}"
        for column in plan.columns
    ]
    rows = f"({plan.blank}) AS {BLANK}, {relation.measure} AS {MEASURE}"
    # A window without an order numbers rows as they are read, and lets one core read them.
    number = f"row_number() OVER () - 1 AS {ORDER}"
    connection.execute(
        f"CREATE TABLE {_ASIDE} AS SELECT {', '.join([ORDER, BLANK, MEASURE, *cells, *keys])} "
        f"FROM (SELECT *, {', '.join([rows, *flags])} FROM ({relation.query(number)}))"
    )
    return Source(
        query=f"SELECT *, {ORDER} + {relation.first} AS {ROW} FROM {_ASIDE}",
        good=_good, text=_text, blank=BLANK, measure=MEASURE, placed=True,
    )  # fmt: skip


def _good(column: Column) -> str:
    return f'"#good{column.index}"'


def _text(column: Column) -> str:
    return f'"#text{column.index}"'
