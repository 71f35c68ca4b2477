"""GeoJSON read back by Arrow's parser, a chunk of features at a time, shapes from their numbers.

It is for files of this room's shape: the collection's members, then one feature to a line, values
that are one token, shapes that are no collections. ``reads`` says of which tables; GDAL reads the
others. Nothing here is shared with the writer, whose shapes are GEOS's own GeoJSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalog.cast import arrow_type
from catalog.formats import _geo as geo
from catalog.formats._chunks import after_last, chunks, expect
from catalog.formats._json_lines import parsed
from catalog.geometry import to_wkb
from catalog.schema import SchemaField
from catalog.table import Table

#: Levels of lists that the coordinates of each kind have (RFC 7946 §3.1).
_LEVELS = {
    "Point": 1, "LineString": 2, "MultiPoint": 2, "Polygon": 3, "MultiLineString": 3,
    "MultiPolygon": 4,
}  # fmt: skip
#: Names in a feature outside of its properties: a column called so could not be told from them.
_OWN = frozenset({"type", "id", "geometry", "properties", "coordinates", "features"})
_NUMBERS = frozenset({"number", "integer", "year", "boolean"})
_NESTED = frozenset({"object", "array", "list"})
_OPENING, _END = b'"features":[\n', b"]}\n"


def reads(table: Table) -> bool:
    """Whether the table's file can be read here."""
    others = geo.properties(table)
    plain = all(not field.is_geometry and field.type not in _NESTED for field in others)
    named = not _OWN & {field.name for field in others}
    return bool(others) and plain and named and set(table.geometry_kinds) <= set(_LEVELS)


def read(path: Path, table: Table) -> Iterator[pa.RecordBatch]:
    """The features of a file.

    Raises:
        ValueError: no GeoJSON, or none of the shape that ``reads`` promises.
    """
    kinds = table.geometry_kinds or ("Point",)
    schema = _properties(table)
    for data in _lines(path):
        if len(kinds) == 1:
            yield _features(data, kinds[0], schema, table)
        else:
            yield _of_kinds(data, kinds, schema, table)


def _lines(path: Path) -> Iterator[bytes]:
    """The features, whole lines without the commas between them."""
    waiting, opened, closed = b"", False, False
    for data in chunks(path, after_last(b"},\n")):
        expect(not closed, "more behind the end")
        if not opened:
            waiting += data
            head, found, data = waiting.partition(_OPENING)
            if not found:
                continue
            _check_head(head + _OPENING)
            opened = True
        closed = data.endswith(_END)
        if data := data.removesuffix(_END):
            yield _without_commas(data, closed)
    expect(opened and closed, "no end of the collection")


def _without_commas(data: bytes, last: bool) -> bytes:
    """Lines with a blank for the comma at their end, which all have but the last of the file."""
    letters = np.frombuffer(data, np.uint8).copy()
    before = np.flatnonzero(letters == ord("\n")) - 1
    commas = before[: len(before) - last]
    expect(
        data.endswith(b"\n") and (letters[commas] == ord(",")).all(), "no comma between features"
    )
    letters[commas] = ord(" ")
    return letters.tobytes()


def _check_head(head: bytes) -> None:
    """Whether what stands before the features is the start of a collection (§3.3)."""
    said = json.loads(head + b"]}")
    expect(said["type"] == "FeatureCollection", "no FeatureCollection")


def _properties(table: Table) -> pa.Schema:
    """Names and types of the properties, as they stand in the file."""
    return pa.schema([(field.name, _type(table, field)) for field in geo.properties(table)])


def _type(table: Table, field: SchemaField) -> pa.DataType:
    kind = arrow_type(field)
    if field.type not in _NUMBERS:
        return pa.string()
    exact = pa.types.is_int64(kind) or pa.types.is_decimal(kind)
    return pa.string() if exact and not geo.exact_as_float(table, field) else kind


