"""Letters that are lost: U+FFFD, ``(cid:201)``, rows of question marks. There is no safe rule.

Refuses to guess: everything; the cells are named, and their source has to be read anew.
"""

from __future__ import annotations

from collections.abc import Iterator

from flows.doctor import Column, Finding
from flows.doctor._column_find import found
from flows.doctor._values_view import flags, view
from flows.repairs import pdf_thai
from flows.repairs._arrow import matches, seen

_CID = r"\(cid:[0-9]+\)"
_QUESTION_MARKS = r"\?{3,}"


def examine(column: Column) -> Iterator[Finding]:
    """Look for lost letters."""
    texts = view(column).texts
    if seen(texts, "\ufffd"):
        left = pdf_thai.repair(texts, pdf_thai.Options(doubled_tone="keep"))
        yield from found(column, flags(matches(left, "\ufffd")), code="cells-lost-letters")
    if seen(texts, _CID):
        yield from found(column, flags(matches(texts, _CID)), code="cells-cid")
    if seen(texts, _QUESTION_MARKS):
        mask = flags(matches(texts, _QUESTION_MARKS)) & ~view(column).missing
        yield from found(column, mask, code="cells-question-marks")
