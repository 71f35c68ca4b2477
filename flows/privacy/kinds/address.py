"""Addresses of houses: a house number with village, lane, road or sub-district.

The rule. An office's address is public, and looks the same: an address stops the release where the
header speaks of homes (``ที่อยู่ตามทะเบียนบ้าน``), or where a person stands in the same rows.
"""

from __future__ import annotations

import pyarrow as pa

from catalog.problem import Level
from flows.privacy import PERSONS, Company, Found, Heading, Tally
from flows.privacy.cover import examples
from flows.privacy.words import DIGIT, Marks, either, load, marks, speaks_of

CODES = ("privacy-address",)
PUBLIC_DUTY = False
COMPANY = True
WHOLE, NUMBER = 1, 2
COVER = ((rf"^\s*{DIGIT}+(?:[/\-]{DIGIT}+)*", "xx/xx"),)


def _house() -> str:
    streets = either(load("headers")["streets"])
    number = rf"{DIGIT}{{1,5}}(?:[/\-]{DIGIT}{{1,5}})?"
    label = either(load("headers")["house"])
    return rf"(?i)(?:^|{label})\s*{number}\s*(?:,\s*)?{streets}"


def screen(heading: Heading) -> str | None:
    """A number and a word of streets at the start, or a house number under its header."""
    if heading.geometry:
        return None
    number = rf"^\s*{DIGIT}{{1,5}}(?:[/\-]{DIGIT}{{1,5}})?\s*$"
    return rf"{_house()}|{number}" if speaks_of(heading.said, "home") else _house()


def look(values: pa.Array, heading: Heading) -> Marks:
    """Marks of whole addresses, and of house numbers alone."""
    return marks(values, (WHOLE, _house()), (NUMBER, rf"^\s*{DIGIT}"))


def judge(tally: Tally, company: Company) -> Found | None:
    """A home by its header, or by the person beside it."""
    home = speaks_of(tally.heading.said, "home")
    person = company.together(*PERSONS) > 0 or company.speaks("person")
    which = (WHOLE, NUMBER) if home else (WHOLE,)
    count = tally.rows(*which)
    if not count or not (person or (home and tally.rows(WHOLE))):
        return None
    shown = examples(tally.values(*which), COVER)
    row = tally.row(*which)
    return Found("address", tally.heading.name, CODES[0], Level.ERROR, count, row, shown)
