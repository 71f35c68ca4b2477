"""GeoPackage as a source; GDAL is the judge."""

from __future__ import annotations

import sqlite3
import struct

import geopandas
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.problem import OutsideError
from flows.sources import gpkg as source

POINT = shapely.Point(104.78, 17.41)


@pytest.fixture
def made(tmp_path):
    """A GeoPackage that GDAL writes; layer after layer."""
    path = tmp_path / "แผนที่.gpkg"

    def make(name, geometry=(POINT,), crs=4326, **columns):
        if geometry is None:
            pyogrio.write_dataframe(pd.DataFrame(columns), path, layer=name, driver="GPKG")
        else:
            frame = geopandas.GeoDataFrame(columns, geometry=list(geometry), crs=crs)
            pyogrio.write_dataframe(frame, path, layer=name, driver="GPKG")
        return path

    return make


@pytest.fixture
def read(pulled):
    return lambda content, **said: source.read(
        pulled(content), source.Options(path="แผนที่.gpkg", **said)
    )


@pytest.fixture
def edited(made):
    """The file of one layer ``t`` after some SQL."""

    def edit(script, *values, **columns):
        path = made("t", **(columns or {"ชื่อ": ["ก"]}))
        with sqlite3.connect(path) as connection:
            triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            for (name,) in connection.execute(triggers).fetchall():
                connection.execute(f'DROP TRIGGER "{name}"')  # they call what only GDAL has
            if values:
                connection.execute(script, values)
            else:
                connection.executescript(script)
        connection.close()
        return path

    return edit


def test_attributes_are_text_as_stored_and_geometry_is_wkb(made, read, rows):
    path = made(
        "วัด", ชื่อ=["นครพนม"], รหัส=["007"], คน=[2**53 + 1], ไร่=[1234567890.125], เปิด=[True],
        วัน=pd.to_datetime(["2024-02-29"]).date, ยาว=[3.0],
    )  # fmt: skip

    table = read(path)

    assert table.columns == ("ชื่อ", "รหัส", "คน", "ไร่", "เปิด", "วัน", "ยาว", "geom")
    assert (table.geometry, table.crs) == ("geom", "EPSG:4326")
    assert [(f.code, f.field) for f in table.findings] == [("gpkg-numbering", "fid")]
    (row,) = rows(table)
    assert row.pop("geom") == shapely.to_wkb(POINT, byte_order=1, flavor="iso")
    assert row == {
        "_row": 1, "ชื่อ": "นครพนม", "รหัส": "007", "คน": "9007199254740993",
        "ไร่": "1234567890.125", "เปิด": "true", "วัน": "2024-02-29", "ยาว": "3",
    }  # fmt: skip


SHAPES = st.one_of(
    st.none(),
    st.tuples(st.floats(-180, 180), st.floats(-90, 90)).map(shapely.Point),
    st.tuples(st.floats(-180, 180), st.floats(-90, 90), st.floats(-9, 9)).map(shapely.Point),
    st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=2, max_size=6).map(
        shapely.LineString
    ),
    st.integers(-80, 60).map(
        lambda at: shapely.MultiPolygon([shapely.box(at, at, at + 9, at + 9)])
    ),
)


@given(
    st.lists(
        st.tuples(
            SHAPES, st.none() | st.text(st.characters(blacklist_categories=["Cs", "Cc"])),
            st.none() | st.integers(-(2**63) + 1, 2**63 - 1), st.floats(allow_nan=False),
        ),
        min_size=1, max_size=6,
    )
)  # fmt: skip
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None
)
def test_rows_are_those_that_gdal_reads(pulled, rows, tmp_path, values):
    path = tmp_path / "a.gpkg"
    path.unlink(missing_ok=True)
    shapes, names, counts, sizes = zip(*values, strict=True)
    columns = {
        "n": pd.array(names, "string"), "c": pd.array(counts, "Int64"), "s": sizes,
    }  # fmt: skip
    frame = geopandas.GeoDataFrame(columns, geometry=list(shapes), crs=32647)
    pyogrio.write_dataframe(frame, path, layer="t", driver="GPKG", geometry_type="Unknown")

    table = source.read(pulled(path), source.Options(path="a.gpkg"))

    _, judge = pyogrio.read_arrow(path)
    found = rows(table)
    assert table.crs == "EPSG:32647"
    for ours, theirs in zip(found, judge.to_pylist(), strict=True):
        assert ours["geom"] == theirs["geom"]
        assert ours["n"] == theirs["n"]
        assert ours["c"] == (None if theirs["c"] is None else str(theirs["c"]))
        assert float(ours["s"]) == theirs["s"]


