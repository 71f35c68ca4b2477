"""Every file that is bundled as data is listed with its licence, and notices stand beside it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DATASETS = ROOT / "datasets"
DECLARATIONS = sorted(DATASETS.glob("*/*/dataset.yaml"))
OFFICES = sorted(DATASETS.glob("*/office.yaml"))
NOTICES = {"mit": "Permission is hereby granted, free of charge"}


def sources(declaration: Path) -> list[Path]:
    beside = (path for path in declaration.parent.rglob("*") if path.is_file())
    return sorted(path for path in beside if path != declaration)


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


@pytest.fixture(scope="module")
def listed() -> dict[str, str]:
    """Path of each listed file to the licence beside it."""
    text = (ROOT / "LICENSES-DATA.md").read_text("utf-8")
    return dict(re.findall(r"^\| `(datasets/[^`]+)` \| `([^`]+)` \|", text, re.MULTILINE))


def test_every_bundled_file_is_listed_with_the_licence_of_its_declaration(
    listed: dict[str, str],
) -> None:
    bundled = {
        str(source.relative_to(ROOT)): load(declaration)["licence"]
        for declaration in DECLARATIONS
        for source in sources(declaration)
    }

    assert bundled
    assert listed == bundled


@pytest.mark.parametrize("declaration", DECLARATIONS, ids=lambda path: str(path.parent.name))
def test_notice_that_a_licence_asks_for_stands_beside_the_data(declaration: Path) -> None:
    notice = NOTICES.get(load(declaration)["licence"])
    if notice is None:
        return
    beside = [path.read_text("utf-8") for path in declaration.parents[1].glob("LICENSE*")]

    assert any(notice in text for text in beside)


@pytest.mark.parametrize("declaration", DECLARATIONS, ids=lambda path: str(path.parent.name))
def test_source_and_words_in_both_languages_are_given(declaration: Path) -> None:
    body = load(declaration)

    for words in (body["title"], body["description"], body["provenance"]["source"]):
        assert set(words) == {"th", "en"}
    assert body["provenance"].get("licence_statement")


@pytest.mark.parametrize("office", OFFICES, ids=lambda path: str(path.parent.name))
def test_real_offices_are_marked_as_a_demonstration(office: Path) -> None:
    body = load(office)

    assert body["demonstration"] is True
    assert body["contact"]["email"] == "demo@samdao.example"
    assert body["uri_base"] == "https://samdao.example"
