"""A table or a query of a database: PostgreSQL, SQLite, or what else SQLAlchemy has a driver for.

A run reads once, in one read-only transaction, and keeps what it saw as evidence (Parquet, every
value as exact text): decimals with all their digits, ISO 8601 days and times (those with a zone in
UTC), ``true`` and ``false``, bytes as hexadecimal digits, arrays and JSON as JSON. Rows come in the
order of ``order_by`` or of the primary key, so that the same data gives the same evidence; without
either it is said that the order may differ. PostGIS columns, and a declared column of WKB, are
geometry. A row is its number in that order.

The address of a database, with its user and password, stands in an environment variable and nowhere
else; a user that may only read (``GRANT SELECT``) is what one should give it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from catalog.problem import DeclarationError, Level, Problem, Rejected
from catalog.settings import secret
from flows.sources import BATCH_ROWS, Pulled, RawTable, Shelf, _sql_read
from flows.sources._evidence import keep, on_disk, part_file, too_large
from flows.sources._file import locate, relative, steady
from flows.sources._sql_errors import TooSlowError, translated
from flows.sources._table import never_empty, raw_table, table_schema, unique_labels
from flows.sources._values import texts

__all__ = ["Options", "pull", "read"]

_ABOUT = b"samdao"
_KIND = "SQL (Parquet)"
#: What a query may begin with, behind comments; that it only reads is the database's to hold.
_ONE_SELECT = r"(?is)^(\s|--[^\n]*\n|/\*.*?\*/)*(select|with|values|table)\b"


class Options(BaseModel):
    """Where a database is, and what is read of it.

    Attributes:
        url_env: environment variable that holds the SQLAlchemy address
            (``postgresql://user:password@host/name``); the address itself is never declared.
        path: an SQLite file, relative to the declaration's folder, which it may not leave.
        table: name of a table or view, with its schema before a dot if it has one.
        query: one SELECT, where a table alone will not do.
        order_by: columns to order by, together unique; the table's primary key if not given.
        geometry: a column of WKB, where it is not a PostGIS one.
        crs: reference system of the geometry, over what PostGIS says (``EPSG:32647``).
        max_rows: bound on the number of rows.
        seconds: bound on the time that reading takes.
        max_bytes: bound on the size of the evidence, narrower than the server's own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url_env: str | None = Field(default=None, pattern=r"^[A-Z][A-Z0-9_]*$")
    path: str | None = Field(default=None, min_length=1)
    table: str | None = Field(default=None, min_length=1)
    query: str | None = Field(default=None, pattern=_ONE_SELECT)
    order_by: tuple[str, ...] = ()
    geometry: str | None = Field(default=None, min_length=1)
    crs: str | None = Field(default=None, pattern=r"^EPSG:\d+$")
    max_rows: int = Field(default=50_000_000, ge=1)
    seconds: int = Field(default=3600, ge=1)
    max_bytes: int | None = Field(default=None, ge=1)

    _inside = field_validator("path")(relative)

    @field_validator("url_env")
    @classmethod
    def _not_ours(cls, name: str | None) -> str | None:
        if name is not None and name.startswith("SAMDAO_"):
            raise ValueError("variables that begin with SAMDAO_ are the program's own settings")
        return name

    @model_validator(mode="after")
    def _one(self) -> Options:
        if (self.url_env is None) == (self.path is None):
            raise ValueError("give exactly one of url_env and path")
        if (self.table is None) == (self.query is None):
            raise ValueError("give exactly one of table and query")
        return self

    @property
    def address(self) -> str:
        """What to call it: never has a secret."""
        return f"{self.url_env or self.path}:{self.table or 'query'}"


def pull(options: Options, shelf: Shelf) -> Pulled:
    """Read the database once, and keep what it gave.

    Args:
        options: where it is, and what is read.
        shelf: where evidence lies. A database does not say whether it changed: it is always read,
            and the hash of what it gave tells.

    Raises:
        DeclarationError: the variable is not set or no address; the database refuses the
            statement (its words are in the problem, its password never).
        OutsideError: it cannot be reached, is locked, or took too long.
        Rejected: over a bound, or no database at all.
    """
    with part_file(shelf) as part:
        with _asked(options, shelf) as (connection, asked, ordered):
            _snapshot(part, _tables(connection, asked, options), asked, ordered,
                      options, shelf)  # fmt: skip
        path, sha256, size = keep(
            steady(part, options.address), shelf, options.address, options.max_bytes
        )
    return Pulled(path, sha256, size, options.address, shelf.now())


@contextmanager
def _asked(options: Options, shelf: Shelf) -> Iterator[tuple[Any, _sql_read.Statement, bool]]:
    """An open transaction, the statement for it, and whether its order is declared."""
    url = _url(options, shelf)
    with translated(options.address, url, options.seconds):
        engine = _sql_read.engine_of(url, options.seconds)
        with _sql_read.reading(engine, options.seconds) as connection:
            order = options.order_by
            if options.table is not None:
                _sql_read.must_exist(connection, options.table, options.address)
                source = _sql_read.named(connection, options.table)
                order = order or _sql_read.primary_key(connection, options.table)
            else:
                # On lines of their own: a comment at its end may not swallow the bracket.
                source = f"(\n{_sql_read.inner(str(options.query))}\n)"
            asked = _sql_read.statement(connection, source, order)
            _labels_are_good(asked, options)
            yield connection, asked, bool(order)


def _url(options: Options, shelf: Shelf) -> Any:
    from sqlalchemy import URL, make_url
    from sqlalchemy.exc import ArgumentError

    if options.path is not None:
        return URL.create("sqlite", database=str(locate(options.path, shelf)))
    name = str(options.url_env)
    written = secret(name)
    if written is None:
        raise DeclarationError(Problem("sql-no-address", value=name))
    try:
        return make_url(written)
    except (ArgumentError, ValueError):
        # Without the cause: its words may have the address.
        raise DeclarationError(Problem("sql-bad-address", value=name)) from None


def _labels_are_good(asked: _sql_read.Statement, options: Options) -> None:
    if len(set(asked.labels)) < len(asked.labels):
        twice = next(name for name in asked.labels if asked.labels.count(name) > 1)
        raise DeclarationError(Problem("sql-column-twice", place=options.address, field=twice))
    if options.geometry is not None and options.geometry not in asked.labels:
        params = {"known": ", ".join(asked.labels)}
        raise DeclarationError(
            Problem("sql-no-column", place=options.address, field=options.geometry, params=params)
        )


def _tables(
    connection: Any, asked: _sql_read.Statement, options: Options
) -> Iterator[dict[str, pa.Array]]:
    """Columns of the rows as they arrive, within the bounds."""
    count, end = 0, time.monotonic() + options.seconds
    for rows in _sql_read.rows(connection, asked):
        count += len(rows)
        if count > options.max_rows:
            params = {"limit": f"{options.max_rows:,}"}
            raise Rejected(Problem("sql-rows", place=options.address, params=params))
        if time.monotonic() > end:
            raise TooSlowError
        yield {
            label: _column(list(values), label, asked, options)
            for label, values in zip(asked.labels, zip(*rows, strict=True), strict=True)
        }


def _column(
    values: Sequence[Any], label: str, asked: _sql_read.Statement, options: Options
) -> pa.Array:
    if label in asked.spatial or label == options.geometry:
        try:
            return pa.array(values, pa.binary())
        except (pa.ArrowTypeError, pa.ArrowInvalid) as error:
            raise _no_wkb(label, options.address) from error
    try:
        return texts(values)
    except UnicodeEncodeError as error:
        raise Rejected(Problem("json-letters", field=label)) from error


def _no_wkb(label: str, address: str) -> Rejected:
    return Rejected(Problem("sql-no-geometry", place=address, field=label))


def _snapshot(
    part: Path, found: Iterator[dict[str, pa.Array]], asked: _sql_read.Statement, ordered: bool,
    options: Options, shelf: Shelf,
) -> None:  # fmt: skip
    """Write the evidence; the same rows in the same order give the same bytes."""
    limit = min(options.max_bytes or shelf.max_bytes, shelf.max_bytes)
    binary = (*asked.spatial, *filter(None, [options.geometry]))
    about = {"geometry": list(dict.fromkeys(binary)), "ordered": ordered}
    schema = pa.schema(
        [(label, pa.binary() if label in binary else pa.string()) for label in asked.labels],
        metadata={_ABOUT: json.dumps(about, ensure_ascii=False).encode()},
    )
    with on_disk(options.address), pq.ParquetWriter(part, schema, compression="zstd") as writer:
        for columns in found:
            writer.write_table(pa.table(columns, schema=schema), row_group_size=BATCH_ROWS)
            if part.stat().st_size > limit:
                raise Rejected(too_large(options.address, limit))


def read(pulled: Pulled, options: Options) -> RawTable:
    """Read what a database gave.

    Args:
        pulled: the evidence that ``pull`` wrote.
        options: what the declaration says.

    Raises:
        Rejected: no such evidence; a geometry that is none, or in several reference systems.
    """
    try:
        schema = pq.read_schema(pulled.path)
        about = json.loads(schema.metadata[_ABOUT])
    except (pa.ArrowInvalid, OSError, KeyError, TypeError, ValueError) as error:
        params = {"kind": _KIND, "found": "—"}
        raise Rejected(Problem("source-wrong-kind", params=params)) from error
    geometry = _which(about["geometry"], options)
    names = [name for name in schema.names if name != geometry]
    labels, named = unique_labels(names, reserved=[geometry] if geometry else ())
    shape = table_schema(labels, geometry)
    findings = list(named)
    if not about["ordered"]:
        findings.append(Problem("sql-unordered", params={}, level=Level.WARNING))
    crs = None
    if geometry:
        from flows.sources._wkb import reference

        crs, doubts = reference(pulled.path, geometry, options.crs)
        findings += doubts
    return raw_table(
        (*labels, *([geometry] if geometry else ())),
        lambda: never_empty(_batches(pulled.path, names, geometry, shape), shape),
        findings, geometry=geometry, crs=crs,
    )  # fmt: skip


def _which(found: Sequence[str], options: Options) -> str | None:
    if options.geometry is not None:
        return options.geometry
    if len(found) > 1:
        params = {"columns": ", ".join(found)}
        raise DeclarationError(Problem("sql-which-geometry", params=params))
    return found[0] if found else None


def _batches(
    path: Path, names: Sequence[str], geometry: str | None, shape: pa.Schema
) -> Iterator[pa.RecordBatch]:
    first = 1
    with pq.ParquetFile(path) as stored:
        for batch in stored.iter_batches(BATCH_ROWS, columns=[*names, *filter(None, [geometry])]):
            rows = pa.array(range(first, first + len(batch)), pa.int64())
            columns = [rows, *(batch.column(name) for name in names)]
            if geometry:
                from flows.sources._wkb import plain

                columns.append(plain(batch.column(geometry), first, geometry))
            yield pa.record_batch(columns, schema=shape)
            first += len(batch)
