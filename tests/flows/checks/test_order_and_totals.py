"""Columns that only rise or fall, and rows that state the sums of the others."""

from __future__ import annotations

import pyarrow as pa
import pytest

from catalog.problem import DeclarationError, Rejected
from flows.repairs import drop_total_rows

from .tables import field, found, short, table

NUMBER = field("no", "integer")
YEAR = [field("province"), field("year", "year"), field("month", "integer")]


def test_running_numbers_that_rise_pass_and_empty_cells_are_passed_over(tmp_path):
    rows = [["1"], ["2"], [None], ["2"], ["5"]]
    order = [{"fields": "no"}]
    assert short("monotone", table(tmp_path, [NUMBER], rows, monotone=order)) == []


def test_a_repeated_or_falling_value_is_named_once_with_the_one_before(tmp_path):
    rows = [["1"], ["9"], ["3"], ["4"], [None], ["4"]]
    order = [{"fields": ["no"], "strict": True}]
    problems = found("monotone", table(tmp_path, [NUMBER], rows, monotone=order))
    assert [(p.code, p.row, p.value, p.params["before"], p.params["count"]) for p in problems] == [
        ("not-in-order", 4, "3", "9", 2), ("not-in-order", 7, "4", "4", 2),
    ]  # fmt: skip


def test_order_holds_in_each_group_by_several_fields(tmp_path):
    rows = [
        ["นครพนม", "2023", "12"], ["สกลนคร", "2020", "1"], ["นครพนม", "2024", "1"],
        ["สกลนคร", "2020", "2"], ["นครพนม", "2023", "11"],
    ]  # fmt: skip
    order = [{"fields": ["year", "month"], "per": "province", "strict": True}]
    assert short("monotone", table(tmp_path, YEAR, rows, monotone=order)) == [
        ("not-in-order", 6, "year, month", "2023, 11")
    ]
    falling = [{"fields": "year", "order": "descending"}]
    made = table(tmp_path, YEAR, rows, monotone=falling)
    assert [p[1] for p in short("monotone", made)] == [4, 6]


SALES = [
    field("region"),
    field("province"),
    field("visitors", "integer"),
    field("income", "number"),
]
BY_REGION = {"where": "province = 'รวม'", "per": "region", "sums": ["visitors", "income"]}
GRAND = {"where": "region = 'ทั้งประเทศ'", "sums": "visitors"}
VISITS = [
    ["อีสาน", "นครพนม", "100", "0.1"], ["อีสาน", "สกลนคร", "50", "0.2"],
    ["อีสาน", "รวม", "150", "0.3"], ["ใต้", "ตรัง", "7", None], ["ใต้", "รวม", "7", None],
    ["ทั้งประเทศ", None, "157", None],
]  # fmt: skip


def test_rows_of_totals_that_state_the_sums_pass(tmp_path):
    made = table(tmp_path, SALES, VISITS, totalRow=[BY_REGION, GRAND])
    assert short("totals", made) == []


def test_a_total_that_differs_is_named_with_the_sum(tmp_path):
    rows = [*VISITS[:2], ["อีสาน", "รวม", "151", "0.3"], *VISITS[3:5], ["ทั้งประเทศ", None, "1", None]]
    region, grand = found("totals", table(tmp_path, SALES, rows, totalRow=[BY_REGION, GRAND]))
    assert (region.code, region.row, region.field, region.value) == (
        "total-differs", 4, "visitors", "151",
    )  # fmt: skip
    assert region.params == {"count": 1, "found": "150"}
    assert (grand.row, grand.value, grand.params["found"]) == (7, "1", "157")


def test_a_tolerance_lets_rounded_totals_pass(tmp_path):
    rows = [*VISITS[:2], ["อีสาน", "รวม", "151", "0.3"]]
    made = table(tmp_path, SALES, rows, totalRow=BY_REGION | {"tolerance": 1})
    assert short("totals", made) == []


def test_a_declared_total_that_is_not_there_is_missed(tmp_path):
    made = table(tmp_path, SALES, VISITS[:2], totalRow=GRAND)
    assert short("totals", made) == [("total-missing", None, None, "region = 'ทั้งประเทศ'")]


def test_totals_beyond_decimals_are_added_up_all_the_same(tmp_path):
    fields = [field("name"), field("n", "number")]
    rows = [["ก", "1e30"], ["ข", "2e30"], ["รวม", "3e30"]]
    total = {"where": "name = 'รวม'", "sums": "n"}
    assert short("totals", table(tmp_path, fields, rows, totalRow=total)) == []


@pytest.mark.parametrize(
    "schema",
    [
        {"monotone": [{"fields": "nowhere"}]},
        {"monotone": [{"fields": "visitors", "order": "up"}]},
        {"totalRow": {"where": "visitors", "sums": "visitors"}},
        {"totalRow": {"where": "province = 'รวม'", "sums": "region"}},
        {"totalRow": {"where": "province = 'รวม'", "sums": []}},
        {"rules": [{"expression": "visitors > 0"}]},
        {"rules": [{"expression": "visitors > 0", "th": "ก", "tolerence": 1}]},
    ],
)
def test_what_cannot_be_held_is_refused_when_the_schema_loads(tmp_path, schema):
    with pytest.raises(DeclarationError):
        table(tmp_path, SALES, [], **schema)


def dropped(rows, **options):
    """The first column after ``drop_total_rows``; each column of a row by its letter."""
    columns = {"_row": pa.array(range(2, 2 + len(rows)))}
    for place, name in enumerate("ab"):
        columns[name] = pa.array([row[place] for row in rows], pa.string())
    batches = iter(pa.table(columns).to_batches(max_chunksize=2))
    chosen = drop_total_rows.Options.model_validate(options)
    mended = drop_total_rows.repair(batches, chosen, lambda *told, **changed: None)
    return [cell for batch in mended for cell in batch.column("a").to_pylist()]


def test_a_required_total_that_holds_goes_and_is_no_row_of_data():
    rows = [["นครพนม", "1,200"], ["มุกดาหาร", "๓๔"], ["รวมทั้งสิ้น", "1,234"], ["", ""]]
    assert dropped(rows, required=True)[:2] == ["นครพนม", "มุกดาหาร"]
    assert "รวมทั้งสิ้น" not in dropped(rows, required=True)


@pytest.mark.parametrize(
    ("rows", "code", "row", "params"),
    [
        ([["ก", "1"], ["ข", "2"], ["รวม", "4"]], "total-differs", 4, {"count": 1, "found": "3"}),
        ([["ก", "1"], ["ข", "2"]], "total-missing", None, {}),
        ([["ก", "1"], ["ข", "2"], ["รวม", "-"]], "total-missing", 4, {}),
        ([], "total-missing", None, {}),
    ],
)
def test_a_required_total_that_differs_or_is_not_there_stops_the_run(rows, code, row, params):
    with pytest.raises(Rejected) as error:
        dropped(rows, required=True)
    (problem,) = error.value.problems
    assert (problem.code, problem.row, problem.params) == (code, row, params)
