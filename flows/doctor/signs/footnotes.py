"""Marks that refer to a note below the table: ``*``, ``[7]``, ``1/``, behind numbers and headers.

Refuses to guess: what the note said; it belongs into the description of the column.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow.compute as pc

from catalog.problem import Level
from flows.doctor import Column, Finding
from flows.doctor._column_find import found, of_field, repair
from flows.doctor._column_meaning import split_unit, title_of
from flows.doctor._column_role import role_of
from flows.doctor._values_shapes import NUMBER
from flows.doctor._values_view import view
from flows.repairs import strip_affix
from flows.repairs._arrow import sub


def examine(column: Column) -> Iterator[Finding]:
    """Look for marks of footnotes in the header and behind numbers."""
    title = title_of(column.label)
    if title != " ".join(column.label.split()):
        yield from found(column, None, code="header-footnote", level=Level.NOTE, title=title,
                         remedies=[of_field("title", split_unit(column.label)[0])])  # fmt: skip
    role, seen = role_of(column), view(column)
    if role.kind != "number" or "footnote" not in role.facts:
        return
    mask = role.facts["footnote"]
    marks = pc.unique(pc.utf8_trim(sub(seen.kept(mask), rf"\A[-+−]?{NUMBER}", ""), " "))
    found_marks = sorted(mark for mark in marks.to_pylist() if mark)
    after = strip_affix.repair(seen.tidy, strip_affix.Options(suffixes=tuple(found_marks)))
    yield from found(column, mask, code="cells-footnote", after=after, marks=" ".join(found_marks),
                     remedies=[repair("strip_affix", suffixes=found_marks)])  # fmt: skip
