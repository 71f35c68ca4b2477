"""Files that came to harm, and files built to do harm: a report or a clear refusal each."""

from __future__ import annotations

import pytest

from benchmarks._monsters import MONSTERS
from benchmarks.mutated import BOUND, examined
from catalog.problem import codes

#: Every so many numbers a monster; the others are small tables and bundled files come to harm.
_STEP = 20
_MONSTERS = {monster.__name__.strip("_"): at * _STEP for at, monster in enumerate(MONSTERS)}
_HARMED = tuple(number for number in range(1, 41) if number % _STEP)
#: What the doctor says first of each that it refuses.
_REFUSED = {
    "wide": "doctor-too-wide", "same_labels": "doctor-columns-many", "ragged": "doctor-rows-long",
    "gzip_bomb": "source-unpacks", "gzip_rows": "source-unpacks", "many_keys": "source-names-many",
    "new_keys": "source-names-many", "bomb": "source-unpacks", "deep_xml": "kml-invalid",
    "outside": "kml-invalid", "many_members": "kmz-which", "liar": "workbook-broken",
    "far_cell": "workbook-too-large", "wide_sheet": "doctor-columns-many",
    "one_string": "workbook-too-large", "many_sheets": "doctor-tables-many",
    "repeated": "workbook-too-large", "repeated_text": "workbook-too-large",
    "endless_view": "gpkg-endless", "claims": "shp-broken", "workbook_laughs": "workbook-broken",
    "document_laughs": "workbook-broken",
}  # fmt: skip
_REPORTED = ("huge_cell", "long_cells", "long_figures", "one_quote", "returns", "long_ring",
             "long_line", "formulas", "merged")  # fmt: skip


@pytest.fixture(scope="module")
def told():
    return {found["number"]: found for found in examined((*_MONSTERS.values(), *_HARMED))}


@pytest.mark.slow
def test_each_ends_in_a_report_or_a_refusal_in_time(told):
    ends = {number: found["ended"] for number, found in told.items()}
    assert {number: end for number, end in ends.items() if end not in ("report", "refused")} == {}
    assert max(found["seconds"] for found in told.values()) < BOUND


@pytest.mark.slow
def test_memory_stays_bounded_whatever_comes(told):
    assert max(found["peak"] for found in told.values()) < 1.2e9


@pytest.mark.slow
def test_a_refusal_says_why(told):
    said = {name: told[number]["said"] for name, number in _MONSTERS.items()}
    assert {name: said[name] for name in _REFUSED} == _REFUSED
    assert {found["said"] for found in told.values()} - {""} <= set(codes())


@pytest.mark.slow
def test_what_is_only_large_is_examined(told):
    assert {name: told[_MONSTERS[name]]["ended"] for name in _REPORTED} == dict.fromkeys(
        _REPORTED, "report"
    )


@pytest.mark.slow
def test_validate_holds_harmed_files_against_a_schema_or_refuses_them():
    found = list(examined(_HARMED, "validate"))
    assert {one["ended"] for one in found} == {"report", "refused"}
    assert max(one["seconds"] for one in found) < BOUND
