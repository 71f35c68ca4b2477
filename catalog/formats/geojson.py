"""GeoJSON (RFC 7946): a FeatureCollection, one feature to a line.

Longitude, latitude, at most 7 decimals, exterior rings counter-clockwise, ``bbox``, no ``crs``
member (§4 took it out). A feature's ``id`` is the row's primary key (§3.2); several key columns
are joined by commas, with ``%`` and ``,`` inside of them percent-encoded. Properties are typed
JSON; other geometry columns are geometry objects in them. Columns of integers or decimals that
float64 would round stand as strings (RFC 7493 §2.2). Title, licence, attribution and edition are
foreign members (§6.1) of the collection.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from catalog.formats import About, Format, _geojson_reader
from catalog.formats import _escape as escape
from catalog.formats import _geo as geo
from catalog.formats._fit import Tally, fit
from catalog.formats._geo_json import JSON_TYPES, geojson, properties
from catalog.formats._geo_ogr import opened, typed
from catalog.formats._stream import batches, put, rows
from catalog.geometry import from_geojson
from catalog.problem import Problem
from catalog.schema import SchemaField
from catalog.spec import Words
from catalog.table import Table

FORMAT = Format(
    name="geojson",
    title=Words(th="GeoJSON", en="GeoJSON"),
    extension="geojson",
    media_type="application/geo+json",
    eu_file_type="GEOJSON",
    ckan="GeoJSON",
    gdcatalog="อื่นๆ",
    stars_dga=3,
    stars_nectec=3,
    geometry="needs",
)
#: GDAL left alone would guess dates from texts, and one type from arrays of several.
_OPEN = {"DATE_AS_STRING": "YES", "ARRAY_AS_STRING": "YES"}
_STEPS = (geo.NO_NUL,)


def refuse(table: Table) -> Problem | None:
    """A table needs a geometry column; rows without a geometry are features with ``null``."""
    return geo.refuse_without_geometry(table)


def write(table: Table, about: About, target: Path) -> tuple[Problem, ...]:
    """Write the table; U+0000, which hardly any reader of JSON takes, is replaced."""
    tally = Tally()
    skip = 1  # the comma before the first feature
    with target.open("wb") as out:
        out.write(_head(table, about))
        for batch in batches(table):
            fitted = fit(batch, table.schema.fields, _STEPS, tally)
            put(out, _features(_with_texts(fitted, table), table), skip)
            skip = 0
        out.write(b"\n]}\n")
    return tally.problems(_STEPS, table.name)


def read(path: Path, table: Table) -> Iterator[pa.RecordBatch]:
    """Read back by Arrow's parser where it can, else with GDAL."""
    if _geojson_reader.reads(table):
        yield from _geojson_reader.read(path, table)
        return
    with opened(path, options=_OPEN) as features:
        for batch in features:
            yield typed(batch, table, other_geometry=_geometry_object, json_types=JSON_TYPES)


def held(batch: pa.RecordBatch, table: Table) -> pa.RecordBatch:
    """Everything but U+0000."""
    return fit(batch, table.schema.fields, _STEPS)


def _geometry_object(text: pa.StringArray, field: SchemaField) -> pa.Array:
    return from_geojson(text)


def _head(table: Table, about: About) -> bytes:
    """The collection up to its features; ``name`` is what GDAL calls the layer."""
    members: dict[str, Any] = {"type": "FeatureCollection", "name": table.name, **geo.facts(about)}
    if table.box:
        members["bbox"] = list(table.box)
    lines = (f"{json.dumps(k)}:{json.dumps(v, ensure_ascii=False)}," for k, v in members.items())
    return ("{" + "\n".join(lines) + '\n"features":[').encode()


def _with_texts(batch: pa.RecordBatch, table: Table) -> pa.RecordBatch:
    """The batch with the integers and decimals that float64 would round as texts."""
    for field in table.schema.fields:
        column = batch.column(field.name)
        exact = pa.types.is_int64(column.type) or pa.types.is_decimal(column.type)
        if exact and not geo.exact_as_float(table, field):
            place = batch.schema.get_field_index(field.name)
            batch = batch.set_column(place, field.name, geo.text_of(column, field))
    return batch


def _features(batch: pa.RecordBatch, table: Table) -> pa.StringArray:
    """A line for each feature, with the separator that stands before it."""
    start = ',\n{"type":"Feature"'
    shape = geojson(batch.column(table.geometry))
    told = properties(batch, geo.properties(table))
    return rows(start, *_id(batch, table), ',"geometry":', shape, ',"properties":', told, "}")


def _id(batch: pa.RecordBatch, table: Table) -> tuple[str | pa.Array, ...]:
    """The member ``id`` of each feature, if the table has a primary key beside its geometry."""
    keys = [table.schema.by_name[name] for name in table.schema.primary_key]
    if not keys or any(key.is_geometry for key in keys):
        return ()
    texts = [pc.fill_null(geo.text_of(batch.column(key.name), key), "") for key in keys]
    if len(keys) > 1:
        for sign, code in (("%", "%25"), (",", "%2C")):
            texts = [pc.replace_substring(text, pattern=sign, replacement=code) for text in texts]
        return (',"id":', escape.json(pc.binary_join_element_wise(*texts, ",")))
    # A number that stands as text in the properties (too long for float64) does so here too.
    number = keys[0].type == "integer" and pa.types.is_integer(batch.column(keys[0].name).type)
    return (',"id":', texts[0] if number else escape.json(texts[0]))
