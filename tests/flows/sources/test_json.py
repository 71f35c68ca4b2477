from __future__ import annotations

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from flows.sources import _json_stream, _spool
from flows.sources import json as source
from flows.sources._json_stream import LOSSLESS, compact


@pytest.fixture
def read(pulled):
    return lambda content, **said: source.read(
        pulled(content), source.Options(path="ข้อมูล.json", **said)
    )


@pytest.fixture(params=[5, 1 << 20], ids=["window of 5", "one window"])
def windowed(request, monkeypatch):
    """Records are cut by a window of 5 characters, as large files' are by larger ones."""
    monkeypatch.setattr(_json_stream, "_CHUNK", request.param)
    monkeypatch.setattr(_json_stream, "_LONGEST_SIGN", 10**9)


def test_values_come_as_they_are_written(read, rows, windowed):
    table = read(
        '[{"ราคา": 1.10, "เลข": 12345678901234567890123, "เปิด": true, "ว่าง": null,'
        ' "ชื่อ": "ก\\u0e02"},'
        ' {"ราคา": -1.5E+3, "เลข": 0, "เปิด": false, "ชื่อ": "1.10"}]'
    )

    assert rows(table) == [
        {
            "_row": 1, "ราคา": "1.10", "เลข": "12345678901234567890123", "เปิด": "true",
            "ว่าง": None, "ชื่อ": "กข",
        },
        {"_row": 2, "ราคา": "-1.5E+3", "เลข": "0", "เปิด": "false", "ว่าง": None, "ชื่อ": "1.10"},
    ]  # fmt: skip


def test_nested_values_are_compact_json_with_numbers_as_written(read, rows, windowed):
    table = read('[{"ที่": {"lat": 17.40, "ชื่อ": "ก\\"ข", "x": [1.0, null, true, []]}}]')

    assert rows(table)[0]["ที่"] == '{"lat":17.40,"ชื่อ":"ก\\"ข","x":[1.0,null,true,[]]}'


def test_columns_are_all_names_in_order_of_appearance(read, rows):
    table = read('[{"ข": 1}, {"ก": 2, "ข": 3}, {"ค": 4}]')

    assert table.columns == ("ข", "ก", "ค")
    assert rows(table)[2] == {"_row": 3, "ข": None, "ก": None, "ค": "4"}


def test_json_lines_are_found_and_rows_are_lines(read, rows, windowed):
    table = read('{"ก": 1}\r\n\r\n{"ก": 2.50}\n{"ข": "x\\ny"}\n')

    assert [(row["_row"], row["ก"], row["ข"]) for row in rows(table)] == [
        (1, "1", None), (3, "2.50", None), (4, None, "x\ny"),
    ]  # fmt: skip


def test_one_line_is_one_record(read, rows):
    assert rows(read('{"ก": 1}\n')) == [{"_row": 1, "ก": "1"}]


def test_records_are_found_inside_of_a_document(read, rows, windowed):
    document = (
        '{"help": "x", "result": {"total": 2, "a/b": [{"ก": 1}, {"ก": 2}], "z": {}}, "ok": true}'
    )

    assert [row["ก"] for row in rows(read(document, records="/result/a~1b"))] == ["1", "2"]


def test_document_without_pointer_is_refused_with_the_places_of_records(read, refused):
    document = json.dumps({"success": True, "result": {"records": [{"ก": 1}]}})

    (problem,) = refused(lambda: read(document))

    assert problem.code == "json-no-records"
    assert problem.params["found"] == "/result/records"


def test_wrong_pointer_is_refused_with_the_places_of_records(read, refused):
    document = json.dumps({"result": {"records": [{"ก": 1}], "n": 5}})

    wrong = ("/result/record", "/results", "/result/n", "/result/n/x")
    found = [refused(lambda at=at: read(document, records=at))[0].params["found"] for at in wrong]

    assert found == ["/result/records", "/result/records", "—", "—"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[{"ก": 1}', 1),
        ('[{"ก": 1},\n {"ข": }]', 2),
        ('[{"ก": 1},\n\n]', 3),
        ('[{"ก": 1}]\n[', 2),
        ('[{"ก": 1}{"ก": 2}]', 1),
        ('{"ก": 1}\n{"ก": 2', 2),
        ('{"ก": 1}\n{"ก" 2}\n', 2),
        ('[{"ก": "x', 1),
        ("[" * 100_000, 1),
        ("hello", 1),
    ],
)
def test_what_is_not_json_is_refused_with_the_line(read, refused, windowed, text, line):
    (problem,) = refused(lambda: read(text))

    assert (problem.code, problem.row) == ("json-invalid", line)


