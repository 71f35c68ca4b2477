"""13-digit numbers of persons: Thai citizen ids, also with dashes, blanks, Thai digits, in texts.

What tells one from any 13 digits (Department of Provincial Administration, 13-digit numbering):
the last digit is a checksum, which one random number in ten passes; the first says what kind of
person it is, 1 to 8; digits 2 to 5 are the register that gave it, a district (``districts.csv``) or
a municipality (numbered from 99 down). By chance about one number in 60 has all three.

The rule. A number that passes the checksum stops the release where the header speaks of ids, where
it is written ``1-2345-67890-12-3``, or where words of ids stand before it. In any other column it
stops the release when the share that passes is more than chance explains (chance less than one in
ten, less in longer columns, by a Chernoff bound), under a header of references, projects or
barcodes when it is at least half; what chance may explain is a warning. 13 digits under a header of
ids stop it even with wrong checksums (mistyped ids are ids).

A first digit 0 with the structure of a juristic person (type of entity and year of registration:
``0-1055-36…``) is the number of a company or an office: nobody's personal datum. Persons without
civil status have a 0 as well, foreign workers ``00``: those count where their district exists, or
under a header of ids; so does a first digit 9, which no person was ever given.
"""

from __future__ import annotations

import math
import re
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalog.places import places
from catalog.problem import Level
from flows.privacy import Company, Found, Heading, Tally
from flows.privacy.cover import examples
from flows.privacy.words import DIGIT, GAP, Marks, denies, either, load, matched, speaks_of, western

CODES = ("privacy-citizen-id", "privacy-citizen-id-maybe")
PUBLIC_DUTY = False
COMPANY = False
PLAIN, PLACED, SUMMED, BOTH, PROVEN, JURISTIC = 1, 2, 3, 4, 5, 6

_RUN = rf"{DIGIT}(?:{GAP}{{0,3}}{DIGIT}){{12}}"
_WHOLE = rf"^[\s'\x{{200b}}]*{_RUN}(?:\.0+)?\s*$"
_FORMED = r"^\D*[0-9][ \-\x{2010}-\x{2013}][0-9]{4}[ \-\x{2010}-\x{2013}][0-9]{5}"
_WEIGHTS = np.arange(13, 1, -1)
#: Marks from the least telling.
_RANK = (0, JURISTIC, PLAIN, PLACED, SUMMED, BOTH, PROVEN)
#: Registers of municipalities are numbered downwards from 99.
_MUNICIPAL = range(80, 100)
#: Share of random 13-digit numbers that have a person's structure.
_STRUCTURED = 0.17
#: Chance below which a coincidence is no explanation, for a few numbers; the more numbers a column
#: has, the less a few hits among them mean.
_ALPHA, _FEW = 0.1, 5
COVER = (
    (
        rf"({DIGIT}){GAP}{{0,3}}{DIGIT}" + rf"(?:{GAP}{{0,3}}{DIGIT}){{8}}"
        + rf"{GAP}{{0,3}}({DIGIT}){GAP}{{0,3}}({DIGIT}){GAP}{{0,3}}{DIGIT}",
        r"\1-xxxx-xxxxx-\2\3-x",
    ),
)  # fmt: skip


def screen(heading: Heading) -> str | None:
    """13 digits with little between them."""
    return None if heading.geometry else _RUN


def look(values: pa.Array, heading: Heading) -> Marks:
    """Marks by structure, checksum, and how it is written."""
    text = western(values)
    whole = matched(text, _WHOLE)
    found = np.zeros(len(values), np.uint8)
    if whole.any():
        cells = text.filter(pa.array(whole))
        plain = pc.replace_substring_regex(cells, r"\.0+\s*$", "")
        grades = _grades(pc.replace_substring_regex(plain, "[^0-9]", ""))
        formed = matched(cells, _FORMED) & ((grades == BOTH) | (grades == SUMMED))
        found[whole] = np.where(formed, PROVEN, grades)
    for index in np.flatnonzero(~whole):
        found[index] = _inside(text[int(index)].as_py())
    return found


def _grades(numbers: pa.Array) -> Marks:
    """Marks of an array of exactly 13 ASCII digits each."""
    joined = "".join(numbers.to_pylist()).encode()
    digits = np.frombuffer(joined, np.uint8).reshape(-1, 13).astype(np.int16) - 48
    check = (11 - (digits[:, :12] * _WEIGHTS).sum(axis=1) % 11) % 10
    summed = check == digits[:, 12]
    district = digits[:, 1:5] @ np.array([1000, 100, 10, 1])
    year = digits[:, 4:7] @ np.array([100, 10, 1])
    known = _registers()[district]
    nought = digits[:, 0] == 0
    juristic = nought & (((year >= 430) & (year < 640)) | ~known)
    person = known & (digits[:, 0] != 9)
    grades = np.select(
        [juristic & summed, person & summed, summed, person],
        [JURISTIC, BOTH, SUMMED, PLACED],
        PLAIN,
    )
    return grades.astype(np.uint8)


