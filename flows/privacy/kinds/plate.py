"""Plates of vehicles: ``1กข 1234 กรุงเทพมหานคร``, ``กข 12``, ``70-1234`` of lorries not.

The rule. Letters and digits stand in addresses too (``ซอย 12``), so a plate stops the release where
the header speaks of plates, where the word stands before it, or where cells are nothing but series,
number and a province.
"""

from __future__ import annotations

from functools import cache

import pyarrow as pa

from catalog.places import places
from catalog.problem import Level
from flows.privacy import Company, Found, Heading, Tally
from flows.privacy.cover import examples
from flows.privacy.words import DIGIT, Marks, either, load, marks, matched, speaks_of, western

CODES = ("privacy-plate",)
PUBLIC_DUTY = False
COMPANY = False
SHAPE, PLACED, TOLD = 1, 2, 3

_SERIES = rf"{DIGIT}?[\x{{0e01}}-\x{{0e2e}}]{{1,3}}[ \-]{{0,2}}{DIGIT}{{1,4}}"
_WHOLE = rf"^\s*{_SERIES}(?:$|\s*[^0-9\s])"
_LETTER = r"[\x{0e01}-\x{0e2e}]"
COVER = ((rf"({DIGIT}?{_LETTER}){_LETTER}{{0,2}}[ \-]{{0,2}}{DIGIT}{{1,4}}", r"\1x xxxx"),)


@cache
def _placed() -> str:
    provinces = [words.th for words in places(2).values()]
    known = either([*provinces, *load("headers")["plates"]])
    before = either(load("headers")["province"])
    series = rf"(?:{DIGIT}[\x{{0e01}}-\x{{0e2e}}]{{2}}|[\x{{0e01}}-\x{{0e2e}}]{{2,3}})"
    return rf"^\s*{series}[ \-]{{0,2}}{DIGIT}{{1,4}}\s*{before}?\s*{known}\s*$"


def _told() -> str:
    word = either(load("headers")["context"]["plate"])
    return rf"(?i){word}[^0-9]{{0,15}}[\s:]{_SERIES}(?:$|[^0-9])"


def screen(heading: Heading) -> str | None:
    """A series and a number, with a province or the word for it where the header is silent."""
    if heading.geometry:
        return None
    return _WHOLE if speaks_of(heading.said, "plate") else rf"{_placed()}|{_told()}"


def look(values: pa.Array, heading: Heading) -> Marks:
    """Marks by what stands around it; lanes and roads are none."""
    text = western(values)
    found = marks(text, (PLACED, _placed()), (TOLD, _told()), (SHAPE, _WHOLE))
    lanes = either(load("headers")["context"]["no_plate"])
    found[matched(text, rf"^\s*{lanes}[ .\-]") & (found != TOLD)] = 0
    return found


def judge(tally: Tally, company: Company) -> Found | None:
    """Under its header, after its word, or with its province."""
    named = speaks_of(tally.heading.said, "plate")
    which = (TOLD, PLACED, SHAPE) if named else (TOLD, PLACED)
    count = tally.rows(*which)
    if not count:
        return None
    shown = examples(tally.values(*which), COVER)
    row = tally.row(*which)
    return Found("plate", tally.heading.name, CODES[0], Level.ERROR, count, row, shown)
