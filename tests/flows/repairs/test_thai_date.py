from __future__ import annotations

import csv
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.problem import Rejected
from flows.repairs._arrow import load

MONTHS = load("thai_dates")["months"]


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("29 ก.พ. 2567", "2024-02-29"),  # a day that no calendar has in year 2567
        ("๒๙ กุมภาพันธ์ พ.ศ. ๒๕๖๗", "2024-02-29"),
        ("วันพฤหัสบดีที่ 29 กุมภาพันธ์ 2567", "2024-02-29"),
        ("วันที่ 1 เดือนมกราคม พ.ศ. 2560", "2017-01-01"),
        ("5-ม.ค.-2567", "2024-01-05"),
        ("5 มค 2567", "2024-01-05"),
        ("5 ม.ค.2567", "2024-01-05"),
        ("29/2/2567", "2024-02-29"),
        ("29.02.2567", "2024-02-29"),
        ("2567-02-29", "2024-02-29"),
        ("2567-02-29 00:00:00", "2024-02-29"),
        ("29 Feb 2567", "2024-02-29"),
        (" 1  มี.ค. 2567\u00a0", "2024-03-01"),
    ],
)
def test_buddhist_dates_become_iso(mend, written, iso):
    assert mend("thai_date", [written, None, ""]) == [iso, None, ""]


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("24 มิ.ย. 2475", "1932-06-24"),
        ("2 มี.ค. 2477", "1935-03-02"),  # January to March before 2484: 542 behind
        ("15 ม.ค. 2475", "1933-01-15"),
        ("31 มี.ค. 2482", "1940-03-31"),
        ("1 เม.ย. 2483", "1940-04-01"),
        ("1 ม.ค. 2484", "1941-01-01"),
        ("15 ก.พ. 2483", "15 ก.พ. 2483"),  # 2483 ran from April to December
    ],
)
def test_years_that_began_in_april_are_542_ahead_from_january_to_march(mend, written, iso):
    assert mend("thai_date", [written]) == [iso]


@pytest.mark.parametrize(
    "unread", ["31 ก.พ. 2567", "29 ก.พ. 2566", "29/2/67", "ก.พ. 2567", "ไม่ทราบ"]
)
def test_what_is_no_certain_day_stays_for_the_check(mend, unread):
    assert mend("thai_date", ["1 ม.ค. 2567", unread]) == ["2024-01-01", unread]


def test_clean_ce_dates_stay(mend):
    dates = ["2024-02-29", "1999-12-31", None, "2023-02-30"]

    assert mend("thai_date", dates) == dates


def test_column_with_both_eras_stops_with_the_rarer_rows(mend):
    with pytest.raises(Rejected) as stopped:
        mend("thai_date", ["2024-02-29", "29 ก.พ. 2567", "2024-03-01", "2024-03-02"])

    (problem,) = stopped.value.problems
    assert (problem.code, problem.row, problem.value) == ("era-mixed", 2, "29 ก.พ. 2567")
    assert problem.params == {"rows_be": 1, "rows_ce": 3}
    assert "พ.ศ. (1 แถว)" in problem.at(field="day").title("th")


def test_era_is_the_columns_even_across_batches(mend):
    dates = ["1 ม.ค. 2567"] * 6 + ["1 ม.ค. 2024"]

    with pytest.raises(Rejected) as stopped:
        mend("thai_date", dates)

    assert [problem.row for problem in stopped.value.problems] == [7]


def test_declared_era_is_held_against_the_years(mend):
    assert mend("thai_date", ["1 ม.ค. 2567"], era="be") == ["2024-01-01"]
    assert mend("thai_date", ["2024-01-01"], era="be") == ["2024-01-01"]  # mended before
    with pytest.raises(Rejected, match="another era"):
        mend("thai_date", ["1 ม.ค. 2567"], era="ce")
    with pytest.raises(Rejected, match="another era"):
        mend("thai_date", ["1 ม.ค. 2024"], era="be")


def test_order_of_day_and_month_is_the_columns(mend):
    assert mend("thai_date", ["1/2/2024", "31/12/2024"]) == ["2024-02-01", "2024-12-31"]
    assert mend("thai_date", ["1/2/2024", "12/31/2024"]) == ["2024-01-02", "2024-12-31"]
    assert mend("thai_date", ["1/2/2024"]) == ["1/2/2024"]  # may be either
    assert mend("thai_date", ["1/2/2024"], order="mdy") == ["2024-01-02"]
    assert mend("thai_date", ["1/2/2567"]) == ["2024-02-01"]  # Thai offices: day first
    with pytest.raises(Rejected) as stopped:
        mend("thai_date", ["13/1/2024", "1/13/2024", "1/14/2024"])
    assert [(p.code, p.row) for p in stopped.value.problems] == [("date-order-mixed", 1)]


def test_two_digit_years_need_their_century(mend):
    assert mend("thai_date", ["29 ก.พ. 67", "1/2/67"], century=2500) == ["2024-02-29", "2024-02-01"]
    assert mend("thai_date", ["29 Feb 24"], century=2000) == ["2024-02-29"]


@given(
    st.dates(min_value=date(1860, 4, 1), max_value=date(2150, 12, 31)),
    st.integers(min_value=0, max_value=1),
    st.booleans(),
    st.sampled_from(["{d} {m} {y}", "{d}-{m}-{y}", "วันที่ {d} {m} พ.ศ. {y}"]),
)
def test_dates_come_back_from_thai_spelling(mend, day, spelling, thai_digits, form):
    began_in_april = day.month <= 3 and day.year < 1941
    year = day.year + 543 - began_in_april
    written = form.format(d=day.day, m=MONTHS[day.month][spelling], y=year)
    if thai_digits:
        written = written.translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))

    assert mend("thai_date", [written]) == [day.isoformat()]


def test_real_holidays_come_back_from_thai_spelling(mend, shared):
    with (shared / "data" / "facts" / "thai_public_holidays_2024_2026.csv").open(
        encoding="utf-8-sig"
    ) as file:
        days = [row["date"] for row in csv.DictReader(file)]
    written = [
        f"{int(d)} {MONTHS[int(m)][0]} {int(y) + 543}"
        for y, m, d in (day.split("-") for day in days)
    ]

    assert len(days) > 40
    assert mend("thai_date", written) == days
