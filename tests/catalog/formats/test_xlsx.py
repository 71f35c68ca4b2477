"""XLSX: typed cells, texts that stay texts, the sheet that describes, limits."""

from __future__ import annotations

import re
import zipfile
from datetime import datetime, time

import openpyxl
import pytest

from catalog.certify import certify
from catalog.formats import _sheets, xlsx
from catalog.problem import Level

FIELDS = {
    "code": {"type": "string", "title": "รหัส", "title_en": "Code", "unit": "-"},
    "people": "integer", "area": {"type": "number", "decimalPlaces": 2}, "share": "number",
    "open": "boolean", "founded": "date", "at": "time", "seen": "datetime",
    "updated": {"type": "datetime", "timezone": "Asia/Bangkok"},
}  # fmt: skip
ROW = ["048", "717040", "5512.70", "0.25", "true", "2024-02-29", "08:30:00",
       "2024-02-29T08:30:00", "2026-11-20T01:00:00Z"]  # fmt: skip


def test_cells_have_their_types(made) -> None:
    path, _ = made(FIELDS, [ROW]).write(xlsx)
    sheet = openpyxl.load_workbook(path)["places"]
    header, row = sheet.iter_rows()
    assert [cell.value for cell in header] == list(FIELDS)
    assert header[0].font.bold
    assert sheet.freeze_panes == "A2"
    assert [cell.value for cell in row] == [
        "048", 717040, 5512.7, 0.25, True, datetime.fromisoformat("2024-02-29"),
        time(8, 30),
        datetime.fromisoformat("2024-02-29T08:30"), datetime.fromisoformat("2026-11-20T08:00"),
    ]  # fmt: skip
    assert row[2].number_format == "0.00"
    assert row[5].number_format == "yyyy-mm-dd"


@pytest.mark.parametrize(
    ("kind", "exact", "kept"),
    [
        ("integer", "999999999999999", "1000000000000001"),
        ("integer", "-999999999999999", "-9223372036854775808"),
        ({"type": "number", "decimalPlaces": 2}, "9999999999999.99", "99999999999999.99"),
        ("date", "1900-03-01", "1900-02-28"),
        ("datetime", "2024-02-29T08:30:00.125", "2024-02-29T08:30:00.000125"),
        ("time", "08:30:00.5", "08:30:00.000001"),
    ],
)
def test_what_excel_would_change_is_text(made, kind, exact, kept) -> None:
    table = made({"code": "string", "value": kind}, [["1", exact], ["2", kept]])
    path, problems = table.write(xlsx)
    assert problems == ()
    assert certify(table.table, xlsx, path).ok
    sheet = openpyxl.load_workbook(path)["places"]
    first, second = (sheet.cell(number, 2).value for number in (2, 3))
    assert not isinstance(first, str)
    assert second == kept


def test_nothing_is_ever_a_formula(made) -> None:
    texts = ["=1+1", "@SUM(A1)", "+cmd|'/C calc'!A0", '=HYPERLINK("http://x")', "http://x.example"]
    table = made({"code": "string", "note": "string"}, [["1", text] for text in texts])
    path, _ = table.write(xlsx)
    assert table.check(xlsx, path)["note"].to_pylist() == texts
    with zipfile.ZipFile(path) as package:
        whole = package.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in whole
    assert "hyperlink" not in whole
    cells = openpyxl.load_workbook(path)["places"]["B"][1:]
    assert [cell.data_type for cell in cells if cell.value != texts[0]] == ["s"] * 4


def test_the_second_sheet_describes_the_file_and_its_columns(made) -> None:
    path, _ = made(FIELDS, [ROW]).write(xlsx)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["places", "คำอธิบาย"]
    told = [[cell.value for cell in row] for row in book["คำอธิบาย"].iter_rows()]
    by_label = {row[0]: row for row in told}
    assert by_label["สัญญาอนุญาต"][2:5] == [
        "ครีเอทีฟคอมมอนส์ แสดงที่มา 4.0", "Creative Commons Attribution 4.0",
        "https://creativecommons.org/licenses/by/4.0/",
    ]  # fmt: skip
    assert by_label["แหล่งที่มา"][2] == "ทะเบียนสถานที่ของจังหวัด"
    assert by_label["รหัสฉบับของข้อมูล"][2] == "3f2a9c41d0be"
    assert by_label["code"][:5] == ["code", "รหัส", "Code", "ข้อความ (text)", "-"]
    assert by_label["founded"][3] == "วันที่ (ค.ศ.) (date)"
    assert book.properties.title == "สถานที่ & แหล่ง <ทดสอบ>"
    assert book.properties.created == datetime.fromisoformat("1980-01-01")


