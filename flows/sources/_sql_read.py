"""Databases, read and never written: connections, the statement, what each column becomes.

PostgreSQL casts to text itself, in a read-only transaction behind a server-side cursor: no driver
can round a decimal or shift a time on the way. SQLite files are opened with ``mode=ro``. Any other
database that SQLAlchemy has a driver for gives its values through that; there only the rights of
the database's user keep a query from writing.
"""

from __future__ import annotations

import os
import re
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from catalog.problem import DeclarationError, Problem
from catalog.registry import nearest
from flows.sources import BATCH_ROWS

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine
    from sqlalchemy.engine import URL

_CONNECT_SECONDS = 15
#: Rows that are asked for at a time, and kept as one group of the evidence.
FETCH_ROWS = BATCH_ROWS
#: Greatest length of one value of SQLite, bytes; steps of its engine between looks at the clock.
_MAX_VALUE, _STEPS = 64 << 20, 100_000
#: One text for each value: same zone, same style, whatever server or user are set to.
_POSTGRES_SETTINGS = (
    "SET LOCAL TimeZone = 'UTC'", "SET LOCAL DateStyle = 'ISO, YMD'",
    "SET LOCAL IntervalStyle = 'iso_8601'", "SET LOCAL bytea_output = 'hex'",
    "SET LOCAL extra_float_digits = 1", "SET LOCAL idle_in_transaction_session_timeout = 0",
)  # fmt: skip
_SPATIAL = frozenset({"geometry", "geography"})


@dataclass(frozen=True, slots=True)
class Statement:
    """What is asked of a database.

    Attributes:
        sql: the statement, run as it is.
        labels: of its columns, in order.
        spatial: labels of columns that come as extended WKB.
    """

    sql: str
    labels: tuple[str, ...]
    spatial: tuple[str, ...] = ()


def engine_of(url: URL, seconds: float) -> Engine:
    """An engine that opens a connection when it is asked to, and keeps none.

    Args:
        url: of the database, with its secrets.
        seconds: after which SQLite gives a query up.
    """
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    if url.get_backend_name() == "sqlite":
        path = Path(url.database or "")
        return create_engine("sqlite://", creator=lambda: open_sqlite(path, seconds),
                             poolclass=NullPool)  # fmt: skip
    if url.get_backend_name() == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
        extra = {"connect_timeout": _CONNECT_SECONDS, "application_name": "samdao"}
        return create_engine(url, connect_args=extra, poolclass=NullPool)
    return create_engine(url, poolclass=NullPool)


def open_sqlite(path: Path, seconds: float, *, frozen: bool = False) -> sqlite3.Connection:
    """A connection to an SQLite file (a GeoPackage is one) that cannot write to it.

    A file that was left in WAL mode where nobody may write is opened as immutable: SQLite would
    want to make its side files there, and nobody can be changing it.

    Args:
        path: the file.
        seconds: after which a query is given up (``interrupted``).
        frozen: nobody ever writes to the file, and nothing may be put beside it (evidence).
    """
    waiting = path.with_name(f"{path.name}-wal")
    if not os.access(path.parent, os.W_OK) and not waiting.exists():
        frozen = True
    uri = f"file:{quote(str(path))}?mode=ro{'&immutable=1' if frozen else ''}"
    connection = sqlite3.connect(uri, uri=True, check_same_thread=False, timeout=_CONNECT_SECONDS)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_VALUE)
    end = time.monotonic() + seconds
    connection.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
    # A file's own views and triggers may call nothing that reaches out of it.
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA query_only = ON")
    return connection


@contextmanager
def reading(engine: Engine, seconds: float) -> Iterator[Connection]:
    """A connection in one transaction that sees one state of the database and writes nothing.

    Args:
        engine: of the database.
        seconds: after which the server gives a statement up.
    """
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            for setting in _POSTGRES_SETTINGS:
                connection.exec_driver_sql(setting)
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = {int(seconds * 1000)}")
        yield connection


def named(connection: Connection, table: str) -> str:
    """A table's name, perhaps with its schema before a dot, quoted as the database does."""
    quoted = connection.dialect.identifier_preparer.quote_identifier
    return ".".join(quoted(part) for part in table.split(".", 1))