@cache
def _registers() -> np.ndarray[Any, np.dtype[np.bool_]]:
    """By four digits: whether a register has that number."""
    known = np.zeros(10_000, np.bool_)
    known[[int(code) for code in places(4)]] = True
    for province in places(2):
        known[[int(province) * 100 + number for number in _MUNICIPAL]] = True
    return known


_NUMBER = re.compile(rf"(?<![0-9])(?<![0-9]{GAP}){_RUN}(?![0-9])(?!{GAP}[0-9])")
_PARTED = re.compile(r"[0-9][ \-\u2010-\u2013][0-9]{4}[ \-\u2010-\u2013][0-9]{5}[ \-\u2010-\u2013]")


@cache
def _context() -> re.Pattern[str]:
    words = load("headers")["context"]["citizen_id"]
    return re.compile(either(words) + r"[^0-9]{0,25}$", re.IGNORECASE)


def _inside(text: str) -> int:
    """The mark of a text with numbers in it: of its most telling one."""
    best = 0
    for match in _NUMBER.finditer(text):
        digits = re.sub("[^0-9]", "", match[0])
        grade = int(_grades(pa.array([digits]))[0])
        said = _context().search(text[max(0, match.start() - 60) : match.start()])
        passes = grade in (SUMMED, BOTH)
        if passes and (_PARTED.match(match[0]) or said):
            grade = PROVEN
        best = max(best, grade, key=_RANK.index)
    return best


def is_number(text: str) -> bool:
    """Whether a text has a number of a person in it that passes the checksum."""
    return _inside(str(western(pa.array([text]))[0].as_py())) in (SUMMED, BOTH, PROVEN)


def judge(tally: Tally, company: Company) -> Found | None:
    """By the header, by proof in the values, or by more hits than chance has."""
    said = tally.heading.said
    named, denied = speaks_of(said, "citizen_id"), denies(said, "citizen_id")
    # Companies have numbers of taxpayers, no citizen ids.
    more = (JURISTIC,) if named and not speaks_of(said, "tax_id") else ()
    hits, every = (SUMMED, BOTH, PROVEN, *more), (PLAIN, PLACED, SUMMED, BOTH, PROVEN, *more)
    numbers, passing = tally.rows(*every), tally.rows(*hits)
    if named and not tally.treated and 2 * numbers >= tally.filled:
        return _found(tally, Level.ERROR, *every)
    if passing and (named or 2 * passing >= numbers >= 3):
        return _found(tally, Level.ERROR, *hits)
    if not denied and _beyond_chance(tally, numbers):
        return _found(tally, Level.ERROR, BOTH, PROVEN)
    if tally.rows(PROVEN):
        return _found(tally, Level.ERROR, PROVEN)
    if not denied and tally.rows(BOTH) > 0.2 * _STRUCTURED * numbers:
        return _found(tally, Level.WARNING, BOTH)
    return None


def _beyond_chance(tally: Tally, numbers: int) -> bool:
    """Whether checksums and structure together are more often right than by chance.

    The chance of a number is one in ten for the checksum, times the share of the column's other
    numbers that have the structure (never less than random ones have): references that begin
    alike may all have it.
    """
    hits = tally.rows(BOTH)
    if not hits:
        return False
    others = tally.rows(PLAIN, PLACED, SUMMED)
    structured = max(tally.rows(PLACED) / others if others else 0.0, _STRUCTURED)
    chance, share = 0.1 * structured, hits / numbers
    if share <= chance:
        return False
    rest = (1 - share) * math.log((1 - share) / (1 - chance)) if share < 1 else 0.0
    return numbers * (share * math.log(share / chance) + rest) >= -math.log(
        _ALPHA * min(1.0, _FEW / numbers)
    )


def _found(tally: Tally, level: Level, *marks: int) -> Found:
    code = CODES[0] if level is Level.ERROR else CODES[1]
    shown = examples(tally.values(*reversed(marks)), COVER)
    count, row = tally.rows(*marks), tally.row(*marks)
    return Found("citizen_id", tally.heading.name, code, level, count, row, shown)