def _of_kinds(
    data: bytes, kinds: tuple[str, ...], schema: pa.Schema, table: Table
) -> pa.RecordBatch:
    """Features of several kinds of shape: each kind parsed for itself, then put in order again."""
    ends = np.append(0, np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\n")) + 1)
    buffers = [None, pa.py_buffer(ends.astype(np.int32)), pa.py_buffer(data)]
    lines = pa.Array.from_buffers(pa.string(), len(ends) - 1, buffers)
    left = np.ones(len(lines), bool)
    places, found = [], []
    for kind in kinds:
        start = f'"geometry":{{"type":"{kind}"'
        mine = np.asarray(pc.match_substring(lines, start)).astype(bool)
        if kind == kinds[-1]:  # with those that have no shape; whatever else is there is refused
            mine = left
        if mine.any():
            some = lines.filter(pa.array(mine))
            places.append(np.flatnonzero(mine))
            found.append(_features(_bytes(some), kind, schema, table))
        left = left & ~mine
    order = np.argsort(np.concatenate(places))
    return pa.concat_batches(found).take(pa.array(order))


def _bytes(lines: pa.StringArray) -> bytes:
    """The bytes of texts one after the other."""
    size = np.frombuffer(lines.buffers()[1], np.int32)[len(lines)]
    return bytes(memoryview(lines.buffers()[2])[:size])


def _features(data: bytes, kind: str, schema: pa.Schema, table: Table) -> pa.RecordBatch:
    """Lines of features whose shapes are of one kind, or missing."""
    coordinates: pa.DataType = pa.float64()
    for _ in range(_LEVELS[kind]):
        coordinates = pa.list_(coordinates)
    shape = pa.struct([("type", pa.string()), ("coordinates", coordinates)])
    members = {"type": pa.string(), "geometry": shape, "properties": pa.struct(schema)}
    if keys := _keys(table):
        members["id"] = _id_type(keys, table)
    found = parsed(data, pa.schema(members.items()))
    expect(pc.all(pc.equal(found["type"], "Feature")).as_py(), "no feature")
    cells = _cells(found["properties"], data, schema)
    columns = [
        _shapes(found["geometry"], kind)
        if field.name == table.geometry
        else geo.value_of(cells[field.name], field)
        if pa.types.is_string(cells[field.name].type)
        else cells[field.name]
        for field in table.schema.fields
    ]
    return pa.RecordBatch.from_arrays(columns, schema=table.arrow)


def _keys(table: Table) -> list[SchemaField]:
    keys = [table.schema.by_name[name] for name in table.schema.primary_key]
    return [] if any(key.is_geometry for key in keys) else keys


def _id_type(keys: list[SchemaField], table: Table) -> pa.DataType:
    """A feature's id is a number where its only key is a whole number, else a text (§3.2)."""
    one = len(keys) == 1 and keys[0].type == "integer"
    return _type(table, keys[0]) if one else pa.string()


def _cells(found: pa.StructArray, data: bytes, schema: pa.Schema) -> dict[str, pa.Array]:
    """The properties by name.

    Raises:
        ValueError: a feature without one of them.
    """
    expect(not found.null_count, "a feature without properties")
    cells = dict(zip(schema.names, found.flatten(), strict=True))
    for name, cell in cells.items():
        # In a text a quote has a backslash before it, so that this is nothing but a name.
        if cell.null_count:
            expect(data.count(b'"%s":' % name.encode()) == len(found), f"no {name}")
    return cells


def _shapes(found: pa.StructArray, kind: str) -> pa.Array:
    """WKB of geometry objects of one kind."""
    import shapely

    known = found.drop_null()
    expect(pc.all(pc.equal(known.field("type"), kind), min_count=0).as_py(), "another kind")
    expect(not known.field("coordinates").null_count, "a shape without coordinates")
    offsets: list[Any] = []
    level = known.flatten()[1]
    for _ in range(_LEVELS[kind] - 1):
        starts = np.asarray(level.offsets).astype(np.int64)
        offsets.append(starts - starts[0])
        level = level.flatten()
    # The innermost lists are positions: two numbers, never a height (§3.1.1).
    sizes = pc.list_value_length(level)
    expect(pc.all(pc.equal(sizes, 2), min_count=0).as_py(), "a position of other than two numbers")
    numbers = np.asarray(level.flatten(), np.float64).reshape(-1, 2)
    expect(np.isfinite(numbers).all(), "a position without a number")
    if kind == "Point":
        made = shapely.points(numbers)
    else:
        geometry = shapely.GeometryType[kind.upper()]
        try:
            made = shapely.from_ragged_array(geometry, numbers, tuple(reversed(offsets)))
        except (ValueError, shapely.GEOSException) as error:
            raise ValueError(f"no {kind}: {error}") from error
    whole = np.full(len(found), None, dtype=object)
    whole[np.asarray(found.is_valid())] = made
    return to_wkb(whole)
