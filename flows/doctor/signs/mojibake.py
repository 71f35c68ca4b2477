"""Thai that was read in the wrong encoding once: à¸ˆà¸±à¸‡à¸«à¸§à¸±à¸”, ¨Ñ§ËÇÑ´.

Refuses to guess: cells of which a byte was lost; they stay, and are not counted.
"""

from __future__ import annotations

from collections.abc import Iterator

from flows.doctor import Column, Finding
from flows.doctor._column_find import found, repair
from flows.doctor._values_view import flags, view
from flows.repairs import mojibake
from flows.repairs._arrow import differs, is_ascii


def examine(column: Column) -> Iterator[Finding]:
    """Look for text that turns into Thai when it is read again."""
    texts = view(column).texts
    if is_ascii(texts):
        return
    after = mojibake.repair(texts, mojibake.Options())
    yield from found(column, flags(differs(texts, after)), code="cells-mojibake", after=after,
                     remedies=[repair("mojibake")])  # fmt: skip
