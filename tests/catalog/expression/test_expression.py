"""The language of row rules and filters: read, written, compiled, refused."""

from __future__ import annotations

import operator
from datetime import date
from decimal import Decimal
from fractions import Fraction

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.expression import (
    ExpressionError,
    Variable,
    compiled,
    handled,
    held,
    names,
    parse,
    written,
)  # fmt: skip
from catalog.expression.tree import (
    Between,
    Binary,
    Call,
    In,
    IsNull,
    Name,
    Number,
    Text,
    Truth,
    Unary,
)  # fmt: skip

numbers = st.decimals(min_value=0, max_value=10**9, places=3).map(lambda n: Number(abs(n)))
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
literals = st.one_of(numbers, texts.map(Text), st.booleans().map(Truth))
field_names = st.one_of(
    st.from_regex(r"[a-z][a-z0-9_]{0,6}", fullmatch=True), st.sampled_from(["in", "and", "abs"])
)
SIGNS = ["or", "and", "=", "<>", "<", "<=", ">", ">=", "+", "-", "*", "/"]


def larger(parts):
    options = st.lists(
        st.one_of(literals, numbers.map(lambda n: Unary("-", n))), min_size=1, max_size=3
    ).map(tuple)
    return st.one_of(
        st.builds(Unary, st.sampled_from(["-", "not"]), parts),
        st.builds(Binary, st.sampled_from(SIGNS), parts, parts),
        st.builds(IsNull, parts, st.booleans()),
        st.builds(In, parts, options, st.booleans()),
        st.builds(Between, parts, parts, parts, st.booleans()),
        st.builds(Call, st.just("abs"), st.tuples(parts)),
        st.builds(Call, st.just("coalesce"), st.tuples(parts, parts)),
    )


trees = st.recursive(st.one_of(literals, field_names.map(Name)), larger, max_leaves=8)


@settings(max_examples=300, deadline=None)
@given(trees)
def test_what_is_written_reads_back_as_the_same_tree(tree):
    assert parse(written(tree)) == tree


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_with_its_place(text):
    tree, problem = None, None
    try:
        tree = parse(text)
    except ExpressionError as error:
        problem = error.problem
    if problem is None:
        assert parse(written(tree)) == tree
    else:
        assert problem.code == "expression-unread"
        assert 1 <= problem.params["at"] <= len(text) + 1


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("total=male+female", "total = male + female"),
        ("A AND not (b or c)", "A and not (b or c)"),
        ("a - (b - c) - d", "a - (b - c) - d"),
        ("(a * b) + c", "a * b + c"),
        ("a != 'it''s'", "a <> 'it''s'"),
        ("x NOT IN (1, -2)", "x not in (1, -2)"),
        ("x between 1 and 2 and y is not null", "x between 1 and 2 and y is not null"),
        ('"in" = 1', '"in" = 1'),
        ("(a = b) = true", "(a = b) = true"),
        ("- -x > 0", "--x > 0"),
        ("ROUND(x, 2) = 1.50", "round(x, 2) = 1.50"),
    ],
)
def test_expressions_are_written_plainly(text, plain):
    assert written(parse(text)) == plain


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("", 1), ("a =", 4), ("a = b c", 7), ("a == b", 4), ("1 < 2 < 3", 7), ("a; b", 2),
        ("a -- b;", 7), ("sum(a) > 1", 1), ("a.b = 1", 2), ("(a", 3), ("a in ()", 7), ("a in b", 6),
        ("a in (b)", 7), ("a is 1", 6), ("a not = 1", 7), ("12abc = 1", 1), ("๑ = 1", 1),
        ("1.2.3 = a", 1), ("'open = 1", 1), ("a = 1e5", 5), ("/* x */ a", 1), ("$v0 = a", 1),
        ("a = b\0", 6), ("abs(a, b)", 6), ("round(a)", 8),
    ],
)  # fmt: skip
def test_everything_else_is_refused_with_its_place(text, at):
    with pytest.raises(ExpressionError) as error:
        parse(text)
    assert (error.value.problem.code, error.value.problem.params["at"]) == ("expression-unread", at)


@pytest.mark.parametrize("text", ["(" * 400 + "a", "not " * 250 + "a", "-" * 250 + "a"])
def test_deep_nesting_is_refused_and_never_overflows(text):
    with pytest.raises(ExpressionError):
        parse(text)


@pytest.mark.parametrize("text", ["a" * 2_001, "+".join("a" * 200)])
def test_long_expressions_are_refused(text):
    with pytest.raises(ExpressionError) as error:
        parse(text)
    assert error.value.problem.code == "expression-too-long"


def test_names_come_once_each_and_those_asked_about_null_are_known():
    tree = parse("b = a + b and (c is null or coalesce(d, 0) > e)")
    assert names(tree) == ("b", "a", "c", "d", "e")
    assert handled(tree) == {"c", "d"}


