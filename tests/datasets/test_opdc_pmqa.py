"""Facts of the PMQA award book of 2021 as its source files hold them."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

ROOT = Path(__file__).parents[2]
OPDC = ROOT / "datasets" / "opdc"
SEED = ROOT / ".." / "shared" / "seeds" / "004_fe8022c08dcf1412.txt"
Read = Callable[[str, str], list[dict[str, Any]]]
BULLET = "\uf0d8"
DAMAGE = "\ufffd"


def rows(path: str) -> list[dict[str, str]]:
    with (OPDC / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def score_rows() -> list[list[object]]:
    sheet = load_workbook(OPDC / "pmqa_scores" / "scores.xlsx", read_only=True).active
    assert sheet is not None
    return [[*row] for row in sheet.iter_rows(min_row=6, max_col=8, values_only=True)]


def winners() -> list[str]:
    agencies = [row["หน่วยงาน"] for row in rows("pmqa_winners_2564/winners.csv")]
    return [agency.strip(BULLET + "\t") for agency in agencies if BULLET in agency]


@pytest.fixture(scope="module")
def book() -> str:
    """The text of the book with its broken lines joined."""
    if not SEED.exists():
        pytest.skip("the text of the book is not beside this checkout")
    return re.sub(r"\n+", "", SEED.read_text("utf-8"))


def test_last_row_of_scores_is_a_sum_only_of_the_full_scores() -> None:
    *criteria, last = score_rows()[2:]
    sums = [sum(column) for column in list(zip(*criteria, strict=True))[1:]]  # type: ignore[arg-type]

    assert len(criteria) == 12
    assert last == ["รวม", 1000, 300, 300, 300, 300, 300, 300]
    assert sums == [1000, 286.5, 276, 281, 278.5, 276, 281.5]


def test_scores_stand_under_two_header_rows() -> None:
    upper, lower, first, *_ = score_rows()

    assert upper == ["หมวด", "เกณฑ์การ", *["รางวัล"] * 6]
    assert lower == [None, "ให้คะแนน", *(f"หมวด {number}" for number in range(1, 7))]
    assert first == [1, 120, 60, 30, 30, 30, 30, 30]


def test_each_award_asks_half_of_its_own_category_and_a_quarter_of_the_others() -> None:
    for number, (_, full, *least) in enumerate(score_rows()[2:8]):
        expected = [full / 2 if award == number else full / 4 for award in range(6)]  # type: ignore[operator]
        assert least == expected


def test_winners_are_34_awards_of_29_agencies_where_the_text_says_32() -> None:
    stated = {row["รายการ"]: row["จำนวน"] for row in rows("pmqa_winners_2564/stated_counts.csv")}

    assert len(winners()) == 34
    assert len(set(winners())) == 29
    assert stated["รางวัลที่มอบ"] == "34"
    assert stated["หน่วยงานที่ได้รับรางวัล (ผลการพิจารณา)"] == "32"


def test_five_agencies_won_in_two_categories() -> None:
    twice = {agency for agency in winners() if winners().count(agency) == 2}

    assert twice == {
        "กรมสอบสวนคดีพิเศษ",
        "กรมการแพทย์",
        "กรมการแพทย์แผนไทยและการแพทย์ทางเลือก",
        "กรมวิทยาศาสตร์การแพทย์",
        f"ส{DAMAGE}ำนักงานคณะกรรมการอาหารและยา",
    }


def test_winners_by_category() -> None:
    counts: list[int] = []
    for row in rows("pmqa_winners_2564/winners.csv"):
        heading, agency = (row[label] or "" for label in list(row)[:2])
        if re.match(r"หมวด \d", heading):
            counts.append(0)
        if BULLET in agency:
            counts[-1] += 1

    assert counts == [9, 11, 8, 3, 1, 2]


def test_provinces_stand_beside_winners_that_are_provinces() -> None:
    table = rows("pmqa_winners_2564/winners.csv")
    named = [row["จังหวัด"] for row in table if BULLET in row["หน่วยงาน"] and row["จังหวัด"]]

    assert named == [agency for agency in winners() if agency.startswith("จังหวัด")]
    assert len(named) == 13


def test_applicants_that_the_text_counts_do_not_add_up() -> None:
    stated = {
        row["รายการ"]: int(row["จำนวน"]) for row in rows("pmqa_winners_2564/stated_counts.csv")
    }

    assert stated["หน่วยงานที่สมัคร"] == 77
    assert stated["ส่วนราชการที่สมัคร"] + stated["จังหวัดที่สมัคร"] == 75


def test_overall_winners_have_two_one_and_one_works() -> None:
    awards = rows("pmqa_overall_winners/awards.csv")

    assert [row["หน่วยงาน"] for row in awards] == ["กรมสรรพากร", "", "", "กรมปศุสัตว์", "", ""]
    assert [re.sub(r"\D", "", row["จำนวน"]) for row in awards] == ["2", "1", "1"] * 2


@pytest.mark.parametrize(
    ("agency", "value", "unit", "before"),
    [
        ("กรมวิทยาศาสตร์การแพทย์", "6", "วันทำการ", "29"),
        ("จังหวัดหนองคาย", "28.36", "ร้อยละ", ""),
        (f"ส{DAMAGE}ำนักงานประกันสังคม", "935,564,325", "บาท", ""),
        (f"จังหวัดล{DAMAGE}ำพูน", "270,000", "ไร่", ""),
    ],
)
def test_indicator_is_that_of_the_agency_whose_chapter_it_is(
    agency: str, value: str, unit: str, before: str
) -> None:
    found = [
        row
        for row in rows("pmqa_indicators/indicators.csv")
        if (row["หน่วยงาน"], row["ค่า"], row["หน่วย"]) == (agency, value, unit)
    ]

    assert [row["ค่าเดิม"] for row in found] == [before]


def test_every_indicator_is_in_the_words_beside_it() -> None:
    table = rows("pmqa_indicators/indicators.csv")

    assert len(table) == 59
    for row in table:
        for label in ("ค่าเดิม", "ค่าเดิม (ขอบบน)", "ค่า", "ค่า (ขอบบน)", "ปี พ.ศ."):
            number = rf"(?<![\d.,]){re.escape(row[label])}(?![\d,]|\.\d)"
            assert not row[label] or re.search(number, row["ข้อความในเอกสาร"]), row["ลำดับ"]


@pytest.mark.parametrize(
    "path", ["pmqa_indicators/indicators.csv", "pmqa_winners_2564/stated_counts.csv"]
)
def test_quotes_are_the_words_of_the_book(book: str, path: str) -> None:
    assert [row["ลำดับ"] for row in rows(path) if row["ข้อความในเอกสาร"] not in book] == []


def test_winners_stand_in_the_book_in_this_order(book: str) -> None:
    assert re.findall(rf"{BULLET}\t(.*?)(?=\s*(?:{BULLET}|หมวด| ?รางวัล|$))", book) == winners()


def test_scores_are_those_of_the_book() -> None:
    if not SEED.exists():
        pytest.skip("the text of the book is not beside this checkout")
    lines = set(SEED.read_text("utf-8").splitlines())

    printed = [" ".join(f"{cell:g}" if isinstance(cell, int | float) else str(cell) for cell in row)
               for row in score_rows()[2:]]  # fmt: skip
    assert [line for line in printed if line not in lines] == []


def test_repaired_winners_have_categories_and_province_codes(read: Read) -> None:
    table = read("opdc/pmqa_winners_2564", "winners")
    provinces = {row["agency"]: row["province_code"] for row in table if row["province_code"]}

    assert [row["category"] for row in table] == [*"1" * 9, *"2" * 11, *"3" * 8, *"444566"]
    assert {row["agency"] for row in table if not row["province_code"]} & {*provinces} == set()
    assert len(provinces) == 13
    assert provinces["จังหวัดนครสวรรค์"] == "60"
    assert provinces["จังหวัดอำนาจเจริญ"] == "37"


def test_repaired_scores_keep_the_row_that_is_no_total(read: Read) -> None:
    printed = read("opdc/pmqa_scores", "scores")
    long = read("opdc/pmqa_scores", "minimums")

    assert [row["criterion"] for row in printed][-2:] == ["7.6", "รวม"]
    assert [row["minimum_score"] for row in long if row["criterion"] == "รวม"] == [300] * 6
    assert {(row["criterion"], row["award"]): row["minimum_score"] for row in long} == {
        (row["criterion"], award): row[f"award_{award}"] for row in printed for award in "123456"
    }


def test_repaired_overall_winners_stand_beside_each_of_their_awards(read: Read) -> None:
    table = read("opdc/pmqa_overall_winners", "awards")

    assert [(row["agency"], row["works"]) for row in table] == [
        *(("กรมสรรพากร", works) for works in (2, 1, 1)),
        *(("กรมปศุสัตว์", works) for works in (2, 1, 1)),
    ]


def test_repaired_indicators_read_as_thai_with_years_ce(read: Read) -> None:
    table = {row["number"]: row for row in read("opdc/pmqa_indicators", "indicators")}
    licence, dental, longan = table[5], table[22], table[51]

    assert (licence["before"], licence["value"]) == (29, 6)
    assert "จากเดิม 29 วันทำการ เหลือ 6 วันทำการ" in licence["quote"]
    assert (dental["agency"], dental["value"], dental["year"]) == (
        "สำนักงานประกันสังคม", 935_564_325, 2021,
    )  # fmt: skip
    assert longan["quote"] == "ด้วยพื้นที่ปลูกถึง รวม 270,000 ไร่ มีเกษตรกร ผู้ปลูกถึง 54,000 ครัวเรือน"


@pytest.mark.parametrize(
    ("dataset", "table"),
    [("pmqa_indicators", "indicators"), ("pmqa_winners_2564", "stated_counts")],
)
def test_nothing_of_the_damage_is_left_in_repaired_words(
    read: Read, dataset: str, table: str
) -> None:
    words = [str(value) for row in read(f"opdc/{dataset}", table) for value in row.values()]
    # A vowel or tone mark that stands on anything but a consonant or another mark.
    impossible = re.compile(r"\ufffd|[^ก-ฮัิีึืฺุู็-๎][ัิีึืฺุู็-๎]")

    assert [word for word in words if impossible.search(word)] == []
