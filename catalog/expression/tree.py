"""The parts that an expression is made of, and ways through them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import TypeAlias

from catalog.problem import Problem


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written, exact and not negative."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Text:
    """A text, or a date or time as ISO 8601 writes it."""

    value: str


@dataclass(frozen=True, slots=True)
class Truth:
    """``true`` or ``false``."""

    value: bool


@dataclass(frozen=True, slots=True)
class Name:
    """A field."""

    value: str


@dataclass(frozen=True, slots=True)
class Unary:
    """``-`` or ``not`` before an operand."""

    sign: str
    operand: Expression


@dataclass(frozen=True, slots=True)
class Binary:
    """Arithmetic, a comparison, ``and`` or ``or``."""

    sign: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class IsNull:
    """``x is null``, or ``x is not null``."""

    operand: Expression
    negated: bool = False


@dataclass(frozen=True, slots=True)
class In:
    """``x in (…)``: options are values, not fields."""

    operand: Expression
    options: tuple[Expression, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Between:
    """``x between low and high``, both ends included."""

    operand: Expression
    low: Expression
    high: Expression
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the language."""

    function: str
    arguments: tuple[Expression, ...]


Expression: TypeAlias = Number | Text | Truth | Name | Unary | Binary | IsNull | In | Between | Call


class ExpressionError(ValueError):
    """A text that is no expression, or one that means nothing; carries its problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.title("en"))


def names(tree: Expression) -> tuple[str, ...]:
    """The fields that stand in an expression, in order, each once."""
    found = (node.value for node in walk(tree) if isinstance(node, Name))
    return tuple(dict.fromkeys(found))


def handled(tree: Expression) -> frozenset[str]:
    """Fields for which the expression says itself what null means: ``is null``, ``coalesce``."""
    return frozenset(
        name
        for node in walk(tree)
        if isinstance(node, IsNull) or (isinstance(node, Call) and node.function == "coalesce")
        for name in names(node)
    )


def walk(tree: Expression) -> Iterator[Expression]:
    """Every part of a tree, itself first, from left to right."""
    yield tree
    for field in fields(tree):
        value = getattr(tree, field.name)
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, Expression):
                yield from walk(part)
