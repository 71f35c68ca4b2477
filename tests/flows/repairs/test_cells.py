"""Repairs that go by a list: replace, missing, strip_affix, ticks."""

from __future__ import annotations

import pytest

from flows.repairs import missing, replace, strip_affix, ticks


def test_replace_takes_whole_cells_only(mend):
    assert mend("replace", ["ช", "ญ", "ชญ", None], values={"ช": "ชาย", "ญ": "หญิง"}) == [
        "ชาย",
        "หญิง",
        "ชญ",
        None,
    ]


def test_replace_refuses_a_chain():
    with pytest.raises(ValueError, match="replaced again"):
        replace.Options(values={"a": "b", "b": "c"})
    assert replace.Options(values={1: "หนึ่ง"}).values == {"1": "หนึ่ง"}


def test_words_for_nothing_become_empty(mend):
    cells = ["-", " – ", "N/A", "ไม่มีข้อมูล", "5", "ไม่มี", "0", "", None, "-5"]

    assert mend("missing", cells) == [None, None, None, None, "5", "ไม่มี", "0", "", None, "-5"]


def test_declared_words_stand_instead_of_the_usual_ones(mend):
    assert mend("missing", ["ไม่มี", "-"], words=["ไม่มี"]) == [None, "-"]
    assert missing.Options(words=[999]).words == ("999",)


def test_units_and_titles_go_with_their_blanks(mend):
    cells = ["12 ไร่", "12ไร่", "ราคา 5 บาท", "บาท", "ไร่นา", None]

    assert mend("strip_affix", cells, prefixes=["ราคา"], suffixes=["ไร่", "บาท"]) == [
        "12",
        "12",
        "5",
        "บาท",  # nothing would be left
        "ไร่นา",
        None,
    ]


def test_affixes_are_texts_and_not_patterns(mend):
    assert mend("strip_affix", ["(1)", "1."], prefixes=["("], suffixes=[")", "."]) == ["1", "1"]
    with pytest.raises(ValueError, match="prefixes or suffixes"):
        strip_affix.Options()


def test_ticks_of_office_software_become_true_and_false(mend):
    cells = ["\uf052", "\uf0a3", "✓", " / ", "☐", "", None, "x"]

    assert mend("ticks", cells) == ["true", "false", "true", "true", "false", "", None, "x"]
    assert mend("ticks", ["/", "", None], empty="false") == ["true", "false", "false"]


def test_declared_marks_stand_instead_of_the_usual_ones(mend):
    assert mend("ticks", ["มี", "ไม่มี", "✓", "/"], true=["มี"], false=["ไม่มี", "/"]) == [
        "true",
        "false",
        "✓",
        "false",
    ]
    with pytest.raises(ValueError, match="both"):
        ticks.Options(true=["x"], false=["x"])


def test_scenarios_of_the_continuity_plan_have_their_ticks(mend, seed):
    marks = [letter for line in seed("000") for letter in line if letter in "\uf052\uf0a3"]

    assert sorted(mend("ticks", marks)) == ["false"] * 2 + ["true"] * 5
