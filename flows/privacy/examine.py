"""Every column of a table examined for every kind of personal data, in one pass over the rows.

One scan of a column looks for the patterns of all kinds at once; only values that it lets pass are
looked at by each kind (a clean table costs one regular expression a cell). Marks are counted as
rows go by, exact, and judged at the end: first the kinds that stand for themselves, then those that
are judged by what stands in the same rows. Memory: a few hundred values and a bit a row for each
column in which anything was met.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalog.problem import Level
from catalog.schema import TableSchema
from catalog.spec import TableSpec
from flows.privacy import SAMPLE, Bits, Company, Found, Heading, Tally
from flows.privacy.screening import Screen, module_of, passing, screens
from flows.privacy.words import squeezed
from flows.sources import POSITION

_LOOKED_AT = 2_000
#: Kinds that are judged by each other: their marks alone make company.
_MAY_COME = ("name", "address")
Batches = Iterable[pa.RecordBatch]


def headings(columns: Sequence[str], schema: TableSchema, spec: TableSpec) -> tuple[Heading, ...]:
    """What is known of a table's columns before their values.

    Args:
        columns: field names, as the rows have them.
        schema: their titles and units.
        spec: labels of the source.
    """
    found = []
    for name in columns:
        known = schema.by_name.get(name)
        titles = (known.title, known.title_en) if known else ()
        said = squeezed(name, spec.columns.get(name), *titles)
        point = bool(known and known.is_geometry)
        found.append(Heading(name, said, (known and known.unit) or "", point=point))
    return tuple(found)


@dataclass(slots=True)
class _Column:
    """A column while rows go by."""

    heading: Heading
    screens: tuple[Screen, ...]
    tallies: dict[str, Tally]
    rows: int = 0
    filled: int = 0
    bits: dict[str, list[Any]] = field(default_factory=dict)

    def see(self, values: pa.Array, positions: pa.Array) -> None:
        """Count one batch."""
        start, self.rows = self.rows, self.rows + len(values)
        if not self.screens or values.null_count == len(values):
            return
        longest = pc.max(pc.binary_length(values)).as_py()
        self.filled += len(values) - values.null_count - _blanks(values)
        for screen in self.screens:
            wanted = screen.passing(values, longest)
            if wanted is None:
                continue
            places = np.flatnonzero(wanted.to_numpy(zero_copy_only=False))
            taken = values.take(pa.array(places))
            for kind, pattern in screen.kinds:
                self._look(kind, pattern, taken, places, positions, start)

    def _look(
        self, kind: str, pattern: str | None, values: pa.Array, places: Any, positions: pa.Array,
        start: int,
    ) -> None:  # fmt: skip
        """Count what one kind sees in values that its screen, or that of several, let pass."""
        if pattern is not None:
            here = passing(values, pattern)
            if here is None:
                return
            flags = here.to_numpy(zero_copy_only=False)
            places, values = places[flags], values.filter(here)
        marks = module_of(kind).look(values, self.heading)
        if not marks.any():
            return
        tally = self.tallies[kind]
        for mark, count in enumerate(np.bincount(marks)[1:], start=1):
            if count:
                _note(tally, mark, int(count), marks, values, places, positions)
        self.bits.setdefault(kind, []).append((places[marks > 0] + start, marks[marks > 0]))

    def packed(self, kind: str, rows: int) -> Bits:
        """A bit for each row with a mark."""
        flags = np.zeros(rows, np.bool_)
        for places, _ in self.bits.get(kind, ()):
            flags[places] = True
        return np.packbits(flags)

    def places(self, kind: str) -> Iterator[tuple[int, Any]]:
        """Rows of each mark, from 0."""
        for places, marks in self.bits.get(kind, ()):
            for mark in np.unique(marks):
                yield int(mark), places[marks == mark]


def _note(
    tally: Tally, mark: int, count: int, marks: Any, values: pa.Array, places: Any,
    positions: pa.Array,
) -> None:  # fmt: skip
    """Add a batch's marks of one sort."""
    here = np.flatnonzero(marks == mark)
    tally.counts[mark] += count
    if mark not in tally.first:
        tally.first[mark] = int(positions[int(places[here[0]])].as_py())
    sample = tally.sample.setdefault(mark, {})
    if len(sample) < SAMPLE and pa.types.is_string(values.type):
        for value in values.take(pa.array(here[:_LOOKED_AT])).to_pylist():
            if len(sample) == SAMPLE:
                break
            sample[value] = None


def _blanks(values: pa.Array) -> int:
    # Only the empty text is counted: a whole column is not trimmed to count what nobody asks for.
    return int(pc.sum(pc.equal(pc.binary_length(values), 0)).as_py() or 0)


