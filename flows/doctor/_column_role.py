"""What a column holds, judged by all of its values: a number, a day, a code, a place, words….

A kind is taken where every value that says something fits, or all but a few: 2 % of the rows, or
three different texts in a tenth of them (tables of offices are small). The few are exceptions; they
are never dropped, and whoever declares the column is asked about them.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa

from flows.doctor import Column
from flows.doctor import _values_shapes as shapes
from flows.doctor._column_meaning import Meaning, meaning_of, title_of
from flows.doctor._values_places import best_level
from flows.doctor._values_view import SAMPLE, Flags, View, view
from flows.repairs._arrow import load

_FEW_ROWS, _FEW_TEXTS, _FEW_AT_MOST = 0.02, 3, 0.1
#: Of a sample, the share that has to fit before the whole column is tried.
_PROMISING = 0.6


@dataclass(frozen=True, slots=True)
class Role:
    """A column's kind.

    Attributes:
        kind: ``empty``, ``text``, ``code``, ``number``, ``year``, ``span``, ``date``, ``moment``,
            ``yearmonth``, ``time``, ``boolean``, ``tick``, ``place``, ``point``, ``list``,
            ``geometry``.
        fits: which distinct texts speak for it.
        odd: which say something else.
        meaning: what the header says.
        facts: what else was seen: ``level`` of places, ``pair`` of words, ``pattern`` of codes.
    """

    kind: str
    fits: Flags
    odd: Flags
    meaning: Meaning | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


class _Last(threading.local):
    """The column that a thread looked at last: what it is taken for holds until the next one."""

    seen: tuple[pa.Table, str, Role] | None = None


_last = _Last()


def role_of(column: Column) -> Role:
    """The kind of a column; found once while signs look at the same column."""
    kept = _last.seen
    if kept is not None and kept[0] is column.values and kept[1] == column.label:
        return kept[2]
    found = _judge(column)
    _last.seen = (column.values, column.label, found)
    return found


def as_text(column: Column) -> Role:
    """The column taken as text, because another kind did not hold; signs see it so from then on."""
    seen = view(column)
    none = np.zeros(len(seen), dtype=bool)
    found = Role("text", seen.rest, none, meaning_of(column.label))
    _last.seen = (column.values, column.label, found)
    return found


def few(seen: View, odd: Flags, rest: Flags) -> bool:
    """Whether exceptions are few enough for a kind to hold nonetheless."""
    rows, whole = seen.rows(odd), seen.rows(rest)
    if rows == 0:
        return whole > 0
    share = rows / whole if whole else 1.0
    return share <= _FEW_ROWS or (int(odd.sum()) <= _FEW_TEXTS and share <= _FEW_AT_MOST)


def _judge(column: Column) -> Role:
    seen, meaning = view(column), meaning_of(column.label)
    none = np.zeros(len(seen), dtype=bool)
    if column.geometry:
        return Role("geometry", none, none, meaning)
    if not seen.rest.any():
        return Role("empty", none, none, meaning)
    for kind, test in _tests(seen, meaning, column.label):
        if not _promising(seen, test):
            continue
        found = test(seen)
        fits, facts = found if isinstance(found, tuple) else (found, {})
        odd = seen.rest & ~fits
        if few(seen, odd, seen.rest):
            return Role(kind, fits & seen.rest, odd, meaning, facts)
    return Role("text", seen.rest, none, meaning)


_Test = Callable[[View], "Flags | tuple[Flags, Mapping[str, Any]]"]


def _tests(seen: View, meaning: Meaning | None, label: str) -> Iterator[tuple[str, _Test]]:
    """Kinds in the order in which they are tried: the narrow ones first."""
    kind = meaning.kind if meaning else None
    plain = bool((seen.plain | ~seen.rest).all())
    if not plain:
        yield "tick", shapes.ticks
        yield "boolean", shapes.booleans
        yield "date", shapes.dates
        yield "span", shapes.spans
        yield "moment", shapes.moments
        yield "time", shapes.times
        yield "point", shapes.points
    if kind == "time" or (meaning and meaning.type == "time"):
        yield "time", shapes.clock
    yield "code", lambda part: shapes.codes(part, _says_code(meaning, label), label)
    yield "yearmonth", lambda part: shapes.year_months(part, kind == "yearmonth")
    yield "year", lambda part: shapes.years(part, kind == "year")
    yield "number", shapes.numbers
    if not plain:
        yield "place", lambda part: best_level(part, meaning.place if meaning else None)
        yield "list", shapes.lists


def _promising(seen: View, test: _Test) -> bool:
    """Whether a test is worth making: whether the first texts pass it, mostly."""
    places = np.flatnonzero(seen.rest)[:SAMPLE]
    if len(places) == len(seen):
        return True
    part = seen.part(places)
    found = test(part)
    fits = found[0] if isinstance(found, tuple) else found
    return bool(part.rows(fits) >= _PROMISING * part.rows(np.ones(len(part), dtype=bool)))


def _says_code(meaning: Meaning | None, label: str) -> bool:
    """Whether the header says that digits are names here."""
    if meaning is not None:
        return meaning.code
    title = title_of(label).casefold()
    if any(word in title for word in load("doctor_values")["code_words"]):
        return True
    words = re.split(r"[\s_]+", title)
    return words[-1] in _code_endings() and len(words) > 1


@cache
def _code_endings() -> frozenset[str]:
    return frozenset(word.strip("_") for word in load("doctor_values")["code_endings"])
