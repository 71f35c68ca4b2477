"""Datatype descriptions (Metadata Vocabulary §5.11)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from catalog.csvw import moments
from catalog.csvw.numbers import NUMERIC, NumberFormat
from catalog.csvw.prefixes import XSD
from catalog.csvw.values import (
    ALIASES,
    BINARY,
    BUILT_IN,
    ORDERED,
    STRINGS,
    Datatype,
    key_of,
    lexical,
)

_LENGTHS = ("length", "minLength", "maxLength")
_ENDS = ("minInclusive", "maxInclusive", "minExclusive", "maxExclusive")
_ALIASES = {"minimum": "minInclusive", "maximum": "maxInclusive"}
#: Pairs of bounds, and how the first may not stand to the second.
_PAIRS: tuple[tuple[str, str, Callable[[Any, Any], bool]], ...] = (
    ("maxInclusive", "minInclusive", lambda most, least: most < least),
    ("maxExclusive", "minInclusive", lambda most, least: most <= least),
    ("maxExclusive", "minExclusive", lambda most, least: most < least),
    ("maxInclusive", "minExclusive", lambda most, least: most <= least),
)

Warn = Callable[[str, str], None]
Fail = Callable[[str], Exception]


def datatype(value: Any, warn: Warn, fail: Fail) -> Datatype:
    """A datatype from its name or description.

    Args:
        value: as the metadata has it.
        warn: told what is ignored.
        fail: makes the error for what the standard calls one.
    """
    if isinstance(value, str):
        return Datatype(_base(value, warn))
    if not isinstance(value, Mapping):
        warn("datatype", f"{value!r} is no datatype")
        return Datatype()
    base = _base(value.get("base", "string"), warn)
    bounds = _bounds(value, base, fail)
    id = _identity(value.get("@id"), fail)
    made = Datatype(base, id, bounds=bounds)
    try:
        return _formatted(made, value.get("format"))
    except (ValueError, re.error) as error:
        warn("format", str(error))
        return made


def _base(name: Any, warn: Warn) -> str:
    if isinstance(name, str) and name in BUILT_IN:
        return ALIASES.get(name, name)
    warn("datatype", f"{name!r} is no built-in datatype")
    return "string"


def _identity(id: Any, fail: Fail) -> str | None:
    if not isinstance(id, str):
        return None
    if id.startswith("_:"):
        raise fail("@id of a datatype is a blank node")
    if id.startswith(XSD) and id.removeprefix(XSD) in BUILT_IN:
        raise fail(f"@id of a datatype is that of a built-in one: {id}")
    return id


def _formatted(made: Datatype, format: Any) -> Datatype:
    """The datatype with its format.

    Raises:
        ValueError: the format is none of its type's.
    """
    if made.base in NUMERIC:
        return _number(made, format)
    if format is None:
        return made
    if not isinstance(format, str):
        raise ValueError(f"{format!r} is no format")
    if made.base in moments.TEMPORAL:
        moments.shape(format, made.base)
    elif made.base == "boolean":
        if len(format.split("|")) != 2 or not all(format.split("|")):
            raise ValueError(f"{format!r} is not two words with | between")
    else:
        re.compile(format)
    return Datatype(made.base, made.id, format, bounds=made.bounds)


def _number(made: Datatype, format: Any) -> Datatype:
    if isinstance(format, str):
        format = {"pattern": format}
    given = format if isinstance(format, Mapping) else {}
    number = NumberFormat(
        given.get("pattern"), given.get("groupChar", ","), given.get("decimalChar", ".")
    )
    assert number.shape  # a bad pattern is found here
    return Datatype(made.base, made.id, number=number, bounds=made.bounds)


def _bounds(value: Mapping[str, Any], base: str, fail: Fail) -> Mapping[str, Any]:
    found = {_ALIASES.get(name, name): bound for name, bound in value.items()}
    lengths = {name: found[name] for name in _LENGTHS if name in found}
    ends = {name: found[name] for name in _ENDS if name in found}
    if lengths and base not in STRINGS | BINARY | {"anyURI", "anyAtomicType"}:
        raise fail(f"{base} has no length")
    if ends and base not in ORDERED:
        raise fail(f"{base} has no order")
    _hold_lengths(lengths, fail)
    _hold_ends(ends, base, fail)
    return {**lengths, **ends}


def _hold_lengths(lengths: Mapping[str, Any], fail: Fail) -> None:
    length = lengths.get("length", None)
    least, most = lengths.get("minLength", 0), lengths.get("maxLength", float("inf"))
    if least > most or (length is not None and not least <= length <= most):
        raise fail("length, minLength and maxLength contradict each other")


def _hold_ends(ends: Mapping[str, Any], base: str, fail: Fail) -> None:
    for side in ("min", "max"):
        if f"{side}Inclusive" in ends and f"{side}Exclusive" in ends:
            raise fail(f"{side}Inclusive and {side}Exclusive are both given")
    plain = Datatype(base)
    try:
        keys = {name: key_of(lexical(str(bound), plain), base) for name, bound in ends.items()}
    except ValueError as error:
        raise fail(str(error)) from error
    for first, second, contradicts in _PAIRS:
        if first in keys and second in keys and contradicts(keys[first], keys[second]):
            raise fail(f"{first} and {second} leave nothing")
