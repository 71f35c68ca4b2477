"""Columns that say nothing: empty ones, and those with one value in every row.

Refuses to guess: whether they may go; they are told of and stay.
"""

from __future__ import annotations

from collections.abc import Iterator

from catalog.problem import Level
from flows.doctor import Column, Finding
from flows.doctor._column_find import found, visible
from flows.doctor._values_view import view

#: A table of fewer rows says nothing of the kind.
_ROWS = 5


def examine(column: Column) -> Iterator[Finding]:
    """Look for a column without anything to tell."""
    seen = view(column)
    if column.geometry:
        return
    if not seen.rest.any() and column.rows:
        yield from found(column, None, code="column-empty", level=Level.NOTE)
    elif len(seen) == 1 and column.rows >= _ROWS and not column.empty:
        value = visible(seen.texts[0].as_py())
        yield from found(column, None, code="column-constant", level=Level.NOTE, only=value)
