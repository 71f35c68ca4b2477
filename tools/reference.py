"""Writes ``docs/reference``: what the code has, as the code says it (``make docs``).

Every setting, format, kind of source, repair, check, closed list, problem and verb stands there
because it exists; a test holds the pages against the code, so that they cannot grow old.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import click
import yaml
from pydantic import BaseModel

from catalog.formats import formats
from catalog.registry import names, variant
from catalog.settings import Settings
from catalog.speech import phrases
from catalog.vocabulary import terms
from flows.cli import main
from flows.editor import all_told, editor_schemas, options_of, told
from tools import _findings

TARGET = Path(__file__).parents[1] / "docs" / "reference"
_NOTE = "<!-- Written by `make docs` from the code; changes made here are lost. -->"
#: Parts of a repair's docstring, each a paragraph.
_PART = re.compile(r"(Changes|Refuses[^:]*|Undone by): ?")
_GEOMETRY = {"needs": "needs it", "holds": "holds it", "text": "as text"}


def pages() -> dict[str, str]:
    """Every page: file name to text."""
    made = {
        "settings.md": _settings(),
        "formats.md": _formats(),
        "sources.md": _sources(),
        "repairs.md": _repairs(),
        "checks.md": _checks(),
        "vocabularies.md": _vocabularies(),
        "findings.md": _findings.lines(),
        "problems.md": _problems(),
        "commands.md": _commands(),
    }
    found = {name: _page(lines) for name, lines in made.items()}
    for name, schema in editor_schemas().items():
        found[name] = json.dumps(schema, ensure_ascii=False, indent=1) + "\n"
    return found


def write(target: Path = TARGET) -> None:
    """Write the pages, and take away those that nothing stands for any more."""
    target.mkdir(parents=True, exist_ok=True)
    wanted = pages()
    for old in target.iterdir():
        if old.name not in wanted:
            old.unlink()
    for name, text in wanted.items():
        (target / name).write_text(text, "utf-8")


def _page(lines: Iterable[str]) -> str:
    title, *rest = lines
    text = "\n".join([f"# {title}", "", _NOTE, "", *rest])
    return re.sub(r"\n{3,}", "\n\n", text).rstrip() + "\n"


def _settings() -> Iterator[str]:
    yield "การตั้งค่า · Settings"
    yield (
        "Environment variables, read once at start. A wrong value is an error that names the "
        "variable. Relative folders are taken from where the command is started."
    )
    yield ""
    said = told(Settings)
    shapes = Settings.model_json_schema()["properties"]
    rows = (
        (f"`SAMDAO_{name.upper()}`", _takes(shape), _default(shape), said[name])
        for name, shape in shapes.items()
    )
    yield from _table(("variable", "takes", "default", "what it is"), rows)


def _formats() -> Iterator[str]:
    yield "รูปแบบไฟล์ · Formats"
    yield (
        "Every table of a release is written in every format that can hold it, unless its "
        "declaration names some (`formats`). A format that cannot hold a table is left out with "
        "the reason in the manifest. Stars: by DGA's list of formats, and by NECTEC's scorer."
    )
    yield ""
    rows = (
        (f"[`{name}`](#{name})", _both(form.title.th, form.title.en or form.title.th),
         f"`<table>.{form.extension}`", f"`{form.media_type}`", str(form.stars_dga),
         str(form.stars_nectec), _GEOMETRY[form.geometry])
        for name, form in formats().items()
    )  # fmt: skip
    head = ("name", "format", "file", "media type", "DGA", "NECTEC", "geometry")
    yield from _table(head, rows)
    for name in formats():
        yield from ("", f"## {name}", "", *_prose(variant("catalog.formats", name)))


def _sources() -> Iterator[str]:
    yield "แหล่งข้อมูล · Sources"
    yield (
        "`source: {kind: …}` of a table. A file lies beside `dataset.yaml` (`path`) or at an HTTP "
        "address (`url`); an address is asked conditionally, and bounded in size."
    )
    for kind in names("flows.sources"):
        yield from ("", f"## {kind}", "", *_prose(variant("flows.sources", kind)), "")
        yield from _options(options_of("flows.sources", kind))


def _repairs() -> Iterator[str]:
    yield "การซ่อมข้อมูล · Repairs"
    yield (
        "`repairs:` of a table: column name to a list, such as `[trim, {place: {to: code}}]`. "
        'Under `"*"` stand repairs of rows, and of every text column. A column without a list of '
        "its own gets what its type asks for; an empty list means none."
    )
    for name in names("flows.repairs"):
        module = variant("flows.repairs", name)
        scope = "rows of the table" if module.SCOPE == "table" else "values of a column"
        yield from ("", f"## {name}", "", f"Works on: {scope}.", "", *_prose(module), "")
        yield from _options(options_of("flows.repairs", name))


def _checks() -> Iterator[str]:
    yield "การตรวจ · Checks"
    yield "What a table must fulfil before anything of it is published."
    for name in names("flows.checks"):
        module = variant("flows.checks", name)
        stage = "the repaired text" if module.STAGE == "text" else "the canonical table"
        yield from ("", f"## {name}", "", f"Sees: {stage}.", "", *_prose(module))


def _vocabularies() -> Iterator[str]:
    yield "คำที่ใช้ได้ในไฟล์ประกาศ · Closed lists"
    folder = files("catalog") / "data" / "vocabularies"
    for source in sorted(folder.iterdir(), key=lambda entry: entry.name):
        name = source.name.removesuffix(".yaml")
        yield from ("", f"## {name}", "", _comment(source.read_text("utf-8")), "")
        rows = ((f"`{term.name}`", term.th, term.en) for term in terms(name).values())
        yield from _table(("name", "ไทย", "English"), rows)


def _problems() -> Iterator[str]:
    yield "ปัญหาและวิธีแก้ · Problems"
    yield (
        "Every problem has a code, words in Thai and English, and the next step. "
        "`{…}` is filled in with what was found."
    )
    folder = files("catalog") / "words"
    for source in sorted(folder.iterdir(), key=lambda entry: entry.name):
        templates = yaml.safe_load(source.read_bytes()) or {}
        yield from ("", f"## {source.name.removesuffix('.yaml')}")
        for code, words in templates.items():
            yield from ("", f"### {code}", "")
            yield f"- {words['th']} → {words['next_th']}"
            yield f"- {words['en']} → {words['next_en']}"


def _commands() -> Iterator[str]:
    yield "คำสั่ง · Commands"
    words = phrases("flows", "cli")
    yield from _said("samdao", words)
    for name, command in main.commands.items():
        call = " ".join(["samdao", name, *_arguments(command)])
        yield from ("", f"## samdao {name}", "", f"`{call}`", "", *_said(name, words), "")
        options = (item for item in command.params if isinstance(item, click.Option))
        rows = (
            (f"`{_flag(item)}`", _both(*_words_of(item, words)), "yes" if item.required else "")
            for item in options
        )
        yield from _table(("option", "what it does", "needed"), rows)


def _arguments(command: click.Command) -> Iterator[str]:
    """What a call cannot do without."""
    yield from (str(p.metavar or p.name) for p in command.params if isinstance(p, click.Argument))
    options = (item for item in command.params if isinstance(item, click.Option))
    yield from (_flag(item) for item in options if item.required)


def _flag(option: click.Option) -> str:
    flag = " / ".join((*option.opts, *option.secondary_opts))
    return flag if option.is_flag else f"{flag} {option.metavar}"


def _words_of(option: click.Option, words: Mapping[str, Mapping[str, str]]) -> tuple[str, str]:
    """An option's help in both languages, found by the one that it was given."""
    found = next(said for said in words.values() if option.help in said.values())
    return found["th"], found["en"]


