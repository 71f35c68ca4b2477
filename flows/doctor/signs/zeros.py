"""Zeros that may stand for «no figure yet»: a few among figures that are all far from zero.

Refuses to guess: prices and measures are never zero, counts often are; it is only asked.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from flows.doctor import Column, Finding
from flows.doctor._column_find import ask, found, repair
from flows.doctor._column_role import role_of
from flows.doctor._values_view import view
from flows.repairs._rows import read_numbers

#: Zeros are at most this share, the smallest other figure at least this part of the middle one,
#: and there are at least so many figures.
_FEW, _FAR, _FIGURES = 0.2, 0.3, 8


def examine(column: Column) -> Iterator[Finding]:
    """Look for zeros far from every other figure."""
    role, seen = role_of(column), view(column)
    if role.kind != "number" or (role.meaning and role.meaning.count):
        return
    zero = seen.like(r"-?0+(?:\.0+)?")
    others = role.fits & ~zero
    if not zero.any() or seen.rows(zero) > _FEW * seen.rows(role.fits) or others.sum() < _FIGURES:
        return
    figures = read_numbers(seen.kept(others)).drop_null().to_numpy()
    figures = np.abs(figures[figures != 0])
    if len(figures) < _FIGURES or figures.min() < _FAR * np.median(figures):
        return
    words = sorted(set(seen.kept(zero).to_pylist()))
    # Months to come stand at the end of a table: zeros after every figure are none yet.
    late = seen.first[zero].min() > seen.first[others].max()
    answers = {"zero": [], "missing": [repair("missing", words=words)]}
    question = ask("zeros", answers, "missing" if late else None)
    yield from found(column, zero, code="cells-zero", question=question,
                     least=f"{figures.min():g}")  # fmt: skip
