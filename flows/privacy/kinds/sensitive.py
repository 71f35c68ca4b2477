"""The special kinds of section 26 PDPA: ethnicity, politics, belief, sexuality, criminal record,
health, disability, union, genetic, biometric.

The rule. A table that counts people by religion is a statistic; a table with a person in each row
and a religion beside is not. So a header that speaks of such a kind (``sensitive.yaml``) stops the
release where a person stands in the same rows: somebody's name, number, mailbox, date of birth, a
number that an institution gives to people (HN), or age and sex together where nothing is counted.
"""  # noqa: D205

from __future__ import annotations

import pyarrow as pa

from catalog.problem import Level
from flows.privacy import PERSONS, Company, Found, Heading, Tally
from flows.privacy.words import Marks, either, load, marks, says, speaks_of

CODES = (
    "privacy-ethnicity", "privacy-politics", "privacy-belief", "privacy-sexuality",
    "privacy-criminal", "privacy-health", "privacy-disability", "privacy-union",
    "privacy-genetic", "privacy-biometric",
)  # fmt: skip
PUBLIC_DUTY = False
COMPANY = True
KNOWN, OTHER = 1, 2
#: One letter at most: what the word is, is what must not be told.
COVER = ((r"(?s).+", "****"),)


def sort_of(said: str) -> str | None:
    """Which special kind a header speaks of."""
    kinds = load("sensitive")
    return next((kind for kind in kinds if says(said, kinds[kind]["headers"])), None)


def screen(heading: Heading) -> str | None:
    """Everything under a header that speaks of such a kind."""
    counted = heading.unit or speaks_of(heading.said, "people_count")
    return None if heading.geometry or counted or not sort_of(heading.said) else r"\S"


def look(values: pa.Array, heading: Heading) -> Marks:
    """Marks of values that the vocabulary has, and of others."""
    words = load("sensitive")[str(sort_of(heading.said))]["values"]
    return marks(values, (KNOWN, rf"(?i){either(words)}"), (OTHER, r"[A-Za-z\x{0e01}-\x{0e2e}]"))


def judge(tally: Tally, company: Company) -> Found | None:
    """Beside a person."""
    heading = tally.heading
    shape = company.speaks("age") and company.speaks("sex") and not company.speaks("count")
    person = company.together(*PERSONS) > 0 or company.speaks("person") or shape
    count = tally.rows(KNOWN, OTHER)
    if tally.treated and not tally.rows(KNOWN):
        return None
    if not person or not count:
        return None
    code = f"privacy-{sort_of(heading.said)}"
    row = tally.row(KNOWN, OTHER)
    return Found("sensitive", heading.name, code, Level.ERROR, count, row, ("****",))
