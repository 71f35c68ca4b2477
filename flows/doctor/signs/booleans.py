"""Words for yes and no, and ticks in boxes, as true and false.

Refuses to guess: what an empty box means; it is asked. Pairs that say more than yes and no
(ผ่าน/ไม่ผ่าน) stay words.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow.compute as pc

from catalog.problem import Level
from flows.doctor import Column, Finding
from flows.doctor._column_find import ask, found, of_field, repair
from flows.doctor._column_mend import run
from flows.doctor._column_role import role_of
from flows.doctor._values_view import view
from flows.repairs import ticks


def examine(column: Column) -> Iterator[Finding]:
    """Look for a column of yes and no."""
    role, seen = role_of(column), view(column)
    if role.kind == "boolean":
        yes, no = (pc.unique(seen.kept(role.facts[name])).to_pylist() for name in ("yes", "no"))
        options = {"true": yes, "false": no}
        after, _ = run(seen, seen.texts, "yes_no", options)
        plain = {*yes, *no} <= {"true", "false"}
        remedies = [of_field("type", "boolean"), *([] if plain else [repair("yes_no", **options)])]
        yield from found(column, role.fits, code="cells-yes-no", level=Level.NOTE, after=after,
                         remedies=remedies, yes=" ".join(yes), no=" ".join(no))  # fmt: skip
    if role.kind != "tick":
        return
    after = ticks.repair(seen.texts, ticks.Options())
    as_boolean = of_field("type", "boolean")
    if not column.empty:
        yield from found(column, role.fits, code="cells-ticks", after=after,
                         remedies=[as_boolean, repair("ticks")])  # fmt: skip
        return
    question = ask("ticks", {
        "false": [as_boolean, repair("ticks", empty="false")],
        "unknown": [as_boolean, repair("ticks")],
        "text": [of_field("type", "string")],
    }, "false")  # fmt: skip
    yield from found(column, role.fits, code="cells-ticks-empty", after=after, question=question,
                     empty=column.empty)  # fmt: skip
