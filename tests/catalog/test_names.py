from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.names import (
    DatasetId,
    FileName,
    Version,
    check_name,
    is_edition,
    read_row_key,
    row_key,
)

_names = st.from_regex(r"[a-z][a-z0-9]{0,9}(_[a-z0-9]{1,8}){0,2}", fullmatch=True)


@given(_names, _names)
def test_every_id_comes_back_from_text_and_from_its_ckan_name(office, dataset):
    id = DatasetId(office, dataset)
    assert DatasetId.parse(str(id)) == id
    assert DatasetId.from_ckan_name(id.ckan_name) == id
    assert 2 <= len(id.ckan_name) <= 70


@given(st.dates(), st.integers(1, 999))
def test_every_version_comes_back(day, count):
    assert Version.parse(str(Version(day, count))) == Version(day, count)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1))
def test_every_row_key_comes_back_and_is_one_path_segment(values):
    key = row_key(*values)
    assert read_row_key(key) == tuple(values)
    assert not set(key) & set("/?# ")
    assert key not in (".", "..")


@given(_names, st.sampled_from(["csv", "geojson", "shp.zip", "bom.csv", "ttl"]))
def test_every_file_name_comes_back(stem, extension):
    assert FileName.parse(f"{stem}.{extension}") == FileName(stem, extension)


@pytest.mark.parametrize(
    "name", ["", "Upper", "ไทย", "two__underscores", "hy-phen", "1st", "_a", "a_", "a" * 64, "a\n"]
)
def test_what_is_no_name_is_refused(name):
    with pytest.raises(ValueError, match="snake_case"):
        check_name(name)


def test_an_id_whose_ckan_name_would_pass_70_characters_is_refused():
    with pytest.raises(ValueError, match="70"):
        DatasetId("a" * 40, "b" * 40)


@pytest.mark.parametrize("text", ["2026-11-20", "2026-11-20.0", "2026-13-01.1", "๒๐๒๖-11-20.1"])
def test_what_is_no_version_is_refused(text):
    with pytest.raises(ValueError):
        Version.parse(text)


def test_versions_count_up_within_a_day_and_never_go_back_with_the_clock():
    first = Version(date(2026, 11, 20))
    assert str(first.after(date(2026, 11, 20))) == "2026-11-20.2"
    assert str(first.after(date(2026, 11, 21))) == "2026-11-21.1"
    assert str(first.after(date(2026, 11, 19))) == "2026-11-20.2"


def test_versions_and_editions_cannot_be_mistaken_for_each_other():
    assert is_edition("3f2a9c41d0be")
    assert not is_edition("2026-11-20.1")
    assert not is_edition("latest")


def test_paths_are_what_the_grammar_says():
    id = DatasetId("nakhon_phanom", "publishing_duties")
    assert id.path == "/dataset/nakhon_phanom/publishing_duties"
    assert id.file_path("latest", "duties.csv") == (
        "/files/nakhon_phanom/publishing_duties/latest/duties.csv"
    )
    assert id.row_path("duties", "ก/1") == (
        "/id/nakhon_phanom/publishing_duties/duties/%E0%B8%81%2F1"
    )


def test_dots_are_encoded_only_where_they_are_no_path_segment():
    assert row_key("7.6", "a.b") == "7.6,a.b"
    assert (row_key("."), row_key("..")) == ("%2E", "%2E%2E")
