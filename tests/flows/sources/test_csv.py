from __future__ import annotations

import gzip

import pytest
from pydantic import ValidationError

from flows.sources import _csv_exact, _csv_fast
from flows.sources import csv as source

SMALL = "จังหวัด,ประชากร\nนครพนม,717040\nเชียงใหม่,1789385\n"


def options(**said):
    return source.Options(path="ข้อมูล.csv", **said)


@pytest.fixture
def read(pulled):
    return lambda content, **said: source.read(pulled(content), options(**said))


def test_rows_stand_at_their_lines(read, rows):
    table = read(SMALL)

    assert table.columns == ("จังหวัด", "ประชากร")
    assert rows(table) == [
        {"_row": 2, "จังหวัด": "นครพนม", "ประชากร": "717040"},
        {"_row": 3, "จังหวัด": "เชียงใหม่", "ประชากร": "1789385"},
    ]
    assert table.notes == ()


def test_table_is_given_anew_at_each_call(read, rows):
    table = read(SMALL)

    assert rows(table) == rows(table)


def test_lines_are_counted_through_quoted_line_breaks(read, rows):
    table = read('ชื่อ,ที่อยู่\r\nก,"หมู่ 1\r\nตำบลในเมือง\r\n"\r\nข,"ไม่มี"\r\nค,"a\nb"\r\nง,\r\n')

    assert [row["_row"] for row in rows(table)] == [2, 5, 6, 8]
    assert rows(table)[0]["ที่อยู่"] == "หมู่ 1\r\nตำบลในเมือง\r\n"


def test_cells_are_the_text_of_the_file(read, rows):
    cells = [" ๑๒ ", "", "NA", "null", "1.10", "007", "1,234", 'พูดว่า "ดี"', "TRUE", "#N/A", "nan"]
    line = ",".join(f'"{cell}"'.replace('ว่า "ดี"', 'ว่า ""ดี""') for cell in cells)
    header = ",".join(f"c{n}" for n in range(len(cells)))

    assert list(rows(read(f"{header}\n{line}\n"))[0].values())[1:] == cells


def test_empty_and_quoted_empty_are_both_empty_text(read, rows):
    assert rows(read('ก,ข,ค\n,"",x\n')) == [{"_row": 2, "ก": "", "ข": "", "ค": "x"}]


def test_blank_line_between_rows_is_a_row_without_values_and_none_at_the_end(read, rows):
    table = read("ก,ข\n1,2\n\n3,4\n\n\n")

    assert rows(table) == [
        {"_row": 2, "ก": "1", "ข": "2"},
        {"_row": 3, "ก": None, "ข": None},
        {"_row": 4, "ก": "3", "ข": "4"},
    ]


def test_one_column_may_have_empty_cells(read, rows):
    assert [row["ก"] for row in rows(read('ก\n1\n""\n2\n'))] == ["1", "", "2"]


def test_header_alone_is_a_table_without_rows(read):
    (batch,) = read("ก,ข\n").open()

    assert (batch.num_rows, batch.schema.names) == (0, ["_row", "ก", "ข"])


@pytest.mark.parametrize(
    ("delimiter", "shown"), [(";", ";"), ("\t", "tab"), ("|", "|")], ids=["semicolon", "tab", "bar"]
)
def test_delimiter_is_found_and_told(read, rows, delimiter, shown):
    # Commas in the numbers: there are more of them than of the delimiter.
    table = read(SMALL.replace(",", delimiter).replace("717040", "717,0,4,0"))

    assert rows(table)[0]["ประชากร"] == "717,0,4,0"
    assert [note.params for note in table.findings] == [{"delimiter": shown}]


def test_signs_in_prose_do_not_pass_for_delimiters(read, rows):
    table = read("คำอธิบาย\nก; ข; ค\nง, จ\n", delimiter=None)

    assert table.columns == ("คำอธิบาย",)


def test_delimiter_that_is_declared_is_not_doubted(read):
    assert read("ก;ข\n1;2\n", delimiter=",").columns == ("ก;ข",)


