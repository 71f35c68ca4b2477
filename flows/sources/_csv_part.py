"""CSV: the part of a file that is the table, where a declaration says that it is not all of it.

Lines are physical ones, as an editor shows them. A part is looked for only where it is declared;
most files are read from their first line to their last.
"""

from __future__ import annotations

import io
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import IO, cast

import pyarrow as pa

from flows.sources._text import Text

#: A line without anything: blanks, delimiters and empty quotes at the most.
_NOTHING = re.compile(r"[\s,;|\"']*\Z")


@dataclass(frozen=True, slots=True)
class End:
    """Where a table ends.

    Attributes:
        line: its last line, from 1; ``None`` for the last one of the file.
        octets: UTF-8 bytes of the file up to there.
    """

    line: int | None = None
    octets: int = 0

    def lines(self, stream: io.TextIOWrapper) -> Iterator[str]:
        """The lines up to the end."""
        return stream if self.line is None else islice(stream, self.line)

    def cut(self, stream: pa.NativeFile, begun: int) -> pa.NativeFile:
        """The bytes up to the end of a stream of which so many were read."""
        if self.line is None:
            return stream
        limited = _Limited(stream, max(self.octets - begun, 0))
        return pa.PythonFile(cast("IO[bytes]", limited), mode="r")


class _Limited(io.RawIOBase):
    """The first bytes of a stream."""

    def __init__(self, stream: pa.NativeFile, left: int) -> None:
        self._stream, self._left = stream, left

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        wanted = self._left if size < 0 else min(size, self._left)
        found: bytes = self._stream.read(wanted) if wanted else b""
        self._left -= len(found)
        return found


def find_end(text: Text, last_line: int | None, footer: int) -> End:
    """Where the table ends.

    Args:
        text: the file.
        last_line: as declared.
        footer: lines at the end that are no data, those without anything not counted.
    """
    if last_line is None and not footer:
        return End()
    line = octets = 0
    ends: deque[tuple[int, int]] = deque([(0, 0)], maxlen=footer + 1)
    with text.lines() as stream:
        for content in stream if last_line is None else islice(stream, last_line):
            line += 1
            octets += len(content.encode())
            if not _NOTHING.match(content):
                ends.append((line, octets))
    if last_line is not None:
        return End(last_line, octets)
    return End(*ends[0])


@dataclass(frozen=True, slots=True)
class Window:
    """The columns that are the table.

    Attributes:
        first: from 0.
        stop: the one behind the last; ``None`` for all there are.
    """

    first: int = 0
    stop: int | None = None

    @property
    def whole(self) -> bool:
        """Whether all columns are."""
        return not self.first and self.stop is None

    def choose(self, labels: Sequence[str]) -> list[str]:
        """The labels, those outside empty."""
        stop = len(labels) if self.stop is None else self.stop
        return [label if self.first <= at < stop else "" for at, label in enumerate(labels)]

    def cut(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The batches with the position and the columns inside."""
        for batch in batches:
            width = batch.num_columns - 1
            stop = width if self.stop is None else min(self.stop, width)
            yield batch.select([0, *range(1 + self.first, 1 + stop)])
