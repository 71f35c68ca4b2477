"""Facts of the public holidays of 2024 to 2026, as they were compiled."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAME = "thai_public_holidays_2024_2026.csv"
SOURCE = ROOT / "datasets" / "cabinet_secretariat" / "public_holidays" / NAME
FOUND = ROOT / ".." / "shared" / "data" / "facts" / NAME
SATURDAY = 5


def holidays() -> dict[date, dict[str, str]]:
    with SOURCE.open(encoding="utf-8-sig", newline="") as file:
        return {date.fromisoformat(row["date"]): row for row in csv.DictReader(file)}


def test_81_days_of_three_years() -> None:
    assert Counter(day.year for day in holidays()) == {2024: 30, 2025: 27, 2026: 24}


def test_songkran_is_the_same_three_days_each_year() -> None:
    songkran = [day for day, row in holidays().items() if row["name_th"] == "วันสงกรานต์"]

    assert songkran == [date(year, 4, day) for year in (2024, 2025, 2026) for day in (13, 14, 15)]


def test_substitute_days_are_those_named_so() -> None:
    for row in holidays().values():
        assert (row["is_substitute"] == "true") == row["name_th"].startswith("ชดเชย")


def test_only_the_ploughing_ceremony_is_for_government_offices_alone() -> None:
    government = {
        row["name_th"] for row in holidays().values() if row["categories"] == "government"
    }

    assert government == {"วันพืชมงคล"}


def test_childrens_day_is_in_the_list_though_it_is_no_day_off() -> None:
    days = [day for day, row in holidays().items() if row["name_th"] == "วันเด็กแห่งชาติ"]

    assert [day.weekday() for day in days] == [SATURDAY] * 3
    assert all(8 <= day.day <= 14 for day in days)


def test_licence_of_the_compilers_lies_beside_it() -> None:
    licence = SOURCE.parents[1] / "LICENSE-holidays"

    assert "Vacanza Team and individual contributors" in licence.read_text("utf-8")


def test_copy_is_as_it_was_found() -> None:
    if not FOUND.exists():
        pytest.skip("the file that was copied is not beside this checkout")

    assert SOURCE.read_bytes() == FOUND.read_bytes()
