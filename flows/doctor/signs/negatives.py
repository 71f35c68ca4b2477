"""Accountants' negatives: numbers in brackets, and with the minus behind.

Refuses to guess: a number in brackets is a debt in accounts and a share in statistics; it is asked
about, and the likelier answer is named.
"""

from __future__ import annotations

from collections.abc import Iterator

from flows.doctor import Column, Finding
from flows.doctor._column_find import ask, found, of_field, repair
from flows.doctor._column_role import role_of
from flows.doctor._values_view import view
from flows.repairs import thousands


def examine(column: Column) -> Iterator[Finding]:
    """Look for brackets around numbers and minus signs behind them."""
    role, seen = role_of(column), view(column)
    if role.kind != "number" or not role.facts.keys() & {"brackets", "behind"}:
        return
    if "behind" in role.facts:
        after = thousands.repair(seen.tidy, thousands.Options(brackets="leave"))
        yield from found(column, role.facts["behind"], code="cells-minus-behind", after=after,
                         remedies=[repair("thousands", brackets="leave")])  # fmt: skip
    if "brackets" not in role.facts:
        return
    mask = role.facts["brackets"]
    most = seen.rows(mask) * 2 > seen.rows(role.fits)
    after = thousands.repair(seen.tidy, thousands.Options())
    question = ask("brackets", {
        "negative": [repair("thousands", brackets="negative")],
        "positive": [repair("strip_affix", prefixes=["("], suffixes=[")"])],
        "text": [of_field("type", "string")],
    }, "positive" if most else "negative")  # fmt: skip
    yield from found(column, mask, code="cells-brackets", after=after, question=question)
