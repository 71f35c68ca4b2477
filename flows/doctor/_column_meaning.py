"""What a header says: its meaning by the words of official tables, its unit, its clean title."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from flows.repairs._arrow import load

#: What half of a position is: a header may say more words before it.
_HALVES = frozenset({"lat", "lon"})
#: Between the parts of a stacked header.
STACKED = " / "
_FOOTNOTE = re.compile(r"\s*(?:\[[0-9a-z]{1,2}\]|\*+|[†‡]|(?<=\s)[0-9]/)\s*$")
_UNIT = re.compile(
    r"^(?P<title>.*\S)\s*(?:\((?P<round>[^()]*)\)|\[(?P<square>[^\[\]]*)\])\s*$", re.S
)
_AFTER_WORD = re.compile(r"^(?P<title>.*\S)\s*(?:หน่วย\s*[:：]|:\s*หน่วย)\s*(?P<unit>\S.*)$", re.S)
_IGNORED = re.compile(r"[\s_\-.()\[\]/:,\u200b\ufeff]+")
_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")


@dataclass(frozen=True, slots=True)
class Meaning:
    """An entry of ``flows/data/meanings.yaml``.

    Attributes:
        key: what the column is about.
        type: the Table Schema type that such a column has.
        place: level of the gazetteer, if it names places.
        kind: ``lat``, ``lon``, ``easting``, ``northing``, ``date``, ``year``, ``month``, …
        code: its digits are names.
        count, money: what its numbers count.
    """

    key: str
    type: str
    place: str | None = None
    kind: str | None = None
    code: bool = False
    count: bool = False
    money: bool = False


def meaning_of(label: str) -> Meaning | None:
    """What a header says that its column is about; ``None`` where it is in no list.

    Of a stacked header the last part speaks first; units, footnote marks, blanks and capitals say
    nothing.
    """
    clean = title_of(label)
    known = _known()
    bare, _ = split_unit(clean)
    for spelling in (clean, bare, *reversed(clean.split(STACKED)), *reversed(bare.split(STACKED))):
        key = known.get(plain(spelling))
        if key:
            return key
    # สถานที่เลี้ยงสัตว์ จังหวัด: of several words the last one, where it names a place or a position.
    last = known.get(plain(bare.rpartition(" ")[2]))
    return last if last and (last.place or last.kind in _HALVES) else None


def title_of(label: str) -> str:
    """A header on one line without marks of footnotes."""
    title = " ".join(label.split())
    while (shorter := _FOOTNOTE.sub("", title).removesuffix(STACKED.rstrip())) != title and shorter:
        title = shorter.rstrip()
    return title


def split_unit(label: str) -> tuple[str, str | None]:
    """A header without the unit that stands in it, and that unit.

    What stands in brackets is a unit if it is a known one, or several joined by a slash or «ต่อ»;
    anything else in brackets says more about the column and stays.
    """
    title = title_of(label)
    match = _AFTER_WORD.match(title)
    if match:
        return match["title"].strip(" /"), match["unit"].strip(" )")
    match = _UNIT.match(title)
    if not match:
        return title, None
    inside = (match["round"] or match["square"] or "").strip()
    unit = inside.removeprefix("หน่วย").lstrip(" :").strip()
    if not is_unit(unit):
        return title, None
    return match["title"].strip().removesuffix("/").strip(), unit


@cache
def is_unit(text: str) -> bool:
    """Whether a text is a unit of measure, or some joined by «/» or «ต่อ»."""
    parts = [part.strip() for part in re.split(r"/|ต่อ", text)]
    bare = (part.translate(_THAI_DIGITS).strip("0123456789, ").casefold() for part in parts)
    return bool(text) and all(part in _units() for part in bare)


def plain(label: str) -> str:
    """A header as it is compared."""
    text = label.replace("\u0e4d\u0e32", "\u0e33").replace("เเ", "แ")
    return _IGNORED.sub("", text).casefold()


@cache
def _units() -> frozenset[str]:
    return frozenset(unit.casefold() for unit in load("doctor_values")["units"])


@cache
def _known() -> Mapping[str, Meaning]:
    entries: Mapping[str, Mapping[str, Any]] = load("meanings")
    known: dict[str, Meaning] = {}
    for key, entry in entries.items():
        facts = {name: entry[name] for name in ("place", "kind", "code", "count", "money")
                 if name in entry}  # fmt: skip
        meaning = Meaning(key, entry["type"], **facts)
        for header in (key, entry["en"], entry["th"], *entry["headers"]):
            known.setdefault(plain(header), meaning)
    return known
