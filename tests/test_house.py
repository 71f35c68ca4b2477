"""The rules of the house: who imports whom, what may stand in a file, that words are complete."""

from __future__ import annotations

import ast
import re
import string
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

from catalog.problem import codes, template
from catalog.registry import names
from catalog.release import State
from catalog.settings import Settings
from catalog.speech import phrases

ROOT = Path(__file__).parents[1]
PACKAGES = ("catalog", "flows", "tools", "benchmarks")
THAI = re.compile(r"[\u0e00-\u0e7f]")


def _modules(*packages: str) -> list[Path]:
    return sorted(path for name in packages for path in (ROOT / name).rglob("*.py"))


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


CODE = _modules("catalog", "flows")


# ---- who imports whom


def _imports(path: Path) -> Iterator[tuple[str, int]]:
    """Top-level names that a module imports anywhere in it, with their lines."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name.partition(".")[0], node.lineno) for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            yield (node.module or "").partition(".")[0], node.lineno


def test_the_declared_contracts_of_imports_hold():
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_the_catalogue_never_imports_the_flows_not_even_late():
    found = [
        f"{_name(path)}:{line}"
        for path in _modules("catalog")
        for name, line in _imports(path)
        if name in ("flows", "prefect", "tools", "benchmarks")
    ]
    assert found == []


def test_only_the_deployment_knows_prefect():
    knowing = {_name(path) for path in CODE if any(name == "prefect" for name, _ in _imports(path))}
    assert knowing == {"flows/deploy.py"}


def test_the_program_needs_nothing_of_tests_tools_or_benchmarks():
    strangers = {"tests", "tools", "benchmarks", "pytest", "hypothesis"}
    assert [_name(p) for p in CODE for name, _ in _imports(p) if name in strangers] == []


# ---- size and docstrings


def test_the_story_of_a_publication_stays_short():
    lines = (ROOT / "flows" / "publish.py").read_text("utf-8").splitlines()
    assert len(lines) < 40


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_says_what_it_is(package):
    silent = [_name(path) for path in _modules(package) if not ast.get_docstring(_tree(path))]
    assert silent == []


def test_every_room_states_its_contract():
    for room in ("flows.sources", "flows.repairs", "flows.checks", "catalog.formats"):
        head = ast.get_docstring(_tree(ROOT / room.replace(".", "/") / "__init__.py"))
        assert "The contract." in head, room


@pytest.mark.parametrize(
    ("room", "has"),
    [
        ("flows.sources", {"Options", "pull", "read"}),
        ("flows.repairs", {"Options", "SCOPE", "repair"}),
        ("flows.checks", {"STAGE", "check"}),
        ("catalog.formats", {"FORMAT", "refuse", "write", "read", "held"}),
        ("catalog.metadata", {"FILES", "build"}),
    ],
)
def test_every_variant_fulfils_its_rooms_contract(room, has):
    from catalog.registry import variant

    assert names(room)
    for name in names(room):
        assert {item for item in has if not hasattr(variant(room, name), item)} == set(), name


# ---- what may stand in a file


@cache
def _tracked() -> tuple[Path, ...]:
    """Files of the repository, and new ones that are not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, check=True,
    )  # fmt: skip
    found = (ROOT / name.decode() for name in listed.stdout.split(b"\0") if name)
    return tuple(path for path in found if path.is_file())


#: What ties a file to one machine or one registry. Written apart, so that this file is none.
_MACHINE = {
    "a path of one machine": re.compile(
        r"(?<![\w.$~{/])/(?:work|root|home|Users|mnt|var/folders)/" + r"[\w.-]"
    ),
    "a registry's host": re.compile(
        r"https?://(?:[\w.-]*\.)?(?:pypi|npmjs|pythonhosted|yarnpkg)" + r"\.(?:org|com)"
    ),
    "a link to a registry in a lock file": re.compile(r'"resolved": *"' + r"https?:"),
    "an index of packages": re.compile(r"--(?:extra-)?index" + r"-url"),
}


def _is_text(path: Path) -> bool:
    return b"\0" not in path.read_bytes()[:4096]


def test_nothing_names_a_machine_or_a_registry():
    """Data that was kept as it was found may say what it likes; our own files may not."""
    ours = [p for p in _tracked() if _is_text(p) and not _name(p).startswith("datasets/")]
    ours += [p for p in _tracked() if p.name in ("dataset.yaml", "office.yaml")]
    assert len(ours) > 100
    found = [
        f"{_name(path)}: {what}: {match[0]}"
        for path in ours
        for what, pattern in _MACHINE.items()
        if (match := pattern.search(path.read_text("utf-8", "replace")))
    ]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "cd /wo" + "rk/main", "open('/ho" + "me/somchai/x')", "https://py" + "pi.org/simple",
        "https://registry.np" + 'mjs.org/x', '"resolved": "' + 'https://x"', "--index" + "-url x",
    ],
)  # fmt: skip
def test_what_ties_a_file_to_a_machine_is_found(line):
    assert any(pattern.search(line) for pattern in _MACHINE.values())


@pytest.mark.parametrize(
    "line", ["~/wo" + "rk/x", "$HOME/ro" + "ot/x", "home/store", "/srv/samdao"]
)
def test_other_paths_may_stand(line):
    assert not any(pattern.search(line) for pattern in _MACHINE.values())


def test_the_lock_file_pins_every_package_by_hash():
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    pinned = re.split(r"\n(?=[a-z0-9])", lock.strip(), flags=re.IGNORECASE)
    assert len(pinned) > 50
    assert [entry for entry in pinned if "==" in entry and "--hash=sha256:" not in entry] == []


