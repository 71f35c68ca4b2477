"""Months of a year of the Buddhist era as ISO 8601 in CE, what ``yearmonth`` holds.

Changes: มกราคม 2567, เดือนมกราคม พ.ศ. 2567, 1/2567, ม.ค. 67 (with ``century``) → 2024-01;
with ``packed``, 6701 and 256701 too. The era is decided for the whole column. January to March of
years before 2484 BE lie 542 behind.
Refuses to guess: a column with both eras stops the run with the rows, and so do Buddhist years
where CE is declared; two-digit years need ``century``; a day (1 ม.ค. 2567) is no month and stays.
Undone by: adding 543; how a month was spelt is only in the evidence.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flows.repairs import Column, Scope, thai_year
from flows.repairs._arrow import alternatives, load, on_unique, plain, western_digits
from flows.repairs._dates import month_names, month_numbers
from flows.repairs._distinct import bunches
from flows.repairs._eras import (
    UNKNOWN,
    Evidence,
    Ints,
    add_eras,
    decide_era,
    eras,
    full_years,
    marks,
    numbers,
    to_ce,
)

SCOPE: Scope = "column"


class Options(thai_year.Options):
    """What the column cannot tell by itself.

    Attributes:
        packed: figures without a sign between are year and month: 6701, 256701.
    """

    packed: bool = False


def survey(column: Column, options: Options) -> str | None:
    """Find the era of the column.

    Raises:
        Rejected: both eras, or Buddhist years where CE is declared.
    """
    evidence = Evidence()
    for bunch in bunches(column):
        year, _, era = _read(bunch.values, options)
        add_eras(evidence, np.where(year > 0, era, UNKNOWN), bunch)
    return decide_era(evidence, options.era)


def repair(values: pa.Array, options: Options, decision: Any = None) -> pa.Array:
    """Write months as ISO 8601."""
    return on_unique(values, lambda texts: _iso(texts, options))


def _iso(texts: pa.Array, options: Options) -> pa.Array:
    year, month, _ = _read(texts, options)
    parts = (
        pc.utf8_lpad(pa.array(part).cast(pa.string()), width, "0")
        for part, width in ((year, 4), (month, 2))
    )
    return pc.if_else(pa.array(year > 0), pc.binary_join_element_wise(*parts, "-"), texts)


def _read(texts: pa.Array, options: Options) -> tuple[Ints, Ints, Ints]:
    """Years in CE, 0 where no month can be read; months; eras."""
    clean = western_digits(plain(texts))
    named = pc.extract_regex(clean, _named())
    ways = [r"^(?P<m>\d{1,2})\s?[-/.]\s?(?P<y>\d{4})$", r"^(?P<y>\d{4})\s?[-/.]\s?(?P<m>\d{1,2})$"]
    ways += [r"^(?P<y>\d{2}|\d{4})(?P<m>\d{2})$"] * options.packed
    figures = [pc.extract_regex(clean, way) for way in ways]
    year, month = numbers(named.field("y")), month_numbers(named.field("m"))
    for parts in figures:
        year = np.where(year > 0, year, numbers(parts.field("y")))
        month = np.where(month > 0, month, numbers(parts.field("m")))
    mark = pc.utf8_trim(pc.fill_null(named.field("mark"), ""), characters=" ")
    era = eras(year, mark, options.century)
    known = (month >= 1) & (month <= 12)
    month = np.where(known, month, 0)
    found = to_ce(full_years(year, options.century), era, month)
    return np.where(known, found, 0), month, era


@cache
def _named() -> str:
    words = load("thai_dates")
    era = f"(?:{marks('be')}|{marks('ce')})"
    before = alternatives(words["month_words"])
    year = alternatives(words["year_words"])
    return (
        rf"(?i)^(?:(?:{before})\s?)?(?P<m>{month_names()})\s?[-/., ]?\s?(?:(?:{year})\s?)?"
        rf"(?P<mark>{era}\s?)?(?P<y>\d{{2}}|\d{{4}})$"
    )
