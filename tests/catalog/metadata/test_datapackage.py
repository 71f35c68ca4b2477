"""Data Package v2: valid by its profile and by Frictionless, one resource per table."""

from __future__ import annotations

import json

import pytest

from catalog.metadata import datapackage

from .conftest import BUNDLED

KEYED = {"fields": [{"name": "code", "type": "string"}, {"name": "of", "type": "string"}]}


@pytest.mark.parametrize("name", BUNDLED)
def test_frictionless_finds_the_package_and_every_table_valid(bundled, name):
    from frictionless import Package

    sealed = bundled(name)
    package = Package(sealed.folder / "datapackage.json")
    report = package.validate()
    assert report.flatten(["name", "type", "message"]) == []
    tables = sealed.described.spec.tables
    assert [task.name for task in report.tasks] == list(tables)
    rows = {table.name: table.rows for table in sealed.described.facts.tables}
    assert {task.name: task.stats["rows"] for task in report.tasks} == rows


def test_a_byte_that_changed_is_seen_by_its_hash(bundled, tmp_path):
    import shutil

    from frictionless import Package

    folder = tmp_path / "release"
    shutil.copytree(bundled("opdc/pmqa_overall_winners").folder, folder)
    table = next(folder.glob("*.csv"))
    table.write_bytes(table.read_bytes().replace(b"1", b"2", 1))
    assert "hash-count" in {
        kind for [kind] in Package(folder / "datapackage.json").validate().flatten(["type"])
    }


@pytest.mark.parametrize("name", BUNDLED)
def test_the_descriptor_is_valid_by_the_published_profile(bundled, name):
    from importlib.resources import files

    import dplib
    import jsonschema

    profile = json.loads((files(dplib) / "profiles/2.0/datapackage.json").read_text())
    found = jsonschema.Draft7Validator(profile).iter_errors(
        json.loads((bundled(name).folder / "datapackage.json").read_text("utf-8"))
    )
    # The profile that was published lacks the type ``list``, which the standard's prose has.
    kinds = [e.instance.get("type") if isinstance(e.instance, dict) else e.message for e in found]
    assert [kind for kind in kinds if kind != "list"] == []


def test_each_table_is_one_resource_and_its_other_formats_stand_beside_it(describe):
    package = datapackage.build(describe())
    [table] = package["resources"]
    assert (table["name"], table["type"], table["path"]) == ("places", "table", "places.csv")
    assert (table["bytes"], table["hash"]) == (7, "sha256:" + "a1" * 32)
    assert [other["path"] for other in table["alternates"]] == ["places.kml"]
    assert package["version"] == "3f2a9c41d0be"


def test_a_table_without_csv_is_read_from_parquet(describe):
    [table] = datapackage.build(describe(form=("parquet", "xlsx")))["resources"]
    assert table["path"] == "places.parquet"
    assert "encoding" not in table
    assert table["schema"]["fields"][0]["name"] == "code"


def test_the_schema_is_that_of_the_files_as_written_not_of_the_source(describe):
    source = {
        "missingValues": ["", "-"],
        "fieldsMatch": "subset",
        "fields": [{"name": "day", "type": "date", "format": "%d/%m/%Y"},
                   {"name": "price", "type": "number", "groupChar": ",", "bareNumber": False}],
    }  # fmt: skip
    [table] = datapackage.build(describe({"places": {"schema": source}}))["resources"]
    assert table["schema"] == {
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "fields": [{"name": "day", "type": "date"}, {"name": "price", "type": "number"}],
    }


def test_keys_into_the_same_dataset_name_resources_and_others_stand_apart(describe):
    keys = [
        {"fields": ["of"], "reference": {"resource": "kinds", "fields": ["code"]}},
        {"fields": ["of"], "reference": {"resource": "", "fields": ["code"]}},
        {"fields": ["of"], "reference": {"resource": "opdc/scores/table", "fields": ["code"]}},
    ]
    package = datapackage.build(
        describe({"places": {"schema": KEYED | {"foreignKeys": keys}}, "kinds": {}})
    )
    places, kinds = package["resources"]
    named = [key["reference"]["resource"] for key in places["schema"]["foreignKeys"]]
    assert named == ["kinds", ""]
    assert kinds["name"] == "kinds"
    [outside] = places["schema"]["externalForeignKeys"]
    assert outside["reference"] == {
        "package": "https://data.nakhonphanom.go.th/files/opdc/scores/latest/datapackage.json",
        "resource": "table",
        "fields": ["code"],
    }


def test_a_licence_has_the_open_definitions_name_and_none_is_made_up(describe):
    [licence] = datapackage.build(describe(licence="odbl-1.0"))["licenses"]
    assert licence["name"] == "ODbL-1.0"
    [licence] = datapackage.build(describe(licence="cc-by-4.0"))["licenses"]
    assert licence["name"] == "CC-BY-4.0"
    stated = {"source": {"th": "ก"}, "licence_statement": {"th": "ไม่ระบุ", "en": "states none"}}
    package = datapackage.build(describe(licence="not-stated", provenance=stated))
    assert "licenses" not in package, "the standard wants at least one where the key is there"
    assert (package["rights"], package["rights_en"]) == ("ไม่ระบุ", "states none")
