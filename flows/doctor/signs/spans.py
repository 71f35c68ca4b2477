"""Years that reach over New Year: crop years, school years, seasons (2527/28).

Refuses to guess: a span of several years, or one that runs backwards, is a slip or another thing;
it is named and stays.
"""

from __future__ import annotations

from collections.abc import Iterator

from catalog.problem import Level
from flows.doctor import Column, Finding
from flows.doctor._column_find import AS_TEXT, ask, found, repair
from flows.doctor._column_mend import run
from flows.doctor._column_role import role_of
from flows.doctor._values_view import flags, view
from flows.repairs._arrow import differs, matches

_ISO = r"^[0-9]{4}(?:/[0-9]{4})?$"


def examine(column: Column) -> Iterator[Finding]:
    """Look at a column of spans of years."""
    role, seen = role_of(column), view(column)
    if role.kind != "span":
        return
    after, refused = run(seen, seen.texts, "year_span", {})
    if refused:
        question = ask("era", {"source": [], "text": AS_TEXT}, "source")
        yield from found(column, role.fits, code="months-mixed", level=Level.ERROR,
                         question=question)  # fmt: skip
        return
    changed = flags(differs(seen.texts, after)) & role.fits
    yield from found(column, changed, code="years-span", level=Level.NOTE, after=after,
                     remedies=[repair("year_span")])  # fmt: skip
    odd = role.fits & ~changed & ~flags(matches(after, _ISO))
    yield from found(column, odd, code="years-span-odd")
