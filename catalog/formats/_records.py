"""Records as JSON: what JSON and JSON Lines share.

Numbers, booleans and nested values are real JSON, dates and times are texts in ISO 8601, shapes
are GeoJSON geometries; every record has every column, with ``null`` where there is no value.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc

from catalog.cast import arrow_type
from catalog.formats import _escape
from catalog.formats._chunks import after_last, chunks, expect
from catalog.formats._json_lines import lines, parsed
from catalog.formats._stream import rows
from catalog.formats._text import compact, from_text, to_text
from catalog.schema import SchemaField
from catalog.table import BATCH_ROWS, Table

_CHUNK = 2**20
#: A record longer than this is taken for damage, not for data.
_MAX_RECORD = 256 * 2**20
_BARE = frozenset({"number", "integer", "boolean", "year", "geojson", "object", "array", "list"})
_BETWEEN = " \t\r\n,["


def tokens(column: pa.Array, field: SchemaField) -> pa.StringArray:
    """A column as JSON values."""
    if field.type in ("string", "any"):
        text = _escape.json(column)
    elif field.type == "list":
        text = column
    elif field.type == "year":
        text = column.cast(pa.string())
    else:
        text = to_text(column, field)
        bare = field.type in _BARE or (field.type == "geopoint" and field.format != "default")
        text = text if bare else pc.binary_join_element_wise('"', text, '"', "")
    return pc.fill_null(text, "null")


def records(batch: pa.RecordBatch, table: Table, before: str, after: str) -> pa.StringArray:
    """Rows as JSON objects between two texts."""
    pieces: list[pa.Array | str] = []
    opening = before + "{"
    for column, field in zip(batch.columns, table.schema.fields, strict=True):
        pieces += [f'{opening}"{field.name}":', tokens(column, field)]
        opening = ","
    return rows(*pieces, "}" + after)


def read_records(path: Path, table: Table, end: str) -> Iterator[pa.RecordBatch]:
    """Read objects back, from an array or from lines.

    Arrow's parser is for values that are one token; tables with values inside of values are left
    to the standard library's, a record at a time.

    Args:
        path: the file.
        table: what it was written from.
        end: what stands after the last record: ``]`` of an array, nothing of lines.

    Raises:
        ValueError: not JSON, or a record without one of the columns.
    """
    if not any(_is_nested(field) for field in table.schema.fields):
        yield from _read_flat(path, table, end)
        return
    with path.open(encoding="utf-8", newline="") as file:
        found = _objects(file, end)
        while some := list(islice(found, BATCH_ROWS)):
            yield _batch(some, table)


def _is_nested(field: SchemaField) -> bool:
    point = field.type == "geopoint" and field.format != "default"
    return point or field.type in ("geojson", "object", "array", "list")


def _read_flat(path: Path, table: Table, end: str) -> Iterator[pa.RecordBatch]:
    fields = table.schema.fields
    schema = pa.schema([(field.name, _json_type(field)) for field in fields])
    for data in _lines(path, end):
        found = parsed(data, schema)
        made = [
            from_text(column, field) if pa.types.is_string(column.type) else column
            for column, field in zip(found.columns, fields, strict=True)
        ]
        yield pa.RecordBatch.from_arrays(made, schema=table.arrow)


def _lines(path: Path, end: str) -> Iterator[bytes]:
    if not end:
        yield from chunks(path, after_last(b"\n"))
        return
    found = lines(path, f"{end}\n".encode())
    expect(next(found, b"") == b"[", "not an array")
    yield from found


def _json_type(field: SchemaField) -> pa.DataType:
    """What Arrow is to make of a field's tokens; texts that mean something else are cast later."""
    return arrow_type(field) if field.type in _BARE else pa.string()


class _Number(float):
    """A number with its own text, so that decimals of 38 digits come back exactly."""

    text: str

    def __new__(cls, text: str) -> _Number:
        number = super().__new__(cls, text)
        number.text = text
        return number


def _objects(file: IO[str], end: str) -> Iterator[dict[str, Any]]:
    """The objects of a JSON array or of JSON Lines, one at a time."""
    decode = json.JSONDecoder(parse_float=_Number).raw_decode
    held, at, more = "", 0, True
    while True:
        while at < len(held) and held[at] in _BETWEEN:
            at += 1
        try:
            if held[at : at + 1] != "{":
                raise json.JSONDecodeError("no object", held, at)
            found, at = decode(held, at)
        except json.JSONDecodeError:
            if not more:
                break
            chunk = file.read(_CHUNK) if len(held) - at < _MAX_RECORD else ""
            held, at, more = held[at:] + chunk, 0, bool(chunk)
            continue
        yield found
    if held[at:].strip() != end:
        raise ValueError(f"not a record: {held[at : at + 40]!r}")


def _batch(found: list[dict[str, Any]], table: Table) -> pa.RecordBatch:
    columns = []
    for field in table.schema.fields:
        try:
            values = [record[field.name] for record in found]
        except KeyError as error:
            raise ValueError(f"a record without {field.name}") from error
        columns.append(_typed(values, field))
    return pa.RecordBatch.from_arrays(columns, schema=table.arrow)


def _typed(values: Iterable[Any], field: SchemaField) -> pa.Array:
    kind = arrow_type(field)
    if field.type in ("object", "array", "list"):
        return pa.array([None if value is None else compact(value) for value in values], kind)
    if field.is_geometry:
        texts = [
            value if value is None or isinstance(value, str) else compact(value) for value in values
        ]
        return from_text(pa.array(texts, pa.string()), field)
    if pa.types.is_decimal(kind):
        return pa.array([_decimal(value) for value in values], kind)
    if pa.types.is_string(kind) or field.type in ("number", "integer", "boolean", "year"):
        return pa.array(values, kind)
    return from_text(pa.array(values, pa.string()), field)


def _decimal(value: Any) -> Decimal | None:
    if value is None:
        return None
    return Decimal(value.text if isinstance(value, _Number) else value)
