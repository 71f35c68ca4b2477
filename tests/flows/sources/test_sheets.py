from __future__ import annotations

import datetime as dt
import struct
import zipfile

import pytest
import xlsxwriter
from pydantic import ValidationError

from flows.sources import ods, xls, xlsx

FORMATS = {
    "day": "yyyy-mm-dd", "thai": "[$-D07041E]d mmm yyyy;@", "moment": "d/m/yyyy h:mm",
    "time": "h:mm:ss", "hours": "[h]:mm:ss", "percent": "0.00%", "code": "00000",
}  # fmt: skip


@pytest.fixture
def book(tmp_path):
    """Writes an XLSX: sheets by name, each a function of a sheet and formats."""

    def make(**sheets):
        path = tmp_path / "book.xlsx"
        with xlsxwriter.Workbook(path) as workbook:
            formats = {name: workbook.add_format({"num_format": f}) for name, f in FORMATS.items()}
            for name, fill in sheets.items():
                fill(workbook.add_worksheet(name), formats)
        return path

    return make


@pytest.fixture
def read(pulled):
    def call(path, kind=xlsx, **said):
        return kind.read(pulled(path), kind.Options(path="สมุด", **said))

    return call


def lines(*rows):
    """Fills a sheet from its first row."""

    def fill(sheet, formats):
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)

    return fill


def column(*cells):
    """Fills column A: a header and cells, each a value or a value with a format's name."""

    def fill(sheet, formats):
        sheet.write(0, 0, "ค่า")
        for at, cell in enumerate(cells, 1):
            value, form = cell if isinstance(cell, tuple) else (cell, None)
            sheet.write(at, 0, value, formats.get(form))

    return fill


def values(table, rows):
    return [row["ค่า"] for row in rows(table)]


def test_rows_stand_where_the_sheet_shows_them(book, read, rows):
    path = book(ก=lines(["จังหวัด", "ประชากร"], ["นครพนม", 717040], [], ["เชียงใหม่", 1789385.5]))

    assert rows(read(path)) == [
        {"_row": 2, "จังหวัด": "นครพนม", "ประชากร": "717040"},
        {"_row": 3, "จังหวัด": None, "ประชากร": None},
        {"_row": 4, "จังหวัด": "เชียงใหม่", "ประชากร": "1789385.5"},
    ]


def test_numbers_are_written_shortest(book, read, rows):
    cells = [1, 1.0, 0.1, 2.5, -3, 1234567890123, 1e15, 1.5e-7, 0, (0.25, "percent"), (7, "code")]

    assert values(read(book(ก=column(*cells))), rows) == [
        "1", "1", "0.1", "2.5", "-3", "1234567890123", "1000000000000000", "1.5e-07", "0", "0.25",
        "7",
    ]  # fmt: skip


def test_days_are_iso_and_ce_whatever_era_is_shown(book, read, rows):
    days = [(dt.date(2024, 2, 29), "thai"), (dt.date(1999, 12, 31), "day")]

    assert values(read(book(ก=column(*days))), rows) == ["2024-02-29", "1999-12-31"]


def test_day_among_moments_is_midnight(book, read, rows):
    moments = [
        ("2024-01-01T00:00:00", "moment"),
        ("2024-01-01T12:30:15", "moment"),
        "ไม่ระบุ",
        ("2024-01-02T00:00:00.5", "moment"),
    ]
    as_found = [cell if isinstance(cell, str) else cell[0] for cell in moments]
    cells = [
        cell if isinstance(cell, str) else (dt.datetime.fromisoformat(cell[0]), cell[1])
        for cell in moments
    ]

    assert values(read(book(ก=column(*cells))), rows) == as_found


def test_times_durations_and_truth(book, read, rows):
    cells = [
        (dt.time(9, 5), "time"),
        (dt.timedelta(hours=30, minutes=15, seconds=1), "hours"),
        True,
        False,
    ]

    assert values(read(book(ก=column(*cells))), rows) == [
        "09:05:00", "PT30H15M1S", "true", "false",
    ]  # fmt: skip


def test_text_is_as_found_and_empty_cells_are_null(book, read, rows):
    path = book(ก=lines(["ก", "ข"], [" มี ช่อง ", "บรรทัด\nสอง"], ["", "007"], ["   ", "1,234"]))

    assert [(row["ก"], row["ข"]) for row in rows(read(path))] == [
        (" มี ช่อง ", "บรรทัด\nสอง"), (None, "007"), ("   ", "1,234"),
    ]  # fmt: skip


