"""The reader of ODS: the same by cutting and by libxml2, other spellings, no guesses."""

from __future__ import annotations

import re

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.formats import _sheets, ods

from .test_properties import TYPED, build, patient, texts
from .test_xlsx_reader import FIELDS, ROWS, altered, by_libxml2, no_libxml2_for_cells, read

SHEET = "content.xml"


def test_plain_rows_are_cut_and_none_of_their_cells_read_alone(made, monkeypatch) -> None:
    seen = no_libxml2_for_cells(monkeypatch)
    rows = [*ROWS, ["ก\nข\tค  ง", "1", None, None], [" ก ", "1", None, None]]
    table = made(FIELDS, rows * 20)
    path, _ = table.write(ods)
    table.check(ods, path)
    assert len(seen) == len(FIELDS)
    assert sum(seen) == 0


def test_any_text_is_the_same_by_cutting_and_by_libxml2(made, tmp_path) -> None:
    about = made(FIELDS, ROWS).about
    row = st.tuples(texts, st.none() | texts, *(st.none() | v for _, v in TYPED.values()))
    kinds = {"a": {"type": "string"}, "b": {"type": "string"}}
    kinds |= {key: field for key, (field, _) in TYPED.items()}

    @patient
    @given(st.lists(row, min_size=1, max_size=5))
    def check(rows) -> None:
        table, own = build(tmp_path, about, kinds, rows)
        path = tmp_path / "file.ods"
        ods.write(table, own, path)
        cut = pa.Table.from_batches(ods.read(path, table), schema=table.arrow)
        with pytest.MonkeyPatch.context() as patch:
            by_libxml2(patch)
            slow = pa.Table.from_batches(ods.read(path, table), schema=table.arrow)
        assert cut.to_pylist() == slow.to_pylist()

    check()


def test_sheets_that_follow_each_other_in_one_piece_are_told_apart(made, monkeypatch) -> None:
    monkeypatch.setattr(_sheets, "MAX_ROWS", 4)
    table = made({"code": "integer", "name": "string"}, [[str(n), "ก"] for n in range(1, 8)])
    path, _ = table.write(ods)
    cut = read(ods, table, path)
    by_libxml2(monkeypatch)
    assert [row["code"] for row in cut] == [1, 2, 3, 4, 5, 6, 7]
    assert read(ods, table, path) == cut


EMPTY = "<table:table-cell/>"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (EMPTY * 4, '<table:table-cell table:number-columns-repeated="4"/>'),
        (EMPTY * 4, '<table:table-cell table:number-columns-repeated="16384"/>'),
        (EMPTY * 4, ""),
        ("<text:p>048<", "<text:p> \n0<!-- -->48 <"),
        ("<text:p>048<", "<text:p>&#x30;48<"),
        ('office:value="717040"', "office:value='717040.0'"),
        ("<table:table-row>", '<table:table-row table:style-name="ro1">'),
        ("</table:table-row>\n", "</table:table-row>"),
        ("</table:table-row>\n", "</table:table-row>\n  \n"),
    ],
)
def test_other_spellings_of_the_same_are_understood(made, old, new) -> None:
    table = made(FIELDS, ROWS)
    path, _ = table.write(ods)
    expected = read(ods, table, path)
    assert read(ods, table, altered(path, SHEET, lambda xml: xml.replace(old, new))) == expected


def test_a_row_stands_for_as_many_as_it_says(made) -> None:
    table = made(FIELDS, ROWS)
    path, _ = table.write(ods)
    old, new = f"<table:table-row>{EMPTY * 4}", "<table:table-row table:number-rows-repeated='3'>"
    altered(path, SHEET, lambda xml: xml.replace(old, new + EMPTY * 4))
    assert [row["code"] for row in read(ods, table, path)] == [
        "048", "049", None, None, None, "ตลาด & <น้ำ>",
    ]  # fmt: skip


def test_spaces_that_are_counted_are_that_many(made) -> None:
    table = made({"code": "string"}, [["ก"], ["ข"]])
    path, _ = table.write(ods)
    runs = '<text:p>ก<text:s text:c="3"/>ข<text:line-break/>ค<'
    altered(path, SHEET, lambda xml: xml.replace("<text:p>ก<", runs))
    assert [row["code"] for row in read(ods, table, path)] == ["ก   ข\nค", "ข"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('office:value="717040"', 'office:value="717040" table:formula="of:=1"', "formula"),
        ("<text:p>048<", "<text:p>0<text:span>4</text:span>8<", "span"),
        ('value-type="float"', 'value-type="percentage"', "percentage"),
        (EMPTY * 4, "<table:covered-table-cell/>" * 4, "covered-table-cell"),
        (EMPTY * 4, EMPTY * 4 + '<table:table-cell office:value-type="float" office:value="1"/>',
         "right of column 4"),
        ('office:value="717040"', 'office:value="717040.5"', "Float value"),
        ("<text:p>code<", "<text:p>cod<", "header is"),
        ("<text:p>048<", "<text:p>048&unknown;<", "not XML"),
        ("</table:table>\n", "</table:tablE>\n", "not XML"),
        ("<table:table-row>" + EMPTY, '<table:table-row table:number-rows-repeated="2000000">' +
         EMPTY, "2000000 times"),
    ],
)  # fmt: skip
def test_what_it_does_not_know_is_a_fault(made, old, new, said) -> None:
    table = made(FIELDS, ROWS)
    path, _ = table.write(ods)
    altered(path, SHEET, lambda xml: xml.replace(old, new, 1))
    with pytest.raises(Exception, match=re.escape(said)):
        read(ods, table, path)


def test_damage_to_a_part_without_data_is_found(made) -> None:
    table = made(FIELDS, ROWS)
    path, _ = table.write(ods)
    whole = bytearray(path.read_bytes())
    whole[whole.index(b"meta.xml") + 60] ^= 8
    path.write_bytes(bytes(whole))
    with pytest.raises(Exception, match=r".+"):
        read(ods, table, path)
