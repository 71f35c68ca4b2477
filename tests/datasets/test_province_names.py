"""Facts of the province name variants as their source file holds them."""

from __future__ import annotations

import ast
import csv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = (
    ROOT / "datasets/ministry_of_public_health/province_name_variants/province-name-variants.csv"
)


@pytest.fixture(scope="module")
def table() -> dict[str, dict[str, str]]:
    with SOURCE.open(encoding="utf-8", newline="") as file:
        return {row["Name"]: row for row in csv.DictReader(file)}


def test_77_provinces_and_two_rows_that_are_none(table: dict[str, dict[str, str]]) -> None:
    without_code = [name for name, row in table.items() if not row["ISO[7]"]]

    assert len(table) == 79
    assert without_code == ["Prison", "Unknown"]
    assert [table[name]["district_num"] for name in without_code] == without_code
    assert table["Nakhon Phanom"]["ISO[7]"] == "TH-48"


def test_population_adds_up_to_66_million(table: dict[str, dict[str, str]]) -> None:
    assert sum(int(row["Population (2019)[1]"] or 0) for row in table.values()) == 66_558_935


def test_593_forms_are_all_different(table: dict[str, dict[str, str]]) -> None:
    forms = [form for row in table.values() for form in ast.literal_eval(row["Alt_names"])]

    assert len(forms) == len(set(forms)) == 593


@pytest.mark.parametrize(
    ("province", "form"),
    [
        ("Lampang", "ล\u0e4d\u0e32ปาง"),  # NIKHAHIT and SARA AA for SARA AM
        ("Amnat Charoen", "อ านาจเจริญ"),  # SARA AM torn to a blank and SARA AA
        ("Songkhla", "สงขลา\u200b"),  # a ZERO WIDTH SPACE at the end
        ("Bangkok", "กรงุเทพมหานคร"),  # a vowel on the wrong side of its consonant
    ],
)
def test_damaged_forms_stand_as_they_were_met(
    table: dict[str, dict[str, str]], province: str, form: str
) -> None:
    assert form in ast.literal_eval(table[province]["Alt_names"])
