"""Categories that are spelt almost alike, one of them rarely: slips of the finger.

Refuses to guess: two names may differ by a letter and be two things; it is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from flows.doctor import Column, Finding
from flows.doctor._column_find import ask, found, repair
from flows.doctor._column_role import role_of
from flows.doctor._values_view import View, view
from flows.repairs import trim

#: Distinct texts of a column of categories, and letters of one, at the most and at the least.
_CATEGORIES, _LONG, _SHORT = 60, 60, 5
#: Rows for each category on average, letters apart at the most, how much rarer the slip is, and how
#: often it may stand at all.
_REPEATED, _APART, _RARER, _RARE = 3, 1, 4, 5
_DIGITS = re.compile(r"[0-9๐-๙]+|\s[ก-ฮA-Z]$")


def examine(column: Column) -> Iterator[Finding]:
    """Look for rare spellings of frequent values."""
    seen = view(column)
    if not 2 < len(seen) <= _CATEGORIES or role_of(column).kind != "text":
        return
    if seen.rows(seen.rest) < _REPEATED * len(seen):
        return
    slips = _slips(seen)
    trimmed = trim.repair(seen.texts, trim.Options()).to_pylist()
    tidy = seen.tidy.to_pylist()
    values = {trimmed[at]: tidy[to] for at, to in slips.items()}
    after = pa.array([values.get(text, text) for text in trimmed], pa.string())
    mask = np.isin(np.arange(len(seen)), list(slips))
    question = ask("alike", {"replace": [repair("replace", values=values)], "keep": []})
    yield from found(column, mask, code="values-alike", after=after, question=question)


def _slips(seen: View) -> dict[int, int]:
    """Places of rare texts, each with the place of the frequent text that it is like."""
    from rapidfuzz.distance import OSA

    texts = seen.tidy.to_pylist()
    slips = {}
    for at in np.flatnonzero((seen.counts <= _RARE) & seen.rest):
        frequent = [int(to) for to in np.flatnonzero(seen.counts >= _RARER * seen.counts[at])]
        near = [to for to in frequent if _comparable(texts[at], texts[to])
                and OSA.distance(texts[at], texts[to], score_cutoff=_APART) <= _APART]  # fmt: skip
        if near:
            slips[int(at)] = near[0]
    return slips


def _comparable(one: str, other: str) -> bool:
    """Whether two texts may be spellings of one word: long enough, and not numbered apart."""
    if one == other or not all(_SHORT <= len(text) <= _LONG for text in (one, other)):
        return False
    return _DIGITS.findall(one) == _DIGITS.findall(other)
