"""The workbook that an office fills in, and its way back through the check."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from catalog.schema import TableSchema
from catalog.spec import TableSpec
from flows.template import Choices, choices, write

SCHEMA = TableSchema.model_validate(
    {
        "fields": [
            {"name": "code", "type": "string", "title": "รหัสสถานี", "description": "รหัสตามป้าย",
             "constraints": {"required": True, "unique": True, "minLength": 3, "maxLength": 5}},
            {"name": "kind", "type": "string", "title": "ชนิด",
             "categories": [{"value": "dug", "label": "บ่อขุด"}, {"value": "bored",
                                                                  "label": "บ่อเจาะ"}]},
            {"name": "province", "type": "string", "title": "จังหวัด"},
            {"name": "depth", "type": "number", "title": "ความลึก", "unit": "m",
             "constraints": {"minimum": 0, "maximum": 300.5}},
            {"name": "dug", "type": "date", "title": "วันที่ขุด"},
            {"name": "place", "type": "geopoint", "title": "พิกัด"},
        ],
        "primaryKey": ["code"],
    }
)  # fmt: skip
SPEC = TableSpec.model_validate(
    {"schema": "wells", "source": {"kind": "xlsx", "path": "x.xlsx"},
     "repairs": {"province": [{"place": {"level": "province"}}]}}
)  # fmt: skip


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "wells.xlsx"
    write(path, "บ่อน้ำ: จังหวัด", SCHEMA, choices(SCHEMA, SPEC, {}), {"depth": "ลึก (ม.)"})
    return load_workbook(path)


def test_headers_are_thai_explained_and_locked_and_rows_are_open(book):
    sheet = book.worksheets[0]
    assert sheet.title == "บ่อน้ำ- จังหวัด"
    assert [cell.value for cell in sheet[1]] == [
        "รหัสสถานี", "ชนิด", "จังหวัด", "ลึก (ม.)", "วันที่ขุด",
    ]  # fmt: skip
    note = sheet["A1"].comment.text
    assert "รหัสตามป้าย" in note
    assert "ต้องกรอก" in note
    assert sheet.protection.sheet
    assert sheet["A1"].protection.locked
    assert not sheet.column_dimensions["A"].protection.locked


def test_closed_lists_and_places_are_drop_downs(book):
    sheet = book.worksheets[0]
    rules = {str(rule.sqref).partition("2:")[0]: rule for rule in
             sheet.data_validations.dataValidation}  # fmt: skip
    lists = book["รายการเลือก"]
    assert rules["B"].type == "list"
    assert rules["B"].formula1 == "'รายการเลือก'!$A$2:$A$3"
    assert [cell.value for cell in lists["A"][:3]] == ["kind", "dug", "bored"]
    assert lists["B3"].value == "บ่อเจาะ"
    assert rules["C"].formula1 == "'รายการเลือก'!$C$2:$C$78", "77 provinces"
    assert "นครพนม" in {cell.value for cell in lists["C"]}


def test_bounds_are_held_where_they_are_typed(book):
    sheet = book.worksheets[0]
    rules = {str(rule.sqref).partition("2:")[0]: rule for rule in
             sheet.data_validations.dataValidation}  # fmt: skip
    assert (rules["A"].type, rules["A"].formula1, rules["A"].formula2) == ("textLength", "3", "5")
    assert (rules["D"].type, rules["D"].formula1, rules["D"].formula2) == ("decimal", "0", "300.5")
    assert rules["E"].type == "date"
    assert sheet.column_dimensions["E"].number_format.startswith("[$-D07041E]")


def test_a_table_that_is_referred_to_gives_its_keys_with_their_words(tmp_path):
    import pyarrow as pa

    from catalog.cast import cast
    from catalog.table import write_table

    there = TableSchema.model_validate(
        {"fields": [{"name": "id", "type": "integer"}, {"name": "name", "type": "string"}]}
    )
    batch = pa.RecordBatch.from_pydict({"_row": [1, 2], "id": ["7", "9"], "name": ["ก", None]})
    table = write_table(tmp_path / "t.parquet", "t", there, [cast(batch, there)[0]])
    schema = TableSchema.model_validate(
        {"fields": [{"name": "shop", "type": "integer"}],
         "foreignKeys": [{"fields": "shop", "reference": {"resource": "a/b/t", "fields": "id"}}]}
    )  # fmt: skip
    assert choices(schema, SPEC, {"a/b/t": table}) == {"shop": Choices(("7", "9"), ("ก", ""))}


def test_a_filled_template_passes_the_check_it_was_made_from(samdao, tmp_path):
    target = tmp_path / "ตลาด.xlsx"
    done = samdao("template", "si_sawat/markets", "--out", str(target), "--json")
    assert json.loads(done.output) == {"path": str(target)}
    book = load_workbook(target)
    sheet = book.worksheets[0]
    for at, value in enumerate(("ม01", "ตลาดน้ำ", date(2024, 2, 29), 120), 1):
        sheet.cell(2, at, value)
    book.save(target)
    checked = samdao("validate", str(target), "--schema", "markets", "--json")
    assert (checked.exit_code, json.loads(checked.output)["rows"]) == (0, 1)


def test_an_unknown_table_is_told_with_the_nearest(samdao, tmp_path):
    done = samdao("template", "si_sawat/markets", "--table", "market", "--out", str(tmp_path))
    assert done.exit_code == 2
    assert "markets" in done.output
    assert not list(Path(tmp_path).glob("*.xlsx"))
