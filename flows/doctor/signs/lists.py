"""Several values in one cell: ``1, 4, 8``.

Refuses to guess: whether the cell is a list or a text with commas in it; it is asked, and until
then it is text.
"""

from __future__ import annotations

from collections.abc import Iterator

from flows.doctor import Column, Finding
from flows.doctor._column_find import ask, found, of_field, repair
from flows.doctor._column_role import role_of


def examine(column: Column) -> Iterator[Finding]:
    """Look for lists in cells."""
    role = role_of(column)
    if role.kind != "list":
        return
    marks = role.facts["marks"]
    as_list = [of_field("type", "list"), repair("split_list", separators=marks)]
    question = ask("list", {"text": [], "list": as_list}, "text")
    yield from found(column, role.facts["several"], code="cells-list", question=question,
                     mark=" ".join(marks))  # fmt: skip
