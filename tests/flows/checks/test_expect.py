"""Declared rows and totals, exact; and which columns a table may lack or have more."""

from __future__ import annotations

import pytest

from catalog.problem import Level, Rejected
from catalog.schema import parse_schema
from catalog.spec import TableSpec
from flows.repairs._labels import choose_columns

from .tables import SPEC, field, found, short, table

FIGURES = [field("name"), field("n", "integer"), field("f", "number")]
ROWS = [["ก", "1", "0.1"], ["ข", "2", "0.2"], ["ค", None, None]]


def expecting(folder, data=ROWS, **bounds):
    return table(folder, FIGURES, data, spec={"expect": bounds})


def test_totals_are_exact_decimals(tmp_path):
    assert short("expect", expecting(tmp_path, rows=[3, 3], sums={"n": 3, "f": 0.3})) == []


def test_other_rows_and_totals_are_told_with_what_was_found(tmp_path):
    checked = expecting(tmp_path, rows=[4, 9], sums={"n": 4, "f": 0.31})
    assert short("expect", checked) == [
        ("expect-rows", None, None, "3"), ("expect-sum", None, "n", "3"),
        ("expect-sum", None, "f", "0.3"),
    ]  # fmt: skip


def test_a_bound_may_only_warn(tmp_path):
    checked = expecting(tmp_path, sums={"n": 4}, warn=["sums"])
    assert [problem.level for problem in found("expect", checked)] == [Level.WARNING]


def test_totals_beyond_decimals_and_of_no_numbers_are_told_and_raise_nothing(tmp_path):
    rows = [["ก", None, "1e300"], ["ข", None, "1e300"]]
    checked = expecting(tmp_path, rows, sums={"f": 2e300, "name": 1, "n": 0})
    assert short("expect", checked) == [("expect-sum", None, "name", "—")]


SCHEMA = [field("code", constraints={"required": True}), field("name"), field("note")]


@pytest.mark.parametrize(
    ("match", "columns", "kept"),
    [
        ("exact", ["note", "code", "name"], ["note", "code", "name"]),
        ("exact", ["code", "name"], None),
        ("exact", ["code", "name", "note", "more"], None),
        ("equal", ["name", "note", "code"], ["name", "note", "code"]),
        ("equal", ["code", "name", "note", "more"], None),
        ("subset", ["more", "code", "name", "note"], ["code", "name", "note"]),
        ("subset", ["code", "name", "more"], None),
        ("superset", ["code", "name"], ["code", "name"]),
        ("superset", ["code", "more"], None),
        ("superset", ["name", "note"], None),
        ("partial", ["code", "more"], ["code"]),
        ("partial", ["more"], None),
        ("partial", ["name", "more"], None),
    ],
)
def test_columns_match_the_fields_as_far_as_the_schema_asks(match, columns, kept):
    schema = parse_schema({"fields": SCHEMA, "fieldsMatch": [match]}, "made.json")
    spec = TableSpec.model_validate(SPEC)
    if kept is not None:
        assert list(choose_columns(columns, schema, spec)[0]) == kept
        return
    with pytest.raises(Rejected):
        choose_columns(columns, schema, spec)


def test_a_key_cannot_be_made_of_a_column_that_is_not_there():
    schema = parse_schema(
        {"fields": [field("a"), field("b")], "primaryKey": "b", "fieldsMatch": "superset"}, "x"
    )
    with pytest.raises(Rejected) as error:
        choose_columns(["a"], schema, TableSpec.model_validate(SPEC))
    assert [(p.code, p.field) for p in error.value.problems] == [("missing-label", "b")]
