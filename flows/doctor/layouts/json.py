"""JSON: where in a document the records are, and whether they are features.

The document is walked once, value by value. Every array of objects is a table; the answer of a CKAN
datastore is known for what it is, and so are GeoJSON and JSON Lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from catalog.problem import Problem, Rejected
from catalog.registry import variant
from flows.doctor import Finding, Layout
from flows.doctor.layouts import _around, _rows
from flows.doctor.layouts._encoding import Encoded, find_encoding
from flows.doctor.layouts._reader import pulled
from flows.doctor.layouts._say import note, option, warning
from flows.sources._json_stream import Cursor, members

#: How deep arrays of records are looked for, and how many of them are tables.
_DEPTH, _TABLES = 5, 20
#: Names whose values have something inside, that are listed.
_LISTED = 10
_CKAN, _CKAN_FIELDS, _CKAN_TOTAL = "/result/records", "/result/fields", "/result/total"


@dataclass(slots=True)
class _Array:
    """An array of the document.

    Attributes:
        pointer: JSON Pointer to it.
        records: its objects.
        others: its elements that are none.
        rows: its elements that are arrays.
    """

    pointer: str
    records: int = 0
    others: int = 0
    rows: int = 0


@dataclass(slots=True)
class _Seen:
    """What a walk through a document met.

    Attributes:
        arrays: by order.
        numbers: figures by pointer, for totals that the document states.
        documents: values one after the other; more than one are JSON Lines.
        features: whether it says that it is GeoJSON.
        nested: names of records whose values have something inside.
    """

    arrays: list[_Array] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    documents: int = 0
    features: bool = False
    objects: int = 0
    nested: dict[str, int] = field(default_factory=dict)


def find(path: Path, kind: str) -> tuple[Layout, ...]:
    """The tables of a JSON document.

    Args:
        path: the file; gzip is unpacked on the way.
        kind: ``json``; features are given to the reader of GeoJSON.

    Raises:
        Rejected: not JSON, or no records in it.
    """
    encoded = find_encoding(path, kind.upper())
    seen = _walked(encoded)
    said: tuple[Finding, ...] = ()
    if seen.features:
        return (_read(path, "geojson", {}, encoded, seen, ()),)
    tables = [found for found in seen.arrays if found.records][:_TABLES]
    if seen.documents > 1:
        said = (note("doctor-json-lines", records=f"{seen.documents:,}"),)
    if seen.documents > 1 or (not tables and seen.objects):
        return (_read(path, "json", {}, encoded, seen, said),)
    if any(found.pointer == _CKAN for found in tables):
        tables = [found for found in tables if found.pointer == _CKAN]
        said = tuple(_ckan(tables[0], seen))
    elif not tables:
        raise _refused(seen)
    else:
        said = (note("doctor-tables", tables=len(tables)),) if len(tables) > 1 else ()
    made = [_table(path, found, encoded, seen) for found in tables]
    return (replace(made[0], findings=(*said, *made[0].findings)), *made[1:])


def _walked(encoded: Encoded) -> _Seen:
    seen = _Seen()
    with encoded.text.lines() as stream:
        cursor = Cursor(stream)
        while cursor.peek():
            lone = seen.documents == 0
            seen.documents += 1
            if lone:
                _walk(cursor, "", seen)
            else:
                _record(cursor.value(), seen)
    return seen


def _walk(cursor: Cursor, pointer: str, seen: _Seen) -> None:
    """Go through a value without keeping it."""
    sign = cursor.peek()
    if sign == "[" and pointer.count("/") <= _DEPTH:
        found = _Array(pointer)
        seen.arrays.append(found)
        for value in _values(cursor):
            is_record = isinstance(value, dict)
            found.records += is_record
            found.others += not is_record
            found.rows += isinstance(value, list)
            if is_record:
                _record(value, seen)
    elif sign == "{" and pointer.count("/") < _DEPTH:
        seen.objects += 1
        for name in members(cursor):
            _member(cursor, name, pointer, seen)
    else:
        value = str(cursor.value())
        if sign.isdigit() and value.isdigit():
            seen.numbers[pointer] = int(value)


def _values(cursor: Cursor) -> Iterator[Any]:
    """Values of an array, one by one."""
    cursor.take("[")
    more = cursor.peek() != "]"
    while more:
        yield cursor.value()
        more = cursor.peek() == ","
        if more:
            cursor.take(",")
    cursor.take("]")


def _member(cursor: Cursor, name: str, pointer: str, seen: _Seen) -> None:
    if name == "type" and not pointer and cursor.peek() == '"':
        seen.features = seen.features or cursor.value() in ("FeatureCollection", "Feature")
        return
    step = name.replace("~", "~0").replace("/", "~1")
    _walk(cursor, f"{pointer}/{step}", seen)


def _record(value: Any, seen: _Seen) -> None:
    if isinstance(value, dict):
        for name, inner in value.items():
            if isinstance(inner, dict | list):
                seen.nested[name] = seen.nested.get(name, 0) + 1


def _ckan(found: _Array, seen: _Seen) -> Iterator[Finding]:
    yield note("doctor-json-ckan", records=f"{found.records:,}")
    total = seen.numbers.get(_CKAN_TOTAL, found.records)
    if total > found.records:
        yield warning("doctor-json-part", records=f"{found.records:,}", total=f"{total:,}")


def _refused(seen: _Seen) -> Rejected:
    """Why there is no table: arrays of arrays, objects by key, nothing at all."""
    rows = next((found for found in seen.arrays if found.rows), None)
    if rows is not None:
        return Rejected(Problem("doctor-json-rows", params={"pointer": rows.pointer or "/"}))
    found = ", ".join(array.pointer or "/" for array in seen.arrays) or "—"
    return Rejected(Problem("json-no-records", params={"pointer": "", "found": found}))


def _table(path: Path, found: _Array, encoded: Encoded, seen: _Seen) -> Layout:
    options = {"records": found.pointer} if found.pointer else {}
    said: tuple[Finding, ...] = ()
    if found.pointer:
        remedy = option("records", found.pointer)
        said = (
            note("doctor-json-records", records=f"{found.records:,}", pointer=found.pointer,
                 remedies=[remedy]),
        )  # fmt: skip
    return _read(path, "json", options, encoded, seen, said)


def _read(
    path: Path,
    kind: str,
    options: dict[str, Any],
    encoded: Encoded,
    seen: _Seen,
    said: tuple[Finding, ...],
) -> Layout:
    """A table as its reader gives it."""
    if encoded.encoding:
        options = {"encoding": encoded.encoding, **options}
    reader = variant("flows.sources", kind)
    raw = reader.read(pulled(path), reader.Options(path="file", **options))
    reading = _rows.read(raw)
    findings = [*encoded.findings, *said]
    nested = {name: count for name, count in seen.nested.items() if kind == "json"}
    if nested:
        examples = [(None, name) for name in list(nested)[:_LISTED]]
        findings.append(
            note("doctor-json-nested", examples=examples, count=sum(nested.values()),
                 names=", ".join(list(nested)[:_LISTED]))
        )  # fmt: skip
    findings += _around.told_by_reader(raw, None, {"text-encoding"})
    findings += _rows.findings(reading, raw, None, {})
    return Layout(kind, options, tuple(findings), rows=reading.rows)
