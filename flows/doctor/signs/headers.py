"""The header line once more among the values, as at the head of each printed page.

Refuses to guess: nothing; a row goes where most of its cells say what their columns are called.
"""

from __future__ import annotations

from collections.abc import Iterator

from flows.doctor import Column, Finding, Remedy
from flows.doctor._column_find import found
from flows.doctor._values_view import view


def examine(column: Column) -> Iterator[Finding]:
    """Look for the column's own header among its values."""
    seen = view(column)
    if seen.rows(seen.header) < seen.rows(~seen.blank):
        yield from found(column, seen.header, code="cells-header",
                         remedies=[Remedy("rows", "drop_repeated_headers", {})])  # fmt: skip
