"""Columns that are the sums of others, in every row or in nearly every one.

Sought among the first rows, held against all of them. Parts stand beside each other and beside
their sum, or are any two columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import numpy as np

from catalog.problem import Level, Problem
from flows.doctor import EXAMPLES, Column, Example, Finding, Remedy
from flows.doctor._column_meaning import title_of
from flows.doctor._column_rows import Figures, figures
from flows.repairs._arrow import load

#: Rows that are searched, and for any two columns at first; parts of a sum; columns of which any
#: two are tried.
_SEARCHED, _KEYED, _PARTS, _PAIRED = 2_000, 200, 14, 80
#: Rows that a relation needs, and rows in which each part has to count.
_ROWS, _COUNTS = 8, 3
#: Share of the rows in which a column that calls itself a total may differ, and any other.
_SLIPS, _FEW = 0.05, 0.005

#: Rows that disagree, a total, and its parts, by place among the columns.
Sum: TypeAlias = tuple[int, int, tuple[int, ...]]


@dataclass
class _Held:
    """How a relation fares over all rows."""

    rows: int = 0
    wrong: int = 0
    examples: list[Example] = field(default_factory=list)


def sums(columns: Sequence[Column], staged: Path) -> Iterator[Finding]:
    """Findings about columns that add up others.

    Args:
        columns: of numbers, in order.
        staged: the table.
    """
    if len(columns) < 3 or columns[0].rows < _ROWS:
        return
    table = np.concatenate([part for _, part in figures(staged, columns, _SEARCHED)])
    labels = [column.label for column in columns]
    candidates = [*_beside(table, labels), *_pairs(table)]
    known = _best(candidates)
    held = _hold(columns, staged, known)
    for total, parts in known.items():
        yield from _told(labels, total, parts, held[total])


def _best(candidates: Sequence[Sum]) -> dict[int, tuple[int, ...]]:
    """Of each total the parts that fit most rows, and of those the most parts."""
    best: dict[int, tuple[int, int]] = {}
    known: dict[int, tuple[int, ...]] = {}
    for wrong, total, parts in candidates:
        score = (wrong, -len(parts))
        if total not in best or score < best[total]:
            best[total], known[total] = score, parts
    return known


def _beside(table: Figures, labels: Sequence[str]) -> Iterator[Sum]:
    """Sums of columns that stand side by side, right before or right after."""
    filled = np.nan_to_num(table)
    width = table.shape[1]
    for total in range(width):
        for step in (-1, 1):
            running = np.zeros(len(table))
            parts: list[int] = []
            for place in range(total + step, total + step * (_PARTS + 1), step):
                if not 0 <= place < width:
                    break
                running = running + filled[:, place]
                parts.append(place)
                if len(parts) == 1:
                    continue
                wrong = _wrong(table, total, parts, running, labels[total])
                if wrong is not None:
                    yield wrong, total, tuple(sorted(parts))


def _pairs(table: Figures) -> Iterator[Sum]:
    """Sums of any two columns, in tables that are not too wide: by the rows' figures as a key."""
    if table.shape[1] > _PAIRED:
        return
    half = min(_KEYED, len(table) // 2)
    # One wrong row hides a relation from its half; it takes one in each to hide it from both.
    found = {pair for part in (table[:half], table[half : 2 * half]) for pair in _keyed(part)}
    whole = np.nan_to_num(table)
    for total, one, other in sorted(found):
        running = whole[:, one] + whole[:, other]
        wrong = _wrong(table, total, (one, other), running, "")
        if wrong is not None:
            yield wrong, total, (one, other)


def _keyed(table: Figures) -> Iterator[tuple[int, int, int]]:
    """Totals and two parts that agree in every row of a few.

    A random weight for each row makes one number of a column; equal columns have equal numbers.
    """
    weights = np.random.default_rng(0).random(len(table))
    keys = weights @ np.nan_to_num(table)
    order = np.argsort(keys)
    for one in range(len(keys)):
        for other in range(one + 1, len(keys)):
            wanted = keys[one] + keys[other]
            slack = 1e-9 * abs(wanted) + 1e-9
            near = np.searchsorted(keys[order], [wanted - slack, wanted + slack])
            for total in order[near[0] : near[1]]:
                if total not in (one, other):
                    yield int(total), one, other


def _wrong(
    table: Figures, total: int, parts: Sequence[int], running: Figures, label: str
) -> int | None:
    """Rows that disagree with a sum; ``None`` where it is an accident, or none.

    Each part has to count, and every row to agree; nearly every row for what is called a total.
    """
    figure = table[:, total]
    given = ~np.isnan(figure) & ((figure != 0) | (running != 0))
    count = int(given.sum())
    if count < _ROWS:
        return None
    wrong = int((np.abs(figure - running)[given] > 1e-6 + 1e-9 * np.abs(running[given])).sum())
    # What rules out nearly every relation comes first: a wide table has many.
    if wrong > _SLIPS * count or (wrong > _FEW * count and not _is_total(label)):
        return None
    if ((np.nan_to_num(table[:, parts]) != 0).sum(axis=0) < _COUNTS).any():
        return None
    return wrong if len(np.unique(figure[given])) >= _COUNTS else None


def _is_total(label: str) -> bool:
    title = title_of(label).casefold()
    return any(title.startswith(word) for word in load("doctor_values")["totals"])


def _hold(
    columns: Sequence[Column], staged: Path, known: dict[int, tuple[int, ...]]
) -> dict[int, _Held]:
    """Each relation over the whole table."""
    held = {total: _Held() for total in known}
    if not known:
        return held
    for rows, table in figures(staged, columns):
        for total, parts in known.items():
            figure = table[:, total]
            added = np.nan_to_num(table[:, parts]).sum(axis=1)
            given = ~np.isnan(figure)
            wrong = given & ~np.isclose(figure, added, rtol=1e-9, atol=1e-6)
            held[total].rows += int(given.sum())
            held[total].wrong += int(wrong.sum())
            room = EXAMPLES - len(held[total].examples)
            held[total].examples += [
                Example(rows[int(at)].as_py(), f"{figure[at]:.12g} ≠ {added[at]:.12g}")
                for at in np.flatnonzero(wrong)[:room]
            ]
    return held


def _told(
    labels: Sequence[str], total: int, parts: tuple[int, ...], held: _Held
) -> Iterator[Finding]:
    said = " + ".join(title_of(labels[part]) for part in parts)
    rule = Remedy("constraint", "rules", {"total": labels[total],
                                          "parts": [labels[part] for part in parts]})  # fmt: skip
    if not held.wrong:
        problem = Problem("table-sum", field=labels[total], params={"parts": said},
                          level=Level.NOTE)  # fmt: skip
        yield Finding(problem, held.rows, remedies=(rule,))
    elif held.wrong <= _SLIPS * held.rows:
        first = held.examples[0]
        params = {"parts": said, "count": held.wrong, "example": first.before}
        problem = Problem("table-sum-broken", field=labels[total], row=first.row,
                          params=params, level=Level.WARNING)  # fmt: skip
        yield Finding(problem, held.wrong, tuple(held.examples))
