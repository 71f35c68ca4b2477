"""Workbooks: tables in sheets, with titles, stacked and merged headers, notes and totals."""

from __future__ import annotations

import datetime as dt
from xml.sax.saxutils import escape
from zipfile import ZipFile

import pytest
import xlsxwriter

from catalog.problem import Rejected
from flows.doctor.layout import layouts
from tests.flows.doctor.layout_kit import doctored, single

HEAD = ["จังหวัด", "ชาย", "หญิง"]
BODY = [["นครพนม", 10, 20], ["มุกดาหาร", 30, 40], ["เลย", 50, 60]]


@pytest.fixture
def book(tmp_path):
    """Writes an XLSX: rows by sheet; ``merge`` takes ranges and texts."""

    def make(rows=None, *, merge=(), sheets=None, change=None):
        path = tmp_path / "สมุด.xlsx"
        with xlsxwriter.Workbook(path) as workbook:
            for name, lines in (sheets or {"ข้อมูล": rows}).items():
                sheet = workbook.add_worksheet(name)
                for at, line in enumerate(lines):
                    for column, value in enumerate(line):
                        if value is not None:
                            sheet.write(at, column, value)
                for span, text in merge:
                    sheet.merge_range(span, text)
                if change:
                    change(workbook, sheet)
        return path

    return make


def test_plain_sheet_needs_no_options(book):
    got = single(book([HEAD, *BODY]))

    assert got.layout.options == {}
    assert (got.columns, got.cells[-1]) == (tuple(HEAD), ["เลย", "50", "60"])


def test_title_unit_and_notes_are_left_out(book):
    rows = [
        ["ตารางที่ 1 ประชากร"], [None, None, "หน่วย : คน"], [], HEAD, *BODY, [],
        ["ที่มา : กรมการปกครอง"], ["หมายเหตุ : ข้อมูล ณ 31 ธ.ค. 2565"],
    ]  # fmt: skip
    got = single(book(rows))

    assert got.layout.options == {"header_rows": [4], "skip_footer": 2}
    assert got.layout.title == "ตารางที่ 1 ประชากร"
    assert [row for row, _ in got.layout.notes] == [1, 2, 9, 10]
    assert (got.lines, got.cells[0]) == ([5, 6, 7], ["นครพนม", "10", "20"])


def test_merged_header_is_flattened(book):
    rows = [
        [],
        [None, None, "ชาย", "หญิง", "ชาย", "หญิง"],
        *([i, f"อำเภอ {i}", i, i, i, i] for i in range(1, 6)),
    ]
    merge = [("A1:A2", "ที่"), ("B1:B2", "อำเภอ"), ("C1:D1", "ปี 2564"), ("E1:F1", "ปี 2565")]
    got = single(book(rows, merge=merge))

    assert got.layout.options == {"header_rows": 2}
    assert got.columns == (
        "ที่", "อำเภอ", "ปี 2564 / ชาย", "ปี 2564 / หญิง", "ปี 2565 / ชาย", "ปี 2565 / หญิง"
    )  # fmt: skip
    assert len(got.cells) == 5


def test_header_of_three_rows_with_units_and_column_numbers(book):
    rows = [
        ["สถิติปศุสัตว์รายอำเภอ"],
        [None, None, None, None],
        [None, "เพศผู้", "เพศเมีย", "ครัวเรือน"],
        [None, "(ตัว)", "(ตัว)", "(หลัง)"],
        ["(1)", "(2)", "(3)", "(4)"],
        *([f"อำเภอ {i}", 10 * i, 5 * i, i] for i in range(1, 8)),
    ]
    merge = [("A2:A4", "อำเภอ"), ("B2:C2", "โคเนื้อ"), ("D2:D2", "")][:2]
    got = single(book(rows, merge=merge))

    assert got.layout.options["data_row"] == 6
    assert got.columns == (
        "อำเภอ", "โคเนื้อ / เพศผู้ / (ตัว)", "โคเนื้อ / เพศเมีย / (ตัว)", "ครัวเรือน / (หลัง)"
    )  # fmt: skip
    assert got.cells[0] == ["อำเภอ 1", "10", "5", "1"]
    assert "doctor-header-numbers" in got.codes


