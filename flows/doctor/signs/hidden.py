"""Characters without width (zero-width space, soft hyphen, byte order mark) inside of values.

Refuses to guess: nothing; they carry no meaning in Thai or English text.
"""

from __future__ import annotations

from collections.abc import Iterator

from flows.doctor import Column, Finding
from flows.doctor._column_find import found, repair
from flows.doctor._values_view import flags, view
from flows.repairs import thai_text
from flows.repairs._arrow import ZERO_WIDTH, matches, seen


def examine(column: Column) -> Iterator[Finding]:
    """Look for characters without width."""
    texts = view(column).texts
    pattern = f"[{ZERO_WIDTH}]"
    if not seen(texts, pattern):
        return
    after = thai_text.repair(texts, thai_text.Options())
    remedies = [repair("thai_text"), repair("trim")]
    mask = flags(matches(texts, pattern)) & ~view(column).blank
    yield from found(column, mask, code="cells-hidden", after=after, remedies=remedies)
