"""GeoPackage (OGC 12-128r18): a layer of features, or a table of attributes.

Values are the text of what SQLite stores: integers and decimals with all their digits, days and
times as the file has them, ``true`` and ``false`` of boolean columns, blobs as hexadecimal digits.
Geometry is WKB in the column that the file calls so, its reference system the file's. GDAL's own
numbering (``fid``) is no column. A row is the feature's number in the order of the primary key.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from catalog.problem import Level, OutsideError, Problem, Rejected
from catalog.registry import nearest
from flows.sources import BATCH_ROWS, Pulled, RawTable, Shelf, _file
from flows.sources._crs import by_wkt, unknown
from flows.sources._file import FileOptions, locate
from flows.sources._gpkg_wkb import without_header
from flows.sources._sniff import sniff
from flows.sources._sql_read import open_sqlite
from flows.sources._table import never_empty, raw_table, table_schema, unique_labels
from flows.sources._values import texts
from flows.sources._wkb import plain

__all__ = ["Options", "pull", "read"]

_KIND = "GeoPackage"
_MAGIC = b"SQLite format 3\0"
#: Names that GDAL gives to the primary key that the standard asks for, where the data has none.
_NUMBERING = frozenset({"fid", "ogc_fid"})
_SECONDS = 3600.0
#: Rows fetched at a time, and bytes after which a batch is full.
_FETCHED, _OCTETS = 2_000, 64 << 20
#: Bytes of the file that a row takes at least; steps of SQLite for each byte of the file, and
#: between looks at their number: reading a table takes less than one, sorting it a few.
_SMALLEST, _STEPS_PER_OCTET, _STEPS = 2, 100, 1_000_000
_LONG = frozenset({str, bytes})


class Options(FileOptions):
    """How a GeoPackage is laid out.

    Attributes:
        layer: name of the layer or table, where there are several.
        crs: its reference system, over what the file says (``EPSG:24047``).
    """

    layer: str | None = Field(default=None, min_length=1)
    crs: str | None = Field(default=None, pattern=r"^EPSG:\d+$")


@dataclass(frozen=True, slots=True)
class _Layer:
    """A layer: its columns without the geometry, which of them are boolean, and its geometry."""

    name: str
    columns: tuple[str, ...]
    booleans: frozenset[str]
    order: str | None
    geometry: str | None
    crs: str | None = None
    findings: tuple[Problem, ...] = ()


def pull(options: Options, shelf: Shelf) -> Pulled:
    """Bring a GeoPackage's bytes into the evidence folder.

    Raises:
        OutsideError: missing, unreachable, or open in another program, which keeps its last
            changes in a file beside it (``-wal``) until it is closed.
        Rejected: over the size bound.
        DeclarationError: the path leaves the declaration's folder.
    """
    if options.path is not None:
        found = locate(options.path, shelf)
        waiting = found.with_name(f"{found.name}-wal")
        if waiting.is_file() and waiting.stat().st_size:
            params = {"passing": True}
            raise OutsideError(Problem("gpkg-open", place=options.path, params=params))
    return _file.pull(options, shelf)


def read(pulled: Pulled, options: Options) -> RawTable:
    """Read a GeoPackage.

    Args:
        pulled: the file.
        options: which layer, and its reference system if the file does not say it.

    Raises:
        Rejected: no GeoPackage, damaged, several layers and none named, texts that are not UTF-8;
            and, from the batches, a geometry that is none.
    """
    with _opened(pulled) as connection:
        layer = _layer(connection, options)
    reserved = [layer.geometry] if layer.geometry else []
    labels, named = unique_labels(layer.columns, reserved=reserved)
    schema = table_schema(labels, layer.geometry)

    def opened() -> Iterator[pa.RecordBatch]:
        with _opened(pulled) as connection:
            yield from _batches(connection, layer, schema, pulled.path.stat().st_size)

    return raw_table(
        (*labels, *reserved),
        lambda: never_empty(opened(), schema),
        (*layer.findings, *named),
        geometry=layer.geometry,
        crs=layer.crs,
    )


@contextmanager
def _opened(pulled: Pulled) -> Iterator[sqlite3.Connection]:
    """The evidence as a database that nobody writes to; its complaints as problems."""
    _must_be_sqlite(pulled.path)
    try:
        with closing(open_sqlite(pulled.path, _SECONDS, frozen=True)) as connection:
            _bounded(connection, pulled.path.stat().st_size)
            yield connection
    except (sqlite3.Error, UnicodeDecodeError) as error:
        said = str(error)[:200]
        code = "sql-letters" if "decode" in said.lower() else "gpkg-broken"
        code = "gpkg-endless" if said == "interrupted" else code
        raise Rejected(Problem(code, place=pulled.address, params={"reason": said})) from error


def _bounded(connection: sqlite3.Connection, size: int) -> None:
    """Let the file's own views ask no more of SQLite than reading every byte a hundred times."""
    left = 100 + size * _STEPS_PER_OCTET // _STEPS

    def enough() -> bool:
        nonlocal left
        left -= 1
        return left < 0

    connection.set_progress_handler(enough, _STEPS)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, min(size, _OCTETS))


def _must_be_sqlite(path: Path) -> None:
    with path.open("rb") as source:
        head = source.read(4096)
    if not head:
        raise Rejected(Problem("source-empty"))
    sniff(head, _KIND)
    if not head.startswith(_MAGIC):
        raise Rejected(Problem("source-wrong-kind", params={"kind": _KIND, "found": "—"}))


