from __future__ import annotations

import io
import struct
import zipfile

import pyogrio
import pytest
import shapely
from pydantic import ValidationError

from catalog.problem import OutsideError, Rejected
from flows.sources import shp as source

UTM47 = (
    'PROJCS["WGS_1984_UTM_Zone_47N",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",'
    'SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],'
    'UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],'
    'PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],'
    'PARAMETER["Central_Meridian",99.0],PARAMETER["Scale_Factor",0.9996],'
    'PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)
NAMES = ["นครพนม", "ธาตุพนม", "เรณูนคร"]


def shapes(points):
    """``.shp`` and ``.shx`` of points (ESRI's description, July 1998); ``None`` is no shape."""
    bodies = [
        struct.pack("<i", 0) if point is None else struct.pack("<idd", 1, *point)
        for point in points
    ]

    def head(length):
        start = struct.pack(">i20xi", 9994, (100 + length) // 2)
        return start + struct.pack("<ii8d", 1000, 1, *[0.0] * 8)

    main, index, at = b"", b"", 100
    for number, body in enumerate(bodies, 1):
        main += struct.pack(">ii", number, len(body) // 2) + body
        index += struct.pack(">ii", at // 2, len(body) // 2)
        at += 8 + len(body)
    return head(len(main)) + main, head(len(index)) + index


def dbf(fields, records, encoding="utf-8", language=0, deleted=()):
    """A table; fields are (name, type, length, decimals), cells are text, padded and cut here."""
    length = 1 + sum(field[2] for field in fields)
    start = 32 + 32 * len(fields) + 1
    data = struct.pack("<B3BIHH17xBxx", 3, 124, 1, 1, len(records), start, length, language)
    for name, kind, width, decimals in fields:
        raw = name if isinstance(name, bytes) else name.encode(encoding)
        data += raw[:10].ljust(11, b"\0") + kind.encode() + bytes(4) + bytes([width, decimals])
        data += bytes(14)
    data += b"\r"
    for at, record in enumerate(records):
        data += b"*" if at in deleted else b" "
        for cell, (_, kind, width, _) in zip(record, fields, strict=True):
            raw = cell if isinstance(cell, bytes) else cell.encode(encoding)
            data += raw[:width].rjust(width) if kind in "NF" else raw[:width].ljust(width)
    return data + b"\x1a"


@pytest.fixture
def layer():
    """Parts of a Shapefile of named points, by suffix."""

    def make(**changed):
        shp, shx = shapes([(104.78, 17.41), (104.72, 16.94), None])
        parts = {
            "shp": shp,
            "shx": shx,
            "dbf": dbf([("name_th", "C", 60, 0)], [[name] for name in NAMES]),
            "prj": UTM47.encode(),
            "cpg": b"UTF-8",
        }
        return {suffix: data for suffix, data in (parts | changed).items() if data is not None}

    return make


def packed(**layers):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as container:
        for name, parts in layers.items():
            for suffix, data in parts.items():
                container.writestr(f"ข้อมูล/{name}.{suffix.upper()}", data)
    return buffer.getvalue()


@pytest.fixture
def read(pulled):
    return lambda content, **said: source.read(
        pulled(content), source.Options(path="จุด.zip", **said)
    )


def test_texts_and_shapes_stand_side_by_side(layer, read, rows):
    table = read(packed(จุด=layer()))

    assert table.columns == ("name_th", "geometry")
    assert (table.geometry, table.crs, table.notes) == ("geometry", "EPSG:32647", ())
    found = rows(table)
    assert [(row["_row"], row["name_th"]) for row in found] == list(enumerate(NAMES, 1))
    first = shapely.from_wkb(found[0]["geometry"])
    assert (first.x, first.y) == (104.78, 17.41)
    assert found[2]["geometry"] is None


@pytest.mark.parametrize(
    ("parts", "said", "told"),
    [
        ({"cpg": None, "language": 0x50}, {}, []),
        ({"cpg": b"ANSI 874"}, {}, []),
        ({"cpg": None}, {}, ["text-encoding"]),
        ({"cpg": None, "language": 0x57}, {}, ["text-encoding"]),
        ({"cpg": b"UTF-8"}, {"encoding": "tis-620"}, []),
    ],
    ids=["language id", "cpg", "found", "id that says nothing", "declared"],
)
def test_thai_encoding_is_told_found_or_declared(layer, read, rows, parts, said, told):
    language = parts.pop("language", 0)
    table_ = dbf([("ชื่อ", "C", 30, 0)], [[n] for n in NAMES], "cp874", language)

    table = read(packed(จุด=layer(dbf=table_, **parts)), **said)

    assert table.columns[0] == "ชื่อ"
    assert [row["ชื่อ"] for row in rows(table)] == NAMES
    assert [note.code for note in table.findings] == told


def test_texts_in_another_encoding_than_said_are_refused_with_the_place(layer, read, refused):
    table = dbf([("name", "C", 30, 0)], [["ascii"], ["นคร"], ["พนม"]], "cp874")

    (problem,) = refused(lambda: read(packed(จุด=layer(dbf=table))))

    assert (problem.code, problem.row, problem.field) == ("shp-letters", 2, "name")


def test_numbers_days_and_truth_are_text_without_padding(layer, read, rows):
    fields = [
        ("area", "N", 24, 15), ("pop", "N", 20, 0), ("cost", "N", 10, 2), ("sci", "F", 19, 11),
        ("day", "D", 8, 0), ("open", "L", 1, 0), ("note", "C", 10, 0),
    ]  # fmt: skip
    records = [
        ["12.500000000000000", "12345678901234567890", "1500.50", "1.25000000000e+001", "20240229",
         "T", " ก "],
        ["5512.699999999999818", "0", "-0.05", "4.00000000000e+000", "00000000", "n", ""],
        ["*" * 24, "", "100", "", "", "?", "-"],
    ]  # fmt: skip

    found = rows(read(packed(จุด=layer(dbf=dbf(fields, records)))))

    assert [[row[name] for name, *_ in fields] for row in found] == [
        ["12.5", "12345678901234567890", "1500.5", "1.25e+001", "2024-02-29", "true", " ก"],
        ["5512.7", "0", "-0.05", "4e+000", None, "false", None],
        [None, None, "100", None, None, None, "-"],
    ]


def test_letter_cut_by_the_column_is_dropped_and_told(layer, read, rows):
    table = dbf([("name", "C", 10, 0)], [["กขคง"], ["กขค"], ["ก"]])

    found = read(packed(จุด=layer(dbf=table)))

    assert [row["name"] for row in rows(found)] == ["กขค", "กขค", "ก"]
    (note,) = found.findings
    assert (note.code, note.field, note.params["count"]) == ("shp-cut", "name", "1")


def test_column_name_cut_inside_of_a_letter_is_read(layer, read):
    table = dbf([("จังหวัด", "C", 30, 0)], [[n] for n in NAMES])

    assert read(packed(จุด=layer(dbf=table))).columns == ("จัง", "geometry")


def test_deleted_records_are_left_out_with_their_shapes(layer, read, rows):
    table = dbf([("name", "C", 30, 0)], [[n] for n in NAMES], deleted={0})

    found = read(packed(จุด=layer(dbf=table)))

    assert [row["_row"] for row in rows(found)] == [2, 3]
    assert shapely.from_wkb(rows(found)[0]["geometry"]).y == 16.94
    assert [note.code for note in found.findings] == ["shp-deleted"]


@pytest.mark.parametrize("suffix", ["shp", "shx", "dbf"])
def test_missing_part_is_named(layer, read, refused, suffix):
    (problem,) = refused(lambda: read(packed(จุด=layer(**{suffix: None}))))

    assert (problem.code, problem.params["missing"]) == ("shp-part-missing", f".{suffix}")


def test_reference_system_that_is_not_said_may_be_declared(layer, read):
    silent = packed(จุด=layer(prj=None))

    assert read(silent).crs is None
    assert [note.code for note in read(silent).findings] == ["crs-unknown"]
    assert read(silent, crs="EPSG:24047").crs == "EPSG:24047"
    assert read(packed(จุด=layer(prj=b'LOCAL_CS["x"]'))).crs is None


def test_one_of_several_layers_is_named(layer, read, rows, refused):
    other = layer(dbf=dbf([("name", "C", 9, 0)], [["a"], ["b"], ["c"]]))
    both = packed(จุด=layer(), อื่น=other)

    (problem,) = refused(lambda: read(both))
    assert (problem.code, problem.params["layers"]) == ("shp-which", "จุด, อื่น")
    assert rows(read(both, layer="อื่น"))[0]["name"] == "a"
    assert refused(lambda: read(both, layer="ไม่มี"))[0].code == "shp-part-missing"


def test_records_and_shapes_of_different_number_are_refused(layer, read, refused):
    table = dbf([("name", "C", 9, 0)], [["a"], ["b"]])

    (problem,) = refused(lambda: read(packed(จุด=layer(dbf=table))))

    assert (problem.code, problem.params) == ("shp-count", {"shapes": "3", "records": "2"})


@pytest.mark.parametrize("suffix", ["shp", "shx", "dbf"])
def test_part_cut_short_is_refused(layer, read, rows, refused, suffix):
    parts = layer()
    parts[suffix] = parts[suffix][:-40]

    assert refused(lambda: rows(read(packed(จุด=parts))))[0].code == "shp-broken"


def test_memo_column_is_refused_by_name(layer, read, refused):
    table = dbf([("บันทึก", "M", 10, 0)], [["1"], ["2"], ["3"]], "cp874")

    assert refused(lambda: read(packed(จุด=layer(dbf=table))))[0].code == "shp-field"


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"<html>", "source-html"), (b"Rar!\x1a", "source-wrong-kind"), (b"PK\x03\x04x", None)],
)
def test_what_is_no_zip_is_refused(read, refused, data, code):
    assert refused(lambda: read(data))[0].code == (code or "source-packed-badly")


def test_zip_is_bounded_unpacked(layer, read, refused):
    assert refused(lambda: read(packed(จุด=layer()), max_unpacked=50))[0].code == "source-unpacks"


def put(folder, name, parts):
    folder.mkdir(parents=True, exist_ok=True)
    for suffix, data in parts.items():
        (folder / f"{name}.{suffix}").write_bytes(data)


@pytest.mark.parametrize("path", ["แผนที่/จุด.shp", "แผนที่"])
def test_loose_parts_are_packed_the_same_each_time(layer, shelf, rows, path):
    shelf = shelf()
    put(shelf.folder / "แผนที่", "จุด", layer())
    (shelf.folder / "แผนที่" / "จุด.sbn").write_bytes(b"index")
    options = source.Options(path=path)

    first = source.pull(options, shelf)
    put(shelf.folder / "แผนที่", "จุด", layer())
    second = source.pull(options, shelf)

    assert first.sha256 == second.sha256
    assert first.address == path
    assert rows(source.read(first, options))[0]["name_th"] == "นครพนม"
    with zipfile.ZipFile(first.path) as container:
        assert sorted(container.namelist()) == [
            "จุด.cpg", "จุด.dbf", "จุด.prj", "จุด.shp", "จุด.shx",
        ]  # fmt: skip


def test_loose_parts_of_another_layer_stay_outside(layer, shelf):
    shelf = shelf()
    put(shelf.folder, "จุด", layer())
    put(shelf.folder, "จุด2", layer())

    found = source.pull(source.Options(path="จุด.shp"), shelf)

    with zipfile.ZipFile(found.path) as container:
        assert {name.split(".")[0] for name in container.namelist()} == {"จุด"}


def test_pull_refuses_what_is_missing_empty_or_too_large(layer, shelf):
    shelf_ = shelf()
    (shelf_.folder / "ว่าง").mkdir()
    put(shelf_.folder, "จุด", layer())

    with pytest.raises(OutsideError):
        source.pull(source.Options(path="ไม่มี.shp"), shelf_)
    with pytest.raises(Rejected) as empty:
        source.pull(source.Options(path="ว่าง"), shelf_)
    with pytest.raises(Rejected) as large:
        source.pull(source.Options(path="จุด.shp"), shelf(max_bytes=100))
    assert empty.value.problems[0].code == "shp-part-missing"
    assert large.value.problems[0].code == "source-too-large"


def test_many_records_go_with_their_shapes_over_batches(layer, read, rows, monkeypatch):
    from flows.sources import _dbf

    monkeypatch.setattr(_dbf, "BATCH_ROWS", 7)
    shp, shx = shapes([(float(n), 0.5) for n in range(100)])
    table = dbf([("n", "N", 5, 0)], [[str(n)] for n in range(100)])

    found = rows(read(packed(จุด=layer(shp=shp, shx=shx, dbf=table))))

    assert [shapely.from_wkb(row["geometry"]).x for row in found] == [float(r["n"]) for r in found]
    assert len(found) == 100


@pytest.mark.parametrize("encoding", ["UTF-8", "CP874"])
def test_what_gdal_writes_is_read(tmp_path, read, rows, encoding):
    import geopandas

    polygon = shapely.Polygon(
        [(104, 17), (105, 17), (105, 18)], [[(104.6, 17.2), (104.8, 17.2), (104.8, 17.4)]]
    )
    frame = geopandas.GeoDataFrame(
        {"name": ["นครพนม", None], "area": [5512.7, None], "pop": [717040, 1]},
        geometry=[polygon, None], crs=24047,
    )  # fmt: skip
    frame.to_file(tmp_path / "a.shp", encoding=encoding)
    parts = {f.suffix[1:]: f.read_bytes() for f in tmp_path.glob("a.*")}

    table = read(packed(a=parts))

    first, second = rows(table)
    assert table.crs == "EPSG:24047"
    assert (first["name"], first["area"], first["pop"]) == ("นครพนม", "5512.7", "717040")
    assert (second["name"], second["area"], second["geometry"]) == (None, None, None)
    _, seen = pyogrio.read_arrow(tmp_path / "a.shp", columns=[])
    assert first["geometry"] == seen.column(seen.num_columns - 1)[0].as_py()


@pytest.mark.parametrize("said", [{"crs": "WGS84"}, {"encoding": "x"}, {"sheet": 1}])
def test_wrong_options_stop_the_declaration(said):
    with pytest.raises(ValidationError):
        source.Options(path="a.zip", **said)
