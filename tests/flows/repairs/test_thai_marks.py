"""Slid marks by the dictionary: right where it is sure, silent where it is not."""

from __future__ import annotations

import csv
import re

import pytest

# Every right-hand side was read beside the document that it comes from.
SLID = {
    "กรงุเทพมหานคร": "กรุงเทพมหานคร",
    "มส่ีวน": "มีส่วน",
    "มสี่วน": "มีส่วน",
    "ใหม้ั่น": "ให้มั่น",
    "พฒันา": "พัฒนา",
    "สำคญัต่อ": "สำคัญต่อ",
    "เครอืข่าย": "เครือข่าย",
    "หลกัด้าน": "หลักด้าน",
    "เลศิต่อไป": "เลิศต่อไป",
    "ระดบัน้ำ": "ระดับน้ำ",
    "การจัดทำแผนพัฒนาจังหวดั": "การจัดทำแผนพัฒนาจังหวัด",
    "จัดเก็บขอ้มลูสำรอง": "จัดเก็บข้อมูลสำรอง",
    "ทีผ่่านมา": "ที่ผ่านมา",
    "หมูบ้่าน": "หมู่บ้าน",
    " อ านาจเจริญ": " อำนาจเจริญ",
    "ตา บลแพง": "ตำบลแพง",
    "ตา แหน่ง": "ตำแหน่ง",
    "จัดท ำ": "จัดทำ",
    "ประจ าปี": "ประจำปี",
}


def test_marks_go_back_where_the_dictionary_is_sure(mend):
    assert mend("thai_marks", list(SLID)) == list(SLID.values())


@pytest.mark.parametrize(
    "text", ["ตา ยาย", "มา เร็ว", "ก าร", "ตวัว่า", "สมศกัด์", "กุดดู่", "\uf702ท", "(cid:201)า", "�ำ"]
)
def test_what_is_not_sure_stays(mend, text):
    assert mend("thai_marks", [text]) == [text]


def test_names_that_no_list_has_are_not_touched(mend, shared):
    for name in ("temples-kalasin.csv", "schools-pathum-thani.csv", "dopa-population-2565-12.csv"):
        with (shared / "data" / "real" / name).open(encoding="utf-8", newline="") as file:
            cells = sorted({cell for row in csv.reader(file) for cell in row if cell})
        found = mend("thai_marks", mend("thai_text", cells))

        assert found == mend("thai_text", cells)


def test_torn_names_of_the_election_are_whole_again(mend, shared):
    path = shared / "data" / "real" / "election-2562-constituency-areas.csv"
    text = path.read_text("utf-8")
    cells = [cell for row in csv.reader(text.splitlines()) for cell in row]

    mended = "\n".join(mend("thai_marks", cells))

    assert text.count("ตา บล") == 19
    assert "ตา บล" not in mended
    assert mended.count("ตำบล") == text.count("ตำบล") + 19


def test_dictionary_words_that_slid_come_back_or_stay_and_never_become_another(mend):
    from flows.repairs._words import words

    sample = sorted(words())[::40]
    slid = [_slid(word) for word in sample]

    back = mend("thai_marks", slid)

    damaged = [(w, d, b) for w, d, b in zip(sample, slid, back, strict=True) if d != w]
    right = sum(word == mended for word, _, mended in damaged)
    assert [(w, d, b) for w, d, b in damaged if b not in (w, d)] == []
    assert right > 0.75 * len(damaged) > 500


def _slid(word: str) -> str:
    """The word with its first mark one letter too far."""
    return re.sub("([ก-ฮ])([ัิ-ู็่-์])([ก-ฮ])(?![ัิ-ู็-์])", r"\1\3\2", word, count=1)
