from __future__ import annotations

import pytest

from catalog.problem import Rejected

REPLACEMENT = "\ufffd"


def test_replacement_character_before_am_goes_wherever_the_tone_stands(mend):
    damaged = [
        f"ส{REPLACEMENT}ำนักงาน",
        f"น{REPLACEMENT}้ำ",
        f"น{REPLACEMENT}ำ้",
        f"ก{REPLACEMENT} ำหนด",
    ]

    assert mend("pdf_thai", damaged) == ["สำนักงาน", "น้ำ", "น้ำ", "กำหนด"]


def test_replacement_character_elsewhere_stays_for_the_check(mend):
    assert mend("pdf_thai", [f"ก{REPLACEMENT}ข"]) == [f"ก{REPLACEMENT}ข"]


def test_torn_am_is_joined(mend):
    assert mend("pdf_thai", ["จัดท ำ", "สม่ ำเสมอ", "น ำร่อง"]) == ["จัดทำ", "สม่ำเสมอ", "นำร่อง"]
    assert mend("pdf_thai", ["ค าอธิบาย", "ประจ าปี"], space_before_aa=True) == ["คำอธิบาย", "ประจำปี"]
    assert mend("pdf_thai", ["ค าอธิบาย"]) == ["ค าอธิบาย"]


def test_bare_am_is_aa_only_in_a_column_that_shows_a_torn_one(mend):
    assert mend("pdf_thai", ["กำรพัฒนำ", "จัดท ำ"], am_for_aa=True) == ["การพัฒนา", "จัดทำ"]
    assert mend("pdf_thai", ["จังหวัดลำพูน", "ทำงาน"], am_for_aa=True) == ["จังหวัดลำพูน", "ทำงาน"]


def test_value_with_a_real_aa_is_of_another_font_and_keeps_its_am(mend):
    mixed = ["กำร", "จัดท ำ", "การทำงาน"]

    assert mend("pdf_thai", mixed, am_for_aa=True) == ["การ", "จัดทำ", "การทำงาน"]


def test_doubled_tone_stops_the_run_with_its_rows_until_someone_chooses(mend):
    damaged = ["ค่าน้ำหนัก", "ค่าน้้าหนัก", None, "การน้้า"]

    with pytest.raises(Rejected) as stopped:
        mend("pdf_thai", damaged)

    assert [(p.code, p.row) for p in stopped.value.problems] == [
        ("pdf-doubled-tone", 2),
        ("pdf-doubled-tone", 4),
    ]
    assert mend("pdf_thai", damaged, doubled_tone="am")[1] == "ค่าน้ำหนัก"
    assert mend("pdf_thai", damaged, doubled_tone="once")[1] == "ค่าน้าหนัก"
    assert mend("pdf_thai", damaged, doubled_tone="keep") == damaged


def test_words_settle_what_no_rule_can(mend):
    words = {"การน้าไปใช้": "การนำไปใช้"}

    assert mend("pdf_thai", ["เทคโนโลยีและการน้าไปใช้", "น้าชาย"], words=words) == [
        "เทคโนโลยีและการนำไปใช้",
        "น้าชาย",
    ]


def test_letters_of_old_fonts_are_read_or_refused(mend):
    damaged = ["ท\uf702\uf70b", "ป\uf701"]

    assert mend("pdf_thai", damaged, private_use="glyphs") == ["ที้", "ปิ"]
    assert mend("pdf_thai", damaged) == damaged
    with pytest.raises(Rejected) as stopped:
        mend("pdf_thai", damaged, private_use="refuse")
    assert [(p.code, p.row) for p in stopped.value.problems] == [
        ("pdf-private-use", 1),
        ("pdf-private-use", 2),
    ]


