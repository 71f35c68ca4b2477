"""Per cent signs behind numbers.

Refuses to guess: where some numbers have the sign and others do not, the others may be shares of
one (0.5) or forgotten signs: it is asked.
"""

from __future__ import annotations

from collections.abc import Iterator

from flows.doctor import Column, Finding
from flows.doctor._column_find import AS_TEXT, ask, found, of_field, repair
from flows.doctor._column_role import role_of
from flows.doctor._values_view import view
from flows.repairs import percent


def examine(column: Column) -> Iterator[Finding]:
    """Look for per cent signs."""
    role, seen = role_of(column), view(column)
    if role.kind != "number" or "percent" not in role.facts:
        return
    mask = role.facts["percent"]
    after = percent.repair(seen.tidy, percent.Options())
    unit = of_field("unit", "%")
    bare = role.fits & ~mask & ~seen.like(r"0*\.?0*")
    if not bare.any():
        yield from found(column, mask, code="cells-percent", after=after,
                         remedies=[repair("percent"), unit])  # fmt: skip
        return
    question = ask("percent", {
        "same": [repair("percent", others="same"), unit], "text": AS_TEXT,
    }, "same")  # fmt: skip
    yield from found(column, mask, code="cells-percent-mixed", after=after, question=question,
                     others=seen.rows(bare))  # fmt: skip
