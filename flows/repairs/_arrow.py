"""What the repairs share: regular expressions over Arrow strings, applied only where they match.

The expressions are RE2's (Arrow's kernels): no look-around, no back-references, linear time, and
classes mean code points. Most cells of most tables are clean, so a scan over a batch's bytes as if
they were one text comes first (2 ns a byte, and nothing per value), and only the rows that match
are rewritten.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import yaml

Change: TypeAlias = Callable[[pa.Array], pa.Array]
Bounds: TypeAlias = npt.NDArray[np.int32]
Octets: TypeAlias = npt.NDArray[np.uint8]

#: White space inside a line, in a character class: blank, tab, NBSP and the spaces of typography.
BLANKS = " \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
#: Characters without width that office software leaves behind, in a character class.
ZERO_WIDTH = "\u00ad\u200b\u200c\u200e\u200f\u2060\ufeff"
#: Each of them, and line breaks, one by one.
EVERY_BLANK = " \t\u00a0\u1680\u202f\u205f\u3000\r\n\v\f\u0085\u2028\u2029" + ZERO_WIDTH
EVERY_BLANK += "".join(map(chr, range(0x2000, 0x200B)))
_BLANK_CELL = f"^[{BLANKS}{ZERO_WIDTH}\r\n\v\f]*$"
_THAI_DIGITS = "๐๑๒๓๔๕๖๗๘๙"


@cache
def load(name: str) -> Any:
    """A data file of the flows, by name without suffix."""
    return yaml.load((files("flows") / "data" / f"{name}.yaml").read_bytes(), yaml.CSafeLoader)


def octets(values: pa.Array) -> tuple[Bounds, Octets]:
    """Where the values of a batch begin and end in its bytes, and the bytes; no copy."""
    _, offsets, data = values.buffers()
    if not len(values) or data is None:
        return np.zeros(1, np.int32), np.empty(0, np.uint8)
    bounds = np.frombuffer(offsets, np.int32)[values.offset : values.offset + len(values) + 1]
    return bounds, np.frombuffer(data, np.uint8)[int(bounds[0]) : int(bounds[-1])]


def is_ascii(values: pa.Array) -> bool:
    """Whether a batch has no other characters: 20 times quicker to see than a pattern."""
    _, data = octets(values)
    return not data.size or int(data.max()) < 128


def any_octet(values: pa.Array, wanted: bytes) -> bool:
    """Whether one of some bytes occurs anywhere in a batch."""
    _, data = octets(values)
    return any(bool((data == octet).any()) for octet in wanted)


def seen(values: pa.Array, pattern: str) -> bool:
    """Whether a pattern without anchors occurs anywhere in a batch.

    One scan over the bytes as one text: it may say yes for letters of two neighbouring values,
    it never misses.
    """
    bounds, data = octets(values)
    if not data.size:
        return False
    text = values.buffers()[2].slice(int(bounds[0]), int(bounds[-1] - bounds[0]))
    ends = pa.py_buffer(np.array([0, text.size], np.int64))
    whole = pa.Array.from_buffers(pa.large_string(), 1, [None, ends, text])
    return bool(pc.match_substring_regex(whole, pattern)[0].as_py())


def matches(values: pa.Array, pattern: str) -> pa.Array:
    """Which values match a pattern somewhere; a null does not."""
    return pc.fill_null(pc.match_substring_regex(values, pattern), False)


def differs(before: pa.Array, after: pa.Array) -> pa.Array:
    """Which values are not the same; two nulls are."""
    if after is before:
        return pa.repeat(pa.scalar(False), len(before))
    same = pc.coalesce(pc.equal(before, after), pc.and_(before.is_null(), after.is_null()))
    return pc.invert(same)


def where(values: pa.Array, mask: pa.Array, change: Change) -> pa.Array:
    """The values with ``change`` made to those that the mask marks; the same object if to none."""
    if not pc.any(mask).as_py():
        return values
    found = values.filter(mask)
    changed = change(found)
    return values if changed.equals(found) else pc.replace_with_mask(values, mask, changed)


def on_matching(values: pa.Array, pattern: str, change: Change) -> pa.Array:
    """The values with ``change`` made to those that match a pattern without anchors."""
    return where(values, matches(values, pattern), change) if seen(values, pattern) else values


def on_unique(values: pa.Array, change: Change) -> pa.Array:
    """The values with a dear ``change`` made once to each different one."""
    encoded = values.dictionary_encode()
    changed = change(encoded.dictionary)
    return values if changed.equals(encoded.dictionary) else changed.take(encoded.indices)


def on_unique_rows(columns: Sequence[pa.Array], change: Callable[..., pa.Array]) -> pa.Array:
    """What a dear ``change`` makes of some columns side by side, once for each different row.

    Args:
        columns: of one length.
        change: takes them, shortened, and gives one column.
    """
    keys = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        encoded = column.dictionary_encode(null_encoding="encode")
        # Numbered anew after each column, so that the numbers never outgrow the rows.
        keys = keys * max(1, len(encoded.dictionary)) + encoded.indices.to_numpy()
        keys = np.unique(keys, return_inverse=True)[1]
    _, first, places = np.unique(keys, return_index=True, return_inverse=True)
    return change(*(column.take(pa.array(first)) for column in columns)).take(pa.array(places))


def settled(change: Change, ailing: str) -> Change:
    """``change`` where doing it twice is doing it once; elsewhere the value as it was.

    Text so broken that a second pass would find more to mend has no safe reading; this is what
    makes rewriting with regular expressions idempotent.

    Args:
        change: leaves alone what ``ailing`` does not match.
        ailing: pattern without anchors.
    """

    def once(values: pa.Array) -> pa.Array:
        changed = change(values)
        again = on_matching(changed, ailing, change)
        if again is changed:
            return changed
        return pc.if_else(pc.equal(again, changed), changed, values)

    return once


def mend(values: pa.Array, pattern: str, replacement: str) -> pa.Array:
    """Every match of a pattern without anchors replaced; free where there is none."""
    return sub(values, pattern, replacement) if seen(values, pattern) else values


def sub(values: pa.Array, pattern: str, replacement: str) -> pa.Array:
    r"""Every match replaced; ``\1`` stands for a group."""
    return pc.replace_substring_regex(values, pattern=pattern, replacement=replacement)


def swap(values: pa.Array, pairs: Sequence[tuple[str, str]]) -> pa.Array:
    """Every text of a list replaced by its partner, one after the other."""
    for old, new in pairs:
        values = pc.replace_substring(values, old, new)
    return values


def western_digits(values: pa.Array) -> pa.Array:
    """Thai digits as 0 to 9."""
    if is_ascii(values):
        return values
    pairs = [(thai, str(digit)) for digit, thai in enumerate(_THAI_DIGITS)]
    return on_matching(values, f"[{_THAI_DIGITS}]", lambda found: swap(found, pairs))


def plain(values: pa.Array) -> pa.Array:
    """Values for comparing: runs of white space as one blank, none at the ends, null as empty."""
    spaced = sub(pc.fill_null(values, ""), f"[{BLANKS}{ZERO_WIDTH}\r\n\v\f]+", " ")
    return pc.utf8_trim(spaced, characters=" ")


def is_blank(values: pa.Array) -> pa.Array:
    """Which values are null, empty, or hold nothing that can be seen."""
    return pc.fill_null(pc.match_substring_regex(values, _BLANK_CELL), True)


def is_text(type: pa.DataType) -> bool:
    """Whether a column holds text (geometry is WKB, positions are numbers)."""
    return bool(pa.types.is_string(type))


def alternatives(words: Sequence[str]) -> str:
    """A pattern for any of some words, the longest first, as RE2 takes the first that fits."""
    return "|".join(escape(word) for word in sorted(words, key=len, reverse=True))


def escape(text: str) -> str:
    """A text as a pattern that matches it alone (RE2 knows no escapes for letters)."""
    return "".join(f"\\{char}" if char in r"\.+*?()|[]{}^$" else char for char in text)
