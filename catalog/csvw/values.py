"""A cell's text as values (Model §6.4, «Parsing Cells»)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from catalog.csvw import moments
from catalog.csvw.numbers import NUMERIC, NumberFormat
from catalog.csvw.prefixes import CSVW, RDF, XSD

_BLANKS = re.compile(r"[\t\r\n]")
_RUNS = re.compile(r" +")
#: Texts kept as they are, blanks and line breaks too.
_VERBATIM = frozenset({"string", "json", "xml", "html", "anyAtomicType"})
#: Names that the standard gives to other names' types.
ALIASES: Mapping[str, str] = {
    "number": "double", "binary": "base64Binary", "datetime": "dateTime", "any": "anyAtomicType",
}  # fmt: skip
_OWN_IRIS = {"json": CSVW + "JSON", "xml": RDF + "XMLLiteral", "html": RDF + "HTML"}
STRINGS = frozenset({"string", "normalizedString", "token", "language", "Name", "NMTOKEN",
                     "json", "xml", "html"})  # fmt: skip
BINARY = frozenset({"base64Binary", "hexBinary"})
ORDERED = NUMERIC | moments.TEMPORAL | frozenset(moments.LEXICAL)
BUILT_IN = (
    STRINGS | BINARY | ORDERED | ALIASES.keys()
    | frozenset({"anyAtomicType", "anyURI", "boolean", "QName"})
)  # fmt: skip


@dataclass(frozen=True)
class Datatype:
    """What the values of a column are.

    Attributes:
        base: a built-in type, aliases resolved.
        id: IRI of a type of somebody's own.
        format: pattern of text, ``Y|N`` of truth values, format of moments; numbers have their own.
        number: format of numbers.
        bounds: ``length``, ``minLength``, ``maxLength``, ``minInclusive``, ….
    """

    base: str = "string"
    id: str | None = None
    format: str | None = None
    number: NumberFormat | None = None
    bounds: Mapping[str, Any] = field(default_factory=dict)

    @property
    def iri(self) -> str:
        """The IRI that literals of it carry."""
        return self.id or _OWN_IRIS.get(self.base) or XSD + self.base


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a cell: its lexical form; ``valid`` where it is of the column's type."""

    text: str
    valid: bool = True


@dataclass(frozen=True)
class Reading:
    """How the cells of a column are read: the inherited properties that matter to values."""

    datatype: Datatype = Datatype()
    null: tuple[str, ...] = ("",)
    default: str = ""
    separator: str | None = None
    required: bool = False


def read(text: str, how: Reading, wrong: Callable[[str], None]) -> list[Value] | Value | None:
    """The values of a cell.

    Args:
        text: of the cell.
        how: its column's properties.
        wrong: told what is wrong with it.

    Returns:
        ``None`` for no value; a list where the column has a separator.
    """
    base = how.datatype.base
    if base not in _VERBATIM:
        text = _BLANKS.sub(" ", text)
        if base != "normalizedString":
            text = _RUNS.sub(" ", text).strip()
    text = text or how.default
    if how.separator is None:
        return _one(text, how, wrong)
    if text in how.null or not text:
        if how.required and not text:
            wrong("a required cell is empty")
        return None if text in how.null else []
    parts = text.split(how.separator)
    if base not in ("string", "anyAtomicType"):
        parts = [part.strip() for part in parts]
    values = (_one(part or how.default, how, wrong) for part in parts)
    return [value for value in values if value is not None]


def _one(text: str, how: Reading, wrong: Callable[[str], None]) -> Value | None:
    if text in how.null:
        if how.required:
            wrong("a required cell is empty")
        return None
    try:
        found = lexical(text, how.datatype)
        _hold(found, how.datatype)
    except ValueError as error:
        wrong(str(error))
        return Value(text, valid=False)
    return Value(found)


def lexical(text: str, datatype: Datatype) -> str:
    """The XSD lexical form of a text.

    Raises:
        ValueError: it is not of the type, or not of the format.
    """
    base = datatype.base
    if base in NUMERIC:
        return (datatype.number or NumberFormat()).read(text, base)
    if base in moments.TEMPORAL:
        return moments.read(text, datatype.format, base)
    if base == "boolean":
        return _boolean(text, datatype.format)
    if base in moments.LEXICAL and not moments.LEXICAL[base].fullmatch(text):
        raise ValueError(f"{text!r} is no {base}")
    if datatype.format is not None and not re.fullmatch(datatype.format, text):
        raise ValueError(f"{text!r} does not match {datatype.format}")
    return text


def _boolean(text: str, format: str | None) -> str:
    words = [format.split("|", 1)] if format else [["true", "false"], ["1", "0"]]
    for yes, no in words:
        if text in (yes, no):
            return "true" if text == yes else "false"
    raise ValueError(f"{text!r} is neither of {format or 'true and false'}")


def _hold(text: str, datatype: Datatype) -> None:
    """Hold a value against the bounds of its type.

    Raises:
        ValueError: it is too long, too short, too small or too great.
    """
    bounds = datatype.bounds
    if not bounds:
        return
    length = _length(text, datatype.base)
    for name, fails in _LENGTHS.items():
        if name in bounds and fails(length, int(bounds[name])):
            raise ValueError(f"{text!r}: {name} is {bounds[name]}")
    for name, fails in _ENDS.items():
        if name in bounds and fails(
            key_of(text, datatype.base), key_of(bounds[name], datatype.base)
        ):
            raise ValueError(f"{text!r}: {name} is {bounds[name]}")


_LENGTHS: Mapping[str, Callable[[int, int], bool]] = {
    "length": lambda n, bound: n != bound,
    "minLength": lambda n, bound: n < bound,
    "maxLength": lambda n, bound: n > bound,
}
_ENDS: Mapping[str, Callable[[Any, Any], bool]] = {
    "minInclusive": lambda value, bound: value < bound,
    "minExclusive": lambda value, bound: value <= bound,
    "maxInclusive": lambda value, bound: value > bound,
    "maxExclusive": lambda value, bound: value >= bound,
}


def _length(text: str, base: str) -> int:
    if base == "hexBinary":
        return len(text) // 2
    if base == "base64Binary":
        plain = re.sub(r"\s", "", text)
        return len(plain) * 3 // 4 - plain[-2:].count("=")
    return len(text)


def key_of(value: Any, base: str) -> Any:
    """What a value is compared by: numbers as numbers, moments by their text."""
    text = str(value)
    if base not in NUMERIC:
        return text
    return Decimal(text.replace("INF", "Infinity"))
