"""GD Catalog: the core fields, closed lists as the software has them, fields of each type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from catalog.formats import formats
from catalog.metadata import gdcatalog
from catalog.vocabulary import terms

from .conftest import BUNDLED

CORE = (
    "data_type", "title", "owner_org", "maintainer", "maintainer_email", "tag_string", "notes",
    "objective", "update_frequency_unit", "geo_coverage", "data_source", "data_format",
    "data_category", "license_id",
)  # fmt: skip
TYPES = ("record", "statistics", "geospatial", "mixed", "other")


@pytest.fixture
def profile(shared) -> dict[str, Any]:
    return yaml.safe_load((shared / "gdcatalog" / "profile.yaml").read_text("utf-8"))


def _fields(profile: Mapping[str, Any], kind: str = "dataset_fields") -> dict[str, Any]:
    return {field["name"]: field for field in profile[kind]}


@pytest.mark.parametrize(
    ("vocabulary", "field"),
    [("data_types", "data_type"), ("objectives", "objective"),
     ("frequencies", "update_frequency_unit"), ("coverages", "geo_coverage")],
)  # fmt: skip
def test_closed_lists_are_whole_and_spelt_as_the_software_stores_them(profile, vocabulary, field):
    ours = sorted(term.th for term in terms(vocabulary).values())
    assert ours == sorted(_fields(profile)[field]["choices"])


def test_every_other_stored_word_is_a_choice(profile):
    choices = {name: field.get("choices", []) for name, field in _fields(profile).items()}
    for term in terms("classifications").values():
        assert term.th in choices["data_classification"]
        assert term.more["category"] in choices["data_category"]
    for term in terms("licences").values():
        assert term.more["gdcatalog"] in choices["license_id"]
    for term in terms("languages").values():
        assert term.th in choices["data_language"]
    for form in formats().values():
        assert form.gdcatalog in choices["data_format"]


@pytest.mark.parametrize("name", BUNDLED)
def test_an_entry_has_the_core_and_no_field_of_another_type(bundled, profile, name):
    described = bundled(name).described
    entry = gdcatalog.build(described)
    assert [field for field in CORE if not entry.get(field)] == []
    kind = described.spec.data_type
    _held_to(profile, "dataset_fields", entry, kind, {"resources"})
    for resource in entry["resources"]:
        _held_to(profile, "resource_fields", resource, kind, set())
        assert resource["url"].startswith("https://")


def _held_to(
    profile: Mapping[str, Any], which: str, entry: Mapping[str, Any], kind: str, beside: set[str]
) -> None:
    """Known fields, of this type of data, with values of the closed lists."""
    known = _fields(profile, which) | {"name": {}, "description": {}}
    for name, value in entry.items():
        if name in beside:
            continue
        field = known[name]
        assert kind in field.get("applies_to", TYPES), name
        if choices := field.get("choices"):
            values = value if isinstance(value, list) else [value]
            assert set(values) <= set(choices), name
        assert isinstance(value, list) == bool(field.get("multiple")), name


@pytest.mark.parametrize("kind", TYPES)
def test_fields_of_a_type_stay_with_it(describe, profile, kind):
    described = describe(
        live=True, data_type=kind, temporal={"start": "2019-10-01", "end": "2023-09-30"},
        tables={"places": {"box": (99.0, 14.0, 100.5, 15.25)}},
    )  # fmt: skip
    entry = gdcatalog.build(described)
    _held_to(profile, "dataset_fields", entry, kind, {"resources"})
    own = {
        "geospatial": {"west_bound_longitude", "reference_period", "data_release_date"},
        "statistics": {"first_year_of_data", "last_year_of_data"},
    }
    of_some_type = own["geospatial"] | own["statistics"]
    assert of_some_type & set(entry) == own.get(kind, set())


def test_bounds_are_named_as_the_software_names_them(describe):
    tables = {"north": {"box": (99.0, 17.5, 100.0, 18.0)}, "south": {"box": (98.5, 7.0, 99.5, 8.0)}}
    entry = gdcatalog.build(describe(data_type="geospatial", tables=tables))
    bounds = {name: entry[f"{name}_bound_longitude"] for name in ("west", "east", "north", "south")}
    assert bounds == {"west": "98.5", "east": "100.0", "north": "18.0", "south": "7.0"}


def test_what_a_closed_list_lacks_is_said_beside_it(describe):
    entry = gdcatalog.build(describe(form=("csv", "kml", "ods"), licence="mit"))
    assert entry["data_format"] == ["CSV", "อื่นๆ"]
    assert entry["data_format_other"] == "KML, ODS"
    assert (entry["license_id"], entry["license_id_other"]) == ("อื่นๆ", "สัญญาอนุญาตเอ็มไอที")
    entry = gdcatalog.build(describe(form=("csv",), licence="cc-by-4.0"))
    assert entry["data_format"] == ["CSV"]
    assert not {"data_format_other", "license_id_other"} & set(entry)


def test_a_licence_that_nobody_stated_is_said_to_be_none(describe):
    entry = gdcatalog.build(describe(licence="not-stated"))
    assert (entry["license_id"], entry["license_id_other"]) == ("อื่นๆ", "ไม่ระบุสัญญาอนุญาต")


def test_days_are_those_of_thailand_and_only_live_answers_have_them(describe):
    assert "last_updated_date" not in gdcatalog.build(describe())
    entry = gdcatalog.build(describe(live=True))
    assert entry["last_updated_date"] == "2026-11-21", "20:30 UTC is the next day in Bangkok"


def test_years_of_statistics_are_ce(describe):
    entry = gdcatalog.build(
        describe(data_type="statistics", temporal={"start": "2019-10-01", "end": "2023-09-30"})
    )
    assert (entry["first_year_of_data"], entry["last_year_of_data"]) == ("2019", "2023")


def test_how_often_never_is_makes_no_sense(describe):
    assert "update_frequency_interval" not in gdcatalog.build(describe(frequency={"unit": "never"}))
    entry = gdcatalog.build(describe(frequency={"unit": "month", "interval": 6}))
    assert (entry["update_frequency_unit"], entry["update_frequency_interval"]) == ("เดือน", "6")
