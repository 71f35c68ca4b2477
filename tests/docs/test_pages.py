"""What pages say of the code holds: links, keys, settings, words, the example that they give."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from fastapi.testclient import TestClient

from catalog import spec
from catalog.formats import formats
from catalog.names import DatasetId
from catalog.registry import names
from catalog.release import State
from catalog.rights import Role
from catalog.settings import Settings, load_settings
from catalog.web.app import create_app
from flows.outcome import Kind
from flows.publish import publish
from flows.terminal import say
from flows.world import World
from tools import reference

from .conftest import PAGES, ROOT, blocks, name

DOCS = ROOT / "docs"
HALLS = "ministry_of_interior/province_halls"


def _text(page: str) -> str:
    return (DOCS / page).read_text("utf-8")


# ---- the reference


def test_the_reference_is_what_the_code_has():
    """Run ``make docs`` where this fails."""
    made = reference.pages()
    kept = {path.name: path.read_text("utf-8") for path in (DOCS / "reference").iterdir()}
    assert sorted(kept) == sorted(made)
    assert [page for page in made if kept[page] != made[page]] == []


@pytest.mark.parametrize(
    ("page", "room"),
    [
        ("sources", "flows.sources"), ("repairs", "flows.repairs"), ("checks", "flows.checks"),
        ("formats", "catalog.formats"),
    ],
)  # fmt: skip
def test_the_reference_has_a_part_for_each_variant(page, room):
    text = reference.pages()[f"{page}.md"]
    assert re.findall(r"^## (\S+)$", text, re.MULTILINE) == list(names(room))


def test_what_is_written_is_taken_away_with_its_reason(tmp_path):
    (tmp_path / "gone.md").write_text("nobody's")
    reference.write(tmp_path)
    assert not (tmp_path / "gone.md").exists()
    assert (tmp_path / "settings.md").read_text("utf-8").count("`SAMDAO_") >= len(
        Settings.model_fields
    )


# ---- links


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page: Path):
    links = re.findall(r"\]\(([^)#\s]+)(?:#[\w-]*)?\)", page.read_text("utf-8"))
    near = [link for link in links if not re.match(r"https?:|mailto:", link)]
    assert [link for link in near if not (page.parent / link).exists()] == []


def test_the_index_leads_to_every_page():
    text = _text("index.md")
    pages = [path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.*")]
    assert [page for page in pages if f"({page})" not in text and page != "index.md"] == []


# ---- declaring


def _example() -> dict[str, str]:
    """The files of the smallest example: path to content."""
    pattern = r"^\*\*`([\w/.]+)`\*\*\n\n```\w+\n(.*?)^```$"
    return dict(re.findall(pattern, _text("declaring.md"), re.DOTALL | re.MULTILINE))


def test_the_smallest_example_checks_and_publishes(samdao, tmp_path, monkeypatch):
    written = _example()
    assert list(written) == [
        "datasets/ban_suan/office.yaml", "datasets/ban_suan/wells/dataset.yaml",
        "datasets/ban_suan/wells/wells.csv", "schemas/wells.json",
    ]  # fmt: skip
    for path, body in written.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(body, "utf-8")
    monkeypatch.setenv("SAMDAO_DATASETS", str(tmp_path / "datasets"))
    monkeypatch.setenv("SAMDAO_SCHEMAS", str(tmp_path / "schemas"))
    for block in blocks(DOCS / "declaring.md", "sh"):
        for line in block.split("\n"):
            if line:
                assert samdao(*line.split()[1:]).exit_code == 0
    assert samdao("approve", "ban_suan/wells").exit_code == 0
    assert (
        json.loads(samdao("publish", "ban_suan/wells", "--json").stdout)[0]["kind"] == "PUBLISHED"
    )


def test_the_editors_comment_leads_to_the_schema():
    declared = {path: body for path, body in _example().items() if path.endswith(".yaml")}
    assert len(declared) == 2
    for path, body in declared.items():
        schema = re.match(r"# yaml-language-server: \$schema=(\S+)", body)[1]
        assert (ROOT / Path(path).parent / schema).resolve().is_relative_to(DOCS / "reference")
        assert Path(schema).name in reference.pages()


@pytest.mark.parametrize(
    "model",
    [spec.DatasetSpec, spec.TableSpec, spec.OfficeSpec, spec.Provenance, spec.Coverage,
     spec.Bounds, spec.Temporal, spec.Frequency, spec.Contact, spec.Source],
)  # fmt: skip
def test_every_key_of_a_declaration_is_told(model):
    text = _text("declaring.md")
    keys = {field.alias or key for key, field in model.model_fields.items()} - {"id", "office"}
    told = set(re.findall(r"\b[a-z_]+\b", "\n".join(re.findall(r"`([^`\n]+)`", text))))
    assert keys - told == set()


def test_every_yaml_in_the_docs_is_yaml():
    for page in PAGES:
        for block in blocks(page, "yaml"):
            for part in [block] if block.count("\nsource:") == 0 else block.splitlines():
                assert isinstance(yaml.safe_load(part), dict), part


def test_sources_shown_take_the_options_they_show():
    from catalog.registry import variant

    lines = [line for block in blocks(DOCS / "declaring.md", "yaml")
             for line in block.splitlines() if line.startswith("source:")]  # fmt: skip
    assert len(lines) == 8
    for line in lines:
        source = spec.Source.model_validate(yaml.safe_load(line)["source"])
        variant("flows.sources", source.kind).Options.model_validate(source.options)


# ---- settings, words


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_setting_that_is_named_exists(page: Path):
    named = set(re.findall(r"\bSAMDAO_[A-Z_]*[A-Z]\b", page.read_text("utf-8")))
    assert named - {f"SAMDAO_{key.upper()}" for key in Settings.model_fields} == set()


def test_the_glossary_has_every_role_and_state():
    text = _text("glossary.md")
    assert [word for word in (*Role, *State) if f"`{word}`" not in text] == []


def test_the_officers_guide_explains_what_status_says(monkeypatch):
    monkeypatch.setenv("SAMDAO_LANG", "th")
    text = _text("officers.md")
    waiting = (State.SUBMITTED, State.REVIEWED, State.APPROVED, State.PUBLISHED, State.DRAFT)
    assert [state for state in waiting if f"| {say(f'state.{state}')} |" not in text] == []


def test_the_officers_guide_names_what_the_system_really_says():
    from catalog.problem import codes, template

    said = [re.sub(r"\{\w+\}", "…", template(code)["th"]) for code in codes()]
    table = _text("officers.md").partition("| ระบบบอกว่า |")[2].partition("\n\n")[0]
    quoted = [
        part.strip() for row in table.splitlines()[2:] for part in row.split("|")[1].split(" / ")
    ]
    assert len(quoted) > 12
    strange = []
    for quote in quoted:
        pieces = [piece.strip() for piece in quote.split("…") if piece.strip()]
        if not any(all(piece in words for piece in pieces) for words in said):
            strange.append(quote)
    assert strange == []


def test_every_format_is_weighed_for_analysts():
    text = _text("analysts.md")
    assert [name for name, form in formats().items() if f"`{form.extension}`" not in text] == []


# ---- addresses


@pytest.fixture(scope="module")
def web(tmp_path_factory):
    """The catalogue with the dataset of the analysts' page."""
    home = tmp_path_factory.mktemp("home")
    settings = load_settings(home=home, datasets=ROOT / "datasets", schemas=ROOT / "schemas")
    assert publish(DatasetId.parse(HALLS), World(settings)).kind is Kind.PUBLISHED
    return TestClient(create_app(settings))


def test_every_address_for_analysts_answers(web):
    addresses = re.findall(r"^\| `(/[^`<]*)` \|", _text("analysts.md"), re.MULTILINE)
    assert len(addresses) > 20
    failed = {path: web.get(path).status_code for path in addresses}
    assert {path: status for path, status in failed.items() if status != 200} == {}


def test_the_examples_of_analysts_give_what_they_say(web):
    path = f"/id/{HALLS}/halls/48"
    turtle = web.get(path, headers={"Accept": "text/turtle"})
    assert turtle.headers["content-type"].startswith("text/turtle")
    assert "นครพนม" in turtle.text
    found = web.get("/api/3/action/package_search", params={"q": "ศาลากลาง"}).json()
    assert [one["name"] for one in found["result"]["results"]] == [HALLS.replace("/", "--")]
    csv = web.get(f"/files/{HALLS}/latest/halls.csv")
    assert csv.text.splitlines()[0].startswith("province_code,")
    assert {"etag", "repr-digest", "x-samdao-version"} <= set(csv.headers)
