"""Dates of the Buddhist era, with Thai months or Thai digits, as ISO 8601 in CE.

Changes: 29 ก.พ. 2567, ๒๙ กุมภาพันธ์ พ.ศ. ๒๕๖๗, 29/2/2567, 2567-02-29 → 2024-02-29, and dates of the
Common Era in these spellings. The era is decided for the whole column, in ``survey``, and so is
the order of day and month where all three are numbers. January to March of years before 2484 BE
lie 542 behind (``flows/repairs/_eras.py``).
Refuses to guess: a column that has both eras, or day and month in both orders, stops the run with
the rows; a declared era that the years contradict too. Two-digit years need ``century``; day and
month that may be either way round need ``order``, unless the years are Buddhist (Thai offices
write the day first). A date that does not exist stays as it is, for the check to name.
Undone by: adding 543; whether a date was spelt with a month's name is only in the evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field

from flows.repairs import Column, Scope
from flows.repairs._arrow import on_unique
from flows.repairs._dates import Dates, is_date, read_dates, write_iso
from flows.repairs._distinct import bunches
from flows.repairs._eras import (
    BE,
    CE,
    LONG_AGO,
    UNKNOWN,
    Evidence,
    Flags,
    Ints,
    add_eras,
    decide_era,
    eras,
    full_years,
    to_ce,
)

SCOPE: Scope = "column"
_ORDERS = ("dmy", "mdy")


class Options(BaseModel):
    """What the column cannot tell by itself.

    Attributes:
        era: ``auto`` by the numbers of the years, or ``be`` or ``ce``.
        order: of day and month before a year, where all are numbers.
        century: what two-digit years are added to, in the column's era: 2500, or 2000.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    era: Literal["auto", "be", "ce"] = "auto"
    order: Literal["auto", "dmy", "mdy"] = "auto"
    century: int | None = Field(default=None, ge=100, le=9900, multiple_of=100)


@dataclass(frozen=True, slots=True)
class Decision:
    """What holds for the whole column: its era, and the order of day and month."""

    era: str | None
    order: str | None


def survey(column: Column, options: Options) -> Decision:
    """Find the era and the order of the column.

    Only what can be read counts as evidence: what stays as it is cannot speak for the others.

    Raises:
        Rejected: both eras, or both orders, or another era than the declared one.
    """
    evidence = Evidence()
    for bunch in bunches(column):
        dates = read_dates(bunch.values)
        era = _eras(dates, options)
        dmy, mdy = (_days(dates, era, options, order)[0] for order in _ORDERS)
        era = np.where(dmy | mdy | dates.plain_ce, era, 0)
        add_eras(evidence, era, bunch)
        evidence.add("written", (era == CE) & ~dates.iso, bunch)
        evidence.add("dmy", dates.year_last & dmy & ~mdy, bunch)
        evidence.add("mdy", dates.year_last & mdy & ~dmy, bunch)
    decided = decide_era(evidence, options.era)
    if options.era == "be":
        evidence.contradict("era-not-declared", "written")
    return Decision(decided, _order(evidence, options, decided))


def repair(values: pa.Array, options: Options, decision: Decision) -> pa.Array:
    """Write dates as ISO 8601."""
    return on_unique(values, lambda texts: _iso(texts, options, decision))


def _order(evidence: Evidence, options: Options, era: str | None) -> str | None:
    """Which comes first, day or month; ``None`` where it may be either."""
    if options.order != "auto":
        return options.order
    evidence.refuse("date-order-mixed", _ORDERS)
    return evidence.only(_ORDERS) or ("dmy" if era == "be" else None)


def _eras(dates: Dates, options: Options) -> Ints:
    """Eras by mark or number; an undecided year of long ago is of the declared era.

    Not where it is spelt as ISO 8601: that may be the work of this repair.
    """
    era = eras(dates.year, dates.mark, options.century)
    declared = {"be": BE, "ce": CE}.get(options.era, UNKNOWN)
    long_ago = (dates.year >= 100) & (dates.year < LONG_AGO) & ~dates.iso
    return np.where((era == UNKNOWN) & long_ago, declared, era)


def _days(
    dates: Dates, era: Ints, options: Options, order: str | None
) -> tuple[Flags, Ints, Ints, Ints]:
    """Which are days of the calendar, and their year (CE), month and day."""
    month, day = dates.month_and_day(order)
    year = to_ce(full_years(dates.year, options.century), era, month)
    return is_date(year, month, day), year, month, day


def _iso(texts: pa.Array, options: Options, decision: Decision) -> pa.Array:
    dates = read_dates(texts)
    good, *day = _days(dates, _eras(dates, options), options, decision.order)
    return pc.if_else(pa.array(good), write_iso(*day), texts)
