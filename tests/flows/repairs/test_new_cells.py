"""mojibake, percent, pad, split_list, yes_no."""

from __future__ import annotations

import pytest

from catalog.problem import Rejected
from flows.repairs import pad, split_list

PLACE = "จังหวัดนครพนม"


def as_latin(text: str, encoding: str = "utf-8") -> str:
    return text.encode(encoding).decode("latin-1")


def as_windows(text: str) -> str:
    """As cp1252 shows UTF-8, its five holes kept as control characters."""
    shown = ""
    for octet in text.encode():
        try:
            shown += bytes([octet]).decode("cp1252")
        except UnicodeDecodeError:
            shown += chr(octet)
    return shown


def test_utf8_and_cp874_read_as_western_letters_are_read_again(mend):
    twice = as_latin(as_latin(PLACE))
    cells = [as_latin(PLACE), as_windows(PLACE), twice, as_latin("กรุงเทพ", "cp874"), PLACE]

    assert mend("mojibake", cells) == [PLACE, PLACE, PLACE, "กรุงเทพ", PLACE]


def test_western_text_and_broken_bytes_stay(mend):
    broken = as_windows(PLACE).replace("\u2014", "?")
    cells = [
        "café",
        "25 °C ± 2",
        "½",
        "“ไทย” – 5",
        "ÀÈÌ",
        "Müller",
        as_latin(PLACE)[:-1],
        broken + "ก",
    ]

    assert mend("mojibake", cells) == cells


def test_only_declared_encodings_are_tried(mend):
    cell = as_latin("กรุงเทพ", "cp874")

    assert mend("mojibake", [cell], encodings=["utf-8"]) == [cell]


def test_percent_signs_go_and_shares_are_exact(mend):
    cells = ["12.5%", "7 %", "0", "100%", "-3.25%", "0.00001%", None, "ไม่มี"]

    assert mend("percent", cells) == ["12.5", "7", "0", "100", "-3.25", "0.00001", None, "ไม่มี"]
    assert mend("percent", cells, to="share") == [
        "0.125", "0.07", "0", "1", "-0.0325", "0.0000001", None, "ไม่มี",
    ]  # fmt: skip


def test_percent_beside_bare_numbers_stops_until_someone_says_what_they_are(mend):
    with pytest.raises(Rejected) as stopped:
        mend("percent", ["12.5%", "7%", "0.4", "0"])

    (problem,) = stopped.value.problems
    assert (problem.code, problem.row, problem.value) == ("percent-mixed", 3, "0.4")
    assert problem.params == {"rows_signed": 2, "rows_bare": 1}
    assert mend("percent", ["12.5%", "0.4"], others="same") == ["12.5", "0.4"]


def test_codes_get_their_zeros_back(mend):
    cells = ["1050", "01050", "1050.0", "48000.0", "480001", "A1", "", None]
    whole = ["01050", "01050", "01050", "48000", "480001", "A1", "", None]

    assert mend("pad", cells, width=5) == whole
    assert mend("pad", ["1", "105"], width=5, least=3) == ["1", "00105"]
    with pytest.raises(ValueError, match="least"):
        pad.Options(width=3, least=4)


def test_lists_have_one_delimiter(mend):
    assert mend("split_list", ["1, 4", "1,4.5,8", "4"], separators=[","]) == ["1,4", "1,4.5,8", "4"]
    found = mend("split_list", ["ก; ข", "ก และ ข", "ก, ข; ค"], separators=[";", "และ"])
    assert found == ["ก,ข", "ก,ข", "ก, ข; ค"]
    with pytest.raises(ValueError, match="blanks"):
        split_list.Options(separators=[" "])


def test_words_for_yes_and_no_are_read_by_one_pair(mend):
    assert mend("yes_no", ["มี", " ไม่มี ", None, "", "มี"]) == ["true", "false", None, "", "true"]
    assert mend("yes_no", ["YES", "No"]) == ["true", "false"]
    assert mend("yes_no", ["true", "ไม่ใช่"]) == ["true", "false"]


@pytest.mark.parametrize("cells", [["มี", "ใช่"], ["มี", "5"], ["x"]])
def test_other_words_in_the_column_leave_it_as_it_is(mend, cells):
    assert mend("yes_no", cells) == cells


def test_declared_words_stand_instead(mend):
    assert mend("yes_no", ["ชำรุด", "ปกติ"], true=["ชำรุด"], false=["ปกติ"]) == ["true", "false"]
