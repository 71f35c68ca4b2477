"""Facts of the province clusters and the provincial halls."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OFFICE = ROOT / "datasets" / "ministry_of_interior"
FACTS = ROOT / ".." / "shared" / "data" / "facts"
GAZETTE = "province_clusters/province_clusters_2552_2554.csv"
BUDGET = "province_clusters/province_clusters_2560_budget_2565.csv"
HALLS = "province_halls/province_halls.csv"


def rows(path: str) -> list[dict[str, str]]:
    with (OFFICE / path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("path", [GAZETTE, BUDGET])
def test_76_provinces_stand_in_18_clusters_and_bangkok_in_none(path: str) -> None:
    codes = {row["province_code"] for row in rows(path)}

    assert len(rows(path)) == len(codes) == 76
    assert "10" not in codes
    assert len({row["cluster_th"] for row in rows(path)}) == 18


def test_each_cluster_of_the_gazette_has_one_centre() -> None:
    centres = Counter(row["cluster_no"] for row in rows(GAZETTE) if row["is_centre"] == "true")

    assert centres == {str(number): 1 for number in range(1, 19)}


def test_second_issue_of_the_gazette_has_the_cluster_that_bueng_kan_joined() -> None:
    later = [row for row in rows(GAZETTE) if "vol. 128 special part 51 ง p. 70" in row["basis"]]

    assert {row["cluster_no"] for row in later} == {"10"}
    assert {row["province_th"] for row in later} == {
        "บึงกาฬ",
        "เลย",
        "หนองคาย",
        "หนองบัวลำภู",
        "อุดรธานี",
    }


def test_two_provinces_of_the_budget_grouping_are_not_listed() -> None:
    basis = {row["province_th"]: row["basis"] for row in rows(BUDGET) if row["basis"] != "listed"}

    assert basis == {"จันทบุรี": "cluster_project_text", "ตราด": "by_elimination"}


def test_plan_and_gazette_share_their_centres_and_differ_on_three_clusters() -> None:
    compared = rows("province_clusters/centres_2008_2009.csv")
    gazette = {
        row["province_th"]: (row["province_code"], row["cluster_no"], row["cluster_th"])
        for row in rows(GAZETTE)
        if row["is_centre"] == "true"
    }
    thai = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789", "()")
    differ = {
        row["ศูนย์ปฏิบัติการกลุ่มจังหวัด"]
        for row in compared
        if row["ข้อในแผน"].translate(thai) != row["ลำดับในราชกิจจานุเบกษา"]
    }

    assert differ == {"อุบลราชธานี", "ขอนแก่น", "นครราชสีมา"}
    assert gazette == {
        row["ศูนย์ปฏิบัติการกลุ่มจังหวัด"]: (
            row["รหัสจังหวัด"],
            row["ลำดับในราชกิจจานุเบกษา"],
            row["กลุ่มจังหวัดในราชกิจจานุเบกษา"],
        )
        for row in compared
    }


def test_77_halls_lie_inside_their_provinces_and_bangkok_has_a_city_hall() -> None:
    halls = rows(HALLS)

    assert len({row["province_code"] for row in halls}) == 77
    assert {row["inside_polygon"] for row in halls} == {"true"}
    assert [row["province_code"] for row in halls if row["office_type"] != "ProvinceHall"] == ["10"]


def test_hall_of_nakhon_phanom() -> None:
    hall = next(row for row in rows(HALLS) if row["province_code"] == "48")

    assert (hall["province_th"], hall["capital_district_th"]) == ("นครพนม", "เมืองนครพนม")
    assert (hall["latitude"], hall["longitude"]) == ("17.4072", "104.7822")


@pytest.mark.parametrize("path", [GAZETTE, BUDGET, HALLS])
def test_copies_are_as_they_were_found(path: str) -> None:
    found = FACTS / Path(path).name
    if not found.exists():
        pytest.skip("the files that were copied are not beside this checkout")

    assert (OFFICE / path).read_bytes() == found.read_bytes()
