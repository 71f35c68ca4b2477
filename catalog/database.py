"""The catalogue database: its tables, and how to open it.

SQLite (WAL) by default, PostgreSQL by URL; SQLAlchemy 2 Core, Alembic migrations in
``catalog/migrations``. Reads run without a transaction of their own; writes begin with the write
lock (``BEGIN IMMEDIATE``), so that two writers queue and never deadlock.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    DateTime,
    Engine,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    event,
    inspect,
    select,
    text,
)  # fmt: skip
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import QueuePool

from catalog.problem import OutsideError, Problem

#: The newest migration; the database is brought there when it is opened.
HEAD = "0001"

metadata = MetaData()
_When = partial(DateTime, timezone=True)

datasets = Table(
    "dataset", metadata,
    Column("id", String(130), primary_key=True),
    Column("office", String(63), nullable=False, index=True),
    Column("uuid", String(36), nullable=False, unique=True),
    Column("created_at", _When(), nullable=False),
    Column("published", Integer, ForeignKey("release.id", use_alter=True), nullable=True),
    Column("withdrawn", Text, nullable=True),
)  # fmt: skip

releases = Table(
    "release", metadata,
    Column("id", Integer, primary_key=True),
    Column("dataset_id", ForeignKey("dataset.id"), nullable=False),
    Column("version", String(20), nullable=False),
    Column("run_key", String(64), nullable=False),
    Column("edition", String(12), nullable=False),
    Column("state", String(12), nullable=False),
    Column("sealed_at", _When(), nullable=False),
    Column("published_at", _When(), nullable=True),
    Column("reason", Text, nullable=True),
    Column("manifest_sha256", String(64), nullable=False),
    Column("spec", JSON, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("changes", JSON, nullable=False),
    UniqueConstraint("dataset_id", "version"),
    Index("release_by_key", "dataset_id", "run_key"),
    Index("release_by_edition", "dataset_id", "edition"),
)  # fmt: skip

runs = Table(
    "run", metadata,
    Column("id", String(36), primary_key=True),
    Column("dataset_id", String(130), nullable=False, index=True),
    Column("started_at", _When(), nullable=False),
    Column("ended_at", _When(), nullable=True),
    Column("outcome", String(12), nullable=True),
    Column("version", String(20), nullable=True),
    Column("report", JSON, nullable=True),
)  # fmt: skip

pulls = Table(
    "pull", metadata,
    Column("dataset_id", String(130), primary_key=True),
    Column("name", String(63), primary_key=True),
    Column("address", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("retrieved_at", _When(), nullable=False),
    Column("etag", Text, nullable=True),
    Column("last_modified", Text, nullable=True),
)  # fmt: skip

ledger = Table(
    "ledger", metadata,
    Column("seq", Integer, primary_key=True),
    Column("at", String(32), nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", String(32), nullable=False, index=True),
    Column("thing", Text, nullable=False, index=True),
    Column("detail", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
)  # fmt: skip

requests = Table(
    "request", metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("dataset_id", String(130), nullable=False),
    Column("actor", Text, nullable=False),
    Column("payload", JSON, nullable=False),
    Column("key", String(128), nullable=False, unique=True),
    Column("state", String(12), nullable=False, index=True),
    Column("created_at", _When(), nullable=False),
    Column("leased_until", _When(), nullable=True),
    Column("heartbeat_at", _When(), nullable=True),
    Column("attempts", Integer, nullable=False, default=0),
    Column("finished_at", _When(), nullable=True),
    Column("report", JSON, nullable=True),
)  # fmt: skip

search = Table(
    "search", metadata,
    Column("dataset_id", ForeignKey("dataset.id"), primary_key=True),
    Column("office", String(63), nullable=False),
    Column("theme", String(63), nullable=False),
    Column("title", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("has_map", Boolean, nullable=False),
)  # fmt: skip


class Database:
    """An open catalogue database, at its newest migration.

    Args:
        url: SQLAlchemy URL, ``sqlite:///…`` or ``postgresql+psycopg://…``.

    Raises:
        OutsideError: it cannot be reached.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _engine(url)
        with _told():
            self._migrate()

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the default database of one machine."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees what is committed and changes nothing."""
        with _told(), self.engine.connect() as connection:
            yield connection.execution_options(isolation_level="AUTOCOMMIT")

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction, which holds the write lock from its first moment."""
        with _told(), self.engine.begin() as connection:
            if not self.is_sqlite:
                connection.execute(text("LOCK TABLE ledger IN SHARE ROW EXCLUSIVE MODE"))
            yield connection

    @contextmanager
    def exclusive(self, name: str) -> Iterator[None]:
        """Keep other machines from working on ``name``; on SQLite a file lock does that already.

        Raises:
            OutsideError: another machine is at it.
        """
        if self.is_sqlite:
            yield
            return
        with self.engine.connect() as connection:
            lock = text("SELECT pg_try_advisory_lock(hashtextextended(:name, 0))")
            if not connection.execute(lock, {"name": name}).scalar():
                raise OutsideError(Problem("run-excluded", dataset=name))
            try:
                yield
            finally:
                unlock = text("SELECT pg_advisory_unlock(hashtextextended(:name, 0))")
                connection.execute(unlock, {"name": name})

    def _migrate(self) -> None:
        if self._version() == HEAD:
            return
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        with self.engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def _version(self) -> str | None:
        with self.read() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            found: str | None = connection.execute(
                text("SELECT version_num FROM alembic_version")
            ).scalar()
            return found


@contextmanager
def _told() -> Iterator[None]:
    """What the database refuses, as an error with a next step.

    Raises:
        OutsideError: unreachable, locked for too long, its disk full.
    """
    try:
        yield
    except DatabaseError as error:
        if type(error) not in (OperationalError, DatabaseError):
            raise  # a constraint or a guard said no: that is for the caller
        full = "full" in str(error.orig) or "disk I/O" in str(error.orig)
        code = "database-full" if full else "database-unreachable"
        raise OutsideError(Problem(code, params={"reason": str(error.orig)})) from error


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, poolclass=QueuePool, pool_pre_ping=True)
    path = url.removeprefix("sqlite:///")
    if path and path != url:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    # Connections stay open: the last one to be closed folds the write-ahead log into the file,
    # which takes longer than most reading. Nobody waits for a free one.
    engine = create_engine(url, poolclass=QueuePool, max_overflow=-1, connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # transactions begin where ``write`` says, not by guess
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def scalar(connection: Connection, statement: Any) -> Any:
    """The one value that a statement asks for, or ``None``."""
    return connection.execute(statement).scalar()


__all__ = [
    "HEAD", "Database", "datasets", "ledger", "metadata", "pulls", "releases", "requests",
    "runs", "scalar", "search", "select",
]  # fmt: skip
