"""Digits that are names: postcodes, ids, phone numbers, codes with leading zeros. They stay text.

Refuses to guess: whether zeros that a spreadsheet took from the front of shorter codes are to be
written again; it is asked.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalog.problem import Level
from flows.doctor import Column, Finding, Remedy
from flows.doctor._column_find import ask, found, of_field, repair
from flows.doctor._column_role import Role, role_of
from flows.doctor._values_view import view

#: Share of the rows whose codes have to be of full length for shorter ones to look cut.
_FULL = 0.5


def examine(column: Column) -> Iterator[Finding]:
    """Look for codes among digits."""
    role, seen = role_of(column), view(column)
    if role.kind != "code":
        return
    zeros = seen.like("0[0-9]+")
    remedies = [of_field("type", "string")]
    if "pattern" in role.facts:
        remedies.append(Remedy("constraint", "pattern", role.facts["pattern"]))
    if zeros.any():
        yield from found(column, zeros, code="code-leading-zero", level=Level.NOTE,
                         remedies=remedies)  # fmt: skip
    else:
        yield from found(column, role.fits & seen.whole, code="code-digits", level=Level.NOTE,
                         remedies=remedies)  # fmt: skip
    yield from _short(column, role)


def _short(column: Column, role: Role) -> Iterator[Finding]:
    """Codes shorter than most: a spreadsheet may have taken their zeros."""
    seen = view(column)
    least, most = role.facts.get("least", 0), role.facts.get("most", 0)
    if not least < most <= 2 * least + 1:
        return
    lengths = np.asarray(pc.utf8_length(seen.tidy).to_numpy(zero_copy_only=False))
    full = role.fits & (lengths == most)
    if seen.rows(full) < _FULL * seen.rows(role.fits):
        return
    short = role.fits & (lengths < most)
    after = pc.utf8_lpad(seen.tidy, most, "0")
    question = ask(
        "short-codes", {"pad": [repair("pad", width=most, least=least)], "keep": []}, "pad"
    )
    yield from found(column, short, code="code-short", after=pc.cast(after, pa.string()),
                     question=question, length=most)  # fmt: skip
