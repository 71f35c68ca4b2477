"""Units of measure: in brackets of a header, behind numbers, or a currency sign before them.

Refuses to guess: what stands in brackets and is no known unit stays in the title; numbers with
several units in one column are not made comparable, it is asked what to do.
"""

from __future__ import annotations

from collections.abc import Iterator

from catalog.problem import Level
from flows.doctor import Column, Finding
from flows.doctor._column_find import AS_TEXT, ask, found, of_field, repair
from flows.doctor._column_meaning import split_unit
from flows.doctor._column_role import Role, role_of
from flows.doctor._values_view import view
from flows.repairs import strip_affix


def examine(column: Column) -> Iterator[Finding]:
    """Look for units."""
    role = role_of(column)
    if role.kind != "number":
        return
    title, unit = split_unit(column.label)
    if unit:
        yield from found(column, None, code="header-unit", level=Level.NOTE, title=title, unit=unit,
                         remedies=[of_field("unit", unit), of_field("title", title)])  # fmt: skip
    if "currency" in role.facts:
        yield from _currency(column, role)
    if "unit" in role.facts:
        yield from _behind(column, role, unit)


def _currency(column: Column, role: Role) -> Iterator[Finding]:
    signs = ("฿", "$")
    after = strip_affix.repair(view(column).tidy, strip_affix.Options(prefixes=signs))
    remedies = [repair("strip_affix", prefixes=list(signs))]
    yield from found(column, role.facts["currency"], code="cells-currency", after=after,
                     remedies=remedies)  # fmt: skip


def _behind(column: Column, role: Role, said: str | None) -> Iterator[Finding]:
    units = list(role.facts["units"])
    after = strip_affix.repair(view(column).tidy, strip_affix.Options(suffixes=tuple(units)))
    strip = repair("strip_affix", suffixes=units)
    if len(units) == 1 and said in (None, units[0]):
        yield from found(column, role.facts["unit"], code="cells-unit", after=after,
                         unit=units[0], remedies=[strip, of_field("unit", units[0])])  # fmt: skip
        return
    question = ask("units", {"text": AS_TEXT, "strip": [strip]}, "text")
    yield from found(column, role.facts["unit"], code="cells-units", question=question,
                     units=", ".join(units))  # fmt: skip
