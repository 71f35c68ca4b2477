"""Provinces, districts and sub-districts: other spellings, unknown names, headers that say another.

Refuses to guess: a name that no place has keeps standing; the most alike name is offered and asked
about. A name that several places have is settled by the column of the place above it, in
``flows.doctor.table``.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalog.problem import Level
from flows.doctor import Column, Finding
from flows.doctor._column_find import ask, found, repair
from flows.doctor._column_role import Role, role_of
from flows.doctor._values_places import alike, language, standard
from flows.doctor._values_view import Flags, flags, view
from flows.repairs import thai_text, trim


def examine(column: Column) -> Iterator[Finding]:
    """Look at the spellings of places."""
    role, seen = role_of(column), view(column)
    if role.kind != "place":
        return
    level = role.facts["level"]
    said = role.meaning.place if role.meaning else None
    if said and said != level:
        yield from found(column, role.facts["known"], code="places-other-level", said=said,
                         level_found=level)  # fmt: skip
    if not said:
        return  # names of places under another header may be names of other things too
    to = language(level, seen.kept(role.fits))
    clean = thai_text.repair(trim.repair(seen.texts, trim.Options()), thai_text.Options())
    after = standard(level, clean, to)
    other = flags(pc.not_equal(after, clean)) & role.fits
    yield from found(column, other, code="places-spelling", level=Level.WARNING, after=after,
                     remedies=[repair("place", level=level, to=to)], place_level=level)  # fmt: skip
    yield from _unknown(column, role, to)


def _unknown(column: Column, role: Role, to: str) -> Iterator[Finding]:
    """Names that no place has, each with the most alike one."""
    seen = view(column)
    mask = role.fits & ~role.facts["known"] if role.facts else np.zeros(len(seen), dtype=bool)
    mask |= role.odd
    if not mask.any():
        return
    level = role.facts["level"]
    likely = alike(level, seen.kept(mask), to)
    offered, values = _offered(column, mask, likely)
    question = None
    if values:
        answers = {"replace": [repair("replace", values=values)], "keep": []}
        question = ask("places", answers, "replace" if len(likely) == mask.sum() else None)
    yield from found(column, mask, code="places-unknown", after=offered if values else None,
                     question=question, place_level=level, known=len(likely))  # fmt: skip


def _offered(
    column: Column, mask: Flags, likely: dict[str, str]
) -> tuple[pa.Array, dict[str, str]]:
    """The texts with the offered names in their place, and the list that makes them so."""
    seen = view(column)
    trimmed = trim.repair(seen.texts, trim.Options()).to_pylist()
    tidy = seen.tidy.to_pylist()
    values = {trimmed[at]: likely[tidy[at]] for at in np.flatnonzero(mask) if tidy[at] in likely}
    return pa.array([values.get(text, text) for text in trimmed], pa.string()), values