@pytest.mark.parametrize("batch", [1, 3, 50_000])
def test_batches_of_any_size_give_the_same_rows(made, read, rows, monkeypatch, batch):
    monkeypatch.setattr(source, "BATCH_ROWS", batch)
    monkeypatch.setattr(source, "_FETCHED", batch)
    path = made("t", geometry=[shapely.Point(n, 0) for n in range(10)], n=list(range(10)))

    found = rows(read(path))

    assert [(row["_row"], row["n"]) for row in found] == [(n + 1, str(n)) for n in range(10)]
    assert [shapely.from_wkb(row["geom"]).x for row in found] == list(range(10))


@pytest.mark.parametrize(
    ("envelope", "code"), [("", 0), ("4d", 1), ("6d", 2), ("6d", 3), ("8d", 4)]
)
@pytest.mark.parametrize("order", ["<", ">"])
def test_header_of_every_length_is_taken_off(edited, read, rows, envelope, code, order):
    flags = code << 1 | (order == "<")
    blob = b"GP\0" + bytes([flags]) + struct.pack(f"{order}i", 4326)
    blob += struct.pack(f"<{envelope}", *[0.0] * int(envelope[:-1] or 0)) if envelope else b""
    path = edited("UPDATE t SET geom = ?", blob + shapely.to_wkb(POINT))

    assert rows(read(path))[0]["geom"] == shapely.to_wkb(POINT, byte_order=1, flavor="iso")


def test_layers_are_listed_where_one_must_be_chosen(made, read, refused, rows):
    made("วัด", ชื่อ=["ก"])
    path = made("โรงเรียน", ชื่อ=["ข"])

    (problem,) = refused(lambda: read(path))
    (wrong,) = refused(lambda: read(path, layer="โรงเรีย"))

    assert (problem.code, problem.params["layers"]) == ("gpkg-which", "วัด, โรงเรียน")
    assert (wrong.code, wrong.params["nearest"]) == ("gpkg-no-layer", "โรงเรียน")
    assert rows(read(path, layer="โรงเรียน"))[0]["ชื่อ"] == "ข"


def test_table_of_attributes_is_read_without_geometry(made, read, rows):
    path = made("รายชื่อ", geometry=None, ชื่อ=["ก", None], ค่า=[1.5, 2.0])

    table = read(path)

    assert (table.columns, table.geometry, table.crs) == (("ชื่อ", "ค่า"), None, None)
    assert [(row["ชื่อ"], row["ค่า"]) for row in rows(table)] == [("ก", "1.5"), (None, "2")]


def test_layer_of_features_is_taken_before_tables_of_attributes(made, read):
    made("รายชื่อ", geometry=None, ชื่อ=["ก"])

    assert read(made("วัด", ที่=["ข"])).columns == ("ที่", "geom")


def test_key_of_the_data_is_a_column_and_orders_the_rows(edited, read, rows):
    path = edited(
        "CREATE TABLE u (รหัส INTEGER PRIMARY KEY AUTOINCREMENT, v);"
        "INSERT INTO u VALUES (9, 'ค'), (2, 'ข');"
        "INSERT INTO gpkg_contents (table_name, data_type) VALUES ('u', 'attributes')"
    )

    table = read(path, layer="u")

    assert table.findings == ()
    assert [(row["รหัส"], row["v"]) for row in rows(table)] == [("2", "ข"), ("9", "ค")]


@pytest.mark.parametrize(("crs", "code"), [(24047, "EPSG:24047"), (32648, "EPSG:32648")])
def test_reference_system_is_the_files(made, read, crs, code):
    path = made("t", geometry=[shapely.Point(500000, 1900000)], crs=crs, ก=[1])

    assert read(path).crs == code
    assert read(path, crs="EPSG:32647").crs == "EPSG:32647"


