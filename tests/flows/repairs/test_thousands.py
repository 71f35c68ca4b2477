from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st


def test_groups_of_three_lose_their_commas(mend):
    assert mend("thousands", ["1,234", "1,234,567.89", "-9,999", " 12,345 ", "12", None, ""]) == [
        "1234",
        "1234567.89",
        "-9999",
        "12345",
        "12",
        None,
        "",
    ]


@pytest.mark.parametrize(
    "odd", ["1,23", "1,2345", "12,34,567", "0,123", "1,,234", "1,234,", "ก,123"]
)
def test_other_grouping_stays_for_the_check(mend, odd):
    assert mend("thousands", [odd]) == [odd]


def test_minus_of_accountants_comes_before_the_number(mend):
    debts = ["(1,234)", "1,234-", "1,234.50−", "−1,234", "−5"]

    assert mend("thousands", debts) == ["-1234", "-1234", "-1234.50", "-1234", "-5"]


def test_brackets_stay_where_they_may_be_a_share(mend):
    assert mend("thousands", ["(45.6)", "(1,234)", "1,234"], brackets="leave") == [
        "(45.6)",
        "(1,234)",
        "1234",
    ]


@pytest.mark.parametrize("no_number", ["2024-01-05", "a-b", "5 - 6", "(ก)", "ก.-"])
def test_what_is_no_number_stays(mend, no_number):
    assert mend("thousands", [no_number]) == [no_number]


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_numbers_come_back_from_groups(mend, number):
    assert mend("thousands", [f"{number:,}"]) == [str(number)]