# Every right-hand side was read beside the document.
SLID = {
    "ระดับดเีด่น": "ระดับดีเด่น",
    "ธรรมชาตแิละ": "ธรรมชาติและ",
    "ผู้บรโิภค": "ผู้บริโภค",
    "ไปสูไ่ร่นา": "ไปสู่ไร่นา",
    "ทีผ่่านมา": "ที่ผ่านมา",
    "ความรูด้้าน": "ความรู้ด้าน",
    "ประดูป่่า": "ประดู่ป่า",
    "หมูบ้่าน": "หมู่บ้าน",
    "คลนิิก": "คลินิก",
    "ดจิิตอล": "ดิจิตอล",
    "เพือ่ให้": "เพื่อให้",
    "เครือ่งมือ": "เครื่องมือ",
    "ท่องเทีย่ว": "ท่องเที่ยว",
    "เพิม่": "เพิ่ม",
    "ตัง้แต่": "ตั้งแต่",
    "ความรู ้": "ความรู้",
    "เป ็น": "เป็น",
    "ได ้พัฒนา": "ได้พัฒนา",
    "ห่งชาต/ิ": "ห่งชาติ/",
    "พื้นที ่5": "พื้นที่ 5",
}


def test_slid_marks_go_back_where_only_one_reading_is_left(mend):
    assert mend("pdf_thai", list(SLID), slid_marks=True) == list(SLID.values())


@pytest.mark.parametrize(
    "unsure", ["สำคญัต่อ", "เครอืข่าย", "หลกัด้าน", "เลศิต่อไป", "ตวัว่า", "พฒันา", "ระดบัน้ำ"]
)
def test_slid_marks_that_could_be_read_two_ways_stay(mend, unsure):
    assert mend("pdf_thai", [unsure], slid_marks=True) == [unsure]


def test_options_that_cannot_work_are_refused():
    from flows.repairs.pdf_thai import Options

    with pytest.raises(ValueError, match="am_for_aa"):
        Options(am_for_aa=True, space_before_am=False)
    with pytest.raises(ValueError, match="itself replaced"):
        Options(words={"น้า": "น้าน้า"})


def test_document_with_785_replacement_characters_comes_out_clean(mend, seed):
    lines = seed("004")
    damaged = [line for line in lines if REPLACEMENT in line]

    mended = mend("pdf_thai", lines, doubled_tone="keep")
    text = "\n".join(mended)

    assert sum(line.count(REPLACEMENT) for line in damaged) == 786
    assert REPLACEMENT not in text
    assert text.count("ำ") == "\n".join(lines).count("ำ") + 1  # นํา of one line
    for words in ("สำนักงาน ก.พ.ร.", "จำนวน 32 หน่วยงาน", "ก� ำหนด".replace("� ", ""), "เพชรน้ำหนึ่ง"):
        assert words in text


def test_document_with_am_for_aa_reads_as_thai(mend, seed):
    lines = seed("002")
    words = {"การน้าไปใช้": "การนำไปใช้"}

    text = "\n".join(mend("pdf_thai", lines, am_for_aa=True, doubled_tone="am", words=words))

    assert text.count("ค่าน้ำหนัก ร้อยละ") == 8
    assert "ส่งเสริมให้สำนักงานจังหวัดจัดทำแผนเพื่อรองรับการพัฒนาด้านรัฐบาล" in text
    assert "อย่างสม่ำเสมอ" in text
    assert "เทคโนโลยีดิจิทัลและการนำไปใช้" in text
    assert " ำ" not in text
    true_am = sum(line.count(" ำ") for line in lines)
    assert text.count("ำ") == true_am + 8 + 1


def test_document_with_both_damages_reads_as_thai(mend, seed):
    lines = ["ค าอธบิาย", "อำคำร/สถำนที่", *seed("000")]

    mended = mend("pdf_thai", lines, space_before_aa=True, am_for_aa=True)
    text = "\n".join(mended)

    assert mended[:2] == ["คำอธบิาย", "อาคาร/สถานที่"]
    assert "การจัดทำแผนพัฒนาจังหวดั" in text
    assert "จัดเก็บขอ้มลูสำรอง" in text
    torn = sum(line.count(" า") for line in lines)
    assert text.count("ำ") == torn - 2
    assert text.count("ศนูยด์ ารงธรรม") == 2  # the killer slid as well: left as found