def test_reference_system_that_the_file_does_not_say_is_told(edited, read):
    table = read(edited("UPDATE gpkg_geometry_columns SET srs_id = -1"))

    assert table.crs is None
    assert "crs-unknown" in [finding.code for finding in table.findings]


@pytest.mark.parametrize(
    "blob",
    [b"", b"GP", b"GP\0\x01" + bytes(4), b"XX\0\x01" + bytes(4) + shapely.to_wkb(POINT),
     b"GP\0\x0b" + bytes(4) + shapely.to_wkb(POINT), b"GP\0\x21" + bytes(4) + b"EXT0", "ข้อความ",
     b"GP\0\x01" + bytes(4) + shapely.to_wkb(POINT)[:-3], 7],
)  # fmt: skip
def test_geometry_that_is_none_is_refused_with_its_row(edited, read, rows, refused, blob):
    path = edited("UPDATE t SET geom = ? WHERE fid = 2", blob, ชื่อ=["ก", "ข"], geometry=[POINT] * 2)
    table = read(path)

    (problem,) = refused(lambda: rows(table))

    assert (problem.code, problem.row, problem.field) == ("geometry-invalid", 2, "geom")


def test_text_of_another_encoding_is_refused_not_replaced(edited, read, rows, refused):
    path = edited("UPDATE t SET ชื่อ = CAST(? AS TEXT)", "นครพนม".encode("cp874"))

    assert refused(lambda: rows(read(path)))[0].code == "sql-letters"


def test_file_that_is_open_elsewhere_is_not_taken_half_written(made, shelf):
    path = made("t", ก=[1])
    declared = shelf().folder / "a.gpkg"
    declared.write_bytes(path.read_bytes())
    connection = sqlite3.connect(declared)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE u (n)")
    connection.commit()
    options = source.Options(path="a.gpkg")

    with pytest.raises(OutsideError) as caught:
        source.pull(options, shelf())
    connection.close()

    assert caught.value.problems[0].code == "gpkg-open"
    assert source.pull(options, shelf()).size == declared.stat().st_size


def test_evidence_gets_nothing_beside_it_though_the_file_is_in_wal_mode(edited, read, rows, pulled):
    path = edited("PRAGMA journal_mode = WAL")
    evidence = pulled(path)

    assert rows(source.read(evidence, source.Options(path="a.gpkg")))[0]["ชื่อ"] == "ก"
    assert [entry.name for entry in evidence.path.parent.iterdir()] == [evidence.sha256]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "source-empty"), ("<html><body>404", "source-html"),
        (b"PK\x03\x04zip", "source-wrong-kind"),
        ("ก,ข\n1,2\n", "source-wrong-kind"), (b"SQLite format 3\0" + bytes(500), "gpkg-broken"),
    ],
)  # fmt: skip
def test_what_is_no_geopackage_is_refused(read, refused, content, code):
    assert refused(lambda: read(content))[0].code == code


def test_plain_sqlite_is_no_geopackage(read, refused, tmp_path):
    with sqlite3.connect(tmp_path / "a.db") as connection:
        connection.execute("CREATE TABLE t (n)")

    (problem,) = refused(lambda: read(tmp_path / "a.db"))

    assert (problem.code, problem.params["found"]) == ("source-wrong-kind", "SQLite")


def test_damaged_files_are_refused_in_words(made, read, rows, refused):
    path = made("t", ชื่อ=["ก" * 300] * 300, geometry=[POINT] * 300)
    whole = path.read_bytes()
    codes = set()
    for at in range(100, len(whole), 9973):
        broken = (
            whole[:at] + bytes(byte ^ 0xFF for byte in whole[at : at + 700]) + whole[at + 700 :]
        )
        try:
            rows(read(broken))
        except Exception as error:  # noqa: BLE001  (whatever comes, it must be a refusal)
            codes.add(type(error).__name__)
        try:
            rows(read(whole[:at]))
        except Exception as error:  # noqa: BLE001
            codes.add(type(error).__name__)

    assert codes == {"Rejected"}
