"""Thai dates read into numbers: the different texts of a batch at once, no row by row.

A date is written with a month's name (29 ก.พ. 2567, วันพฤหัสบดีที่ 29 กุมภาพันธ์ พ.ศ. 2567,
29-Feb-2024) or as three numbers (29/2/2567, 2567-02-29). A time of midnight, which spreadsheets
add, is read over.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flows.repairs._arrow import load, plain, western_digits
from flows.repairs._eras import LONG_AGO, Flags, Ints, marks, numbers, spelled

_MIDNIGHT = r"(?:[ T]0{1,2}:00(?::00(?:\.0+)?)?)?"
_NUMERIC = rf"^(?P<a>\d{{1,4}})\s?[-/.]\s?(?P<b>\d{{1,2}})\s?[-/.]\s?(?P<c>\d{{1,4}}){_MIDNIGHT}$"


@dataclass(frozen=True, slots=True)
class Dates:
    """Dates as they are written: arrays of one length, 0 where a text is no date.

    Attributes:
        first, second: the two numbers beside the year, as they stand.
        year: as written, 1 to 4 digits.
        mark: mark of the era before the year, or empty.
        named: the month has a name: ``first`` is the day, ``second`` the month.
        year_first: three numbers with the year before: month, then day.
        iso: spelt as ISO 8601 has it.
    """

    first: Ints
    second: Ints
    year: Ints
    mark: pa.Array
    named: Flags
    year_first: Flags
    iso: Flags

    def month_and_day(self, order: str | None) -> tuple[Ints, Ints]:
        """Months and days; 0 where ``order`` would have to tell and is ``None``.

        Args:
            order: ``dmy`` or ``mdy``, for three numbers with the year behind.
        """
        month_first = self.year_first | (self.year_last & (order == "mdy"))
        known = ~self.year_last | (order is not None)
        month = np.where(month_first, self.first, self.second)
        day = np.where(month_first, self.second, self.first)
        return np.where(known, month, 0), np.where(known, day, 0)

    @property
    def plain_ce(self) -> Flags:
        """What is written as ISO 8601 has it, and reads as CE."""
        return self.iso & (self.year >= LONG_AGO) & (self.year < 2300)

    @property
    def year_last(self) -> Flags:
        """Three numbers with the year behind: day and month in an order to be known."""
        return (self.year > 0) & ~self.named & ~self.year_first


def read_dates(texts: pa.Array) -> Dates:
    """Read different texts.

    Args:
        texts: strings, each once.
    """
    clean = western_digits(plain(texts))
    named = pc.extract_regex(clean, _named_pattern())
    three = pc.extract_regex(clean, _NUMERIC)
    has_name = np.asarray(named.is_valid().to_numpy(zero_copy_only=False))
    a, b, c = (numbers(three.field(name)) for name in "abc")
    long_a = _lengths(three.field("a")) == 4
    short_a = (a > 0) & (_lengths(three.field("a")) <= 2)
    year_first = long_a & (_lengths(three.field("c")) <= 2) & (c > 0)
    year_last = short_a & np.isin(_lengths(three.field("c")), (2, 4))
    year = np.where(year_first, a, np.where(year_last, c, 0))
    return Dates(
        first=np.where(has_name, numbers(named.field("d")), np.where(year_first, b, a)),
        second=np.where(has_name, month_numbers(named.field("m")), np.where(year_first, c, b)),
        year=np.where(has_name, numbers(named.field("y")), year),
        mark=pc.utf8_trim(pc.fill_null(named.field("mark"), ""), characters=" "),
        named=has_name,
        year_first=year_first,
        iso=_flags(pc.match_substring_regex(texts, r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")),
    )


def is_date(year: Ints, month: Ints, day: Ints) -> Flags:
    """Which triples are days of the Gregorian calendar, years 1 to 9999 CE."""
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    lengths = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    length = lengths[np.clip(month, 0, 12)] + (leap & (month == 2))
    whole = (year >= 1) & (year <= 9999) & (month >= 1) & (month <= 12)
    return np.asarray(whole & (day >= 1) & (day <= length))


def write_iso(year: Ints, month: Ints, day: Ints) -> pa.Array:
    """``YYYY-MM-DD``."""
    parts = ((year, 4), (month, 2), (day, 2))
    texts = [pc.utf8_lpad(pa.array(part).cast(pa.string()), n, "0") for part, n in parts]
    return pc.binary_join_element_wise(*texts, "-")


@cache
def _named_pattern() -> str:
    words, months = load("thai_dates"), month_names()
    weekdays = spelled(words["weekdays"])
    era = f"(?:{marks('be')}|{marks('ce')})"
    return (
        rf"(?i)^(?:(?:{weekdays}|วัน)?\s?(?:ที่)?,?\s?)(?P<d>\d{{1,2}})\s?[-/., ]?\s?"
        rf"(?:เดือน\s?)?(?P<m>{months})\s?[-/., ]?\s?(?P<mark>{era}\s?)?"
        rf"(?P<y>\d{{2}}|\d{{4}}){_MIDNIGHT}$"
    )


def month_names() -> str:
    """A pattern for the names of months, whole or short, dots or not."""
    return spelled(name for names in load("thai_dates")["months"].values() for name in names)


@cache
def _month_names() -> tuple[pa.Array, Ints]:
    """Month names without dots and blanks, in small letters, and their numbers."""
    months = load("thai_dates")["months"]
    named = [(name, number) for number, names in months.items() for name in names]
    names = _squeezed(pa.array([name for name, _ in named], pa.string()))
    return names, np.array([number for _, number in named])


def month_numbers(names: pa.Array) -> Ints:
    """Months by their names; 0 where it is none."""
    known, months = _month_names()
    found = pc.fill_null(pc.index_in(_squeezed(names), known), -1).to_numpy(zero_copy_only=False)
    return np.where(found >= 0, months[found], 0)


def _squeezed(names: pa.Array) -> pa.Array:
    return pc.utf8_lower(pc.replace_substring_regex(names, pattern=r"[.\s]", replacement=""))


def _lengths(texts: pa.Array) -> Ints:
    return np.asarray(pc.fill_null(pc.binary_length(texts), 0).to_numpy(zero_copy_only=False))


def _flags(mask: pa.Array) -> Flags:
    return np.asarray(pc.fill_null(mask, False).to_numpy(zero_copy_only=False), dtype=bool)
