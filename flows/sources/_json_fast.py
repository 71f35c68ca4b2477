"""Runs of JSON records read at once: one call of the standard library's C scanner for thousands.

The scanner gives objects as tuples of pairs without any Python being called on the way, and pairs
are turned into columns by ``zip``: three to four times as fast as record by record. Whatever is not
sure to be right (a name twice, half a character, what is no JSON) gives no run, and the reader that
goes value by value reads the same place again, and says what is wrong with it.
"""

from __future__ import annotations

import gc
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import Any

import pyarrow as pa

from flows.sources._table import MOST_NAMES

#: An object as the scanner gives it: names and values, in the order of the file.
Pairs = tuple[tuple[str, Any], ...]

#: What stands between two records: a comma in an array; in JSON Lines the end of a line, which is
#: in no text (RFC 8259 §7), so that a comma may be put there.
_COMMA = re.compile(r"\s*,\s*(?=\{)")
_LINES = re.compile(r"\}([ \t\r]*\n\s*)(?=\{)")
#: How many ends of objects are looked at, from behind, for one between two records.
_TRIES = 50


class UnsureError(Exception):
    """Not certainly plain: to be read value by value."""


class NoneWholeError(UnsureError):
    """No record that another one follows."""


class Number(str):
    """A number as the file has it: ``1.10`` keeps its zero, an id of 20 digits all of them."""

    __slots__ = ()


_SCANNER = json.JSONDecoder(
    parse_float=Number, parse_int=Number, parse_constant=Number, object_pairs_hook=tuple
)
_TEXTS, _TRUTHS = frozenset({str, Number, type(None)}), frozenset({bool, type(None)})


@contextmanager
def without_collector() -> Iterator[None]:
    """No search for cycles meanwhile: there are none in JSON, and it takes half of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@dataclass(frozen=True, slots=True)
class Run:
    """Records that stand one behind the other.

    Attributes:
        records: as the scanner gives them.
        end: where the last ends in the text that was read.
        lines: whether each stands on the line behind the one before.
    """

    records: list[Pairs]
    end: int
    lines: bool


def run(text: str, begin: int, end: int, *, commas: bool) -> Run:
    """Records from a place in a text on, but for the last, which nothing shows to be whole.

    Args:
        text: the window.
        begin: where the first record begins.
        end: where to stop looking.
        commas: whether commas stand between records, or the ends of lines.

    Raises:
        UnsureError: not certainly plain ones; ``NoneWholeError`` where there is not one.
    """
    upto = _last(text, begin, end, commas)
    part, between = text[begin:upto], 0
    if not commas:
        part, between = _LINES.subn(r"},\1", part)
    try:
        records = _SCANNER.decode(f"[{part}]")
    except (ValueError, RecursionError) as error:
        raise UnsureError from error
    if set(map(type, records)) != {tuple} or not (commas or between == len(records) - 1):
        raise UnsureError
    return Run(records, upto, part.count("\n") == between)


def _last(text: str, begin: int, end: int, commas: bool) -> int:
    """Where the last record ends that another one follows."""
    stop = min(end, len(text))
    for _ in range(_TRIES):
        stop = text.rfind("}", begin, stop)
        if stop < 0:
            break
        if (_COMMA.match(text, stop + 1) if commas else _LINES.match(text, stop)) is not None:
            return stop + 1
    raise NoneWholeError


def members(records: Sequence[Pairs]) -> Mapping[str, Sequence[Any]]:
    """Values of records by name, in the order of appearance; ``None`` where one has no such name.

    Raises:
        UnsureError: a name twice in a record.
    """
    found: dict[str, Sequence[Any]] = {}
    try:
        for column in zip(*records, strict=True):
            names, values = zip(*column, strict=True)
            if len(set(names)) > 1:
                return _irregular(records)
            if names[0] in found:
                raise UnsureError
            found[names[0]] = values
    except ValueError:  # not all of one length
        return _irregular(records)
    return found


def _irregular(records: Sequence[Pairs]) -> Mapping[str, Sequence[Any]]:
    """Values of records that do not all have the same names in the same order."""
    found = list(map(dict, records))
    if sum(map(len, found)) != sum(map(len, records)):
        raise UnsureError
    names = dict.fromkeys(chain.from_iterable(found))
    if len(names) > MOST_NAMES:
        raise UnsureError
    return {name: [record.get(name) for record in found] for name in names}


def texts(values: Sequence[Any]) -> pa.Array:
    """Values as a text column.

    Raises:
        UnsureError: half a character, or a name twice in something nested.
    """
    kinds = set(map(type, values))
    try:
        if kinds <= _TEXTS:
            return pa.array(values, pa.string())
        if kinds <= _TRUTHS:
            return pa.array(values, pa.bool_()).cast(pa.string())
        return pa.array(map(compact, values), pa.string())
    except (UnicodeEncodeError, RecursionError) as error:
        raise UnsureError from error


def compact(value: Any) -> str | None:
    """A value as text: text as it is, numbers as written, ``true``, compact JSON of what is nested.

    ``null`` stays ``None``.
    """
    if value is None or isinstance(value, str):
        return value
    return _nested(value)


def _nested(value: Any) -> str:
    if isinstance(value, Number):
        return str(value)
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, tuple):
        found = dict(value)
        if len(found) < len(value):
            raise UnsureError
        return _nested(found)
    if isinstance(value, dict):
        return "{" + ",".join(f"{_nested(k)}:{_nested(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_nested, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
