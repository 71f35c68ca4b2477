"""Thai times of day read and written: 08.30 น., 8:30, 8 นาฬิกา 30 นาที."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from flows.repairs._arrow import load, plain, western_digits
from flows.repairs._eras import spelled

_HOURS, _MINUTES, _SECONDS = "[01]?[0-9]|2[0-3]", "[0-5][0-9]", r"[0-5][0-9](?:\.0+)?"


def time_pattern() -> str:
    """A pattern for a time of day, with groups ``h``, ``m``, ``s``; or ``hh`` and ``mm``."""
    words = load("thai_dates")["clock"]
    before, after, hour, minute = (
        spelled(words[key]) for key in ("before", "after", "hour", "minute")
    )
    figures = rf"(?P<h>{_HOURS})\s?[.:]\s?(?P<m>{_MINUTES})(?:[.:](?P<s>{_SECONDS}))?"
    spoken = rf"(?P<hh>{_HOURS})\s?(?:{hour})(?:\s?(?P<mm>[0-5]?[0-9])\s?(?:{minute}))?"
    return rf"(?:(?:{before})\s?)?(?:{spoken}|{figures}(?:\s?(?:{after}))?)"


def write_times(parts: pa.Array) -> pa.Array:
    """``HH:MM:SS`` from what ``time_pattern`` extracted; null where it did not match.

    Args:
        parts: struct array.
    """
    hours = _either(parts, "hh", "h")
    minutes = _padded(_either(parts, "mm", "m"))
    seconds = _padded(pc.utf8_slice_codeunits(pc.fill_null(parts.field("s"), ""), 0, 2))
    written = pc.binary_join_element_wise(_padded(hours), minutes, seconds, ":")
    known = pc.and_(parts.is_valid(), pc.not_equal(hours, ""))
    return pc.if_else(known, written, pa.scalar(None, pa.string()))


def as_read(texts: pa.Array) -> pa.Array:
    """Texts as the patterns expect them: plain blanks, digits 0 to 9."""
    return western_digits(plain(texts))


def _either(parts: pa.Array, one: str, other: str) -> pa.Array:
    first = pc.fill_null(parts.field(one), "")
    return pc.if_else(pc.equal(first, ""), pc.fill_null(parts.field(other), ""), first)


def _padded(figures: pa.Array) -> pa.Array:
    return pc.utf8_lpad(figures, 2, "0")
