"""Typed values as text and back, for every format whose cells are text.

The text is what Table Schema v2 says for each type, so that a file validates against
``written_schema`` of its own table: numbers in the shortest form that gives the same float64
back, dates and times in ISO 8601, points as ``lon,lat``, shapes as GeoJSON geometries, lists
joined by their delimiter. ``from_text`` is the inverse of ``to_text`` on every canonical value.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalog.cast import arrow_type
from catalog.formats._points import coordinates, only_points, to_points
from catalog.formats._stream import may_have
from catalog.geometry import DECIMALS, from_geojson, from_geopoint, shapes, to_wkb
from catalog.schema import SchemaField, TableSchema

#: How the offset of a declared ``timezone`` is written.
OFFSETS = {"UTC": "Z", "Asia/Bangkok": "+07:00"}
#: Shift in microseconds. Bangkok's clock has been seven hours ahead since 1920; for the years
#: before, the fixed offset still names the same moment.
_SHIFTS = {"UTC": 0, "Asia/Bangkok": 7 * 3_600_000_000}
#: What stands before, between and after the two numbers of a point.
_POINT_MARKS = {"default": ("", ",", ""), "array": ("[", ",", "]")}
_EMPTY_FRACTION = r"\.0+$|(\.\d*?[1-9])0+$"
#: Properties of a field that say how its *source* is spelt; files are spelt in the default way.
_SPELLING = ("trueValues", "falseValues", "groupChar", "decimalChar", "bareNumber")
_DEFAULT_FORMAT = frozenset({"date", "time", "datetime", "year", "yearmonth", "duration"})


def to_text(column: pa.Array, field: SchemaField) -> pa.StringArray:
    """Canonical values as text; null stays null."""
    kind = column.type
    if pa.types.is_binary(kind):
        return _point_text(column, field.format) if field.type == "geopoint" else _geojson(column)
    if field.type == "list":
        return _joined(column, field)
    if field.type == "year":
        return _years(column)
    if pa.types.is_floating(kind):
        return _floats(column)
    if pa.types.is_decimal(kind):
        return decimals(column)
    if pa.types.is_timestamp(kind):
        return _moments(column, field)
    if pa.types.is_time(kind):
        return pc.replace_substring_regex(column.cast(pa.string()), _EMPTY_FRACTION, r"\1")
    return column.cast(pa.string())


def from_text(text: pa.StringArray, field: SchemaField) -> pa.Array:
    """The canonical values that ``to_text`` wrote."""
    if field.type == "geopoint":
        marks = _POINT_MARKS.get(field.format)
        quick = to_points(text, *marks) if marks else None
        return from_geopoint(text, field.format) if quick is None else quick
    if field.type == "geojson":
        return from_geojson(text)
    if field.type == "list":
        return _split(text, field)
    if field.type == "time":
        day = pc.binary_join_element_wise("1970-01-01", text, "T")
        return day.cast(pa.timestamp("us")).cast(pa.time64("us"))
    return text.cast(arrow_type(field))


def written_schema(schema: TableSchema) -> dict[str, Any]:
    """The Table Schema that describes the files written from a table.

    A schema in ``schemas/`` may say how a source spells dates, booleans and numbers; files are
    always spelt in the default way, with an empty cell for null.
    """
    written = schema.as_json()
    written.pop("missingValues", None)
    written["fields"] = [_written(field) for field in written["fields"]]
    return written


def _written(field: dict[str, Any]) -> dict[str, Any]:
    left_out = {"missingValues", *_SPELLING}
    if field.get("type") in _DEFAULT_FORMAT:
        left_out.add("format")
    return {name: value for name, value in field.items() if name not in left_out}


def local(column: pa.Array, field: SchemaField) -> pa.Array:
    """Moments as the clock of the field's time zone shows them, without a zone."""
    naive = column.cast(pa.timestamp("us"))
    shift = _SHIFTS[field.timezone] if field.timezone else 0
    return pc.add(naive, pa.scalar(shift, pa.duration("us"))) if shift else naive


def to_wkt(column: pa.Array) -> pa.StringArray:
    """WKB as WKT (OGC 06-103r4 §7), trimmed to the decimals that canonical tables keep."""
    if only_points(column):
        lon, lat = (degrees(values) for values in coordinates(column))
        return pc.binary_join_element_wise("POINT (", lon, " ", lat, ")", "")
    import shapely

    found = shapely.to_wkt(shapes(column), rounding_precision=DECIMALS, trim=True)
    return pa.array(np.atleast_1d(found), pa.string())


def from_wkt(text: pa.StringArray) -> pa.Array:
    """WKT as canonical WKB."""
    quick = to_points(text, "POINT (", " ", ")")
    if quick is not None:
        return quick
    import shapely

    return to_wkb(shapely.from_wkt(np.asarray(text.to_pylist(), dtype=object)))


