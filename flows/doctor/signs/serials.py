"""Spreadsheet serial numbers where the header speaks of days: 45291 is 31 December 2023.

Refuses to guess: a number under such a header may be a number; it is asked. Excel for Mac counted
from 1904 once; serials of such files come out four years early, and examples show it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from flows.doctor import Column, Finding, Remedy
from flows.doctor._column_find import ask, found, of_field, repair
from flows.doctor._column_meaning import title_of
from flows.doctor._column_role import role_of
from flows.doctor._values_view import view
from flows.repairs._arrow import load

#: Serials of 1954 to 2064, and days from 1899-12-30 to 1970-01-01 (ISO/IEC 29500-1, 18.17.4.1).
_FIRST, _LAST, _EPOCH = 20_000, 60_000, 25_569
#: Days that a list of replacements may hold.
_LISTED = 366


def examine(column: Column) -> Iterator[Finding]:
    """Look for serial numbers under a header of dates."""
    role, seen = role_of(column), view(column)
    if role.kind != "number" or not _speaks_of_days(column.label, role.meaning):
        return
    whole = seen.like(r"[2-5][0-9]{4}(?:\.0+)?") & role.fits
    if not whole.any() or (role.fits & ~whole).any():
        return
    numbers = pc.cast(seen.kept(whole), pa.float64()).cast(pa.int64())
    if pc.min(numbers).as_py() < _FIRST or pc.max(numbers).as_py() > _LAST:
        return
    days = pc.subtract(numbers, _EPOCH).cast(pa.int32()).cast(pa.date32()).cast(pa.string())
    after = pc.replace_with_mask(seen.texts, pa.array(whole), days)
    answers: dict[str, Sequence[Remedy]] = {"number": []}
    if whole.sum() <= _LISTED:
        values = dict(zip(seen.kept(whole).to_pylist(), days.to_pylist(), strict=True))
        answers = {"date": [of_field("type", "date"), repair("replace", values=values)], **answers}
    yield from found(column, whole, code="dates-serial", after=after,
                     question=ask("serial-dates", answers, next(iter(answers))))  # fmt: skip


def _speaks_of_days(label: str, meaning: object) -> bool:
    if getattr(meaning, "kind", None) == "date":
        return True
    title = title_of(label).casefold()
    return any(word in title for word in load("doctor_values")["date_words"])
