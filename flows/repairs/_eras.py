"""Which era the years of a column are counted in, and how they become CE.

The Buddhist era (พ.ศ.) is 543 ahead. Until 2483 BE the year began on 1 April (Act of 2483 BE, in
force from 1 January 2484), so January to March of an older year lie 542 behind it; 2483 itself had
no January to March. A year between 1700 and 2200 reads as CE, between 2300 and 2700 as BE; others
are no evidence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from catalog.problem import Problem, Rejected
from flows.repairs._arrow import alternatives, load, matches
from flows.repairs._distinct import Bunch

Era: TypeAlias = Literal["be", "ce"]
Ints: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]

BE_AHEAD = 543
#: From this year on (BE) years begin on 1 January.
JANUARY_FIRST = 2484
UNKNOWN, BE, CE = 0, 1, 2
_BE_YEARS, _CE_YEARS = (2300, 2700), (1700, 2200)
#: Years below this say nothing about their era.
LONG_AGO = _CE_YEARS[0]
_CODES: dict[Era, int] = {"be": BE, "ce": CE}
_SHOWN_ROWS = 5


def marks(era: Era) -> str:
    """A pattern for the marks of an era, with or without dots."""
    return spelled(load("thai_dates")["eras"][era])


def spelled(words: Iterable[str]) -> str:
    """A pattern for words whose dots may be missing or have a blank behind them."""
    return alternatives([*words]).replace(r"\.", r"\.?\s?")


def numbers(texts: pa.Array) -> Ints:
    """Whole numbers from texts of digits; 0 where there is none."""
    digits = pc.if_else(matches(texts, "^[0-9]+$"), texts, "0")
    return np.asarray(digits.cast(pa.int64()).to_numpy(zero_copy_only=False))


def eras(years: Ints, mark: pa.Array, base: int | None) -> Ints:
    """The era of each year, by its mark or else by its number.

    Args:
        years: as written; below 100 where two digits were written, 0 where nothing was.
        mark: what stands before the year, empty for nothing.
        base: what two digits are added to, ``None`` where they say nothing.
    """
    whole = full_years(years, base)
    by_number = np.where((whole >= _BE_YEARS[0]) & (whole <= _BE_YEARS[1]), BE, UNKNOWN)
    by_number = np.where((whole >= _CE_YEARS[0]) & (whole <= _CE_YEARS[1]), CE, by_number)
    is_be, is_ce = (pc.match_substring_regex(mark, f"(?i)^(?:{marks(era)})$") for era in _CODES)
    marked = np.where(_flags(is_be), BE, np.where(_flags(is_ce), CE, UNKNOWN))
    return np.where((years > 0) & (marked != UNKNOWN), marked, by_number)


def full_years(years: Ints, base: int | None) -> Ints:
    """Years with their century, 0 where two digits were written and none is declared."""
    return np.where((years > 0) & (years < 100), years + base if base else 0, years)


def to_ce(years: Ints, era: Ints, months: Ints | None = None) -> Ints:
    """Years in CE; 0 where the era is unknown or the months did not exist.

    Years from 2300 CE on are 0 too: they would read as Buddhist the next time.

    Args:
        years: with their century.
        era: code of each year.
        months: 1 to 12; without, the year as a whole.
    """
    from_be = years - BE_AHEAD
    if months is not None:
        early = (months <= 3) & (years < JANUARY_FIRST)
        from_be = np.where(early & (years == JANUARY_FIRST - 1), 0, from_be + early)
    found = np.where(era == BE, from_be, np.where(era == CE, years, 0))
    return np.where((found > 0) & (found < _BE_YEARS[0]), found, 0)


def _flags(mask: pa.Array) -> Flags:
    return np.asarray(pc.fill_null(mask, False).to_numpy(zero_copy_only=False), dtype=bool)


@dataclass
class Evidence:
    """Rows that speak for something, by what they speak for: the first few, and how many.

    Attributes:
        seen: kind to the first rows of the first different values.
        counts: kind to the number of rows.
    """

    seen: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, kind: str, flags: Flags, bunch: Bunch) -> None:
        """Count what speaks for ``kind``.

        Args:
            kind: what it is evidence of.
            flags: for each text, whether it speaks for it.
            bunch: different texts of the column.
        """
        if not flags.any():
            return
        mask = pa.array(flags)
        self.counts[kind] = self.counts.get(kind, 0) + pc.sum(bunch.counts.filter(mask)).as_py()
        found = zip(bunch.first.filter(mask), bunch.values.filter(mask), strict=True)
        new = [(row.as_py(), value.as_py()) for row, value in islice(found, _SHOWN_ROWS)]
        self.seen[kind] = sorted([*self.seen.get(kind, []), *new])[:_SHOWN_ROWS]

    def refuse(self, code: str, kinds: tuple[str, ...]) -> None:
        """Stop where rows speak for different things.

        Raises:
            Rejected: naming rows of the kind that is rarer.
        """
        found = sorted((kind for kind in kinds if kind in self.counts), key=self.counts.__getitem__)
        if len(found) < 2:
            return
        counts = {f"rows_{kind}": self.counts[kind] for kind in found}
        rows = self.seen[found[0]]
        raise Rejected(*(Problem(code, row=row, value=v, params=counts) for row, v in rows))

    def contradict(self, code: str, kind: str) -> None:
        """Stop where rows speak for what was declared not to be.

        Raises:
            Rejected: naming the rows.
        """
        if kind in self.counts:
            params = {"count": self.counts[kind]}
            rows = self.seen[kind]
            raise Rejected(*(Problem(code, row=row, value=v, params=params) for row, v in rows))

    def only(self, kinds: tuple[str, ...]) -> str | None:
        """The one of some kinds that rows speak for, if any do."""
        return next((kind for kind in kinds if kind in self.counts), None)


def add_eras(evidence: Evidence, found: Ints, bunch: Bunch) -> None:
    """Count the eras of different texts.

    Args:
        evidence: where to.
        found: era code of each.
        bunch: the texts.
    """
    for era, code in _CODES.items():
        evidence.add(era, found == code, bunch)


def decide_era(evidence: Evidence, declared: str) -> str | None:
    """The era of a column.

    Raises:
        Rejected: rows of both, or Buddhist years where CE is declared.
    """
    evidence.refuse("era-mixed", ("be", "ce"))
    if declared == "ce":
        evidence.contradict("era-not-declared", "be")
    return declared if declared != "auto" else evidence.only(("be", "ce"))
