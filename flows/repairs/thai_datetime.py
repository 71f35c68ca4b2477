"""Moments of the Buddhist era, with Thai months, digits or clocks, as ISO 8601 in CE.

Changes: 29 ก.พ. 2567 เวลา 08.30 น., 29/2/2567 8:30, 2567-02-29 08:30:00 → 2024-02-29T08:30:00. The
day is read as ``thai_date`` reads it, era and order decided for the whole column; the clock as
``thai_time`` reads it.
Refuses to guess: what ``thai_date`` refuses; a day without a time stays as it is (midnight would be
made up), and so does a moment with an offset from UTC.
Undone by: adding 543; how a moment was spelt is only in the evidence.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from flows.repairs import Column, Scope, thai_date
from flows.repairs._arrow import on_unique
from flows.repairs._distinct import Bunch, bunches
from flows.repairs._times import as_read, time_pattern, write_times

SCOPE: Scope = "column"
Options = thai_date.Options


def survey(column: Column, options: thai_date.Options) -> thai_date.Decision:
    """Find the era of the days and the order of their parts.

    Raises:
        Rejected: as ``thai_date`` has it.
    """
    return thai_date.survey(_days(column), options)


def repair(values: pa.Array, options: thai_date.Options, decision: thai_date.Decision) -> pa.Array:
    """Write moments as ISO 8601."""
    return on_unique(values, lambda texts: _iso(texts, options, decision))


def _days(column: Column) -> Iterator[Bunch]:
    for bunch in bunches(column):
        yield bunch._replace(values=_split(bunch.values)[0])


def _split(texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Days as written and times as ISO 8601 has them, null where there is no time.

    A moment that is ISO 8601 already has its parts as they stand.
    """
    parts = pc.extract_regex(
        as_read(texts), rf"(?i)^(?P<day>.*?[0-9])(?:[ T]|\s?,\s?){time_pattern()}$"
    )
    return parts.field("day"), write_times(parts)


def _iso(texts: pa.Array, options: thai_date.Options, decision: thai_date.Decision) -> pa.Array:
    days, times = _split(texts)
    read = thai_date.repair(days, options, decision)
    day_known = pc.match_substring_regex(read, "^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
    # What is ISO 8601 already keeps its spelling, a blank for the T too.
    already = pc.match_substring_regex(
        texts, "^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}$"
    )
    same = pc.and_(already, pc.equal(read, days))
    moments = pc.binary_join_element_wise(read, times, "T")
    good = pc.and_(pc.fill_null(day_known, False), pc.invert(pc.fill_null(same, False)))
    return pc.if_else(good, pc.coalesce(moments, texts), texts)
