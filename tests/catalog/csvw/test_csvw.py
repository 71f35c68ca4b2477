"""csv2rdf on small tables of our own: minimal mode, errors of the standard, its traps."""

from __future__ import annotations

import json
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.csvw import Fetched, csv2rdf
from catalog.csvw.numbers import NumberFormat
from catalog.csvw.template import expand
from catalog.problem import Rejected

URL = "https://data.example/ตลาด.csv"
PLACE = "https://data.example/m.json"
CSV = "รหัส,ชื่อ\nม01,ตลาดน้ำ\nม02,\n".encode()
COLUMNS = [{"name": "code", "titles": "รหัส"}, {"name": "name", "titles": "ชื่อ", "lang": "th"}]


def describe(**more: Any) -> dict[str, Any]:
    schema = {"columns": COLUMNS, "aboutUrl": "/id/{code}"}
    return {"@context": "http://www.w3.org/ns/csvw", "url": URL, "tableSchema": schema} | more


def convert(body: dict[str, Any] | None, data: bytes = CSV, **options: Any):
    def fetch(url: str) -> Fetched | None:
        if url == PLACE:
            return Fetched(json.dumps(body).encode(), {"content-type": "application/csvm+json"})
        return Fetched(data) if url == URL else None

    found = csv2rdf(URL, fetch, metadata=PLACE if body else None, **options)
    return {str(triple) for triple in found.triples}, list(found.warnings)


def test_minimal_mode_gives_the_data_alone_with_thai_text_tagged():
    triples, warnings = convert(describe(), minimal=True)
    code, name = (f"<{URL}#{part}>" for part in ("code", "name"))
    assert triples == {
        f'<https://data.example/id/%E0%B8%A101> {code} "ม01"',
        f'<https://data.example/id/%E0%B8%A101> {name} "ตลาดน้ำ"@th',
        f'<https://data.example/id/%E0%B8%A102> {code} "ม02"',
    }
    assert warnings == []


def test_without_metadata_columns_are_named_by_the_header():
    triples, _ = convert(None, minimal=True)
    assert any(f"<{URL}#%E0%B8%A3%E0%B8%AB%E0%B8%B1%E0%B8%AA>" in triple for triple in triples)


def test_standard_mode_says_of_what_row_each_thing_is():
    triples, _ = convert(describe())
    assert any(f"<http://www.w3.org/ns/csvw#url> <{URL}#row=3>" in triple for triple in triples)


ERRORS: dict[str, dict[str, Any]] = {
    "no tables": {"tables": [], "url": None},
    "a blank node as @id": {"@id": "_:b"},
    "another @type": {"@type": "TableGroup"},
    "another context": {"@context": "http://schema.org"},
    "a context of one's own": {"@context": ["http://www.w3.org/ns/csvw", {"x": "http://x"}]},
    "two columns of one name": {"tableSchema": {"columns": [COLUMNS[0], COLUMNS[0]]}},
    "a virtual column first": {"tableSchema": {"columns": [{"name": "v", "virtual": True},
                                                           *COLUMNS]}},
    "@list in a common property": {"dc:title": {"@list": ["x"]}},
    "@language without @value": {"dc:title": {"@language": "th"}},
    "@value with more": {"dc:title": {"@value": "x", "dc:x": "y"}},
    "a type that is none": {"dc:title": {"@value": "x", "@type": "foo"}},
    "a foreign key to nothing": {"tableSchema": {"columns": COLUMNS, "foreignKeys": [
        {"columnReference": "lost", "reference": {"resource": URL, "columnReference": "code"}}]}},
    "a foreign key with more": {"tableSchema": {"columns": COLUMNS, "foreignKeys": [
        {"columnReference": "code", "dc:x": 1, "reference": {"resource": URL,
                                                            "columnReference": "code"}}]}},
    "a dialect that is a blank node": {"dialect": {"@id": "_:d"}},
}  # fmt: skip
BAD_TYPES: dict[str, dict[str, Any]] = {
    "length below minLength": {"base": "string", "length": 1, "minLength": 2},
    "maxLength below minLength": {"base": "string", "maxLength": 1, "minLength": 2},
    "a length of dates": {"base": "date", "maxLength": 1},
    "an order of texts": {"base": "string", "minimum": "a"},
    "two minima": {"base": "decimal", "minInclusive": 1, "minExclusive": 1},
    "nothing between": {"base": "decimal", "minInclusive": 5, "maxExclusive": 5},
    "the @id of a built-in type": {"@id": "http://www.w3.org/2001/XMLSchema#string"},
    "a blank @id": {"@id": "_:x"},
}


