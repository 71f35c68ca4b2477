"""GeoJSON (RFC 7946): a FeatureCollection, or one Feature a line.

Properties are text without loss (numbers as written, nothing inferred), the geometry is WKB in the
column ``geometry``, coordinates bit for bit those of the file. Features are read with the same
lossless reader as JSON and their geometries by GEOS: GDAL would round numbers, take texts for dates
and make up columns. A row is the feature's number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pyarrow as pa
from pydantic import Field, field_validator

from catalog.problem import Problem, Rejected
from flows.sources import Pulled, RawTable
from flows.sources._crs import WGS84, by_name, unknown
from flows.sources._file import FileOptions, pull
from flows.sources._json_stream import Cursor, column, elements, in_batches, members
from flows.sources._table import never_empty, raw_table, table_schema, unique_labels
from flows.sources._text import MAX_UNPACKED, Text, known_encoding, survey

__all__ = ["Options", "pull", "read"]

GEOMETRY = "geometry"
_ID = "id"
#: GEOS takes a whole Feature for a geometry too; in a geometry the word has no other place.
_FEATURE = '"Feature'
_LISTED = 100


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


@dataclass(slots=True)
class _Found:
    """What a pass over the file tells beside the features."""

    crs: Any = None
    has_id: bool = False


def read(pulled: Pulled, options: Options) -> RawTable:
    """Read a GeoJSON file; the names of properties are collected in a first pass.

    Args:
        pulled: the file; gzip is unpacked on the way.
        options: what the declaration says.

    Raises:
        Rejected: not GeoJSON; and, from the batches, a geometry that is none.
    """
    text = survey(
        pulled.path, kind="GeoJSON", encoding=options.encoding, max_unpacked=options.max_unpacked
    )
    names, found = _names(text)
    taken, named = unique_labels(names, reserved=[GEOMETRY])
    ids = ("feature_id" if _ID in taken else _ID,) if found.has_id else ()
    labels = (*ids, *taken)
    schema = table_schema(labels, GEOMETRY)

    def opened() -> Iterator[pa.RecordBatch]:
        first = 1
        with text.lines() as stream:
            for batch in in_batches(_features(Cursor(stream), _Found())):
                columns = [column([one.id for one in batch], _ID, first)] if ids else []
                columns += [
                    column([one.properties.get(name) for one in batch], label, first)
                    for name, label in zip(names, taken, strict=True)
                ]
                rows = pa.array(range(first, first + len(batch)), pa.int64())
                shapes = _wkb([one.geometry for one in batch], first)
                yield pa.record_batch([rows, *columns, shapes], schema=schema)
                first += len(batch)

    crs, doubts = _crs(found.crs, options)
    findings = (*text.findings, *named, *doubts)
    return raw_table(
        (*labels, GEOMETRY),
        lambda: never_empty(opened(), schema),
        findings,
        geometry=GEOMETRY,
        crs=crs,
    )


def _names(text: Text) -> tuple[tuple[str, ...], _Found]:
    names: dict[str, None] = {}
    found, count = _Found(), 0
    with text.lines() as stream:
        for feature in _features(Cursor(stream), found):
            names |= dict.fromkeys(feature.properties)
            found.has_id = found.has_id or feature.id is not None
            count += 1
    if not count:
        raise Rejected(Problem("source-empty"))
    return tuple(names), found


def _features(cursor: Cursor, found: _Found) -> Iterator[_Feature]:
    """Features of a collection, or of one object after the other (RFC 8142 and its like)."""
    if cursor.peek() != "{":
        raise _invalid(f"begins with «{cursor.peek()}»")
    while cursor.peek():
        collection = False
        parts: dict[str, Any] = {}
        for name in members(cursor):
            if name == "features" and cursor.peek() == "[":
                collection = True
                yield from elements(cursor, _feature)
            else:
                _part(cursor, name, parts)
        found.crs = parts.get("crs", found.crs)
        if not collection:
            yield _made(parts)
        elif parts.get("type") != "FeatureCollection":
            raise _invalid(f"type: {parts.get('type')}")


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


def _wkb(geometries: list[str], first: int) -> pa.Array:
    """WKB (ISO, little-endian) of geometries as GeoJSON writes them; null where there is none."""
    import shapely

    texts = [None if text == "null" else text for text in geometries]
    wrapped = any(_FEATURE in text for text in texts if text)
    try:
        shapes = None if wrapped else shapely.from_geojson(texts)
    except shapely.errors.GEOSException:
        shapes = None
    if shapes is None:
        raise Rejected(*islice(_bad_geometries(texts, first), _LISTED))
    octets = shapely.to_wkb(shapes, output_dimension=3, byte_order=1, flavor="iso")
    return pa.array(octets, pa.binary())


def _bad_geometries(texts: list[str | None], first: int) -> Iterator[Problem]:
    import shapely

    for row, text in enumerate(texts, first):
        reason = "a Feature is no geometry" if text and _FEATURE in text else None
        try:
            shapely.from_geojson(text)
        except shapely.errors.GEOSException as error:
            reason = str(error)
        if reason:
            params = {"reason": reason}
            yield Problem("geometry-invalid", row=row, field=GEOMETRY, params=params)


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