def _said(name: str, words: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    yield from (words[name]["th"], "", words[name]["en"])
    examples = words.get(f"{name}.examples")
    if examples:
        yield from ("", "```text", *examples["th"].splitlines(), "```")
        yield from ("", "```text", *examples["en"].splitlines(), "```")


def _options(model: type[BaseModel]) -> Iterator[str]:
    said, shapes = all_told(model), model.model_json_schema()["properties"]
    rows = (
        (f"`{name}`", _takes(shape), _default(shape), said.get(name, "see above"))
        for name, shape in shapes.items()
    )
    yield from _table(("option", "takes", "default", "what it is"), rows)


def _takes(shape: Mapping[str, Any]) -> str:
    """What a value may be, from its JSON Schema."""
    if "enum" in shape:
        return ", ".join(f"`{value}`" for value in shape["enum"])
    if "anyOf" in shape:
        kinds = (_takes(item) for item in shape["anyOf"] if item.get("type") != "null")
        return " or ".join(dict.fromkeys(kinds))
    if shape.get("type") == "array":
        return f"list of {_takes(shape.get('items', {}))}"
    if shape.get("type") == "object":
        return f"mapping to {_takes(shape['additionalProperties'])}"
    if shape.get("type") == "boolean":
        return "`true`, `false`"
    if shape.get("type") in ("integer", "number"):
        return _number(shape)
    return "folder" if shape.get("format") == "path" else "text"


def _number(shape: Mapping[str, Any]) -> str:
    words = "whole number" if shape["type"] == "integer" else "number"
    least, most = shape.get("minimum"), shape.get("maximum")
    if least is not None and most is not None:
        return f"{words}, {least} to {most}"
    return words if least is None else f"{words}, {least} or more"


def _default(shape: Mapping[str, Any]) -> str:
    if "default" not in shape:
        return "must be given"
    value = shape["default"]
    if value in (None, "", [], {}):
        return "—"
    shown = str(value).lower() if isinstance(value, bool) else value
    return f"`{shown:,}`" if type(value) is int else f"`{shown}`"


def _both(th: str, en: str) -> str:
    return th if th == en else f"{th} · {en}"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """A Markdown table; nothing where there are no rows."""
    found = list(rows)
    if not found:
        return
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in found:
        yield f"| {' | '.join(_code(cell).replace('|', chr(92) + '|') for cell in row)} |"


def _prose(module: Any) -> Iterator[str]:
    """A module's docstring as Markdown; what is set in by spaces keeps its lines."""
    inside = False
    for line in inspect.cleandoc(module.__doc__ or "").splitlines():
        deep = line.startswith("    ") or (inside and not line)
        if deep != inside:
            yield "```text" if deep else "```"
            inside = deep
        if _PART.match(line):
            yield ""
        yield line.removeprefix("    ") if inside else _code(line)
    if inside:
        yield "```"


def _code(text: str) -> str:
    return re.sub(r"``(.+?)``", r"`\1`", text)


def _comment(text: str) -> str:
    """The comment at the head of a data file: what the list is and where it comes from."""
    lines = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.removeprefix("#").strip())
    return " ".join(lines)


if __name__ == "__main__":
    write()
