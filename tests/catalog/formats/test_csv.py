"""CSV, its variant for Excel, and TSV: the dialect, null and empty, formulas, Frictionless."""

from __future__ import annotations

import csv as plain_csv
import io

import pandas
import pytest
from frictionless import Resource, Schema, system
from frictionless.formats import CsvControl

from catalog.certify import certify
from catalog.formats import csv, csv_bom, tsv
from catalog.formats._text import written_schema
from catalog.problem import Level

TEXTS = {"code": "string", "name": "string", "people": "integer"}


def test_quotes_stand_only_where_they_must(made) -> None:
    rows = [["01", "นครพนม", "1"], ["02", "ก,ข", "2"], ["03", 'ที่ "นี่"', "3"], ["04", "ก\nข", "4"]]
    path, _ = made(TEXTS, rows).write(csv)
    assert path.read_bytes().decode("utf-8") == (
        'code,name,people\r\n01,นครพนม,1\r\n02,"ก,ข",2\r\n03,"ที่ ""นี่""",3\r\n04,"ก\nข",4\r\n'
    )


def test_null_and_the_empty_text_are_told_apart(made) -> None:
    table = made(TEXTS, [["01", "", "1"], ["02", "-", "-"]], missingValues=["-"])
    path, problems = table.write(csv)
    assert path.read_bytes() == b'code,name,people\r\n01,"",1\r\n02,,\r\n'
    assert problems == ()
    assert table.round_trip(csv)["name"].to_pylist() == ["", None]


def test_a_single_column_writes_null_so_that_no_reader_skips_the_row(made) -> None:
    table = made({"name": "string"}, [["ก"], ["-"], ["ข"]], missingValues=["-"])
    path, _ = table.write(csv)
    assert path.read_bytes().decode() == 'name\r\nก\r\n""\r\nข\r\n'
    assert len(pandas.read_csv(path)) == 3


def test_large_and_small_numbers_have_the_text_people_expect(made) -> None:
    numbers = [
        "12345678901.5",
        "-98765432109876.5",
        "1e-7",
        "1e300",
        "0.1",
        "100",
        "99999999999.9999",
    ]
    path, _ = made({"baht": "number"}, [[number] for number in numbers]).write(csv)
    assert path.read_text("utf-8").split() == [
        "baht", "12345678901.5", "-98765432109876.5", "1e-7", "1e+300", "0.1", "100",
        "99999999999.9999",
    ]  # fmt: skip


def test_small_decimals_have_no_exponent(made) -> None:
    field = {"type": "number", "decimalPlaces": 9}
    path, _ = made({"rate": field}, [["0"], ["0.000000001"], ["-0.5"]]).write(csv)
    assert path.read_text("utf-8").split()[1:] == ["0.000000000", "0.000000001", "-0.500000000"]


def test_moments_of_bangkok_keep_its_clock(made) -> None:
    field = {"type": "datetime", "timezone": "Asia/Bangkok"}
    path, _ = made({"at": field}, [["2026-11-20T01:00:00Z"]]).write(csv)
    assert path.read_text("utf-8").split()[1] == "2026-11-20T08:00:00+07:00"


@pytest.mark.parametrize(
    ("form", "written"),
    [
        ("default", "100.5018,13.7563"),
        ("array", "[100.5018,13.7563]"),
        ("object", '{"lon":100.5018,"lat":13.7563}'),
    ],
)
def test_points_are_written_as_table_schema_has_them(made, form, written) -> None:
    field = {"type": "geopoint", "format": form}
    source = {"default": "100.5018, 13.7563", "array": "[100.5018, 13.7563]"}
    text = source.get(form, '{"lon": "100.5018", "lat": 13.7563}')
    table = made({"code": "string", "at": field}, [["1", text]])
    path, _ = table.write(csv)
    rows = list(plain_csv.reader(io.StringIO(path.read_text("utf-8"))))
    assert rows[1][1] == written
    assert table.round_trip(csv).num_rows == 1


@pytest.mark.parametrize("form", [csv, csv_bom, tsv])
def test_frictionless_finds_our_files_valid_against_our_schema(everything, form) -> None:
    path, _ = everything.write(form)
    schema = Schema.from_descriptor(written_schema(everything.about.schema))
    control = CsvControl(delimiter="\t" if form is tsv else ",")
    with system.use_context(trusted=True):
        resource = Resource(path=str(path), format="csv", control=control, schema=schema)
        report = resource.validate()
    assert report.flatten(["type", "rowNumber", "fieldName", "note"]) == []
    assert report.tasks[0].stats["rows"] == 5


