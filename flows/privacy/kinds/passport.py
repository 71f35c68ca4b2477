"""Numbers of passports: ``AA1234567`` and ``A1234567`` (Thai), one or two letters before digits.

The rule. Codes of things look the same, so the number alone proves nothing: the header or the words
before it must speak of passports. Then it stops the release.
"""

from __future__ import annotations

import pyarrow as pa

from catalog.problem import Level
from flows.privacy import Company, Found, Heading, Tally
from flows.privacy.cover import examples
from flows.privacy.words import Marks, either, load, marks, speaks_of

CODES = ("privacy-passport",)
PUBLIC_DUTY = False
COMPANY = False
SHAPE, TOLD = 1, 2

_NUMBER = r"(?:^|[^A-Za-z0-9])[A-Za-z]{1,2}[ \-]?[0-9]{6,7}(?:$|[^A-Za-z0-9])"
COVER = ((r"([A-Za-z]{1,2})[ \-]?[0-9]{4,5}([0-9]{2})", r"\1xxxxx\2"),)


def _context() -> str:
    return rf"(?i){either(load('headers')['context']['passport'])}[^0-9]{{0,20}}{_NUMBER}"


def screen(heading: Heading) -> str | None:
    """The number under a header of passports; elsewhere the word and the number."""
    if heading.geometry:
        return None
    return _NUMBER if speaks_of(heading.said, "passport") else _context()


def look(values: pa.Array, heading: Heading) -> Marks:
    """Marks by the words before it."""
    return marks(values, (TOLD, _context()), (SHAPE, _NUMBER))


def judge(tally: Tally, company: Company) -> Found | None:
    """Under its header, or with its word."""
    which = (TOLD, SHAPE) if speaks_of(tally.heading.said, "passport") else (TOLD,)
    count = tally.rows(*which)
    if not count:
        return None
    shown = examples(tally.values(*which), COVER)
    row = tally.row(*which)
    return Found("passport", tally.heading.name, CODES[0], Level.ERROR, count, row, shown)
