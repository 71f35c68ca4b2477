"""Parts of files that a declaration may name: ends, windows of columns, rows to fill up."""

from __future__ import annotations

import pytest
import xlsxwriter
from pydantic import ValidationError

from flows.sources import csv, xlsx
from flows.sources._sheet_options import column_letters, column_number
from flows.sources._table import unique_labels

TEXT = "ชื่อเรื่อง,,,\nก,ข,,ค\n1,2,,3\n4,5,,6\n\n,,,\nที่มา : x,,,\n"


@pytest.fixture
def text(pulled, rows):
    def call(content=TEXT, **said):
        return rows(csv.read(pulled(content), csv.Options(path="x", **said)))

    return call


@pytest.fixture
def book(tmp_path, pulled, rows):
    def call(lines, **said):
        path = tmp_path / "book.xlsx"
        with xlsxwriter.Workbook(path) as workbook:
            sheet = workbook.add_worksheet("ก")
            for at, line in enumerate(lines):
                sheet.write_row(at, 0, line)
        return rows(xlsx.read(pulled(path), xlsx.Options(path="x", **said)))

    return call


def values(found):
    return [list(row.values()) for row in found]


@pytest.mark.parametrize("end", [{"last_line": 4}, {"skip_footer": 1}])
def test_text_ends_where_it_is_declared(text, end):
    assert values(text(skip=1, **end)) == [[3, "1", "2", "", "3"], [4, "4", "5", "", "6"]]


def test_end_is_the_same_for_the_exact_and_the_fast_way(text):
    odd = TEXT.replace("1,2", "1,'2'")
    assert [row["_row"] for row in text(odd, skip=1, last_line=4, quote="'")] == [3, 4]


def test_footer_is_counted_in_lines_with_something_in_them(text):
    assert [row["_row"] for row in text(skip=1, skip_footer=2)] == [3]


@pytest.mark.parametrize(
    ("said", "columns", "first"),
    [
        ({"last_column": 2}, ["_row", "ก", "ข"], ["1", "2"]),
        ({"first_column": 2, "last_column": 2}, ["_row", "ข"], ["2"]),
        ({"first_column": 4}, ["_row", "ค"], ["3"]),
    ],
)
def test_window_of_columns_of_a_text(text, said, columns, first):
    found = text(skip=1, last_line=4, **said)

    assert list(found[0]) == columns
    assert list(found[0].values())[1:] == first


def test_window_of_columns_without_a_header(text):
    found = text("1,2,,\n3,4,,\n", header=False, names=["ก", "ข"], last_column=2)

    assert values(found) == [[1, "1", "2"], [2, "3", "4"]]


def test_nothing_behind_the_lines_to_skip_is_an_empty_table(text):
    assert text("ก\n\n", skip=1, header=False, names=["ก"]) == []


def test_data_begins_below_the_numbers_of_columns(text):
    assert values(text("ก,ข\n(1),(2)\n5,6\n", data_line=3)) == [[3, "5", "6"]]


def test_rows_are_filled_up_only_where_that_is_declared(text, refused):
    ragged = "ก,ข,ค\n1,2\n3,4,5,\n6,7,8\n"

    assert values(text(ragged, pad_rows=True)) == [
        [2, "1", "2", ""], [3, "3", "4", "5"], [4, "6", "7", "8"]
    ]  # fmt: skip
    assert [p.code for p in refused(lambda: text(ragged))] == ["missing-cell", "extra-cell"]
    assert [p.code for p in refused(lambda: text("ก,ข\n1,2,3\n", pad_rows=True))] == ["extra-cell"]


@pytest.mark.parametrize("wrong", ["cp874", "cp1252"])
def test_text_that_was_encoded_twice_is_read_where_that_is_declared(text, wrong):
    data = "จังหวัด,ค่า\nนครพนม,1\n".encode(f"utf-8-as-{wrong}")

    assert text(data, encoding=f"utf-8-as-{wrong}") == [{"_row": 2, "จังหวัด": "นครพนม", "ค่า": "1"}]


def test_text_that_was_not_encoded_twice_is_refused_as_such(text, refused):
    (problem,) = refused(lambda: text("ก,ข\n1,2\n", encoding="utf-8-as-cp1252"))

    assert (problem.code, problem.row) == ("text-undecodable", 1)


SHEET = [
    ["ก", "ข", "", "ค", "ง"],
    ["(1)", "(2)", "", "(3)", "(4)"],
    [1, 2, "", 5, 6],
    [3, 4],
    ["ที่มา"],
]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"last_column": "B", "skip_footer": 1, "data_row": 3}, [[3, "1", "2"], [4, "3", "4"]]),
        ({"first_column": "D", "data_row": 3}, [[3, "5", "6"]]),
        ({"last_column": "B", "last_row": 3}, [[2, "(1)", "(2)"], [3, "1", "2"]]),
        ({"first_column": "D", "header_rows": 0, "names": ["x", "y"], "first_row": 3},
         [[3, "5", "6"]]),
    ],
)  # fmt: skip
def test_part_of_a_sheet(book, said, found):
    assert values(book(SHEET, **said)) == found


def test_group_names_are_spread_only_where_that_is_declared(book):
    lines = [["", "ปี 2564", ""], ["ชื่อ", "ชาย", "หญิง"], ["x", 1, 2]]

    assert book(lines, header_rows=2)[0].keys() >= {"ปี 2564 / ชาย", "หญิง"}
    assert list(book(lines, header_rows=2, spread=True)[0]) == [
        "_row", "ชื่อ", "ปี 2564 / ชาย", "ปี 2564 / หญิง"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (csv, {"last_line": 3, "skip_footer": 1}), (csv, {"skip": 5, "last_line": 5}),
        (csv, {"first_column": 3, "last_column": 2}), (xlsx, {"last_row": 3, "skip_footer": 1}),
        (xlsx, {"first_column": "C", "last_column": "B"}), (xlsx, {"first_column": "a"}),
    ],
)  # fmt: skip
def test_options_that_contradict_each_other_stop_the_declaration(kind, said):
    with pytest.raises(ValidationError):
        kind.Options(path="x", **said)


@pytest.mark.parametrize(("letters", "number"), [("A", 1), ("Z", 26), ("AA", 27), ("XFD", 16384)])
def test_columns_have_letters(letters, number):
    assert (column_number(letters), column_letters(number)) == (number, letters)


def test_thousands_of_columns_of_one_name_are_told_apart():
    labels, notes = unique_labels(["ก"] * 20_000)

    assert (labels[0], labels[1], labels[-1], len(notes)) == ("ก", "ก2", "ก20000", 19_999)