def _layer(connection: sqlite3.Connection, options: Options) -> _Layer:
    name = _chosen(_contents(connection), options)
    found = connection.execute(f"PRAGMA table_xinfo({_quoted(name)})").fetchall()
    geometry, crs, doubts = _geometry(connection, name, options)
    key = [column[1] for column in found if column[5]]
    left = [column for column in key if column.lower() in _NUMBERING and len(key) == 1]
    columns = [column for column in found if column[1] not in (geometry, *left)]
    booleans = frozenset(column[1] for column in columns if column[2].upper() == "BOOLEAN")
    if not columns and geometry is None:
        raise Rejected(Problem("source-empty"))
    notes = tuple(Problem("gpkg-numbering", field=name, level=Level.NOTE) for name in left)
    return _Layer(
        name, tuple(column[1] for column in columns), booleans, key[0] if len(key) == 1 else None,
        geometry, crs, (*notes, *doubts),
    )  # fmt: skip


def _contents(connection: sqlite3.Connection) -> dict[str, str]:
    """Layers and tables by name, with their kind (``features``, ``attributes``)."""
    known = {
        name
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type != 'index'")
    }
    if "gpkg_contents" not in known:
        raise Rejected(Problem("source-wrong-kind", params={"kind": _KIND, "found": "SQLite"}))
    rows = connection.execute("SELECT table_name, data_type FROM gpkg_contents ORDER BY 1")
    kinds = {"features": "features", "attributes": "attributes", "aspatial": "attributes"}
    return {name: kinds[kind] for name, kind in rows if kind in kinds and name in known}


def _chosen(contents: dict[str, str], options: Options) -> str:
    """The layer that is declared, or the only one; one of features among tables of attributes."""
    shown = ", ".join(contents) or "—"
    if options.layer is not None:
        if options.layer not in contents:
            params = {"layers": shown, "nearest": nearest(options.layer, list(contents)) or "—"}
            raise Rejected(Problem("gpkg-no-layer", value=options.layer, params=params))
        return options.layer
    features = [name for name, kind in contents.items() if kind == "features"]
    among = features or list(contents)
    if len(among) != 1:
        raise Rejected(Problem("gpkg-which", params={"layers": shown}))
    return among[0]


def _geometry(
    connection: sqlite3.Connection, layer: str, options: Options
) -> tuple[str | None, str | None, tuple[Problem, ...]]:
    """Name and reference system of a layer's geometry (clauses 2.1.5 and 1.1.2)."""
    if not connection.execute(
        "SELECT 1 FROM sqlite_master WHERE name = 'gpkg_geometry_columns'"
    ).fetchone():
        return None, None, ()
    found = connection.execute(
        "SELECT g.column_name, s.organization, s.organization_coordsys_id, s.definition "
        "FROM gpkg_geometry_columns g LEFT JOIN gpkg_spatial_ref_sys s USING (srs_id) "
        "WHERE g.table_name = ?",
        [layer],
    ).fetchone()
    if found is None:
        return None, None, ()
    column, body, code, definition = found
    if options.crs:
        return column, options.crs, ()
    if str(body).upper() == "EPSG" and int(code) > 0:
        return column, f"EPSG:{int(code)}", ()
    known = by_wkt(str(definition))
    return column, known, () if known else (unknown(f"{body} {code}"[:80]),)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _batches(
    connection: sqlite3.Connection, layer: _Layer, schema: pa.Schema, most: int
) -> Iterator[pa.RecordBatch]:
    """Batches of a layer, from a file of so many bytes."""
    names = [*layer.columns, *([layer.geometry] if layer.geometry else [])]
    order = f" ORDER BY {_quoted(layer.order)}" if layer.order else ""
    cursor = connection.execute(
        f"SELECT {', '.join(map(_quoted, names))} FROM {_quoted(layer.name)}{order}"
    )
    first = 1
    for rows in _grouped(cursor, most // _SMALLEST, max(_OCTETS // most, 1)):
        columns: list[Any] = [pa.array(range(first, first + len(rows)), pa.int64())]
        values = [list(column) for column in zip(*rows, strict=True)]
        for name, column in zip(layer.columns, values, strict=False):
            columns.append(_texts(column, name, layer))
        if layer.geometry:
            octets = without_header(values[-1], first, layer.geometry)
            columns.append(plain(octets, first, layer.geometry))
        yield pa.record_batch(columns, schema=schema)
        first += len(rows)


def _grouped(cursor: sqlite3.Cursor, most: int, together: int) -> Iterator[list[tuple[Any, ...]]]:
    """Rows in batches, bounded in number and in bytes.

    Args:
        cursor: gives them.
        most: rows that the file can hold; a view may go on for ever.
        together: rows that fit into memory whatever their values are.

    Raises:
        Rejected: more rows.
    """
    batch: list[tuple[Any, ...]] = []
    size = count = 0
    while rows := cursor.fetchmany(min(_FETCHED, together)):
        batch += rows
        count += len(rows)
        if count > most:
            raise Rejected(Problem("gpkg-endless"))
        size += sum(len(value) for row in rows for value in row if type(value) in _LONG)
        if len(batch) >= BATCH_ROWS or size > _OCTETS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _texts(values: Sequence[Any], name: str, layer: _Layer) -> pa.Array:
    found = texts(values)
    if name in layer.booleans:
        for stored, word in (("1", "true"), ("0", "false")):
            found = pc.if_else(pc.equal(found, stored), word, found)
    return found
