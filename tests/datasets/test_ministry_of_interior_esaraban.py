"""Facts of the e-Saraban plan: its clusters with their wrong lines, and its activities."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from openpyxl import load_workbook

ROOT = Path(__file__).parents[2]
OFFICE = ROOT / "datasets" / "ministry_of_interior"
SEED = ROOT / ".." / "shared" / "seeds" / "003_9b69e50174e66538.txt"


def sheet() -> list[tuple[object, ...]]:
    book = load_workbook(OFFICE / "esaraban_rollout" / "clusters.xlsx", read_only=True)
    return [tuple(row) for row in book["กลุ่มจังหวัด"].iter_rows(values_only=True)]


def rows(path: str) -> list[dict[str, str]]:
    with (OFFICE / path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_clusters_stand_under_a_title_and_two_header_rows() -> None:
    title, _, upper, lower, *clusters = sheet()

    assert "๑๘ กลุ่มจังหวัด" in str(title[0])
    assert upper[:4] == ("ข้อ", "กลุ่มจังหวัด", "ศูนย์ปฏิบัติการกลุ่มจังหวัด", "ที่ตั้งศาลากลางจังหวัด")
    assert lower[3:] == ("จังหวัด", "ละติจูด", "ลองจิจูด")
    assert len(clusters) == 18


def test_three_wrong_lines_of_the_north_east_are_kept_as_found() -> None:
    clusters = {row[0]: row[1:3] for row in sheet()[4:]}

    assert clusters["(๑๒)"] == ("ภาคตะวันออกเชิงเหนือตอนกลาง", "อุบลราชธานี")
    assert clusters["(๑๓)"] == ("ภาคตะวันออกเชิงเหนือตอนล่าง ๑", "ขอนแก่น")
    assert clusters["(๑๔)"] == ("ภาคตะวันออกเฉียงเหนือตอนล่าง ๒", "นครราชสีมา")


def test_number_4_lacks_its_1_and_four_lines_misspell_the_north_east() -> None:
    names = [str(row[1]) for row in sheet()[4:]]

    assert names[3] == "ภาคกลางตอนล่าง"
    assert [number for number, name in enumerate(names, 1) if "เชิงเหนือ" in name] == [10, 11, 12, 13]


def test_position_of_each_centre_is_that_of_its_provincial_hall() -> None:
    halls = {
        row["province_th"]: (float(row["latitude"]), float(row["longitude"]))
        for row in rows("province_halls/province_halls.csv")
    }

    for _, _, centre, joined, latitude, longitude in sheet()[4:]:
        assert joined == centre
        assert halls[str(centre)] == (latitude, longitude)


def test_activities_are_12_and_one_part() -> None:
    activities = rows("esaraban_rollout/activities.csv")

    assert [row["ที่"] for row in activities] == [
        *(f"{number}." for number in range(1, 6)),
        "5.1",
        *(f"{number}." for number in range(6, 13)),
    ]
    assert activities[10]["แนวทาง/กิจกรรม"] == "ส่งการให้มีการใช้ระบบ"
    assert activities[10]["ผู้รับผิดชอบ"] == "กองกลาง"
    assert "ทั้ง 18 จังหวัด" in activities[6]["แนวทาง/กิจกรรม"]


def test_every_line_stands_in_the_plan() -> None:
    if not SEED.exists():
        pytest.skip("the text of the plan is not beside this checkout")
    plan = SEED.read_text("utf-8")
    lines = [line.split("\t") for line in plan.splitlines()]
    printed = {cells[0]: [cell for cell in cells if cell][-1] for cells in lines if len(cells) > 1}

    for number, cluster, centre, *_ in sheet()[4:]:
        assert f"- {number} {cluster} {centre}\n" in plan
    for row in rows("esaraban_rollout/activities.csv"):
        assert printed[f"{row['ที่']} {row['แนวทาง/กิจกรรม']}"] == row["ผู้รับผิดชอบ"]
