from __future__ import annotations

import re

import pytest
from pythainlp.corpus import thai_words
from pythainlp.util import normalize


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("นํ้า", "น้ำ"),  # NIKHAHIT, tone, AA
        ("น้ํา", "น้ำ"),  # tone, NIKHAHIT, AA
        ("สํานักงาน", "สำนักงาน"),
        ("เเผนงาน", "แผนงาน"),
        ("เพ่ือ", "เพื่อ"),  # tone before vowel
        ("กาฬสินธ์ุ", "กาฬสินธุ์"),  # killer before vowel
        ("เขา้ใจ", "เข้าใจ"),  # tone after AA
        ("นำ้", "น้ำ"),  # tone after AM
        ("เดิอนๅ", "เดิอนา"),
        ("สงขลา\u200b", "สงขลา"),
        ("งบ\u00a0ประมาณ", "งบ ประมาณ"),
        ("ที่่", "ที่"),  # typed twice, nothing before it can have lent the mark
        ("ปี่่ใหม่", "ปี่ใหม่"),
        ("ศรีี", "ศรีี"),  # the bare ศ before may have lent it: left
    ],
)
def test_text_that_looks_right_is_spelt_right(mend, typed, normal):
    assert mend("thai_text", [typed]) == [normal]


@pytest.mark.parametrize("unsure", ["ทีผ่่าน", "ดจิิทัล", "ค่าน้้าหนัก", "รูด้้าน"])
def test_a_doubled_mark_that_may_have_slid_or_be_a_lost_am_stays(mend, unsure):
    assert mend("thai_text", [unsure]) == [unsure]


def test_doubled_marks_follow_the_option(mend):
    assert mend("thai_text", ["จังหวัดที่่", "ดจิิทัล"], doubled="collapse") == ["จังหวัดที่", "ดจิทัล"]
    assert mend("thai_text", ["ที่่"], doubled="keep") == ["ที่่"]


def test_old_a_after_ru_stays(mend):
    assert mend("thai_text", ["ฤๅษี"]) == ["ฤๅษี"]


def test_damage_of_the_seeds_is_mended_word_by_word(mend, seed):
    lines = mend("thai_text", seed("002") + seed("004"))
    text = "\n".join(line or "" for line in lines)

    assert "ข้อเสนอแนะเพื่อยกระดับ" in text
    assert "ซึ่งถือเป็นศู" in text.replace("data.go.th ", "")
    assert "เป็นการนำเทคโนโลยี" in text
    assert "เพ่ือ" not in text


def test_words_of_the_dictionary_are_left_alone_and_come_back_from_damage(mend):
    words = sorted(word for word in thai_words() if "\u0e45" not in word)[::20]

    clean = mend("thai_text", words)
    torn = mend("thai_text", [word.replace("ำ", "ํา") for word in words])
    turned = mend("thai_text", [_tone_first(word) for word in words])

    changed = [(a, b) for a, b in zip(words, clean, strict=True) if a != b]
    assert all(normalize(before) == after for before, after in changed)
    assert len(changed) < len(words) / 1000
    assert torn == clean
    left = [(a, b) for a, b in zip(clean, turned, strict=True) if a != b]
    assert all(re.search("[่-์][ัิ-ู]", b) for _, b in left), "left as damaged, never made wrong"
    assert len(left) < len(words) / 500


def _tone_first(word: str) -> str:
    """The word with its tone marks typed before the vowels above and below."""
    letters = list(word)
    for i in range(len(letters) - 1):
        if letters[i] in "ัิีึืุู" and letters[i + 1] in "่้๊๋":
            letters[i], letters[i + 1] = letters[i + 1], letters[i]
    return "".join(letters)


@pytest.mark.parametrize(
    ("damaged", "right"),
    [("มส่ีวนร่วม", "มีส่วนร่วม"), ("ใหม้ั่น", "ให้มั่น"), ("กล่ิน", "กลิ่น"), ("สาํนัก", "สำนัก"), ("นาํ้", "น้ำ")],
)
def test_order_behind_a_bare_letter_is_the_dictionarys(mend, damaged, right):
    assert mend("thai_text", [damaged]) == [right]


def test_order_that_no_word_proves_stays(mend):
    assert mend("thai_text", ["พล่ิงฟ่ิ"]) == ["พล่ิงฟ่ิ"]
