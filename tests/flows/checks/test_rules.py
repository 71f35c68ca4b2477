"""Rules over rows, in the language of expressions."""

from __future__ import annotations

from decimal import Decimal

import pytest

from catalog.problem import DeclarationError, Level

from .tables import field, found, short, table

SUM = {
    "expression": "total = male + female",
    "th": "รวมต้องเท่ากับชายบวกหญิง",
    "en": "men and women make the total",
}
PEOPLE = [field("male", "integer"), field("female", "integer"), field("total", "integer")]
#: Population of three sub-districts of เขตพระนคร, DOPA, December 2565.
REAL = [["1845", "1292", "3137"], ["5146", "4949", "10095"]]


def test_rows_that_fulfil_a_rule_pass(tmp_path):
    assert short("rules", table(tmp_path, PEOPLE, REAL, rules=[SUM])) == []


def test_a_row_that_breaks_a_rule_is_named_with_its_values_and_the_rules_words(tmp_path):
    rows = [*REAL, ["10", "20", "31"], ["1", "1", "3"]]
    first, second = found("rules", table(tmp_path, PEOPLE, rows, rules=[SUM]))
    assert (first.code, first.row, first.field) == ("row-rule", 4, "total, male, female")
    assert first.value == "total=31, male=10, female=20"
    assert (second.row, second.params["count"]) == (5, 2)
    assert "รวมต้องเท่ากับชายบวกหญิง" in first.title("th")
    assert "men and women make the total" in first.title("en")
    assert "total = male + female" in first.next_step("th")


def test_an_empty_cell_is_not_judged_unless_the_rule_says_so(tmp_path):
    rows = [[None, "20", "20"], ["1", "20", None]]
    filled = {"expression": "total is not null and total = coalesce(male, 0) + female", "th": "ก"}
    assert short("rules", table(tmp_path, PEOPLE, rows, rules=[SUM])) == []
    assert [p[1] for p in short("rules", table(tmp_path, PEOPLE, rows, rules=[filled]))] == [3]


def test_decimals_are_exact_and_a_tolerance_is_what_it_says(tmp_path):
    fields = [field("a", "number"), field("b", "number"), field("c", "number", decimalPlaces=2)]
    rows = [["0.1", "0.2", "0.30"], ["0.1", "0.2", "0.31"], ["0.1", "0.2", "0.35"]]
    exact = {"expression": "c = a + b", "th": "ก"}
    near = exact | {"tolerance": "0.01"}
    assert [p[1] for p in short("rules", table(tmp_path, fields, rows, rules=[exact]))] == [3, 4]
    made = table(tmp_path, fields, rows, rules=[near])
    assert made.schema.rules[0].tolerance == Decimal("0.01")
    assert [p[1] for p in short("rules", made)] == [4]


def test_a_share_is_rounded_as_an_officer_rounds_it(tmp_path):
    fields = [field("part", "integer"), field("whole", "integer"), field("share", "number")]
    rows = [["29", "200", "14.5"], ["1", "3", "33.33"], ["1", "8", "12.5"], ["0", "0", "7"]]
    rows += [["29", "20000", "0.15"], ["29", "20000", "0.14"]]  # 0.145 is rounded up
    rule = {"expression": "share = round(part * 100 / whole, 2)", "th": "ร้อยละ"}
    assert [p[1] for p in short("rules", table(tmp_path, fields, rows, rules=[rule]))] == [7]


def test_figures_beyond_decimals_are_reckoned_all_the_same(tmp_path):
    fields = [field("a", "number"), field("b", "number")]
    rows = [["1e30", "2e30"], ["1e30", "3e30"]]
    rule = {"expression": "b = a + a", "th": "ก"}
    assert [p[1] for p in short("rules", table(tmp_path, fields, rows, rules=[rule]))] == [3]


def test_dates_texts_and_truths_are_compared(tmp_path):
    fields = [field("opened", "date"), field("kind"), field("open", "boolean")]
    rows = [
        ["2024-01-01", "ตลาดสด", "true"],
        ["2019-12-31", "ตลาด'นัด", "false"],
    ]
    rules = [
        {"expression": "opened >= '2020-01-01'", "th": "ก"},
        {"expression": "kind in ('ตลาดสด', 'ตลาด''นัด')", "th": "ข"},
        {"expression": "not open or year(opened) = 2024", "th": "ค"},
        {"expression": "contains(kind, 'สด') or not open", "th": "ง", "level": "warning"},
        {"expression": "length(kind) = 6", "th": "จ", "level": "warning"},
    ]
    problems = found("rules", table(tmp_path, fields, rows, rules=rules))
    assert [(p.row, p.params["rule"]["th"], p.level) for p in problems] == [
        (3, "ก", Level.ERROR), (3, "จ", Level.WARNING),
    ]  # fmt: skip


def test_text_that_looks_like_sql_stays_text(tmp_path):
    fields = [field("name")]
    rule = {"expression": "name <> '''); DROP TABLE t; --'", "th": "ก"}
    rows = [["'); DROP TABLE t; --"], ["ตลาด"]]
    assert short("rules", table(tmp_path, fields, rows, rules=[rule])) == [
        ("row-rule", 2, "name", "name='); DROP TABLE t; --")
    ]


def test_ten_thousand_broken_rows_are_counted_and_the_first_thousand_named(tmp_path):
    rows = [["1", "1", "3"]] * 10_000
    problems = found("rules", table(tmp_path, PEOPLE, rows, rules=[SUM]))
    assert (len(problems), problems[0].params["count"], problems[-1].row) == (1000, 10_000, 1001)


@pytest.mark.parametrize(
    ("expression", "code", "said"),
    [
        ("total = men + female", "expression-field", "men"),
        ("total = ", "expression-unread", "9"),
        ("total; drop", "expression-unread", "6"),
        ("total + male", "expression-kinds", "total + male"),
        ("total = 'สอง'", "expression-kinds", "สอง"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_with_its_place(tmp_path, expression, code, said):
    with pytest.raises(DeclarationError) as error:
        table(tmp_path, PEOPLE, [], rules=[{"expression": expression, "th": "ก"}])
    (problem,) = error.value.problems
    assert problem.code == code
    assert said in problem.title("th")
    assert problem.place.startswith("made.json")
