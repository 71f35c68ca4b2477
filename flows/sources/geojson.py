"""GeoJSON (RFC 7946): a FeatureCollection, or one Feature a line.

Properties are text without loss (numbers as written, nothing inferred), the geometry is WKB in the
column ``geometry``, coordinates bit for bit those of the file. Features are read with the same
lossless reader as JSON and their geometries by GEOS: GDAL would round numbers, take texts for dates
and make up columns. A row is the feature's number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from pydantic import Field, field_validator

from catalog.problem import Problem, Rejected
from flows.sources import POSITION, Pulled, RawTable
from flows.sources._crs import WGS84, by_name, unknown
from flows.sources._file import FileOptions, pull
from flows.sources._json_fast import Run, UnsureError, texts
from flows.sources._json_fast import members as members_of
from flows.sources._json_shapes import LISTED, by_geos, wkb
from flows.sources._json_stream import Cursor, column, elements, members
from flows.sources._spool import Gathered
from flows.sources._table import bounded, never_empty, raw_table, table_schema, unique_labels
from flows.sources._text import MAX_UNPACKED, Text, known_encoding, survey

__all__ = ["Options", "pull", "read"]

GEOMETRY = "geometry"
_ID = "id"
_MEMBERS = frozenset({"type", "properties", "geometry", _ID})
#: Features that wait as Python objects.
_FEATURES = 10_000


class Options(FileOptions):
    """How a GeoJSON file is laid out.

    Attributes:
        encoding: of the file; decided from its bytes if not given (RFC 7946 wants UTF-8).
        crs: its reference system, where the file names a wrong one or none (``EPSG:32647``).
        max_unpacked: bound on the size of an unpacked ``.geojson.gz``, bytes.
    """

    encoding: str | None = None
    crs: str | None = Field(default=None, pattern=r"^EPSG:\d+$")
    max_unpacked: int = Field(default=MAX_UNPACKED, ge=1)

    _known = field_validator("encoding")(known_encoding)


@dataclass(frozen=True, slots=True)
class _Feature:
    """A feature: its properties, its own id, and the text of its geometry."""

    properties: Mapping[str, Any]
    id: Any
    geometry: str


@dataclass(frozen=True, slots=True)
class _Columns:
    """A run of plain features: members of their properties, ids if there are any, WKB."""

    properties: Mapping[str, pa.Array]
    ids: pa.Array | None
    shapes: pa.Array


class _Found:
    """Features as they come, in columns, and what a pass over the file tells beside them.

    Attributes:
        names: of properties, in the order of appearance.
        batches: ``#`` for ids, ``=`` and the name for properties, beside row and geometry.
        crs: the file's own member.
        has_id: whether a feature has an id.
        count: how many features there are.
    """

    def __init__(self) -> None:
        self.names: dict[str, None] = {}
        self.batches = Gathered()
        self.crs: Any = None
        self.has_id = False
        self.count = 0
        self._waiting: list[_Feature] = []
        self._wrong: list[Problem] = []

    def feature(self, feature: _Feature) -> None:
        """Take one feature."""
        self.names |= dict.fromkeys(feature.properties)
        bounded(self.names)
        self._waiting.append(feature)
        if len(self._waiting) == _FEATURES:
            self.settle()

    def columns(self, found: _Columns) -> None:
        """Take many at once."""
        self.settle()
        self.names |= dict.fromkeys(found.properties)
        bounded(self.names)
        self._put(found.properties, found.ids, found.shapes)

    def finish(self) -> None:
        """Take nothing more; wrong geometries are told to whoever asks for the batches."""
        self.settle()
        self.batches.flush()
        if self._wrong:
            self.batches.spool.fail(Rejected(*self._wrong[:LISTED]))

    def settle(self) -> None:
        """Make columns of the features that wait."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        first = self.count + 1
        names = dict.fromkeys(name for one in waiting for name in one.properties)
        columns = {
            name: column([one.properties.get(name) for one in waiting], name, first)
            for name in names
        }
        ids = column([one.id for one in waiting], _ID, first)
        try:
            shapes = by_geos([one.geometry for one in waiting], first, GEOMETRY)
        except Rejected as error:
            self._wrong += error.problems
            shapes = pa.nulls(len(waiting), pa.binary())
        self._put(columns, ids, shapes)

    def _put(
        self, properties: Mapping[str, pa.Array], ids: pa.Array | None, shapes: pa.Array
    ) -> None:
        rows = pa.array(range(self.count + 1, self.count + 1 + len(shapes)), pa.int64())
        columns = {POSITION: rows, GEOMETRY: shapes}
        if ids is not None and ids.null_count < len(ids):
            self.has_id = True
            columns["#"] = ids
        columns |= {f"={name}": values for name, values in properties.items()}
        self.count += len(shapes)
        self.batches.add(pa.RecordBatch.from_pydict(columns))


