"""Unique keys and foreign keys, with pandas as the oracle."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.problem import DeclarationError

from .tables import field, found, short, table

CELLS = st.one_of(st.none(), st.sampled_from(["ก", "ข", "น้ำ", "a", "A", "1", "01"]))
ROWS = st.lists(st.tuples(CELLS, CELLS), max_size=25)
PAIR = [field("a"), field("b")]


def made(folder, fields, rows, **more):
    return table(Path(folder), fields, rows, **more)


@settings(max_examples=25, deadline=None)
@given(ROWS)
def test_unique_keys_name_the_rows_that_pandas_calls_duplicated(rows):
    frame = pd.DataFrame(rows, columns=["a", "b"], dtype=object)
    for key in (["a"], ["a", "b"]):
        filled = frame.dropna(subset=key)
        again = [index + 2 for index in filled.index[filled.duplicated(key)]]
        with tempfile.TemporaryDirectory() as folder:
            problems = found("keys", made(folder, PAIR, rows, uniqueKeys=[key]))
        assert [p.row for p in problems] == again
        assert {p.code for p in problems} <= {"unique-key"}
        assert {p.params["count"] for p in problems} <= {len(again)}


@settings(max_examples=25, deadline=None)
@given(ROWS, ROWS)
def test_foreign_keys_name_the_rows_that_pandas_cannot_merge(rows, others):
    here = pd.DataFrame(rows, columns=["a", "b"], dtype=object)
    there = pd.DataFrame(others, columns=["a", "b"], dtype=object).dropna().drop_duplicates()
    joined = (
        here.reset_index()
        .dropna(subset=["a", "b"])
        .merge(there, on=["a", "b"], how="left", indicator=True)
    )
    lost = sorted(joined.loc[joined["_merge"] == "left_only", "index"] + 2)
    key = {"fields": ["a", "b"], "reference": {"resource": "others", "fields": ["a", "b"]}}
    with tempfile.TemporaryDirectory() as folder:
        other = made(folder, PAIR, others, name="others").typed
        checked = made(folder, PAIR, rows, references={"others": other}, foreignKeys=[key])
        problems = found("keys", checked)
    assert [p.row for p in problems] == lost
    assert {(p.code, p.params["count"]) for p in problems} <= {("foreign-key", len(lost))}


def test_a_table_may_refer_to_itself_and_to_a_published_one(tmp_path):
    provinces = table(tmp_path, [field("code")], [["48"], ["47"]], name="provinces").typed
    fields = [field("code"), field("above"), field("province")]
    rows = [["480000", None, "48"], ["480100", "480000", "48"], ["470100", "470000", "46"]]
    keys = [
        {"fields": "above", "reference": {"fields": "code"}},
        {
            "fields": "province",
            "reference": {"resource": "dopa/places/provinces", "fields": "code"},
        },
    ]
    references = {"dopa/places/provinces": provinces}
    checked = table(tmp_path, fields, rows, references=references, foreignKeys=keys)
    assert short("keys", checked) == [
        ("foreign-key", 4, "above", "470000"), ("foreign-key", 4, "province", "46"),
    ]  # fmt: skip


def test_numbers_of_other_types_are_the_same_number_and_codes_keep_their_zeros(tmp_path):
    there = table(
        tmp_path, [field("n", "integer"), field("code")], [["7", "007"], ["8", "8"]], name="there"
    ).typed
    fields = [field("n", "number"), field("code", "integer"), field("d", "number", decimalPlaces=2)]
    keys = [
        {"fields": "n", "reference": {"resource": "there", "fields": "n"}},
        {"fields": "d", "reference": {"resource": "there", "fields": "n"}},
        {"fields": "code", "reference": {"resource": "there", "fields": "code"}},
        {"fields": "n", "reference": {"resource": "there", "fields": "code"}},
    ]
    rows = [["8.0", "8", "8.00"], ["7.5", "7", "7.00"]]
    checked = table(tmp_path, fields, rows, references={"there": there}, foreignKeys=keys)
    assert short("keys", checked) == [
        ("foreign-key", 3, "n", "7.5"), ("foreign-key", 3, "code", "7"),
        ("foreign-key", 3, "n", "7.5"),
    ]  # fmt: skip


def test_a_table_or_column_that_is_not_there_is_said(tmp_path):
    there = table(tmp_path, [field("code")], [["48"]], name="there").typed
    keys = [
        {"fields": "a", "reference": {"resource": "nowhere", "fields": "code"}},
        {"fields": "a", "reference": {"resource": "there", "fields": "id"}},
    ]
    checked = table(tmp_path, PAIR, [["48", "x"]], references={"there": there}, foreignKeys=keys)
    problems = found("keys", checked)
    assert [(p.code, p.row, p.value) for p in problems] == [
        ("reference-missing", None, "nowhere"), ("reference-field", None, "id"),
    ]  # fmt: skip
    assert "there" in problems[1].title("th")


def test_examples_are_bounded_and_counts_exact(tmp_path):
    rows = [["ก", str(n % 2)] for n in range(3_000)]
    problems = found("keys", table(tmp_path, PAIR, rows, uniqueKeys=[["a", "b"]]))
    assert len(problems) == 1_000
    assert {problem.params["count"] for problem in problems} == {2_998}
    assert (problems[0].row, problems[-1].row) == (4, 1_003)


def test_a_foreign_key_with_more_fields_than_it_refers_to_is_refused(tmp_path):
    key = {"fields": ["a", "b"], "reference": {"fields": ["a"]}}
    with pytest.raises(DeclarationError):
        table(tmp_path, PAIR, [], foreignKeys=[key])


def test_a_part_of_a_composite_primary_key_is_never_null(tmp_path):
    rows = [["48", "1"], ["48", None], [None, "1"]]
    checked = table(tmp_path, PAIR, rows, primaryKey=["a", "b"])
    assert short("keys", checked) == [
        ("primary-key", 4, "a", None), ("primary-key", 3, "b", None),
    ]  # fmt: skip
