"""Shapefile: what a DBF holds of Thai, what it cannot, and that GDAL reads every byte of it."""

from __future__ import annotations

import csv
import io
import json
import struct
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyogrio
import pytest
import regex
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.formats import shp
from catalog.formats._dbf import Column, header, records, size
from catalog.formats._dbf_fit import cut, names
from catalog.schema import SchemaField

#: More letters than a DBF's text can have: 84 of them.
LONG = "เทศบาลเมืองนครพนมที่ว่าการอำเภอเมืองนครพนม" * 3


def inside(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def told(problems: tuple[Any, ...]) -> dict[tuple[str, str | None], int | None]:
    return {(p.code, p.field): p.params.get("count") for p in problems}


def test_every_type_comes_back_through_gdal(everything) -> None:
    path, problems = everything.write(shp)
    read = everything.check(shp, path)
    assert read["people"].to_pylist()[:2] == [2**62 + 1, -(2**62) - 1]
    assert read["share"].to_pylist()[1:3] == [-1.23456789012345e-300, 12345678901.5]
    assert read["founded"].to_pylist()[1].isoformat() == "0001-01-01"
    assert read["open"].to_pylist() == [True, False, True, None, True]
    assert read["title"].to_pylist()[2:4] == [None, None]  # the empty text is blank, as null is
    assert told(problems)["shp-empty-text", "title"] == 1


def test_archive_has_a_layer_a_dictionary_and_the_licence(everything) -> None:
    parts = inside(everything.write(shp)[0])
    assert list(parts) == [
        "places.shp", "places.shx", "places.dbf", "places.prj", "places.cpg", "fields.csv",
        "readme.txt",
    ]  # fmt: skip
    assert parts["places.cpg"] == b"UTF-8"
    assert b"GCS_WGS_1984" in parts["places.prj"]
    readme = parts["readme.txt"].decode("utf-8-sig")
    for words in ("https://creativecommons.org/licenses/by/4.0/", "3f2a9c41d0be",
                  "ทะเบียนสถานที่ของจังหวัด", "84 Thai letters"):  # fmt: skip
        assert words in readme
    rows = list(csv.DictReader(io.StringIO(parts["fields.csv"].decode("utf-8-sig"))))
    by_name = {row["ชื่อคอลัมน์ (column)"]: row for row in rows}
    assert by_name["title"]["ชื่อภาษาไทย"] == "ชื่อสถานที่"
    assert by_name["people"]["dbf"] == "PEOPLE"
    assert by_name["fiscal_year"]["dbf"] == "fiscal_yea"
    assert "shape" not in by_name


def test_columns_have_fitting_types_and_only_the_width_they_need(made) -> None:
    fields = {
        "name": "string", "whole": "integer", "huge": "integer", "share": "number",
        "money": {"type": "number", "decimalPlaces": 2}, "open": "boolean", "day": "date",
        "at": "geopoint",
    }  # fmt: skip
    row = ["กขค", "-42", str(2**62), "0.125", "1.50", "true", "2024-02-29", "100, 13"]
    path, _ = made(fields, [row]).write(shp)
    dbf = inside(path)["places.dbf"]
    described = [dbf[start : start + 32] for start in range(32, len(dbf), 32)]
    found = [(d[:11].rstrip(b"\0").decode(), chr(d[11]), d[16], d[17]) for d in described[:7]]
    assert found == [
        ("name", "C", 9, 0), ("whole", "N", 3, 0), ("huge", "C", 19, 0), ("share", "N", 5, 3),
        ("money", "N", 4, 2), ("open", "L", 1, 0), ("day", "D", 8, 0),
    ]  # fmt: skip
    assert dbf[1:4] == bytes([80, 1, 1])  # 1980-01-01, whatever the day
    assert dbf.endswith("กขค-424611686018427387904".encode() + b"0.1251.50T20240229\x1a")


def test_long_thai_is_cut_between_letters_and_told(made) -> None:
    table = made({"name": "string", "at": "geopoint"}, [["สั้น", "100, 13"], [LONG, "100, 13"]])
    path, problems = table.write(shp)
    assert told(problems) == {("shp-text-cut", "name"): 1}
    assert problems[0].params["limit"] == 254
    read = table.check(shp, path)["name"].to_pylist()
    assert read[0] == "สั้น"
    assert len(LONG) > 120
    assert LONG.startswith(read[1])
    assert 80 <= len(read[1]) <= 84
    assert regex.findall(r"\X", LONG)[: len(regex.findall(r"\X", read[1]))] == (
        regex.findall(r"\X", read[1])
    )
    frame = pyogrio.read_dataframe(f"/vsizip/{path}/places.shp")  # as an analyst opens it
    assert frame["name"].tolist() == read


_THAI = st.sampled_from(
    [chr(c) for c in (*range(0xE01, 0xE3B), *range(0xE40, 0xE4F))]
    + ["a", " ", "\u0301", "é", "\U0001f98b", "👨‍👩‍👧", "👍🏽", "漢"]
)


@given(
    st.lists(st.text(_THAI.filter(lambda c: len(c) == 1), max_size=30) | st.none()),
    st.integers(8, 40),
)
@settings(deadline=None)
def test_a_cut_is_the_longest_run_of_whole_letters(texts: list[str | None], limit: int) -> None:
    def oracle(text: str) -> str:
        kept = ""
        for letter in regex.findall(r"\X", text):
            if len((kept + letter).encode()) > limit:
                break
            kept += letter
        return kept

    expected = [
        text if text is None or len(text.encode()) <= limit else oracle(text).rstrip(" ")
        for text in texts
    ]
    assert cut(pa.array(texts, pa.string()), limit).to_pylist() == expected


def test_names_are_short_ascii_and_all_different() -> None:
    fields = [
        SchemaField(name=name, alias=alias)
        for name, alias in [
            ("name", None), ("district_name_th", None), ("district_name_en", None),
            ("district_n", None), ("other", "DISTRICT_2"), ("x" * 63, None), ("x" * 62, None),
        ]
    ]  # fmt: skip
    found = names(fields)
    assert found["name"] == "name"
    assert found["other"] == "DISTRICT_2"
    assert len({name.upper() for name in found.values()}) == len(fields)
    assert all(len(name) <= 10 and name.isascii() for name in found.values())
    assert (
        names([SchemaField(name=f"column_number_{n}") for n in range(120)])["column_number_119"]
        == "column_120"
    )


def test_shapes_come_back_whatever_their_parts(made, shapes) -> None:
    rows = [[name, shapes[name]] for name in ("polygon", "holed", "multipolygon")] + [["-", None]]
    table = made({"name": "string", "shape": "geojson"}, rows)
    path, _ = table.write(shp)
    read = shapely.from_wkb(table.check(shp, path)["shape"].to_pylist())
    for shape, name in zip(read, ("polygon", "holed", "multipolygon"), strict=False):
        given_shape = shapely.from_geojson(json.dumps(shapes[name]))
        assert shape.equals(given_shape)
        assert all(part.exterior.is_ccw for part in shapely.get_parts(shape))
    assert read[3] is None
    assert pyogrio.read_info(f"/vsizip/{path}/places.shp")["features"] == 4


def test_kinds_of_shapes_become_layers_that_keep_their_rows(made, shapes) -> None:
    order = [
        "polygon",
        "point",
        "line",
        "multipoint",
        "holed",
        "multiline",
        "multipolygon",
        "point",
    ]
    rows = [[name, str(n), shapes[name]] for n, name in enumerate(order)]
    rows.insert(3, ["none", "99", None])
    table = made({"kind": "string", "n": "integer", "shape": "geojson"}, rows)
    path, problems = table.write(shp)
    layers = [name.removesuffix(".shp") for name in inside(path) if name.endswith(".shp")]
    assert layers == ["places_point", "places_multipoint", "places_line", "places_polygon"]
    assert problems[-1].code == "shp-layers"
    assert table.check(shp, path)["kind"].to_pylist() == [row[0] for row in rows]
    points = pyogrio.read_dataframe(f"/vsizip/{path}/places_point.shp")
    assert points["row__no"].tolist() == [2, 4, 9]
    assert points["kind"].tolist() == ["point", "none", "point"]


def test_many_rows_of_mixed_kinds_keep_their_order(made, shapes) -> None:
    kinds = ["point", "line", "polygon", "point"]
    rows = [[str(n), shapes[kinds[n * n % 7 % 4]]] for n in range(500)]
    table = made({"n": "integer", "shape": "geojson"}, rows)
    assert table.round_trip(shp)["n"].to_pylist() == list(range(500))


def test_a_collection_of_several_kinds_is_refused_with_the_reason(made, shapes) -> None:
    table = made({"n": "integer", "shape": "geojson"}, [["1", shapes["collection"]]])
    problem = shp.refuse(table.table)
    assert (problem.code, problem.level) == ("geometry-kind-unfit", "note")
    assert "GeometryCollection" in problem.title("th")


def test_table_without_a_geometry_column_is_refused(made) -> None:
    assert shp.refuse(made({"a": "string"}, [["ก"]]).table).code == "no-geometry"


def test_more_than_255_columns_are_refused(made) -> None:
    fields = {f"c{n}": "integer" for n in range(256)} | {"at": "geopoint"}
    problem = shp.refuse(made(fields, []).table)
    assert (problem.code, problem.params["columns"]) == ("shp-too-many-columns", 256)
    fields.pop("c0")
    assert shp.refuse(made(fields, []).table) is None


def test_more_than_two_gigabytes_are_refused_and_short_texts_are_not(made, monkeypatch) -> None:
    fields = {"name": "string", "at": "geopoint"}
    monkeypatch.setattr("catalog.formats._dbf.FILE_BYTES", 1500)
    short = made(fields, [["กข", "100, 13"]] * 10)
    assert shp.refuse(short.table) is None  # 70 bytes of text, not the 2,540 that could be
    long = made(fields, [[LONG, "100, 13"]] * 10)
    assert shp.refuse(long.table).code == "shp-too-large"
    many = made({"name": "string", "at": "geopoint"}, [["ก", "100, 13"]] * 60)
    assert shp.refuse(many.table).code == "shp-too-large"  # by its points


def test_json_and_shapes_are_whole_or_left_out(made, shapes) -> None:
    big = json.dumps({"ก": "ข" * 100}, ensure_ascii=False)
    rows = [
        [big, '["ก"]', "ก,ข", "100, 13", shapes["multipolygon"]],
        ['{"ก":1}', "[]", " ก", "100, 13", shapes["polygon"]],
    ]
    fields = {"o": "object", "a": "array", "l": "list", "at": "geopoint", "more": "geojson"}
    table = made(fields, rows)
    path, problems = table.write(shp)
    read = table.check(shp, path)
    assert read["o"].to_pylist() == [None, '{"ก":1}']
    assert read["l"].to_pylist() == ['["ก","ข"]', None]
    assert read["more"].is_valid().to_pylist() == [False, True]
    assert told(problems) == {
        ("shp-value-left-out", "o"): 1,
        ("shp-value-left-out", "l"): 1,
        ("shp-value-left-out", "more"): 1,
    }


def test_blanks_at_the_ends_are_trimmed_and_told(made) -> None:
    table = made({"name": "string", "at": "geopoint"}, [[" ก ข ", "100, 13"], ["\tค", "100, 13"]])
    path, problems = table.write(shp)
    assert told(problems) == {("shp-blanks-trimmed", "name"): 1}
    assert table.check(shp, path)["name"].to_pylist() == ["ก ข", "\tค"]


@pytest.mark.parametrize("rows", [[], [[None, None]]])
def test_tables_without_rows_or_without_values_are_files_too(made, rows: list[Any]) -> None:
    table = made({"a": "integer", "at": "geopoint"}, rows)
    assert shp.refuse(table.table) is None
    assert table.round_trip(shp).num_rows == len(rows)


def test_table_of_nothing_but_shapes_has_row_numbers(made) -> None:
    table = made({"at": "geopoint"}, [["100, 13"], ["101, 14"]])
    path, _ = table.write(shp)
    table.check(shp, path)
    assert pyogrio.read_dataframe(f"/vsizip/{path}/places.shp")["row__no"].tolist() == [1, 2]


def test_same_table_gives_the_same_bytes(everything, monkeypatch) -> None:
    first = everything.write(shp, "a")[0].read_bytes()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    assert everything.write(shp, "b")[0].read_bytes() == first
    with zipfile.ZipFile(everything.folder / "a.shp.zip") as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_dbf_is_laid_out_as_dbase_iii_has_it() -> None:
    columns = (Column("NAME", "C", 4), Column("N", "N", 3), Column("OK", "L", 1))
    texts = [
        pa.array(["ก", None, "abcd"]),
        pa.array(["7", "-12", None]),
        pa.array(["T", None, "F"]),
    ]
    start = header(columns, 3)
    assert struct.unpack("<4BIHH", start[:12]) == (3, 80, 1, 1, 3, 129, 9)
    assert len(start) == 129
    body = records(columns, texts).tobytes()
    assert body == " ก   7T".encode() + b"     -12?" + b" abcd   F"
    assert size(columns, 3) == len(start) + len(body) + 1
    sliced = [pa.array(["x", *text.to_pylist()], pa.string())[1:] for text in texts]
    assert records(columns, sliced).tobytes() == body


def test_provinces_of_thailand_open_in_gdal_with_their_thai_names(made) -> None:
    source = Path(__file__).parents[3] / ".." / "shared" / "data" / "boundaries-provinces.geojson"
    if not source.exists():
        pytest.skip("the shared data folder is not here")
    features = json.loads(source.read_text("utf-8"))["features"]
    rows = [[json.dumps(f["properties"], ensure_ascii=False), f["geometry"]] for f in features]
    names_th = [
        next(v for v in f["properties"].values() if str(v)[:1] > "\u0e00") for f in features
    ]
    table = made(
        {"about": "string", "name_th": "string", "shape": "geojson"},
        [[row[0], name, row[1]] for row, name in zip(rows, names_th, strict=True)],
    )
    path, _ = table.write(shp)
    assert table.check(shp, path).num_rows == 77
    frame = pyogrio.read_dataframe(f"/vsizip/{path}/places.shp")
    assert frame["name_th"].tolist() == names_th
    assert (
        frame.geometry.is_valid.sum()
        == shapely.is_valid(shapely.from_wkb(table.table.head(99)["shape"].to_pylist())).sum()
    )
