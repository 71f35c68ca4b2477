"""GeoJSON: what RFC 7946 asks, and every value back through GDAL."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import shapely

from catalog.formats import geojson


def load(path: Path) -> dict[str, Any]:
    return json.loads(path.read_bytes().decode("utf-8"))


def test_every_type_comes_back_through_gdal(everything) -> None:
    path, problems = everything.write(geojson)
    read = everything.check(geojson, path)
    assert problems == ()
    assert read["people"].to_pylist()[:2] == [2**62 + 1, -(2**62) - 1]
    assert read["title"].to_pylist()[2:4] == ["", None]


def test_properties_are_typed_json(everything) -> None:
    path, _ = everything.write(geojson)
    first, _, _, empty, _ = load(path)["features"]
    found = first["properties"]
    assert found["fiscal_year"] == 2567
    assert found["share"] == 0.1
    assert found["open"] is True
    assert found["founded"] == "2024-02-29"
    assert found["updated_at"] == "2024-02-29T08:30:00.125+07:00"
    assert found["details"] == {"ก": [1, {"ข": None}], "x": 1.5}
    assert found["tags"] == ["ก", "ข"]
    assert found["centre"] == {"type": "Point", "coordinates": [100.5018, 13.7563]}
    assert list(found) == [name for name in everything.table.schema.names if name != "shape"]
    assert set(empty["properties"].values()) == {"4804", None}


def test_collection_says_licence_and_source_and_has_a_box_but_no_crs(everything) -> None:
    body = load(everything.write(geojson)[0])
    assert body["type"] == "FeatureCollection"
    assert body["title"] == "สถานที่ & แหล่ง <ทดสอบ>"
    assert body["licence_uri"] == "https://creativecommons.org/licenses/by/4.0/"
    assert body["edition"] == "3f2a9c41d0be"
    assert "ทะเบียนสถานที่ของจังหวัด" in body["attribution"]
    assert body["bbox"] == [100, 13, 100.5, 13.5]
    assert "crs" not in body
    assert list(body)[-1] == "features"  # readers that stream know all before the rows


def test_licence_that_nobody_granted_has_no_uri(made) -> None:
    body = load(made({"a": "string", "at": "geopoint"}, [], licence="not-stated").write(geojson)[0])
    assert "licence_uri" not in body
    assert body["licence"] == "ไม่ระบุสัญญาอนุญาต"


def test_rings_run_as_the_standard_asks_and_numbers_are_short(made, shapes) -> None:
    clockwise = {"type": "Polygon", "coordinates": [shapes["polygon"]["coordinates"][0][::-1]]}
    path, _ = made({"shape": "geojson"}, [[clockwise], [shapes["multipolygon"]]]).write(geojson)
    for feature in load(path)["features"]:
        for polygon in shapely.get_parts(shapely.from_geojson(json.dumps(feature["geometry"]))):
            assert polygon.exterior.is_ccw
            assert not any(hole.is_ccw for hole in polygon.interiors)
    assert "0000000" not in path.read_text("utf-8")


def test_every_kind_of_shape_comes_back(made, shapes) -> None:
    mixed = made({"n": "integer", "shape": "geojson"}, [*enumerate_rows(shapes), ["9", None]])
    read = mixed.round_trip(geojson)
    assert read.equals(mixed.table.head(99).combine_chunks())


def enumerate_rows(shapes: dict[str, Any]) -> list[list[Any]]:
    return [[str(number), shape] for number, shape in enumerate(shapes.values())]


@pytest.mark.parametrize(
    ("kind", "texts", "ids"),
    [
        ("integer", ["7", "8"], [7, 8]),
        ("string", ["007", 'a"b'], ["007", 'a"b']),
        ("year", ["2567", "0622"], ["2567", "0622"]),
    ],
)
def test_id_is_the_primary_key(made, kind: str, texts: list[str], ids: list[Any]) -> None:
    # A column that is called ``id`` itself is the hard case for GDAL.
    table = made(
        {"id": kind, "at": "geopoint"}, [[text, "100, 13"] for text in texts], primaryKey=["id"]
    )
    path, _ = table.write(geojson)
    assert [feature["id"] for feature in load(path)["features"]] == ids
    assert table.check(geojson, path)["id"].to_pylist() == table.table.head(2)["id"].to_pylist()


def test_id_of_several_columns_is_unambiguous(made) -> None:
    rows = [["a,b", "c", "100, 13"], ["a", "b,c", "100, 13"], ["50%2C", "", "100, 13"]]
    table = made(
        {"x": "string", "y": "string", "at": "geopoint"}, rows, primaryKey=["x", "y"],
        missingValues=["-"],
    )  # fmt: skip
    ids = [feature["id"] for feature in load(table.write(geojson)[0])["features"]]
    assert ids == ["a%2Cb,c", "a,b%2Cc", "50%252C,"]


def test_no_primary_key_no_id(made) -> None:
    body = load(made({"a": "string", "at": "geopoint"}, [["ก", "100, 13"]]).write(geojson)[0])
    assert "id" not in body["features"][0]


def test_integers_that_javascript_would_round_are_texts(made, everything) -> None:
    features = load(everything.write(geojson)[0])["features"]
    assert [feature["properties"]["people"] for feature in features[:2]] == [
        str(2**62 + 1), str(-(2**62) - 1),
    ]  # fmt: skip
    table = made({"n": "integer", "at": "geopoint"}, [[str(2**53 - 1), "100, 13"]])
    assert load(table.write(geojson)[0])["features"][0]["properties"] == {"n": 2**53 - 1}


def test_decimals_that_float64_would_round_are_texts(made) -> None:
    kind = {"type": "number", "decimalPlaces": 2}
    rows = [["12345678901234567890.12", "1.50", "100, 13"]]
    table = made({"big": kind, "small": kind, "at": "geopoint"}, rows)
    path, _ = table.write(geojson)
    assert load(path)["features"][0]["properties"]["big"] == "12345678901234567890.12"
    assert b'"small":1.50' in path.read_bytes()
    assert table.check(geojson, path).equals(table.table.head(1).combine_chunks())


def test_texts_that_look_like_dates_or_numbers_stay_texts(made) -> None:
    rows = [["2024-01-01", "007", "100, 13"], ["2024-01-02", "1e5", "100, 13"]]
    read = made({"a": "string", "b": "any", "at": "geopoint"}, rows).round_trip(geojson)
    assert read["a"].to_pylist() == ["2024-01-01", "2024-01-02"]
    assert read["b"].to_pylist() == ["007", "1e5"]


def test_nul_is_replaced_and_told(made) -> None:
    table = made({"a": "string", "at": "geopoint"}, [["ก\0ข", "100, 13"], ["ค", "100, 13"]])
    path, (problem,) = table.write(geojson)
    assert (problem.code, problem.field) == ("format-characters-replaced", "a")
    assert table.check(geojson, path)["a"].to_pylist() == ["ก\ufffdข", "ค"]


@pytest.mark.parametrize("rows", [[], [[None, None]]])
def test_tables_without_rows_or_without_values_are_files_too(made, rows: list[Any]) -> None:
    table = made({"a": "integer", "at": "geopoint"}, rows)
    path, _ = table.write(geojson)
    assert len(load(path)["features"]) == len(rows)
    assert "bbox" not in load(path)
    assert table.check(geojson, path).num_rows == len(rows)


def test_table_of_nothing_but_shapes(made) -> None:
    table = made({"at": "geopoint"}, [["100, 13"], ["101, 14"]])
    assert load(table.write(geojson)[0])["features"][1]["properties"] == {}
    table.round_trip(geojson)


def test_table_without_a_geometry_column_is_refused(made) -> None:
    problem = geojson.refuse(made({"a": "string"}, [["ก"]]).table)
    assert problem is not None
    assert (problem.code, problem.level) == ("no-geometry", "note")
    assert geojson.refuse(made({"a": "string", "at": "geopoint"}, []).table) is None


def test_same_table_gives_the_same_bytes(everything) -> None:
    assert everything.write(geojson, "a")[0].read_bytes() == (
        everything.write(geojson, "b")[0].read_bytes()
    )
