"""Constraints that Frictionless 5 does not hold, as Table Schema v2 has them."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

from flows.checks._engine.sql import UNSEEN

#: Constraints that ``held`` knows; ``categories`` restrict as ``enum`` does (v2, «categories»).
OWN = frozenset({
    "enum", "categories", "jsonSchema", "minLength", "maxLength",
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
})  # fmt: skip
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "minimum": operator.ge, "maximum": operator.le,
    "exclusiveMinimum": operator.gt, "exclusiveMaximum": operator.lt,
}  # fmt: skip
#: Days from which durations are compared: XML Schema 1.0 part 2, §3.2.6.2. A month is longer than
#: 30 days only if it is so from each of them.
_FROM = tuple(
    datetime(year, month, 1)  # noqa: DTZ001 - the order of durations knows no zones
    for year, month in ((1696, 9), (1697, 2), (1903, 3), (1903, 7))
)


def is_blank(value: Any) -> bool:
    """Whether a value is a text in which nothing can be seen."""
    if not isinstance(value, str):
        return isinstance(value, list) and len(value) == 1 and is_blank(value[0])
    return all(any(low <= ord(sign) <= high for low, high in UNSEEN) for sign in value)


def is_wkt(text: str) -> bool:
    """Whether a text is geometry as well-known text (OGC Simple Features)."""
    import shapely

    return bool(shapely.from_wkt(text, on_invalid="ignore") is not None)


def held(name: str, given: Any, read: Callable[[Any], Any], value: Any) -> bool:
    """Whether a value keeps a constraint.

    Args:
        name: one of ``OWN``.
        given: what the schema says.
        read: how values of the schema become values of the field.
        value: as Frictionless read it.
    """
    if name in _COMPARE:
        return _ordered(_COMPARE[name], value, read(given))
    if name in ("enum", "categories"):
        return value in [read(item) for item in given]
    if name == "jsonSchema":
        return bool(_validator(_Frozen(given)).is_valid(value))
    return bool(len(value) >= given if name == "minLength" else len(value) <= given)


def _ordered(compare: Callable[[Any, Any], bool], value: Any, bound: Any) -> bool:
    """Whether a duration surely stands so to a bound."""
    try:
        return all(compare(day + value, day + bound) for day in _FROM)
    except (OverflowError, TypeError, ValueError):
        return False


class _Frozen:
    """A JSON Schema as a key of a cache: the same object is the same schema."""

    def __init__(self, schema: Any) -> None:
        self.schema = schema
        self._text = repr(schema)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Frozen) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)


@cache
def _validator(frozen: _Frozen) -> Any:
    from jsonschema.validators import validator_for  # type: ignore[import-untyped] # has no types

    return validator_for(frozen.schema)(frozen.schema)
