"""Numbers of bank accounts: 10 to 12 digits, which prove nothing by themselves.

The rule. They stop the release where the header speaks of accounts, where a column beside them
speaks of banks and theirs says nothing else, or where a bank or the word account stands before them
in the text. Written ``123-4-56789-0`` by most of a column they do as well; by fewer they are a
warning.
"""

from __future__ import annotations

import pyarrow as pa

from catalog.problem import Level
from flows.privacy import Company, Found, Heading, Tally
from flows.privacy.cover import examples
from flows.privacy.words import (
    DIGIT,
    GAP,
    Marks,
    denies,
    either,
    load,
    marks,
    speaks_of,
    western,
)

CODES = ("privacy-bank-account", "privacy-bank-account-maybe")
PUBLIC_DUTY = False
COMPANY = True
WHOLE, FORMED, TOLD = 1, 2, 3

_TEN = rf"[0-9](?:{GAP}?[0-9]){{9,11}}"
_PARTED = r"[0-9]{3}[ \-][0-9][ \-][0-9]{5}[ \-][0-9]"
COVER = ((rf"{DIGIT}(?:{GAP}?{DIGIT}){{6,8}}{GAP}?({DIGIT}){GAP}?({DIGIT}){GAP}?({DIGIT})",
          r"xxx-x-xx\1\2-\3"),)  # fmt: skip


def screen(heading: Heading) -> str | None:
    """Ten digits."""
    return None if heading.geometry else rf"{DIGIT}(?:{GAP}?{DIGIT}){{9}}"


def look(values: pa.Array, heading: Heading) -> Marks:
    """Marks by form and by the words before the number."""
    banks = load("banks")
    words = either([*banks["context"], *banks["banks"], *banks["short"]])
    return marks(
        western(values),
        (FORMED, rf"^\s*{_PARTED}\s*$"),
        (WHOLE, rf"^[\s']*{_TEN}\s*$"),
        (TOLD, rf"(?i){words}[^0-9]{{0,40}}{_TEN}(?:$|[^0-9\-])"),
    )


def judge(tally: Tally, company: Company) -> Found | None:
    """By the header, the columns beside, the words before, or the form."""
    said = tally.heading.said
    beside = any(speaks_of(other.said, "bank") for other in company.headings)
    quiet = not any(denies(said, kind) for kind in ("bank_account", "phone", "citizen_id"))
    quiet = quiet and not speaks_of(said, "phone")
    if speaks_of(said, "bank_account") or (beside and quiet):
        rows = tally.rows(WHOLE, FORMED, TOLD)
        return _found(tally, True, WHOLE, FORMED, TOLD) if rows else None
    if tally.rows(TOLD):
        return _found(tally, True, TOLD)
    formed = tally.rows(FORMED)
    if formed and not denies(said, "bank_account"):
        return _found(tally, 2 * formed >= tally.filled and formed > 2, FORMED)
    return None


def _found(tally: Tally, sure: bool, *which: int) -> Found:
    shown = examples(tally.values(*which), COVER)
    level = Level.ERROR if sure else Level.WARNING
    count, row = tally.rows(*which), tally.row(*which)
    return Found(
        "bank_account", tally.heading.name, CODES[0 if sure else 1], level, count, row, shown
    )
