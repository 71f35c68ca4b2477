"""Tree to text: the shortest that reads back as the same tree."""

from __future__ import annotations

from catalog.expression.parser import COMPARISONS, KEYWORDS
from catalog.expression.tree import (
    Between,
    Binary,
    Call,
    Expression,
    In,
    IsNull,
    Name,
    Number,
    Text,
    Truth,
    Unary,
)

#: How tightly each sign binds; what stands alone binds tightest.
_TIGHT = {"or": 1, "and": 2, "not": 3, "+": 5, "-": 5, "*": 6, "/": 6} | dict.fromkeys(
    COMPARISONS, 4
)
_COMPARED = 5
_SIGNED = 7
_ALONE = 8


def written(tree: Expression) -> str:
    """The text of an expression.

    Args:
        tree: as ``parse`` gives it.
    """
    match tree:
        case Number(value):
            return format(value, "f")
        case Text(value):
            return "'" + value.replace("'", "''") + "'"
        case Truth(value):
            return "true" if value else "false"
        case Name(value):
            return f'"{value}"' if value.lower() in KEYWORDS else value
        case Call(function, arguments):
            return f"{function}({', '.join(written(part) for part in arguments)})"
        case Unary("not", operand):
            return f"not {_inside(operand, _TIGHT['not'])}"
        case Unary(sign, operand):
            return f"{sign}{_inside(operand, _SIGNED)}"
        case Binary(sign, left, right):
            tight = _TIGHT[sign]
            beside = tight + 1 if sign in COMPARISONS else tight
            return f"{_inside(left, beside)} {sign} {_inside(right, tight + 1)}"
        case _:
            return _tested(tree)


def _tested(tree: IsNull | In | Between) -> str:
    not_ = "not " if tree.negated else ""
    operand = _inside(tree.operand, _COMPARED)
    match tree:
        case IsNull():
            return f"{operand} is {not_}null"
        case In(_, options):
            return f"{operand} {not_}in ({', '.join(written(part) for part in options)})"
        case Between(_, low, high):
            low_, high_ = _inside(low, _COMPARED), _inside(high, _COMPARED)
            return f"{operand} {not_}between {low_} and {high_}"


def _inside(tree: Expression, needed: int) -> str:
    """A part, in brackets where it binds less tightly than its place needs."""
    text = written(tree)
    return text if _tightness(tree) >= needed else f"({text})"


def _tightness(tree: Expression) -> int:
    match tree:
        case Binary(sign, _, _) | Unary("not" as sign, _):
            return _TIGHT[sign]
        case Unary():
            return _SIGNED
        case IsNull() | In() | Between():
            return _TIGHT["="]
        case _:
            return _ALONE
