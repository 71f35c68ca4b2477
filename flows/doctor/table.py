"""What the columns of a table say together: repeated rows, keys, sums, pairs, places, positions.

Every relation is held against all rows, with DuckDB or in batches of figures; samples only rule out
early.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from catalog.problem import Level, Problem
from flows.doctor import Column, Diagnosis, Finding
from flows.doctor._column_keys import candidate_keys, pairs, repeated_rows
from flows.doctor._column_meaning import STACKED, title_of
from flows.doctor._column_points import positions
from flows.doctor._column_sums import sums
from flows.doctor._column_veil import personal
from flows.doctor._column_within import within
from flows.repairs._arrow import load
from flows.repairs._eras import spelled

#: Columns whose headers are years or months, for a table to be wide.
_WIDE = 3
_YEAR = re.compile(r"(?:\D*\s)?(?:2[45][0-9]{2}|19[0-9]{2}|20[0-9]{2})(?:/[0-9]{2,4})?")


def examine(
    columns: Sequence[Column], diagnoses: Sequence[Diagnosis], staged: Path
) -> tuple[Finding, ...]:
    """Findings about a table's columns together.

    Args:
        columns: in order.
        diagnoses: one for each.
        staged: Parquet of the table as read.

    Returns:
        Findings; ``field`` is the label of the column that they are about, and options of remedies
        name columns by their labels.
    """
    if not columns or not columns[0].rows:
        return ()
    figures = [
        column for column, diagnosis in zip(columns, diagnoses, strict=True)
        if diagnosis.type in ("number", "integer")
    ]  # fmt: skip
    hidden = personal(diagnoses)
    return (
        *repeated_rows(columns, staged, hidden),
        *wide(columns),
        *positions(columns, staged),
        *within(columns, diagnoses, staged),
        *sums(figures, staged),
        *pairs(columns, diagnoses, staged, hidden),
    )


def keys(
    columns: Sequence[Column], diagnoses: Sequence[Diagnosis], staged: Path
) -> tuple[tuple[str, ...], ...]:
    """Labels of columns that tell the rows apart once repaired, the best candidate first.

    Keys have three columns at the most; none of them holds another.
    """
    return candidate_keys(columns, diagnoses, staged) if columns else ()


def wide(columns: Sequence[Column]) -> Iterator[Finding]:
    """Columns whose headers are years, or months: figures of one kind across."""
    kinds = [_kind(column.label) for column in columns]
    for kind in ("year", "month"):
        across = [column for column, of in zip(columns, kinds, strict=True) if of == kind]
        if len(across) < _WIDE:
            continue
        params = {"count": len(across), "first": title_of(across[0].label),
                  "last": title_of(across[-1].label)}  # fmt: skip
        problem = Problem("table-wide", field=across[0].label, params=params, level=Level.NOTE)
        yield Finding(problem, len(across))


def _kind(label: str) -> str | None:
    """``year`` or ``month`` where a header, or the last part of a stacked one, is nothing else."""
    for part in (title_of(label), *title_of(label).split(STACKED)):
        if _YEAR.fullmatch(part.strip()):
            return "year"
        if _months().fullmatch(part.strip()):
            return "month"
    return None


@cache
def _months() -> re.Pattern[str]:
    names = [name for names in load("thai_dates")["months"].values() for name in names]
    return re.compile(rf"(?:{spelled(names)})(?:\s?[0-9]{{2,4}})?", re.IGNORECASE)
