"""Delimited texts: encoding, delimiter, header, what stands around, ragged rows."""

from __future__ import annotations

import gzip

import pytest

from catalog.problem import Rejected
from flows.doctor.layout import layouts
from flows.doctor.layouts import _records
from tests.flows.doctor.layout_kit import doctored, read_back, single

PLAIN = "จังหวัด,ปี,ประชากร\nนครพนม,2565,717040\nมุกดาหาร,2565,351484\nสกลนคร,2565,1149472\n"


@pytest.fixture
def put(tmp_path):
    def make(content, name="ข้อมูล.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
        return path

    return make


def test_plain_file_needs_no_options(put):
    got = single(put(PLAIN))

    assert got.layout.options == {}
    assert got.columns == ("จังหวัด", "ปี", "ประชากร")
    assert (got.cells[0], got.cells[-1]) == (
        ["นครพนม", "2565", "717040"], ["สกลนคร", "2565", "1149472"]
    )  # fmt: skip
    assert got.codes == {"doctor-encoding", "doctor-header"}


@pytest.mark.parametrize(
    ("encoding", "said", "shown"),
    [
        ("utf-8", None, "UTF-8"), ("utf-8-sig", None, "UTF-8 (BOM)"),
        ("utf-16", None, "UTF-16-LE"), ("utf-16-le", "utf-16-le", "UTF-16-LE"),
        ("utf-16-be", "utf-16-be", "UTF-16-BE"), ("cp874", "tis-620", "TIS-620"),
    ],
)  # fmt: skip
def test_encoding_is_told_with_the_bytes_that_speak_for_it(put, encoding, said, shown):
    got = single(put(PLAIN, encoding=encoding))

    assert got.layout.options.get("encoding") == said
    assert got.columns == ("จังหวัด", "ปี", "ประชากร")
    finding = got.finding("doctor-encoding")
    assert finding.problem.params["encoding"] == shown
    letters = sum("\u0e00" <= letter < "\u0e80" for letter in PLAIN)
    width = {"cp874": 1}.get(encoding, 3 if encoding.startswith("utf-8") else 2)
    assert finding.problem.params["thai"] == str(letters * width)


@pytest.mark.parametrize(("letter", "shown"), [(b"\xa0", "TIS-620"), (b"\x93", "cp874")])
def test_windows_quotes_are_cp874(put, letter, shown):
    got = single(put(PLAIN.encode("cp874").replace(b",2565", letter + b",2565", 1)))

    assert shown in got.finding("doctor-encoding").problem.params["encoding"]


def test_mixed_encodings_are_refused_with_every_range_of_lines(put):
    head, *rows = PLAIN.splitlines(keepends=True)
    data = (head + rows[0]).encode() + (rows[1] + rows[2]).encode("cp874")

    with pytest.raises(Rejected) as caught:
        layouts(put(data))

    told = [(p.params["first"], p.params["last"], p.params["encoding"], p.code)
            for p in caught.value.problems]  # fmt: skip
    assert told == [
        (1, 2, "UTF-8", "doctor-encoding-mixed"), (3, 4, "TIS-620", "doctor-encoding-mixed")
    ]  # fmt: skip


@pytest.mark.parametrize("wrong", ["cp874", "cp1252"])
def test_text_that_was_encoded_twice_is_turned_back(put, wrong):
    letters = (bytes([byte]).decode(wrong, "ignore") or chr(byte) for byte in PLAIN.encode())
    got = single(put("".join(letters)))

    assert got.layout.options == {"encoding": f"utf-8-as-{wrong}"}
    assert got.cells[0] == ["นครพนม", "2565", "717040"]
    assert got.remedies("doctor-encoding-twice") == {"encoding": f"utf-8-as-{wrong}"}


def test_lines_that_were_encoded_twice_among_others_stop(put):
    broken = "".join(chr(byte) for byte in "มุกดาหาร".encode())
    got = single(put(PLAIN.replace("มุกดาหาร", broken)))

    finding = got.finding("doctor-encoding-twice-part")
    assert (finding.count, finding.problem.row, str(finding.problem.level)) == (1, 3, "error")


def test_word_that_only_looks_encoded_twice_is_left_alone(put):
    assert (
        "doctor-encoding-twice-part"
        not in single(put("คำ,ครั้ง\nเธอเธอเธอ,3\nเนินเขา,4\nเน,5\n")).codes
    )


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_delimiter_is_found(put, delimiter):
    got = single(put(PLAIN.replace(",", delimiter)))

    assert got.layout.options == {"delimiter": delimiter}
    assert got.cells[1] == ["มุกดาหาร", "2565", "351484"]


def test_decimal_commas_between_semicolons_are_asked_about(put):
    got = single(put("1,5;2,5\n2,5;3,5\n4,5;1,5\n"))

    question = got.finding("doctor-delimiter-which").question
    assert [choice.name for choice in question.choices] == ["comma", "semicolon"]
    assert [choice.remedies[0].value for choice in question.choices] == [",", ";"]


def test_columns_set_apart_by_blanks_cannot_be_told_apart(put):
    got = single(
        put("จังหวัด      ประชากร\nนครพนม       717040\nมุกดาหาร     351484\nเลย          1\n")
    )

    assert got.finding("doctor-fixed-width").problem.params["columns"] == 2


@pytest.mark.parametrize(
    ("ends", "told"), [("\r\n", None), ("\r", "CR 4"), ("\n", None)]
)  # fmt: skip
def test_line_ends_of_all_kinds_are_read(put, ends, told):
    got = single(put(PLAIN.replace("\n", ends)))

    assert got.cells[-1] == ["สกลนคร", "2565", "1149472"]
    found = got.finding("doctor-line-ends").problem.params["ends"] if told else None
    assert found == told


TITLED = (
    "ตารางที่ 1 จำนวนประชากร,,\nณ วันที่ 31 ธันวาคม 2565,,\n,,\n" + PLAIN
    + "\nที่มา: กรมการปกครอง,,\nหมายเหตุ: ไม่รวมผู้ไม่มีสัญชาติไทย,,\n"
)  # fmt: skip


def test_titles_and_notes_are_kept_and_left_out(put):
    got = single(put(TITLED))

    assert got.layout.options == {"skip": 3, "skip_footer": 2}
    assert got.layout.title == "ตารางที่ 1 จำนวนประชากร"
    assert [number for number, _ in got.layout.notes] == [1, 2, 9, 10]
    assert got.layout.notes[2][1] == "ที่มา: กรมการปกครอง"
    assert (len(got.cells), got.lines[0], got.cells[-1][0]) == (3, 5, "สกลนคร")


def test_notes_without_a_blank_line_before_them_are_left_out(put):
    got = single(put(PLAIN + "ที่มา: กรมการปกครอง\n"))

    assert (got.layout.options, len(got.cells)) == ({"skip_footer": 1}, 3)


def test_table_may_grow_without_the_declaration_changing(put):
    got = single(put(TITLED))
    grown = put(TITLED.replace("สกลนคร,2565", "เลย,2565,1\nสกลนคร,2565"), "ใหม่.csv")

    source = read_back.__globals__["variant"]("flows.sources", "csv")
    options = source.Options(path="x", **got.layout.options)
    raw = source.read(read_back.__globals__["pulled"](grown), options)
    assert sum(batch.num_rows for batch in raw.open()) == 4


EVEN = (
    "ตารางที่ 1,,\n,,\nจังหวัด,ปี,ประชากร\n"
    + "".join(f'"จ. {at}\nข",25{at % 90 + 10},{at}\n' for at in range(500))
    + "ที่มา : ก,,\n"
)


@pytest.mark.parametrize("content", [EVEN, TITLED, PLAIN * 40, "ก,ข\n1,2\n3\n"])
def test_large_texts_are_laid_out_as_small_ones_are(put, monkeypatch, content):
    path = put(content)
    small = layouts(path)

    monkeypatch.setattr(_records, "_LARGE", 0)
    monkeypatch.setattr(_records, "_KEPT", 0)
    monkeypatch.setattr(_records, "_EDGE", 3)
    assert layouts(path) == small


def test_quoted_line_breaks_count_as_lines(put):
    got = single(put(EVEN))

    assert got.layout.options == {"skip": 2, "skip_footer": 1}
    assert (got.lines[0], got.lines[-1], got.layout.notes[-1][0]) == (4, 1002, 1004)


def test_two_tables_below_each_other_are_two(put):
    second = "อำเภอ,ตำบล,หมู่บ้าน\nธาตุพนม,12,136\nนาแก,12,140\n"
    first, other = doctored(put(PLAIN + "\nตารางที่ 2 หมู่บ้าน\n" + second))

    assert first.layout.options == {"last_line": 4}
    assert len(first.cells) == 3
    assert other.layout.options == {"skip": 6}
    assert (other.columns, other.cells[-1]) == (
        ("อำเภอ", "ตำบล", "หมู่บ้าน"), ["นาแก", "12", "140"]
    )  # fmt: skip
    assert other.layout.title == "ตารางที่ 2 หมู่บ้าน"
    assert first.finding("doctor-tables").problem.params["tables"] == 2


def test_two_tables_side_by_side_are_two(put):
    got = doctored(
        put(
            "จังหวัด,ประชากร,,จังหวัด,พื้นที่\nนครพนม,717040,,นครพนม,5513\n"
            "มุกดาหาร,351484,,มุกดาหาร,4340\nสกลนคร,1149472,,,\n"
        )
    )

    assert [table.columns for table in got] == [("จังหวัด", "ประชากร"), ("จังหวัด", "พื้นที่")]
    assert [len(table.cells) for table in got] == [3, 2]
    assert got[1].cells[-1] == ["มุกดาหาร", "4340"]


def test_stacked_header_is_flattened(put):
    got = single(put("จังหวัด,ประชากร,,รวม\n,ชาย,หญิง,\nนครพนม,1,2,3\nเลย,4,5,9\n"))

    assert got.layout.options == {"header": 2}
    assert got.columns == ("จังหวัด", "ประชากร / ชาย", "ประชากร / หญิง", "รวม")


def test_groups_above_repeated_names_are_spread(put):
    got = single(put(",2564,,2565,\nจังหวัด,ชาย,หญิง,ชาย,หญิง\nนครพนม,1,2,3,4\nเลย,5,6,7,8\n"))

    assert got.columns == ("จังหวัด", "2564 / ชาย", "2564 / หญิง", "2565 / ชาย", "2565 / หญิง")


def test_row_of_column_numbers_is_no_data(put):
    got = single(put("จังหวัด,ชาย,หญิง\n(1),(2),(3)\nนครพนม,10,20\nเลย,30,40\n"))

    assert got.layout.options == {"data_line": 3}
    assert (got.cells[0], got.lines) == (["นครพนม", "10", "20"], [3, 4])


def test_years_are_a_header_where_figures_stand_below(put):
    got = single(put("จังหวัด,2563,2564,2565\nนครพนม,12.5,13.1,14.0\nเลย,1.1,1.2,1.3\n"))

    assert got.columns == ("จังหวัด", "2563", "2564", "2565")


def test_repeated_headers_and_blank_rows_are_counted(put):
    body = "นครพนม,2565,717040\n"
    head = PLAIN.splitlines()[0] + "\n"
    got = single(put(head + body * 3 + "\n" + head + body * 2 + ",,\n" + head + body))

    assert got.layout.rows == 10
    header, blank = got.finding("doctor-rows-header"), got.finding("doctor-rows-blank")
    assert (header.count, header.problem.row, header.remedies[0].name) == (
        2, 6, "drop_repeated_headers"
    )  # fmt: skip
    assert (blank.count, blank.problem.row) == (2, 5)


def test_table_without_header_is_told_by_figures(put):
    got = single(put("นครพนม,717040\nมุกดาหาร,351484\nเลย,642773\n"))

    assert got.layout.options == {"header": False, "names": ["column_1", "column_2"]}
    assert got.layout.rows == 3


def test_one_column_of_words_is_asked_about(put):
    got = single(put("สมชาย\nมานะ\nปิติ\nชูใจ\nวีระ\n"))

    choices = got.finding("doctor-header-unsure").question.choices
    assert [choice.name for choice in choices] == ["header", "data"]
    assert {r.name: r.value for r in choices[1].remedies} == {
        "header": False, "names": ["column_1"]
    }  # fmt: skip


def test_line_breaks_inside_of_the_header_are_told(put):
    got = single(put('จังหวัด,"จำนวน\n คน"\nนครพนม,1\nเลย,2\n'))

    assert got.columns == ("จังหวัด", "จำนวน\n คน")
    assert got.finding("doctor-header-breaks").count == 1


def test_empty_columns_at_the_end_are_cut(put):
    got = single(put("จังหวัด,ประชากร,,,\nนครพนม,717040,,,\nเลย,642773,,,\n"))

    assert got.layout.options == {"last_column": 2}
    assert (got.columns, got.finding("doctor-columns-empty").count) == (("จังหวัด", "ประชากร"), 3)


def test_short_rows_are_filled_in_if_a_person_says_so(put):
    got = single(put("ก,ข,ค\n1,2,3\n4,5\n6,7,8\n9\n"))

    finding = got.finding("doctor-rows-short")
    assert (finding.count, [e.row for e in finding.examples]) == (2, [3, 5])
    assert finding.examples[0].before == "2 / 3"
    assert got.layout.options == {"pad_rows": True}
    assert got.cells == [["1", "2", "3"], ["4", "5", ""], ["6", "7", "8"], ["9", "", ""]]
    assert [choice.name for choice in finding.question.choices] == ["pad", "refuse"]


def test_rows_with_values_beyond_the_header_stop(put):
    (found,) = layouts(put("ก,ข\n1,2\n3,4,เกิน\n5,6\n"))

    (finding,) = [f for f in found.findings if f.problem.code == "doctor-rows-long"]
    assert (finding.problem.row, finding.problem.value, str(finding.problem.level)) == (
        3, "เกิน", "error"
    )  # fmt: skip
    assert "pad_rows" not in found.options


def test_delimiters_beyond_the_header_are_none(put):
    got = single(put("ก,ข\n1,2,\n3,4,\n5,6\n"))

    assert got.cells == [["1", "2"], ["3", "4"], ["5", "6"]]
    assert got.remedies("doctor-rows-long-empty") == {"pad_rows": True}


def test_quotes_that_mean_inches_are_read_as_they_are(put):
    got = single(put('ขนาด,จำนวน\n"4" ท่อ,1\n3",2\n2",5\n1",7\n'))

    assert got.layout.options["quote"] == ""
    assert [row[0] for row in got.cells] == ['"4" ท่อ', '3"', '2"', '1"']


def test_quote_that_is_never_closed_is_told_with_its_line(put):
    (found,) = layouts(put('ก,ข\n1,"ปิด"\n2,"ไม่ปิด\n3,4,5\n6,7\n'))

    rows = [f.problem.row for f in found.findings if f.problem.code == "csv-quotes"]
    assert rows == [3]


def test_zero_bytes_are_refused(put):
    with pytest.raises(Rejected) as caught:
        layouts(put(PLAIN.encode() + b"\0" * 3 + b"x\n"))
    assert [problem.code for problem in caught.value.problems] == ["text-nul"]


def test_packed_file_is_read_through(put):
    got = single(put(gzip.compress(PLAIN.encode()), "ข้อมูล.csv.gz"))

    assert got.cells[0][0] == "นครพนม"


def test_total_at_the_end_is_taken_out_if_it_adds_up(put):
    table = "จังหวัด,ชาย,หญิง\nนครพนม,10,20\nเลย,30,40\nรวมทั้งสิ้น,40,60\n"
    got = single(put(table))

    finding = got.finding("doctor-rows-total")
    assert (finding.problem.row, [(r.kind, r.name, r.value) for r in finding.remedies]) == (
        4, [("rows", "drop_total_rows", {})]
    )  # fmt: skip


def test_total_of_which_only_some_columns_add_up_names_them(put):
    got = single(put("จังหวัด,ชาย,ร้อยละ\nนครพนม,10,20.5\nเลย,30,40.1\nรวม,40,30.3\n"))

    (remedy,) = got.finding("doctor-rows-total").remedies
    assert remedy.value == {"sums": ["ชาย"]}


def test_totals_among_the_data_are_asked_about(put):
    got = single(
        put("พื้นที่,ไร่\nรวมทั้งประเทศ,60\nภาคเหนือ,30\nภาคใต้,30\nแพร่,10\nตาก,15\nน่าน,5\nตรัง,25\nสตูล,5\n")
    )

    finding = got.finding("doctor-rows-total-inside")
    assert [example.before for example in finding.examples] == ["รวมทั้งประเทศ", "ภาคเหนือ", "ภาคใต้"]
    (drop,) = finding.question.choices[0].remedies
    assert (drop.name, drop.value["column"]) == ("drop_rows", "พื้นที่")
    assert set(drop.value["equals"]) == {"รวมทั้งประเทศ", "ภาคเหนือ", "ภาคใต้"}


@pytest.mark.parametrize("name", ["รวมไทยพัฒนา", "Sum Nung Kam", "ภาคเหนือ"])
def test_name_that_begins_like_a_total_is_none(put, name):
    got = single(put(f"ตำบล,คน\nเวียง,5\n{name},7\nรอบเวียง,9\nท่าสาย,3\n"))

    assert "doctor-rows-total-inside" not in got.codes


def test_group_named_once_is_asked_about(put):
    got = single(put("อำเภอ,ตำบล,คน\nเมือง,ก,1\n,ข,2\n,ค,3\nนาแก,ง,4\n,จ,5\n"))

    finding = got.finding("doctor-cells-groups")
    assert finding.count == 3
    assert finding.question.choices[0].remedies[0].value == {"columns": ["อำเภอ"]}


def test_bracket_at_the_head_of_a_text_makes_no_json_of_it(put):
    got = single(put("[รหัส],ชื่อ\n1,ก\n2,ข\n"))

    assert (got.layout.kind, got.columns) == ("csv", ("[รหัส]", "ชื่อ"))


def test_text_under_the_name_of_a_workbook_is_read_as_text(put):
    got = single(put(PLAIN, "ข้อมูล.xls"))

    assert got.finding("doctor-suffix").problem.params == {
        "count": "1", "found": "CSV", "name": ".xls"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "source-empty"), (b"\n\n \n", "source-empty"), (b"%PDF-1.7\n", "source-wrong-kind"),
        (b"<html><body>login</body></html>", "source-html"),
        (b"PK\x03\x04broken", "source-packed-badly"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_in_words(put, content, code):
    with pytest.raises(Rejected) as caught:
        layouts(put(content))
    assert caught.value.problems[0].code == code
