"""An apostrophe before a value: how spreadsheets mark a number that is stored as text.

Refuses to guess: quoted words ('ก') keep both of their marks.
"""

from __future__ import annotations

from collections.abc import Iterator

from flows.doctor import Column, Finding
from flows.doctor._column_find import found, repair
from flows.doctor._values_view import view
from flows.repairs import strip_affix


def examine(column: Column) -> Iterator[Finding]:
    """Look for an apostrophe at the beginning, and none elsewhere."""
    seen = view(column)
    mask = seen.like("'[^']+")
    after = strip_affix.repair(seen.texts, strip_affix.Options(prefixes=("'",)))
    yield from found(column, mask, code="cells-apostrophe", after=after,
                     remedies=[repair("strip_affix", prefixes=["'"])])  # fmt: skip