KINDS = {
    "n": Variable("number"), "f": Variable("number", None), "d2": Variable("number", 2),
    "t": Variable("text"), "ok": Variable("truth"), "day": Variable("date"),
    "at": Variable("moment"), "shape": Variable("other"),
}  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "n", "n + 1", "t = 1", "n = 'x'", "n and ok", "not n", "-t = 1", "ok < true", "day = t",
        "day = '31/12/2567'", "day = '2024-02-30'", "shape = shape", "abs(t) = 1", "length(n) = 1",
        "round(n, 99) = 1", "round(n, f) = 1", "coalesce(n, 'x') = 1", "year(t) = 1",
        "at = '2024-01-01T00:00:00'", "1 = 'a'", "n in (1, 'a')", "n between 1 and 'b'",
        "n = 0.1234567890123456789",
    ],
)  # fmt: skip
def test_what_means_nothing_is_refused(text):
    with pytest.raises(ExpressionError) as error:
        held(parse(text), KINDS)
    assert error.value.problem.code == "expression-kinds"


def test_an_unknown_field_is_named_with_the_nearest():
    with pytest.raises(ExpressionError) as error:
        held(parse("totl = 1"), {"total": Variable("number")})
    assert error.value.problem.params == {"nearest": "total"}


ROW = {
    "n": ("BIGINT", 7), "f": ("DOUBLE", 0.1), "d2": ("DECIMAL(38, 2)", Decimal("0.30")),
    "t": ("VARCHAR", "น้ำ"), "ok": ("BOOLEAN", True), "day": ("DATE", date(2024, 2, 29)),
    "at": ("TIMESTAMPTZ", "2024-01-01 00:00:00+07"), "shape": ("BLOB", None),
}  # fmt: skip


def judge(text, *, exact=True, tolerance="0"):
    made = compiled(parse(text), KINDS, exact=exact, tolerance=Decimal(tolerance))
    columns = ", ".join(f'CAST(${name}_ AS {kind}) AS "{name}"' for name, (kind, _) in ROW.items())
    given = {f"{name}_": value for name, (_, value) in ROW.items()} | dict(made.values)
    with duckdb.connect() as connection:
        found = connection.execute(f"SELECT {made.sql} FROM (SELECT {columns})", given).fetchone()
    return found[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("f + 0.2 = d2", True), ("f * 3 = d2", True), ("f + f + f = 0.3", True),
        ("n / 2 = 3.5", True), ("n / 0 = 1", None), ("round(n / 3, 2) = 2.33", True),
        ("abs(2 - n) = 5", True), ("n not in (1, 7)", False),
        ("n between 7 and 8", True), ("n not between 7 and 8", False), ("length(t) = 3", True),
        ("t = 'น้ำ'", True), ("starts_with(t, 'น') and contains(t, 'ำ')", True),
        ("ok and day = '2024-02-29'", True), ("month(day) * 100 + year(day) = 2224", True),
        ("at = '2023-12-31T17:00:00+00:00'", True), ("shape is null and t is not null", True),
        ("not (n > 6 and n < 8)", False), ("2 + 3 * n = 23", True), ("-n < -6", True),
        ("n - (2 - 1) = 6", True), ("'2024-01-01' < day", True),
    ],
)  # fmt: skip
def test_conditions_mean_what_they_say(text, expected):
    assert judge(text) is expected
    assert judge(text, exact=False) is expected


small = st.decimals(min_value=0, max_value=999, places=3).map(lambda n: Number(abs(n)))
sums = st.recursive(
    small,
    lambda parts: st.one_of(
        st.builds(Binary, st.sampled_from(["+", "-", "*"]), parts, parts),
        st.builds(Unary, st.just("-"), parts),
        st.builds(Call, st.just("abs"), st.tuples(parts)),
    ),
    max_leaves=4,
)


def reckoned(tree) -> Fraction:
    """What Python's fractions make of an expression."""
    match tree:
        case Number(value):
            return Fraction(value)
        case Unary(_, operand):
            return -reckoned(operand)
        case Call(_, (operand,)):
            return abs(reckoned(operand))
        case Binary(sign, left, right):
            signs = {"+": operator.add, "-": operator.sub, "*": operator.mul}
            return signs[sign](reckoned(left), reckoned(right))


@settings(max_examples=60, deadline=None)
@given(sums, sums, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]))
def test_figures_compare_as_exact_fractions_do(left, right, sign):
    compare = {"=": "eq", "<>": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}[sign]
    expected = getattr(operator, compare)(reckoned(left), reckoned(right))
    made = compiled(Binary(sign, left, right), {})
    assert duckdb.execute(f"SELECT {made.sql}").fetchone() == (expected,)


def test_halves_are_rounded_away_from_zero():
    assert judge("round(-0.145, 2) = -0.15 and round(29 / 200, 2) = 0.15") is True


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("n = 7.5", True), ("n = 7.6", False), ("n <> 7.5", False), ("n <> 7.6", True),
        ("n <= 6.5", True), ("n < 6.5", False), ("n >= 7.5", True), ("n > 7.4", True),
        ("n in (7.5, 100)", True), ("n between 7.5 and 9", True),
    ],
)  # fmt: skip
def test_a_tolerance_widens_every_comparison_of_numbers(text, expected):
    assert judge(text, tolerance="0.5") is expected


def test_texts_never_become_part_of_the_query():
    made = compiled(parse("t = '; drop table x' or t = 'b'"), KINDS)
    assert "drop" not in made.sql
    assert dict(made.values) == {"v0": "; drop table x", "v1": "b"}
