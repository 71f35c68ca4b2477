"""Small cells of statistics: counts of 1 to 4 people, behind which neighbours know the person.

The rule. A column counts people by its unit (``คน``, ``ราย``) or its header. A cell from 1 to
``THRESHOLD`` - 1 stops the release; 0 tells of nobody and passes. The treatment is ``suppress``,
which also empties what the cell could be recalculated from.
"""

from __future__ import annotations

import pyarrow as pa

from catalog.problem import Level
from flows.privacy import Company, Found, Heading, Tally
from flows.privacy.words import Marks, load, marks, says, speaks_of

CODES = ("privacy-small-cell",)
PUBLIC_DUTY = False
COMPANY = False
#: Counts below it are small (k).
THRESHOLD = 5
COVER = ((r"[0-9]+", "< 5"),)
_SMALL = r"^\s*[1-4\x{0e51}-\x{0e54}](?:\.0+)?\s*$"


def counts_people(heading: Heading) -> bool:
    """Whether a column counts people."""
    unit = heading.unit.strip().lower() in load("headers")["people"]
    denied = says(heading.said, load("headers")["people_count"]["against"])
    return unit or (speaks_of(heading.said, "people_count") and not denied and not heading.unit)


def screen(heading: Heading) -> str | None:
    """1 to 4 under a header that counts people."""
    return _SMALL if not heading.geometry and counts_people(heading) else None


def look(values: pa.Array, heading: Heading) -> Marks:
    """One mark: it is small."""
    return marks(values, (1, _SMALL))


def judge(tally: Tally, company: Company) -> Found | None:
    """Any small cell."""
    count, name = tally.rows(1), tally.heading.name
    if not count:
        return None
    params = {"k": THRESHOLD}
    return Found("small_cell", name, CODES[0], Level.ERROR, count, tally.row(1), (), params)