@pytest.mark.parametrize("body", ERRORS.values(), ids=ERRORS)
def test_what_the_standard_calls_an_error_is_one(body):
    with pytest.raises(Rejected) as raised:
        convert(describe(**body))
    assert raised.value.problems[0].code == "csvw-error"
    assert raised.value.problems[0].next_step("th")


@pytest.mark.parametrize("datatype", BAD_TYPES.values(), ids=BAD_TYPES)
def test_datatypes_that_contradict_themselves_are_errors(datatype):
    columns = [COLUMNS[0], {**COLUMNS[1], "datatype": datatype}]
    with pytest.raises(Rejected):
        convert(describe(tableSchema={"columns": columns}))


def test_a_value_that_is_not_of_its_type_stays_text_and_is_told():
    columns = [COLUMNS[0], {"name": "name", "titles": "ชื่อ", "datatype": "integer"}]
    triples, warnings = convert(describe(tableSchema={"columns": columns}), minimal=True)
    assert any('"ตลาดน้ำ"' in triple and "integer" not in triple for triple in triples)
    assert [(warning.row, warning.place) for warning in warnings] == [(2, URL)]


def test_metadata_that_is_about_another_file_is_passed_over():
    body = describe(url="https://data.example/other.csv")

    def fetch(url: str) -> Fetched | None:
        if url == "https://data.example/csv-metadata.json":
            return Fetched(json.dumps(body).encode())
        return Fetched(CSV) if url == URL else None

    found = csv2rdf(URL, fetch, minimal=True)
    assert len(list(found.triples)) == 3
    assert [warning.place for warning in found.warnings] == [
        "https://data.example/csv-metadata.json"
    ]


def test_nothing_at_the_address_is_told():
    with pytest.raises(Rejected) as raised:
        csv2rdf(URL, lambda url: None)
    assert raised.value.problems[0].place == URL


@given(st.dictionaries(st.sampled_from(["a", "b"]), st.text(), min_size=2))
def test_a_simple_expansion_leaves_only_unreserved_characters(values):
    made = expand("{a}{b}", values)
    assert set(made) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%")


@pytest.mark.parametrize(
    ("template", "made"),
    [("{a}", "%E0%B8%81%2F1"), ("{+a}", "%E0%B8%81/1"), ("x{#a}", "x#%E0%B8%81/1"),
     ("x{?a,b}", "x?a=%E0%B8%81%2F1&b=2"), ("x{/b}", "x/2"), ("x{.b}", "x.2"), ("x{;b}", "x;b=2"),
     ("{lost}", ""), ("{list}", "p,q")],
)  # fmt: skip
def test_templates_expand_as_rfc_6570_says(template, made):
    assert expand(template, {"a": "ก/1", "b": "2", "list": ["p", "q"]}) == made


@given(st.integers(-(10**12), 10**12))
def test_grouped_numbers_are_read_as_python_writes_them(number):
    assert NumberFormat("#,##0").read(f"{number:,}", "integer") == str(number)


@pytest.mark.parametrize("text", ["1,,234", "12,34", "1.5", "๑๒", "", "-"])
def test_what_is_no_grouped_number_is_refused(text):
    with pytest.raises(ValueError, match="does not match"):
        NumberFormat("#,##0").read(text, "integer")


def test_the_command_writes_rdf_that_is_read_again(samdao, tmp_path):
    (tmp_path / "t.csv").write_bytes(CSV)
    (tmp_path / "csv-metadata.json").write_text(json.dumps(describe(url="t.csv")), "utf-8")
    out = tmp_path / "t.nt"
    done = samdao("csv2rdf", str(tmp_path / "t.csv"), "--minimal", "--base",
                  "https://d.example/x", "--to", "nt", "--out", str(out))  # fmt: skip
    assert done.exit_code == 0, done.output
    subjects = {str(q.subject) for q in ox.parse(out.read_bytes(), format=ox.RdfFormat.N_TRIPLES)}
    assert subjects == {f"<https://d.example/id/%E0%B8%A10{n}>" for n in (1, 2)}


@pytest.mark.parametrize(
    ("words", "said"), [(("lost.csv",), "lost.csv"), (("t.csv", "--to", "ttx"), "ttl")]
)
def test_a_slip_of_the_pen_is_told(samdao, tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_bytes(CSV)
    done = samdao("csv2rdf", *words)
    assert done.exit_code == 2
    assert said in done.output
