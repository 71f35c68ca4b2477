from __future__ import annotations

import json

import pyogrio
import pytest
import shapely

from flows.sources import geojson as source


def feature(properties, geometry, **more):
    return {"type": "Feature", "properties": properties, "geometry": geometry, **more}


def collection(*features, **more):
    return json.dumps({"type": "FeatureCollection", **more, "features": features})


POINT = {"type": "Point", "coordinates": [104.78, 17.41]}
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[104, 17], [105, 17], [105, 18], [104, 18], [104, 17]]],
}


@pytest.fixture
def read(pulled):
    return lambda content, **said: source.read(
        pulled(content), source.Options(path="แผนที่.geojson", **said)
    )


def test_properties_are_text_as_written_and_geometry_is_wkb(read, rows):
    text = (
        '{"type":"FeatureCollection","features":[{"type":"Feature","geometry":'
        '{"type":"Point","coordinates":[104.78,17.41]},"properties":'
        '{"ชื่อ":"นครพนม","พื้นที่":5512.70,"วัน":"2024-01-01","รหัส":"048","ลึก":{"ก":1.0},"ว่าง":null}}]}'
    )
    table = read(text)

    assert table.columns == ("ชื่อ", "พื้นที่", "วัน", "รหัส", "ลึก", "ว่าง", "geometry")
    assert (table.geometry, table.crs) == ("geometry", "EPSG:4326")
    (row,) = rows(table)
    shape = shapely.from_wkb(row.pop("geometry"))
    assert row == {
        "_row": 1, "ชื่อ": "นครพนม", "พื้นที่": "5512.70", "วัน": "2024-01-01", "รหัส": "048",
        "ลึก": '{"ก":1.0}', "ว่าง": None,
    }  # fmt: skip
    assert (shape.x, shape.y) == (104.78, 17.41)


@pytest.mark.parametrize(
    "geometry",
    [
        POINT,
        SQUARE,
        {"type": "Point", "coordinates": [104.123456789012345, 17.1, 152.25]},
        {"type": "MultiPoint", "coordinates": [[1, 2], [3, 4]]},
        {"type": "LineString", "coordinates": [[1, 2], [3, 4]]},
        {"type": "MultiPolygon", "coordinates": [SQUARE["coordinates"]]},
        {"type": "GeometryCollection", "geometries": [POINT]},
        None,
    ],
    ids=lambda g: g["type"] if g else "none",
)
def test_geometry_is_bit_for_bit_gdals(read, rows, tmp_path, geometry):
    text = collection(feature({"ก": 1}, geometry))
    (tmp_path / "a.geojson").write_text(text)

    (row,) = rows(read(text))

    _, table = pyogrio.read_arrow(tmp_path / "a.geojson", columns=[])
    assert row["geometry"] == table.column(table.num_columns - 1)[0].as_py()


def test_names_that_only_some_features_have_are_columns(read, rows):
    table = read(
        collection(feature({"ก": 1}, POINT), feature({"ข": 2}, POINT), feature(None, POINT))
    )

    assert [(row["ก"], row["ข"]) for row in rows(table)] == [("1", None), (None, "2"), (None, None)]


def test_ids_of_features_are_a_column_of_their_own(read, rows):
    table = read(collection(feature({"ก": 1}, POINT, id="TH48"), feature({"ก": 2}, POINT, id=7)))

    assert table.columns == ("id", "ก", "geometry")
    assert [row["id"] for row in rows(table)] == ["TH48", "7"]


def test_property_named_id_or_geometry_keeps_its_value(read, rows):
    table = read(collection(feature({"id": "x", "geometry": "y"}, POINT, id=1)))

    assert table.columns == ("feature_id", "id", "geometry2", "geometry")
    row = rows(table)[0]
    assert (row["feature_id"], row["id"], row["geometry2"]) == ("1", "x", "y")


@pytest.mark.parametrize(
    ("name", "crs"),
    [
        ("urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326"),
        ("urn:ogc:def:crs:EPSG::32647", "EPSG:32647"),
        ("EPSG:24047", "EPSG:24047"),
    ],
)
def test_old_crs_member_is_read_wherever_it_stands(read, name, crs):
    member = {"type": "name", "properties": {"name": name}}
    text = collection(feature({"ก": 1}, POINT), crs=member)
    behind = (
        text.replace(f'"crs": {json.dumps(member)}, ', "")[:-1] + f',"crs":{json.dumps(member)}}}'
    )

    assert "crs" in behind
    assert read(text).crs == read(behind).crs == crs


def test_crs_that_nobody_knows_is_told_and_may_be_declared(read):
    text = collection(
        feature({"ก": 1}, POINT), crs={"type": "name", "properties": {"name": "local"}}
    )

    table = read(text)

    assert table.crs is None
    assert [note.code for note in table.findings] == ["crs-unknown"]
    assert read(text, crs="EPSG:24047").crs == "EPSG:24047"


def test_one_feature_a_line_is_read_too(read, rows):
    text = "\n".join(json.dumps(feature({"ก": n}, POINT)) for n in range(3))

    assert [row["ก"] for row in rows(read(text))] == ["0", "1", "2"]


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        '{"type":"Topology","objects":{}}',
        '{"type":"FeatureCollection","features":[1]}',
        '{"type":"FeatureCollection","features":[{"type":"Point","coordinates":[1,2]}]}',
        '{"type":"Wrong","features":[]}',
        json.dumps(POINT),
    ],
)
def test_what_is_not_a_collection_is_refused(read, refused, text):
    assert refused(lambda: read(text))[0].code == "geojson-invalid"


def test_empty_collection_is_empty(read, refused):
    assert refused(lambda: read(collection()))[0].code == "source-empty"


def test_cut_file_is_refused(read, refused):
    text = collection(feature({"ก": 1}, SQUARE), feature({"ก": 2}, SQUARE))

    for at in (30, len(text) // 2, len(text) - 1):
        assert refused(lambda at=at: read(text[:at]))[0].code == "json-invalid"


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1]]]},
        {"type": "Point", "coordinates": ["104", "17"]},
        {"type": "Sphere", "coordinates": [1, 2]},
        {},
    ],
    ids=["open ring", "texts", "no such type", "empty"],
)
def test_geometry_that_is_none_is_refused_with_its_row(read, rows, refused, geometry):
    table = read(collection(feature({"ก": 1}, POINT), feature({"ก": 2}, geometry)))

    (problem,) = refused(lambda: rows(table))

    assert (problem.code, problem.row, problem.field) == ("geometry-invalid", 2, "geometry")


def test_whole_feature_in_the_place_of_a_geometry_is_refused(read, rows, refused):
    table = read(collection(feature({"ก": 1}, feature({}, POINT))))

    assert refused(lambda: rows(table))[0].code == "geometry-invalid"
