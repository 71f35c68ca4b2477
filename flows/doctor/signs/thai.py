"""Thai that looks right and is not: นํ้า, เเ, ๅ for า, marks in wrong order or typed twice.

Refuses to guess: what ``thai_text`` leaves as it is; marks that slid are the sign ``torn``.
"""

from __future__ import annotations

from collections.abc import Iterator

from flows.doctor import Column, Finding
from flows.doctor._column_find import found, repair
from flows.doctor._values_view import Flags, flags, view
from flows.repairs import thai_text
from flows.repairs._arrow import ZERO_WIDTH, differs, is_ascii, matches, sub
from flows.repairs._letters import AA, AM, NIKHAHIT, TONE, TONES, TOP, VOWEL, VOWELS_ONCE

_SPACES = f"[\u00a0{ZERO_WIDTH}]"
_KINDS = {
    "nikhahit": f"{NIKHAHIT}{TONE}?{AA}", "double-e": "เเ", "lakkhangyao": "ๅ",
    "order": f"{TOP}{VOWEL}|[ะ{AA}{AM}]{TONE}",
    "twice": "|".join(mark * 2 for mark in TONES + VOWELS_ONCE),
}  # fmt: skip


def examine(column: Column) -> Iterator[Finding]:
    """Look for what ``thai_text`` puts right, one finding for each kind of damage."""
    seen = view(column)
    if is_ascii(seen.texts):
        return
    bare = sub(seen.texts, _SPACES, "")
    after = thai_text.repair(bare, thai_text.Options())
    changed = flags(differs(bare, after))
    if not changed.any():
        return
    masks = {name: changed & flags(matches(bare, pattern)) for name, pattern in _KINDS.items()}
    yield from _told(column, masks, after)


def _told(column: Column, masks: dict[str, Flags], after: object) -> Iterator[Finding]:
    remedies = [repair("thai_text")]
    common = {"after": after, "remedies": remedies}
    yield from found(column, masks["nikhahit"], code="thai-nikhahit", **common)  # type: ignore[arg-type]
    yield from found(column, masks["double-e"], code="thai-double-e", **common)  # type: ignore[arg-type]
    yield from found(column, masks["lakkhangyao"], code="thai-lakkhangyao", **common)  # type: ignore[arg-type]
    yield from found(column, masks["order"], code="thai-order", **common)  # type: ignore[arg-type]
    yield from found(column, masks["twice"], code="thai-twice", **common)  # type: ignore[arg-type]
