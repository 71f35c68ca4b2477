"""Text files taken apart without a Python object per cell: for reading back what was written.

A file is gone through in chunks that end where a row ends. Marks of the syntax (line ends, angle
brackets, quotes) are found in all of a chunk at once, and what lies between them is cut out as
Arrow arrays. Each reader knows the grammar of the subset that stands in our files, checks all of
it, and gives up loudly on anything else: a certificate never rests on a guess.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from catalog.formats._stream import may_have

CHUNK = 8 * 2**20
#: A row longer than this is taken for damage, not for data.
_MAX_ROW = 256 * 2**20
Places = npt.NDArray[np.int64]


class DamagedError(ValueError):
    """A file that is not as this format is written."""


def chunks(path: Path, cut: Callable[[bytes], int], size: int = CHUNK) -> Iterator[bytes]:
    """The bytes of a file in whole rows.

    Args:
        path: the file.
        cut: the place behind the last whole row of some bytes, 0 where there is none.
        size: bytes that are read at once.

    Raises:
        DamagedError: a row that does not end.
    """
    waiting = b""
    with path.open("rb") as file:
        while more := file.read(size):
            waiting += more
            at = cut(waiting)
            if at:
                yield waiting[:at]
                waiting = waiting[at:]
            elif len(waiting) > _MAX_ROW:
                raise DamagedError("a row without an end")
    if waiting:
        yield waiting


def after_last(mark: bytes) -> Callable[[bytes], int]:
    """A ``cut`` behind the last mark."""

    def cut(data: bytes) -> int:
        at = data.rfind(mark)
        return at + len(mark) if at >= 0 else 0

    return cut


def expect(condition: object, said: str) -> None:
    """Give up unless it is so.

    Raises:
        DamagedError: it is not.
    """
    if not condition:
        raise DamagedError(said)


class Chunk:
    """Some bytes of a file, all of which are UTF-8 without control characters.

    Attributes:
        view: the bytes as numbers.
    """

    def __init__(self, data: bytes) -> None:
        self.buffer = pa.py_buffer(data)
        self.view = np.frombuffer(data, np.uint8)
        ends = pa.py_buffer(np.array([0, len(data)], np.int64))
        whole = pa.Array.from_buffers(pa.large_string(), 1, [None, ends, self.buffer])
        whole.validate(full=True)
        low = np.flatnonzero(self.view < ord(" "))
        marks = self.view[low]
        self._line_ends: Places = low[marks == ord("\n")]
        plain = len(self._line_ends) + np.count_nonzero(marks == ord("\t"))
        expect(plain == len(low), "a control character")

    def find(self, mark: bytes) -> Places:
        """Where a byte stands."""
        if mark == b"\n":
            return self._line_ends
        return np.flatnonzero(self.view == ord(mark))

    def has(self, places: Places, mark: bytes) -> bool:
        """Whether the same byte stands at each of some places."""
        return bool((self.view[places] == ord(mark)).all())

    def cut(self, starts: Places, ends: Places) -> pa.StringArray:
        """The texts between places, which rise."""
        count = len(starts)
        if not count:
            return pa.array([], pa.string())
        offsets = np.empty(2 * count, np.int32)
        offsets[0::2], offsets[1::2] = starts, ends
        expect((np.diff(offsets) >= 0).all(), "marks in another order")
        both = pa.Array.from_buffers(
            pa.string(), 2 * count - 1, [None, pa.py_buffer(offsets), self.buffer]
        )
        return both.take(pa.array(np.arange(0, 2 * count, 2, dtype=np.int32)))


def next_of(found: Places, after: Places) -> Places:
    """The first of some places that is not before each of others; past everything if none is."""
    beyond = np.append(found, np.iinfo(np.int32).max)
    return beyond[np.searchsorted(found, after)]


def last_of(found: Places, before: Places) -> Places:
    """The last of some places that lies before each of others; -1 if none does."""
    with_none = np.append(np.int64(-1), found)
    return with_none[np.searchsorted(found, before)]


def coded(texts: pa.StringArray) -> tuple[Places, list[str]]:
    """Texts of which there are few, as numbers and a list that these numbers point into."""
    whole = pc.dictionary_encode(texts)
    return np.asarray(whole.indices).astype(np.int64), whole.dictionary.to_pylist()


def runs(texts: pa.StringArray) -> tuple[Places, Places]:
    """Where a text begins that is not the one before it, and for each text the count of those."""
    changes = pc.not_equal(texts.slice(1), texts.slice(0, len(texts) - 1))
    new = np.append(True, np.asarray(changes).astype(bool))
    return np.flatnonzero(new), np.cumsum(new) - 1


def spread(texts: pa.StringArray, rows: Places, count: int) -> pa.StringArray:
    """Texts in the rows that have one, null in the others.

    Raises:
        DamagedError: a row has two.
    """
    expect(len(rows) < 2 or (np.diff(rows) > 0).all(), "a column twice in a row")
    if len(rows) == count:
        return texts
    at = np.full(count, -1, np.int64)
    at[rows] = np.arange(len(rows))
    return texts.take(pa.array(at, mask=at < 0))


def unescaped_xml(text: pa.StringArray) -> pa.StringArray:
    """Character data and attribute values without their references.

    Raises:
        DamagedError: a reference that is none of XML's five nor of a line end or tab.
    """
    if not may_have(text, b"&"):
        return text
    for written, meant in _REFERENCES.items():
        text = pc.replace_substring(text, written, meant)
    marks, known = (pc.sum(pc.count_substring(text, mark)).as_py() for mark in ("&", "&amp;"))
    expect(marks == known, "an unknown reference")
    return pc.replace_substring(text, "&amp;", "&")


def unescaped_turtle(text: pa.StringArray) -> pa.StringArray:
    """The inside of a literal of N-Triples or Turtle without its escapes.

    Raises:
        DamagedError: an unknown escape, or a quote without one.
    """
    if not may_have(text, b'\\"'):
        return text
    # No chunk has control characters: two of them hold the place of what is ambiguous meanwhile.
    text = pc.replace_substring(text, "\\\\", "\x00")
    text = pc.replace_substring(text, '\\"', "\x01")
    for written, meant in _ESCAPES.items():
        text = pc.replace_substring(text, written, meant)
    expect(not may_have(text, b'\\"'), "an unknown escape")
    return pc.replace_substring(pc.replace_substring(text, "\x00", "\\"), "\x01", '"')


_REFERENCES = {
    "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&#9;": "\t", "&#10;": "\n",
    "&#13;": "\r",
}  # fmt: skip
_ESCAPES = {"\\n": "\n", "\\r": "\r", "\\t": "\t"}
