"""Years of the Buddhist era as years CE.

Changes: 2567, ๒๕๖๗, พ.ศ. 2567, ปีงบประมาณ พ.ศ. 2567, ค.ศ. 2024 → 2024. The era is decided for the
whole column, in ``survey``. A fiscal or school year keeps its meaning: only its number changes.
Refuses to guess: a column with both eras stops the run with the rows, and so do Buddhist years
where CE is declared; two-digit years need ``century``; spans (2566-2567) and years that may be of
either era (1500) stay as they are.
Undone by: adding 543.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field

from flows.repairs import Column, Scope
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


class Options(BaseModel):
    """What the column cannot tell by itself.

    Attributes:
        era: ``auto`` by the numbers of the years, or ``be`` or ``ce``.
        century: what two-digit years are added to, in the column's era: 2500, or 2000.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    era: Literal["auto", "be", "ce"] = "auto"
    century: int | None = Field(default=None, ge=100, le=9900, multiple_of=100)


def survey(column: Column, options: Options) -> str | None:
    """Find the era of the column.

    Raises:
        Rejected: both eras, or Buddhist years where CE is declared.
    """
    evidence = Evidence()
    for bunch in bunches(column):
        year, era = _read(bunch.values, options)
        add_eras(evidence, np.where(year > 0, era, UNKNOWN), bunch)
    return decide_era(evidence, options.era)


def repair(values: pa.Array, options: Options, decision: Any = None) -> pa.Array:
    """Write years CE."""
    return on_unique(values, lambda texts: _in_ce(texts, options))


def _in_ce(texts: pa.Array, options: Options) -> pa.Array:
    year, _ = _read(texts, options)
    return pc.if_else(pa.array(year > 0), pa.array(year).cast(pa.string()), texts)


def _read(texts: pa.Array, options: Options) -> tuple[Ints, Ints]:
    """Years in CE, 0 where they cannot be read, and their eras."""
    parts = pc.extract_regex(western_digits(plain(texts)), _pattern())
    written = numbers(parts.field("y"))
    mark = pc.utf8_trim(pc.fill_null(parts.field("mark"), ""), characters=" ")
    era = eras(written, mark, options.century)
    return to_ce(full_years(written, options.century), era), era


@cache
def _pattern() -> str:
    words = alternatives(load("thai_dates")["year_words"])
    era = f"{marks('be')}|{marks('ce')}"
    return rf"(?i)^(?:(?:{words})\s?)?(?P<mark>(?:{era})\s?)?(?P<y>[0-9]{{2,4}})(?:\.0+)?$"