def test_stacked_headers_are_joined_and_group_names_carried(read, rows):
    text = "จังหวัด,ปี 2563,,ปี 2564,,รวม\n,ชาย,หญิง,ชาย,หญิง,\nนครพนม,1,2,3,4,10\n"

    table = read(text, header=2)

    assert table.columns == (
        "จังหวัด", "ปี 2563 / ชาย", "ปี 2563 / หญิง", "ปี 2564 / ชาย", "ปี 2564 / หญิง", "รวม",
    )  # fmt: skip
    assert rows(table)[0]["_row"] == 3


def test_titles_above_the_header_are_skipped_by_lines(read, rows):
    table = read('"ตารางที่ 1\nประชากร"\n\n' + SMALL, skip=3)

    assert table.columns == ("จังหวัด", "ประชากร")
    assert [row["_row"] for row in rows(table)] == [5, 6]


def test_table_without_header_takes_the_names_given(read, rows):
    table = read("วัดกลาง\nวัดใต้\n", header=False, names=["ชื่อวัด"])

    assert rows(table) == [{"_row": 1, "ชื่อวัด": "วัดกลาง"}, {"_row": 2, "ชื่อวัด": "วัดใต้"}]


def test_comments_are_left_out_between_rows_and_kept_in_quotes(read, rows):
    table = read('# ที่มา\nก,ข\n1,"x\n# ไม่ใช่"\n# จบ\n2,y\n', comment="#")

    assert rows(table) == [
        {"_row": 3, "ก": "1", "ข": "x\n# ไม่ใช่"},
        {"_row": 6, "ก": "2", "ข": "y"},
    ]


def test_quotes_may_be_declared_to_mean_nothing(read, rows):
    assert rows(read('ก,ข\n"1,2"\n', quote="")) == [{"_row": 2, "ก": '"1', "ข": '2"'}]


def test_blank_repeated_and_reserved_labels_get_names_that_are_told(read, rows):
    table = read("ชื่อ,,ชื่อ,_row\n1,2,3,4\n")

    assert table.columns == ("ชื่อ", "field2", "ชื่อ2", "_row2")
    assert [(note.code, note.params["number"]) for note in table.findings] == [
        ("label-blank", 2), ("label-repeated", 3), ("label-repeated", 4),
    ]  # fmt: skip
    assert "field2" in table.notes[0]


def test_named_label_does_not_take_that_of_a_later_column(read):
    assert read("ก,ก,ก2\n1,2,3\n").columns == ("ก", "ก3", "ก2")


@pytest.mark.parametrize("quoted", [False, True], ids=["fast way", "exact way"])
def test_every_ragged_row_is_refused_with_its_line(read, rows, refused, quoted):
    odd = 'x"y' if quoted else "xy"
    table = read(f'ก,ข,ค\n1,"2\n2",{odd}\n1,2\n1,2,3,4,5\n1,2,3\n')

    few, many = refused(lambda: rows(table))

    assert (few.code, few.row, few.field) == ("missing-cell", 4, "ค")
    assert (many.code, many.row, many.value) == ("extra-cell", 5, "4")
    assert (many.params["cells"], many.params["columns"]) == (5, 3)


def test_ragged_rows_are_listed_to_a_hundred_and_counted(read, rows, refused):
    problems = refused(lambda: rows(read("ก,ข\n" + "1\n" * 250)))

    assert len(problems) == 101
    assert problems[99].row == 101
    assert problems[100].code == "csv-ragged"
    assert problems[100].params["total"] == "250"


@pytest.mark.parametrize(
    ("text", "line"),
    [('ก,ข\n1,2\n3,"ปิดไม่ครบ\n4,5\n', 3), ('ก,ข\n1,2\n3,"ท่อ 5" ยาว"\n', 3), ('ก,"ข\n1', 1)],
)
def test_quotes_that_do_not_match_are_refused_with_the_line(read, rows, refused, text, line):
    (problem,) = refused(lambda: rows(read(text)))

    assert (problem.code, problem.row) == ("csv-quotes", line)


