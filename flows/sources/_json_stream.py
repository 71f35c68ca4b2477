"""JSON, value by value from a stream, with every number as it was written.

A sliding window of text: runs of plain records are read at once (``_json_fast``), all else value by
value. Memory holds the window, not the file. The grammar is RFC 8259, with one leniency: ``NaN``
and ``Infinity``, which Python writes, come through as their text, for ``missingValues`` or a check
to judge.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NoReturn, TextIO, TypeVar

import pyarrow as pa

from catalog.problem import Problem, Rejected
from flows.sources._json_fast import (
    NoneWholeError,
    Number,
    Run,
    UnsureError,
    compact,
    run,
    without_collector,
)

Taken = TypeVar("Taken")
_CHUNK = 1 << 20
#: Greatest length of one value in characters: what is longer is not a record.
MAX_VALUE = 64 << 20
#: Characters that are read at once: more do not make it faster.
_RUN = 1 << 18
_SPACES = re.compile(r"[ \t\n\r]*")
#: Longer than any sign of JSON that the end of the window may cut (``-Infinity``).
_LONGEST_SIGN = 16


class _TwiceError(ValueError):
    """A name that stands twice in one object."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise _TwiceError(next(name for name in names if names.count(name) > 1))
    return found


LOSSLESS = json.JSONDecoder(
    parse_float=Number, parse_int=Number, parse_constant=Number, object_pairs_hook=_object
)
_PLAIN = json.JSONDecoder()


class Cursor:
    """A place in a JSON text, which is read as far as needed."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._text, self._line = "", 1
        self._start = self._at = self._slow_until = 0

    @property
    def line(self) -> int:
        """Line of the place, from 1."""
        return self._line

    def peek(self) -> str:
        """The next sign that is not white space; empty at the end."""
        while True:
            start, self._at = self._at, _SPACES.match(self._text, self._at).end()  # type: ignore[union-attr]
            self._line += self._text.count("\n", start, self._at)
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def take(self, sign: str) -> None:
        """Go past a sign that must come next.

        Raises:
            Rejected: something else comes.
        """
        found = self.peek()
        if found != sign:
            self.refuse(f"«{sign}» expected, «{found}» found" if found else f"«{sign}» missing")
        self._at += 1

    def value(self) -> Any:
        """The next value: numbers as ``Number``, all else as Python has it."""
        return self._scan(LOSSLESS)

    def raw(self) -> str:
        """The text of the next value, exactly."""
        self._scan(_PLAIN)
        return self._text[self._start : self._at]

    def run(self, take: Callable[[Run, int], Taken], *, commas: bool) -> Taken | None:
        """What ``take`` makes of the records that come next, and go past them.

        Args:
            take: is given the records and the line of the first; may raise ``UnsureError``.
            commas: whether commas stand between records.

        Returns:
            ``None`` where the next record is not certainly plain, or is not whole in the window.
        """
        self.peek()
        if self._at < self._slow_until:
            return None
        size = _RUN
        while True:
            end = self._at + size
            try:
                with without_collector():  # what is thrown away is so before it is back
                    upto, taken = self._taken(take, end, commas=commas)
            except NoneWholeError:
                if end < len(self._text):
                    size *= 8
                    continue
                self._slow_until = len(self._text)
                return None
            except UnsureError:
                self._slow_until = min(end, len(self._text))
                return None
            self._line += self._text.count("\n", self._at, upto)
            self._at = upto
            return taken

    def _taken(
        self, take: Callable[[Run, int], Taken], end: int, *, commas: bool
    ) -> tuple[int, Taken]:
        found = run(self._text, self._at, end, commas=commas)
        return found.end, take(found, self._line)

    def refuse(self, reason: str, line: int | None = None) -> NoReturn:
        """Say that this is not JSON, and where.

        Raises:
            Rejected: always.
        """
        params = {"line": line or self._line, "reason": reason}
        raise Rejected(Problem("json-invalid", row=line or self._line, params=params))

    def _scan(self, decoder: json.JSONDecoder) -> Any:
        self.peek()
        while True:
            try:
                value, end = decoder.raw_decode(self._text, self._at)
            except _TwiceError as error:
                name, params = str(error), {"line": self._line}
                raise Rejected(
                    Problem("json-duplicate-key", row=self._line, field=name, params=params)
                ) from error
            except RecursionError:
                self.refuse("nested too deeply")
            except json.JSONDecodeError as error:
                line = self._line + self._text.count("\n", self._at, error.pos)
                if not (self._may_go_on(error) and self._more()):
                    self.refuse(error.msg, line)
                continue
            # A number that ends where the window does may go on behind it.
            if end == len(self._text) and self._more():
                continue
            self._line += self._text.count("\n", self._at, end)
            self._start, self._at = self._at, end
            return value

    def _may_go_on(self, error: json.JSONDecodeError) -> bool:
        """Whether the window's end cuts the value: then it fails there, or in a string."""
        if len(self._text) - self._at > MAX_VALUE:
            return False
        near = len(self._text) - error.pos < _LONGEST_SIGN
        return near or error.msg.startswith("Unterminated string")

    def _more(self) -> bool:
        rest = self._text[self._at :]
        found = self._stream.read(max(_CHUNK, len(rest)))
        self._slow_until = max(self._slow_until - self._at, 0)
        self._text, self._at = rest + found, 0
        return bool(found)


def members(cursor: Cursor) -> Iterator[str]:
    """Names of an object's members; whoever asks for the next has taken the value of the last."""
    cursor.take("{")
    more = cursor.peek() != "}"
    while more:
        if cursor.peek() != '"':
            cursor.refuse('«"» …')
        name = cursor.value()
        cursor.take(":")
        yield name
        more = cursor.peek() == ","
        if more:
            cursor.take(",")
    cursor.take("}")


def elements(
    cursor: Cursor, take: Callable[[Cursor], Any], several: Callable[[Run, int], Any]
) -> Iterator[Any]:
    """Values of an array: each as ``take`` gives it, or many as ``several`` does."""
    cursor.take("[")
    more = cursor.peek() != "]"
    while more:
        found = cursor.run(several, commas=True)
        yield take(cursor) if found is None else found
        more = cursor.peek() == ","
        if more:
            cursor.take(",")
    cursor.take("]")


def column(values: list[Any], label: str, first: int = 1) -> pa.Array:
    """A text column.

    Args:
        values: as the lossless decoder gives them, ``None`` where a record has none.
        label: of the column, for a problem.
        first: number of the first record.

    Raises:
        Rejected: half a character (a lone surrogate), which no UTF-8 text can hold; lists in lists
            in lists, hundreds of them.
    """
    try:
        try:
            return pa.array(values, pa.string())
        except (pa.ArrowTypeError, pa.ArrowInvalid):
            return pa.array([compact(value) for value in values], pa.string())
    except UnicodeEncodeError as error:
        raise Rejected(Problem("json-letters", field=label, row=first)) from error
    except RecursionError as error:
        raise Rejected(Problem("json-nested", field=label, row=first)) from error