def test_error_cells_keep_their_text_and_are_told(book, read, rows):
    def fill(sheet, formats):
        sheet.write_row(0, 0, ["ก", "ค่า"])
        sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
        sheet.write_formula(2, 1, "=NA()", None, "#N/A")
        sheet.write_formula(3, 1, "=1+1", None, 2)

    table = read(book(ก=fill))

    assert values(table, rows) == ["#DIV/0!", "#N/A", "2"]
    (note,) = table.findings
    assert (note.code, note.row, note.value, note.params["count"]) == (
        "sheet-errors", 2, "#DIV/0!", "2",
    )  # fmt: skip


def test_merged_headers_are_filled_and_joined(book, read, rows):
    def fill(sheet, formats):
        sheet.write(0, 0, "ตารางที่ 1")
        sheet.merge_range("A3:A4", "จังหวัด")
        sheet.merge_range("B3:C3", "ปี 2563")
        sheet.write_row("D3", ["รวม", ""])
        sheet.write_row("B4", ["ชาย", "หญิง"])
        sheet.write_row("A5", ["นครพนม", 1, 2, 3])

    table = read(book(ก=fill), header_rows=2, first_row=3)

    assert table.columns == ("จังหวัด", "ปี 2563 / ชาย", "ปี 2563 / หญิง", "รวม")
    assert rows(table)[0]["_row"] == 5
    assert read(book(ก=fill), header_rows=[3, 4]).columns == table.columns
    assert read(book(ก=fill), header_rows=[4]).columns == ("field1", "ชาย", "หญิง", "field4")


def test_table_may_stand_anywhere_and_end_before_footnotes(book, read, rows):
    def fill(sheet, formats):
        sheet.write_row("C5", ["ก", "ข"])
        sheet.write_row("C6", [1, 2])
        sheet.write_row("C7", [3, 4])
        sheet.write("C9", "ที่มา: สำนักงานสถิติแห่งชาติ")

    table = read(book(ก=fill), last_row=8)

    assert table.columns == ("ก", "ข")
    assert [row["_row"] for row in rows(table)] == [6, 7]


def test_column_without_label_is_kept_only_if_it_has_values(book, read):
    table = read(book(ก=lines(["ก", "", "ข", ""], [1, "", 2, "Update"])))

    assert table.columns == ("ก", "ข", "field4")
    assert [note.params["number"] for note in table.findings] == [4]


def test_sheet_without_header_takes_the_names_given(book, read, rows):
    table = read(book(ก=lines([1, 2], [3])), header_rows=0, names=["ก", "ข", "ค"])

    assert rows(table) == [
        {"_row": 1, "ก": "1", "ข": "2", "ค": None}, {"_row": 2, "ก": "3", "ข": None, "ค": None},
    ]  # fmt: skip


def test_merged_data_cells_are_told(book, read):
    def fill(sheet, formats):
        sheet.write_row(0, 0, ["จังหวัด", "อำเภอ"])
        sheet.merge_range("A2:A3", "นครพนม")
        sheet.write_column("B2", ["เมือง", "ธาตุพนม"])

    (note,) = read(book(ก=fill)).findings

    assert (note.code, note.row) == ("sheet-merged", 2)


def test_sheet_is_chosen_by_name_number_or_the_first_that_shows(book, read, rows):
    def hidden(sheet, formats):
        lines(["ซ่อน"], [0])(sheet, formats)
        sheet.hide()

    def shown(sheet, formats):
        lines(["ก"], [1])(sheet, formats)
        sheet.activate()

    path = book(ก=hidden, ปี2563=shown, ปี2564=lines(["ก"], [2]))

    assert rows(read(path, sheet="ปี2564"))[0]["ก"] == "2"
    assert rows(read(path, sheet=3))[0]["ก"] == "2"
    table = read(path)
    assert rows(table)[0]["ก"] == "1"
    assert table.findings[0].params == {"sheets": "ก, ปี2563, ปี2564", "sheet": "ปี2563"}


