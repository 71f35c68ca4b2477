"""Hotspots and PM2.5 of Nakhon Sawan: which figure is which year's, and which is the target."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "datasets" / "nakhon_sawan" / "hotspots_pm25" / "figures.csv"
SEED = ROOT / ".." / "shared" / "seeds" / "004_fe8022c08dcf1412.txt"


def rows() -> list[dict[str, str]]:
    with SOURCE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("measure", "year", "kind", "value", "percent"),
    [
        ("hotspots", "2563", "ผล", "4,794", ""),
        ("hotspots", "2564", "ผล", "2,550", "53"),
        ("hotspots", "2564", "เป้าหมาย", "3,835", "80"),
        ("pm25_days", "2563", "ผล", "31", ""),
        ("pm25_days", "2564", "ผล", "15", "48"),
        ("pm25_days", "2564", "เป้าหมาย", "25", "80"),
    ],
)
def test_figure_of_year_and_kind(
    measure: str, year: str, kind: str, value: str, percent: str
) -> None:
    found = [
        (row["จำนวน"], row["ร้อยละของปี 2563"])
        for row in rows()
        if (row["รหัส"], row["ปี พ.ศ."], row["ประเภทค่า"]) == (measure, year, kind)
    ]

    assert found == [(value, percent)]


def test_stated_percent_is_that_of_the_base_year_within_one() -> None:
    base = {row["รหัส"]: row for row in rows() if row["ปี พ.ศ."] == "2563"}
    compared = [row for row in rows() if row["ร้อยละของปี 2563"]]

    assert len(compared) == 4
    for row in compared:
        value, of = (int(each["จำนวน"].replace(",", "")) for each in (row, base[row["รหัส"]]))
        assert abs(100 * value / of - int(row["ร้อยละของปี 2563"])) < 1


def test_quotes_are_the_words_of_the_book() -> None:
    if not SEED.exists():
        pytest.skip("the text of the book is not beside this checkout")
    book = re.sub(r"\n+", "", SEED.read_text("utf-8"))

    assert [row["รหัส"] for row in rows() if row["ข้อความในเอกสาร"] not in book] == []


def test_repaired_figures_are_numbers_of_years_ce(
    read: Callable[[str, str], list[dict[str, Any]]],
) -> None:
    table = read("nakhon_sawan/hotspots_pm25", "figures")
    figures = {(row["measure"], row["year"], row["kind"]): row["value"] for row in table}

    assert figures == {
        ("hotspots", 2020, "actual"): 4794,
        ("hotspots", 2021, "target"): 3835,
        ("hotspots", 2021, "actual"): 2550,
        ("pm25_days", 2020, "actual"): 31,
        ("pm25_days", 2021, "target"): 25,
        ("pm25_days", 2021, "actual"): 15,
    }
    assert "ซึ่งต่ำกว่าเป้าหมายที่กำหนด" in table[0]["quote"]
