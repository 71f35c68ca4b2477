"""Commas between thousands, and the real minus sign, in columns of numbers.

Refuses to guess: other grouping (1,23) is no number and is told as an exception. Brackets and a
minus behind are the sign ``negatives``.
"""

from __future__ import annotations

from collections.abc import Iterator

from flows.doctor import Column, Finding
from flows.doctor._column_find import found, repair
from flows.doctor._column_role import role_of
from flows.doctor._values_view import view
from flows.repairs import thousands
from flows.repairs._arrow import any_octet


def examine(column: Column) -> Iterator[Finding]:
    """Look for numbers written for people."""
    role, seen = role_of(column), view(column)
    if role.kind != "number":
        return
    mask = seen.like(r".*[0-9],[0-9].*") & role.fits & ~role.facts.get("below", seen.blank)
    leave = thousands.Options(brackets="leave")
    remedies = [repair("thousands", brackets="leave")]
    if mask.any():
        after = thousands.repair(seen.tidy, leave)
        yield from found(column, mask, code="cells-thousands", after=after, remedies=remedies)
    if any_octet(seen.tidy, b"\xe2"):  # first byte of U+2212
        minus = seen.like("\u2212.*") & role.fits
        after = thousands.repair(seen.tidy, leave)
        yield from found(column, minus, code="cells-minus", after=after, remedies=remedies)
