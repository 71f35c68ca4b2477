"""The signs: what each finds, how often, where first, what it makes of it, and what it leaves."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

import catalog
from catalog.problem import Level, Problem, template
from catalog.registry import names, variant
from tests.flows.doctor.columns_kit import (
    after,
    chosen_answers,
    codes,
    diagnosed,
    finding,
    questions,
    strangers,
)

_N = [str(number) for number in range(101, 131)]

#: Label, values, code, count, first row, first example before and after, repair that mends it.
MENDED = [
    ("จังหวัด", ["ระยอง", "กำแพงเพชร ", "กำแพงเพชร "], "cells-spaces", 2, 3,
     "กำแพงเพชร ", "กำแพงเพชร", "trim"),
    ("ชื่อ", ["ก  ข", "ค"], "cells-spaces", 1, 2, "ก  ข", "ก ข", "trim"),
    ("หมายเหตุ", [" ", "ก", " "], "cells-blank", 2, 2, " ", "", "trim"),
    ("ตำบล", ["บ้าน\u200bกลาง", "บางปู"], "cells-hidden", 1, 2, "บ้าน\u200bกลาง", "บ้านกลาง",
     "thai_text"),
    ("ลำดับที่", ["๑", "๒", "๓"], "cells-thai-digits", 3, 2, "๑", "1", "thai_digits"),
    ("ลำดับที่", ["1", "๒", "3"], "cells-mixed-digits", 1, 3, "๒", "2", "thai_digits"),
    ("ตัว", ["18,768", "5", "1,000"], "cells-thousands", 2, 2, "18,768", "18768", "thousands"),
    ("ผลต่าง", ["−3.5", "2.5", "4"], "cells-minus", 1, 2, "−3.5", "-3.5", "thousands"),
    ("คงเหลือ", ["1,200-", "2", "3"], "cells-minus-behind", 1, 2, "1,200-", "-1200", "thousands"),
    ("ร้อยละ", ["12.5%", "3 %"], "cells-percent", 2, 2, "12.5%", "12.5", "percent"),
    ("จำนวน", ["1,024*", "12 [7]", "3"], "cells-footnote", 2, 2, "1,024*", "1,024", "strip_affix"),
    ("พื้นที่", ["25 ไร่", "3 ไร่"], "cells-unit", 2, 2, "25 ไร่", "25", "strip_affix"),
    ("ราคา", ["฿1,500", "฿20"], "cells-currency", 2, 2, "฿1,500", "1,500", "strip_affix"),
    ("ค่า", ["-", "5", "ไม่มีข้อมูล", "n/a", ".."], "cells-missing", 4, 2, "-", "", "missing"),
    ("รหัส", ["'0123", "0456"], "cells-apostrophe", 1, 2, "'0123", "0123", "strip_affix"),
    ("จังหวัด", ["จังหวัดระยอง", "จ.ตราด", "ตราด"], "places-spelling", 2, 2,
     "จังหวัดระยอง", "ระยอง", "place"),
    ("ปี", ["2558", "2559"], "years-buddhist", 2, 2, "2558", "2015", "thai_year"),
    ("วันที่", ["1/2/2566", "29 ก.พ. 2567"], "years-buddhist", 2, 2, "1/2/2566", "2023-02-01",
     "thai_date"),
    ("วันที่", ["29-Feb-2024", "2024-03-01"], "dates-spelling", 1, 2, "29-Feb-2024", "2024-02-29",
     "thai_date"),
    ("เดือน/ปี", ["ม.ค. 2566", "ก.พ. 2566"], "months-spelling", 2, 2, "ม.ค. 2566", "2023-01",
     "thai_month"),
    ("เวลา", ["08.30 น.", "13:00:00"], "times-spelling", 1, 2, "08.30 น.", "08:30:00", "thai_time"),
    ("ชื่อ", ["โรงเรียนสังข์อํ่าวิทยา", "ก"], "thai-nikhahit", 1, 2, "โรงเรียนสังข์อํ่าวิทยา",
     "โรงเรียนสังข์อ่ำวิทยา", "thai_text"),
    ("ชื่อ", ["เเม่สาย", "ก"], "thai-double-e", 1, 2, "เเม่สาย", "แม่สาย", "thai_text"),
    ("ชื่อ", ["บ้ๅน", "ก"], "thai-lakkhangyao", 1, 2, "บ้ๅน", "บ้าน", "thai_text"),
    ("ชื่อ", ["เพ\u0e48\u0e37อ", "ก"], "thai-order", 1, 2, "เพ\u0e48\u0e37อ", "เพื่อ", "thai_text"),
    ("ชื่อ", ["ที\u0e48\u0e48", "ก"], "thai-twice", 1, 2, "ที\u0e48\u0e48", "ที่", "thai_text"),
    ("เรื่อง", ["ส\ufffdำคัญ", "ก"], "thai-fffd-am", 1, 2, "ส\ufffdำคัญ", "สำคัญ", "pdf_thai"),
    ("เรื่อง", ["จัดท ำแผน", "ก"], "thai-space-am", 1, 2, "จัดท ำแผน", "จัดทำแผน", "pdf_thai"),
    ("เรื่อง", ["อ านาจ", "ก"], "thai-space-aa", 1, 2, "อ านาจ", "อำนาจ", "pdf_thai"),
    ("ท้องที่", ["ตา บลแพง", "ก"], "thai-slid-marks", 1, 2, "ตา บลแพง", "ตำบลแพง", "thai_marks"),
    ("ชื่อ", ["à¸ˆà¸±à¸‡à¸«à¸§à¸±à¸”", "ก"], "cells-mojibake", 1, 2, "à¸ˆà¸±à¸‡à¸«à¸§à¸±à¸”", "จังหวัด",
     "mojibake"),
    ("รายละเอียด", ["ข้าว &amp; นา<br>ไร่", "ก"], "cells-html", 1, 2, "ข้าว &amp; นา<br>ไร่",
     "ข้าว & นา ไร่", "replace"),
    ("สภาพ", ["ฝน\nตก", "แดด"], "cells-lines", 1, 2, "ฝน\nตก", "ฝน ตก", None),
    ("จำนวน", ["๑\n", "1\n2", "3"], "cells-lines", 1, 3, "1\n2", "1 2", "trim"),
]  # fmt: skip


@pytest.mark.parametrize(("label", "values", "code", "count", "row", "before", "new", "by"), MENDED)
def test_a_sign_is_counted_shown_and_mended(
    tmp_path, label, values, code, count, row, before, new, by
):
    found = diagnosed(tmp_path, label, values)
    one = finding(found, code)
    assert (one.count, one.problem.row) == (count, row)
    assert (one.examples[0].before, one.examples[0].after) == (before, new)
    assert one.problem.params["count"] == count
    assert by is None or by in {remedy.name for remedy in one.remedies if remedy.kind == "repair"}


#: Label, values, code of the finding, of its question, likely answer, all answers.
ASKED = [
    ("กำไร", ["(1,500)", "200", "300"], "cells-brackets", "brackets", "negative",
     ["negative", "positive", "text"]),
    ("สัดส่วน", ["(45.6)", "(3.2)"], "cells-brackets", "brackets", "positive",
     ["negative", "positive", "text"]),
    ("สัดส่วน", ["12.5%", "0.5"], "cells-percent-mixed", "percent", "same", ["same", "text"]),
    ("ตะกั่ว", ["< 1.8", *_N], "cells-below-detection", "below-detection", "missing",
     ["missing", "text"]),
    ("ปริมาณ", ["5 กก.", "3 ตัน"], "cells-units", "units", "text", ["text", "strip"]),
    ("เฉลี่ย", ["#VALUE!", *_N], "cells-error", "errors", "empty", ["empty", "source"]),
    ("เบอร์โทรศัพท์", ["0000000000", *(f"04251{n:04d}" for n in range(60))], "cells-placeholder",
     "placeholders", "empty", ["empty", "keep"]),
    ("จำนวนต้น", [*_N, "ขาด"], "cells-odd", "odd-values", None, ["empty", "text", "source"]),
    ("รหัสโรงเรียน", ["12345", "23456", "34567", "1234"], "code-short", "short-codes", "pad",
     ["pad", "keep"]),
    ("จังหวัด", ["นครพนม", "นครพนน"], "places-unknown", "places", "replace", ["replace", "keep"]),
    ("ปี", ["2566", "2567", "2024"], "years-mixed", "era", "source", ["source", "text"]),
    ("วันที่", ["3 เม.ย. 60", "4 เม.ย. 60"], "years-two-digits", "century", "be",
     ["be", "ce", "text"]),
    ("date", ["3/4/2020", "5/6/2020"], "dates-either-order", "day-order", "dmy",
     ["dmy", "mdy", "text"]),
    ("date", ["25/12/2020", "12/25/2020", "13/1/2021"], "dates-mixed-order", "day-order-mixed",
     "source", ["source", "text"]),
    ("วันที่", ["31/4/2566", *(f"{d}/1/2566" for d in range(1, 30))], "dates-impossible", "no-day",
     None, ["empty", "text", "source"]),
    ("วันที่", ["45291", "45292"], "dates-serial", "serial-dates", "date", ["date", "number"]),
    ("ผ่าน", ["✓", "", "✓"], "cells-ticks-empty", "ticks", "false", ["false", "unknown", "text"]),
    ("ระดับเก็บ", ["1, 4", "1", "2"], "cells-list", "list", "text", ["text", "list"]),
    ("ราคา", ["0", *_N], "cells-zero", "zeros", None, ["zero", "missing"]),
    ("เรื่อง", ["น\u0e49\u0e49า", "ก"], "thai-doubled-tone", "doubled-tone", "am",
     ["am", "once", "keep"]),
    ("เรื่อง", ["กำรจัดท ำ", "ก"], "thai-am-for-aa", "am-for-aa", "aa", ["aa", "keep"]),
    ("ชื่อ", ["พ\uf70aอ", "ก"], "cells-private-use", "private-use", "glyphs",
     ["glyphs", "keep", "source"]),
    ("ชื่อ", ["\uf0a7 ข้อ", "ก"], "cells-private-use", "private-use", None, ["keep", "source"]),
    ("ท้องที่", ["ฝน\nตก", "ก"], "cells-lines", "line-breaks", "space", ["space", "join", "keep"]),
    ("คลื่น", [*["คลื่นจัด", "ทะเลเรียบ", "คลื่นน้อย"] * 5, "คลี่นจัด"], "values-alike", "alike", None,
     ["replace", "keep"]),
    ("ละติจูด", ["0", "17.41", "17.42"], "coordinates-zero", "zeros", "missing",
     ["zero", "missing"]),
]  # fmt: skip


@pytest.mark.parametrize(("label", "values", "code", "question", "likely", "answers"), ASKED)
def test_what_may_not_be_guessed_is_asked(tmp_path, label, values, code, question, likely, answers):
    one = finding(diagnosed(tmp_path, label, values), code)
    assert one.question.code == question
    assert one.question.likely == likely
    assert [choice.name for choice in one.question.choices] == answers
    assert all(choice.words["th"] and choice.words["en"] for choice in one.question.choices)


@pytest.mark.parametrize(
    ("label", "values", "answer", "type", "made"),
    [
        ("กำไร", ["(1,500)", "200", "300"], "negative", "integer", ["-1500", "200", "300"]),
        ("กำไร", ["(1,500)", "200", "300"], "positive", "integer", ["1500", "200", "300"]),
        ("เฉลี่ย", ["#VALUE!", "2", "3", "4"], "empty", "integer", ["", "2", "3", "4"]),
        ("รหัสโรงเรียน", ["12345", "23456", "1234"], "pad", "string", ["12345", "23456", "01234"]),
        ("จังหวัด", ["นครพนม", "นครพนน"], "replace", "string", ["นครพนม", "นครพนม"]),
        ("วันที่", ["3-04-60"], "be", "date", ["2017-04-03"]),
        ("lsyymm", ["6512"], "be", "yearmonth", ["2022-12"]),
        ("date", ["3/4/2020", "5/6/2020"], "mdy", "date", ["2020-03-04", "2020-05-06"]),
        ("วันที่", ["45291", "45292"], "date", "date", ["2023-12-31", "2024-01-01"]),
        ("ผ่าน", ["✓", ""], "false", "boolean", ["true"]),
        ("ระดับเก็บ", ["1, 4", "1 และ 2.5", "1"], "list", "list", ["1,4", "1,2.5", "1"]),
        ("เรื่อง", ["กำรจัดท ำ"], "aa", "string", ["การจัดทำ"]),
        ("ชื่อ", ["พ\uf70aอ"], "glyphs", "string", ["พ่อ"]),
    ],
)  # fmt: skip
def test_an_answer_makes_the_type_hold(tmp_path, label, values, answer, type, made):
    found = diagnosed(tmp_path, label, values)
    chosen = chosen_answers(found, answer)
    assert (chosen.type, after(found, answer)) == (type, made)
    assert strangers(chosen) == []


@pytest.mark.parametrize(
    ("label", "values", "code", "count", "row"),
    [
        ("ชื่อ", ["เชียง\ufffdหม่", "ก", "เชียง\ufffdหม่"], "cells-lost-letters", 2, 2),
        ("ชื่อ", ["ก", "บ(cid:201)าน"], "cells-cid", 1, 3),
        ("ชื่อ", ["ก", "????"], "cells-question-marks", 1, 3),
    ],
)
def test_what_has_no_safe_rule_is_said_to_have_none(tmp_path, label, values, code, count, row):
    one = finding(diagnosed(tmp_path, label, values), code)
    assert (one.count, one.problem.row, one.remedies, one.question) == (count, row, (), None)


def test_mixed_eras_stop_and_name_the_rows_of_the_rarer_one(tmp_path):
    found = diagnosed(tmp_path, "ปี", ["2566", "2567", "2024", "2566", "2023"])
    one = finding(found, "years-mixed")
    assert one.problem.level is Level.ERROR
    assert [(e.row, e.before) for e in one.examples] == [(4, "2024"), (6, "2023")]
    assert (one.problem.params["rows_be"], one.problem.params["rows_ce"]) == (3, 2)


def test_months_of_both_eras_stop(tmp_path):
    found = diagnosed(tmp_path, "เดือน/ปี", ["ม.ค. 2566", "2023-02"])
    assert finding(found, "months-mixed").problem.level is Level.ERROR


def test_a_leap_day_of_the_buddhist_era_is_right(tmp_path):
    found = diagnosed(tmp_path, "วันที่", ["29 ก.พ. 2567", "28 ก.พ. 2567"])
    one = finding(found, "dates-leap-day")
    assert (one.count, one.problem.level, one.examples[0].after) == (1, Level.NOTE, "2024-02-29")
    assert "dates-impossible" not in codes(found)


def test_leading_zeros_stay(tmp_path):
    found = diagnosed(tmp_path, "REG", ["01", "02", "10", "01"])
    one = finding(found, "code-leading-zero")
    assert (found.type, found.repairs, one.count) == ("string", (), 3)
    assert found.constraints["pattern"] == "[0-9]{2}"


@pytest.mark.parametrize(
    ("label", "values"),
    [
        ("เลขอ้างอิง", ["1234567890123", "2345678901234"]),
        ("โทร.", ["042511574", "0812345678"]),
        ("PROV_ID", ["11", "12"]),
    ],
)
def test_digits_that_are_names_stay_text(tmp_path, label, values):
    assert diagnosed(tmp_path, label, values).type == "string"


def test_a_count_that_looks_like_a_year_is_no_year(tmp_path):
    found = diagnosed(tmp_path, "ไก่ (ตัว)", ["2567", "18,768", "12"])
    assert found.type == "integer"


def test_a_header_that_says_another_level_is_told(tmp_path):
    found = diagnosed(tmp_path, "district", ["วังบูรพาภิรมย์", "วัดราชบพิธ", "สำราญราษฎร์", "เสาชิงช้า"])
    one = finding(found, "places-other-level")
    assert (found.means, one.problem.params["level_found"]) == ("subdistrict", "subdistrict")


def test_abbreviations_under_another_header_are_not_made_places(tmp_path):
    found = diagnosed(tmp_path, "HS[6]", ["BKK", "ACR", "ATG", "BKN"])
    assert found.repairs == ()
    assert found.properties["title"] == "HS"


def test_page_headers_among_values_are_dropped_not_counted_as_strangers(tmp_path):
    found = diagnosed(tmp_path, "จำนวน\nเขต", ["๑", "จำนวน\nเขต", "๒", "จำนวน\nเขต", "๓"])
    one = finding(found, "cells-header")
    assert (found.type, one.count, one.problem.row) == ("integer", 2, 3)
    assert [(r.kind, r.name) for r in one.remedies] == [("rows", "drop_repeated_headers")]


def test_thai_digits_in_running_text_stay(tmp_path):
    found = diagnosed(tmp_path, "กฎหมาย", ["มาตรา ๑๒ วรรคสอง", "มาตรา ๙"])
    assert "text-thai-digits" in codes(found)
    assert found.repairs == ()


def test_constant_columns_are_told(tmp_path):
    found = diagnosed(tmp_path, "ระดับชั้น", ["ก"] * 5)
    assert finding(found, "column-constant").problem.params["only"] == "ก"


@pytest.mark.parametrize(
    ("label", "values", "code"),
    [
        ("ละติจูด", ["71.4", "17.41", "17.42"], "coordinates-outside"),
        ("พิกัด X", ["452310", "452320"], "coordinates-utm"),
        ("ละติจูด", ["17°24'30\"N", "17°25'00\"N"], "coordinates-dms"),
        ("พิกัด", ["17.4108, 104.7812", "17.41, 104.78"], "coordinates-lat-first"),
    ],
)
def test_positions_that_no_map_can_draw_are_told(tmp_path, label, values, code):
    assert finding(diagnosed(tmp_path, label, values), code).problem.row == 2


def test_clean_columns_show_no_sign(tmp_path):
    for label, values in {
        "ชื่อโครงการ": ["ก่อสร้างถนน", "ขุดสระ"], "ราคา": ["10.5", "20"], "ปี": ["2023", "2024"],
        "date": ["2024-02-29", "2024-12-31"], "อำเภอ": ["ธาตุพนม", "นาแก"], "ระดับ": ["ดี", "พอใช้"],
    }.items():  # fmt: skip
        found = diagnosed(tmp_path, label, values)
        assert (codes(found), found.repairs, questions(found)) == (set(), (), []), label


# ---- words


def test_every_sign_says_what_it_refuses_to_guess():
    for name in names("flows.doctor.signs"):
        assert "Refuses" in (variant("flows.doctor.signs", name).__doc__ or ""), name


def test_every_finding_of_these_tests_has_words_and_an_example():
    for code in {row[2] for row in MENDED} | {row[2] for row in ASKED} | {row[3] for row in ASKED}:
        words = template(code)
        assert {"th", "en", "next_th", "next_en", "example"} <= set(words), code


def _own_words():
    path = Path(catalog.__file__).parent / "words" / "doctor_columns.yaml"
    return yaml.safe_load(path.read_bytes())


@pytest.mark.parametrize("code", _own_words())
def test_words_are_whole_with_the_facts_of_their_example(code):
    words = template(code)
    facts = dict(words["example"])
    problem = Problem(
        code, field=facts.pop("field", None), row=facts.pop("row", None), params=facts
    )
    for lang in ("th", "en"):
        assert "…" not in problem.title(lang), lang
    for name, choice in words.get("choices", {}).items():
        assert {"th", "en"} == set(choice), name