def test_group_names_without_merged_cells_are_spread(book):
    rows = [
        [None, "ปี 2564", None, "ปี 2565", None], ["อำเภอ", "ชาย", "หญิง", "ชาย", "หญิง"],
        *([f"อ. {i}", i, i, i, i] for i in range(1, 5)),
    ]  # fmt: skip
    got = single(book(rows))

    assert got.layout.options == {"header_rows": 2, "spread": True}
    assert got.columns[2:4] == ("ปี 2564 / หญิง", "ปี 2565 / ชาย")


def test_years_as_numbers_are_a_header(book):
    got = single(book([["จังหวัด", 2563, 2564, 2565], *([f"จ. {i}", i, i, i] for i in range(9))]))

    assert got.columns == ("จังหวัด", "2563", "2564", "2565")


def test_tables_below_and_beside_each_other_are_told_apart(book):
    right = ["อำเภอ", "หมู่บ้าน"]
    rows = [
        [*HEAD, None, *right], [*BODY[0], None, "ธาตุพนม", 136], [*BODY[1], None, "นาแก", 140],
        BODY[2], [], ["ตารางที่ 2 วัด"], ["วัด", "ปีที่ตั้ง"], ["วัดกลาง", 2450], ["วัดโปโล", 2460],
    ]  # fmt: skip
    first, beside, below = doctored(book(rows))

    assert first.layout.options == {"last_column": "C", "last_row": 4}
    assert beside.layout.options == {"first_column": "E"}
    assert below.layout.options == {"header_rows": [7]}
    assert [got.cells[-1] for got in (first, beside, below)] == [
        ["เลย", "50", "60"], ["นาแก", "140"], ["วัดโปโล", "2460"]
    ]  # fmt: skip
    assert below.layout.title == "ตารางที่ 2 วัด"


def test_blank_rows_between_groups_keep_a_table_whole(book):
    rows = [HEAD, *BODY, [], ["ตาก", 1, 2], ["น่าน", 3, 4], [], ["แพร่", 5, 6]]
    got = single(book(rows))

    assert (got.layout.options, got.layout.rows) == ({}, 8)
    assert got.finding("doctor-rows-blank").count == 2


def test_column_apart_for_the_looks_belongs_to_the_table(book):
    rows = [
        ["จังหวัด", "ชาย", None, "หญิง", "รวม"],
        *([f"จ. {i}", i, None, i, 2 * i] for i in range(6)),
    ]
    got = single(book(rows))

    assert got.columns == ("จังหวัด", "ชาย", "หญิง", "รวม")


def test_every_sheet_is_looked_at_hidden_ones_too(book):
    def hide(workbook, sheet):
        if sheet.name == "ซ่อน":
            sheet.hide()
        if sheet.name == "หลัก":
            sheet.set_row(2, None, None, {"hidden": True})
            sheet.set_column("B:C", None, None, {"hidden": True})

    sheets = {"หลัก": [HEAD, *BODY], "ว่าง": [], "ซ่อน": [["รหัส", "ค่า"], ["a", 1], ["b", 2]]}
    main, hidden = doctored(book(sheets=sheets, change=hide))

    assert (main.layout.options, hidden.layout.options) == ({"sheet": "หลัก"}, {"sheet": "ซ่อน"})
    assert hidden.finding("doctor-sheet-hidden").problem.place == "ซ่อน"
    assert main.finding("doctor-sheets-empty").problem.params["sheets"] == "ว่าง"
    assert (main.finding("doctor-rows-hidden").problem.row) == 3
    assert main.finding("doctor-columns-hidden").problem.params["columns"] == "B, C"


def test_merged_body_cells_are_filled_down(book):
    rows = [["อำเภอ", "ตำบล", "คน"], *([None, f"ต. {i}", i] for i in range(1, 6))]
    got = single(book(rows, merge=[("A2:A4", "เมือง"), ("A5:A6", "นาแก")]))

    (remedy,) = got.finding("doctor-cells-merged").remedies
    assert (remedy.kind, remedy.name, remedy.value) == ("rows", "fill_down", {"columns": ["อำเภอ"]})


