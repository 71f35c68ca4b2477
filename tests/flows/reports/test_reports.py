"""What goes back to an office: its own workbook with comments, a page, the rejected rows."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import frictionless
import pytest
from openpyxl import Workbook, load_workbook

from catalog.problem import Problem
from catalog.registry import names
from catalog.schema import TableSchema
from flows.reports import Report

DIRTY = (
    "รหัส,ชื่อตลาด,วันที่เปิด,จำนวนแผง\n"
    "ม01,=1+1,เมื่อวาน,๑๒๐\n"
    "ม01,ตลาดเช้า,1 มกราคม 2566,มาก\n"
    "ม03,ตลาดเย็น,2 มกราคม 2566,-5\n"
)


@pytest.fixture
def returned(samdao, tmp_path):
    """Validate a file and give the folder of its reports."""

    def run(file: Path, *words: str) -> Path:
        folder = tmp_path / "returned"
        done = samdao("validate", str(file), "--schema", "markets", "--report", str(folder), *words)
        assert done.exit_code in (0, 1), done.output
        return folder

    return run


@pytest.fixture
def dirty(tmp_path) -> Path:
    path = tmp_path / "ตลาด.csv"
    path.write_text(DIRTY, "utf-8")
    return path


@pytest.fixture
def workbook(tmp_path) -> Path:
    """A workbook as an office keeps it: a title, formats, a formula, a second sheet."""
    book = Workbook()
    sheet = book.active
    sheet.title = "ตลาด"
    sheet["B1"] = "ทะเบียนตลาด"
    sheet.append([])
    sheet.append([None, "รหัส", "ชื่อตลาด", "วันที่เปิด", "จำนวนแผง"])
    sheet.append([None, "ม01", "ตลาดเช้า", "1 มกราคม 2566", 120])
    sheet.append([None, "ม02", "ตลาดเย็น", "เมื่อวาน", 8])
    sheet["G9"] = "=SUM(E4:E5)"
    sheet["E4"].number_format = '#,##0 "แผง"'
    sheet.column_dimensions["C"].width = 41
    book.create_sheet("อื่น ๆ")["A1"] = "คงอยู่"
    path = tmp_path / "ทะเบียน.xlsx"
    book.save(path)
    return path


def test_every_form_is_written_and_named_after_the_file(returned, dirty):
    written = sorted(path.name for path in returned(dirty).iterdir())
    assert written == [
        "ตลาด.checked.xlsx", "ตลาด.frictionless.json", "ตลาด.rejected.csv", "ตลาด.report.html",
    ]  # fmt: skip
    assert len(written) == len(names("flows.reports"))


def test_the_officers_own_workbook_comes_back_with_comments_at_the_cells(returned, workbook):
    folder = returned(
        workbook, "--set", "sheet=ตลาด", "--set", "header_rows=[3]", "--set", "last_row=5"
    )
    book = load_workbook(folder / "ทะเบียน.checked.xlsx")
    assert book.sheetnames == ["ผลตรวจ", "ตลาด", "อื่น ๆ"]
    sheet = book["ตลาด"]
    commented = {
        cell.coordinate: cell.comment.text for row in sheet for cell in row if cell.comment
    }
    assert set(commented) == {"D5"}
    assert "เมื่อวาน" in commented["D5"]
    assert "คอลัมน์ วันที่เปิด" in commented["D5"]
    assert "(วันที่)" in commented["D5"] or "ชนิด วันที่" in commented["D5"]
    assert sheet["D5"].fill.fgColor.rgb == "FFF4C7C3"
    assert sheet["G9"].value == "=SUM(E4:E5)", "the officer's formula stands"
    assert sheet["E4"].number_format == '#,##0 "แผง"'
    assert sheet.column_dimensions["C"].width == 41
    assert book["อื่น ๆ"]["A1"].value == "คงอยู่"


def test_the_summary_counts_and_leads_to_the_first_cell(returned, workbook):
    folder = returned(
        workbook, "--set", "sheet=ตลาด", "--set", "header_rows=[3]", "--set", "last_row=5"
    )
    sheet = load_workbook(folder / "ทะเบียน.checked.xlsx")["ผลตรวจ"]
    assert sheet["A2"].value == "ต้องแก้ 1 จุดก่อนจึงจะเผยแพร่ได้"
    assert [cell.value for cell in sheet[7]][:4] == ["วันที่เปิด", "ต้องแก้", 1, "D5"]
    assert sheet["D7"].hyperlink.location == "'ตลาด'!D5" or "D5" in sheet["D7"].hyperlink.target


def test_a_csv_comes_back_as_a_workbook_whose_text_stays_text(returned, dirty):
    book = load_workbook(returned(dirty) / "ตลาด.checked.xlsx")
    sheet = book[book.sheetnames[1]]
    assert [cell.value for cell in sheet[1]] == ["แถว", "รหัส", "ชื่อตลาด", "วันที่เปิด", "จำนวนแผง"]
    assert sheet["C2"].value == "'=1+1"
    assert sheet["C2"].data_type == "s"
    assert sheet["D2"].comment
    assert sheet["E3"].comment


def test_rejected_rows_are_given_with_reasons_and_run_no_formula(returned, dirty):
    text = (returned(dirty) / "ตลาด.rejected.csv").read_text("utf-8-sig")
    head, *rows = csv.reader(text.splitlines())
    assert head == ["แถว", "สาเหตุ", "รหัส", "ชื่อตลาด", "วันที่เปิด", "จำนวนแผง"]
    assert [row[0] for row in rows] == ["2", "3", "4"]
    assert rows[0][3] == "'=1+1"
    assert "เมื่อวาน" in rows[0][1]
    assert ";" in rows[1][1], "two reasons for one row"


def test_a_negative_number_is_no_formula(returned, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("รหัส,ชื่อตลาด,วันที่เปิด,จำนวนแผง\nม01,ก,-5,1\n", "utf-8")
    rows = list(csv.reader((returned(path) / "x.rejected.csv").read_text("utf-8-sig").splitlines()))
    assert rows[1][4] == "-5"


def test_the_frictionless_report_is_read_by_frictionless(returned, dirty):
    body = json.loads((returned(dirty) / "ตลาด.frictionless.json").read_text("utf-8"))
    report = frictionless.Report.from_descriptor(body)
    assert not report.valid
    found = {(error.type, error.row_number) for error in report.tasks[0].errors
             if hasattr(error, "row_number")}  # fmt: skip
    assert {("type-error", 2), ("type-error", 3)} <= found


def test_the_page_says_how_many_places_and_escapes_what_it_shows(returned, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(DIRTY.replace("เมื่อวาน", "<script>alert(1)</script>"), "utf-8")
    html = (returned(path) / "x.report.html").read_text("utf-8")
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert '<html lang="th">' in html
    assert "ก่อนจึงจะเผยแพร่ได้" in html


def test_a_file_that_passes_says_so_in_every_form(returned, tmp_path):
    path = tmp_path / "ok.csv"
    path.write_text("รหัส,ชื่อตลาด,วันที่เปิด,จำนวนแผง\nม01,ก,2024-01-01,1\n", "utf-8")
    folder = returned(path)
    assert "เผยแพร่ได้" in (folder / "ok.report.html").read_text("utf-8")
    assert json.loads((folder / "ok.frictionless.json").read_text("utf-8"))["valid"] is True
    assert load_workbook(folder / "ok.checked.xlsx")["ผลตรวจ"]["A2"].value.startswith("ข้อมูลผ่าน")


def test_a_declared_dataset_is_reported_too(samdao, markets, tmp_path):
    source = markets / "markets.csv"
    source.write_text(source.read_text("utf-8") + "ม04,ก,เมื่อวาน,1\n", "utf-8")
    done = samdao("check", "si_sawat/markets", "--report", str(tmp_path / "back"), "--json")
    assert done.exit_code == 1
    reports = json.loads(done.output)[0]["reports"]
    assert {Path(path).name for path in reports} >= {"markets.checked.xlsx", "markets.report.html"}


def test_problems_are_grouped_with_exact_counts(tmp_path):
    problems = (
        Problem("type-error", row=9, field="stalls", value="x", params={"count": "1,214"}),
        Problem("type-error", row=4, field="stalls", value="y", params={"count": "1,214"}),
        Problem("unique-error", row=5, field="code", value="z"),
    )
    schema = TableSchema.model_validate({"fields": [{"name": "stalls"}, {"name": "code"}]})
    report = Report("t", "t.csv", "t", tmp_path, "csv", problems, schema)
    assert [(g.first.row, g.count, g.shown) for g in report.groups] == [(4, 1_214, 2), (5, 1, 1)]
    assert report.errors == 1_215
