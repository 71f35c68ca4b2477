"""The page of what the doctor finds: every code of its words, with an example."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

import yaml

#: Families of codes, by the name of their file; others are called by it.
_HEADS = {
    "doctor_layout": "แฟ้มและตาราง · Files and tables",
    "doctor_proposal": "ร่างคำประกาศ · What would be declared",
    "doctor_table": "แถวและคอลัมน์ที่เกี่ยวกัน · Rows, and columns together",
    "doctor_values": "ค่าในคอลัมน์ · Values of a column",
    "privacy": "ข้อมูลส่วนบุคคล · Personal data",
}


def lines() -> Iterator[str]:
    """The page, line by line; the first is its title."""
    yield "สิ่งที่ตรวจพบ · Findings"
    yield (
        "What `samdao doctor FILE` tells of a file, each with an example, and what it asks. "
        "`{…}` is filled in with what was found. Columns and rows are those of the file."
    )
    folder = files("catalog") / "words"
    for source in sorted(folder.iterdir(), key=lambda entry: entry.name):
        name = source.name.removesuffix(".yaml")
        if name.startswith("doctor") or name == "privacy":
            told = {
                code: words
                for code, words in (yaml.safe_load(source.read_bytes()) or {}).items()
                if "example" in words or "choices" in words
            }
            yield from _family(name, told)


def _family(name: str, told: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    if not told:
        return
    yield from ("", f"## {_HEADS.get(name, name)}")
    for code, words in told.items():
        yield from ("", f"### {code}", "")
        yield f"- {words['th']} → {words['next_th']}"
        yield f"- {words['en']} → {words['next_en']}"
        if "example" in words:
            yield f"- ตัวอย่าง · example: {_example(words['example'])}"
        for answer, said in words.get("choices", {}).items():
            yield f"- `{answer}`: {said['th']} · {said['en']}"


def _example(example: Any) -> str:
    """An example as a person reads it: a text, a list, or before and after."""
    if isinstance(example, Mapping):
        return ", ".join(f"{key} {_code(value)}" for key, value in example.items())
    if isinstance(example, list):
        return ", ".join(map(_code, example))
    return _code(example)


def _code(value: Any) -> str:
    text = str(value).replace("\n", "↵").replace("\t", "⇥")
    return f"`` {text} ``" if "`" in text else f"`{text}`"
