"""Thai digits (๐ to ๙), alone or beside 0 to 9 in the same column.

Refuses to guess: in running text Thai digits are how Thai is written; they are told and stay.
"""

from __future__ import annotations

from collections.abc import Iterator

from catalog.problem import Level
from flows.doctor import Column, Finding
from flows.doctor._column_find import found, repair
from flows.doctor._column_role import role_of
from flows.doctor._values_view import flags, view
from flows.repairs import thai_digits
from flows.repairs._arrow import matches, seen

_THAI = "[๐-๙]"


def examine(column: Column) -> Iterator[Finding]:
    """Look for Thai digits."""
    whole = view(column)
    if not seen(whole.texts, _THAI):
        return
    mask = flags(matches(whole.texts, _THAI))
    if role_of(column).kind in ("text", "place"):
        yield from found(column, mask, code="text-thai-digits", level=Level.NOTE)
        return
    after = thai_digits.repair(whole.texts, thai_digits.Options())
    western = whole.rows(flags(matches(whole.texts, "[0-9]")))
    remedies = [repair("thai_digits")]
    if western:
        yield from found(column, mask, code="cells-mixed-digits", after=after, remedies=remedies,
                         western=western)  # fmt: skip
    else:
        yield from found(column, mask, code="cells-thai-digits", after=after, remedies=remedies)
