r"""What surely keeps the constraints of a field, as SQL over a column of text.

Sound and not complete, as ``types.py`` is: a constraint that SQL cannot hold exactly gives
``None``, and then every text is judged one by one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from catalog.schema import SchemaField
from flows.checks._engine import sql
from flows.checks._engine.patterns import translate
from flows.checks._engine.types import Reading

_TEXTS = frozenset({"string", "any"})
_BOUNDED = frozenset({"integer", "number", "date", "time", "datetime", "year", "yearmonth"})
#: Constraints and the types that have them: Table Schema v2, «Constraints».
FITS: Mapping[str, frozenset[str]] = {
    "minLength": frozenset({"string", "array", "object", "list"}),
    "maxLength": frozenset({"string", "array", "object", "list"}),
    "pattern": frozenset({"string"}),
    "jsonSchema": frozenset({"object", "array"}),
    **dict.fromkeys(
        ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), _BOUNDED | {"duration"}
    ),
}
_SIGNS = {"minimum": ">=", "maximum": "<=", "exclusiveMinimum": ">", "exclusiveMaximum": "<"}


def declared(field: SchemaField) -> dict[str, Any]:
    """The constraints that a field has, by the standard's names; ``required`` and ``unique`` too.

    ``categories`` (v2) restrict like ``enum`` and are listed as values.
    """
    body = field.constraints.model_dump(by_alias=True, exclude_none=True, mode="json")
    found = {name: value for name, value in body.items() if value is not False}
    more = field.model_extra or {}
    if more.get("categories") and field.type in ("string", "integer"):
        found["categories"] = [
            item["value"] if isinstance(item, Mapping) else item for item in more["categories"]
        ]
    return found


def held(x: str, field: SchemaField, reading: Reading) -> list[str] | None:
    """Conditions that a good text has to fulfil; ``None`` where SQL cannot hold one of them.

    Args:
        x: the column in SQL.
        field: whose constraints they are.
        reading: how SQL reads the field.
    """
    conditions = []
    for name, given in declared(field).items():
        condition = _condition(name, given, x, field, reading)
        if condition is None:
            return None
        conditions.append(condition)
    return conditions


def _condition(name: str, given: Any, x: str, field: SchemaField, reading: Reading) -> str | None:
    """One constraint in SQL; true where it is held elsewhere."""
    if name in ("unique", "required"):
        return "TRUE"
    if name in ("enum", "categories"):
        spelt = list(_spellings(given, field))
        return sql.among(x, spelt) if spelt else None
    if name in ("minLength", "maxLength") and field.type == "string":
        return f"length({x}) {'>=' if name == 'minLength' else '<='} {int(given)}"
    if name == "pattern":
        found = translate(given)
        return f"regexp_matches({x}, {sql.text(found.text)})" if found else None
    if name in _SIGNS and reading.value:
        bound = reading.literal(given)
        return f"{reading.value} {_SIGNS[name]} {bound}" if bound else None
    return None


def said(x: str, field: SchemaField) -> str:
    """Whether a text has anything to see, which ``required`` asks for: ASCII or Thai at its start.

    Texts of types other than these have no blanks.
    """
    if field.type not in (*_TEXTS, "list") or field.format != "default":
        return "TRUE"
    return f"({x} >= '!' AND {x} < '\x7f') OR ({x} >= '\u0e01' AND {x} < '\u0e5b')"


def _spellings(values: Any, field: SchemaField) -> Iterator[str]:
    """Texts that surely mean one of the values."""
    for value in values:
        if isinstance(value, str):
            yield value
        elif field.type in ("integer", "number", "year") and not isinstance(value, bool):
            yield json.dumps(value)


def only_undisturbed(field: SchemaField) -> bool:
    """Whether the texts that a field's constraints let through have no blanks to repair."""
    return _only(field, sql.is_undisturbed, sql.UNSEEN)


def never_quoted(field: SchemaField) -> bool:
    """Whether no good text of a field has a quotation mark in it."""
    if field.type in _BOUNDED:
        return field.format == "default"
    return _only(field, lambda text: '"' not in text, ((34, 34),))


def _only(
    field: SchemaField, fine: Callable[[str], bool], without: Sequence[tuple[int, int]]
) -> bool:
    """Whether a field lists its texts and all are fine, or its pattern has none of some signs."""
    given = declared(field)
    more = field.model_extra or {}
    lists: list[Iterable[str]] = []
    lists += [_spellings(given[name], field) for name in ("enum", "categories") if name in given]
    if field.type == "boolean":
        lists.append([*more.get("trueValues", ()), *more.get("falseValues", ())])
    if any(all(map(fine, texts)) for texts in lists):
        return True
    found = translate(given["pattern"]) if "pattern" in given else None
    if found is None or found.characters is None:
        return False
    return not any(
        low <= last and first <= high for low, high in found.characters for first, last in without
    )


def unfit(field: SchemaField) -> Iterator[str]:
    """Constraints that a field's type does not have."""
    for name in declared(field):
        if name in FITS and field.type not in FITS[name]:
            yield name
