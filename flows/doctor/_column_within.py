"""Districts and sub-districts beside the places that they lie in: what the row says of the name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalog.problem import Level, Problem
from flows.doctor import EXAMPLES, Column, Diagnosis, Example, Finding, Remedy
from flows.doctor._column_rows import database
from flows.doctor._values_view import Flags, flags
from flows.repairs import thai_text, trim
from flows.repairs._places import LEVELS, named, places, resolve
from flows.repairs._places import Level as PlaceLevel

#: Distinct combinations of places that are looked at.
_COMBINATIONS = 50_000


def within(
    columns: Sequence[Column], found: Sequence[Diagnosis], staged: Path
) -> Iterator[Finding]:
    """Findings about places that stand beside a column of the places above them."""
    of_level = {level: [c for c, d in zip(columns, found, strict=True) if d.means == level]
                for level in LEVELS}  # fmt: skip
    for number, level in enumerate(LEVELS[1:], 1):
        above = [(up, of_level[up][0]) for up in LEVELS[:number] if len(of_level[up]) == 1]
        if len(of_level[level]) == 1 and above:
            yield from _below(level, of_level[level][0], above, staged)


def _below(
    level: PlaceLevel, column: Column, above: Sequence[tuple[PlaceLevel, Column]], staged: Path
) -> Iterator[Finding]:
    names = [column.name, *(parent.name for _, parent in above)]
    listed = ", ".join(names)
    given = " AND ".join(f"{name} IS NOT NULL" for name in names)
    with database(staged) as connection:
        rows = connection.execute(
            f"SELECT {listed}, count(*), min(_row) FROM t WHERE {given} "
            f"GROUP BY {listed} ORDER BY min(_row) LIMIT {_COMBINATIONS}"
        ).fetchall()
    if not rows:
        return
    *texts, counts, first = zip(*rows, strict=True)
    clean = [_clean(text) for text in texts]
    written, inside = _written(level, clean[0], [up for up, _ in above], clean[1:])
    weights, firsts = np.array(counts), np.array(first)
    known = flags(named(level, clean[0]))
    other = known & inside & flags(pc.not_equal(written, clean[0]))
    labels = [parent.label for _, parent in above]
    if other.any():
        options = {"level": level, "to": "name", "within": labels}
        remedies = (Remedy("repair", "place", options),)
        yield _finding(
            "places-within", column, labels[-1], other, weights, firsts, clean[0], written, remedies
        )
    astray = known & ~inside & flags(_parents_known(above, clean[1:]))
    if astray.any() and weights[astray].sum() * 5 < weights.sum():
        said = pc.binary_join_element_wise(clean[0], clean[-1], " | ")
        yield _finding("places-outside-parent", column, labels[-1], astray, weights, firsts, said,
                       None, ())  # fmt: skip


def _clean(texts: tuple[str, ...]) -> pa.Array:
    trimmed = trim.repair(pa.array(texts, pa.string()), trim.Options())
    return thai_text.repair(trimmed, thai_text.Options())


def _written(
    level: PlaceLevel, names: pa.Array, levels: Sequence[PlaceLevel], parents: Sequence[pa.Array]
) -> tuple[pa.Array, Flags]:
    """Names in their standard spelling, and which of them lie where the row says."""
    codes: pa.Array = pa.nulls(len(names), pa.string())
    for up, texts in zip(levels, parents, strict=True):
        found = places(up).codes.take(resolve(up, texts, codes))
        codes = pc.coalesce(found, codes)
    index = resolve(level, names, codes)
    inside = flags(named(level, names, codes))
    written = pc.coalesce(places(level).th.take(index), names)
    return written, inside


def _parents_known(
    above: Sequence[tuple[PlaceLevel, Column]], texts: Sequence[pa.Array]
) -> pa.Array:
    """Where the places above are known, so that what lies in none is the name's fault."""
    known = [named(up, text) for (up, _), text in zip(above, texts, strict=True)]
    whole = known[0]
    for mask in known[1:]:
        whole = pc.and_(whole, mask)
    return whole


def _finding(
    code: str, column: Column, parent: str, mask: Flags, weights: np.ndarray, firsts: np.ndarray,
    before: pa.Array, after: pa.Array | None, remedies: tuple[Remedy, ...],
) -> Finding:  # fmt: skip
    at = np.flatnonzero(mask)[:EXAMPLES]
    examples = tuple(
        Example(
            int(firsts[i]), before[int(i)].as_py(), None if after is None else after[int(i)].as_py()
        )
        for i in at
    )
    count = int(weights[mask].sum())
    params = {"parent": parent, "count": count, "example": examples[0].before}
    problem = Problem(code, field=column.label, row=examples[0].row, value=examples[0].before,
                      params=params, level=Level.WARNING)  # fmt: skip
    return Finding(problem, count, examples, remedies)