@pytest.mark.parametrize(("sheet", "near"), [("ปี2565", "ปี2563"), (2, "—"), (0, "—")])
def test_sheet_that_does_not_exist_tells_the_nearest(book, read, refused, sheet, near):
    (problem,) = refused(lambda: read(book(ปี2563=lines(["ก"], [1])), sheet=sheet))

    assert (problem.code, problem.params["near"]) == ("sheet-missing", near)


@pytest.mark.parametrize("said", [{}, {"first_row": 9}, {"header_rows": [9, 10]}])
def test_nothing_in_the_range_is_refused(book, read, refused, said):
    path = book(ก=lines() if not said else lines(["ก"], [1]))

    assert refused(lambda: read(path, **said))[0].code == "sheet-empty"


@pytest.mark.parametrize(
    "said",
    [
        {"header_rows": 0}, {"names": ["ก"]}, {"header_rows": [2, 1]}, {"header_rows": []},
        {"header_rows": [1], "first_row": 1}, {"first_row": 5, "last_row": 4}, {"first_row": 0},
    ],
)  # fmt: skip
def test_wrong_options_stop_the_declaration(said):
    with pytest.raises(ValidationError):
        xlsx.Options(path="a.xlsx", **said)


def test_stray_cell_in_the_far_corner_is_refused(book, read, refused):
    def fill(sheet, formats):
        sheet.write(0, 0, "ก")
        sheet.write(1_048_575, 16_383, "หลง")

    (problem,) = refused(lambda: read(book(ก=fill)))

    assert problem.code == "workbook-too-large"
    assert problem.params["reason"] == "1,048,576 × 16,384"


def test_cut_or_altered_workbook_is_refused(book, read, refused, tmp_path):
    data = book(ก=lines(["ก"], *[[n] for n in range(100)])).read_bytes()
    middle = len(data) // 3
    altered = data[:middle] + bytes([data[middle] ^ 0xFF]) + data[middle + 1 :]

    for broken in (data[: len(data) // 2], data[:-30], altered, b"PK\x03\x04" + b"x" * 99):
        (tmp_path / "broken").write_bytes(broken)
        assert refused(lambda: read(tmp_path / "broken"))[0].code == "workbook-broken"


def test_workbook_is_bounded_unpacked(book, read, refused):
    path = book(ก=lines(["ก"], *[["ข" * 1000] for _ in range(100)]))

    assert refused(lambda: read(path, max_unpacked=1000))[0].code == "source-unpacks"


def test_member_that_lies_about_its_size_is_refused(book, read, refused, tmp_path):
    with zipfile.ZipFile(tmp_path / "lie", "w", zipfile.ZIP_DEFLATED) as container:
        container.writestr("xl/workbook.xml", b" " * 1_000_000)
    data = (tmp_path / "lie").read_bytes()
    (tmp_path / "lie").write_bytes(
        data.replace(struct.pack("<I", 1_000_000), struct.pack("<I", 10))
    )

    assert refused(lambda: read(tmp_path / "lie"))[0].code == "workbook-broken"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<html><table><tr><td>1</td></tr></table>", "source-html"),
        (b"%PDF-1.4 xxxxx", "source-wrong-kind"),
    ],
)
@pytest.mark.parametrize("kind", [xlsx, xls, ods])
def test_page_or_document_under_the_name_of_a_workbook_is_named(
    read, refused, tmp_path, kind, data, code
):
    (tmp_path / "x").write_bytes(data)

    assert refused(lambda: read(tmp_path / "x", kind))[0].code == code


def test_each_kind_refuses_the_other_container(book, read, refused):
    path = book(ก=lines(["ก"], [1]))

    assert refused(lambda: read(path, xls))[0].code == "source-wrong-kind"
    (problem,) = refused(lambda: read(path, ods))
    assert (problem.code, problem.params["kind"]) == ("source-wrong-kind", "ODS")


# --- ODS --------------------------------------------------------------------------------------

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" '
    'office:version="1.3"><office:body><office:spreadsheet>'
)
TAIL = "</office:spreadsheet></office:body></office:document-content>"


def cell(text, attributes=""):
    return (
        f'<table:table-cell office:value-type="string" {attributes}><text:p>{text}</text:p>'
        "</table:table-cell>"
    )


def value(kind, attributes, shown="x", more=""):
    return (
        f'<table:table-cell office:value-type="{kind}" {attributes}>{more}'
        f"<text:p>{shown}</text:p></table:table-cell>"
    )


