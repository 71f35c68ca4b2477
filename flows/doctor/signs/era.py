"""The era of years and dates: พ.ศ., ค.ศ., both in one column, or two digits of either.

Refuses to guess: a column with both eras stops; the century of two-digit years is asked about.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalog.problem import Level
from flows.doctor import Column, Finding
from flows.doctor._column_find import AS_TEXT, ask, found, repair
from flows.doctor._column_mend import run
from flows.doctor._column_role import Role, role_of
from flows.doctor._values_view import Flags, Ints, View, flags, view
from flows.repairs._arrow import matches, sub
from flows.repairs._dates import read_dates
from flows.repairs._eras import BE_AHEAD, marks

_REPAIRS = {"year": "thai_year", "date": "thai_date"}
#: Two digits up to here are years of this century, if they are CE; from there on they are BE.
_LATEST_CE, _EARLIEST_BE = 30, 40


def examine(column: Column) -> Iterator[Finding]:
    """Look at the eras of a column of years or dates."""
    role, seen = role_of(column), view(column)
    if role.kind not in _REPAIRS:
        return
    name = _REPAIRS[role.kind]
    years = written(seen, role.kind)
    be = role.fits & _buddhist(seen, years)
    ce = role.fits & (years >= 1700) & ~be
    after, refused = run(seen, seen.texts, name, {})
    if refused and any(problem.code == "era-mixed" for problem in refused.problems):
        yield from _mixed(column, be, ce)
        return
    remedies = [repair(name)]
    if be.any():
        yield from found(column, be, code="years-buddhist", level=Level.NOTE, after=after,
                         remedies=remedies, ahead=BE_AHEAD)  # fmt: skip
    yield from _two_digits(column, role, years, name)


def written(seen: View, kind: str) -> Ints:
    """The year in each text as it is written; 0 where there is none."""
    if kind == "date":
        return read_dates(seen.texts).year
    digits = sub(seen.tidy, r"\A[^0-9]*([0-9]{2,4})(?:\.0+)?\z", r"\1")
    only = pc.if_else(matches(digits, r"\A[0-9]{2,4}\z"), digits, "0")
    return np.asarray(only.cast(pa.int64()).to_numpy(zero_copy_only=False))


def _buddhist(seen: View, years: Ints) -> Flags:
    marked = flags(matches(seen.tidy, f"(?i)(?:{marks('be')})"))
    return np.asarray((years >= 2300) & (years <= 2700) | marked & (years >= 100))


def _mixed(column: Column, be: Flags, ce: Flags) -> Iterator[Finding]:
    """Both eras: the rows of the rarer one are named, and nothing is published."""
    seen = view(column)
    in_be, in_ce = seen.rows(be), seen.rows(ce)
    rarer = be if in_be < in_ce else ce
    question = ask("era", {"source": [], "text": AS_TEXT}, "source")
    yield from found(
        column,
        rarer,
        code="years-mixed",
        level=Level.ERROR,
        question=question,
        rows_be=in_be,
        rows_ce=in_ce,
    )


def _two_digits(column: Column, role: Role, years: Ints, name: str) -> Iterator[Finding]:
    mask = role.fits & (years > 0) & (years < 100)
    if not mask.any():
        return
    seen = view(column)
    short = years[mask]
    thai = bool(pc.any(matches(seen.texts.filter(pa.array(mask)), "[ก-๙]")).as_py())
    likely = "be" if thai or short.min() >= _EARLIEST_BE else None
    if likely is None and short.max() <= _LATEST_CE:
        likely = "ce"
    question = ask("century", {
        "be": [repair(name, century=2500)], "ce": [repair(name, century=2000)], "text": AS_TEXT,
    }, likely)  # fmt: skip
    after, _ = run(seen, seen.texts, name, {"century": 2000 if likely == "ce" else 2500})
    yield from found(column, mask, code="years-two-digits", after=after, question=question)
