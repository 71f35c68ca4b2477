"""Days: how they are written, in which order, and days that no calendar has.

Refuses to guess: which of two numbers is the day where both may be; it is asked, and a column that
has both orders stops. A day that does not exist is named with its row.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from catalog.problem import Level
from flows.doctor import Column, Finding
from flows.doctor._column_find import AS_TEXT, ask, found, repair
from flows.doctor._column_mend import run
from flows.doctor._column_role import Role, role_of
from flows.doctor._values_shapes import real_days
from flows.doctor._values_view import Flags, flags, view
from flows.doctor.signs.era import written
from flows.repairs._arrow import differs
from flows.repairs._dates import is_date, read_dates

_ISO = "[0-9]{4}-[0-9]{2}-[0-9]{2}"


def examine(column: Column) -> Iterator[Finding]:
    """Look at the days of a column of dates."""
    role, seen = role_of(column), view(column)
    if role.kind != "date":
        return
    after, refused = run(seen, seen.texts, "thai_date", {})
    codes = {problem.code for problem in refused.problems} if refused else set()
    if "date-order-mixed" in codes:
        yield from _both_orders(column)
        return
    impossible = role.fits & ~real_days(seen)
    if codes:
        return  # both eras: told by the sign ``era``
    years = written(seen, "date")
    changed = flags(differs(seen.texts, after)) & role.fits & (years < 2300) & (years >= 100)
    yield from found(column, changed, code="dates-spelling", level=Level.NOTE, after=after,
                     remedies=[repair("thai_date")])  # fmt: skip
    yield from _leap_days(column, role, after)
    yield from _either_order(column, role, ~flags(differs(seen.texts, after)) & ~impossible)
    yield from _impossible(column, impossible)


def _either_order(column: Column, role: Role, left: Flags) -> Iterator[Finding]:
    """Three numbers of which two may be the day, in a column where no row tells."""
    seen = view(column)
    dates = read_dates(seen.texts)
    mask = role.fits & left & dates.year_last & (dates.year >= 100)
    question = ask("day-order", {
        "dmy": [repair("thai_date", order="dmy")], "mdy": [repair("thai_date", order="mdy")],
        "text": AS_TEXT,
    }, "dmy")  # fmt: skip
    after, _ = run(seen, seen.texts, "thai_date", {"order": "dmy"})
    yield from found(column, mask, code="dates-either-order", after=after, question=question)


def _both_orders(column: Column) -> Iterator[Finding]:
    """Some rows have the day first, some the month: the rarer ones are named."""
    seen = view(column)
    dates = read_dates(seen.texts)
    first, second = dates.first, dates.second
    dmy = dates.year_last & (first > 12) & (second <= 12)
    mdy = dates.year_last & (second > 12) & (first <= 12)
    day_first, month_first = seen.rows(dmy), seen.rows(mdy)
    rarer = mdy if month_first <= day_first else dmy
    question = ask("day-order-mixed", {"source": [], "text": AS_TEXT}, "source")
    yield from found(column, rarer, code="dates-mixed-order", level=Level.ERROR, question=question,
                     rows_dmy=day_first, rows_mdy=month_first)  # fmt: skip


def _leap_days(column: Column, role: Role, after: pa.Array) -> Iterator[Finding]:
    """29 February of a Buddhist year: right, and refused by programs that do not know the era."""
    seen = view(column)
    dates = read_dates(seen.texts)
    month, day = dates.month_and_day("dmy")
    buddhist = (dates.year >= 2300) & ~is_date(dates.year, month, day)
    mask = role.fits & buddhist & (month == 2) & (day == 29)
    mask &= is_date(np.maximum(dates.year - 543, 1), month, day)
    yield from found(column, mask, code="dates-leap-day", level=Level.NOTE, after=after)


def _impossible(column: Column, mask: Flags) -> Iterator[Finding]:
    seen = view(column)
    if not mask.any():
        return
    words = seen.kept(mask).to_pylist()
    question = ask("no-day", {
        "empty": [repair("missing", words=words)], "text": AS_TEXT, "source": [],
    })  # fmt: skip
    yield from found(column, mask, code="dates-impossible", question=question)