def test_truncated_document_is_refused_behind_the_records_too(read, refused):
    (problem,) = refused(lambda: read('{"records": [{"ก": 1}], "total": 1', records="/records"))

    assert problem.code == "json-invalid"


def test_fault_early_in_a_long_text_is_not_read_on_behind(pulled, refused, read, monkeypatch):
    reads = []
    more = _json_stream.Cursor._more
    monkeypatch.setattr(_json_stream, "_CHUNK", 100)
    monkeypatch.setattr(_json_stream.Cursor, "_more", lambda self: reads.append(1) or more(self))

    refused(lambda: read('[{"ก": x}' + ' , {"ก": 1}' * 1000))

    assert len(reads) <= 2


@pytest.mark.parametrize("value", ["1", '"ก"', "null", "[1]"])
def test_record_that_is_no_object_is_refused_with_its_number(read, refused, value):
    (problem,) = refused(lambda: read(f'[{{"ก": 1}}, {value}]'))

    assert (problem.code, problem.row) == ("json-not-record", 2)


def test_name_that_stands_twice_is_refused(read, refused):
    (problem,) = refused(lambda: read('[{"ก": 1},\n{"ก": 1, "ก": 2}]'))

    assert (problem.code, problem.field, problem.row) == ("json-duplicate-key", "ก", 2)


@pytest.mark.parametrize("text", ["[]", "[{}]", '{"r": []}'])
def test_no_records_or_no_names_is_empty(read, refused, text):
    said = {"records": "/r"} if "r" in text else {}

    assert refused(lambda: read(text, **said))[0].code == "source-empty"


@pytest.mark.parametrize("text", ['[{"ก": "\\ud800"}]', '[{"\\ud800": 1}]'])
def test_half_a_letter_is_refused(read, rows, refused, text):
    assert refused(lambda: rows(read(text)))[0].code == "json-letters"


def test_nan_comes_as_its_text(read, rows):
    assert rows(read('[{"ก": NaN, "ข": -Infinity}]')) == [{"_row": 1, "ก": "NaN", "ข": "-Infinity"}]


def test_position_column_is_not_taken_by_a_name(read, rows):
    assert rows(read('[{"_row": "x"}]')) == [{"_row": 1, "_row2": "x"}]


def test_thai_encoding_and_gzip_are_read(read, rows):
    data = gzip.compress('[{"ชื่อ": "นครพนม"}]'.encode("cp874"))
    table = read(data)

    assert rows(table) == [{"_row": 1, "ชื่อ": "นครพนม"}]
    assert "TIS-620" in table.notes[0]


def test_web_page_is_refused(read, refused):
    assert refused(lambda: read("<!doctype html><p>"))[0].code == "source-html"


@pytest.mark.parametrize("pointer", ["result", "/a//b", "/"])
def test_pointer_is_checked_with_the_declaration(pointer):
    with pytest.raises(ValidationError):
        source.Options(path="a.json", records=pointer)


def test_many_records_come_in_bounded_batches(read, monkeypatch):
    monkeypatch.setattr(_spool, "BATCH_ROWS", 100)
    table = read("\n".join(json.dumps({"n": n}) for n in range(250)))

    batches = list(table.open())

    assert max(batch.num_rows for batch in batches) == 100
    assert [row for batch in batches for row in batch.column("n").to_pylist()] == [
        str(n) for n in range(250)
    ]


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.characters(codec="utf-8"))
    | st.floats(allow_nan=False, allow_infinity=False)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(VALUES)
def test_compact_text_means_the_same_value(value):
    text = compact(LOSSLESS.decode(json.dumps(value)))

    if isinstance(value, str) or value is None:
        assert text == value
    else:
        assert json.loads(text) == value
