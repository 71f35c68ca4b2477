"""JSON and geodata: where the records are, how many layers there are."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from contextlib import closing

import geopandas
import pytest
from shapely import Point

from catalog.problem import Rejected
from flows.doctor.layout import layouts
from tests.flows.doctor.layout_kit import doctored, single

RECORDS = [{"จังหวัด": "นครพนม", "คน": 717040}, {"จังหวัด": "เลย", "คน": 642773}]


@pytest.fixture
def put(tmp_path):
    def make(value, name="ข้อมูล.json"):
        path = tmp_path / name
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        path.write_text(text, "utf-8")
        return path

    return make


def test_array_of_objects_needs_no_options(put):
    got = single(put(RECORDS))

    assert (got.layout.kind, got.layout.options) == ("json", {})
    assert got.cells == [["นครพนม", "717040"], ["เลย", "642773"]]


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ({"data": RECORDS}, "/data"),
        ({"status": "ok", "result": {"total": 2, "items": RECORDS}}, "/result/items"),
        ({"a/b": {"ค~": RECORDS}}, "/a~1b/ค~0"),
    ],
)
def test_records_inside_of_a_document_are_found(put, document, pointer):
    got = single(put(document))

    assert got.layout.options == {"records": pointer}
    assert got.cells[-1] == ["เลย", "642773"]
    assert got.remedies("doctor-json-records") == {"records": pointer}


def test_every_array_of_records_is_a_table(put):
    got = doctored(put({"จังหวัด": RECORDS, "อำเภอ": [{"ชื่อ": "ธาตุพนม"}], "หน้า": [1, 2]}))

    assert [table.layout.options["records"] for table in got] == ["/จังหวัด", "/อำเภอ"]


def test_answer_of_a_datastore_gives_its_records_and_says_what_is_missing(put):
    fields = [{"id": "จังหวัด", "type": "text"}, {"id": "คน", "type": "numeric"}]
    answer = {"success": True, "result": {"fields": fields, "records": RECORDS, "total": 77}}
    got = single(put(answer))

    assert got.layout.options == {"records": "/result/records"}
    assert got.finding("doctor-json-part").problem.params["total"] == "77"
    assert "doctor-json-ckan" in got.codes


def test_json_lines_are_known(put):
    got = single(put("\n".join(json.dumps(record) for record in RECORDS), "ข้อมูล.jsonl"))

    assert (got.layout.options, got.lines) == ({}, [1, 2])
    assert got.finding("doctor-json-lines").problem.params["records"] == "2"


def test_nested_values_are_told(put):
    got = single(put([{"ชื่อ": "วัด", "พิกัด": {"lat": 17.4}}, {"ชื่อ": "ตลาด", "พิกัด": {"lat": 1}}]))

    assert got.finding("doctor-json-nested").problem.params["names"] == "พิกัด"
    assert got.finding("doctor-json-nested").count == 2


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ([["นครพนม", 1], ["เลย", 2]], "doctor-json-rows"), ([1, 2], "json-no-records"),
        ('{"a": [1,', "json-invalid"), ("[]", "json-no-records"),
    ],
)  # fmt: skip
def test_what_has_no_records_is_refused_in_words(put, document, code):
    with pytest.raises(Rejected) as caught:
        layouts(put(document))
    assert caught.value.problems[0].code == code


def feature(name, x, y):
    point = {"type": "Point", "coordinates": [x, y]}
    return {"type": "Feature", "properties": {"ชื่อ": name}, "geometry": point}


def test_features_are_given_to_the_reader_of_geojson(put):
    features = [feature("ธาตุพนม", 104.7, 16.9), feature("นาแก", 104.5, 16.9)]
    got = single(put({"type": "FeatureCollection", "features": features}))

    assert (got.layout.kind, got.layout.rows) == ("geojson", 2)
    assert got.columns == ("ชื่อ", "geometry")


def test_array_of_features_is_json(put):
    got = single(put([feature("ธาตุพนม", 104.7, 16.9)]))

    assert (got.layout.kind, got.columns) == ("json", ("type", "properties", "geometry"))


def packed(tmp_path, crs=None, **layers):
    path = tmp_path / "ชั้นข้อมูล.zip"
    with zipfile.ZipFile(path, "w") as container:
        for name, points in layers.items():
            frame = geopandas.GeoDataFrame(
                {"NAME": [str(at) for at, _ in enumerate(points)]},
                geometry=[Point(*point) for point in points], crs=crs,
            )  # fmt: skip
            frame.to_file(tmp_path / f"{name}.shp", encoding="utf-8")
            for part in tmp_path.glob(f"{name}.*"):
                container.write(part, part.name)
    return path


def test_every_layer_of_a_zipped_shapefile_is_a_table(tmp_path):
    point = (104.7, 16.9)
    first, second = doctored(packed(tmp_path, "EPSG:4326", roads=[point] * 2, temples=[point]))

    assert [got.layout.options for got in (first, second)] == [
        {"layer": "roads"}, {"layer": "temples"}
    ]  # fmt: skip
    assert (first.layout.rows, second.layout.rows) == (2, 1)


@pytest.mark.parametrize(
    ("point", "systems", "likely"),
    [
        ((104.7, 16.9), ["epsg4326"], "epsg4326"),
        ((470_000.0, 1_900_000.0), ["epsg32647", "epsg32648", "epsg24047", "epsg24048"], None),
    ],
)
def test_missing_reference_system_is_asked_for_by_what_the_figures_allow(
    tmp_path, point, systems, likely
):
    got = single(packed(tmp_path, places=[point]))

    question = got.finding("doctor-crs-missing").question
    assert [choice.name for choice in question.choices] == systems
    assert question.likely == likely
    assert question.choices[0].remedies[0].name == "crs"


def test_every_layer_of_a_geopackage_is_a_table(tmp_path):
    path = tmp_path / "ชั้น.gpkg"
    for name, count in (("roads", 2), ("temples", 1)):
        frame = geopandas.GeoDataFrame(
            {"ชื่อ": ["ก"] * count}, geometry=[Point(104.7, 16.9)] * count, crs="EPSG:4326"
        )
        frame.to_file(path, layer=name, driver="GPKG")

    first, second = doctored(path)
    assert [got.layout.options for got in (first, second)] == [
        {"layer": "roads"}, {"layer": "temples"}
    ]  # fmt: skip
    assert (first.layout.kind, first.layout.rows, second.layout.rows) == ("gpkg", 2, 1)


def test_database_that_is_no_geopackage_is_refused(tmp_path):
    path = tmp_path / "ก.gpkg"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE a (b)")
        database.commit()

    with pytest.raises(Rejected) as caught:
        layouts(path)
    assert caught.value.problems[0].params["found"] == "SQLite"


def test_loose_parts_of_a_shapefile_are_read(tmp_path):
    packed(tmp_path, "EPSG:4326", places=[(104.7, 16.9)])

    (layout,) = layouts(tmp_path / "places.shp")
    assert (layout.kind, layout.rows) == ("shp", 1)


def test_kml_is_known_by_its_content(tmp_path):
    path = tmp_path / "จุด.txt"
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        "<Placemark><name>พระธาตุพนม</name><Point><coordinates>104.72,16.94</coordinates></Point>"
        "</Placemark></Document></kml>",
        "utf-8",
    )
    got = single(path)

    assert (got.layout.kind, got.layout.rows) == ("kml", 1)
