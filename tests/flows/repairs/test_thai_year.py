from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.problem import Rejected


def test_buddhist_years_become_ce_however_they_are_written(mend):
    years = [
        "2567",
        "๒๕๖๗",
        "พ.ศ. 2566",
        "พ.ศ.2566",
        "ปีงบประมาณ พ.ศ. 2565",
        "ปี 2564",
        "2563.0",
        None,
    ]

    assert mend("thai_year", years) == [
        "2024",
        "2024",
        "2023",
        "2023",
        "2022",
        "2021",
        "2020",
        None,
    ]


def test_ce_years_stay_and_lose_their_mark(mend):
    assert mend("thai_year", ["2024", "ค.ศ. 2023"]) == ["2024", "2023"]


@pytest.mark.parametrize("unread", ["2566-2567", "67", "1500", "2250", "ไม่ทราบ", "๒๕๖"])
def test_what_is_no_certain_year_stays(mend, unread):
    assert mend("thai_year", ["2567", unread]) == ["2024", unread]


def test_column_with_both_eras_stops_with_the_rarer_rows(mend):
    with pytest.raises(Rejected) as stopped:
        mend("thai_year", ["2567", "2566", "2024", None])

    assert [(p.code, p.row, p.value) for p in stopped.value.problems] == [("era-mixed", 3, "2024")]


def test_buddhist_years_where_ce_is_declared_stop(mend):
    with pytest.raises(Rejected) as stopped:
        mend("thai_year", ["2567", "2566"], era="ce")

    assert [(p.code, p.row) for p in stopped.value.problems] == [
        ("era-not-declared", 1),
        ("era-not-declared", 2),
    ]


def test_two_digit_years_need_their_century(mend):
    assert mend("thai_year", ["67", "พ.ศ. 66"], century=2500) == ["2024", "2023"]


def test_year_marked_buddhist_is_believed_whatever_its_number(mend):
    assert mend("thai_year", ["พ.ศ. 2112"]) == ["1569"]


@given(st.lists(st.integers(min_value=2300, max_value=2700), min_size=1, max_size=8))
def test_whole_columns_come_back(mend, years):
    assert mend("thai_year", [str(year) for year in years]) == [str(year - 543) for year in years]


def test_real_monthly_table_is_buddhist_throughout(mend, shared):
    lines = (shared / "data" / "real" / "mots-tourism-by-province-2563-2565.csv").read_text(
        "utf-8-sig"
    )
    years = [line.split(",")[0] for line in lines.splitlines()[1:]]
    column = (
        years if years[0].isdigit() else [line.split(",")[1] for line in lines.splitlines()[1:]]
    )

    assert set(mend("thai_year", column)) == {"2020", "2021", "2022"}