def row(*cells, repeated=1):
    inside = "".join(cells)
    return f'<table:table-row table:number-rows-repeated="{repeated}">{inside}</table:table-row>'


EMPTY = '<table:table-cell table:number-columns-repeated="16380"/>'
NOTE = "<office:annotation><text:p>โน้ต</text:p></office:annotation>"
COVERED = "<table:covered-table-cell/>"


@pytest.fixture
def spreadsheet(tmp_path):
    def make(*rows, manifest="<m/>", name="ข้อมูล"):
        path = tmp_path / "book.ods"
        table = f'<table:table table:name="{name}">{"".join(rows)}</table:table>'
        other = f'<table:table table:name="อื่น">{row(cell("x<text:tab/>"))}</table:table>'
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as container:
            container.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
            container.writestr("META-INF/manifest.xml", manifest)
            container.writestr("content.xml", HEAD + other + table + TAIL)
        return path

    return make


def test_ods_cells_are_text_as_in_other_kinds(spreadsheet, read, rows):
    typed = [
        value("float", 'office:value="1.10"'),
        value("float", 'office:value="717040"'),
        value("date", 'office:date-value="2024-02-29"', "29 ก.พ. 67"),
        value("date", 'office:date-value="2024-02-29T08:30:00"'),
        value("boolean", 'office:boolean-value="true"'),
        value("percentage", 'office:value="0.25"', "25%"),
        value("currency", 'office:currency="THB" office:value="1234.5"', "฿1,234.50"),
        cell("หนึ่ง<text:s text:c='2'/>สอง<text:tab/>สาม<text:line-break/>สี่"),
        value(
            "string", 'office:string-value="" calcext:value-type="error"', "#DIV/0!",
        ),
        value("float", 'office:value="3"', "3", NOTE),
    ]  # fmt: skip
    path = spreadsheet(
        row(EMPTY, repeated=2),
        row(*(cell(f"c{n}") for n in range(len(typed))), EMPTY),
        row(*typed),
        row(EMPTY, repeated=1_048_000),
    )

    table = read(path, ods, sheet="ข้อมูล")

    assert list(rows(table)[0].values()) == [
        4, "1.1", "717040", "2024-02-29", "2024-02-29T08:30:00", "true", "0.25", "1234.5",
        "หนึ่ง  สอง\tสาม\nสี่", "#DIV/0!", "3",
    ]  # fmt: skip
    assert [note.code for note in table.findings] == ["sheet-errors"]


def test_ods_merged_headers_are_filled_and_joined(spreadsheet, read):
    path = spreadsheet(
        row(
            cell("จังหวัด", 'table:number-rows-spanned="2"'),
            cell("ปี 2563", 'table:number-columns-spanned="2"'),
            COVERED,
        ),
        row(COVERED, cell("ชาย"), cell("หญิง")),
        row(cell("นครพนม"), cell("1"), cell("2")),
    )

    assert read(path, ods, sheet="ข้อมูล", header_rows=2).columns == (
        "จังหวัด", "ปี 2563 / ชาย", "ปี 2563 / หญิง",
    )  # fmt: skip


def test_ods_rows_that_stand_for_many_are_all_there(spreadsheet, read, rows):
    path = spreadsheet(row(cell("ก")), row(cell("a<text:tab/>b"), repeated=3), row(cell("จบ")))

    table = read(path, ods, sheet="ข้อมูล")

    assert [(r["_row"], r["ก"]) for r in rows(table)] == [
        (2, "a\tb"), (3, "a\tb"), (4, "a\tb"), (5, "จบ"),
    ]  # fmt: skip


def test_ods_that_stands_for_too_many_cells_is_refused(spreadsheet, read, refused):
    path = spreadsheet(row(cell("x", 'table:number-columns-repeated="16384"'), repeated=1_000_000))

    assert refused(lambda: read(path, ods))[0].code == "workbook-too-large"


def test_ods_with_a_password_is_refused(spreadsheet, read, refused):
    path = spreadsheet(row(cell("ก")), manifest="<m><encryption-data/></m>")

    assert refused(lambda: read(path, ods))[0].code == "workbook-password"


# --- XLS --------------------------------------------------------------------------------------


def record(kind, body=b""):
    return struct.pack("<HH", kind, len(body)) + body


def label(row_, at, text):
    return record(
        0x204, struct.pack("<HHHHB", row_, at, 0, len(text), 1) + text.encode("utf-16-le")
    )


