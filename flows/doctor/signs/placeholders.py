"""What is typed to get past a form: ``xxx``, ``test``, ``0000000000``, ``1/1/1900``.

Refuses to guess: whether it is meant; it is asked.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from flows.doctor import Column, Finding
from flows.doctor._column_find import ask, found, repair
from flows.doctor._column_role import few, role_of
from flows.doctor._values_view import flags, view
from flows.repairs._arrow import load


def examine(column: Column) -> Iterator[Finding]:
    """Look for placeholders among other values."""
    seen = view(column)
    words = pa.array(load("doctor_values")["placeholders"], pa.string())
    mask = flags(pc.is_in(seen.tidy, value_set=words)) & seen.rest
    if (
        not mask.any()
        or role_of(column).kind in ("tick", "boolean")
        or not few(seen, mask, seen.rest)
    ):
        return
    shown = pc.unique(seen.kept(mask)).to_pylist()
    question = ask("placeholders", {
        "empty": [repair("replace", values=dict.fromkeys(shown, ""))], "keep": [],
    }, "empty")  # fmt: skip
    after = pc.if_else(pa.array(mask), "", seen.texts)
    yield from found(column, mask, code="cells-placeholder", after=after, question=question)
