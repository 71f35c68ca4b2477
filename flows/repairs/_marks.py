"""Marks put back on the letter that they slid from, where the dictionary leaves one reading.

A text that reads as words is never touched. In one that does not, every mark beside the letters
left over is tried on the letter before its own; what then reads as words, without a rival, is
taken. The word on that place must have three letters at least, and four where the marks were
possible as they stood (พฒันา): short words fit anywhere, in names above all. Of 660 names
of temples, which no list has, this changes none; with three letters it spoilt three.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

import pyarrow as pa

from flows.repairs._arrow import on_unique
from flows.repairs._letters import AA, AM, CONSONANT, MARK, TONE, TOP, VOWEL
from flows.repairs._words import THAI_RUN, Reading, read

#: A letter with its marks, one more letter, and the marks on that one, of which some may have slid.
_SITE = re.compile(f"(?=({CONSONANT}{VOWEL}?{TOP}?)([ก-ฮ{AA}{AM}ะเ-ไ])({MARK}{{1,3}}))")
_CONSONANTS = frozenset(map(chr, range(ord("ก"), ord("ฮ") + 1)))
_CLUSTER = re.compile(f"{CONSONANT}?{VOWEL}?{TOP}?")
#: SARA AM that lost its ring and was torn: ค าอธิบาย, ตา บลแพง; or only torn: จัดท ำ.
_TORN = re.compile(
    f"(?P<before>[ก-๎]*{CONSONANT}{VOWEL}?{TONE}?)"
    f"(?:(?P<impossible>[ \t\u00a0]+[{AA}{AM}])|{AA}[ \t\u00a0]+(?=[เ-ไ]?{CONSONANT}))"
    "(?=(?P<after>[ก-๎]*))"
)
_MAY_BE_TORN = re.compile(f"[ \t\u00a0][{AA}{AM}]|{AA}[ \t\u00a0]")
_WORDS_AROUND, _MOST_EDITS, _MOST_STEPS = 2, 24, 40
#: Letters between those left over and the marks that may be to blame.
_NEAR = 3
#: Letters of the shortest word that proves an edit: of a torn letter, of marks that could not stand
#: as they did, of marks that could.
_SHORTEST, _SHORTEST_BROKEN, _SHORTEST_LEGAL = 2, 3, 4


class _Edit(NamedTuple):
    """A replacement in a text: from, to, what stands there then, and what word proves it."""

    start: int
    stop: int
    new: str
    shortest: int


def mended(values: pa.Array) -> pa.Array:
    """Texts with their marks put back; each different one once."""
    return on_unique(values, lambda texts: pa.array(map(_mend, texts.to_pylist()), pa.string()))


def _mend(text: str | None) -> str | None:
    if text is None:
        return None
    found = text
    for _ in range(_MOST_STEPS):
        joined = _TORN.sub(_join, found) if _MAY_BE_TORN.search(found) else found
        new = THAI_RUN.sub(lambda run: _mend_run(run[0]), joined)
        if new == found:
            return found
        found = new
    return text


def _join(torn: re.Match[str]) -> str:
    """A torn ำ made whole where the words around it can be read then, and cannot as they are."""
    before, after, found = torn["before"], torn["after"], torn[0]
    as_found = sum(read(part).left for part in re.findall("[ก-๎]+", found + after))
    reading = read(before + AM + after)
    if AM not in found[len(before) :] and read(before + AA + after).left < reading.left:
        return found
    # A blank before the vowel cannot be; one behind it may be meant (ตา ยาย).
    shortest = _SHORTEST if torn["impossible"] is not None else _SHORTEST_LEGAL
    sure = reading.left < as_found and _word_at(reading, len(before)) >= shortest
    return before + AM if sure else found


@lru_cache(1 << 16)
def _mend_run(run: str) -> str:
    reading = read(run)
    for _ in range(_MOST_STEPS):
        if not reading.left:
            break
        better = next(filter(None, (_in_window(run, *w) for w in _windows(run, reading))), None)
        if better is None:
            break
        run, reading = better, read(better)
    return run


def _windows(run: str, reading: Reading) -> Iterator[tuple[int, int, tuple[int, int]]]:
    """Each stretch of letters left over, with some words on both sides of it; and where it is."""
    ends = [0, *(stop for _, stop in reading.spans)]
    begins = [*(start for start, _ in reading.spans), len(run)]
    for place, (start, stop) in enumerate(zip(ends, begins, strict=True)):
        if start < stop:
            first = begins[max(place - _WORDS_AROUND, 0)] if place else 0
            last = ends[min(place + _WORDS_AROUND, len(ends) - 1)]
            first, last = min(first, start), max(last, stop)
            yield first, last, (start - first, stop - first)


def _in_window(run: str, start: int, stop: int, gap: tuple[int, int]) -> str | None:
    """The run with one window read better, if there is one best way to."""
    window = run[start:stop]
    now = read(window).left
    first, last = gap[0] - _NEAR, gap[1] + _NEAR
    near = (edit for edit in _edits(window) if edit.start <= last and first <= edit.stop)
    edits = [*near][:_MOST_EDITS]
    for together in (1, 2):
        found: dict[str, tuple[int, int]] = {}
        for chosen in combinations(edits, together):
            if new := _edited(window, chosen):
                reading = read(new)
                settled = reading.covers(*gap) and all(_settles(reading, edit) for edit in chosen)
                if reading.left < now and settled:
                    found[new] = reading[:2]
        if found:
            best = min(found.values())
            texts = [text for text, score in found.items() if score == best]
            return run[:start] + texts[0] + run[stop:] if len(texts) == 1 else None
    return None


def _edits(window: str) -> Iterator[_Edit]:
    """Every way to put some marks of a letter on the one before it, or in their own order."""
    for site in _SITE.finditer(window):
        cluster, letter, marks = site.groups()
        start, stop = site.start(), site.start() + len(cluster + letter + marks)
        legal = _CLUSTER.fullmatch(letter + marks) and letter in _CONSONANTS
        shortest = _SHORTEST_LEGAL if legal else _SHORTEST_BROKEN
        for count in range(len(marks) + 1):
            for moved in combinations(range(len(marks)), count):
                gone = "".join(marks[place] for place in moved)
                kept = "".join(mark for place, mark in enumerate(marks) if place not in moved)
                parts = _ordered(cluster + gone), _ordered(letter + kept)
                if "".join(parts) == window[start:stop] or not all(map(_whole, parts)):
                    continue
                if gone:
                    yield _Edit(start, stop, "".join(parts), shortest)
                else:
                    yield _Edit(start + len(cluster), stop, parts[1], shortest)


def _ordered(cluster: str) -> str:
    """Vowel before tone mark."""
    return cluster[0] + "".join(sorted(cluster[1:], key=lambda mark: bool(re.match(TOP, mark))))


def _whole(cluster: str) -> bool:
    """Whether a letter may have its marks: one vowel, one tone mark, in this order."""
    return bool(_CLUSTER.fullmatch(cluster)) or len(cluster) == 1


def _edited(window: str, edits: tuple[_Edit, ...]) -> str | None:
    """The window after edits that do not touch each other; they keep its length."""
    for one, other in combinations(edits, 2):
        if one.stop > other.start:
            return None
    for edit in edits:
        window = window[: edit.start] + edit.new + window[edit.stop :]
    return window


def _settles(reading: Reading, edit: _Edit) -> bool:
    """Whether words stand all over an edit, and one that is long enough on its mark."""
    long_enough = _word_at(reading, edit.start) >= edit.shortest
    return long_enough and reading.covers(edit.start, edit.stop)


def _word_at(reading: Reading, place: int) -> int:
    """Letters of the word that a place belongs to; 0 for none."""
    return next((b - a for a, b in reading.spans if a <= place < b), 0)
