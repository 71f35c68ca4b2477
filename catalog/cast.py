"""Text to typed values: the one place where text becomes data.

One caster per Table Schema type, vectorised over Arrow arrays. A caster is given text without
missing values and returns typed values with null where the text is not of the type; the caller
turns those places into problems. The contract is ``docs/canonical-table.md``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from catalog import _moments, _numbers
from catalog._numbers import EXACT_DIGITS as EXACT_DIGITS
from catalog.problem import Problem
from catalog.schema import SchemaField, TableSchema

#: Column that carries the position of a row in its source through the pipeline.
POSITION = "_row"
_POINT_WKB = b"\x01\x01\x00\x00\x00"  # little-endian, type 1
_SPARSE = 1_000  # problems named per batch and field; the rest is counted by the check

Caster = Callable[[pa.StringArray, SchemaField], pa.Array]


def arrow_type(field: SchemaField) -> pa.DataType:
    """The Arrow type of a field's values."""
    if field.type == "number" and field.decimal_places is not None:
        return pa.decimal128(38, field.decimal_places)
    if field.type == "datetime":
        return pa.timestamp("us", tz="UTC" if field.timezone else None)
    return _TYPES.get(field.type, pa.string())


def arrow_schema(schema: TableSchema) -> pa.Schema:
    """The Arrow schema of a canonical table, with each column's Table Schema type."""
    return pa.schema(
        [
            pa.field(field.name, arrow_type(field), metadata={"samdao:type": field.type})
            for field in schema.fields
        ]
    )


def cast(
    batch: pa.RecordBatch, schema: TableSchema, crs: str | None = None
) -> tuple[pa.RecordBatch, tuple[Problem, ...]]:
    """Cast a batch of repaired text.

    Args:
        batch: ``_row`` and text columns (WKB where the source had geometry), any order; a field
            that is absent becomes nulls.
        schema: what the columns mean.
        crs: reference system of WKB columns, ``EPSG:32647``; longitude and latitude if ``None``.

    Returns:
        The typed batch in the schema's order, without ``_row``, and a ``type-error`` for each
        value that is not of its type.
    """
    target = arrow_schema(schema)
    columns: list[pa.Array] = []
    problems: list[Problem] = []
    for field in schema.fields:
        if field.name not in batch.schema.names:
            columns.append(pa.nulls(batch.num_rows, arrow_type(field)))
            continue
        values, wrong = _cast_column(batch.column(field.name), field, schema, crs)
        columns.append(values)
        problems += _problems(batch, field, wrong)
    return pa.RecordBatch.from_arrays(columns, schema=target), tuple(problems)


def lost(text: pa.Array, field: SchemaField, schema: TableSchema) -> pa.BooleanArray:
    """Where a text has no canonical value: for checks, so that what passes them can be cast.

    Args:
        text: values of one field.
        field: what they should be.
        schema: the field's, for its missing values.
    """
    return _cast_column(text, field, schema, None)[1]


def _cast_column(
    column: pa.Array, field: SchemaField, schema: TableSchema, crs: str | None
) -> tuple[pa.Array, pa.Array]:
    """Typed values, and a mask of the places whose text is not of the type."""
    if pa.types.is_binary(column.type) and not field.is_geometry:
        return pa.nulls(len(column), arrow_type(field)), pc.is_valid(column)
    if pa.types.is_binary(column.type):
        from catalog.geometry import from_wkb

        values = from_wkb(column, crs)
        if field.type == "geopoint":
            point = pc.equal(pc.binary_slice(values, 0, 5), _POINT_WKB)
            values = pc.if_else(point, values, pa.scalar(None, values.type))
        return values, _lost(column, values, field)
    text = column.cast(pa.string())
    missing = pc.is_in(text, value_set=pa.array(schema.missing(field), pa.string()))
    text = pc.if_else(pc.fill_null(missing, False), pa.scalar(None, pa.string()), text)
    values = _CASTERS.get(field.type, _text)(text, field)
    return values, _lost(text, values, field)