def test_totals_and_a_note_beside_are_told(book):
    rows = [HEAD, ["รวมทั้งประเทศ", 90, 120, "ปรับปรุง : 3-04-60"], *BODY, ["รวม", 90, 120]]
    got = single(book(rows))

    assert got.layout.options == {"last_column": "C"}
    assert got.finding("doctor-cells-beside").problem.value == "ปรับปรุง : 3-04-60"
    assert got.finding("doctor-rows-total").problem.row == 6
    inside = got.finding("doctor-rows-total-inside")
    assert inside.question.choices[0].remedies[0].value == {
        "column": "จังหวัด", "equals": ["รวมทั้งประเทศ"]
    }  # fmt: skip


def test_error_cells_are_told(book):
    def broken(workbook, sheet):
        sheet.write_formula("C3", "=1/0", None, "#DIV/0!")

    got = single(book([HEAD, *BODY], change=broken))

    assert got.finding("sheet-errors").problem.row == 3
    assert got.cells[1] == ["มุกดาหาร", "30", "#DIV/0!"]


def test_table_may_grow_without_the_declaration_changing(book):
    got = single(book([HEAD, *BODY, [], ["ที่มา : ก"]]))

    again = single(book([HEAD, *BODY, ["ตาก", 1, 2], [], ["ที่มา : ก"]]))
    assert got.layout.options == again.layout.options == {"skip_footer": 1}


def test_dates_are_no_header(book):
    rows = [["วันที่", "ฝน"], *([dt.date(2022, 1, day), day] for day in range(1, 9))]

    def formats(workbook, sheet):
        form = workbook.add_format({"num_format": "d/m/yyyy"})
        for at in range(1, 9):
            sheet.write_datetime(at, 0, rows[at][0], form)

    got = single(book(rows, change=formats))

    assert (got.columns, got.cells[0]) == (("วันที่", "ฝน"), ["2022-01-01", "1"])


def test_numbers_without_header_are_data(book):
    got = single(book([["a", 1, 2], ["b", 3, 4], ["c", 5, 6]]))

    assert got.layout.options == {"header_rows": 0, "names": ["column_1", "column_2", "column_3"]}
    assert got.layout.rows == 3


def ods(path, *rows):
    """A spreadsheet of rows; a cell is a text, a number, or (text, columns, rows) it spans."""

    def cell(value):
        if value is None:
            return "<table:table-cell/>"
        if isinstance(value, int):
            return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
        text, right, down = value if isinstance(value, tuple) else (value, 1, 1)
        spans = f'table:number-columns-spanned="{right}" table:number-rows-spanned="{down}"'
        return (f'<table:table-cell office:value-type="string" {spans}>'
                f"<text:p>{escape(text)}</text:p></table:table-cell>")  # fmt: skip

    lines = "".join(
        f"<table:table-row{hidden}>{''.join(map(cell, row))}</table:table-row>"
        for row in rows
        for hidden in [' table:visibility="collapse"' if row[0] == "เลย" else ""]
    )
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    with ZipFile(path, "w") as container:
        container.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        container.writestr("META-INF/manifest.xml", "<manifest/>")
        container.writestr(
            "content.xml",
            f'<?xml version="1.0"?><office:document-content {names} office:version="1.2">'
            f'<office:body><office:spreadsheet><table:table table:name="แผ่น1">{lines}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return path


def test_ods_is_read_like_any_workbook(tmp_path):
    got = single(
        ods(tmp_path / "ก.ods", ["ตารางที่ 1"], [("จังหวัด", 1, 2), ("คน", 2, 1), None],
            [None, "ชาย", "หญิง"], *BODY, ["ที่มา : ก"])
    )  # fmt: skip

    assert got.layout.options == {"header_rows": [2, 3], "skip_footer": 1}
    assert got.columns == ("จังหวัด", "คน / ชาย", "คน / หญิง")
    assert got.finding("doctor-rows-hidden").count == 1


def test_workbook_without_a_table_is_refused(book):
    with pytest.raises(Rejected) as caught:
        layouts(book([]))
    assert caught.value.problems[0].code == "sheet-empty"


def test_zip_of_something_else_names_what_is_inside(tmp_path):
    path = tmp_path / "a.zip"
    with ZipFile(path, "w") as container:
        container.writestr("ข้อมูล.csv", "ก,ข\n")

    with pytest.raises(Rejected) as caught:
        layouts(path)
    assert caught.value.problems[0].params["inside"] == "ข้อมูล.csv"