def degrees(values: Any) -> pa.StringArray:
    """Coordinates as plain decimals, at most 7 places, never with an exponent; null for NaN."""
    plain = np.asarray(values, np.float64) + 0.0  # which makes -0.0 plain 0.0
    numbers = pa.array(plain, from_pandas=True)
    # The shortest text of a number that is rounded to 7 decimals has no more of them.
    if (np.isnan(plain) | (np.round(plain, DECIMALS) == plain)).all():
        text = numbers.cast(pa.string())
        if not may_have(text, b"e"):
            return text
    exact = numbers.cast(pa.decimal128(18, DECIMALS))
    return pc.replace_substring_regex(decimals(exact), _EMPTY_FRACTION, r"\1")


def decimals(column: pa.Array) -> pa.StringArray:
    """Exact decimals with all their places; Arrow's own cast writes ``0E-9`` for small ones."""
    places = column.type.scale
    if not places:
        return column.cast(pa.string())
    whole = pa.Array.from_buffers(
        pa.decimal128(38, 0), len(column), column.buffers(), offset=column.offset
    ).cast(pa.string())
    digits = pc.utf8_lpad(pc.utf8_ltrim(whole, "-"), places + 1, "0")
    sign = pc.if_else(pc.starts_with(whole, "-"), "-", "")
    units = pc.utf8_slice_codeunits(digits, 0, -places)
    return pc.binary_join_element_wise(
        sign, units, ".", pc.utf8_slice_codeunits(digits, -places), ""
    )


def compact(value: Any) -> str:
    """JSON as canonical tables keep it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _floats(column: pa.Array) -> pa.StringArray:
    """Shortest text; Arrow writes 12345678901.5 with an exponent, people do not."""
    text = column.cast(pa.string())
    for power in range(10, 15):
        mark = f"e+{power}"
        if pc.any(pc.ends_with(text, mark)).as_py():
            text = pc.coalesce(_unfolded(text, power), text)
    return text


def _unfolded(text: pa.StringArray, power: int) -> pa.StringArray:
    """``1.23456e+10`` as ``12345600000``; null where the text has no such exponent."""
    pattern = rf"\A(?P<sign>-?)(?P<first>[0-9])\.?(?P<rest>[0-9]*)e\+{power}\z"
    parts = pc.extract_regex(text, pattern=pattern)
    first, rest = (pc.struct_field(parts, name) for name in ("first", "rest"))
    digits = pc.utf8_rpad(pc.binary_join_element_wise(first, rest, ""), power + 1, "0")
    units = pc.utf8_slice_codeunits(digits, 0, power + 1)
    places = pc.utf8_slice_codeunits(digits, power + 1)
    point = pc.if_else(pc.equal(places, ""), "", ".")
    return pc.binary_join_element_wise(pc.struct_field(parts, "sign"), units, point, places, "")


def _years(column: pa.Array) -> pa.StringArray:
    """Four digits at least, as Table Schema and XML Schema want years."""
    digits = pc.utf8_lpad(pc.abs(column).cast(pa.string()), 4, "0")
    return pc.binary_join_element_wise(pc.if_else(pc.less(column, 0), "-", ""), digits, "")


def _moments(column: pa.Array, field: SchemaField) -> pa.StringArray:
    """ISO 8601 with ``T``, no empty fraction, and the offset of the field's time zone."""
    text = pc.replace_substring(local(column, field).cast(pa.string()), " ", "T")
    text = pc.replace_substring_regex(text, _EMPTY_FRACTION, r"\1")
    offset = OFFSETS[field.timezone] if field.timezone else ""
    return pc.binary_join_element_wise(text, offset, "") if offset else text


def _point_text(column: pa.Array, form: str) -> pa.StringArray:
    lon, lat = (degrees(values) for values in coordinates(column))
    parts = {
        "array": ("[", lon, ",", lat, "]"),
        "object": ('{"lon":', lon, ',"lat":', lat, "}"),
    }.get(form, (lon, ",", lat))
    return pc.binary_join_element_wise(*parts, "")


def _geojson(column: pa.Array) -> pa.StringArray:
    import shapely

    return pa.array(np.atleast_1d(shapely.to_geojson(shapes(column))), pa.string())


def _joined(column: pa.Array, field: SchemaField) -> pa.StringArray:
    """Lists in their delimited form; few tables have them, so values are looped."""
    mark = _delimiter(field)
    lists = (None if text is None else json.loads(text) for text in column.to_pylist())
    return pa.array([None if items is None else mark.join(items) for items in lists], pa.string())


def _split(text: pa.StringArray, field: SchemaField) -> pa.StringArray:
    mark = _delimiter(field)
    lists = [None if item is None else compact(item.split(mark)) for item in text.to_pylist()]
    return pa.array(lists, pa.string())


def _delimiter(field: SchemaField) -> str:
    return str((field.model_extra or {}).get("delimiter", ","))
