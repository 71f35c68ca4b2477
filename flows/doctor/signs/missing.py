"""Words and dashes that stand where there is no value.

Refuses to guess: words that may mean none as well as unknown (ไม่มี, ?) are exceptions of a column
of numbers and are asked about with the others; in a column of words they are words.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from flows.doctor import Column, Finding
from flows.doctor._column_find import found, repair
from flows.doctor._column_role import role_of
from flows.doctor._values_view import view


def examine(column: Column) -> Iterator[Finding]:
    """Look for words that mean «no value»."""
    seen = view(column)
    mask = seen.missing & ~seen.blank
    if not mask.any() or role_of(column).kind == "tick":
        return
    words = pc.unique(seen.kept(mask)).to_pylist()
    after = pc.if_else(pa.array(mask), "", seen.texts)
    yield from found(column, mask, code="cells-missing", after=after, words=" ".join(words),
                     remedies=[repair("missing", words=words)])  # fmt: skip
