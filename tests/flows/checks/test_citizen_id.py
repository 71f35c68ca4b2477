"""Citizen ids: the check digit, held against the formula worked out digit by digit."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from flows.checks.citizen_id import is_checked, masked

from .tables import field, found, short, table

PERSON = field("person", code="thaiCitizenId")


def check_digit(twelve: str) -> str:
    """The formula as it is told: 13 times the first, 12 times the second …, 2 times the twelfth."""
    total = 0
    for place, digit in enumerate(twelve, start=1):
        total += int(digit) * (14 - place)
    return str((11 - total % 11) % 10)


@given(st.lists(st.text("0123456789", min_size=13, max_size=13), min_size=1, max_size=50))
def test_the_check_digit_is_that_of_the_formula(ids):
    expected = [check_digit(id[:12]) == id[12] for id in ids]
    assert is_checked(pa.array(ids)).tolist() == expected


@given(st.text("0123456789", min_size=12, max_size=12))
def test_of_the_ten_last_digits_one_is_right(twelve):
    ids = pa.array([twelve + digit for digit in "0123456789"])
    assert np.flatnonzero(is_checked(ids)).tolist() == [int(check_digit(twelve))]


def test_ids_that_begin_with_nought_or_nine_are_ids():
    ids = [twelve + check_digit(twelve) for twelve in ("012345678901", "987654321098")]
    assert is_checked(pa.array(ids)).tolist() == [True, True]


def test_a_slice_of_a_longer_column_is_read_from_its_own_first_value():
    ids = pa.array(["x", *("1" * 12 + check_digit("1" * 12) for _ in range(3))])
    assert is_checked(ids.slice(1, 3)).tolist() == [True, True, True]
    assert is_checked(ids.slice(1, 0)).dtype == np.bool_


def test_rows_are_named_and_ids_never_shown_in_full(tmp_path):
    good = "110170123456" + check_digit("110170123456")
    bad = good[:-1] + str((int(good[-1]) + 1) % 10)
    rows = [[good], [bad], ["1-1017-01234-56-7"], [None], ["๑๒๓"], [bad]]
    problems = found("citizen_id", table(tmp_path, [PERSON], rows))
    said = [(p.code, p.row, p.params["count"]) for p in problems]
    assert said == [
        ("citizen-id-form", 4, 2), ("citizen-id-form", 6, 2),
        ("citizen-id-checksum", 3, 2), ("citizen-id-checksum", 7, 2),
    ]  # fmt: skip
    assert problems[0].value == "1-xxxx-xxxxx-xx-7"
    text = " ".join(p.words(lang) for p in problems for lang in ("th", "en"))
    assert good[1:11] not in text
    assert bad[1:11] not in text


def test_a_masked_id_keeps_its_ends_alone():
    ids = pa.array(["1101701234567", "12345", None])
    assert masked(ids).to_pylist() == ["1xxxxxxxxxx67", "x", None]


def test_columns_without_the_code_are_left_alone(tmp_path):
    assert short("citizen_id", table(tmp_path, [field("reference")], [["1234567890123"]])) == []
