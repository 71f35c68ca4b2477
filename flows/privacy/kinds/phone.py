"""Telephone numbers of persons: mobile 06, 08, 09 (also +66), and fixed lines 02 to 07.

The rule. A mobile number stops the release where it is written as one (``081-234-5678``,
``+66 81 234 5678``), where words of telephones stand before it or in the header. Ten bare digits
prove less, for codes look the same: they stop it where four in five of the column's values are
such and differ as numbers of people do (codes run on, and share their beginnings); never under a
header of codes or references. Fixed lines are mostly an office's: a warning, and an error only
where the rows name persons. ``public_officer`` answers for both.
"""

from __future__ import annotations

import pyarrow as pa

from catalog.problem import Level
from flows.privacy import Company, Found, Heading, Tally
from flows.privacy.cover import examples
from flows.privacy.words import (
    DIGIT,
    GAP,
    NEXT,
    NOUGHT,
    Marks,
    denies,
    either,
    load,
    marks,
    speaks_of,
    western,
)

CODES = ("privacy-phone", "privacy-phone-maybe", "privacy-phone-office")
PUBLIC_DUTY = True
COMPANY = False
BARE, FORMED, TOLD, FIXED, CUT, INSIDE = 1, 2, 3, 4, 5, 6

_START = r"(?:^|[^0-9A-Za-z.\-/_])"
_END = r"(?:$|[^0-9A-Za-z\-/_]|[\-/][^0-9]|/[0-9]{1,2}(?:$|[^0-9]))"
_ABROAD = rf"\(?\+\s?66\)?{GAP}?(?:\(0\))?0?{GAP}?"
_SEP = r"[ \-.\x{00a0}\x{2010}-\x{2013}]"
_FORMS = (
    rf"0[689][0-9]{_SEP}[0-9]{{3}}{_SEP}?[0-9]{{4}}",
    rf"0[689]{_SEP}[0-9]{{4}}{_SEP}?[0-9]{{4}}",
    rf"0[689][0-9]{{2}}{_SEP}[0-9]{{3}}{_SEP}[0-9]{{3}}",
    rf"0[689]{_SEP}[0-9]{{4}}{_SEP}[0-9]{{2}}{_SEP}[0-9]{{2}}",
    rf"\(0[689][0-9]?\)\s?[0-9]{{3,4}}{_SEP}?[0-9]{{4}}",
    rf"{_ABROAD}[689](?:{GAP}?[0-9]){{8}}",
)
_FORMED = f"{_START}(?:{'|'.join(_FORMS)}){_END}"
_MOBILE = rf"0[ \-]?[689](?:{GAP}{{0,2}}[0-9]){{8}}"
_LINE = (
    rf"{_START}(?:\(?0[ \-]?[2-7][0-9]?\)?{GAP}{{0,2}}[0-9]{{3,4}}{GAP}{{0,2}}[0-9]{{3,4}}"
    rf"|{_ABROAD}[2-7](?:{GAP}?[0-9]){{7}})"
)
_LINE_WHOLE = (
    rf"^\s*\(?0[ \-]?[2-7]\)?{GAP}{{0,2}}[0-9]{{1,4}}{GAP}{{0,2}}[0-9]{{3}}{GAP}{{0,2}}[0-9]{{3,4}}"
)
#: Share of a column's values that have to look like numbers where nothing says that they are.
_MOST = 0.8
_FEW = 3
_COVERED = (
    (
        rf"(^|[^0-9.])({NOUGHT}[ \-]?{NEXT})(?:\)?{GAP}{{0,2}}{DIGIT}){{5,6}}"
        rf"{GAP}?({DIGIT}){GAP}?({DIGIT})($|[^0-9])"
    ),
    r"\1\2x-xxx-xx\3\4\5",
)
COVER = (
    (
        rf"(\+\s?66\)?{GAP}{{0,2}}0?[689])(?:{GAP}{{0,2}}{DIGIT}){{6}}{GAP}?({DIGIT}){GAP}?({DIGIT})",
        r"\1x-xxx-xx\2\3",
    ),
    _COVERED,
    _COVERED,  # of two numbers with one character between, the first takes it
    (r"^\s*([689])[0-9]{6}([0-9]{2})(?:\.0)?\s*$", r"\1x-xxx-xx\2"),
)


def screen(heading: Heading) -> str | None:
    """A nought (or +66) and eight digits at least; under a header of telephones also without it."""
    if heading.geometry:
        return None
    start = rf"(?:{NOUGHT}\)?|\+\s?66\)?){GAP}{{0,2}}(?:\(0\))?{GAP}?"
    lead = rf"{start}{NEXT}(?:\)?{GAP}{{0,2}}{DIGIT}){{7}}"
    return rf"{lead}|^\s*[689][0-9]{{8}}(?:\.0)?\s*$" if _speaks(heading) else lead


def _speaks(heading: Heading) -> bool:
    return speaks_of(heading.said, "phone")


def look(values: pa.Array, heading: Heading) -> Marks:
    """Marks by how a number is written and by the words before it."""
    text = western(values)
    words = load("headers")["context"]
    told = rf"(?i){either(words['phone'])}[^0-9+]{{0,12}}(?:{_MOBILE}|{_ABROAD}[689])"
    rules = [
        (TOLD, told),
        (0, rf"(?i){either(words['no_phone'])}[^0-9+]{{0,6}}{_MOBILE}{_END}"),
        (FORMED, _FORMED),
        (BARE, r"^[\s']*0[689][0-9]{8}\s*$"),
        (INSIDE, rf"{_START}0[689][0-9]{{8}}{_END}"),
        (FIXED, rf"{_LINE}(?:\s*{either(words['extension'])}\s*[0-9]+)?{_END}|{_LINE_WHOLE}"),
    ]
    if _speaks(heading):
        rules.insert(0, (CUT, r"^\s*[689][0-9]{8}(?:\.0)?\s*$"))
    return marks(text, *rules)


def judge(tally: Tally, company: Company) -> Found | None:
    """By the header, by how numbers are written, or by what most of the column looks like."""
    said = tally.heading.said
    mobile = (TOLD, FORMED, INSIDE, CUT, BARE)
    if _speaks(tally.heading) and tally.rows(*mobile):
        return _found(tally, Level.ERROR, 0, *mobile)
    if tally.rows(FORMED, TOLD):
        return _found(tally, Level.ERROR, 0, TOLD, FORMED)
    if tally.rows(INSIDE):
        return _found(tally, Level.ERROR, 0, INSIDE)
    bare = tally.rows(BARE)
    if bare and not denies(said, "phone") and bare >= _MOST * tally.filled:
        sure = _differ(tally.values(BARE))
        return _found(tally, Level.ERROR if sure else Level.WARNING, 0 if sure else 1, BARE)
    if tally.rows(FIXED) and (_speaks(tally.heading) or tally.rows(FIXED) < tally.filled):
        return _found(tally, Level.WARNING, 2, FIXED)
    return None


def _differ(values: list[str]) -> bool:
    """Whether the numbers' beginnings differ as those of people's numbers do."""
    beginnings = {value.strip(" '")[:6] for value in values}
    return len(values) >= _FEW and 2 * len(beginnings) >= len(values)


def _found(tally: Tally, level: Level, code: int, *which: int) -> Found:
    shown = examples(tally.values(*which), COVER)
    count, row = tally.rows(*which), tally.row(*which)
    return Found("phone", tally.heading.name, CODES[code], level, count, row, shown)