def _columns(headed: Iterable[Heading], treated: Iterable[str]) -> list[_Column]:
    found = []
    for heading in headed:
        mine = screens(heading)
        wanted = [kind for screen in mine for kind, _ in screen.kinds]
        tallies = {kind: Tally(heading, treated=heading.name in treated) for kind in wanted}
        found.append(_Column(heading, mine, tallies))
    return found


def examine(
    batches: Batches, headed: Sequence[Heading], *, treated: Iterable[str] = (),
    public: Iterable[str] = (),
) -> tuple[Found, ...]:  # fmt: skip
    """What personal data a table has.

    Args:
        batches: ``_row`` and text columns (WKB for geometry), as they will be cast.
        headed: the columns to examine.
        treated: columns whose header proves nothing any more.
        public: columns of what public duty makes public: nobody is found by them.
    """
    columns: list[_Column] = []
    rows = 0
    with ThreadPoolExecutor() as pool:
        for batch in batches:
            rows += batch.num_rows
            columns = columns or _columns(_as_staged(headed, batch), frozenset(treated))
            see = partial(_see, batch)
            for _ in pool.map(see, columns):
                pass
    return tuple(_judged(columns, rows, frozenset(public)))


def _as_staged(headed: Sequence[Heading], batch: pa.RecordBatch) -> Iterator[Heading]:
    """The headings, with what the columns are made of: a point may be staged as text."""
    for heading in headed:
        values = batch.column(heading.name)
        yield replace(heading, geometry=not pa.types.is_string(values.type))


def _see(batch: pa.RecordBatch, column: _Column) -> None:
    column.see(batch.column(column.heading.name), batch.column(POSITION))


def _judged(columns: list[_Column], rows: int, public: frozenset[str]) -> Iterator[Found]:
    """Judge the kinds that stand for themselves, then those that depend on company."""
    for column in columns:
        for tally in column.tallies.values():
            tally.filled = column.filled
    alone = [found for column in columns for found in _judge(column, _none, company=False)]
    yield from alone
    beside = _standing(columns, rows, alone, public)
    for column in columns:
        yield from _judge(column, partial(_company, columns, column, rows, beside), company=True)


def _judge(
    column: _Column, company_of: Callable[[str], Company], *, company: bool
) -> Iterator[Found]:
    for kind, tally in column.tallies.items():
        module = module_of(kind)
        if company == module.COMPANY and any(tally.counts):
            found = module.judge(tally, company_of(kind))
            if found is not None:
                yield found


def _none(kind: str) -> Company:
    return Company()


def _standing(
    columns: list[_Column], rows: int, alone: list[Found], public: frozenset[str]
) -> Mapping[str, Mapping[str, Bits]]:
    """By column and kind: rows that have it, of what was found or may come to be."""
    sure = {(found.column, found.kind) for found in alone if found.level is Level.ERROR}
    standing: dict[str, dict[str, Bits]] = {}
    for column in columns:
        name = column.heading.name
        for kind in column.bits:
            module = module_of(kind)
            open_ = name in public and module.PUBLIC_DUTY
            if not open_ and (kind in _MAY_COME or (name, kind) in sure):
                standing.setdefault(name, {})[kind] = column.packed(kind, rows)
    return standing


def _company(
    columns: list[_Column], column: _Column, rows: int,
    standing: Mapping[str, Mapping[str, Bits]], kind: str,
) -> Company:  # fmt: skip
    mine = column.heading.name
    beside: dict[str, Bits] = {}
    for name, by_kind in standing.items():
        for other, bits in by_kind.items():
            if name != mine or other != kind:
                beside[other] = beside[other] | bits if other in beside else bits
    others = tuple(other.heading for other in columns if other.heading.name != mine)
    return Company(others, column.packed(kind, rows), beside)


def examine_distinct(
    heading: Heading, values: pa.Array, rows: pa.Array, first: pa.Array
) -> tuple[Found, ...]:
    """What personal data one column has, by itself.

    Args:
        heading: the column.
        values: its distinct texts.
        rows: how often each stands.
        first: position in the source of the first of each.
    """
    column = _columns([heading], frozenset())[0]
    column.see(values, first)
    weights = rows.to_numpy(zero_copy_only=False)
    for kind, tally in column.tallies.items():
        tally.filled = int(weights.sum())
        for mark, places in column.places(kind):
            tally.counts[mark] = int(weights[places].sum())
    return tuple(found for alone in (False, True) for found in _judge(column, _none, company=alone))
