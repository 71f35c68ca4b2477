"""Every command line that the documentation shows is one that works."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from flows.cli import main

from .conftest import PAGES, ROOT, blocks, commands, mentioned, name

#: Pages whose commands are about the fictional province; the others are about the bundled data.
FICTIONAL = {"docs/officers.md", "docs/declaring.md"}
#: Verbs that stay until they are told to end: they are only parsed here.
STAYING = ("serve", "worker")


def _every(kind: str) -> list[tuple[str, str]]:
    found = [(name(page), line) for page in PAGES for line in (*commands(page), *mentioned(page))]
    return sorted({(page, line) for page, line in found if kind in shlex.split(line)})


def _parse(line: str) -> click.Context:
    """What the command makes of a line, without doing it.

    Raises:
        click.UsageError: no such verb or option, or something is missing.
    """
    words = [word for word in shlex.split(line, comments=True) if not re.match(r"[A-Z_]+=", word)]
    assert words[0] == "samdao"
    top = main.make_context("samdao", words[1:])
    if not top.args and not top._protected_args:
        return top
    _, verb, rest = main.resolve_command(top, [*top._protected_args, *top.args])
    assert verb is not None
    return verb.make_context(verb.name, rest, parent=top)


@pytest.mark.parametrize(("page", "line"), _every("samdao"))
def test_every_call_of_the_command_parses(page, line):
    with contextlib.suppress(click.exceptions.Exit):  # that is how --help ends
        assert _parse(line).command


def test_there_is_something_to_hold():
    assert len(_every("samdao")) > 30
    assert len(_every("make")) > 8


@pytest.mark.parametrize(("page", "line"), _every("make"))
def test_every_make_target_exists(page, line):
    words = shlex.split(line)
    settings = [word for word in words if "=" in word and not word.startswith("ARGS")]
    targets = [word for word in words if word != "make" and word not in settings]
    env = os.environ | dict(word.split("=", 1) for word in settings)
    done = subprocess.run(
        ["make", "-n", *targets], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_every_target_is_told_to_contributors():
    declared = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)[1]
    text = (ROOT / "docs" / "contributors.md").read_text("utf-8")
    assert [target for target in declared.split() if f"make {target}" not in text] == []


@pytest.fixture
def bundled(samdao, monkeypatch):
    """The bundled declarations, instead of the fictional province's."""
    monkeypatch.setenv("SAMDAO_DATASETS", str(ROOT / "datasets"))
    monkeypatch.setenv("SAMDAO_SCHEMAS", str(ROOT / "schemas"))


def _calls(page: Path) -> list[list[str]]:
    lines = [shlex.split(line, comments=True) for line in commands(page)]
    return [words[1:] for words in lines if words[0] == "samdao" and words[1] not in STAYING]


def _run_in_order(samdao, calls: list[list[str]]) -> None:
    for words in calls:
        result = samdao(*words, lang="th")
        assert result.exit_code == 0, f"samdao {' '.join(words)}\n{result.output}"


@pytest.mark.usefixtures("bundled")
def test_the_first_steps_of_the_readme_run_in_order(samdao):
    """``publish`` is run for what it names; ``make run`` does all."""
    calls = _calls(ROOT / "README.md")
    assert ["publish", "nakhon_sawan/hotspots_pm25"] in calls
    _run_in_order(samdao, calls)


def test_the_officers_walk_runs_in_order(samdao, markets, monkeypatch):
    calls = _calls(ROOT / "docs" / "officers.md")
    assert [words[0] for words in calls][-2:] == ["approve", "status"]
    monkeypatch.chdir(markets)
    _run_in_order(samdao, calls)
    assert "เผยแพร่อยู่" in samdao("status", lang="th").stdout
    assert sorted(path.name for path in (markets / "out").iterdir()) == [
        "markets.csv", "markets.json", "markets.xlsx",
    ]  # fmt: skip


@pytest.fixture
def markets(province: Path) -> Path:
    return province / "datasets" / "si_sawat" / "markets"


def test_the_operators_commands_run(samdao, province):
    """Over a province small enough; ``--all`` there is ``--all`` here."""
    office = province / "datasets" / "si_sawat" / "office.yaml"
    office.write_text(office.read_text("utf-8") + "demonstration: true\n", "utf-8")
    calls = _calls(ROOT / "docs" / "operators.md")
    assert ["publish", "--due"] in calls
    samdao("publish", "si_sawat/markets")  # what the other one refers to
    _run_in_order(samdao, [[*words, "--jobs", "1"] if words[0] == "publish" else words
                           for words in calls])  # fmt: skip


def test_the_backup_of_the_database_is_whole(samdao, tmp_path, monkeypatch):
    """The line runs as it stands, beside a catalogue that is in use."""
    samdao("publish", "si_sawat/markets")
    lines = [line for block in blocks(ROOT / "docs/operators.md", "text")
             for line in block.splitlines() if line.startswith("python3 -c")]  # fmt: skip
    (line,) = lines
    (tmp_path / "backup").mkdir()
    shutil.move(tmp_path / "home", tmp_path / "var")
    done = subprocess.run(
        shlex.split(line), cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (tmp_path / "restored").mkdir()
    shutil.copy(tmp_path / "backup" / "catalog.db", tmp_path / "restored")
    shutil.copytree(tmp_path / "var" / "store", tmp_path / "restored" / "store")
    told = samdao("status", lang="th", SAMDAO_HOME=str(tmp_path / "restored")).stdout
    assert "รอผู้ตรวจสอบและผู้อนุมัติ" in told
    assert "สมุดบันทึก 1 รายการ ครบถ้วนถูกต้อง" in told
