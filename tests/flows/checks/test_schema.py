"""The check of types and constraints: what it finds, how it counts, where it differs on purpose."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from catalog.problem import DeclarationError
from catalog.schema import parse_schema
from flows.checks import Checked
from flows.checks import schema as room
from flows.checks._engine import cells, judge
from tests.flows.checks.peer import ours, problems, theirs


def _one(type_, text, **more):
    """Whether Frictionless and we find something wrong with one text of a column."""
    constraints = more.pop("constraints", {})
    field = {"name": "a", "type": type_, "constraints": constraints, **more}
    body = {"fields": [field, {"name": "b", "type": "string"}]}
    return theirs(body, [(text, "x")]), ours(body, [(text, "x")])


WRONG = {("type-error", 2, "a")}
BROKEN = {("constraint-error", 2, "a")}


# ---- deliberate differences: docs/check-differences.md names each of these tests


@pytest.mark.parametrize(
    ("type_", "text"), [("integer", "๑๒"), ("number", "๑.๕"), ("integer", "１２"), ("year", "๒๕๖๗")]
)
def test_digits_other_than_0_to_9_are_no_number(type_, text):
    assert _one(type_, text) == (set(), WRONG)


@pytest.mark.parametrize(("type_", "text"), [("integer", "1_000"), ("number", "1_000.5")])
def test_underscores_are_no_part_of_a_number(type_, text):
    assert _one(type_, text) == (set(), WRONG)


@pytest.mark.parametrize(("type_", "text"), [("integer", " 5"), ("number", "5 "), ("year", " 123")])
def test_blanks_are_no_part_of_a_number(type_, text):
    assert _one(type_, text) == (set(), WRONG)


@pytest.mark.parametrize("text", ["inf", "-Infinity", "NaN"])
def test_what_is_not_finite_is_no_number(text):
    assert _one("number", text) == (set(), WRONG)


@pytest.mark.parametrize(
    ("type_", "text"),
    [("integer", "9223372036854775808"), ("number", "1234567890.123456789"), ("number", "1e400")],
)
def test_a_number_that_64_bits_cannot_give_back_is_an_error(type_, text):
    assert _one(type_, text) == (set(), WRONG)


def test_more_decimals_than_declared_are_an_error():
    assert _one("number", "1.005", decimalPlaces=2) == (set(), WRONG)


@pytest.mark.parametrize(
    ("type_", "text"), [("date", "2024-1-5"), ("date", "2024-01- 5"), ("yearmonth", "2024-5")]
)
def test_dates_are_written_with_all_their_digits(type_, text):
    assert _one(type_, text) == (set(), WRONG)


@pytest.mark.parametrize(
    ("type_", "text"),
    [
        ("time", "24:00:00"), ("time", "10:00:00+07:00"), ("datetime", "2024-01-05T10:00:00Z"),
        ("datetime", "2024-01-05x10:00:00"), ("datetime", "2024-01-05T24:00:00"),
    ],
)  # fmt: skip
def test_times_are_plain_and_have_no_offset_that_is_not_declared(type_, text):
    assert _one(type_, text) == (set(), WRONG)


def test_with_a_timezone_each_moment_has_an_offset():
    plain, offset = "2024-01-05T10:00:00", "2024-01-05T10:00:00+07:00"
    assert _one("datetime", plain, timezone="UTC") == (set(), WRONG)
    assert _one("datetime", offset, timezone="UTC") == (set(), set())


def test_a_blank_between_day_and_time_is_read_as_frictionless_reads_it():
    assert _one("datetime", "2024-01-05 10:00:00") == (set(), set())


@pytest.mark.parametrize("text", [" ", "\u00a0", "\u200b\t"])
def test_blanks_alone_do_not_satisfy_required(text):
    assert _one("string", text, constraints={"required": True}) == (set(), BROKEN)


@pytest.mark.parametrize(
    "categories", [["a", "b"], [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]]
)
def test_categories_restrict_as_an_enum_does(categories):
    assert _one("string", "c", categories=categories) == (set(), BROKEN)
    assert _one("string", "b", categories=categories) == (set(), set())


@pytest.mark.parametrize(("text", "found"), [("1", BROKEN), ("2", set()), ("3", BROKEN)])
def test_exclusive_bounds_are_held(text, found):
    bounds = {"exclusiveMinimum": 1, "exclusiveMaximum": 3}
    refused, we = _one("integer", text, constraints=bounds)
    assert refused == {("field-error", None, None)}
    assert we == found


@pytest.mark.parametrize(("text", "found"), [("P30D", BROKEN), ("P31D", set()), ("P1Y", set())])
def test_bounds_of_durations_are_held(text, found):
    field = {"name": "a", "type": "duration", "constraints": {"minimum": "P1M"}}
    assert ours({"fields": [field]}, [(text,)]) == found


def test_json_schema_is_held():
    constraints = {"jsonSchema": {"required": ["lon"]}}
    body = {"fields": [{"name": "a", "type": "object", "constraints": constraints}]}
    assert ours(body, [('{"lon": 1}',), ('{"lat": 1}',)]) == {("constraint-error", 3, "a")}


def test_grouped_integers_are_read():
    they, we = _one("integer", "1,000", groupChar=",")
    assert (they, we) == (WRONG, set())


@pytest.mark.parametrize("text", ['{"a": NaN}', '{"a": 1e999}', '{"a": "\\ud800"}'])
def test_json_that_json_has_not_is_no_object(text):
    assert _one("object", text) == (set(), WRONG)


def test_a_feature_is_no_geometry_and_topology_cannot_be_kept():
    feature = '{"type": "Feature", "properties": {}, "geometry": null}'
    topology = '{"type": "Topology", "objects": {}, "arcs": []}'
    assert _one("geojson", feature) == (set(), WRONG)
    assert _one("geojson", topology, format="topojson") == (set(), WRONG)


def test_well_known_text_is_read():
    body = {"fields": [{"name": "a", "type": "string", "format": "wkt"}]}
    assert ours(body, [("POINT (1 2)",), ("POINT 1 2",), ("POLYGON EMPTY",)]) == {
        ("type-error", 3, "a")
    }


def test_a_field_without_a_type_is_of_any_type():
    body = {"fields": [{"name": "a", "constraints": {"enum": ["x"]}}]}
    assert ours(body, [("x",), ("y",)]) == {("constraint-error", 3, "a")}


@pytest.mark.parametrize("type_", ["object", "array", "list", "geojson"])
def test_values_with_parts_can_be_unique(type_):
    texts = {
        "object": ['{"a":1,"b":2}', '{"b":2, "a":1}'], "array": ["[1]", "[1 ]"],
        "list": ["a,b", "a,b"],
        "geojson": ['{"type":"Point","coordinates":[1,2]}',
                    '{"type":"Point", "coordinates":[1,2]}'],
    }[type_]  # fmt: skip
    body = {"fields": [{"name": "a", "type": type_, "constraints": {"unique": True}}]}
    assert ours(body, [(text,) for text in texts]) == {("unique-error", 3, "a")}


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ({"type": "integer", "constraints": {"pattern": "[0-9]"}}, "constraint-unfit"),
        ({"type": "string", "constraints": {"pattern": "[0-9"}}, "pattern-unreadable"),
        ({"type": "string", "format": "emial"}, "format-unknown"),
        ({"type": "date", "format": "YYYY-MM-DD"}, "format-unknown"),
        ({"type": "integer", "constraints": {"minimum": "few"}}, "field-unreadable"),
        ({"type": "date", "constraints": {"minimum": "2024-13-01"}}, "field-unreadable"),
    ],
)
def test_a_schema_that_nothing_can_be_held_against_is_refused(field, code):
    with pytest.raises(DeclarationError) as refused:
        ours({"fields": [{"name": "a", **field}]}, [("x",)])
    assert [problem.code for problem in refused.value.problems] == [code]


# ---- keys, by value


def test_equal_values_repeat_however_they_are_written():
    body = {"primaryKey": ["a"], "fields": [{"name": "a", "type": "number"}]}
    rows = [("1",), ("1.0",), ("01.00",), ("-0",), ("0.0",), ("1e0",), ("2",)]
    found = [(p.row, p.params["note"]) for p in problems(body, rows)]
    before = "the same as in the row at position {}".format
    assert found == [(3, before(2)), (4, before(3)), (6, before(5)), (7, before(4))]
    assert {(p.row) for p in problems(body, rows)} == {row for _, row, _ in theirs(body, rows)}


def test_a_key_of_several_columns_repeats_as_a_whole():
    fields = [{"name": "a", "type": "integer"}, {"name": "b", "type": "date"}]
    body = {"primaryKey": ["a", "b"], "fields": fields}
    rows = [("1", "2024-01-05"), ("1", "2024-01-06"), ("01", "2024-01-05"), ("", "")]
    assert ours(body, rows) == theirs(body, rows)
    assert ("primary-key", 4, None) in ours(body, rows)


# ---- counts, examples, bounds


def _staged(tmp_path, count, spoil):
    """A table of ``count`` rows on disk; ``spoil`` makes the text of a row."""
    path = tmp_path / "text.parquet"
    texts = pa.array([spoil(row) for row in range(count)], pa.string())
    places = pa.array(range(10, 10 + count), pa.int64())
    table = pa.table({"_row": places, "a": texts})
    pq.write_table(table, path, row_group_size=7_000)
    body = {"fields": [{"name": "a", "type": "integer", "constraints": {"maximum": 90_000}}]}
    schema = parse_schema(body, "test")
    return Checked(("a",), lambda: iter(()), schema, None, staged=path)  # type: ignore[arg-type]


def test_all_are_counted_and_the_first_thousand_named_in_order(tmp_path):
    table = _staged(tmp_path, 100_000, lambda row: f"x{row}" if row % 10 == 3 else str(row))
    found = list(room.check(table))
    wrong = [p for p in found if p.code == "type-error"]
    assert [p.row for p in wrong] == [13 + 10 * n for n in range(1_000)]
    assert {p.params["count"] for p in wrong} == {10_000}


def test_the_first_of_each_kind_is_named_however_far_down_it_stands(tmp_path):
    table = _staged(tmp_path, 100_000, lambda row: f"x{row}" if row % 10 == 3 else str(row))
    found = list(room.check(table))
    assert [(p.code, p.row, p.value, p.params["count"]) for p in found[1_000:]] == [
        ("constraint-error", 90_011, "90001", 8_999)
    ]


def test_verdicts_are_the_same_when_the_judge_forgets(tmp_path, monkeypatch):
    monkeypatch.setattr(judge, "REMEMBERED", 5)
    monkeypatch.setattr(cells, "_BATCH", 700)
    table = _staged(tmp_path, 20_000, lambda row: f"{row % 50}_0" if row % 2 else str(row))
    (kind,) = {(p.code, p.params["count"]) for p in room.check(table)}
    assert kind == ("type-error", 10_000)


def test_geometry_as_wkb_is_only_asked_to_be_there(tmp_path):
    path = tmp_path / "text.parquet"
    wkb = pa.array([b"\x01", None, b""], pa.binary())
    pq.write_table(pa.table({"_row": pa.array([2, 3, 4]), "a": wkb}), path)
    body = {"fields": [{"name": "a", "type": "geojson", "constraints": {"required": True}}]}
    schema = parse_schema(body, "test")
    table = Checked(("a",), lambda: iter(()), schema, None, staged=path)  # type: ignore[arg-type]
    assert [(p.code, p.row, p.field) for p in room.check(table)] == [("blank-row", 3, None)]


def test_a_cell_without_a_value_is_none_whatever_the_missing_values_say():
    body = {"missingValues": ["-"], "fields": [{"name": "a", "type": "integer"}, {"name": "b"}]}
    assert ours(body, [(None, "x"), ("", "x"), ("-", "x")]) == {("type-error", 3, "a")}


def test_every_documented_difference_has_its_test():
    page = (Path(__file__).parents[3] / "docs" / "check-differences.md").read_text("utf-8")
    named = set(re.findall(r"`(test_\w+)`", page))
    assert len(named) > 20
    assert {name for name in named if name not in globals()} == set()
