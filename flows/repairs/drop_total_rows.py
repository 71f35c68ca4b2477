"""Rows of totals at the end of a table: they are no data, and would be counted twice.

Changes: the last row goes if ``column`` says that it is a total (รวม, ยอดรวม, Total, …) **and** its
figures are the sums of those above; then the row before it, likewise. Rows of totals between the
data (by region) are left out of the sums and stay.
Refuses to guess: a last row whose figures are not the sums is no total, or a wrong one: it stays,
and a note tells; with ``required`` the run stops, and names each figure that differs, or that there
is no row of totals. Without ``sums``, every column that is a number there has to fit.
Undone by: adding up.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field

from catalog.problem import Problem, Rejected
from flows.repairs import Scope, Tell
from flows.repairs._arrow import BLANKS, alternatives, is_blank, load, matches
from flows.repairs._rows import (
    add_up,
    blank_rows,
    find,
    position,
    read_numbers,
    shown,
    text_columns,
)

SCOPE: Scope = "table"


class Options(BaseModel):
    """How a row of totals is known.

    Attributes:
        column: the column that says so; the first filled cell of a row if not given.
        labels: how that cell begins, instead of the usual words.
        sums: columns that have to add up; every column that is a number in the row if not given.
        tolerance: how far a figure may be off, for rounded figures.
        required: the source must end in a row of totals, and its figures must be the sums.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    column: str | None = None
    labels: tuple[str, ...] = ()
    sums: tuple[str, ...] = ()
    tolerance: float = Field(default=0.0, ge=0)
    required: bool = False


def columns(names: Sequence[str], options: Options) -> tuple[str, ...]:
    """The same columns.

    Raises:
        Rejected: a named one is not there.
    """
    for name in (*options.sums, *([options.column] if options.column else [])):
        find(names, name, "drop_total_rows")
    return tuple(names)


class _Sums:
    """Running sums of numeric columns, and what may be totals: the rows after the last of data."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.sums: dict[str, float] = {}
        self.tail: list[pa.RecordBatch] = []

    def add(self, batch: pa.RecordBatch, labelled: pa.Array) -> None:
        """Add the rows that are data."""
        data = batch.filter(pc.invert(labelled))
        for name in self.options.sums or text_columns(batch):
            found = add_up(data.column(name))
            if found is not None:
                self.sums[name] = self.sums.get(name, 0.0) + found

    def is_total(self, row: pa.RecordBatch) -> bool:
        """Whether a row's figures are the sums of the data above it."""
        figures = self._figures(row)
        return bool(figures) and not self._differing(figures)

    def differences(self, row: pa.RecordBatch) -> Iterator[Problem]:
        """The figures of a row that are not the sums, or that it has none."""
        figures = self._figures(row)
        at = position(row)[0].as_py()
        if not figures:
            yield Problem("total-missing", row=at, value=shown(row))
        for name in self._differing(figures):
            params = {"count": 1, "found": f"{self.sums.get(name, 0.0):.15g}"}
            value = row.column(name)[0].as_py()
            yield Problem("total-differs", row=at, field=name, value=value, params=params)

    def _figures(self, row: pa.RecordBatch) -> dict[str, float]:
        names = self.options.sums or text_columns(row)
        found = {name: read_numbers(row.column(name))[0].as_py() for name in names}
        return {name: figure for name, figure in found.items() if figure is not None}

    def _differing(self, figures: dict[str, float]) -> list[str]:
        tolerance = self.options.tolerance
        return [
            name
            for name, figure in figures.items()
            if not math.isclose(figure, self.sums.get(name, 0.0), rel_tol=1e-9, abs_tol=tolerance)
        ]


def repair(
    batches: Iterator[pa.RecordBatch], options: Options, tell: Tell
) -> Iterator[pa.RecordBatch]:
    """Take rows of totals from the end.

    Raises:
        Rejected: one is ``required``, and there is none whose figures are the sums.
    """
    sums = _Sums(options)
    for batch in batches:
        labelled = _labelled(batch, options)
        data = np.flatnonzero(~_flags(labelled) & ~_flags(blank_rows(batch)))
        sums.add(batch, labelled)
        if len(data):
            yield from sums.tail
            end = int(data[-1]) + 1
            yield batch.slice(0, end)
            sums.tail = []
            batch = batch.slice(end)
        if batch.num_rows:
            sums.tail.append(batch)
    rows = pa.concat_batches(sums.tail) if sums.tail else None
    if options.required:
        _require(rows, sums)
    if rows is not None:
        yield from _without_totals(rows, sums, tell)


def _require(rows: pa.RecordBatch | None, sums: _Sums) -> None:
    """See that the last row, blank ones aside, is a row of totals that holds."""
    blank = np.ones(0, dtype=bool) if rows is None else _flags(blank_rows(rows))
    filled = np.flatnonzero(~blank)
    if rows is None or not len(filled):
        raise Rejected(Problem("total-missing", value="drop_total_rows"))
    last = rows.slice(int(filled[-1]), 1)
    if not sums.is_total(last):
        raise Rejected(*sums.differences(last))


def _without_totals(rows: pa.RecordBatch, sums: _Sums, tell: Tell) -> Iterator[pa.RecordBatch]:
    """The rows after the last one of data, without the totals at their end."""
    keep = np.ones(rows.num_rows, dtype=bool)
    for index in reversed(np.flatnonzero(~_flags(blank_rows(rows)))):
        row = rows.slice(int(index), 1)
        if not sums.is_total(row):
            tell("total-row-kept", position(row), shown(row), changed=False)
            break
        tell("rows-total", position(row), shown(row))
        keep[index] = False
    if keep.any():
        yield rows.filter(pa.array(keep))


def _labelled(batch: pa.RecordBatch, options: Options) -> pa.Array:
    """Which rows call themselves a total, in their column or in their first filled cell."""
    first, *others = [options.column] if options.column else text_columns(batch)
    head = batch.column(first)
    for name in others:
        blank = is_blank(head)
        if not pc.any(blank).as_py():
            break
        head = pc.if_else(blank, batch.column(name), head)
    words = options.labels or load("totals")["labels"]
    return matches(head, rf"(?i)^[{BLANKS}\n]*(?:{alternatives(words)})")


def _flags(mask: pa.Array) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.asarray(mask.to_numpy(zero_copy_only=False), dtype=bool)
