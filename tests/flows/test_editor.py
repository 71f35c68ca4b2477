"""What an editor is told of declarations: never stricter than what loads, helpful in the rest."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from catalog.registry import names
from flows.editor import editor_schemas, told

ROOT = Path(__file__).parents[2]
DECLARED = sorted((ROOT / "datasets").glob("*/*/dataset.yaml"))


@pytest.fixture(scope="module")
def schemas():
    return editor_schemas()


@pytest.fixture(scope="module")
def dataset(schemas):
    return jsonschema.Draft202012Validator(schemas["dataset.schema.json"])


def _body(path: Path):
    """A declaration as an editor sees it: dates are texts."""
    return json.loads(json.dumps(yaml.safe_load(path.read_text("utf-8")), default=str))


@pytest.fixture
def markets(province):
    return _body(province / "datasets/si_sawat/markets/dataset.yaml")


@pytest.mark.parametrize("path", DECLARED, ids=lambda path: "/".join(path.parts[-3:-1]))
def test_every_bundled_declaration_is_accepted_as_it_is_written(dataset, path):
    assert [f"{e.json_path}: {e.message}" for e in dataset.iter_errors(_body(path))] == []


def test_every_bundled_office_is_accepted(schemas):
    office = jsonschema.Draft202012Validator(schemas["office.schema.json"])
    offices = sorted((ROOT / "datasets").glob("*/office.yaml"))
    assert len(offices) >= 6
    for path in offices:
        assert list(office.iter_errors(_body(path))) == [], path


@pytest.mark.parametrize(
    "steps",
    [
        ["trim"],
        ["trim", {"place": {"level": "province", "to": "code"}}],
        [{"thai_year": None}],
        [{"replace": {"values": {"1": 2}}}],
        [{"name": "trim", "options": {"line_breaks": "space"}}],
    ],
)
def test_repairs_are_accepted_in_every_form_that_loads(dataset, markets, steps):
    markets["tables"]["markets"]["repairs"] = {"name": steps}
    assert list(dataset.iter_errors(markets)) == []


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"license": "cc-by-4.0"}, "$"),
        ({"theme": "money"}, "$.theme"),
        ({"licence": "cc-by"}, "$.licence"),
    ],
)
def test_a_slip_of_the_pen_is_marked_where_it_stands(dataset, markets, change, place):
    assert {e.json_path for e in dataset.iter_errors(markets | change)} == {place}


@pytest.mark.parametrize(
    "change",
    [
        {"source": {"kind": "cvs", "path": "a.csv"}},
        {"source": {"kind": "csv", "path": "a.csv", "delimeter": ";"}},
        {"repairs": {"name": ["thai_txt"]}},
        {"repairs": {"name": [{"place": {"levels": "province"}}]}},
        {"repairs": {"name": ["drop_blank_rows"]}},
        {"formats": ["docx"]},
    ],
    ids=["kind", "option", "repair", "repair's option", "rows' repair on a column", "format"],
)
def test_names_that_only_the_rooms_know_are_checked(dataset, markets, change):
    markets["tables"]["markets"] |= change
    assert list(dataset.iter_errors(markets))


def test_rows_repairs_stand_under_the_star(dataset, markets):
    markets["tables"]["markets"]["repairs"] = {"*": ["drop_blank_rows", "trim"]}
    assert list(dataset.iter_errors(markets)) == []


def test_path_and_contact_need_not_be_written(schemas):
    body = schemas["dataset.schema.json"]
    assert not {"id", "office"} & set(body["properties"])
    assert "contact" not in body["required"]


def test_every_key_says_what_it_means(schemas):
    for body in schemas.values():
        shapes = {"": body, **body["$defs"]}
        silent = [
            f"{name}.{key}"
            for name, shape in shapes.items()
            for key, found in shape.get("properties", {}).items()
            if "description" not in found and key != "kind"
        ]
        assert silent == []


def test_closed_lists_come_with_their_thai_words(schemas):
    licence = schemas["dataset.schema.json"]["properties"]["licence"]
    at = licence["enum"].index("cc-by-4.0")
    assert licence["markdownEnumDescriptions"][at].startswith("ครีเอทีฟคอมมอนส์ แสดงที่มา 4.0")


def test_a_new_file_in_a_room_is_known_to_editors(schemas):
    shapes = schemas["dataset.schema.json"]["$defs"]
    assert {f"repairs.{name}" for name in names("flows.repairs")} <= set(shapes)
    assert {f"sources.{name}" for name in names("flows.sources")} <= set(shapes)


def test_attributes_are_read_from_docstrings_over_several_lines():
    class Shape:
        """A shape.

        Attributes:
            one, two: both of them
                on two lines.
            three: alone.

        Nothing more.
        """

    assert told(Shape) == {
        "one": "both of them on two lines.", "two": "both of them on two lines.", "three": "alone.",
    }  # fmt: skip
