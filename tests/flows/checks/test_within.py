"""Positions in the province that their row states."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from catalog.problem import Level

from .tables import field, found, short, table

PROVINCE = field("province", code="province")
AT = field("at", "geopoint", within="province")
ROOT = Path(__file__).parents[3]
HALL = "104.7828, 17.4069"  # ศาลากลางจังหวัดนครพนม


def test_positions_in_their_province_pass(tmp_path):
    rows = [["48", HALL], ["TH-48", HALL], [None, HALL], ["48", None], ["99", HALL]]
    assert short("within", table(tmp_path, [PROVINCE, AT], rows)) == []


def test_a_position_in_another_province_is_named_with_it(tmp_path):
    rows = [["48", HALL], ["40", HALL], ["48", HALL]]
    (problem,) = found("within", table(tmp_path, [PROVINCE, AT], rows))
    assert (problem.code, problem.row, problem.field) == ("point-elsewhere", 3, "at")
    assert problem.value == "104.7828, 17.4069"
    assert problem.params["found"]["th"] == "48 นครพนม"
    assert problem.params["wanted"]["en"] == "40 Khon Kaen"
    assert 150 < float(problem.params["distance"]) < 250  # Khon Kaen's edge to the Mekong


def test_swapped_coordinates_and_the_far_bank_are_errors(tmp_path):
    rows = [["48", "17.4069, 84.7828"], ["48", "105.3, 17.6"]]
    problems = found("within", table(tmp_path, [PROVINCE, AT], rows))
    assert [(p.code, p.row, p.level) for p in problems] == [
        ("point-outside", 2, Level.ERROR), ("point-outside", 3, Level.ERROR),
    ]  # fmt: skip
    assert problems[0].params["count"] == 2


def test_an_island_that_the_outline_lacks_only_warns(tmp_path):
    koh_mak = ["23", "102.479, 11.817"]
    (problem,) = found("within", table(tmp_path, [PROVINCE, AT], [koh_mak]))
    assert (problem.code, problem.level) == ("point-outside", Level.WARNING)


def test_the_tolerance_can_be_declared(tmp_path):
    over_the_border = ["48", "104.83, 17.44"]  # in the Mekong, about 3 km off the simplified bank
    roomy = field("at", "geopoint", within="province", withinTolerance=15)
    strict = field("at", "geopoint", within="province", withinTolerance=0)
    assert short("within", table(tmp_path, [PROVINCE, roomy], [over_the_border])) == []
    (problem,) = found("within", table(tmp_path, [PROVINCE, strict], [over_the_border]))
    assert problem.code == "point-outside"


def test_a_line_or_area_is_judged_by_a_point_on_it(tmp_path):
    shape = field("shape", "geojson", within="province")
    square = {"type": "Polygon", "coordinates": [[
        [104.70, 17.30], [104.75, 17.30], [104.75, 17.35], [104.70, 17.35], [104.70, 17.30],
    ]]}  # fmt: skip
    rows = [["48", json.dumps(square)], ["40", json.dumps(square)]]
    assert [p.row for p in found("within", table(tmp_path, [PROVINCE, shape], rows))] == [3]


def test_the_halls_of_all_provinces_lie_in_them(tmp_path):
    folder = ROOT / "datasets" / "ministry_of_interior" / "province_halls"
    with (folder / "province_halls.csv").open(encoding="utf-8-sig") as file:
        halls = list(csv.DictReader(file))
    rows = [[hall["province_code"], f"{hall['longitude']}, {hall['latitude']}"] for hall in halls]
    assert len(rows) == 76 or len(rows) == 77
    assert short("within", table(tmp_path, [PROVINCE, AT], rows)) == []


def test_of_the_real_subdistricts_hardly_any_is_misjudged(tmp_path, shared):
    """The outlines are simplified; positions are given to 3 decimals."""
    with (shared / "data" / "sub_districts.csv").open(encoding="utf-8-sig") as file:
        real = [
            [row["id"][:2], f"{row['long']}, {row['lat']}"]
            for row in csv.DictReader(file)
            if row["lat"]
        ]
    problems = found("within", table(tmp_path, [PROVINCE, AT], real))
    errors = [problem for problem in problems if problem.level is Level.ERROR]
    assert len(real) == 7121
    assert len(errors) <= 5
    assert len(problems) - len(errors) <= 40
    swapped = [["48" if code == "40" else "40", at] for code, at in real]
    far = found("within", table(tmp_path, [PROVINCE, AT], swapped, name="swapped"))
    assert len(far) >= 1000
    assert far[0].params["count"] > 6900


@pytest.mark.parametrize("within", ["nowhere", "plain"])
def test_within_names_a_column_of_codes(tmp_path, within):
    from catalog.problem import DeclarationError

    with pytest.raises(DeclarationError):
        table(tmp_path, [field("plain"), field("at", "geopoint", within=within)], [])
