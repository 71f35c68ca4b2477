"""Facts of the livestock table as its source file holds them, and its schema beside it."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "datasets/department_of_livestock/livestock_by_tambon/dld-livestock-by-tambon.csv"


@pytest.fixture(scope="module")
def table() -> list[dict[str, str]]:
    with SOURCE.open(encoding="tis-620", newline="") as file:
        return list(csv.DictReader(file))


def heads(row: dict[str, str], *labels: str) -> int:
    return sum(int(row[f"{label} (ตัว)"].replace(",", "")) for label in labels)


def test_400_rows_of_five_provinces(table: list[dict[str, str]]) -> None:
    assert Counter(row["สถานที่เลี้ยงสัตว์ จังหวัด"] for row in table) == {
        "กรุงเทพมหานคร": 126, "พระนครศรีอยุธยา": 106, "ปทุมธานี": 60, "ชัยนาท": 54, "นนทบุรี": 54,
    }  # fmt: skip
    assert [row["id"] for row in table] == [str(number) for number in range(1, 401)]
    assert sum(row["สถานที่เลี้ยงสัตว์ ตำบล"] == "ไม่ระบุตำบล" for row in table) == 11


def test_source_is_not_utf8_and_has_422_thousand_separators(table: list[dict[str, str]]) -> None:
    with pytest.raises(UnicodeDecodeError):
        SOURCE.read_bytes().decode("utf-8")
    assert sum("," in value for row in table for value in row.values()) == 422
    assert table[8]["จำนวนรวม ไก่ ทั้งสิ้น (ตัว)"] == "18,768"


def test_total_head_is_the_sum_of_its_parts_in_every_row(table: list[dict[str, str]]) -> None:
    parts = ("รวมโคเนื้อ พื้นเมือง", "รวมโคเนื้อ พันธุ์แท้", "รวมโคเนื้อ ลูกผสม", "โคเนื้อ ขุน")
    total = "จำนวนรวม โคเนื้อ ทั้งสิ้น"

    assert all(heads(row, total) == heads(row, *parts) for row in table)
    assert sum(heads(row, total) for row in table) == 63_334
    assert sum(heads(row, "จำนวนรวม ไก่ ทั้งสิ้น") for row in table) == 11_406_254


def test_total_of_farmers_is_not_the_sum_of_its_parts(table: list[dict[str, str]]) -> None:
    kept = ("พื้นเมือง", "พันธุ์แท้", "ลูกผสม", "ขุน")
    differing = [
        row
        for row in table
        if int(row["จำนวนรวมเกษตรกรผู้เลี้ยง โคเนื้อ ทั้งสิ้น (ราย)"])
        != sum(int(row[f"เกษตรกรผู้เลี้ยงโคเนื้อ {breed} (ราย)"]) for breed in kept)
    ]

    assert len(differing) == 87


def test_titles_are_the_headings_letter_by_letter(table: list[dict[str, str]]) -> None:
    schema = json.loads((ROOT / "schemas/livestock_by_tambon.json").read_text("utf-8"))
    codes = {"province_code", "district_code", "subdistrict_code"}  # found on the way
    titles = [field["title"] for field in schema["fields"] if field["name"] not in codes]

    assert titles == list(table[0])
    assert len(titles) == 153
