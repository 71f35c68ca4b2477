"""Tree to DuckDB SQL: field names quoted, texts bound as values, numbers exact.

Numbers are decimals: an integer has no places, a ``number`` its ``decimalPlaces``, and one without
is taken by its shortest decimal text, to nine places, so that 0.1 + 0.2 = 0.3 holds. A quotient has
twelve places and is null where the divisor is zero; ``round`` rounds halves away from zero. What a
decimal of 38 digits cannot hold makes DuckDB raise; ``exact=False`` then reckons in float64, where
numbers are equal that differ by less than a thousand-millionth of the greater.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Literal, TypeAlias

from catalog.expression.tree import (
    Between,
    Binary,
    Call,
    Expression,
    ExpressionError,
    In,
    IsNull,
    Name,
    Number,
    Text,
    Truth,
    Unary,
)
from catalog.expression.writer import written
from catalog.problem import Problem
from catalog.registry import nearest

#: What a value is; ``moment`` is a date and time with an offset, ``other`` can only be null or not.
Kind: TypeAlias = Literal["number", "text", "truth", "date", "time", "datetime", "moment", "other"]
#: Places of a number that is kept as float64, and of a quotient.
FLOAT_PLACES = 9
QUOTIENT_PLACES = 12
#: More places than these are rounded away, so that products of several factors still fit.
MOST_PLACES = 18
_RELATIVE = "1e-9"
_SQL_TYPE: Mapping[Kind, str] = {
    "date": "DATE", "time": "TIME", "datetime": "TIMESTAMP", "moment": "TIMESTAMPTZ",
}  # fmt: skip
_DATED: frozenset[Kind] = frozenset({"date", "datetime"})


@dataclass(frozen=True, slots=True)
class Variable:
    """A field, as an expression sees it.

    Attributes:
        kind: of its values.
        places: of a number; ``None`` where it is kept as float64.
    """

    kind: Kind
    places: int | None = 0


@dataclass(frozen=True, slots=True)
class Compiled:
    """SQL with named values: ``execute(sql, values)``."""

    sql: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Part:
    """SQL of a part of a tree; ``places`` are those of a decimal."""

    sql: str
    kind: Kind
    places: int = 0


def held(tree: Expression, variables: Mapping[str, Variable]) -> None:
    """Hold an expression against the fields of a table.

    Raises:
        ExpressionError: a field that there is not, values that cannot be compared, or an
            expression that is neither true nor false.
    """
    compiled(tree, variables)


def compiled(
    tree: Expression,
    variables: Mapping[str, Variable],
    *,
    tolerance: Decimal = Decimal(0),
    exact: bool = True,
    prefix: str = "v",
) -> Compiled:
    """The SQL of a condition; it is null where SQL's logic of three values says so.

    Args:
        tree: what ``parse`` gave.
        variables: fields by name; each is a column of that name.
        tolerance: by how much numbers may be off in comparisons.
        exact: reckon in decimals.
        prefix: start of the names of values, where a query has several conditions.

    Raises:
        ExpressionError: as ``held`` does.
    """
    maker = _Maker(variables, tolerance, exact, prefix)
    part = maker.make(tree)
    maker.must(part, tree, "truth")
    return Compiled(part.sql, maker.values)


@dataclass(slots=True)
class _Maker:
    variables: Mapping[str, Variable]
    tolerance: Decimal
    exact: bool
    prefix: str
    values: dict[str, str] = field(default_factory=dict)

    def make(self, tree: Expression) -> _Part:
        match tree:
            case Number() | Text() | Truth() | Name():
                return self.single(tree)
            case Unary(sign, operand):
                return self.unary(sign, operand)
            case Binary(sign, left, right):
                return self.binary(tree, sign, left, right)
            case Call(function, arguments):
                return self.call(tree, function, arguments)
            case IsNull(operand, negated):
                return _Part(f"({self.make(operand).sql} IS {_not(negated)}NULL)", "truth")
            case In(operand, options, negated):
                tests = [self.compare(tree, "=", operand, option).sql for option in options]
                return _Part(f"({_not(negated)}({' OR '.join(tests)}))", "truth")
            case Between(operand, low, high, negated):
                tests = [
                    self.compare(tree, ">=", operand, low).sql,
                    self.compare(tree, "<=", operand, high).sql,
                ]
                return _Part(f"({_not(negated)}({' AND '.join(tests)}))", "truth")

    def single(self, tree: Number | Text | Truth | Name) -> _Part:
        match tree:
            case Number(value):
                return self.number(value)
            case Text(value):
                return _Part(self.bound(value), "text")
            case Truth(value):
                return _Part("true" if value else "false", "truth")
            case Name(value):
                return self.column(value)

    def must(self, part: _Part, tree: Expression, *kinds: Kind) -> None:
        if part.kind not in kinds:
            raise _meaningless(tree)

    def bound(self, value: str) -> str:
        """A text as a named value of the query."""
        name = f"{self.prefix}{len(self.values)}"
        self.values[name] = value
        return f"${name}"

    def number(self, value: Decimal) -> _Part:
        places = max(0, -int(value.as_tuple().exponent))
        if len(value.as_tuple().digits) > 28 or places > MOST_PLACES:
            raise _meaningless(Number(value))
        return self.decimal(f"'{value:f}'", places)

    def decimal(self, sql: str, places: int) -> _Part:
        if not self.exact:
            return _Part(f"CAST({sql} AS DOUBLE)", "number")
        return _Part(f"CAST({sql} AS DECIMAL(38, {places}))", "number", places)

    def column(self, name: str) -> _Part:
        if name not in self.variables:
            params = {"nearest": nearest(name, list(self.variables)) or "—"}
            raise ExpressionError(Problem("expression-field", value=name, params=params))
        variable, quoted = self.variables[name], f'"{name}"'
        if variable.kind != "number":
            return _Part(quoted, variable.kind)
        if variable.places is None and self.exact:
            quoted = f"CAST({quoted} AS VARCHAR)"
        return self.decimal(quoted, FLOAT_PLACES if variable.places is None else variable.places)

    def unary(self, sign: str, operand: Expression) -> _Part:
        part = self.make(operand)
        self.must(part, operand, "truth" if sign == "not" else "number")
        return _Part(f"({sign} {part.sql})", part.kind, part.places)

    def binary(self, tree: Expression, sign: str, left: Expression, right: Expression) -> _Part:
        if sign in ("and", "or"):
            parts = [self.make(side) for side in (left, right)]
            for part, side in zip(parts, (left, right), strict=True):
                self.must(part, side, "truth")
            return _Part(f"({parts[0].sql} {sign} {parts[1].sql})", "truth")
        if sign in ("+", "-", "*", "/"):
            return self.reckon(sign, left, right)
        return self.compare(tree, sign, left, right)

    def reckon(self, sign: str, left: Expression, right: Expression) -> _Part:
        a, b = self.make(left), self.make(right)
        self.must(a, left, "number")
        self.must(b, right, "number")
        if sign == "/":
            quotient = f"(CAST({a.sql} AS DOUBLE) / nullif(CAST({b.sql} AS DOUBLE), 0))"
            return self.decimal(
                f"CAST({quotient} AS VARCHAR)" if self.exact else quotient, QUOTIENT_PLACES
            )
        both = f"({a.sql} {sign} {b.sql})"
        if sign in ("+", "-"):
            return _Part(both, "number", max(a.places, b.places))
        if a.places + b.places > MOST_PLACES:
            return self.decimal(both, MOST_PLACES)
        return _Part(both, "number", a.places + b.places)

    def compare(self, tree: Expression, sign: str, left: Expression, right: Expression) -> _Part:
        a, b = self.alike(tree, left, right)
        if a.kind == "number":
            return _Part(self.compare_numbers(sign, a.sql, b.sql), "truth")
        if a.kind == "other" or (a.kind == "truth" and sign not in ("=", "<>")):
            raise _meaningless(tree)
        return _Part(f"({a.sql} {sign} {b.sql})", "truth")

    def compare_numbers(self, sign: str, a: str, b: str) -> str:
        room = f"CAST('{self.tolerance:f}' AS DECIMAL(38, 9))" if self.tolerance else ""
        if not self.exact:
            relative = f"{_RELATIVE} * greatest(abs({a}), abs({b}))"
            room = f"greatest(CAST({room} AS DOUBLE), {relative})" if room else f"({relative})"
        if not room:
            return f"({a} {sign} {b})"
        match sign:
            case "=":
                return f"(abs({a} - {b}) <= {room})"
            case "<>":
                return f"(abs({a} - {b}) > {room})"
            case "<" | "<=":
                return f"({a} {sign} {b} + {room})"
            case _:
                return f"({a} + {room} {sign} {b})"

    def alike(self, tree: Expression, left: Expression, right: Expression) -> tuple[_Part, _Part]:
        """Both sides of a comparison; a text beside a date is read as one."""
        parts = [None if isinstance(side, Text) else self.make(side) for side in (left, right)]
        kinds = [part.kind for part in parts if part is not None] or ["text"]
        a, b = (
            self.literal(side.value, kinds[0], tree) if isinstance(side, Text) else part
            for side, part in zip((left, right), parts, strict=True)
        )
        assert a is not None
        assert b is not None
        if a.kind != b.kind:
            raise _meaningless(tree)
        return a, b

    def literal(self, text: str, kind: Kind, tree: Expression) -> _Part:
        if kind not in _SQL_TYPE:
            return _Part(self.bound(text), "text")
        if not _reads(text, kind):
            raise _meaningless(tree)
        return _Part(f"CAST({self.bound(text)} AS {_SQL_TYPE[kind]})", kind)

    def call(self, tree: Expression, function: str, arguments: Sequence[Expression]) -> _Part:
        if function == "coalesce":
            a, b = self.alike(tree, *arguments)
            return _Part(f"coalesce({a.sql}, {b.sql})", a.kind, max(a.places, b.places))
        if function == "round":
            return self.rounded(tree, *arguments)
        parts = [self.make(argument) for argument in arguments]
        takes: tuple[Kind, ...] = ("text",)
        if function in ("year", "month"):
            takes = tuple(_DATED)
        if function == "abs":
            takes = ("number",)
        for part in parts:
            self.must(part, tree, *takes)
        sql = f"{function}({', '.join(part.sql for part in parts)})"
        if function in ("contains", "starts_with"):
            return _Part(sql, "truth")
        return _Part(sql, "number", parts[0].places) if function == "abs" else self.decimal(sql, 0)

    def rounded(self, tree: Expression, number: Expression, places: Expression) -> _Part:
        part = self.make(number)
        self.must(part, number, "number")
        if not isinstance(places, Number) or places.value not in range(FLOAT_PLACES + 1):
            raise _meaningless(tree)
        wanted = int(places.value)
        if not self.exact:
            return _Part(f"round({part.sql}, {wanted})", "number")
        return self.decimal(part.sql, wanted)


def _reads(text: str, kind: Kind) -> bool:
    """Whether a text is a date or time as ISO 8601 writes it."""
    reader = {"date": date.fromisoformat, "time": time.fromisoformat}.get(
        kind, datetime.fromisoformat
    )
    try:
        found = reader(text)
    except ValueError:
        return False
    return not isinstance(found, datetime) or (found.tzinfo is not None) == (kind == "moment")


def _not(negated: bool) -> str:
    return "NOT " if negated else ""


def _meaningless(tree: Expression) -> ExpressionError:
    return ExpressionError(Problem("expression-kinds", value=written(tree)[:100]))