def test_quote_inside_an_unquoted_cell_is_text(read, rows):
    assert rows(read('ก,ข\nท่อ 5",2\n"3",4\n'))[0]["ก"] == 'ท่อ 5"'


def test_header_that_is_not_there_is_refused(read, refused):
    (problem,) = refused(lambda: read(SMALL, skip=5))

    assert problem.code == "csv-no-header"


def test_thai_encoding_is_decoded_and_told(read, rows):
    table = read((SMALL + '"หมู่\n1",5\n').encode("cp874"))

    assert [row["จังหวัด"] for row in rows(table)] == ["นครพนม", "เชียงใหม่", "หมู่\n1"]
    assert table.notes == ("ไฟล์เก็บตัวอักษรแบบ TIS-620 ระบบแปลงเป็น UTF-8 ให้แล้ว",)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_marks_and_wide_letters_do_not_reach_the_labels(read, rows, encoding):
    table = read(SMALL.encode(encoding))

    assert table.columns[0] == "จังหวัด"
    assert rows(table)[1] == {"_row": 3, "จังหวัด": "เชียงใหม่", "ประชากร": "1789385"}


def test_packed_file_is_read_and_bounded(read, rows, refused):
    packed = gzip.compress(SMALL.encode())

    assert len(rows(read(packed))) == 2
    assert refused(lambda: read(packed, max_unpacked=10))[0].code == "source-unpacks"


@pytest.mark.parametrize(
    "said",
    [
        {"header": False}, {"names": ["ก"]}, {"header": 0, "names": ["ก", "ก"]}, {"header": -1},
        {"delimiter": ",,"}, {"encoding": "klingon"}, {"delimeter": ","}, {"skip": -1},
    ],
)  # fmt: skip
def test_wrong_options_stop_the_declaration(said):
    with pytest.raises(ValidationError):
        options(**said)


def test_plain_file_takes_the_fast_way(read, rows, monkeypatch):
    def never(*args):
        raise AssertionError("the exact way was taken")
        yield

    monkeypatch.setattr(_csv_exact, "batches", never)

    assert len(rows(read(SMALL.replace("นครพนม", '"นคร\nพนม"')))) == 2


@pytest.mark.parametrize(
    "odd",
    ['ก,ข\n1,x"y\n', "ก,ข\n1,2\r3,4\n", "ก,ข\n1,2\n\n3,4\n", 'ก,ข\n1,"a"b\n', 'ก,ข\n1,"a\n'],
    ids=["quote inside", "lone return", "blank line", "text behind", "never closed"],
)
def test_file_that_arrow_reads_otherwise_does_not_take_it(pulled, odd):
    import pyarrow as pa

    data = odd.encode().split(b"\n", 1)[1]
    assert not _csv_fast.shape(pa.BufferReader(data), _csv_exact.Dialect(",")).plain


def test_file_of_many_blocks_is_whole_and_in_order(read, rows, monkeypatch):
    monkeypatch.setattr(_csv_fast, "_BLOCK", 256)
    monkeypatch.setattr(_csv_fast, "_CHUNK", 100)
    lines = [f'{n},"บรรทัด\nที่ {n}"' if n % 7 == 0 else f"{n},ข้อความ {n}" for n in range(500)]

    found = rows(read("เลข,ข้อความ\n" + "\n".join(lines)))

    assert [row["เลข"] for row in found] == [str(n) for n in range(500)]
    assert found[499]["_row"] == 2 + 499 + len(range(0, 499, 7))


def test_row_longer_than_a_block_goes_the_exact_way_from_there(read, rows, monkeypatch):
    monkeypatch.setattr(_csv_fast, "_BLOCK", 64)
    lines = ["1,ก"] * 20 + ["2," + "ข" * 500] + ["3,ค"] * 20

    found = rows(read("เลข,ข้อความ\n" + "\n".join(lines) + "\n"))

    assert [row["_row"] for row in found] == list(range(2, 43))
    assert len(found[20]["ข้อความ"]) == 500
