"""What the FDA's networks reached, and what each figure counts."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "datasets" / "food_and_drug_administration" / "network_reach" / "reach.csv"
SEED = ROOT / ".." / "shared" / "seeds" / "004_fe8022c08dcf1412.txt"


def rows() -> list[list[str]]:
    with SOURCE.open(encoding="utf-8", newline="") as file:
        return [*csv.reader(file)][1:]


def test_each_figure_counts_its_group() -> None:
    assert [row[:4] for row in rows()] == [
        ["โรงเรียน", "15,686", "โรงเรียน", ""],
        ["ผู้ประกอบการ", "272", "ร้านค้า/ร้านช\ufffdำ", ""],
        ["บ้าน/ครัวเรือน", "2,218", "ครัวเรือน", ""],
        ["ชุมชนที่เข้าร่วมกิจกรรม", "31", "ชุมชน", "31"],
    ]


def test_quotes_are_lines_of_the_book() -> None:
    if not SEED.exists():
        pytest.skip("the text of the book is not beside this checkout")
    lines = {line.strip() for line in SEED.read_text("utf-8").splitlines()}

    assert [row[0] for row in rows() if row[4] not in lines] == []


def test_repaired_figures_are_numbers_with_their_unit(
    read: Callable[[str, str], list[dict[str, Any]]],
) -> None:
    table = read("food_and_drug_administration/network_reach", "reach")

    assert [(row["count"], row["unit"], row["provinces"]) for row in table] == [
        (15_686, "โรงเรียน", None),
        (272, "ร้านค้า/ร้านชำ", None),
        (2_218, "ครัวเรือน", None),
        (31, "ชุมชน", 31),
    ]
