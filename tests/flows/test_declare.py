from __future__ import annotations

import json
from pathlib import Path

import pytest

from catalog.names import DatasetId
from catalog.problem import DeclarationError
from catalog.spec import DatasetSpec
from flows.declare import Declarations

MARKETS = DatasetId("si_sawat", "markets")


@pytest.fixture
def declared(province):
    return Declarations(province / "datasets", province / "schemas")


def _edit(province: Path, old: str, new: str) -> int:
    """Replace a text in the markets' declaration; give the line it stands on."""
    path = province / "datasets/si_sawat/markets/dataset.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return text[: text.index(old)].count("\n") + 1


def _problem(declared):
    with pytest.raises(DeclarationError) as caught:
        declared.dataset(MARKETS)
    assert caught.value.exit_code == 2
    return caught.value.problems[0]


def test_a_dataset_takes_id_office_and_contact_from_where_it_lies(declared):
    dataset = declared.dataset(MARKETS)
    assert str(dataset.id) == "si_sawat/markets"
    assert dataset.office.uri_base == "https://si-sawat.example"
    assert dataset.contact.email == "data@si-sawat.example"


def test_a_minimal_declaration_is_short(province):
    lines = (province / "datasets/si_sawat/tax_shops/dataset.yaml").read_text().splitlines()
    assert len(lines) <= 16


def test_the_folder_is_the_only_list_of_datasets(declared, province):
    assert [str(id) for id in declared.ids()] == ["si_sawat/markets", "si_sawat/tax_shops"]
    (province / "datasets/si_sawat/markets/dataset.yaml").unlink()
    assert [str(id) for id in declared.ids()] == ["si_sawat/tax_shops"]


@pytest.mark.parametrize(
    ("old", "new", "code", "nearest"),
    [
        ("licence: cc-by-4.0", "license: cc-by-4.0", "key-unknown", "licence"),
        ("kind: csv", "kind: cvs", "name-unknown", "csv"),
        ("[thai_date]", "[thai_dat]", "name-unknown", "thai_date"),
        ("schema: markets", "schema: market", "schema-missing", "markets"),
        ("opened: [thai", "openned: [thai", "name-unknown", "opened"),
    ],
)
def test_a_mistake_is_named_with_file_line_key_and_the_nearest_right_spelling(
    declared, province, old, new, code, nearest
):
    line = _edit(province, old, new)
    problem = _problem(declared)
    assert problem.code == code
    assert problem.params["nearest"] == nearest
    assert problem.place.startswith(f"si_sawat/markets/dataset.yaml:{line} ")


def test_an_unknown_licence_is_refused_with_the_ones_that_exist(declared, province):
    line = _edit(province, "cc-by-4.0", "cc-by-4")
    problem = _problem(declared)
    assert problem.code == "value-invalid"
    assert "cc-by-4.0" in problem.words("th")
    assert f"dataset.yaml:{line} licence" in problem.place


def test_a_missing_key_and_a_wrong_option_are_named(declared, province):
    _edit(province, "theme: economy\n", "")
    assert (_problem(declared).code, _problem(declared).value) == ("key-missing", "theme")
    _edit(province, "keywords:", "theme: economy\nkeywords:")
    _edit(province, "path: markets.csv", "path: markets.csv, delimeter: ';'")
    problem = _problem(declared)
    assert (problem.code, problem.params["nearest"]) == ("key-unknown", "delimiter")


def test_broken_yaml_and_a_key_that_stands_twice_name_their_line(declared, province):
    _edit(province, "theme: economy", "theme: economy\ntheme: health")
    problem = _problem(declared)
    assert problem.code == "declaration-key-twice"
    assert ":5 theme" in problem.place
    _edit(province, "theme: health", "theme: [health")
    assert _problem(declared).code == "declaration-not-yaml"


def test_a_declaration_does_not_say_what_its_path_says(declared, province):
    _edit(province, "theme:", "id: other/name\ntheme:")
    assert _problem(declared).code == "key-by-path"


def test_a_wrong_name_of_a_dataset_gives_the_nearest(declared):
    with pytest.raises(DeclarationError) as caught:
        declared.find("si_sawat/market")
    assert caught.value.problems[0].params["nearest"] == "si_sawat/markets"


def test_a_declared_dataset_comes_back_from_json(declared):
    dataset = declared.dataset(MARKETS)
    written = dataset.model_dump(mode="json", by_alias=True)
    assert DatasetSpec.model_validate(json.loads(json.dumps(written))) == dataset
