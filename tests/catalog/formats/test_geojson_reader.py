"""GeoJSON read back by columns: every kind of shape, any cut of the file, all damage told."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from catalog.certify import certify
from catalog.formats import _geojson_reader, geojson
from catalog.formats._chunks import chunks

FIELDS = {"code": "string", "n": "integer", "baht": {"type": "number", "decimalPlaces": 2},
          "open": "boolean", "day": "date", "shape": "geojson"}  # fmt: skip


@pytest.fixture
def mixed(made, shapes) -> Any:
    """A row for each kind of shape but the collection, and one without."""
    kinds = [shape for kind, shape in shapes.items() if kind != "collection"]
    rows = [
        [f'บ้าน "{n}" }},{{\\', str(n), f"{n}.50", "true", "2024-02-29", shape]
        for n, shape in enumerate([*kinds, None])
    ]
    return made(FIELDS, rows, primaryKey=["code"])


def test_every_kind_of_shape_is_read_without_gdal(mixed, monkeypatch) -> None:
    monkeypatch.setattr(geojson, "opened", None)
    assert mixed.round_trip(geojson).num_rows == 8


def test_wherever_a_file_is_cut_the_rows_are_the_same(mixed, monkeypatch) -> None:
    path, _ = mixed.write(geojson)
    for size in (40, 97, 151, 400, 1000, path.stat().st_size - 4, path.stat().st_size - 1):
        monkeypatch.setattr(_geojson_reader, "chunks", partial(chunks, size=size))
        assert mixed.check(geojson, path).num_rows == 8


@pytest.mark.parametrize(
    ("fields", "row", "quick"),
    [
        ({"a": "string", "at": "geopoint"}, ["ก", "100, 13"], True),
        ({"at": "geopoint"}, ["100, 13"], False),
        ({"type": "string", "at": "geopoint"}, ["ก", "100, 13"], False),
        ({"a": "object", "at": "geopoint"}, ["{}", "100, 13"], False),
        ({"at": "geopoint", "b": "geopoint"}, ["100, 13", "101, 14"], False),
    ],
)
def test_tables_whose_names_or_values_could_be_mistaken_are_left_to_gdal(
    made, fields: Any, row: list[Any], quick: bool
) -> None:
    table = made(fields, [row])
    assert _geojson_reader.reads(table.table) is quick
    assert table.round_trip(geojson).num_rows == 1


def test_a_collection_of_shapes_is_left_to_gdal(made, shapes) -> None:
    table = made({"n": "integer", "shape": "geojson"}, [["1", shapes["collection"]]])
    assert not _geojson_reader.reads(table.table)


def damaged(made: Any, old: str, new: str) -> Any:
    rows = [["ก", "1", "1.50", "true", "2024-02-29", None], ["ข", *["-"] * 4, None]]
    rows[0][-1] = {"type": "LineString", "coordinates": [[100.5, 13.5], [100.25, 13.25]]}
    table = made(FIELDS, rows, missingValues=["-"], primaryKey=["code"])
    path: Path = table.write(geojson)[0]
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return certify(table.table, geojson, path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"FeatureCollection"', '"GeometryCollection"'),
        ('"Feature"', '"Faeture"'),
        ('{"type":"LineString"', '{"type":"MultiPoint"'),
        ("[100.25,13.25]", "[100.25,13.25,7.0]"),
        ("[100.25,13.25]", "[100.25]"),
        ("[100.25,13.25]", "[100.25,null]"),
        (',"coordinates":[[100.5,13.5],[100.25,13.25]]', ""),
        ('"day":null', '"dat":null'),
        (',"day":null', ""),
        ('"n":1', '"n":"1"'),
        ('"open":true', '"open":"true"'),
        (',"properties":{', ',"properties":null,"p":{'),
        ("},\n", "}\n"),
        ("},\n", "},\n\n"),
        ("\n]}\n", "\n]}\n{}\n"),
        ("\n]}\n", "\n"),
        ("\n]}\n", ""),
        ('"id":"', '"id":7,"x":"'),
    ],
)
def test_damage_is_unreadable(made, old: str, new: str) -> None:
    found = damaged(made, old, new)
    assert not found.ok
    assert found.unreadable


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("[100.25,13", "[100.26,13", "shape"),
        (",13.5]", ",13.6]", "shape"),
        ('"n":1', '"n":2', "n"),
        ('"baht":1.50', '"baht":1.51', "baht"),
        ('"n":1', '"n":null', "n"),
        ('"open":true', '"open":null', "open"),
        ('"code":"ก"', '"code":"ค"', "code"),
        ('"code":"ก"', '"code":null', "code"),
        ('{"type":"LineString","coordinates":[[100.5,13.5],[100.25,13.25]]}', "null", "shape"),
    ],
)
def test_another_value_is_a_difference(made, old: str, new: str, column: str) -> None:
    found = damaged(made, old, new)
    assert [(one.column, one.cells, one.row) for one in found.differences] == [(column, 1, 1)]
