"""Personal data as the doctor sees it: one column, its distinct values, covered examples."""

from __future__ import annotations

import random
from pathlib import Path

import pyarrow as pa

from benchmarks._personal import citizen_id
from catalog.problem import Level
from flows.doctor import Column
from flows.doctor.signs.personal import examine

DRAW = random.Random(5)
IDS = [citizen_id(DRAW) for _ in range(3)]


def column(label: str, *values: str) -> Column:
    """A column whose values stand twice each."""
    table = pa.table(
        {
            "value": pa.array(values, pa.string()),
            "rows": pa.array([2] * len(values), pa.int64()),
            "first": pa.array(range(2, len(values) + 2), pa.int64()),
        }
    )
    return Column(label, 0, table, 2 * len(values), 0, Path("unused"))


def test_ids_are_found_counted_by_rows_and_asked_about():
    (found,) = examine(column("รหัส", *IDS))
    assert (found.problem.code, found.count, found.problem.row) == ("privacy-citizen-id", 6, 2)
    assert found.problem.level is Level.ERROR
    assert not [one for one in IDS if one in str(found)]
    assert found.examples[0].before == f"{IDS[0][0]}-xxxx-xxxxx-{IDS[0][10:12]}-x"
    answers = {choice.name: choice.remedies[0].name for choice in found.question.choices}
    assert answers == {"drop": "drop", "mask": "mask"}


def test_officers_telephones_may_be_answered_with_their_duty():
    (found,) = examine(column("โทรศัพท์", "081-234-5678"))
    assert "public_officer" in {choice.name for choice in found.question.choices}


def test_names_alone_are_told_and_not_asked_about():
    (found,) = examine(column("ผู้อำนวยการ", "นายสมชาย ใจดี"))
    assert (found.problem.level, found.question) == (Level.WARNING, None)


def test_clean_columns_and_empty_ones_have_nothing():
    assert list(examine(column("อำเภอ", "เมือง", "ธาตุพนม"))) == []
    assert list(examine(column("อำเภอ"))) == []
