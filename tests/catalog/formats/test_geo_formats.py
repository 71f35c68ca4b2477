"""What every format of geodata must do: hold what it says, twice the same, say what it is."""

from __future__ import annotations

import importlib
import json
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
import shapely
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog import problem
from catalog.cast import arrow_schema
from catalog.certify import certify
from catalog.geometry import from_wkb
from catalog.schema import parse_schema
from catalog.table import write_table

NAMES = ["geojson", "kml", "kmz", "shp", "gpkg", "flatgeobuf"]
ROOT = Path(__file__).parents[3]
SHARED = ROOT / ".." / "shared"


def module(name: str) -> ModuleType:
    return importlib.import_module(f"catalog.formats.{name}")


@pytest.fixture(params=NAMES)
def form(request) -> ModuleType:
    return module(request.param)


def test_file_of_every_type_is_certified(everything, form) -> None:
    path, _ = everything.write(form)
    certificate = certify(everything.table, form, path)
    assert (certificate.ok, certificate.rows, certificate.unreadable) == (True, 5, None)
    lost = {loss.column for loss in certificate.losses}
    # A DBF trims blanks and knows no empty text; all else is whole everywhere.
    assert lost == ({"title", "tags"} if form.FORMAT.name == "shp" else set())


def test_damage_is_noticed(everything, form) -> None:
    path, _ = everything.write(form)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert not certify(everything.table, form, path).ok


def test_a_changed_letter_is_noticed(made) -> None:
    table = made({"name": "string", "at": "geopoint"}, [["นครพนม", "100, 13"]])
    for name in ("geojson", "kml", "gpkg", "flatgeobuf"):
        path, _ = table.write(module(name))
        path.write_bytes(path.read_bytes().replace("นครพนม".encode(), "นครปฐม".encode()))
        certificate = certify(table.table, module(name), path)
        assert [(d.column, d.found) for d in certificate.differences] == [("name", "นครปฐม")]


@pytest.mark.parametrize(
    ("name", "media_type", "eu", "gdcatalog", "dga", "nectec"),
    [
        ("geojson", "application/geo+json", "GEOJSON", "อื่นๆ", 3, 3),
        ("kml", "application/vnd.google-earth.kml+xml", "KML", "อื่นๆ", 3, 0),
        ("kmz", "application/vnd.google-earth.kmz", "KMZ", "อื่นๆ", 3, 0),
        ("shp", "application/zip", "SHP", "Shapefile", 3, 2),
        ("gpkg", "application/geopackage+sqlite3", "GPKG", "อื่นๆ", 2, 0),
        ("flatgeobuf", "application/octet-stream", None, "อื่นๆ", 2, 0),
    ],
)
def test_format_is_what_the_vocabularies_call_it(
    name: str, media_type: str, eu: str | None, gdcatalog: str, dga: int, nectec: int
) -> None:
    form = module(name).FORMAT
    assert (form.name, form.media_type, form.eu_file_type) == (name, media_type, eu)
    assert (form.gdcatalog, form.stars_dga, form.stars_nectec) == (gdcatalog, dga, nectec)
    assert form.geometry == "needs"
    profile = SHARED / "gdcatalog" / "profile.yaml"
    if profile.exists():
        fields = yaml.safe_load(profile.read_text("utf-8"))
        assert gdcatalog in next(iter(find(fields, "data_format")))["choices"]


def find(tree: Any, name: str) -> list[dict[str, Any]]:
    if isinstance(tree, list):
        return [found for item in tree for found in find(item, name)]
    if not isinstance(tree, dict):
        return []
    here = [tree] if tree.get("name") == name else []
    return here + [found for item in tree.values() for found in find(item, name)]


def test_what_mqa_lists_as_machine_readable_and_non_proprietary_is_said(shared) -> None:
    lists = {
        "machine_readable": "edp-machine-readable-format.rdf",
        "non_proprietary": "edp-non-proprietary-format.rdf",
    }
    told = {key: (shared / "conformance" / "mqa" / file).read_text() for key, file in lists.items()}
    for name in NAMES:
        form = module(name).FORMAT
        address = f"file-type/{form.eu_file_type}<"
        addresses = (address, address.replace("<", '"'), address.replace("<", "</"))
        listed = {key: any(a in text for a in addresses) for key, text in told.items()}
        assert form.machine_readable == listed["machine_readable"], name
        if name != "gpkg":  # open by OGC's own words; the list of 2019 does not know it
            assert form.proprietary != listed["non_proprietary"], name


def test_every_problem_has_its_words() -> None:
    words = yaml.safe_load((ROOT / "catalog/words/geoformats.yaml").read_text("utf-8"))
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "catalog/formats").glob("*.py"))
    for code, said in words.items():
        assert f'"{code}"' in sources, f"no format tells {code}"
        assert set(said) == {"th", "en", "next_th", "next_en"}
        assert any("\u0e01" <= letter <= "\u0e5b" for letter in said["th"] + said["next_th"])
        assert problem.template(code) == said


def test_provinces_of_thailand_are_whole_in_every_format(made, shared, form) -> None:
    source = shared / "data" / "boundaries-provinces.geojson"
    features = json.loads(source.read_text("utf-8"))["features"]
    names = [str(f["properties"]) for f in features]
    fields = {"about": {"type": "string", "title": "ข้อมูลจังหวัด"}, "shape": "geojson"}
    table = made(fields, [[name, f["geometry"]] for name, f in zip(names, features, strict=True)])
    path, problems = table.write(form)
    certificate = certify(table.table, form, path)
    assert (certificate.ok, certificate.rows) == (True, 77)
    shortened = {p.code for p in problems if p.field == "about"}
    assert shortened <= {"shp-text-cut"}