def number(row_, at, found):
    return record(0x203, struct.pack("<HHHd", row_, at, 0, found))


def error(row_, at, code):
    return record(0x205, struct.pack("<HHHBB", row_, at, 0, code, 1))


def failed_formula(row_, at, code):
    result = bytes([2, 0, code, 0, 0, 0, 0xFF, 0xFF])
    return record(
        0x06, struct.pack("<HHH", row_, at, 0) + result + bytes(6) + b"\x03\x00\x1e\x01\x00"
    )


BOF_BOOK = record(0x809, struct.pack("<HHHHII", 0x600, 0x05, 0, 0, 0, 0))
BOF_SHEET = record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
EOF = record(0x0A)


def workbook(*cells, name="ข้อมูล", extra=b""):
    sheet = BOF_SHEET + b"".join(cells) + EOF
    title = name.encode("utf-16-le")
    tail = struct.pack("<BBBB", 0, 0, len(name), 1) + title
    start = len(BOF_BOOK) + len(extra) + 4 + 4 + len(tail) + len(EOF)
    return BOF_BOOK + extra + record(0x85, struct.pack("<I", start) + tail) + EOF + sheet


def compound(stream, name="Workbook"):
    """A compound file with one stream: header, one FAT sector, one directory sector, the stream."""
    stream = stream.ljust(4096, b"\0")
    sectors = -(-len(stream) // 512)
    assert sectors + 2 <= 128
    fat = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, 2 + sectors), 0xFFFFFFFE]
    fat += [0xFFFFFFFF] * (128 - len(fat))

    def entry(title, kind, start, size, child=0xFFFFFFFF):
        encoded = title.encode("utf-16-le") + b"\0\0"
        body = encoded.ljust(64, b"\0") + struct.pack("<HBB", len(encoded), kind, 1)
        body += struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, child) + bytes(36)
        return body + struct.pack("<IQ", start, size)

    directory = entry("Root Entry", 5, 0xFFFFFFFE, 0, 1) + entry(name, 2, 2, len(stream))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    return (
        header
        + struct.pack("<128I", *fat)
        + directory.ljust(512, b"\0")
        + stream.ljust(sectors * 512, b"\0")
    )


@pytest.fixture
def old_book(tmp_path):
    def make(*cells, **more):
        path = tmp_path / "book.xls"
        path.write_bytes(compound(workbook(*cells, **more)))
        return path

    return make


def test_xls_cells_are_text_and_errors_keep_theirs(old_book, read, rows):
    path = old_book(
        label(0, 0, "จังหวัด"), label(0, 1, "ราคา"),
        label(1, 0, "นครพนม"), number(1, 1, 12000.0),
        label(2, 0, "เชียงใหม่"), error(2, 1, 0x2A),
        label(3, 0, "ลำพูน"), failed_formula(3, 1, 0x0F),
        label(4, 0, "ตาก"), number(4, 1, 0.5),
    )  # fmt: skip

    table = read(path, xls)

    assert [(r["_row"], r["จังหวัด"], r["ราคา"]) for r in rows(table)] == [
        (2, "นครพนม", "12000"), (3, "เชียงใหม่", "#N/A"), (4, "ลำพูน", "#VALUE!"), (5, "ตาก", "0.5"),
    ]  # fmt: skip
    assert table.findings[0].params["count"] == "2"


def test_xls_with_a_password_is_refused(old_book, read, refused):
    path = old_book(label(0, 0, "ก"), extra=record(0x2F, bytes(6)))

    assert refused(lambda: read(path, xls))[0].code == "workbook-password"


def test_xls_that_is_cut_is_refused(old_book, read, refused, tmp_path):
    data = old_book(label(0, 0, "ก"), number(1, 0, 1.0)).read_bytes()

    for length in (100, 600, 1600):
        (tmp_path / "cut").write_bytes(data[:length])
        assert refused(lambda: read(tmp_path / "cut", xls))[0].code == "workbook-broken"


def test_new_workbook_with_a_password_is_refused_as_such(read, refused, tmp_path):
    (tmp_path / "locked").write_bytes(compound(b"secret", "EncryptedPackage"))

    for kind in (xlsx, xls):
        assert refused(lambda kind=kind: read(tmp_path / "locked", kind))[0].code == (
            "workbook-password"
        )