def inner(query: str) -> str:
    """A query as it stands in brackets: without the semicolon that ends it."""
    return re.sub(r"[;\s]+\Z", "", query)


def statement(connection: Connection, source: str, order: Sequence[str]) -> Statement:
    """The statement that gives a source's columns as text, in a stable order.

    Args:
        connection: asked for the columns and their types.
        source: a quoted table, or a query in brackets.
        order: columns to order by.
    """
    quoted = connection.dialect.identifier_preparer.quote_identifier
    found = connection.exec_driver_sql(
        f"SELECT * FROM {source} q WHERE 1 = 0", execution_options={"no_parameters": True}
    )
    described = list(found.cursor.description)
    labels = tuple(str(column[0]) for column in described)
    columns = ["q." + quoted(label) for label in labels]
    spatial: tuple[str, ...] = ()
    if connection.dialect.name == "postgresql":
        kinds = _postgres_types(connection, [int(str(column[1])) for column in described])
        spatial = tuple(
            label for label, (name, _) in zip(labels, kinds, strict=True) if name in _SPATIAL
        )
        columns = [_as_text(column, *kind) for column, kind in zip(columns, kinds, strict=True)]
    chosen = ", ".join(
        f"{column} AS {quoted(label)}" for column, label in zip(columns, labels, strict=True)
    )
    ordered = f" ORDER BY {', '.join('q.' + quoted(name) for name in order)}" if order else ""
    return Statement(f"SELECT {chosen} FROM {source} q{ordered}", labels, spatial)


def _postgres_types(connection: Connection, oids: Sequence[int]) -> list[tuple[str, str]]:
    """Name and category of each type."""
    known = connection.exec_driver_sql(
        "SELECT oid, typname, typcategory FROM pg_catalog.pg_type WHERE oid = ANY(%(oids)s)",
        {"oids": list(oids)},
    )
    found = {oid: (name, category) for oid, name, category in known}
    return [found.get(oid, ("text", "S")) for oid in oids]


def _as_text(column: str, name: str, category: str) -> str:
    """An expression of PostgreSQL that gives a column as exact text."""
    if name in _SPATIAL:
        return f"ST_AsEWKB({column}::geometry)"
    if name == "bytea":
        return f"encode({column}, 'hex')"
    if category == "A":
        return f"to_json({column})::text"
    if name == "timestamp":
        return f"regexp_replace({column}::text, ' ', 'T')"
    if name == "timestamptz":  # the zone is UTC here, and +00 is not RFC 3339
        return f"regexp_replace(regexp_replace({column}::text, ' ', 'T'), '\\+00', 'Z')"
    return f"{column}::text"


def rows(connection: Connection, asked: Statement) -> Iterator[list[tuple[Any, ...]]]:
    """Rows of a statement as they arrive, at most ``FETCH_ROWS`` at a time."""
    found = connection.exec_driver_sql(
        asked.sql, execution_options={
            "stream_results": True, "no_parameters": True, "max_row_buffer": FETCH_ROWS,
        },
    )  # fmt: skip
    for part in found.partitions(FETCH_ROWS):
        yield [tuple(row) for row in part]


def must_exist(connection: Connection, table: str, address: str) -> None:
    """Refuse a table or view that is not there, with the nearest that is.

    Raises:
        DeclarationError: it is not there, or may not be seen.
    """
    from sqlalchemy import inspect

    schema, name = _parts(table)
    found = inspect(connection)
    if not found.has_table(name, schema=schema):
        known = [*found.get_table_names(schema), *found.get_view_names(schema)]
        params = {"nearest": nearest(name, known) or "—", "known": ", ".join(known[:20]) or "—"}
        raise DeclarationError(Problem("sql-no-table", place=address, value=table, params=params))


def primary_key(connection: Connection, table: str) -> tuple[str, ...]:
    """Columns of a table's primary key; none where it has none, or is a view."""
    from sqlalchemy import inspect

    schema, name = _parts(table)
    return tuple(inspect(connection).get_pk_constraint(name, schema=schema)["constrained_columns"])


def _parts(table: str) -> tuple[str | None, str]:
    schema, dot, name = table.partition(".")
    return (schema, name) if dot else (None, table)
