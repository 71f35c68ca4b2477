"""Arrow columns as JSON values and objects (RFC 8259), one text per row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalog.formats import _escape as escape
from catalog.formats._stream import rows
from catalog.formats._text import to_text
from catalog.geometry import shapes
from catalog.schema import SchemaField

#: Types whose canonical text is JSON already.
JSON_TYPES = frozenset({"object", "array", "list"})


def json_values(column: pa.Array, field: SchemaField) -> pa.StringArray:
    """A column's values as JSON; ``null`` for null."""
    if field.is_geometry:
        text = geojson(column)
    elif field.type in JSON_TYPES or pa.types.is_boolean(column.type):
        text = column.cast(pa.string())
    elif is_number(column.type):
        # A year's text has leading zeros, which no JSON number may have.
        text = column.cast(pa.string()) if field.type == "year" else to_text(column, field)
    else:
        text = escape.json(column if pa.types.is_string(column.type) else to_text(column, field))
    return pc.fill_null(text, "null")


def is_number(kind: pa.DataType) -> bool:
    """Whether values of a type are written as JSON numbers."""
    tests = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal)
    return any(test(kind) for test in tests)


def geojson(column: pa.Array) -> pa.StringArray:
    """WKB as GeoJSON geometries: shortest numbers, at most the 7 decimals that tables keep."""
    import shapely

    return pa.array(np.atleast_1d(shapely.to_geojson(shapes(column))), pa.string())


def objects(batch: pa.RecordBatch, fields: Sequence[SchemaField]) -> pa.StringArray | str:
    """A JSON object for each row, with the fields in order; ``{}`` if there are none."""
    parts: list[str | pa.Array] = []
    for field in fields:
        start = f'"{field.name}":' if not parts else f',"{field.name}":'
        parts += [start, json_values(batch.column(field.name), field)]
    return rows("{", *parts, "}") if parts else "{}"
