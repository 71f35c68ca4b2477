"""Blanks that nobody sees: at the ends of a value, doubled inside of it, or as all that it is.

Refuses to guess: nothing; line breaks inside of a value are the sign ``lines``.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from flows.doctor import Column, Finding
from flows.doctor._column_find import found, repair
from flows.doctor._values_view import flags, view
from flows.repairs import trim
from flows.repairs._arrow import ZERO_WIDTH, differs, matches

_HIDDEN_ONLY = f"[{ZERO_WIDTH}]"


def examine(column: Column) -> Iterator[Finding]:
    """Look for blanks that the repair ``trim`` takes away."""
    seen = view(column)
    if not len(seen):
        return
    after = trim.repair(seen.texts, trim.Options())
    changed = flags(differs(seen.texts, after))
    nothing = seen.blank & np.asarray(seen.texts.is_valid())
    yield from found(column, nothing, code="cells-blank", after=after, remedies=[repair("trim")])
    hidden = flags(matches(seen.texts, _HIDDEN_ONLY)) if changed.any() else changed
    blanks = changed & ~nothing & ~hidden
    yield from found(column, blanks, code="cells-spaces", after=after, remedies=[repair("trim")])
