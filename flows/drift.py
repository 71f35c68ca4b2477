"""Drift: whether a table is still what the releases before it promised.

Three judges. What the office declared (``expect``) stops the release, or warns where
``expect.warn`` says so. What nobody declared is learnt from at least three releases and only warns:
a figure may leave the span of the releases before it by the width of that span, or by a tenth of
its size. And what can only be a mistake (years that moved by 543, to the other era) stops.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

import pyarrow.compute as pc

from catalog.places import parts, place_name
from catalog.problem import Level, Problem
from catalog.profile import ColumnProfile, Profile
from catalog.spec import Bounds
from catalog.table import Table
from flows.compare import Changes

#: Releases that have to have been before anything is learnt from them.
LEARNT_FROM = 3
#: Part of a figure's size by which it may always leave the span of the releases before.
_SLACK = 0.1
#: The same for shares of filled cells, in parts of one.
_SLACK_FILLED = 0.02
#: Years between the two eras (CE = BE − 543), with room for the data itself to have moved.
_ERAS = range(440, 641)
_NAMED = 5


def drift(
    history: Sequence[Profile], now: Profile, table: Table, expect: Bounds, changes: Changes
) -> tuple[Problem, ...]:
    """What is out of the ordinary.

    Args:
        history: profiles of the releases before, newest first.
        now: profile of the new table.
        table: the new table.
        expect: what the office declared.
        changes: what changed since the last release.
    """
    found: list[Iterator[Problem]] = [_declared(now, table, expect)]
    if history:
        found += [_eras(history[0], now), _renamed(history[0], now, changes)]
    if len(history) >= LEARNT_FROM:
        found += [_learnt(history, now, expect), _values_learnt(history, now)]
    return tuple(chain(*found))


def _declared(now: Profile, table: Table, expect: Bounds) -> Iterator[Problem]:
    for name, (least, most) in expect.filled.items():
        share = _filled(now, name)
        if not least <= share <= most:
            params = {"least": f"{least:.0%}", "most": f"{most:.0%}"}
            yield _stated("filled", expect, name, f"{share:.1%}", params)
    for name, (fewest, greatest) in expect.distinct.items():
        count = now.columns[name].distinct
        if not fewest <= count <= greatest:
            params = {"least": f"{fewest:,}", "most": f"{greatest:,}"}
            yield _stated("distinct", expect, name, f"{count:,}", params)
    for name, values in expect.values.items():
        lost = [value for value in values if value not in _values(table, name)]
        if lost:
            yield _stated("values", expect, name, _listed(lost), _of(lost, values))
    for name, place in expect.covers.items():
        yield from _uncovered(name, place, table, expect)


def _uncovered(name: str, place: str, table: Table, expect: Bounds) -> Iterator[Problem]:
    """Parts of a place that no row is about (``2 of 18 districts missing``)."""
    there = _values(table, name)
    digits = len(next(iter(there), "00"))
    wanted = parts(place, digits if digits in (2, 4, 6) else 2)
    lost = [place_name(f"TH-{code}").th for code in wanted if code not in there]
    if lost:
        params = {**_of(lost, wanted), "whole": place_name(place).th}
        yield _stated("covers", expect, name, _listed(lost), params)


def _stated(bound: str, expect: Bounds, field: str, value: str, params: dict[str, str]) -> Problem:
    level = Level.WARNING if bound in expect.warn else Level.ERROR
    return Problem(f"expect-{bound}", field=field, value=value, params=params, level=level)


def _learnt(history: Sequence[Profile], now: Profile, expect: Bounds) -> Iterator[Problem]:
    """Rows, shares of filled cells, distinct values, totals and ends of columns."""
    if expect.rows is None:
        yield from _beyond("rows", None, [p.rows for p in history], now.rows)
    for name, column in now.columns.items():
        before = [p.columns[name] for p in history if name in p.columns]
        if len(before) < LEARNT_FROM or any(b.type != column.type for b in before):
            continue
        if name not in expect.filled:
            shares = [_filled(p, name) for p in history if name in p.columns]
            yield from _beyond("filled", name, shares, _filled(now, name), _SLACK_FILLED)
        if name not in expect.distinct and column.values is None:
            yield from _beyond("distinct", name, [b.distinct for b in before], column.distinct)
        if column.total is not None and name not in expect.sums:
            yield from _figures(name, before, column)


def _figures(
    name: str, before: Sequence[ColumnProfile], column: ColumnProfile
) -> Iterator[Problem]:
    for code in ("total", "least", "most"):
        seen = [getattr(b, code) for b in before]
        here = getattr(column, code)
        if here is not None and None not in seen:
            yield from _beyond(code, name, [float(value) for value in seen], float(here))


def _beyond(
    measure: str, field: str | None, seen: Sequence[float], now: float, slack: float = 0.0
) -> Iterator[Problem]:
    """A warning where a figure leaves what the releases before it teach."""
    low, high = min(seen), max(seen)
    margin = max(high - low, slack or _SLACK * max(abs(low), abs(high)))
    if low - margin <= now <= high + margin:
        return
    params = {"least": _figure(low, slack), "most": _figure(high, slack), "count": len(seen)}
    yield Problem(
        f"drift-{measure}", field=field, value=_figure(now, slack), params=params,
        level=Level.WARNING,
    )  # fmt: skip


def _figure(value: float, share: float) -> str:
    return f"{value:.1%}" if share else f"{value:,.12g}"


def _values_learnt(history: Sequence[Profile], now: Profile) -> Iterator[Problem]:
    """Values that came or went where every release before had the same ones."""
    for name, column in now.columns.items():
        before = [p.columns[name].values for p in history if name in p.columns]
        if column.values is None or len(before) < LEARNT_FROM or None in before:
            continue
        sets = {frozenset(values or ()) for values in before}
        if len(sets) > 1:
            continue
        (known,) = sets
        for code, values in (
            ("drift-new-values", set(column.values) - known),
            ("drift-lost-values", known - set(column.values)),
        ):
            if values:
                params = _of(sorted(values), sorted(known))
                yield Problem(
                    code, field=name, value=_listed(sorted(values)), params=params,
                    level=Level.WARNING,
                )  # fmt: skip


def _eras(before: Profile, now: Profile) -> Iterator[Problem]:
    """Years that moved by the difference of the eras: never a change of the data."""
    for name, column in now.columns.items():
        old = before.columns.get(name)
        if old is None or column.type not in ("year", "yearmonth", "date", "datetime"):
            continue
        ends = [(_year(old.least), _year(column.least)), (_year(old.most), _year(column.most))]
        moves = {abs(b - a) in _ERAS if a and b else False for a, b in ends}
        if moves == {True}:
            params = {"before": f"{ends[0][0]}–{ends[1][0]}"}
            yield Problem("drift-era", field=name, value=f"{ends[0][1]}–{ends[1][1]}",
                          params=params)  # fmt: skip


def _year(text: str | None) -> int | None:
    year = (text or "").partition("-")[0]
    return int(year) if year.isdigit() else None


def _renamed(before: Profile, now: Profile, changes: Changes) -> Iterator[Problem]:
    """Columns that went and came with the same values: probably the same under a new name."""
    for old in changes.columns_removed:
        was = before.columns.get(old)
        for new in changes.columns_added:
            if was is not None and was.filled and _alike(was, now.columns[new]):
                yield Problem("drift-renamed", field=new, value=old, level=Level.WARNING)


def _alike(was: ColumnProfile, now: ColumnProfile) -> bool:
    if was.type != now.type:
        return False
    if was.values and now.values:
        shared = len(was.values.keys() & now.values.keys())
        return shared >= 0.8 * max(len(was.values), len(now.values))
    return (was.distinct, was.least, was.most, was.total) == (
        now.distinct, now.least, now.most, now.total
    )  # fmt: skip


def _filled(profile: Profile, name: str) -> float:
    return profile.columns[name].filled / profile.rows if profile.rows else 1.0


def _values(table: Table, name: str) -> set[str]:
    """Texts of the different values of a column."""
    found: set[str] = set()
    for batch in table.batches([name]):
        unique = pc.unique(batch.column(0)).drop_null()
        found |= set(unique.cast("string").to_pylist())
    return found


def _of(part: Sequence[str], whole: Sequence[str]) -> dict[str, str]:
    return {"count": f"{len(part):,}", "all": f"{len(whole):,}"}


def _listed(values: Sequence[str]) -> str:
    more = " …" if len(values) > _NAMED else ""
    return ", ".join(values[:_NAMED]) + more
