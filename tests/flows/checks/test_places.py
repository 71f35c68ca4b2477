"""Codes of places and postcodes: that they exist, and lie in what their row says."""

from __future__ import annotations

import csv

import pytest

from catalog.problem import DeclarationError
from flows.checks.places import exists
from flows.repairs._places import places

from .tables import field, found, short, table

PROVINCE = field("province", code="province")
DISTRICT = field("district", code="district", within="province")
SUBDISTRICT = field("subdistrict", code="subdistrict", within="district")


def test_places_that_exist_and_lie_in_each_other_pass(tmp_path):
    rows = [
        ["48", "4801", "480101"], ["TH-48", "4803", None], [None, "4801", "480101"],
        ["50", "5025", "502501"], ["10", None, None],
    ]  # fmt: skip
    assert short("places", table(tmp_path, [PROVINCE, DISTRICT, SUBDISTRICT], rows)) == []


def test_a_code_that_does_not_exist_is_named_with_the_nearest(tmp_path):
    rows = [["48"], ["นครพนน"], ["99"], ["4"], ["นครพนน"]]
    problems = found("places", table(tmp_path, [PROVINCE], rows))
    assert [(p.code, p.row, p.value, p.params["count"]) for p in problems] == [
        ("place-code", 3, "นครพนน", 4), ("place-code", 4, "99", 4),
        ("place-code", 5, "4", 4), ("place-code", 6, "นครพนน", 4),
    ]  # fmt: skip
    assert "48 นครพนม" in problems[0].title("th")
    assert "48 Nakhon Phanom" in problems[0].title("en")


def test_a_district_of_another_province_is_named_with_the_one_it_should_lie_in(tmp_path):
    rows = [["48", "4801"], ["47", "4801"], ["99", "4801"], ["48", "9999"]]
    problems = found("places", table(tmp_path, [PROVINCE, DISTRICT], rows))
    assert [(p.code, p.row, p.field, p.value) for p in problems] == [
        ("place-code", 4, "province", "99"),
        ("place-code", 5, "district", "9999"),
        ("place-outside", 3, "district", "4801"),
    ]
    assert "47 สกลนคร" in problems[2].title("th")


def test_a_subdistrict_may_state_its_province_alone(tmp_path):
    fields = [PROVINCE, field("subdistrict", code="subdistrict", within="province")]
    rows = [["48", "480101"], ["47", "480101"]]
    assert short("places", table(tmp_path, fields, rows)) == [
        ("place-outside", 3, "subdistrict", "480101")
    ]


def test_codes_may_be_whole_numbers(tmp_path):
    fields = [field("province", "integer", code="province")]
    assert short("places", table(tmp_path, fields, [["48"], ["98"]])) == [
        ("place-code", 3, "province", "98")
    ]


def test_postcodes_exist_and_serve_their_province(tmp_path):
    fields = [PROVINCE, field("postcode", code="postcode", within="province")]
    rows = [["48", "48000"], ["48", "48999"], ["48", "47000"], ["48", "4800"], ["48", "01000"]]
    problems = found("places", table(tmp_path, fields, rows))
    assert [(p.code, p.row, p.value, str(p.level)) for p in problems] == [
        ("postcode", 5, "4800", "error"), ("postcode", 6, "01000", "error"),
        ("postcode-unlisted", 3, "48999", "warning"), ("place-outside", 4, "47000", "error"),
    ]  # fmt: skip


def test_every_listed_place_exists_and_every_subdistrict_has_its_postcode(tmp_path):
    for level in ("province", "district", "subdistrict"):
        codes = places(level).codes
        assert exists(codes, level).to_pylist() == [True] * len(codes)


def test_the_places_of_a_real_file_lie_in_each_other(tmp_path, shared):
    with (shared / "data" / "sub_districts.csv").open(encoding="utf-8-sig") as file:
        real = [
            (row["district_id"][:2], row["district_id"], row["id"], row["zip_code"])
            for row in csv.DictReader(file)
        ]
    fields = [
        PROVINCE, DISTRICT, SUBDISTRICT, field("postcode", code="postcode", within="district"),
    ]  # fmt: skip
    assert len(real) == 7451
    assert short("places", table(tmp_path, fields, real)) == []


@pytest.mark.parametrize(
    "fields",
    [
        [field("a", code="province"), field("b", code="province", within="a")],
        [field("a", code="district"), field("b", code="province", within="a")],
        [field("a"), field("b", code="district", within="a")],
        [field("a", code="province"), field("b", within="a")],
        [field("b", code="district", within="a")],
        [field("a", "integer", code="thaiCitizenId")],
        [field("a", "date", code="province")],
    ],
)
def test_a_place_is_declared_within_what_can_hold_it(tmp_path, fields):
    with pytest.raises(DeclarationError):
        table(tmp_path, fields, [])
