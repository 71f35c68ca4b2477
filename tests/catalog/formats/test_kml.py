"""KML and KMZ: valid, typed, read by two other readers, and every value back."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import fastkml
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from catalog.formats import kml, kmz
from catalog.formats._kml_shapes import from_kml, to_kml, wkt_of
from catalog.geometry import to_wkb

KML = "{http://www.opengis.net/kml/2.2}"
XSD = Path(fastkml.__file__).parent / "schema" / "ogckml22.xsd"


@pytest.fixture(scope="module")
def valid():
    schema = etree.XMLSchema(etree.parse(XSD))

    def check(path: Path) -> etree._ElementTree:
        document = etree.parse(path)
        schema.assertValid(document)
        return document

    return check


def test_every_type_comes_back_and_the_file_is_valid(everything, valid) -> None:
    path, problems = everything.write(kml)
    valid(path)
    assert problems == ()
    assert everything.check(kml, path).equals(everything.table.head(9).combine_chunks())


def test_schema_gives_types_and_thai_titles(everything, valid) -> None:
    document = valid(everything.write(kml)[0])
    fields = {f.get("name"): f for f in document.iter(f"{KML}SimpleField")}
    expected = {
        "code": "string", "people": "string", "share": "double", "budget": "double",
        "open": "bool", "fiscal_year": "int", "founded": "string", "centre": "string",
    }  # fmt: skip
    assert {name: fields[name].get("type") for name in expected} == expected
    assert fields["title"].findtext(f"{KML}displayName") == "ชื่อสถานที่"
    assert "shape" not in fields


@pytest.mark.parametrize(
    ("values", "kind"),
    [(["2147483647"], "int"), (["2147483648"], "double"), ([str(2**53)], "string")],
)
def test_integers_have_a_type_that_holds_them(made, valid, values: list[str], kind: str) -> None:
    table = made({"n": "integer", "at": "geopoint"}, [[value, "100, 13"] for value in values])
    (field,) = valid(table.write(kml)[0]).iter(f"{KML}SimpleField")
    assert field.get("type") == kind


def test_null_is_left_out_and_the_empty_text_is_not(everything, valid) -> None:
    document = valid(everything.write(kml)[0])
    marks = list(document.iter(f"{KML}Placemark"))
    cells = [{c.get("name"): c.text for c in m.iter(f"{KML}SimpleData")} for m in marks]
    assert cells[2]["title"] is None
    assert list(cells[3]) == ["code"]
    assert marks[2].find(f"{KML}Polygon") is None  # the row without a shape
    assert marks[2].find(f"{KML}styleUrl") is None


def test_document_says_licence_author_and_source(everything, valid) -> None:
    document = valid(everything.write(kml)[0]).getroot()[0]
    atom = "{http://www.w3.org/2005/Atom}"
    assert document.findtext(f"{KML}name") == "สถานที่ & แหล่ง <ทดสอบ>"
    assert document.findtext(f"{atom}author/{atom}name") == "สำนักงานจังหวัดนครพนม"
    assert document.find(f"{atom}link").get("href") == everything.about.table_uri
    said = {
        data.get("name"): data.findtext(f"{KML}value")
        for data in document.find(f"{KML}ExtendedData")
    }
    assert said["licence_uri"] == "https://creativecommons.org/licenses/by/4.0/"
    assert said["source_uri"] == "https://data.nakhonphanom.go.th/source?a=1&b=2"
    assert said["edition"] == "3f2a9c41d0be"


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"code": "string", "name_th": "string"}, "name_th"),
        ({"detail": "string", "title": "string"}, "title"),
        ({"code": "string", "place": "string"}, "place"),
        ({"code": "string"}, "code"),
    ],
)
def test_placemarks_are_called_by_what_names_things(made, valid, fields: Any, named: str) -> None:
    row = [*(f"<{name}>" for name in fields), "100, 13"]
    table = made({**fields, "at": "geopoint"}, [row])
    (mark,) = valid(table.write(kml)[0]).iter(f"{KML}Placemark")
    assert mark.findtext(f"{KML}name") == f"<{named}>"


def test_every_kind_of_shape_is_valid_and_comes_back(made, shapes, valid) -> None:
    rows = [[name, shape] for name, shape in shapes.items()] + [["none", None]]
    table = made({"kind": "string", "shape": "geojson"}, rows)
    path, _ = table.write(kml)
    valid(path)
    assert table.check(kml, path).equals(table.table.head(99).combine_chunks())


def test_gdal_reads_the_same_shapes_and_names(made, shapes) -> None:
    kinds = ["point", "line", "polygon", "holed", "multipolygon", "collection"]
    table = made({"name": "string", "shape": "geojson"}, [[kind, shapes[kind]] for kind in kinds])
    frame = pyogrio.read_dataframe(table.write(kml)[0])
    assert frame["Name"].tolist() == frame["name2"].tolist() == kinds
    for shape, kind in zip(frame.geometry, kinds, strict=True):
        expected = shapely.from_geojson(json.dumps(shapes[kind]))
        assert shapely.force_2d(shape).normalize() == expected.normalize()


def test_gdal_reads_typed_values(made) -> None:
    fields = {"n": "integer", "x": "number", "open": "boolean", "at": "geopoint"}
    rows = [["7", "0.5", "true", "100, 13"], ["-1", "2", "false", "100, 13"]]
    frame = pyogrio.read_dataframe(made(fields, rows).write(kml)[0], use_arrow=True)
    assert frame["n"].tolist() == [7, -1]
    assert frame["x"].tolist() == [0.5, 2.0]
    assert [bool(value) for value in frame["open"]] == [True, False]


def test_collections_of_one_kind_are_multi_shapes_and_told(made, valid) -> None:
    def points(*pairs: list[float]) -> list[dict[str, Any]]:
        return [{"type": "Point", "coordinates": pair} for pair in pairs]

    gathered = {"type": "GeometryCollection", "geometries": points([100, 13], [101, 14])}
    mixed = {"type": "GeometryCollection", "geometries": [gathered, *points([1, 2])]}
    table = made({"n": "integer", "shape": "geojson"}, [["1", gathered], ["2", mixed]])
    path, (problem,) = table.write(kml)
    valid(path)
    assert (problem.code, problem.params["count"]) == ("kml-collections", 2)
    read = shapely.from_wkb(table.check(kml, path)["shape"].to_pylist())
    assert read[0].wkt == "MULTIPOINT ((100 13), (101 14))"


_RINGS = st.integers(0, 3)
_WHOLE = st.lists(_RINGS, min_size=1, max_size=4)


@given(st.lists(_WHOLE, min_size=1, max_size=5))
@settings(deadline=None)
def test_polygons_of_any_holes_come_back(shapes: list[list[int]]) -> None:
    def polygon(place: int, holes: int) -> shapely.Polygon:
        west = place * 10
        rings = [shapely.box(west + n + 0.1, 1, west + n + 0.7, 2).exterior for n in range(holes)]
        return shapely.Polygon(shapely.box(west, 0, west + 9, 9).exterior, rings)

    made = [
        shapely.MultiPolygon([polygon(place, holes) for place, holes in enumerate(rings)])
        for rings in shapes
    ] + [polygon(0, holes) for rings in shapes for holes in rings]
    texts = to_kml(to_wkb(made)).to_pylist()
    parsed = [etree.fromstring(text.replace(">", f' xmlns="{KML[1:-1]}">', 1)) for text in texts]
    back = shapely.from_wkb(from_kml([wkt_of(element) for element in parsed]).to_pylist())
    assert [shape.wkt for shape in back] == [shape.wkt for shape in made]


def test_characters_that_xml_has_not_are_replaced_and_told(made, valid) -> None:
    table = made({"a": "string", "at": "geopoint"}, [["ก\x01ข\ufffe", "100, 13"], ["ค", "100, 13"]])
    path, (problem,) = table.write(kml)
    valid(path)
    assert (problem.code, problem.field) == ("format-characters-replaced", "a")
    assert table.check(kml, path)["a"].to_pylist() == ["ก\ufffdข\ufffd", "ค"]


@pytest.mark.parametrize("rows", [[], [[None, None]]])
def test_tables_without_rows_or_without_values_are_files_too(made, valid, rows: list[Any]) -> None:
    table = made({"a": "integer", "at": "geopoint"}, rows)
    path, _ = table.write(kml)
    valid(path)
    assert table.check(kml, path).num_rows == len(rows)


def test_table_of_nothing_but_shapes(made, valid) -> None:
    table = made({"at": "geopoint"}, [["100, 13"], ["101, 14"]])
    path, _ = table.write(kml)
    valid(path)
    assert table.check(kml, path).num_rows == 2


@pytest.mark.parametrize("module", [kml, kmz])
def test_table_without_a_geometry_column_is_refused(made, module: Any) -> None:
    assert module.refuse(made({"a": "string"}, [["ก"]]).table).code == "no-geometry"


@pytest.mark.parametrize("module", [kml, kmz])
def test_same_table_gives_the_same_bytes(everything, module: Any) -> None:
    assert everything.write(module, "a")[0].read_bytes() == (
        everything.write(module, "b")[0].read_bytes()
    )


def test_kmz_is_the_kml_document_first_in_its_archive(everything) -> None:
    path, _ = everything.write(kmz)
    document = everything.write(kml)[0].read_bytes()
    with zipfile.ZipFile(path) as archive:
        (entry,) = archive.infolist()
        assert (entry.filename, entry.date_time) == ("doc.kml", (1980, 1, 1, 0, 0, 0))
        assert archive.read(entry) == document
    assert everything.check(kmz, path).equals(everything.table.head(9).combine_chunks())