def _lost(given: pa.Array, values: pa.Array, field: SchemaField) -> pa.BooleanArray:
    """Where something was given and no value came of it; an empty geometry gives none rightly."""
    lost = pc.and_(pc.is_valid(given), pc.is_null(values))
    if not field.is_geometry or not pc.any(lost).as_py():
        return lost
    from catalog.geometry import nothing

    return pc.and_not(lost, nothing(given))


def _problems(batch: pa.RecordBatch, field: SchemaField, wrong: pa.Array) -> Iterator[Problem]:
    places = pc.indices_nonzero(wrong)[:_SPARSE]
    if not len(places):
        return
    rows = batch.column(POSITION).take(places).to_pylist()
    texts = batch.column(field.name).take(places)
    shown = texts.to_pylist() if pa.types.is_string(texts.type) else [None] * len(rows)
    for row, value in zip(rows, shown, strict=True):
        yield Problem(
            "type-error",
            row=row,
            field=field.name,
            value=value and value[:100],
            params={"type": field.type, "format": field.format},
        )


def _text(text: pa.StringArray, field: SchemaField) -> pa.StringArray:
    return text


def _boolean(text: pa.StringArray, field: SchemaField) -> pa.Array:
    more = field.model_extra or {}
    true = pa.array(more.get("trueValues", ["true", "True", "TRUE", "1"]), pa.string())
    false = pa.array(more.get("falseValues", ["false", "False", "FALSE", "0"]), pa.string())
    is_true = pc.is_in(text, value_set=true)
    known = pc.or_(is_true, pc.is_in(text, value_set=false))
    return pc.if_else(known, is_true, pa.scalar(None, pa.bool_()))


def _geopoint(text: pa.StringArray, field: SchemaField) -> pa.Array:
    from catalog.geometry import from_geopoint

    return from_geopoint(text, field.format)


def _geojson(text: pa.StringArray, field: SchemaField) -> pa.Array:
    from catalog.geometry import from_geojson

    return from_geojson(text)


def _json(kind: type | tuple[type, ...]) -> Caster:
    """A caster of JSON text to compact JSON; few tables have such columns, so values are looped."""

    def caster(text: pa.StringArray, field: SchemaField) -> pa.Array:
        return pa.array([_compact(item, kind) for item in text.to_pylist()], pa.string())

    return caster


def _compact(text: str | None, kind: type | tuple[type, ...]) -> str | None:
    if text is None:
        return None
    try:
        value = json.loads(text)
        written = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        written.encode()  # half of a surrogate pair is no text
    except (ValueError, RecursionError):
        return None
    return written if isinstance(value, kind) else None


def _list(text: pa.StringArray, field: SchemaField) -> pa.Array:
    """A delimited list (v2 ``list``) as a JSON array of texts."""
    mark = (field.model_extra or {}).get("delimiter", ",")
    lists = (None if item is None else item.split(mark) for item in text.to_pylist())
    written = (
        None if item is None else json.dumps(item, ensure_ascii=False, separators=(",", ":"))
        for item in lists
    )
    return pa.array(list(written), pa.string())


_TYPES: Mapping[str, pa.DataType] = {
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "time": pa.time64("us"),
    "year": pa.int32(),
    "geopoint": pa.binary(),
    "geojson": pa.binary(),
}

_CASTERS: Mapping[str, Caster] = {
    "integer": _numbers.integer,
    "number": _numbers.number,
    "boolean": _boolean,
    "date": _moments.date,
    "time": _moments.time,
    "datetime": _moments.moment,
    "year": _moments.year,
    "yearmonth": _moments.yearmonth,
    "duration": _moments.duration,
    "geopoint": _geopoint,
    "geojson": _geojson,
    "object": _json(dict),
    "array": _json(list),
    "list": _list,
}


def plain(value: Any) -> str | None:
    """One typed value as canonical text (for keys and addresses); ``None`` stays ``None``."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
