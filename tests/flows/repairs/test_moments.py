"""Times, moments, months and spans of years."""

from __future__ import annotations

import pytest

from catalog.problem import Rejected


def test_thai_times_are_iso(mend):
    times = {
        "08.30 น.": "08:30:00", "8:30": "08:30:00", "เวลา ๘.๓๐ น.": "08:30:00", "13.00": "13:00:00",
        "8 นาฬิกา 30 นาที": "08:30:00", "8 นาฬิกา": "08:00:00", "08:30:15": "08:30:15",
    }  # fmt: skip

    assert mend("thai_time", list(times)) == list(times.values())


@pytest.mark.parametrize("text", ["24.00", "8.3", "8.75", "08.30-16.30 น.", "สองทุ่ม", "", None])
def test_what_is_no_time_of_day_stays(mend, text):
    assert mend("thai_time", [text]) == [text]


def test_thai_moments_are_iso(mend):
    cells = [
        "29 ก.พ. 2567 เวลา 08.30 น.", "1/3/2567 8:30", "2567-03-01 08:30:00",
        "๑ มี.ค. ๒๕๖๗, ๑๓.๐๕ น.",
    ]  # fmt: skip

    assert mend("thai_datetime", cells) == [
        "2024-02-29T08:30:00", "2024-03-01T08:30:00", "2024-03-01T08:30:00", "2024-03-01T13:05:00",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["29 ก.พ. 2567", "2024-02-29 08:30:00", "2024-02-29T08:30:00+07:00", "31 ก.พ. 2567 8:30"],
)
def test_moment_is_not_made_up(mend, text):
    assert mend("thai_datetime", [text]) == [text]


def test_moments_of_both_eras_stop_with_their_rows(mend):
    with pytest.raises(Rejected) as stopped:
        mend("thai_datetime", ["1 ม.ค. 2567 8:30", "2024-01-01T08:30:00", "2024-01-02T08:30:00"])

    assert [(p.code, p.row, p.value) for p in stopped.value.problems] == [
        ("era-mixed", 1, "1 ม.ค. 2567")
    ]


def test_thai_months_are_iso(mend):
    cells = ["มกราคม 2567", "เดือนกุมภาพันธ์ พ.ศ. 2567", "มี.ค.2567", "4/2567", "2567-05", "2567/6"]

    assert mend("thai_month", cells) == [f"2024-0{month}" for month in range(1, 7)]
    assert mend("thai_month", ["ม.ค. 67", "6512", "256512", "6513"], century=2500, packed=True) == [
        "2024-01", "2022-12", "2022-12", "6513",
    ]  # fmt: skip


def test_january_before_2484_lies_542_behind(mend):
    assert mend("thai_month", ["ม.ค. 2475", "เม.ย. 2475", "ม.ค. 2483"]) == [
        "1933-01", "1932-04", "ม.ค. 2483",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", ["ม.ค. 67", "1 ม.ค. 2567", "13/2567", "2024-01", "6512", "ไตรมาส 1"]
)
def test_what_is_no_month_of_a_known_year_stays(mend, text):
    assert mend("thai_month", [text]) == [text]


def test_spans_of_years_are_ce(mend):
    cells = ["2527/28", "2527/2528", "๒๕๒๗-๒๘", "ปีเพาะปลูก 2527/28", "2599/00", "2527"]

    assert mend("year_span", cells) == [
        "1984/1985", "1984/1985", "1984/1985", "1984/1985", "2056/2057", "1984",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["2546/51", "2528/27", "2527/2527", "27/28", "1984/1985"])
def test_span_that_may_be_a_slip_stays(mend, text):
    assert mend("year_span", [text]) == [text]


def test_longer_spans_are_declared(mend):
    assert mend("year_span", ["2546/51", "27/28"], longest=5, century=2500) == [
        "2003/2008", "1984/1985",
    ]  # fmt: skip
