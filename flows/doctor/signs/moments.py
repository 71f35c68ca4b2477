"""Months of a year, times of day, and days with a time.

Refuses to guess: both eras in one column stop; the century of two-digit years is asked about, and
so is whether day or month comes first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalog.problem import Level
from flows.doctor import Column, Finding
from flows.doctor._column_find import AS_TEXT, ask, found, of_field, repair
from flows.doctor._column_mend import Draft, misfits, run
from flows.doctor._column_role import Role, role_of
from flows.doctor._values_view import Flags, flags, view
from flows.repairs._arrow import differs, matches

_ORDERS = ("dmy", "mdy")
#: Years of two digits: alone behind a month, or packed with it.
_TWO_DIGITS = r"(?:^|[^0-9])[0-9]{2}$|^[0-9]{4}$"


def examine(column: Column) -> Iterator[Finding]:
    """Look at months, times and moments."""
    role = role_of(column)
    if role.kind == "moment":
        yield from _moments(column, role)
    elif role.kind == "yearmonth":
        yield from _months(column, role)
    elif role.kind == "time":
        seen = view(column)
        after, _ = run(seen, seen.texts, "thai_time", {})
        yield from found(column, flags(differs(seen.texts, after)) & role.fits, after=after,
                         code="times-spelling", level=Level.NOTE,
                         remedies=[repair("thai_time")])  # fmt: skip


def _months(column: Column, role: Role) -> Iterator[Finding]:
    seen = view(column)
    packed: dict[str, Any] = {"packed": True} if (role.fits & seen.whole).any() else {}
    after, refused = run(seen, seen.texts, "thai_month", packed)
    if refused:
        question = ask("era", {"source": [], "text": AS_TEXT}, "source")
        yield from found(column, role.fits, code="months-mixed", level=Level.ERROR,
                         question=question)  # fmt: skip
        return
    remedies = [repair("thai_month", **packed)]
    changed = flags(differs(seen.texts, after)) & role.fits
    yield from found(column, changed, code="months-spelling", level=Level.NOTE, after=after,
                     remedies=remedies)  # fmt: skip
    short = role.fits & ~changed & flags(matches(seen.tidy, _TWO_DIGITS))
    if not short.any():
        return
    answers = {era: [repair("thai_month", **packed, century=century)]
               for era, century in (("be", 2500), ("ce", 2000))}  # fmt: skip
    after, _ = run(seen, seen.texts, "thai_month", {**packed, "century": 2500})
    question = ask("century", {**answers, "text": AS_TEXT}, _likely_era(seen.kept(short)))
    yield from found(column, short, code="years-two-digits", after=after, question=question)


def _likely_era(texts: pa.Array) -> str | None:
    """The era of months with two-digit years: Thai words and years from 40 on are Buddhist."""
    if pc.any(matches(texts, "[ก-๙]")).as_py():
        return "be"
    digits = pc.replace_substring_regex(texts, r"^([0-9]{2})[0-9]{2}$|^.*?([0-9]{2})$", r"\1\2")
    years = np.asarray(pc.cast(digits, pa.int64()))
    if years.min() >= 40:
        return "be"
    return "ce" if years.max() <= 30 else None


def _moments(column: Column, role: Role) -> Iterator[Finding]:
    """Days with a time: one order fits, or both, or none."""
    seen = view(column)
    made = {order: run(seen, seen.texts, "thai_datetime", {"order": order})[0]
            for order in ("auto", *_ORDERS)}  # fmt: skip
    wrong = {order: role.fits & misfits(Draft("datetime"), after) for order, after in made.items()}
    as_moment = of_field("type", "datetime")
    if not wrong["auto"].any():
        changed = flags(differs(seen.texts, made["auto"])) & role.fits
        told: Flags = changed if changed.any() else role.fits
        remedies = [as_moment, *([repair("thai_datetime")] if changed.any() else [])]
        yield from found(column, told, code="moments-form", level=Level.NOTE, after=made["auto"],
                         remedies=remedies)  # fmt: skip
        return
    fitting = [order for order in _ORDERS if not wrong[order].any()]
    if not fitting:
        yield from found(column, wrong["auto"], code="moments-unread", level=Level.NOTE)
        return
    answers = {order: [as_moment, repair("thai_datetime", order=order)] for order in fitting}
    question = ask("day-order", {**answers, "text": AS_TEXT}, fitting[0])
    yield from found(column, role.fits, code="dates-either-order", after=made[fitting[0]],
                     question=question)  # fmt: skip
