"""Text to tree, by recursive descent: one method to a level of precedence, loosest first."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

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
from catalog.problem import Problem

#: Bounds that keep every tree shallow enough to be walked by recursion.
MAX_CHARACTERS = 2_000
MAX_TOKENS = 300
MAX_NESTING = 25
#: Functions and how many arguments each takes.
FUNCTIONS = {
    "abs": 1, "round": 2, "length": 1, "coalesce": 2, "contains": 2, "starts_with": 2,
    "year": 1, "month": 1,
}  # fmt: skip
KEYWORDS = frozenset({"and", "or", "not", "is", "null", "in", "between", "true", "false"})
COMPARISONS = ("=", "<>", "<=", ">=", "<", ">")
_TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9]+(?:\.[0-9]+)?(?![\w.]))|(?P<word>[A-Za-z_][A-Za-z0-9_]*)"
    r"|\"(?P<name>[A-Za-z_][A-Za-z0-9_]*)\"|'(?P<text>(?:[^'\0]|'')*)'"
    r"|(?P<sign><=|>=|<>|!=|[=<>+\-*/(),]))"
)
_Level: TypeAlias = Callable[[], Expression]


def parse(text: str) -> Expression:
    """The tree of an expression.

    Args:
        text: at most 2,000 characters.

    Raises:
        ExpressionError: anything that is not of the language, with its place in the text.
    """
    if len(text) > MAX_CHARACTERS:
        raise ExpressionError(Problem("expression-too-long", params={"most": MAX_CHARACTERS}))
    return _Parser(text, _tokens(text)).whole()


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise _unread(text, at + len(text[at:]) - len(text[at:].lstrip()))
        kind = match.lastgroup
        written, start = match[kind], match.start(kind)
        if kind == "word" and written.lower() in KEYWORDS:
            kind, written = "key", written.lower()
        if kind == "sign" and written == "!=":
            written = "<>"
        found.append(_Token(kind, written, start))
        if len(found) > MAX_TOKENS:
            raise ExpressionError(Problem("expression-too-long", params={"most": MAX_TOKENS}))
        at = match.end()
    return found


def _unread(text: str, at: int) -> ExpressionError:
    near = text[at : at + 20] or text[-20:]
    return ExpressionError(Problem("expression-unread", value=near, params={"at": at + 1}))


class _Parser:
    """Goes through the tokens once; ``at`` is the next one."""

    def __init__(self, text: str, tokens: list[_Token]) -> None:
        self.text = text
        self.tokens = tokens
        self.at = 0
        self.nesting = 0

    def whole(self) -> Expression:
        tree = self.either()
        if self.at < len(self.tokens):
            raise self.error()
        return tree

    def error(self) -> ExpressionError:
        """What stands here was not expected."""
        past = self.at >= len(self.tokens)
        return _unread(self.text, len(self.text) if past else self.tokens[self.at].start)

    def take(self, kind: str, *texts: str) -> str | None:
        """The next token's text if it is one of these; it is passed."""
        if self.at < len(self.tokens):
            token = self.tokens[self.at]
            if token.kind == kind and (not texts or token.text in texts):
                self.at += 1
                return token.text
        return None

    def need(self, kind: str, *texts: str) -> str:
        """The next token's text, which has to be one of these."""
        found = self.take(kind, *texts)
        if found is None:
            raise self.error()
        return found

    def either(self) -> Expression:
        tree = self.both()
        while self.take("key", "or"):
            tree = Binary("or", tree, self.both())
        return tree

    def both(self) -> Expression:
        tree = self.negation()
        while self.take("key", "and"):
            tree = Binary("and", tree, self.negation())
        return tree

    def negation(self) -> Expression:
        if self.take("key", "not"):
            return Unary("not", self.deeper(self.negation))
        return self.comparison()

    def comparison(self) -> Expression:
        left = self.sum()
        if sign := self.take("sign", *COMPARISONS):
            return Binary(sign, left, self.sum())
        if self.take("key", "is"):
            negated = self.take("key", "not") is not None
            self.need("key", "null")
            return IsNull(left, negated)
        negated = self.take("key", "not") is not None
        if self.take("key", "in"):
            return In(left, self.options(), negated)
        if self.take("key", "between"):
            low = self.sum()
            self.need("key", "and")
            return Between(left, low, self.sum(), negated)
        if negated:
            raise self.error()
        return left

    def options(self) -> tuple[Expression, ...]:
        self.need("sign", "(")
        found = [self.option()]
        while self.take("sign", ","):
            found.append(self.option())
        self.need("sign", ")")
        return tuple(found)

    def option(self) -> Expression:
        if self.take("sign", "-"):
            return Unary("-", Number(Decimal(self.need("number"))))
        value = self.value()
        if value is None:
            raise self.error()
        return value

    def sum(self) -> Expression:
        tree = self.product()
        while sign := self.take("sign", "+", "-"):
            tree = Binary(sign, tree, self.product())
        return tree

    def product(self) -> Expression:
        tree = self.signed()
        while sign := self.take("sign", "*", "/"):
            tree = Binary(sign, tree, self.signed())
        return tree

    def signed(self) -> Expression:
        if self.take("sign", "-"):
            return Unary("-", self.deeper(self.signed))
        return self.primary()

    def primary(self) -> Expression:
        if self.take("sign", "("):
            tree = self.deeper(self.either)
            self.need("sign", ")")
            return tree
        value = self.value()
        if value is not None:
            return value
        if name := self.take("name"):
            return Name(name)
        word = self.need("word")
        if not self.take("sign", "("):
            return Name(word)
        return self.call(word.lower())

    def call(self, function: str) -> Expression:
        if function not in FUNCTIONS:
            self.at -= 2  # the place to be named is the word's, before the bracket
            raise self.error()
        arguments = [self.deeper(self.either)]
        for _ in range(FUNCTIONS[function] - 1):
            self.need("sign", ",")
            arguments.append(self.deeper(self.either))
        self.need("sign", ")")
        return Call(function, tuple(arguments))

    def value(self) -> Expression | None:
        if number := self.take("number"):
            return Number(Decimal(number))
        text = self.take("text")
        if text is not None:
            return Text(text.replace("''", "'"))
        truth = self.take("key", "true", "false")
        return None if truth is None else Truth(truth == "true")

    def deeper(self, level: _Level) -> Expression:
        """One level further in; there is a bound, as Python's own stack has one."""
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise self.error()
        tree = level()
        self.nesting -= 1
        return tree
