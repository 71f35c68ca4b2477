"""Thai torn apart by PDF and by old fonts: ส�ำ, ท ำ, ท า, ตา บล, กรงุเทพ, น้้า, กำร for การ.

Refuses to guess: a doubled tone before า (น้้า may be น้ำ or น้า), and ำ written for every า; both are
asked about. What neither a rule nor the dictionary mends stays, and is not named.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from flows.doctor import Column, Finding, Remedy
from flows.doctor._column_find import ask, found, repair
from flows.doctor._column_mend import run
from flows.doctor._values_view import Flags, flags, view
from flows.repairs import pdf_thai, thai_text
from flows.repairs._arrow import differs, is_ascii, matches
from flows.repairs._letters import AA, AM, CONSONANT, TONE, VOWEL

_TORN = f"{CONSONANT}{VOWEL}?{TONE}?[ \t\u00a0]+"
_KINDS = {
    "fffd": f"\ufffd ?{TONE}?{AM}",
    "am": f"{_TORN}{AM}",
    "aa": f"{_TORN}{AA}",
    "doubled": f"{TONE}{TONE}{AA}",
}


def examine(column: Column) -> Iterator[Finding]:
    """Look for torn letters and marks that slid."""
    seen = view(column)
    if is_ascii(seen.texts):
        return
    masks = {name: flags(matches(seen.texts, pattern)) for name, pattern in _KINDS.items()}
    # Without an answer doubled tones stop the repair, for all that it mends beside.
    keep = {"doubled_tone": "keep"} if masks["doubled"].any() else {}
    torn = {"space_before_aa": True} if masks["aa"].any() else {}
    mend = repair("pdf_thai", **keep, **torn)
    after, _ = run(seen, seen.texts, "pdf_thai", mend.value)
    yield from found(column, masks["fffd"], code="thai-fffd-am", after=after, remedies=[mend])
    yield from found(column, masks["am"], code="thai-space-am", after=after, remedies=[mend])
    yield from found(column, masks["aa"], code="thai-space-aa", after=after, remedies=[mend])
    if masks["am"].any() or masks["aa"].any():
        yield from _am_for_aa(column, mend)
    yield from _doubled(column, masks["doubled"])
    yield from _slid(column, after)


def _am_for_aa(column: Column, mend: Remedy) -> Iterator[Finding]:
    """A font that wrote ำ for every า, beside a torn ำ: only a person sees which it was."""
    seen = view(column)
    options = {**(mend.value or {}), "am_for_aa": True}
    plain, _ = run(seen, seen.texts, "pdf_thai", mend.value or {})
    after, _ = run(seen, seen.texts, "pdf_thai", options)
    mask = flags(differs(plain, after))
    question = ask("am-for-aa", {"aa": [repair("pdf_thai", **options)], "keep": []}, "aa")
    yield from found(column, mask, code="thai-am-for-aa", after=after, question=question)


def _doubled(column: Column, mask: Flags) -> Iterator[Finding]:
    seen = view(column)
    answers = {name: [repair("pdf_thai", doubled_tone=name)] for name in ("am", "once", "keep")}
    after = pdf_thai.repair(seen.texts, pdf_thai.Options(doubled_tone="am")) if mask.any() else None
    yield from found(column, mask, code="thai-doubled-tone", after=after,
                     question=ask("doubled-tone", answers, "am"))  # fmt: skip


def _slid(column: Column, mended: pa.Array) -> Iterator[Finding]:
    """Marks that slid to the next letter, as the dictionary reads them."""
    seen = view(column)
    clean = thai_text.repair(mended, thai_text.Options())
    after, _ = run(seen, clean, "thai_marks", {})
    mask = flags(differs(clean, after)) & flags(pc.is_valid(after))
    yield from found(column, mask, code="thai-slid-marks", after=after,
                     remedies=[repair("thai_marks")])  # fmt: skip