def test_what_is_built_or_run_is_never_kept():
    kept = [_name(path) for path in _tracked()]
    wrong = re.compile(r"(^|/)(\.venv|node_modules|var|__pycache__|\.\w+_cache)/|\.(db|pyc|part)$")
    assert [name for name in kept if wrong.search(name)] == []


# ---- settings


def test_environment_variables_are_read_in_one_place():
    """Beside the settings, only the language (before settings are) and children's environment."""
    allowed = {"catalog/settings.py", "catalog/speech.py", "flows/serve.py"}
    found = {
        _name(path)
        for path in CODE
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
    }
    assert found <= allowed


def test_every_setting_has_an_effect():
    used = {
        node.attr for path in CODE for node in ast.walk(_tree(path))
        if isinstance(node, ast.Attribute)
    }  # fmt: skip
    idle = [name for name in Settings.model_fields if name not in used | {"lang"}]
    assert idle == []  # `lang` is read by catalog.speech, which must not wait for pydantic


# ---- words


def _strings(node: ast.expr) -> Iterator[str]:
    """Texts that an expression may come to: a text, either branch, each value of a table."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    if isinstance(node, ast.IfExp):
        yield from (*_strings(node.body), *_strings(node.orelse))


def _problem_codes() -> dict[str, str]:
    """Codes that code gives to ``Problem``, each with a place where it does."""
    found = {}
    for path in CODE:
        for node in ast.walk(_tree(path)):
            if not isinstance(node, ast.Call):
                continue
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            given = [node.args[0]] if name == "Problem" and node.args else []
            given += [word.value for word in node.keywords if word.arg == "code"]
            for code in (code for item in given for code in _strings(item)):
                found[code] = f"{_name(path)}:{node.lineno}"
    return found


def test_every_problem_that_code_names_has_words():
    used = _problem_codes()
    assert len(used) > 50
    assert {code: place for code, place in used.items() if code not in codes()} == {}


def test_every_repair_has_words_for_what_it_changed():
    changing = [f"repaired-{name}" for name in names("flows.repairs") if _of_columns(name)]
    assert [code for code in changing if code not in codes()] == []


def _of_columns(name: str) -> bool:
    from catalog.registry import variant

    return variant("flows.repairs", name).SCOPE == "column"


@pytest.mark.parametrize("code", codes())
def test_every_problem_is_told_in_both_languages_with_a_next_step(code):
    words = template(code)
    assert {"th", "en", "next_th", "next_en"} <= set(words)
    for key in ("th", "next_th"):
        assert THAI.search(words[key]), key
    for key in ("en", "next_en"):
        assert words[key].strip()
        assert not re.search(r"[\u0e00-\u0e7f]{8,}", words[key]), f"{key} is Thai"
    named = [_names_in(words[key]) for key in ("th", "en")]
    assert named[0] == named[1], "both languages tell the same facts"


def _names_in(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_no_code_has_words_twice():
    files = sorted((ROOT / "catalog" / "words").glob("*.yaml"))
    every = [code for path in files for code in yaml.safe_load(path.read_bytes()) or {}]
    assert [code for code in every if every.count(code) > 1] == []


def test_words_name_only_pages_that_exist():
    files = [path for package in PACKAGES for path in (ROOT / package).glob("words/*.yaml")]
    named = {
        (path.name, page)
        for path in files
        for page in re.findall(r"docs/[\w/-]+\.(?:md|json)", path.read_text("utf-8"))
    }
    assert named
    assert [place for place in named if not (ROOT / place[1]).is_file()] == []


def test_the_commands_words_are_complete_in_both_languages():
    words = phrases("flows", "cli")
    for key, said in words.items():
        assert {"th", "en"} == set(said), key
        assert THAI.search(said["th"]), key
        assert _names_in(said["th"]) == _names_in(said["en"]) or key.endswith(".examples"), key


def _said_keys() -> Iterator[tuple[str, str]]:
    """Keys that code asks for, as texts or as patterns (``state.{…}``), with a place."""
    for path in _modules("flows"):
        for node in ast.walk(_tree(path)):
            called = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
            if called not in ("say", "help_of", "long_help_of", "verb"):
                continue
            place = f"{_name(path)}:{node.lineno}"
            for given in node.args[:1]:
                yield from ((re.escape(text), place) for text in _strings(given))
                if isinstance(given, ast.JoinedStr):
                    parts = [
                        re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"\w+"
                        for part in given.values
                    ]
                    yield "".join(parts), place


def test_every_phrase_that_the_command_asks_for_is_there():
    known = phrases("flows", "cli")
    asked = list(_said_keys())
    assert len(asked) > 40
    missing = [
        (key, place) for key, place in asked if not any(re.fullmatch(key, name) for name in known)
    ]
    assert missing == []


def test_no_phrase_of_the_command_lies_idle():
    asked = [key for key, _ in _said_keys()]
    outcomes = "PUBLISHED|UNCHANGED|SUBMITTED|RETURNED"
    indirect = re.compile(rf"library\..*|.*\.examples|say\.({outcomes})")
    idle = [
        name
        for name in phrases("flows", "cli")
        if not indirect.fullmatch(name) and not any(re.fullmatch(key, name) for key in asked)
    ]
    assert idle == []


def test_every_state_of_a_release_has_words():
    known = phrases("flows", "cli")
    assert [state for state in State if f"state.{state}" not in known] == []