def read(pulled: Pulled, options: Options) -> RawTable:
    """Read a GeoJSON file, in one pass; its rows are put by, for its names are known at its end.

    Args:
        pulled: the file; gzip is unpacked on the way.
        options: what the declaration says.

    Raises:
        Rejected: not GeoJSON; and, from the batches, a geometry that is none.
    """
    text = survey(
        pulled.path, kind="GeoJSON", encoding=options.encoding, max_unpacked=options.max_unpacked
    )
    found = _gather(text)
    taken, named = unique_labels(tuple(found.names), reserved=[GEOMETRY])
    ids = ("feature_id" if _ID in taken else _ID,) if found.has_id else ()
    labels = (*ids, *taken)
    schema = table_schema(labels, GEOMETRY)
    stored = table_schema([*("#" for _ in ids), *(f"={name}" for name in found.names)], GEOMETRY)

    def opened() -> Iterator[pa.RecordBatch]:
        for batch in found.batches.spool.batches(stored):
            yield pa.record_batch(batch.columns, schema=schema)

    crs, doubts = _crs(found.crs, options)
    findings = (*text.findings, *named, *doubts)
    return raw_table(
        (*labels, GEOMETRY),
        lambda: never_empty(opened(), schema),
        findings,
        geometry=GEOMETRY,
        crs=crs,
    )


def _gather(text: Text) -> _Found:
    """All features of a file."""
    found = _Found()
    with text.lines() as stream:
        for item in _features(Cursor(stream), found):
            if isinstance(item, _Columns):
                found.columns(item)
            else:
                found.feature(item)
    found.finish()
    if not found.count:
        raise Rejected(Problem("source-empty"))
    return found


def _features(cursor: Cursor, found: _Found) -> Iterator[_Columns | _Feature]:
    """Features of a collection, or of one object after the other (RFC 8142 and its like)."""
    if cursor.peek() != "{":
        raise _invalid(f"begins with «{cursor.peek()}»")
    collection = True
    while cursor.peek():
        plain = None if collection else cursor.run(_taken, commas=False)
        if plain is not None:
            yield plain
            continue
        collection = False
        parts: dict[str, Any] = {}
        for name in members(cursor):
            if name == "features" and cursor.peek() == "[":
                collection = True
                yield from elements(cursor, _feature, _taken)
            else:
                _part(cursor, name, parts)
        found.crs = parts.get("crs", found.crs)
        if not collection:
            yield _made(parts)
        elif parts.get("type") != "FeatureCollection":
            raise _invalid(f"type: {parts.get('type')}")


def _taken(found: Run, _: int) -> _Columns:
    """Columns of plain features.

    Raises:
        UnsureError: a record that is no feature, or has anything unusual in it.
    """
    features = members_of(found.records)
    kinds = features.get("type", ())
    # Only texts may be put into a set; a list in its place is for the careful reader to refuse.
    if not features.keys() <= _MEMBERS or set(map(type, kinds)) != {str}:
        raise UnsureError
    if set(kinds) != {"Feature"}:
        raise UnsureError
    nothing = (None,) * len(found.records)
    properties = [one or () for one in features.get("properties", nothing)]
    if set(map(type, properties)) != {tuple}:
        raise UnsureError
    columns = {name: texts(values) for name, values in members_of(properties).items()}
    ids = texts(features[_ID]) if _ID in features else None
    return _Columns(columns, ids, wkb(features.get("geometry", nothing)))


def _feature(cursor: Cursor) -> _Feature:
    if cursor.peek() != "{":
        raise _invalid(f"a feature begins with «{cursor.peek()}»")
    parts: dict[str, Any] = {}
    for name in members(cursor):
        _part(cursor, name, parts)
    return _made(parts)


def _part(cursor: Cursor, name: str, parts: dict[str, Any]) -> None:
    if name in parts:
        cursor.refuse(f"«{name}» stands twice")
    parts[name] = cursor.raw() if name == "geometry" else cursor.value()


def _made(parts: Mapping[str, Any]) -> _Feature:
    properties = parts.get("properties") or {}
    if parts.get("type") != "Feature" or not isinstance(properties, dict):
        raise _invalid(f"type: {parts.get('type')}")
    return _Feature(properties, parts.get("id"), parts.get("geometry", "null"))


def _crs(declared: Any, options: Options) -> tuple[str | None, tuple[Problem, ...]]:
    """The reference system: of the options, of the old ``crs`` member, or RFC 7946's WGS 84."""
    if options.crs:
        return options.crs, ()
    if declared is None:
        return WGS84, ()
    properties = declared.get("properties") if isinstance(declared, dict) else None
    name = str(properties.get("name")) if isinstance(properties, dict) else str(declared)
    known = by_name(name)
    return known, () if known else (unknown(name[:100]),)


def _invalid(reason: str) -> Rejected:
    return Rejected(Problem("geojson-invalid", params={"reason": reason}))
