"""Years that reach over New Year: crop years, school years, seasons.

Changes: 2527/28, 2527/2528, ๒๕๒๗-๒๘, ปีเพาะปลูก 2527/28 → 1984/1985, as ISO 8601 writes a span of
years (§5.5). The era is decided for the whole column, and a single year in it is a year still:
2527 → 1984.
Refuses to guess: a span of more years than ``longest`` (one on, by default) is a slip or another
thing (2546/51), one that runs backwards too: they stay as they are, for the check to name. Two
digits for the first year need ``century``. A column with both eras stops the run.
Undone by: adding 543.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from flows.repairs import Column, Scope, thai_year
from flows.repairs._arrow import alternatives, load, on_unique, plain, western_digits
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
        longest: years from the first to the last at most.
    """

    longest: int = Field(default=1, ge=1, le=99)


def survey(column: Column, options: Options) -> str | None:
    """Find the era of the column.

    Raises:
        Rejected: both eras, or Buddhist years where CE is declared.
    """
    evidence = Evidence()
    for bunch in bunches(column):
        first, _, era = _read(bunch.values, options)
        add_eras(evidence, np.where(first > 0, era, UNKNOWN), bunch)
    return decide_era(evidence, options.era)


def repair(values: pa.Array, options: Options, decision: Any = None) -> pa.Array:
    """Write spans CE."""
    return on_unique(values, lambda texts: _in_ce(texts, options))


def _in_ce(texts: pa.Array, options: Options) -> pa.Array:
    first, last, _ = _read(texts, options)
    one, other = (pa.array(years).cast(pa.string()) for years in (first, last))
    spans = pc.binary_join_element_wise(one, other, "/")
    written = pc.if_else(pa.array(last > 0), spans, one)
    return pc.if_else(pa.array(first > 0), written, texts)


def _read(texts: pa.Array, options: Options) -> tuple[Ints, Ints, Ints]:
    """First and last years in CE, 0 where there is none, and eras of the first."""
    parts = pc.extract_regex(western_digits(plain(texts)), _pattern())
    written, behind = numbers(parts.field("y")), numbers(parts.field("z"))
    mark = pc.utf8_trim(pc.fill_null(parts.field("mark"), ""), characters=" ")
    era = eras(written, mark, options.century)
    whole = full_years(written, options.century)
    first = to_ce(whole, era)
    # Two digits behind are of the century of the year before, or of the next one (2599/00).
    short = (behind < 100) & (pc.fill_null(pc.binary_length(parts.field("z")), 0).to_numpy() == 2)
    years_on = np.where(short, (behind - whole) % 100, behind - whole)
    single = pc.fill_null(pc.equal(parts.field("z"), ""), True).to_numpy(zero_copy_only=False)
    good = (first > 0) & (single | ((years_on >= 1) & (years_on <= options.longest)))
    return np.where(good, first, 0), np.where(good & ~single, first + years_on, 0), era


@cache
def _pattern() -> str:
    words = load("thai_dates")
    before = alternatives([*words["span_words"], *words["year_words"]])
    era = f"{marks('be')}|{marks('ce')}"
    return (
        rf"(?i)^(?:(?:{before})\s?)?(?P<mark>(?:{era})\s?)?(?P<y>[0-9]{{2}}|[0-9]{{4}})"
        rf"(?:\s?[-/–]\s?(?P<z>[0-9]{{2}}|[0-9]{{4}}))?$"
    )
