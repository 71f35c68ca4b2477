"""What holds for every repair: twice is once, clean stays clean, nothing gets lost."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from catalog.problem import Rejected, codes
from catalog.registry import names, variant

ROOM = "flows.repairs"

#: Letters, marks in any order, and everything that damage is made of.
THAI = "กขคงจชดตนบปพมยรลวสหอเแโใไะาำิีืุูั็่้๊์ํๅ๐๑๒๕๖๗"
DAMAGE = " \t\u00a0\u200b\ufeff\n\ufffd\uf702\uf052(),.-/−" + "0123456789"
PIECES = [
    "จัดท ำ", "กำร", "น้้า", "ส\ufffdำนัก", "นํ้า", "เเผน", "ทีผ่่าน", "ดเีด่น", "ที่่", "เพ่ือ", "ค าอธิบาย",
    "29 ก.พ. 2567", "5 ม.ค. 2475", "๑ มกราคม พ.ศ. ๒๕๖๐", "1/2/2567", "13/1/2024", "2024-02-29",
    "2567-02-29", "31 ก.พ. 2567", "15 ก.พ. 2483", "1/2/67", "พ.ศ. 2567", "ปี 2566", "2024", "1500",
    "ค.ศ. 2400", "พ.ศ. 2900", "1,234", "(1,234)", "5-", "−1,234", "1,23", "จ.นครพนม", "เมือง",
    "ธาตุพนม", "48", "TH-48", "-", "N/A", "✓", "/", "12 ไร่", "ไร่", "", " ",
]  # fmt: skip
texts = st.one_of(
    st.sampled_from(PIECES),
    st.text(alphabet=THAI + DAMAGE, max_size=12),
    st.lists(st.sampled_from(PIECES), min_size=2, max_size=3).map(" ".join),
)
columns = st.lists(st.one_of(st.none(), texts), min_size=1, max_size=6)

CASES: list[tuple[str, dict[str, Any]]] = [
    ("trim", {}),
    ("trim", {"line_breaks": "join"}),
    ("thai_digits", {}),
    ("thai_text", {}),
    ("thai_text", {"doubled": "collapse"}),
    ("pdf_thai", {}),
    ("pdf_thai", {"slid_marks": True, "doubled_tone": "am", "private_use": "glyphs"}),
    ("pdf_thai", {"am_for_aa": True, "space_before_aa": True, "doubled_tone": "once"}),
    ("pdf_thai", {"am_for_aa": True, "doubled_tone": "keep", "words": {"น้า": "นำ"}}),
    ("thai_date", {}),
    ("thai_date", {"era": "be"}),
    ("thai_date", {"era": "ce", "order": "dmy"}),
    ("thai_date", {"century": 2500}),
    ("thai_year", {}),
    ("thai_year", {"era": "be", "century": 2500}),
    ("thousands", {}),
    ("thousands", {"brackets": "leave"}),
    ("place", {}),
    ("place", {"level": "district", "to": "name", "inside": "48"}),
    ("place", {"level": "district", "to": "iso"}),
    ("ticks", {"empty": "false"}),
    ("replace", {"values": {"48": "นครพนม", "": "ว่าง"}}),
    ("missing", {}),
    ("strip_affix", {"prefixes": ["พ.ศ.", "ปี"], "suffixes": ["ไร่", "-"]}),
    ("thai_marks", {}),
    ("mojibake", {}),
    ("percent", {}),
    ("percent", {"to": "share", "others": "same"}),
    ("pad", {"width": 5}),
    ("pad", {"width": 4, "least": 4}),
    ("split_list", {"separators": [",", "และ", ";"]}),
    ("split_list", {"separators": ["/", "-"], "delimiter": ";"}),
    ("yes_no", {}),
    ("yes_no", {"true": ["✓"], "false": ["-"]}),
    ("thai_time", {}),
    ("thai_datetime", {}),
    ("thai_datetime", {"era": "be", "century": 2500}),
    ("thai_month", {}),
    ("thai_month", {"century": 2500, "packed": True}),
    ("year_span", {}),
    ("year_span", {"era": "be", "century": 2500, "longest": 5}),
]


def test_every_column_repair_is_held_to_these_properties():
    held = {name for name, _ in CASES}

    assert held == {n for n in names(ROOM) if variant(ROOM, n).SCOPE == "column"}


@pytest.mark.parametrize(("name", "options"), CASES)
@given(values=columns)
@settings(max_examples=30, deadline=None)
@example(values=["ก่ิ้ิ", "่่า", "ํํา", "ก ำำ"])
@example(values=["กำร", "จัดท ำ", "น้า"])
def test_twice_is_once(mend, name, options, values):
    try:
        once = mend(name, values, **options)
    except Rejected:
        return

    assert mend(name, once, **options) == once
    assert len(once) == len(values)
    assert all(
        after is None for before, after in zip(values, once, strict=True) if before is None
    ) or (name == "ticks")


CLEAN = {
    "trim": ["สำนักงานจังหวัด นครพนม", "a b"],
    "thai_digits": ["2567", "ข้อ 12"],
    "thai_text": ["น้ำเสียที่ท่าเรือแม่น้ำโขง", "กฎกระทรวง ฤๅษี เก๋งจีน เข็มทิศ สิทธิ์", "plain English"],
    "pdf_thai": ["จัดทำแผนพัฒนา น้ำ ป้า ค่า", "ตั้งแต่ เพื่อ ที่ดีเด่น"],
    "thai_date": ["2024-02-29", "1932-06-24"],
    "thai_year": ["2024", "1999"],
    "thousands": ["1234", "-5.50", "2024-01-05"],
    "place": ["48", "10", "37"],
    "ticks": ["true", "false"],
    "replace": ["ชาย", "หญิง"],
    "missing": ["0", "ไม่มี", "ข้อมูล"],
    "strip_affix": ["12", "ราคา"],
    "thai_marks": ["กรุงเทพมหานคร มีส่วนร่วมในการพัฒนา", "บ้านโนนซกค้อ", "ตา ยาย", "abc"],
    "mojibake": ["จังหวัด “นครพนม” – 25 °C", "café"],
    "percent": ["12.5", "0.125", "ไม่มี"],
    "pad": ["01050", "48120"],
    "split_list": ["1,4", "4"],
    "yes_no": ["true", "false"],
    "thai_time": ["08:30:00", "08:30:00.5"],
    "thai_datetime": ["2024-02-29T08:30:00", "2024-02-29 08:30:00", "2024-02-29T08:30:00Z"],
    "thai_month": ["2024-01", "1932-06"],
    "year_span": ["1984/1985", "1999"],
}
NEEDED: dict[str, dict[str, Any]] = {
    "replace": {"values": {"ช": "ชาย"}},
    "strip_affix": {"suffixes": ["ไร่"]},
    "pad": {"width": 5},
    "split_list": {"separators": [","]},
}


def test_every_column_repair_has_clean_values_to_leave_alone():
    assert {*CLEAN} == {name for name, _ in CASES}


@pytest.mark.parametrize("name", sorted(CLEAN))
def test_clean_column_comes_back_as_the_same_object(name):
    module = variant(ROOM, name)
    chosen = module.Options.model_validate(NEEDED.get(name, {}))
    values = pa.array([*CLEAN[name], None, ""], pa.string())
    rows = pa.array(range(len(values)), pa.int64())
    decision = module.survey(iter([(rows, values)]), chosen) if hasattr(module, "survey") else None

    assert module.repair(values, chosen, decision) is values


@pytest.mark.parametrize(("name", "options"), CASES)
@given(values=columns)
@settings(max_examples=20, deadline=None)
def test_repaired_column_comes_back_as_the_same_object(name, options, values):
    module = variant(ROOM, name)
    chosen = module.Options.model_validate(options)
    found = pa.array(values, pa.string())
    rows = pa.array(range(len(values)), pa.int64())

    def repaired(column: Any) -> Any:
        look = getattr(module, "survey", None)
        return module.repair(column, chosen, look(iter([(rows, column)]), chosen) if look else None)

    try:
        once = repaired(found)
    except Rejected:
        return

    assert repaired(once) is once


@pytest.mark.parametrize(("name", "options"), CASES)
@given(values=columns)
@settings(max_examples=20, deadline=None)
def test_value_is_repaired_the_same_alone_and_among_others(name, options, values):
    """The runner gives each different value once, in any company."""
    module = variant(ROOM, name)
    chosen = module.Options.model_validate(options)
    found = pa.array(values, pa.string())
    rows = pa.array(range(len(values)), pa.int64())
    try:
        decision = (
            module.survey(iter([(rows, found)]), chosen) if hasattr(module, "survey") else None
        )
    except Rejected:
        return

    together = module.repair(found, chosen, decision).to_pylist()
    alone = [
        module.repair(found[i : i + 1], chosen, decision)[0].as_py() for i in range(len(found))
    ]

    assert alone == together


def test_slices_of_a_batch_are_repaired_like_whole_ones(mend):
    module = variant(ROOM, "thai_text")
    whole = pa.array(["นํ้า", None, "เเผน", "ดี", "สํานัก"], pa.string())

    found = module.repair(whole.slice(2), module.Options(), None)

    assert found.to_pylist() == ["แผน", "ดี", "สำนัก"]


tables = st.integers(min_value=1, max_value=6).flatmap(
    lambda n: st.fixed_dictionaries(
        {
            "a": st.lists(
                st.sampled_from(["ก", "รวม", "", None, " ", "ที่มา", "ชื่อ"]), min_size=n, max_size=n
            ),
            "n": st.lists(
                st.sampled_from(["1", "2", "3", "1,000", "", None, "n", "จำนวน"]),
                min_size=n,
                max_size=n,
            ),
        }
    )
)
ROW_CASES: list[tuple[str, dict[str, Any]]] = [
    ("drop_blank_rows", {}),
    ("drop_repeated_headers", {}),
    ("drop_total_rows", {}),
    ("drop_total_rows", {"sums": ["n"], "column": "a"}),
    ("drop_rows", {"column": "a", "equals": ["ที่มา"], "starts_with": ["ราคา"]}),
    ("fill_down", {"columns": ["a"]}),
    ("point", {"lat": "n", "lon": "a"}),
    ("unpivot", {"columns": ["n"], "name": "k", "value": "v"}),
    ("copy", {"columns": {"b": "a"}}),
    ("join", {"columns": ["a", "n"], "to": "j"}),
    ("below_detection", {"columns": ["n"], "words": ["จำนวน"]}),
    ("below_detection", {"columns": ["n"], "value": "limit", "flags": {"n": "f"}}),
    ("point", {"lat": "n", "lon": "n", "crs": "EPSG:24047"}),
]


def test_every_table_repair_is_held_to_these_properties():
    assert {name for name, _ in ROW_CASES} == {
        n for n in names(ROOM) if variant(ROOM, n).SCOPE == "table"
    }


@pytest.mark.parametrize(("name", "options"), ROW_CASES)
@given(columns=tables)
@settings(max_examples=20, deadline=None)
def test_rows_twice_are_rows_once_however_they_are_cut(mend_rows, table, name, options, columns):
    once, _ = mend_rows(name, table(columns, a="ชื่อ", n="จำนวน"), **options)
    in_one, _ = mend_rows(name, table(columns, size=9, a="ชื่อ", n="จำนวน"), **options)
    assert once == in_one
    if not once or not once["_row"]:
        return

    rows = once.pop("_row")
    batches = (_at(batch, rows) for batch in table(once, size=9, a="ชื่อ", n="จำนวน"))
    twice, told_again = mend_rows(name, batches, **options)

    assert twice == {"_row": rows, **once}
    assert not [what for what, _, _, changed in told_again if changed]


def _at(batch: Any, rows: list[int]) -> Any:
    return batch.set_column(0, batch.schema.field(0), pa.array(rows, pa.int64()))


@pytest.mark.parametrize("name", names(ROOM))
def test_every_repair_fulfils_its_contract(name):
    module = variant(ROOM, name)

    assert module.SCOPE in ("column", "table")
    assert module.Options.model_config["frozen"]
    assert module.Options.model_config["extra"] == "forbid"
    assert "Undone by" in module.__doc__
    assert "Changes:" in module.__doc__
    if module.SCOPE == "column":
        assert f"repaired-{name}" in codes()
