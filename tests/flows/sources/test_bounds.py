"""What is small to send and large, deep or endless to read: readers refuse it, with words."""

from __future__ import annotations

import gzip
import json
import sqlite3
import zipfile

import pytest
import xlsxwriter

from benchmarks import _books, _monsters
from flows.sources import csv, geojson, gpkg, kml, ods, xls, xlsx
from flows.sources import json as json_source
from flows.sources._zip import MAX_UNPACKED, unpack_bound
from tests.flows.sources import test_sheets as sheets


@pytest.fixture
def code(pulled, refused, tmp_path):
    """The first code with which a kind refuses a file, read to its end."""

    def find(kind, content, **said):
        def read():
            table = kind.read(pulled(content), kind.Options(path="แฟ้ม", **said))
            for _ in table.open():
                pass

        return refused(read)[0].code

    return find


@pytest.fixture
def packed(tmp_path):
    """A copy of a container with some members as given, or without them."""

    def change(path, **members):
        target = tmp_path / f"changed{path.suffix}"
        with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as made:
            for name in source.namelist():
                body = source.read(name)
                wanted = members.get(name.rpartition("/")[2].partition(".")[0], lambda same: same)
                made.writestr(name, wanted(body))
        return target

    return change


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("ข้อมูล")
        for at, row in enumerate((("ชื่อ", "จำนวน"), ("ก", 1), ("ข", 2), ("ก", 3))):
            sheet.write_row(at, 0, row)
    return path


# ---- columns and names


def test_csv_of_more_columns_than_a_spreadsheet_has(code):
    line = ",".join(f"c{n}" for n in range(16_385))
    assert code(csv, f"{line}\n{line}\n") == "source-columns-many"


@pytest.mark.parametrize("fast", [True, False])
def test_json_of_a_name_of_its_own_for_each_record(code, fast):
    records = [{f"วันที่ {n}": n} | ({} if fast else {"half": "\ud800"}) for n in range(2_100)]
    assert code(json_source, json.dumps(records)) == "source-names-many"


def test_geojson_of_a_name_of_its_own_for_each_feature(code):
    features = [
        {"type": "Feature", "properties": {f"k{n}": n}, "geometry": None} for n in range(2_100)
    ]
    body = json.dumps({"type": "FeatureCollection", "features": features})
    assert code(geojson, body) == "source-names-many"


def test_kml_of_a_name_of_its_own_for_each_placemark(code):
    marks = "".join(
        f'<Placemark><ExtendedData><Data name="k{n}"><value>1</value></Data></ExtendedData>'
        "</Placemark>" for n in range(2_100)
    )  # fmt: skip
    body = f'<kml xmlns="http://www.opengis.net/kml/2.2">{marks}</kml>'
    assert code(kml, body) == "source-names-many"


def test_json_values_nested_hundreds_deep(code):
    deep = "[" * 900 + "]" * 900
    assert code(json_source, f'[{{"a": 1, "b": {deep}}}]') in ("json-nested", "json-invalid")


def test_a_line_that_never_ends(code, monkeypatch):
    monkeypatch.setattr("flows.sources._text._MAX_LINES", {"CSV": 2 << 20})
    assert code(csv, "ก,ข\n1," + "x" * (4 << 20) + "\n") == "text-line-long"


def test_a_long_cell_of_many_lines_is_no_long_line(pulled, rows, monkeypatch):
    monkeypatch.setattr("flows.sources._text._MAX_LINES", {"CSV": 2 << 20})
    cell = ("x" * 1_000 + "\n") * 4_000
    table = csv.read(pulled(f'ก,ข\n1,"{cell}"\n'), csv.Options(path="แฟ้ม"))
    assert [len(row["ข"]) for row in rows(table)] == [len(cell)]


# ---- packed files


def test_a_bound_that_is_declared_stands_whatever_the_size():
    assert unpack_bound(10, MAX_UNPACKED, 5) == 10
    assert unpack_bound(MAX_UNPACKED, MAX_UNPACKED, 1_000) == 64 << 20
    assert unpack_bound(MAX_UNPACKED, MAX_UNPACKED, 2_000_000) == 200_000_000
    assert unpack_bound(MAX_UNPACKED, MAX_UNPACKED, 1 << 30) == MAX_UNPACKED


def test_a_gzip_that_unpacks_to_a_thousand_times_its_size(code, tmp_path):
    path = tmp_path / "bomb.csv.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        for _ in range(70):
            file.write(b"0,1\n" * (1 << 18))
    assert code(csv, path) == "source-unpacks"


@pytest.mark.parametrize(("kind", "member"), [(xlsx, "xl/workbook.xml"), (ods, "content.xml"),
                                              (kml, "doc.kml")])  # fmt: skip
def test_a_container_that_unpacks_to_a_thousand_times_its_size(code, tmp_path, kind, member):
    path = tmp_path / "bomb.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made,
        made.open(member, "w", force_zip64=True) as file,
    ):
        for _ in range(70):
            file.write(b" " * (1 << 20))
    assert code(kind, path) == "source-unpacks"


# ---- workbooks


