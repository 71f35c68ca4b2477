r"""Python's regular expressions as RE2's, where a match of the one proves a match of the other.

Frictionless compiles ``^pattern$`` with Python's ``re`` and asks ``match``; DuckDB has RE2, which
runs over a column on every core but differs: it knows ``\d`` as ASCII digits and Python as all of
Unicode's, Python's ``$`` also stands before a last line break, and RE2 has no look-around. So the
pattern is parsed as Python does, and written anew with every class spelt out as ranges that are
surely in it. What cannot be written so is left to Python, on distinct values.

Greed does not matter: the question is only whether there is a match at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

# The parser is Python's own and has no public name; a test holds what is used of it.
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_LAST = 0x10FFFF
#: Letters up to Thai are classed one by one; what a newer Unicode adds stands beyond them.
_KNOWN = 0x0E80
#: RE2 refuses to repeat more often than this, repeats inside of repeats multiplied.
_MOST = 1_000

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Translated:
    """A pattern in RE2's words.

    Attributes:
        text: to be found anywhere; it is anchored by itself.
        characters: ranges of code points of which every matching text is made, or ``None`` where a
            match may leave a part of the text unread.
    """

    text: str
    characters: tuple[Range, ...] | None


class _UntoldError(Exception):
    """Something that RE2 has not, or has otherwise."""


def translate(pattern: str) -> Translated | None:
    """A pattern for RE2 that is true only where Frictionless's is; ``None`` where there is none.

    Args:
        pattern: as the schema has it.

    Raises:
        re.error: it is no pattern at all.
    """
    tree = parser.parse(f"^{pattern}$")
    if tree.state.flags & ~re.UNICODE:
        return None
    used: list[Range] = []
    try:
        text = _sequence(tree, 1, used)
    except _UntoldError:
        return None
    whole = bool(tree.data) and tree.data[0] == (op.AT, op.AT_BEGINNING)
    whole = whole and tree.data[-1] == (op.AT, op.AT_END)
    return Translated(rf"\A(?:{text})", tuple(used) if whole else None)


def _sequence(items: Iterable[tuple[Any, Any]], times: int, used: list[Range]) -> str:
    return "".join(_item(code, given, times, used) for code, given in items)


def _item(code: Any, given: Any, times: int, used: list[Range]) -> str:
    if code in (op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN):
        return _class(_characters(code, given), used)
    if code in (op.MAX_REPEAT, op.MIN_REPEAT):
        return _repeat(given, times, used)
    if code is op.SUBPATTERN:
        _, added, taken, inner = given
        if added or taken:
            raise _UntoldError
        return f"(?:{_sequence(inner, times, used)})"
    if code is op.BRANCH:
        return f"(?:{'|'.join(_sequence(branch, times, used) for branch in given[1])})"
    if code is op.AT and given in _PLACES:
        return _PLACES[given]
    raise _UntoldError


_PLACES = {
    op.AT_BEGINNING: r"\A", op.AT_BEGINNING_STRING: r"\A",
    op.AT_END: r"\z", op.AT_END_STRING: r"\z",
}  # fmt: skip


def _repeat(given: Any, times: int, used: list[Range]) -> str:
    low, high, inner = given
    bound = low if high is op.MAXREPEAT else high
    times *= max(int(bound), 1)
    if times > _MOST:
        raise _UntoldError
    until = "" if high is op.MAXREPEAT else int(high)
    return f"(?:{_sequence(inner, times, used)}){{{int(low)},{until}}}"


def _characters(code: Any, given: Any) -> list[Range]:
    """Ranges that are surely what is meant; it may be more."""
    if code is op.LITERAL:
        return [(given, given)]
    if code is op.NOT_LITERAL:
        return _without([(given, given)])
    if code is op.ANY:
        return _without([(10, 10)])
    negated = bool(given) and given[0][0] is op.NEGATE
    members = given[1:] if negated else given
    found = [part for member in members for part in _member(*member, at_most=negated)]
    return _without(found) if negated else found


def _member(code: Any, given: Any, *, at_most: bool) -> list[Range]:
    if code is op.LITERAL:
        return [(given, given)]
    if code is op.RANGE:
        return [(int(given[0]), int(given[1]))]
    if code is op.CATEGORY and given in _CATEGORIES:
        name, inverse = _CATEGORIES[given]
        surely, perhaps = _category(name)
        if inverse:
            return _without(surely) if at_most else _without(perhaps)
        return perhaps if at_most else surely
    raise _UntoldError


_CATEGORIES = {
    op.CATEGORY_DIGIT: ("digit", False), op.CATEGORY_NOT_DIGIT: ("digit", True),
    op.CATEGORY_SPACE: ("space", False), op.CATEGORY_NOT_SPACE: ("space", True),
    op.CATEGORY_WORD: ("word", False), op.CATEGORY_NOT_WORD: ("word", True),
}  # fmt: skip


def _is_word(letter: str) -> bool:
    return letter.isalnum() or letter == "_"


_TESTS: dict[str, Callable[[str], bool]] = {"digit": str.isdecimal, "word": _is_word}


@cache
def _category(name: str) -> tuple[list[Range], list[Range]]:
    """Ranges that surely are of a class, and ranges outside of which nothing is."""
    if name == "space":  # white space has not been added to since Unicode 3
        blanks = _ranges(code for code in range(0x3001) if chr(code).isspace())
        return blanks, blanks
    surely = _ranges(code for code in range(_KNOWN) if _TESTS[name](chr(code)))
    return surely, [*surely, (_KNOWN, _LAST)]


def _ranges(codes: Iterable[int]) -> list[Range]:
    found: list[Range] = []
    for code in codes:
        if found and found[-1][1] == code - 1:
            found[-1] = (found[-1][0], code)
        else:
            found.append((code, code))
    return found


def _without(ranges: Sequence[Range]) -> list[Range]:
    """Every code point that is in none of the ranges."""
    left, start = [], 0
    for low, high in sorted(ranges):
        if low > start:
            left.append((start, low - 1))
        start = max(start, high + 1)
    return [*left, (start, _LAST)] if start <= _LAST else left


def _class(ranges: list[Range], used: list[Range]) -> str:
    """A class of RE2; surrogates, which no UTF-8 text has, are left out."""
    plain = [part for whole in ranges for part in _no_surrogates(*whole)]
    if not plain:
        raise _UntoldError
    used += plain
    return "[" + "".join(rf"\x{{{low:X}}}-\x{{{high:X}}}" for low, high in plain) + "]"


def _no_surrogates(low: int, high: int) -> list[Range]:
    parts = ((low, min(high, 0xD7FF)), (max(low, 0xE000), high))
    return [(start, end) for start, end in parts if start <= end]
