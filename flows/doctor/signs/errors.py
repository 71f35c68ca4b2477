"""What a spreadsheet shows where a formula failed: ``#VALUE!``, ``#REF!``, ``#DIV/0!``.

Refuses to guess: the value that should stand there. It is asked whether the cells are left empty.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from flows.doctor import Column, Finding
from flows.doctor._column_find import ask, found, repair
from flows.doctor._values_view import view


def examine(column: Column) -> Iterator[Finding]:
    """Look for failed formulas."""
    seen = view(column)
    if not seen.errors.any():
        return
    shown = pc.unique(seen.kept(seen.errors)).to_pylist()
    question = ask("errors", {
        "empty": [repair("replace", values=dict.fromkeys(shown, ""))], "source": [],
    }, "empty")  # fmt: skip
    after = pc.if_else(pa.array(seen.errors), "", seen.texts)
    yield from found(column, seen.errors, code="cells-error", after=after, question=question)
