"""GeoPackage: typed columns, titles and licence inside, the same bytes on any day."""

from __future__ import annotations

import sqlite3
import time
from datetime import UTC, datetime
from typing import Any

import pyogrio
import pytest
import shapely

from catalog.formats import gpkg


def ask(path: Any, query: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(path) as database:
        return database.execute(query).fetchall()


def test_every_type_comes_back_through_gdal(everything) -> None:
    path, problems = everything.write(gpkg)
    read = everything.check(gpkg, path)
    assert problems == ()
    assert read["people"].to_pylist()[:2] == [2**62 + 1, -(2**62) - 1]
    assert read["title"].to_pylist()[2:4] == ["", None]
    assert read.equals(everything.table.head(9).combine_chunks())


def test_columns_have_the_types_of_the_standard(everything) -> None:
    path, _ = everything.write(gpkg)
    types = {name: kind for _, name, kind, *_ in ask(path, "PRAGMA table_info(places)")}
    expected = {
        "fid": "INTEGER", "shape": "POLYGON", "code": "TEXT", "people": "INTEGER", "share": "REAL",
        "budget": "REAL", "open": "BOOLEAN", "founded": "DATE", "updated_at": "DATETIME",
        "seen_at": "TEXT", "opens_at": "TEXT", "fiscal_year": "MEDIUMINT", "centre": "TEXT",
    }  # fmt: skip
    assert {name: types[name] for name in expected} == expected
    moments = ask(path, "SELECT updated_at, seen_at FROM places ORDER BY fid")[0]
    assert moments == ("2024-02-29T01:30:00.125Z", "2024-02-29T08:30:00.25")


def test_titles_licence_and_source_stand_inside(everything) -> None:
    path, _ = everything.write(gpkg)
    ((identifier, description, when),) = ask(
        path, "SELECT identifier, description, last_change FROM gpkg_contents"
    )
    assert identifier == "สถานที่ & แหล่ง <ทดสอบ>"
    assert "ครีเอทีฟคอมมอนส์ แสดงที่มา 4.0" in description
    assert when == "1980-01-01T00:00:00.000Z"
    titles = dict(ask(path, "SELECT column_name, name FROM gpkg_data_columns"))
    assert titles["title"] == "ชื่อสถานที่"
    facts = pyogrio.read_info(path)["dataset_metadata"]
    assert facts["licence_uri"] == "https://creativecommons.org/licenses/by/4.0/"
    assert facts["edition"] == "3f2a9c41d0be"


def test_the_box_and_the_reference_system_are_those_of_the_table(everything) -> None:
    info = pyogrio.read_info(everything.write(gpkg)[0])
    assert info["crs"] == "EPSG:4326"
    assert info["total_bounds"] == everything.table.box


def test_single_and_multi_become_one_type(made, shapes) -> None:
    table = made(
        {"n": "integer", "shape": "geojson"},
        [["1", shapes["polygon"]], ["2", shapes["multipolygon"]], ["3", None]],
    )
    path, _ = table.write(gpkg)
    assert pyogrio.read_info(path)["geometry_type"] == "MultiPolygon"
    read = shapely.from_wkb(table.check(gpkg, path)["shape"].to_pylist())
    assert [shape and shape.geom_type for shape in read] == ["MultiPolygon", "MultiPolygon", None]


def test_every_kind_of_shape_in_one_layer(made, shapes) -> None:
    rows = [[str(n), shape] for n, shape in enumerate(shapes.values())]
    table = made({"n": "integer", "shape": "geojson"}, rows)
    path, _ = table.write(gpkg)
    assert pyogrio.read_info(path)["geometry_type"] == "Unknown"
    assert table.check(gpkg, path).num_rows == len(shapes)


def test_microseconds_are_cut_and_told(made) -> None:
    rows = [["2024-01-01T00:00:59.999999Z", "100, 13"], ["2024-01-01T00:00:00Z", "100, 13"]]
    table = made({"t": {"type": "datetime", "timezone": "UTC"}, "at": "geopoint"}, rows)
    path, (problem,) = table.write(gpkg)
    assert (problem.code, problem.field, problem.params["count"]) == ("format-milliseconds", "t", 1)
    read = table.check(gpkg, path)["t"].to_pylist()
    assert read[0] == datetime(2024, 1, 1, 0, 0, 59, 999000, tzinfo=UTC)


def test_moments_before_1970_are_kept_to_the_second(made) -> None:
    # GDAL's writer would give 00:01:00 for the first.
    rows = [["1969-01-01T00:00:59.001Z", "100, 13"], ["1969-01-01T00:00:59Z", "100, 13"]]
    table = made({"t": {"type": "datetime", "timezone": "UTC"}, "at": "geopoint"}, rows)
    path, (problem,) = table.write(gpkg)
    assert problem.params["count"] == 1
    expected = datetime(1969, 1, 1, 0, 0, 59, tzinfo=UTC)
    assert table.check(gpkg, path)["t"].to_pylist() == [expected, expected]


def test_numbers_that_float64_would_round_are_text(made) -> None:
    fields = {
        "small": {"type": "number", "decimalPlaces": 14},
        "large": {"type": "number", "decimalPlaces": 15},
        "at": "geopoint",
    }
    rows = [["0.1", "1.100000000000001", "100, 13"], ["9.99999999999999", "0", "100, 13"]]
    table = made(fields, rows)
    path, _ = table.write(gpkg)
    types = {name: type_ for _, name, type_, *_ in ask(path, "PRAGMA table_info(places)")}
    assert (types["small"], types["large"]) == ("REAL", "TEXT")
    assert table.check(gpkg, path).equals(table.table.head(2).combine_chunks())


def test_a_column_called_fid_is_kept(made) -> None:
    table = made({"fid": "string", "at": "geopoint"}, [["ก", "100, 13"]])
    assert table.round_trip(gpkg)["fid"].to_pylist() == ["ก"]


@pytest.mark.parametrize("rows", [[], [[None, None]]])
def test_tables_without_rows_or_without_values_are_files_too(made, rows: list[Any]) -> None:
    assert made({"a": "integer", "at": "geopoint"}, rows).round_trip(gpkg).num_rows == len(rows)


def test_table_without_a_geometry_column_is_refused(made) -> None:
    assert gpkg.refuse(made({"a": "string"}, [["ก"]]).table).code == "no-geometry"


def test_same_table_gives_the_same_bytes_at_another_second(everything) -> None:
    one = everything.write(gpkg, "a")[0].read_bytes()
    second = time.time() // 1
    while time.time() // 1 == second:
        time.sleep(0.05)
    assert everything.write(gpkg, "b")[0].read_bytes() == one
