"""Dates of birth: a header that speaks of birth over full dates.

The rule. Such a column holds one person a row: it stops the release. A year alone does not.
"""

from __future__ import annotations

import pyarrow as pa

from catalog.problem import Level
from flows.privacy import Company, Found, Heading, Tally
from flows.privacy.words import DIGIT, Marks, either, load, marks, speaks_of

CODES = ("privacy-birth-date",)
PUBLIC_DUTY = False
COMPANY = False
COVER = ((rf"{DIGIT}", "x"),)


def screen(heading: Heading) -> str | None:
    """A date, only under a header of births."""
    if heading.geometry or not speaks_of(heading.said, "birth_date"):
        return None
    month = either(load("headers")["months"])
    numbers = rf"{DIGIT}{{1,4}}\s?[/.\-]\s?{DIGIT}{{1,2}}\s?[/.\-]\s?{DIGIT}{{1,4}}"
    return rf"(?i){numbers}|{DIGIT}{{1,2}}\s*{month}[a-z.]*\s*{DIGIT}{{2,4}}|^{DIGIT}{{8}}$"


def look(values: pa.Array, heading: Heading) -> Marks:
    """One mark: it is a date."""
    return marks(values, (1, str(screen(heading))))


def judge(tally: Tally, company: Company) -> Found | None:
    """Any full date under the header."""
    if not tally.rows(1):
        return None
    year = tally.values(1)[0]
    shown = ("x" * len(year[:10]),)
    name = tally.heading.name
    return Found("birth_date", name, CODES[0], Level.ERROR, tally.rows(1), tally.row(1), shown)
