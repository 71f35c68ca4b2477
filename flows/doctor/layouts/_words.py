"""Words by which titles, notes, units, totals and headers are told (``flows/data/layout.yaml``)."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

_THAI_DIGITS = str.maketrans(
    "\u0e50\u0e51\u0e52\u0e53\u0e54\u0e55\u0e56\u0e57\u0e58\u0e59", "0123456789"
)
_NUMBER = re.compile(r"[-+(]?\s*[<>≤≥~]?\s*\d[\d,]*(\.\d+)?\s*[%)]?(?:[eE][-+]?\d+)?\Z")
_YEAR = re.compile(r"(?:1[89]|2[0-26])\d\d\Z")
_YEAR_TH = re.compile(r"2[45]\d\d\Z")
_NUMBERED = re.compile(r"\(?\s*(\d{1,3})\s*\)?\Z")
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9]*([_\-. /][A-Za-z0-9]+)*\Z")
_DASH = re.compile(r"[-–—.…\s]*\Z")


@cache
def _load(name: str) -> Any:
    return yaml.load((files("flows") / "data" / f"{name}.yaml").read_bytes(), yaml.CSafeLoader)


@cache
def _beginnings(name: str) -> tuple[str, ...]:
    return tuple(word.casefold() for word in _load("layout")[name])


def plain(text: str) -> str:
    """A text as it is compared: blanks and line breaks as one blank, letters small."""
    return " ".join(text.split()).casefold()


def is_note(text: str) -> bool:
    """Whether a cell begins as lines below tables do."""
    return plain(text).startswith(_beginnings("notes"))


def is_unit(text: str) -> bool:
    """Whether a cell says a unit."""
    return plain(text).startswith(_beginnings("units"))


@cache
def totals_pattern() -> str:
    """A pattern, for Arrow too, of cells that call their row a total."""
    words = sorted(_load("totals")["labels"], key=len, reverse=True)
    more = _load("layout")["totals_of"]
    thai, latin = (
        "|".join(re.escape(word) for word in words if word.isascii() is ascii)
        for ascii in (False, True)
    )
    tails = "|".join(map(re.escape, more))
    return rf"(?i)^\s*(?:(?:{thai})(?:$|[\s:(=]|{tails})|(?:{latin})\s*(?:$|[:(=]))"


def is_total(text: str) -> bool:
    """Whether a cell calls its row a total."""
    return bool(re.match(totals_pattern(), text))


def parts() -> tuple[str, ...]:
    """Labels of areas that are the sum of others."""
    return tuple(_load("layout")["parts"])


def is_part(text: str) -> bool:
    """Whether a cell names an area that is the sum of others (a region, the country)."""
    return plain(text) in _beginnings("parts")


@cache
def _header_words() -> frozenset[str]:
    words = {plain(str(word)) for word in _load("header_words")}
    return frozenset(words | set(_beginnings("headers")))


def is_header_word(text: str) -> bool:
    """Whether a cell is a word that headers have, a unit in brackets behind it aside."""
    bare = plain(re.sub(r"\(.*?\)|\[.*?\]|\*+", "", text))
    return bare in _header_words() or bool("_" in bare and _IDENTIFIER.match(bare))


@cache
def _missing() -> frozenset[str]:
    return frozenset(plain(str(word)) for word in _every(_load("missing")))


def _every(found: Any) -> list[Any]:
    if isinstance(found, dict):
        return [item for value in found.values() for item in _every(value)]
    if isinstance(found, list | tuple):
        return [item for value in found for item in _every(value)]
    return [found]


def is_missing(text: str) -> bool:
    """Whether a cell says that there is no value."""
    return bool(_DASH.match(text)) or plain(text) in _missing()


def is_number(text: str) -> bool:
    """Whether a cell is a number as officers write it."""
    return bool(_NUMBER.match(text.strip().translate(_THAI_DIGITS)))


def is_year(text: str) -> bool:
    """Whether a number may be a year of either era, which headers have too."""
    bare = text.strip().translate(_THAI_DIGITS).removesuffix(".0")
    return bool(_YEAR.match(bare) or _YEAR_TH.match(bare))


def numbered(text: str) -> int | None:
    """The number of a column, as a row under headers has it: ``(1)``."""
    found = _NUMBERED.match(text.strip().translate(_THAI_DIGITS).removesuffix(".0"))
    return int(found[1]) if found else None