def test_frictionless_would_see_a_wrong_value(everything) -> None:
    path, _ = everything.write(csv)
    path.write_bytes(path.read_bytes().replace(b",4611686018427387905", b",many"))
    schema = Schema.from_descriptor(written_schema(everything.about.schema))
    with system.use_context(trusted=True):
        report = Resource(path=str(path), schema=schema).validate()
    assert report.flatten(["type", "fieldName"]) == [["type-error", "people"]]


def test_a_schema_that_spells_its_source_is_written_in_the_default_spelling(made) -> None:
    fields = {
        "day": {"type": "date", "format": "%d/%m/%Y"},
        "open": {"type": "boolean", "trueValues": ["ใช่"], "falseValues": ["ไม่"]},
        "baht": {"type": "number", "groupChar": ","},
    }
    table = made(fields, [["20/11/2026", "ใช่", "1,234.5"], ["-", "ไม่", "-"]], missingValues=["-"])
    path, _ = table.write(csv)
    assert path.read_bytes() == b"day,open,baht\r\n2026-11-20,true,1234.5\r\n,false,\r\n"
    schema = Schema.from_descriptor(written_schema(table.about.schema))
    with system.use_context(trusted=True):
        assert Resource(path=str(path), schema=schema).validate().valid


def test_excel_sees_the_byte_order_mark(made) -> None:
    table = made(TEXTS, [["01", "นครพนม", "1"]])
    path, _ = table.write(csv_bom)
    assert path.name == "file.bom.csv"
    assert path.read_bytes() == b"\xef\xbb\xbf" + table.write(csv)[0].read_bytes()


FORMULAS = ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3+A1", "\t=1", '=HYPERLINK("http://x")']
HARMLESS = ["-", "-5", "+66 2 123-4567", "- 1,234.50", "ก=ข", "(+1)", "-12.5"]


def test_formulas_are_guarded_for_excel_and_told(made) -> None:
    table = made(
        {"code": "string", "note": "string"}, [["1", text] for text in FORMULAS + HARMLESS]
    )
    path, problems = table.write(csv_bom)
    read = table.check(csv_bom, path)["note"].to_pylist()
    assert read == [f"'{text}" for text in FORMULAS] + HARMLESS
    (problem,) = problems
    assert (problem.code, problem.level) == ("format-formula-guarded", Level.NOTE)
    assert problem.params == {"count": len(FORMULAS), "first": 1}
    assert "6 ช่อง" in problem.title("th")


def test_plain_csv_keeps_what_looks_like_a_formula(made) -> None:
    table = made({"code": "string", "note": "string"}, [["1", text] for text in FORMULAS])
    assert table.round_trip(csv)["note"].to_pylist() == FORMULAS


def test_the_certificate_says_what_the_guard_changed(made) -> None:
    table = made({"code": "string", "note": "string"}, [["1", "ก"], ["2", "=1+1"]])
    path, _ = table.write(csv_bom)
    certificate = certify(table.table, csv_bom, path)
    assert certificate.ok
    (loss,) = certificate.losses
    assert (loss.column, loss.cells, loss.row) == ("note", 1, 2)
    assert (loss.expected, loss.found) == ("=1+1", "'=1+1")


def test_a_list_that_starts_as_a_formula_is_guarded(made) -> None:
    table = made({"code": "string", "tags": "list"}, [["1", "=1,ก"], ["2", "ก,=1"]])
    path, _ = table.write(csv_bom)
    assert path.read_text("utf-8-sig").splitlines()[1:] == ['1,"\'=1,ก"', '2,"ก,=1"']
    assert certify(table.table, csv_bom, path).ok


def test_tabs_inside_of_a_field_are_quoted_in_tsv(made) -> None:
    table = made(TEXTS, [["01", "ก\tข", "1"], ["02", "ก,ข", "2"]])
    path, _ = table.write(tsv)
    assert path.read_bytes().decode() == 'code\tname\tpeople\r\n01\t"ก\tข"\t1\r\n02\tก,ข\t2\r\n'


def test_another_header_is_not_taken_for_ours(made) -> None:
    table = made(TEXTS, [["01", "ก", "1"]])
    path, _ = table.write(csv)
    path.write_bytes(path.read_bytes().replace(b"people", b"peoplf"))
    certificate = certify(table.table, csv, path)
    assert not certificate.ok
    assert "peoplf" in str(certificate.unreadable)
