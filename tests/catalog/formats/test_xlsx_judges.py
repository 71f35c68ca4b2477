"""What other programs say of our workbooks: openpyxl, calamine, openxml-audit, LibreOffice."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from datetime import date, time
from types import ModuleType

import openpyxl
import pytest
from openxml_audit import OdfValidator, OpenXmlValidator, ValidationSeverity
from python_calamine import CalamineWorkbook

from catalog.formats import _sheets, ods, xlsx

#: What openxml-audit 0.8.0 says of them, none of it an error: that Excel will move texts from
#: cells into a shared table when it saves, that a style was declared for columns only, and that
#: cells have no default style.
BASELINE = {
    "xlsx": r"Worksheet sheet[0-9]+\.xml has [0-9]+ inline-string cell\(s\)",
    "ods": r"Automatic style '\w+' is declared but never referenced|Style family 'table-cell' is "
    r"used but has no default-style",
}
VALIDATORS = {"xlsx": OpenXmlValidator, "ods": OdfValidator}
CODES = ["0480100000001", "007", "=1+1", "+66", "-", "@x", " ก ", "น้ำ\U0001f98b", "a_x0041_b"]


@pytest.fixture(params=[xlsx, ods], ids=["xlsx", "ods"])
def form(request) -> ModuleType:
    return request.param


@pytest.mark.parametrize("rows", [0, 5])
def test_openxml_audit_finds_no_error(everything, made, form, rows) -> None:
    table = everything if rows else made({"code": "string"}, [])
    path, _ = table.write(form)
    name = form.FORMAT.name
    found = VALIDATORS[name]().validate(str(path))
    assert found.is_valid
    errors = [e for e in found.errors if e.severity is ValidationSeverity.ERROR]
    assert errors == []
    for warning in found.errors:
        assert re.match(BASELINE[name], warning.description), warning.description


def test_openxml_audit_finds_no_error_in_several_sheets(made, form, monkeypatch) -> None:
    monkeypatch.setattr(_sheets, "MAX_ROWS", 4)
    path, _ = made({"code": "integer"}, [[str(n)] for n in range(1, 8)]).write(form)
    assert VALIDATORS[form.FORMAT.name]().validate(str(path)).is_valid


def test_calamine_reads_every_text_as_it_is(made, form) -> None:
    path, _ = made({"code": "string"}, [[code] for code in CODES]).write(form)
    _, *rows = CalamineWorkbook.from_path(path).get_sheet_by_name("places").to_python()
    assert [row[0] for row in rows] == CODES


def test_openpyxl_reads_every_text_as_it_is(made) -> None:
    path, _ = made({"code": "string"}, [[code] for code in CODES]).write(xlsx)
    cells = openpyxl.load_workbook(path)["places"]["A"][1:]
    unescaped = [openpyxl.utils.escape.unescape(cell.value) for cell in cells]
    assert unescaped == CODES


def test_a_text_like_a_formula_stays_one_when_it_is_edited(made) -> None:
    path, _ = made({"code": "string"}, [[code] for code in CODES]).write(xlsx)
    cells = openpyxl.load_workbook(path)["places"]["A"][1:]
    quoted = [cell.value for cell in cells if cell.quotePrefix]
    assert quoted == ["=1+1", "+66", "-", "@x"]


def test_the_header_has_a_filter_and_stays(made) -> None:
    table = made({"code": "string", "founded": "date"}, [["ก", "2024-02-29"], ["ข", None]])
    path, _ = table.write(xlsx)
    book = openpyxl.load_workbook(path)
    sheet = book["places"]
    assert (sheet.auto_filter.ref, sheet.dimensions, sheet.freeze_panes) == ("A1:B3", "A1:B3", "A2")
    assert sheet.column_dimensions["B"].width == pytest.approx(12.714, abs=0.001)
    assert book.active is sheet
    assert book.properties.version == "3f2a9c41d0be"
    assert book.properties.identifier == (
        "https://data.nakhonphanom.go.th/dataset/nakhon_phanom/places/t/places"
    )


def test_calamine_sees_the_types(made, form) -> None:
    fields = {"a": "date", "b": "time", "c": "boolean", "d": "integer", "e": "number"}
    path, _ = made(fields, [["2024-02-29", "08:30:00", "false", "-5", "1e-7"]]).write(form)
    _, row = CalamineWorkbook.from_path(path).get_sheet_by_name("places").to_python()
    assert row == [date(2024, 2, 29), time(8, 30), False, -5.0, 1e-7]


@pytest.mark.slow
def test_libreoffice_reads_the_same_in_both(everything, tmp_path) -> None:
    office = shutil.which("soffice")
    if not office:
        pytest.skip("LibreOffice is not installed")
    read = Counter()
    for form in (xlsx, ods):
        path, _ = everything.write(form)
        home = f"-env:UserInstallation=file://{tmp_path}/profile"
        command = [office, home, "--headless", "--convert-to", "csv", "--outdir", str(tmp_path)]
        subprocess.run([*command, path], check=True, timeout=120, capture_output=True)
        read[path.with_suffix(".csv").read_text("utf-8")] += 1
    assert list(read.values()) == [2]
