"""Measurements below (or above) what the method can see: ``< 1.8``.

Refuses to guess: such a value is no number and no zero; it is asked what stands there.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from flows.doctor import Column, Finding, Remedy
from flows.doctor._column_find import AS_TEXT, ask, found
from flows.doctor._column_role import role_of
from flows.doctor._values_view import view


def examine(column: Column) -> Iterator[Finding]:
    """Look for limits of detection."""
    role = role_of(column)
    if role.kind != "number" or "below" not in role.facts:
        return
    mask = role.facts["below"]
    after = pc.if_else(pa.array(mask), "", view(column).texts)
    empty = Remedy("rows", "below_detection", {"columns": [column.label], "value": "missing"})
    question = ask("below-detection", {"missing": [empty], "text": AS_TEXT}, "missing")
    yield from found(column, mask, code="cells-below-detection", after=after, question=question)
