"""ODS: what other programs read in it, white space, sheets, the same bytes on any day."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from datetime import date, datetime, time

import pytest
from lxml import etree
from odf.opendocument import load
from odf.table import Table as OdfTable
from odf.table import TableCell, TableRow
from python_calamine import CalamineWorkbook

from catalog.formats import _sheets, ods

FIELDS = {
    "code": {"type": "string", "title": "รหัส"}, "people": "integer",
    "area": {"type": "number", "decimalPlaces": 2}, "open": "boolean", "founded": "date",
    "at": "time", "seen": "datetime", "updated": {"type": "datetime", "timezone": "Asia/Bangkok"},
}  # fmt: skip
ROW = ["048", "717040", "5512.70", "true", "2024-02-29", "08:30:00.5", "2024-02-29T08:30:00",
       "2026-11-20T01:00:00Z"]  # fmt: skip


def test_calamine_sees_typed_cells(made) -> None:
    path, _ = made(FIELDS, [ROW]).write(ods)
    book = CalamineWorkbook.from_path(path)
    assert book.sheet_names == ["places", "คำอธิบาย"]
    header, row = book.get_sheet_by_name("places").to_python()
    assert header == list(FIELDS)
    assert row == [
        "048", 717040.0, 5512.7, True, date(2024, 2, 29), time(8, 30, 0, 500_000),
        datetime.fromisoformat("2024-02-29T08:30"), datetime.fromisoformat("2026-11-20T08:00"),
    ]  # fmt: skip


def test_odfpy_reads_the_same_texts(made) -> None:
    texts = ["ก  ข   ค", " ก ", "ก\tข", "ก\n\nข", " \n ", 'a & <b> "c"', "\t \t"]
    table = made({"code": "string", "note": "string"}, [["1", text] for text in texts])
    path, _ = table.write(ods)
    assert table.check(ods, path)["note"].to_pylist() == texts
    sheet = load(str(path)).spreadsheet.getElementsByType(OdfTable)[0]
    rows = sheet.getElementsByType(TableRow)[1:]
    read = [_odf_text(row.getElementsByType(TableCell)[1]) for row in rows]
    assert read == texts


def _odf_text(cell) -> str:
    """The text of a cell by the rules of OpenDocument, from odfpy's tree."""

    def inside(node) -> str:
        if node.nodeType == node.TEXT_NODE:
            return str(node)
        name = node.qname[1]
        if name == "s":
            return " " * int(node.getAttribute("c") or 1)
        return "\t" if name == "tab" else "".join(map(inside, node.childNodes))

    return "\n".join(map(inside, cell.childNodes))


def test_calamine_reads_runs_of_spaces_and_lines(made) -> None:
    texts = ["ก  ข   ค", " ก ", "ก\n\nข", "a & <b>"]
    path, _ = made({"code": "string", "note": "string"}, [["1", text] for text in texts]).write(ods)
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name("places").to_python()[1:]
    assert [row[1] for row in rows] == texts


def test_the_package_begins_with_its_media_type_uncompressed(made) -> None:
    path, _ = made(FIELDS, [ROW]).write(ods)
    start = path.read_bytes()[:100]
    assert start[30:38] == b"mimetype"
    assert start[38:].startswith(b"application/vnd.oasis.opendocument.spreadsheet")
    with zipfile.ZipFile(path) as package:
        assert package.infolist()[0].compress_type == zipfile.ZIP_STORED
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert package.testzip() is None
        listed = etree.fromstring(package.read("META-INF/manifest.xml"))
        paths = {entry.get(entry.keys()[0]) for entry in listed} - {"/"}
        assert paths == set(package.namelist()) - {"mimetype", "META-INF/manifest.xml"}
        for name in paths:
            etree.fromstring(package.read(name))


def test_what_would_change_is_text(made) -> None:
    rows = [["1", "9223372036854775807"], ["2", "999999999999999"]]
    table = made({"code": "string", "number": "integer"}, rows)
    path, _ = table.write(ods)
    cells = CalamineWorkbook.from_path(path).get_sheet_by_name("places").to_python()
    assert [row[1] for row in cells[1:]] == ["9223372036854775807", 999999999999999.0]
    assert table.check(ods, path)["number"].to_pylist() == [2**63 - 1, 999999999999999]


def test_carriage_returns_become_plain_line_ends_and_are_told(made) -> None:
    table = made({"code": "string", "note": "string"}, [["1", "ก\r\nข\rค"], ["2", "ก\nข"]])
    path, (problem,) = table.write(ods)
    assert table.check(ods, path)["note"].to_pylist() == ["ก\nข\nค", "ก\nข"]
    assert (problem.code, problem.params) == ("format-line-ends", {"count": 1, "first": 1})


def test_rows_go_on_in_the_next_sheet(made, monkeypatch) -> None:
    monkeypatch.setattr(_sheets, "MAX_ROWS", 4)
    table = made({"code": "integer", "name": "string"}, [[str(n), None] for n in range(1, 8)])
    path, (problem,) = table.write(ods)
    book = CalamineWorkbook.from_path(path)
    assert book.sheet_names == ["places (1)", "places (2)", "places (3)", "คำอธิบาย"]
    assert [len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names[:3]] == [
        4,
        4,
        2,
    ]
    assert table.check(ods, path)["code"].to_pylist() == [1, 2, 3, 4, 5, 6, 7]
    assert problem.code == "format-sheets-split"


def test_the_description_and_the_properties_name_licence_and_source(made) -> None:
    path, _ = made(FIELDS, [ROW]).write(ods)
    told = CalamineWorkbook.from_path(path).get_sheet_by_name("คำอธิบาย").to_python()
    by_label = {row[0]: row for row in told}
    assert by_label["สัญญาอนุญาต"][4] == "https://creativecommons.org/licenses/by/4.0/"
    assert by_label["code"][1] == "รหัส"
    with zipfile.ZipFile(path) as package:
        meta = package.read("meta.xml").decode()
        settings = package.read("settings.xml").decode()
    assert "<dc:title>สถานที่ &amp; แหล่ง &lt;ทดสอบ&gt;</dc:title>" in meta
    assert 'config:name="places"' in settings


@pytest.mark.slow
def test_libreoffice_opens_it(everything, tmp_path) -> None:
    office = shutil.which("soffice")
    if not office:
        pytest.skip("LibreOffice is not installed")
    path, _ = everything.write(ods)
    home = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [office, home, "--headless", "--convert-to", "csv", "--outdir", str(tmp_path), path]
    subprocess.run(command, check=True, timeout=120, capture_output=True)
    read = path.with_suffix(".csv").read_text("utf-8")
    assert read.startswith("code,title,people,")
    assert "4611686018427387905" in read
