from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st


def test_every_thai_digit_has_its_number(mend):
    assert mend("thai_digits", ["๐๑๒๓๔๕๖๗๘๙", "ข้อ ๑๒/2567", None]) == [
        "0123456789",
        "ข้อ 12/2567",
        None,
    ]


@given(st.integers(min_value=-(10**18), max_value=10**18))
def test_numbers_come_back_from_thai_digits(mend, number):
    in_thai = str(number).translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))

    assert mend("thai_digits", [in_thai]) == [str(number)]