THAI = "กขงญนำไเแ็่้๊๋์ฺํ๎าำะัิีึืุู๑๒๓ฯๆ"
HARD = " \t\n\r\"'\\&<>;,|=+-@#[]{}\x00\x01\x1f\x7f\x85\xa0\u200b\u2028\ufeff\ufffe\uffff\ufffd"
HARD += "\U0001f98b\U0010ffff"
texts = st.text(st.sampled_from(THAI + HARD) | st.characters(codec="utf-8"), max_size=100)
longitudes = st.floats(-180, 180)
latitudes = st.floats(-90, 90)
positions = st.tuples(longitudes, latitudes)


def _squares(corners: list[tuple[float, float]]) -> shapely.MultiPolygon:
    boxes = [shapely.box(x, y, x + 0.5, y + 0.5) for x, y in sorted(set(corners))]
    return shapely.MultiPolygon(boxes)


corner = st.tuples(st.integers(-170, 170), st.integers(-80, 80))
SHAPES = {
    "points": positions.map(shapely.Point),
    "mixed": st.one_of(
        positions.map(shapely.Point),
        st.lists(positions, min_size=2, max_size=5).map(shapely.LineString),
        st.lists(positions, min_size=1, max_size=3).map(shapely.MultiPoint),
        corner.map(lambda at: shapely.box(*at, at[0] + 0.25, at[1] + 0.125)),
        st.lists(corner, min_size=1, max_size=3).map(_squares),
    ),
    "areas": st.one_of(
        corner.map(lambda at: shapely.box(*at, at[0] + 0.25, at[1] + 0.125)),
        st.lists(corner, min_size=1, max_size=3).map(_squares),
    ),
}
VALUES = {
    "title": ({"type": "string"}, texts),
    "whole": ({"type": "integer"}, st.integers(-(2**62), 2**62) | st.integers(-9, 9)),
    "share": ({"type": "number"}, st.floats(-1e300, 1e300).map(lambda x: float(f"{x:.15g}"))),
    "baht": (
        {"type": "number", "decimalPlaces": 2},
        st.decimals(-(10**30), 10**30, places=2) | st.decimals(-99, 99, places=2),
    ),
    "open": ({"type": "boolean"}, st.booleans()),
    "day": ({"type": "date"}, st.dates()),
    "clock": ({"type": "time"}, st.times()),
    "seen": ({"type": "datetime"}, st.datetimes()),
    "told": (
        {"type": "datetime", "timezone": "Asia/Bangkok"},
        st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)).map(  # noqa: DTZ001
            lambda moment: moment.replace(tzinfo=UTC)
        ),
    ),
    "made_in": ({"type": "year"}, st.integers(0, 9999)),
}


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_whatever_a_table_holds_a_file_gives_back(made, form, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(SHAPES)))
    described = [{"name": name, **field} for name, (field, _) in VALUES.items()]
    schema = parse_schema({"fields": [*described, {"name": "shape", "type": "geojson"}]}, "test")
    rows = data.draw(st.integers(0, 6))
    columns = [
        data.draw(st.lists(st.none() | values, min_size=rows, max_size=rows))
        for values in (*(values for _, values in VALUES.values()), SHAPES[kind])
    ]
    columns[-1] = [shape and shape.wkb for shape in columns[-1]]
    arrays = [pa.array(c, t) for c, t in zip(columns, arrow_schema(schema).types, strict=True)]
    arrays[2] = pc.add(arrays[2], 0.0)  # no minus zero, as the cast sees to
    arrays[-1] = from_wkb(arrays[-1])
    small = made({"at": "geopoint"}, [])
    batch = pa.RecordBatch.from_arrays(arrays, schema=arrow_schema(schema))
    table = write_table(small.folder / "table.parquet", "places", schema, [batch])
    assert form.refuse(table) is None
    path = small.folder / f"file.{form.FORMAT.extension}"
    path.unlink(missing_ok=True)
    form.write(table, small.about, path)
    certificate = certify(table, form, path)
    assert certificate.ok, certificate


def test_many_rows_go_through_in_pieces(made, form, monkeypatch) -> None:
    monkeypatch.setattr("catalog.formats._stream.BATCH_ROWS", 7)
    monkeypatch.setattr("catalog.formats._dbf_fit.batch_rows", lambda columns: 5)
    rows = [
        [f"แถวที่ {n}", f"{100 + n * 37 % 101 / 100}, {13 + n * 53 % 97 / 100}"] for n in range(60)
    ]
    table = made({"name": "string", "at": "geopoint"}, rows)
    path, _ = table.write(form)
    assert certify(table.table, form, path).ok


def test_memory_of_a_shape_is_no_limit(made, form) -> None:
    circle = shapely.Point(100, 13).buffer(1, quad_segs=20_000)
    shape = json.loads(shapely.to_geojson(circle))
    table = made({"n": "integer", "shape": "geojson"}, [["1", shape], ["2", None]])
    path, _ = table.write(form)
    assert certify(table.table, form, path).ok
    assert np.isclose(shapely.from_wkb(table.table.head(1)["shape"][0].as_py()).area, circle.area)
