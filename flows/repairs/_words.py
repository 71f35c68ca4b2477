"""Thai words: whether a text can be read, and where it cannot.

Words are pythainlp's list of Thai words (ORCHID, LEXiTRON and the Royal Society's among its
sources) and the names of provinces, districts and sub-districts. A text is read as words one after
the other, none cut inside of a letter with its marks; of all readings the one with the fewest
letters left over, then with the fewest words.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from flows.repairs._letters import AA, AM, CONSONANT, MARK, NIKHAHIT, TONE, VOWEL
from flows.repairs._places import LEVELS, places

_SHORTEST, _LONGEST = 2, 24
#: What stands on the letter before it, so that no word ends there.
_HANGS = re.compile(f"[{MARK[1:-1]}{NIKHAHIT}{AA}{AM}ะๅ]")
_OPENS = "เแโใไ"
_BROKEN = re.compile(
    f"เเ|{NIKHAHIT}|{TONE}{VOWEL}|{TONE}{{2}}|^{MARK}|[^ก-ฮ{VOWEL[1:-1]}]{TONE}|[^ก-ฮ]{VOWEL}"
)
THAI_RUN = re.compile("[ก-ฮะ-ฺเ-๎]+")
WELL_FORMED = re.compile(
    f"(?:[{_OPENS}]?{CONSONANT}(?:{VOWEL}?[{MARK[1:-1]}]?)[ะ{AA}{AM}]?|[ๆฯะๅฤฦ])*"
)


class Reading(NamedTuple):
    """How a text reads; less is better.

    Attributes:
        left: letters that belong to no word.
        words: how many.
        spans: start and end of each word, in order.
    """

    left: int
    words: int
    spans: tuple[tuple[int, int], ...]

    def covers(self, start: int, end: int) -> bool:
        """Whether every letter between two places belongs to a word."""
        reached = start
        for begin, stop in self.spans:
            if begin <= reached < stop:
                reached = stop
        return reached >= end


@cache
def words() -> frozenset[str]:
    """The words; read when first needed (0.4 s)."""
    from pythainlp.corpus import thai_words

    known = {word for word in thai_words() if THAI_RUN.fullmatch(word)}
    known |= {word.replace("เเ", "แ") for word in known}
    for level in LEVELS:
        known |= {name for name in places(level).th.to_pylist() if THAI_RUN.fullmatch(name)}
    return frozenset(w for w in known if _SHORTEST <= len(w) <= _LONGEST and not _BROKEN.search(w))


def read(text: str) -> Reading:
    """The best reading of a run of Thai letters.

    Args:
        text: Thai letters and marks only.
    """
    known, end = words(), len(text)
    cut = [_may_cut(text, place) for place in range(end + 1)]
    # From the end: best (letters left, words, length of the first word) from each place on.
    best: list[tuple[int, int, int]] = [(0, 0, 0)] * (end + 1)
    for start in range(end - 1, -1, -1):
        left, count, _ = best[start + 1]
        found = (left + 1, count, 0)
        if cut[start]:
            for stop in range(start + _SHORTEST, min(end, start + _LONGEST) + 1):
                if cut[stop] and text[start:stop] in known:
                    left, count, _ = best[stop]
                    found = min(found, (left, count + 1, stop - start))
        best[start] = found
    return Reading(*best[0][:2], tuple(_spans(best)))


def _spans(best: list[tuple[int, int, int]]) -> list[tuple[int, int]]:
    spans, place = [], 0
    while place < len(best) - 1:
        length = best[place][2]
        if length:
            spans.append((place, place + length))
        place += length or 1
    return spans


def _may_cut(text: str, place: int) -> bool:
    """Whether a word may end before a place."""
    if place in (0, len(text)):
        return True
    return not _HANGS.match(text[place]) and text[place - 1] not in _OPENS
