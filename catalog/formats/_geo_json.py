"""Arrow columns as the properties of GeoJSON features, one JSON object per row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalog.formats import _escape as escape
from catalog.formats._records import tokens
from catalog.formats._stream import rows
from catalog.geometry import shapes
from catalog.schema import SchemaField

#: Types whose canonical text is JSON already.
JSON_TYPES = frozenset({"object", "array", "list"})


def properties(batch: pa.RecordBatch, fields: Sequence[SchemaField]) -> pa.StringArray | str:
    """A JSON object for each row, with the fields in order; ``{}`` if there are none.

    Args:
        batch: canonical rows; a number that stands there as text is written as a JSON string.
        fields: the properties.
    """
    parts: list[str | pa.Array] = []
    for field in fields:
        start = f'"{field.name}":' if not parts else f',"{field.name}":'
        parts += [start, _values(batch.column(field.name), field)]
    return rows("{", *parts, "}") if parts else "{}"


def _values(column: pa.Array, field: SchemaField) -> pa.StringArray:
    if field.is_geometry:
        return geojson(column)
    if pa.types.is_string(column.type) and field.type not in JSON_TYPES:
        return pc.fill_null(escape.json(column), "null")
    return tokens(column, field)


def geojson(column: pa.Array) -> pa.StringArray:
    """WKB as GeoJSON geometries: shortest numbers, at most the 7 decimals that tables keep."""
    import shapely

    written = pa.array(np.atleast_1d(shapely.to_geojson(shapes(column))), pa.string())
    return pc.fill_null(written, "null")