def test_a_long_text_is_cut_at_a_whole_character_and_told(made) -> None:
    long = "ก" * 32_766 + "น้ำ" + "ท้าย"
    table = made({"code": "string", "note": "string"}, [["1", "สั้น"], ["2", long]])
    path, (problem,) = table.write(xlsx)
    assert table.check(xlsx, path)["note"].to_pylist() == ["สั้น", "ก" * 32_766]
    assert (problem.code, problem.level, problem.field) == (
        "format-text-cut",
        Level.WARNING,
        "note",
    )
    assert problem.params == {"count": 1, "first": 2, "limit": 32_767}
    (loss,) = certify(table.table, xlsx, path).losses
    assert (loss.column, loss.cells, loss.row) == ("note", 1, 2)


@pytest.mark.parametrize(
    ("text", "units", "kept"),
    [("น้ำตก", 3, "น้ำ"), ("น้ำตก", 2, ""), ("กน้ำ", 3, "ก"), ("ก🦋", 2, "ก"), ("ก🦋", 3, "ก🦋")],
)
def test_a_cut_never_parts_a_letter_from_its_marks(text, units, kept) -> None:
    assert _sheets.cut(text, units) == (kept or text[:units])


def test_half_a_shape_is_never_written(made) -> None:
    ring = [[100 + i / 10_000, 13.0] for i in range(3_000)] + [[100.0, 14.0], [100.0, 13.0]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    small = {"type": "Point", "coordinates": [100.5, 13.7]}
    table = made({"code": "string", "shape": "geojson"}, [["1", shape], ["2", small]])
    path, (problem,) = table.write(xlsx)
    read = table.check(xlsx, path)["shape"]
    assert [value.is_valid for value in read] == [False, True]
    assert (problem.code, problem.field) == ("format-cell-left-out", "shape")


def test_rows_go_on_in_the_next_sheet(made, monkeypatch) -> None:
    monkeypatch.setattr(_sheets, "MAX_ROWS", 4)
    rows = [[str(number), None] for number in range(1, 8)]
    table = made({"code": "integer", "name": "string"}, rows)
    path, (problem,) = table.write(xlsx)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["places (1)", "places (2)", "places (3)", "คำอธิบาย"]
    assert [book[name].max_row for name in book.sheetnames[:3]] == [4, 4, 2]
    assert table.check(xlsx, path)["code"].to_pylist() == [1, 2, 3, 4, 5, 6, 7]
    assert problem.code == "format-sheets-split"
    assert problem.params["sheets"] == 3


def test_more_columns_than_a_sheet_has_are_refused(made, monkeypatch) -> None:
    monkeypatch.setattr(_sheets, "MAX_COLUMNS", 1)
    table = made({"code": "string", "name": "string"}, [["1", "ก"]])
    problem = xlsx.refuse(table.table)
    assert (problem.code, problem.level) == ("format-too-many-columns", Level.NOTE)
    assert problem.params == {"columns": 2, "limit": 1}


def test_control_characters_keep_and_noncharacters_do_not(made) -> None:
    table = made(
        {"code": "string", "note": "string"}, [["1", "ก\x01\x00\rข _x0041_"], ["2", "\ufffe"]]
    )
    path, (problem,) = table.write(xlsx)
    assert table.check(xlsx, path)["note"].to_pylist() == ["ก\x01\x00\rข _x0041_", "\ufffd"]
    assert problem.params == {"count": 1, "first": 2}


def test_nothing_is_left_beside_the_file(made, tmp_path) -> None:
    made(FIELDS, [ROW]).write(xlsx)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file.xlsx", "places.parquet"]


def test_no_clock_is_in_the_file(made) -> None:
    path, _ = made(FIELDS, [ROW]).write(xlsx)
    with zipfile.ZipFile(path) as package:
        assert {entry.date_time[0] for entry in package.infolist()} == {1980}
        core = package.read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\dT", core)) == {"1980-01-01T"}


def test_a_number_keeps_its_seventeenth_digit(made) -> None:
    table = made({"code": "string", "price": "number"}, [["1", "2817.6487308194082"], ["2", "0.1"]])
    path, problems = table.write(xlsx)
    assert problems == ()
    assert certify(table.table, xlsx, path).ok
    sheet = openpyxl.load_workbook(path)["places"]
    assert [sheet.cell(number, 2).value for number in (2, 3)] == [2817.6487308194082, 0.1]
