"""Real files of Thai offices: the readers find in them what the notes beside them say."""

from __future__ import annotations

import re
from pathlib import Path

import pyogrio
import pytest

from flows.sources import csv, geojson, xls, xlsx

DATA = Path(__file__).parents[4] / "shared" / "data"
REAL = DATA / "real"
pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="the real files lie beside the repository, in ../shared/data"
)


@pytest.fixture
def read(pulled):
    return lambda kind, path, **said: kind.read(pulled(path), kind.Options(path="x", **said))


TABLES = [
    # file, rows, columns, first and last line, notes
    ("provinces.csv", 77, 7, 2, 78, []),
    ("districts.csv", 929, 7, 2, 930, []),
    ("sub_districts.csv", 7451, 10, 2, 7452, []),
    ("facts/province_clusters_2552_2554.csv", 76, 8, 2, 77, []),
    ("facts/province_clusters_2560_budget_2565.csv", 76, 9, 2, 77, []),
    ("facts/province_halls.csv", 77, 8, 2, 78, []),
    ("facts/thai_public_holidays_2024_2026.csv", 81, 5, 2, 82, []),
    ("real/dld-livestock-by-tambon.csv", 400, 153, 2, 401, ["text-encoding"]),
    ("real/marine-quality-2566-round1.csv", 210, 23, 2, 214, ["text-encoding"]),
    ("real/election-2562-constituency-areas.csv", 440, 8, 6, 2885, ["label-blank"] * 2),
    ("real/province-name-variants.csv", 79, 11, 2, 80, []),
    ("real/mots-tourism-by-province-2563-2565.csv", 2310, 8, 2, 2311, []),
    ("real/schools-pathum-thani.csv", 319, 5, 2, 320, []),
    ("real/oncb-complaints-by-province.csv", 693, 14, 2, 694, []),
    ("real/dopa-population-2565-12.csv", 1500, 17, 2, 1501, ["label-blank"]),
]


@pytest.mark.parametrize(("file", "count", "width", "first", "last", "notes"), TABLES)
def test_table_is_whole_with_its_lines(read, rows, file, count, width, first, last, notes):
    table = read(csv, DATA / file)
    found = rows(table)

    assert (len(found), len(table.columns)) == (count, width)
    assert (found[0]["_row"], found[-1]["_row"]) == (first, last)
    assert [note.code for note in table.findings] == notes


@pytest.mark.parametrize("file", [row[0] for row in TABLES])
def test_cells_are_those_that_pythons_own_reader_gives(read, rows, file):
    import csv as stdlib_csv

    data = (DATA / file).read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp874")
    expected = list(stdlib_csv.reader(text.splitlines(keepends=True), strict=True))[1:]

    found = [list(row.values()) for row in rows(read(csv, DATA / file))]

    assert [row[1:] for row in found] == expected
    # Where the record's first cell has no line break, it begins the line that its row names.
    lines = re.split(r"\r\n|\n", text)
    for row in found:
        start = lines[row[0] - 1].lstrip('"')
        assert start.startswith(row[1].replace('"', '""').split("\n")[0].rstrip("\r"))


def test_temples_have_no_header(read, rows):
    table = read(csv, REAL / "temples-kalasin.csv", header=False, names=["name_th"])

    found = rows(table)
    assert (len(found), found[0]) == (708, {"_row": 1, "name_th": "วัดกลาง"})


def test_livestock_is_tis620_with_separators_as_found(read, rows):
    table = read(csv, REAL / "dld-livestock-by-tambon.csv")

    assert table.findings[0].params["encoding"] == "TIS-620"
    found = rows(table)
    cells = [value for row in found for value in list(row.values())[1:]]
    assert sum("," in cell for cell in cells) == 422
    assert list(found[8].values())[78] == "18,768"


def test_marine_quality_keeps_its_blanks_and_line_breaks(read, rows):
    table = read(csv, REAL / "marine-quality-2566-round1.csv")
    found = rows(table)
    cells = [value for row in found for value in list(row.values())[1:]]

    assert "MWQI " in table.columns
    assert "\n" in list(found[90].values())[9]
    assert sum("\n" in cell for cell in cells) == 3
    assert sum(cell.startswith(("<", ">")) for cell in cells) == 253


def test_paddy_prices_have_a_header_of_two_rows_and_18_errors(read, rows):
    table = read(
        xls, REAL / "oae-paddy-monthly-prices-2527-2560.xls", header_rows=[4, 5], last_row=39
    )
    found = rows(table)

    assert table.columns[:5] == ("ปี", " ม.ค.", " ก.พ.", "มี.ค. / ***", "เฉลี่ย / มค.-มีค.")
    assert (len(found), found[0]["_row"], found[0]["ปี"], found[-1]["ปี"]) == (34, 6, "2527", "2560")
    assert found[0][" ม.ค."] == "2897.567393473512"
    assert [row["field23"] for row in found].count("#VALUE!") == 18
    assert found[-1]["เม.ย."] == "0"


def test_cassava_forecast_has_units_in_its_second_header_row(read, rows):
    table = read(xls, REAL / "oae-cassava-forecast-2560.xls", header_rows=[2, 3])
    found = rows(table)

    assert table.columns == (
        "จังหวัด", "เนื้อที่เก็บเกี่ยว / (ไร่)", "ผลผลิต / (ตัน)", "ผลผลิตต่อไร่ / (กก.)", "field5",
    )  # fmt: skip
    assert list(found[0].values()) == [
        4, "รวมทั้งประเทศ", "8910020", "31000471", "3479", "Update : 3-04-60",
    ]  # fmt: skip
    assert found[-1]["_row"] == 57
    assert sum(row["จังหวัด"] != row["จังหวัด"].strip() for row in found) == 18


def test_districts_workbook_is_the_csv(read, rows):
    book, table = rows(read(xlsx, DATA / "districts.xlsx")), rows(read(csv, DATA / "districts.csv"))

    assert [{k: v or "" for k, v in row.items()} for row in book] == table


@pytest.mark.parametrize(
    ("file", "count", "label", "value"),
    [
        ("boundaries-provinces.geojson", 77, "Shape_Leng", "3.92724364837"),
        ("boundaries-districts.geojson", 928, "Shape_Leng", "1.67537542456"),
        ("provinces.geojson", 77, "perimeter", "442.83883879102001"),
    ],
)
def test_boundaries_are_bit_for_bit_gdals(read, rows, file, count, label, value):
    table = read(geojson, DATA / file)
    found = rows(table)

    _, seen = pyogrio.read_arrow(DATA / file, columns=[])
    assert [row["geometry"] for row in found] == seen.column(seen.num_columns - 1).to_pylist()
    assert (len(found), found[0][label], table.crs) == (count, value, "EPSG:4326")