@pytest.mark.parametrize("part", ["workbook", "sheet1"])
def test_xml_of_a_workbook_that_is_none(code, packed, book, part):
    path = packed(book, **{part: lambda body: body[: len(body) // 2]})
    assert code(xlsx, path) == "workbook-broken"


def test_cells_far_off_in_the_middle_of_a_sheet(code, packed, book):
    for far in (b'r="B429496729"', b'r="ZZZZZZ3"', b"r='ZZZZ3'"):
        path = packed(book, sheet1=lambda body, far=far: body.replace(b'r="B3"', far))
        assert code(xlsx, path) == "workbook-too-large", far


def test_cells_far_off_in_a_sheet_that_the_workbook_does_not_name(code, packed, book):
    path = packed(
        book, sheet1=lambda body: body.replace(b'r="B3"', b'r="ZZZZ4294967"'),
        workbook=lambda body: body.replace("ข้อมูล".encode(), "อื่น &#10;".encode()),
    )  # fmt: skip
    assert code(xlsx, path) == "workbook-too-large"


def test_one_long_text_that_many_cells_share(code, tmp_path):
    path = tmp_path / "one.xlsx"
    path.write_bytes(_monsters._one_string(None)[1])
    assert code(xlsx, path) == "workbook-too-large"


def test_shared_texts_are_counted_as_their_cells_show_them(book):
    with zipfile.ZipFile(book) as container:
        lengths = xlsx._lengths(container)
        shown = xlsx._shown(container, "xl/worksheets/sheet1.xml", lengths)
    texts = [len(text.encode()) for text in ("ชื่อ", "จำนวน", "ก", "ข")]
    marks = len("<t></t></")  # what stands around a text in the package
    assert lengths.tolist() == [size + marks for size in texts]
    assert shown == sum(texts) + len("ก".encode()) + 5 * marks


@pytest.mark.parametrize("at", [256, 65_535])
def test_cells_behind_the_last_column_of_an_old_workbook(code, tmp_path, at):
    path = tmp_path / "far.xls"
    cells = (sheets.label(0, 0, "ก"), sheets.number(1, 0, 1.0), sheets.number(2, at, 1.0))
    path.write_bytes(sheets.compound(sheets.workbook(*cells)))
    assert code(xls, path) == "workbook-too-large"


def test_one_long_text_that_a_spreadsheet_repeats(code, tmp_path):
    path = tmp_path / "one.ods"
    path.write_bytes(_monsters._repeated_text(None)[1])
    assert code(ods, path) == "workbook-too-large"


def test_repeated_texts_are_counted_for_every_cell_that_shows_them():
    row = (b'<table:table-row table:number-rows-repeated="%d"><table:table-cell '
           b'table:number-columns-repeated="3" a="b"><text:p>abcd</text:p></table:table-cell>'
           b'<table:table-cell table:number-columns-repeated="900"/>'
           b"</table:table-row>")  # fmt: skip
    assert ods._repeated(row % 5) == 3 * 4 + 5 * (4 + 3 * 4)
    assert ods._repeated(b'<table:table-cell table:number-columns-repeated="1024"/>') == 0


@pytest.mark.parametrize("count", ["abc", "-5", "99999999999999999999", ""])
def test_counts_of_an_ods_that_are_none(pulled, refused, tmp_path, count):
    path = tmp_path / "counts.ods"
    cell = ('<table:table-cell table:number-columns-spanned="2" table:number-columns-repeated='
            f'"{count}" office:value-type="string"><text:p>ก<text:s text:c="{count}"/></text:p>'
            "</table:table-cell>")  # fmt: skip
    path.write_bytes(_books.spreadsheet(f"<table:table-row>{cell}</table:table-row>"))
    assert refused(lambda: list(ods.read(pulled(path), ods.Options(path="แฟ้ม")).open()))


# ---- databases


def view(folder, query):
    path = folder / "view.gpkg"
    with sqlite3.connect(path) as database:
        database.executescript(
            "CREATE TABLE gpkg_contents (table_name TEXT, data_type TEXT);"
            "CREATE VIEW v AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) "
            f"{query};"
            "INSERT INTO gpkg_contents VALUES ('v', 'attributes');"
        )  # fmt: skip
    database.close()
    return path


@pytest.mark.parametrize(
    "query", ["SELECT x AS a FROM n", "SELECT x AS a FROM n WHERE x < 0"], ids=["rows", "work"]
)
def test_a_geopackage_whose_view_never_ends(code, tmp_path, query):
    assert code(gpkg, view(tmp_path, query)) == "gpkg-endless"


def test_a_geopackage_whose_view_makes_values_larger_than_the_file(code, tmp_path):
    query = "SELECT zeroblob(60000000) AS a FROM n LIMIT 100"
    assert code(gpkg, view(tmp_path, query)) == "gpkg-broken"


def test_a_geopackage_whose_view_is_a_plain_one_is_read(pulled, rows, tmp_path):
    path = view(tmp_path, "SELECT x AS a FROM n LIMIT 5")
    table = gpkg.read(pulled(path), gpkg.Options(path="แผนที่.gpkg"))
    assert [row["a"] for row in rows(table)] == ["1", "2", "3", "4", "5"]
