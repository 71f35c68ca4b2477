"""Facts of the administrative areas as their source files hold them."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

DOPA = Path(__file__).parents[2] / "datasets" / "provincial_administration"


def csv_rows(path: str) -> list[dict[str, str]]:
    with (DOPA / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def features(name: str) -> list[dict[str, Any]]:
    return json.loads((DOPA / "administrative_boundaries" / name).read_text("utf-8"))["features"]


@pytest.fixture(scope="module")
def provinces() -> dict[str, str]:
    """TIS 1099 code to name, by the boundaries."""
    found = (feature["properties"] for feature in features("boundaries-provinces.geojson"))
    return {item["ADM1_PCODE"].removeprefix("TH"): item["ADM1_TH"] for item in found}


@pytest.fixture(scope="module")
def boundaries() -> dict[str, str]:
    """DOPA code to name, by the boundaries of districts."""
    found = (feature["properties"] for feature in features("boundaries-districts.geojson"))
    return {item["ADM2_PCODE"].removeprefix("TH"): item["ADM2_TH"] for item in found}


@pytest.fixture(scope="module")
def districts() -> dict[str, tuple[str, str, str]]:
    """Code to Thai name, English name and the compiler's province number."""
    sheet = load_workbook(DOPA / "districts" / "districts.xlsx", read_only=True).active
    assert sheet is not None
    rows = sheet.iter_rows(min_row=2, max_col=4, values_only=True)
    return {str(code): (str(th), str(en), str(number)) for code, th, en, number in rows}


@pytest.fixture(scope="module")
def subdistricts() -> list[dict[str, str]]:
    return csv_rows("subdistricts/sub_districts.csv")


def test_there_are_77_provinces_and_928_district_boundaries(
    provinces: dict[str, str], boundaries: dict[str, str]
) -> None:
    assert len(provinces) == 77
    assert provinces["48"] == "นครพนม"
    assert len(boundaries) == 928
    assert {code[:2] for code in boundaries} == set(provinces)


def test_running_number_of_a_province_is_not_its_code(
    provinces: dict[str, str], districts: dict[str, tuple[str, str, str]]
) -> None:
    listed = {row["id"]: row["name_th"] for row in csv_rows("provinces_list/provinces.csv")}

    assert sorted(map(int, listed)) == list(range(1, 78))
    assert listed["2"] == provinces["11"] == "สมุทรปราการ"
    assert all(listed[number] == provinces[code[:2]] for code, (_, _, number) in districts.items())


def test_boundaries_and_list_of_districts_differ_where_the_descriptions_say(
    boundaries: dict[str, str], districts: dict[str, tuple[str, str, str]]
) -> None:
    differing = {
        code: (name, districts[code][0])
        for code, name in boundaries.items()
        if code in districts and name not in districts[code][0]
    }

    assert len(districts) == 929
    assert set(boundaries) - set(districts) == {"5025"}
    assert boundaries["5025"] == "กัลยาณิวัฒนา"
    assert set(districts) - set(boundaries) == {"7074", "9077"}
    assert differing == {
        "3802": ("พรเจริญ", "เซกา"),
        "3804": ("เซกา", "พรเจริญ"),
        "3805": ("ปากคาด", "ศรีวิไล"),
        "3807": ("ศรีวิไล", "ปากคาด"),
    }


def test_one_english_district_name_has_a_stray_thai_syllable(
    districts: dict[str, tuple[str, str, str]],
) -> None:
    assert [code for code, (_, en, _) in districts.items() if not en.isascii()] == ["4520"]
    assert districts["4520"][1] == "Thung Khao Luangกิ่"


def test_subdistricts_belong_to_listed_districts(
    subdistricts: list[dict[str, str]], districts: dict[str, tuple[str, str, str]]
) -> None:
    assert len({row["id"] for row in subdistricts}) == 7451
    assert {row["district_id"] for row in subdistricts} == set(districts) - {"7074", "9077"}
    assert all(row["id"].startswith(row["district_id"]) for row in subdistricts)
    assert all(len(row["zip_code"]) == 5 for row in subdistricts)


def test_330_subdistricts_have_no_point(subdistricts: list[dict[str, str]]) -> None:
    without = [row for row in subdistricts if not row["lat"]]

    assert without == [row for row in subdistricts if not row["long"]]
    assert len(without) == 330
    assert sum(row["id"].startswith("10") for row in without) == 169


def test_three_english_subdistrict_names_begin_with_a_mark(
    subdistricts: list[dict[str, str]],
) -> None:
    marked = {row["id"]: row["name_en"] for row in subdistricts if row["name_en"][0] in "*("}

    assert marked == {"470704": "*Suwannakarm", "490505": "(Nong Ian", "841505": "*Khao Niphan"}


@pytest.mark.parametrize("path", ["provinces_list/provinces.csv", "subdistricts/sub_districts.csv"])
def test_columns_left_out_say_the_same_in_every_row(path: str) -> None:
    left_out = {(r["created_at"], r["updated_at"], r["deleted_at"]) for r in csv_rows(path)}

    assert left_out == {("2019-08-09T03:33:09.000+07:00", "2025-09-20T06:31:26.000+07:00", "")}
