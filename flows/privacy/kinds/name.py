"""Names of persons: a title with given name and surname, or two words under a header of names.

The rule. A name alone is a warning: most names in public documents are of officers, and only the
office knows (``public_officer`` answers). Beside an id, an address, a telephone, a mailbox, an
account, a plate or a date of birth in the same rows it stops the release. Posts (``นายอำเภอ``)
and places (``นางรอง``) that begin like a title are none: ``titles.yaml`` and the lists of places.
"""

from __future__ import annotations

from functools import cache

import pyarrow as pa

from catalog.places import places
from catalog.problem import Level
from flows.privacy import Company, Found, Heading, Tally
from flows.privacy.cover import examples
from flows.privacy.words import BEGIN, THAI, Marks, either, load, marks, speaks_of

CODES = ("privacy-name-beside", "privacy-name")
PUBLIC_DUTY = True
COMPANY = True
WHOLE, INSIDE, WORDS, PLAIN = 1, 2, 3, 4
COVER: tuple[tuple[str, str], ...] = ()
BESIDE = (
    "citizen_id", "passport", "phone", "email", "bank_account", "plate", "birth_date", "address",
)  # fmt: skip


@cache
def _titled() -> str:
    titles = load("titles")
    thai = rf"{either(titles['titles'])}\s*{BEGIN}{THAI}+\s+{BEGIN}{THAI}+"
    return rf"{thai}|{either(titles['english'])}\s+[A-Z][A-Za-z.\-]*\s+[A-Z][A-Za-z\-]+"


@cache
def _no_names() -> str:
    """Posts and places that begin like a title with a name."""
    titles = load("titles")
    starts = tuple(title for title in titles["titles"] if "." not in title)
    named = {w.th for digits in (4, 6) for w in places(digits).values() if w.th.startswith(starts)}
    return rf"(?:{either(titles['no_names'])}|{either(sorted(named))}(?:\s|$))"


def screen(heading: Heading) -> str | None:
    """A title and two words; under a header of names any words."""
    if heading.geometry:
        return None
    start = rf"(?:^|[\s,(/:\-0-9.\x{{0e01}}-\x{{0e5b}}])(?:{_titled()})"
    return rf"{BEGIN}{THAI}|[A-Za-z]{{2}}" if speaks_of(heading.said, "name") else start


def look(values: pa.Array, heading: Heading) -> Marks:
    """Marks by title and form."""
    rules = [
        (0, rf"^[\s\d.)(\-]*{_no_names()}"),
        (WHOLE, rf"^[\s\d.)(\-]*(?:{_titled()})\s*(?:{THAI}+)?\s*$"),
        (INSIDE, rf"(?:^|[\s,(/:\-0-9.])(?:{_titled()})"),
    ]
    if speaks_of(heading.said, "name"):
        rules.append((WORDS, rf"^\s*{BEGIN}{THAI}+\s+{BEGIN}{THAI}+\s*$|^[A-Za-z\-]+ [A-Za-z\-]+$"))
        rules.append((PLAIN, rf"^\s*{BEGIN}{THAI}{{1,30}}\s*$|^[A-Za-z\-]{{2,30}}$"))
    return marks(values, *rules)


def judge(tally: Tally, company: Company) -> Found | None:
    """A warning alone, an error beside what finds the person."""
    named = speaks_of(tally.heading.said, "name") and not tally.treated
    which = (WHOLE, INSIDE, WORDS, PLAIN) if named else (WHOLE, INSIDE)
    count = tally.rows(*which)
    if not count:
        return None
    shown = examples(tally.values(*which), COVER)
    beside = company.together(*BESIDE) > 0
    level = Level.ERROR if beside else Level.WARNING
    code = CODES[0 if beside else 1]
    return Found("name", tally.heading.name, code, level, count, tally.row(*which), shown)
