"""Remains of web pages: ``&nbsp;``, ``&amp;``, ``<br>``.

Refuses to guess: nothing where the texts are few; a column with more than 200 of them is better
taken from its source anew.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import pyarrow as pa

from flows.doctor import Column, Finding
from flows.doctor._column_find import found, repair
from flows.doctor._values_view import flags, view
from flows.repairs import trim
from flows.repairs._arrow import matches, seen

_ENTITY = "&(?:[a-zA-Z]{2,8}|#[0-9]{1,6}|#x[0-9a-fA-F]{1,6});"
_REMAINS = rf"{_ENTITY}|</?[a-zA-Z][a-zA-Z0-9]{{0,9}}(?:\s[^<>]{{0,200}})?/?>"
_TAG = re.compile(r"\s*</?[a-zA-Z][^<>]*>\s*")
_LISTED = 200


def examine(column: Column) -> Iterator[Finding]:
    """Look for tags and entities."""
    whole = view(column)
    if not seen(whole.texts, _REMAINS):
        return
    mask = flags(matches(whole.texts, _REMAINS))
    trimmed = trim.repair(whole.texts, trim.Options())
    if mask.sum() > _LISTED:
        yield from found(column, mask, code="cells-html-many")
        return
    marked = trimmed.filter(pa.array(mask)).to_pylist()
    values = {text: clean for text in marked if (clean := _clean(text)) != text}
    after = pa.array([values.get(text, text) for text in trimmed.to_pylist()], pa.string())
    yield from found(column, mask, code="cells-html", after=after,
                     remedies=[repair("replace", values=values)] if values else [])  # fmt: skip


def _clean(text: str) -> str:
    """A text without tags, its entities as the characters they are; twice escaped ones too."""
    for _ in range(2):
        text = html.unescape(_TAG.sub(" ", text))
    return " ".join(text.split())
