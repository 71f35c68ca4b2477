"""What a column holds: distinct values, types that hold, exceptions that are asked about."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.problem import Level
from flows.doctor._column_meaning import meaning_of, split_unit
from tests.flows.doctor.columns_kit import (
    after,
    chosen_answers,
    codes,
    columns_of,
    diagnosed,
    finding,
    questions,
    strangers,
)

# ---- distinct values


def test_distinct_values_stand_in_the_order_of_their_first_rows(tmp_path):
    [column] = columns_of(tmp_path, {"ตำบล": ["ข", "ก", "ข", None, "", " "]})
    assert column.values.to_pydict() == {
        "value": ["ข", "ก", " "], "rows": [2, 1, 1], "first": [2, 3, 7],
    }  # fmt: skip
    assert (column.rows, column.empty) == (6, 3)


def test_a_geometry_column_has_no_values_to_look_at(tmp_path):
    from flows.doctor.columns import columns, diagnose
    from tests.flows.doctor.columns_kit import staged

    path = staged(tmp_path, {"geometry": ["x"]})
    [column] = columns(path, ["geometry"], "geometry")
    assert (column.geometry, column.values.num_rows) == (True, 0)
    assert diagnose(column).type == "geojson"


def test_distinct_values_of_a_large_table_lie_on_disk(tmp_path, monkeypatch):
    monkeypatch.setattr("flows.doctor.columns._SMALL_ROWS", 2)
    monkeypatch.setattr("flows.doctor.columns._IN_MEMORY_ROWS", 2)
    [column] = columns_of(tmp_path, {"ปี": ["2566", "2567", "2566"]})
    assert column.values.to_pydict()["rows"] == [2, 1]
    assert list(tmp_path.glob("*.arrow"))


def test_a_small_table_is_grouped_as_duckdb_groups_a_large_one(tmp_path, monkeypatch):
    cells = {"ก": ["ข", None, "", " ", "ข", "ก", "à", "a\u0300"], "ข": [None] * 8}
    small = [column.values.to_pydict() for column in columns_of(tmp_path, cells)]
    monkeypatch.setattr("flows.doctor.columns._SMALL_ROWS", 2)
    large = [column.values.to_pydict() for column in columns_of(tmp_path, cells)]
    assert small == large
    assert small[0]["value"] == ["ข", " ", "ก", "à", "a\u0300"]


# ---- types


@pytest.mark.parametrize(
    ("label", "values", "type", "after_repairs"),
    [
        ("จำนวน", ["1", "25", "300"], "integer", ["1", "25", "300"]),
        ("จำนวน", ["1,025", "๒๕", "300"], "integer", ["1025", "25", "300"]),
        ("ความลึก", ["1.5", "2", "-3.25"], "number", ["1.5", "2", "-3.25"]),
        ("ปี", ["2566", "2567"], "year", ["2023", "2024"]),
        ("ข้อมูล", ["2550", "2551", "2552"], "year", ["2007", "2008", "2009"]),
        ("ปี", ["ปีงบประมาณ พ.ศ. ๒๕๖๗", "2566"], "year", ["2024", "2023"]),
        ("วันที่", ["29 ก.พ. 2567", "1 มี.ค. 2567"], "date", ["2024-02-29", "2024-03-01"]),
        ("เดือน", ["ม.ค. 2566", "กุมภาพันธ์ 2566"], "yearmonth", ["2023-01", "2023-02"]),
        ("เวลา", ["08.30 น.", "13:00"], "time", ["08:30:00", "13:00:00"]),
        ("บันทึก", ["5/1/2566 13:45", "25/1/2566 08:00"], "datetime",
         ["2023-01-05T13:45:00", "2023-01-25T08:00:00"]),
        ("จังหวัด", ["นครพนม", "สกลนคร"], "string", ["นครพนม", "สกลนคร"]),
        ("มีไฟฟ้า", ["มี", "ไม่มี"], "boolean", ["true", "false"]),
        ("ผ่าน", ["✓", "☐"], "boolean", ["true", "false"]),
        ("รหัสไปรษณีย์", ["48000", "10200"], "string", ["48000", "10200"]),
        ("พิกัด", ["104.7812,17.4108", "104.75,17.41"], "geopoint",
         ["104.7812,17.4108", "104.75,17.41"]),
    ],
)  # fmt: skip
def test_the_type_holds_for_every_value_after_the_repairs(
    tmp_path, label, values, type, after_repairs
):
    found = diagnosed(tmp_path, label, values)
    assert (found.type, after(found)) == (type, after_repairs)
    assert strangers(found) == []
    assert found.evidence == 1.0


def test_a_clean_column_needs_nothing(tmp_path):
    found = diagnosed(tmp_path, "ความสูง", ["1", "2", "3"])
    assert (found.repairs, found.findings, found.missing) == ((), (), ("",))


def test_repairs_stand_in_the_order_in_which_they_work(tmp_path):
    found = diagnosed(tmp_path, "จำนวน", [" ๑,๐๒๕ ", "-", "30", "41"])
    assert [name for name, _ in found.repairs] == ["trim", "missing", "thai_digits", "thousands"]
    assert after(found) == ["1025", None, "30", "41"]


def test_money_is_kept_as_an_exact_decimal(tmp_path):
    found = diagnosed(tmp_path, "งบประมาณ (บาท)", ["1,250.50", "300.25", "12"])
    assert found.type == "number"
    assert found.properties == {"unit": "บาท", "title": "งบประมาณ", "decimalPlaces": 2}


def test_digits_that_no_float_holds_are_kept_as_exact_decimals(tmp_path):
    found = diagnosed(tmp_path, "ค่า", ["0.12345678901234567", "1.5"])
    assert (found.type, found.properties) == ("number", {"decimalPlaces": 17})
    assert strangers(found) == []


def test_a_few_words_among_numbers_are_asked_about_and_named_by_row(tmp_path):
    values = [str(number) for number in range(60)] + ["Prison"]
    found = diagnosed(tmp_path, "district_num", values)
    odd = finding(found, "cells-odd")
    assert (found.type, strangers(found)) == ("integer", ["Prison"])
    assert (odd.problem.row, odd.count, odd.problem.level) == (62, 1, Level.WARNING)
    assert odd.question.likely is None
    assert strangers(chosen_answers(found, "empty")) == []
    assert strangers(chosen_answers(found, "text")) == []
    assert strangers(chosen_answers(found, "source")) == ["Prison"]


def test_many_words_among_numbers_make_a_text(tmp_path):
    found = diagnosed(tmp_path, "ชั้น", ["1", "2", "3", "ดาดฟ้า", "ใต้ดิน", "ลอย", "จอดรถ"])
    assert (found.type, found.evidence) == ("string", 1.0)
    assert "cells-odd" not in codes(found)


def test_an_answer_holds_all_options_of_the_repair_that_it_stands_for(tmp_path):
    values = [str(number) for number in range(100, 160)] + ["-", "ไม่มี"]
    found = diagnosed(tmp_path, "ราคา", values)
    [empty, *_] = finding(found, "cells-odd").question.choices
    assert empty.remedies[0].value == {"words": ["-", "ไม่มี"]}


def test_values_that_come_again_and_again_are_an_enumeration(tmp_path):
    found = diagnosed(tmp_path, "ระดับ", ["ดี", "พอใช้ ", "ดีมาก"] * 20)
    assert found.constraints == {"enum": ["ดี", "ดีมาก", "พอใช้"]}


def test_codes_of_one_length_have_a_pattern_and_are_unique(tmp_path):
    found = diagnosed(tmp_path, "รหัสโรงเรียน", [f"{48010000 + at}" for at in range(20)])
    assert found.type == "string"
    assert found.constraints == {"pattern": "[0-9]{8}", "unique": True}


def test_an_empty_column_is_told(tmp_path):
    found = diagnosed(tmp_path, "หมายเหตุ", ["", None, "-"])
    assert "column-empty" in codes(found)
    assert (found.type, found.evidence) == ("string", 1.0)


def test_nobodys_number_or_name_is_printed_in_full(tmp_path):
    ids = ["1101700230708 ", "1101700230716", "1101700230724"]
    found = diagnosed(tmp_path, "เลขประจำตัวประชาชน", ids)
    told = [item.problem.words(lang) for item in found.findings for lang in ("th", "en")]
    told += [text or "" for item in found.findings for one in item.examples
             for text in (one.before, one.after)]  # fmt: skip
    assert {"code-digits", "cells-spaces"} <= codes(found)
    assert not [text for text in told for number in ids if number.strip() in text]


# ---- meanings


@pytest.mark.parametrize(
    ("label", "means"),
    [
        ("จังหวัด", "province"),
        ("PROV_ID", "province_code"),
        ("ชื่อ - สกุล", "full_name"),
        ("เบอร์โทรศัพท์", "phone"),
        ("พื้นที่ (ไร่)", "area_rai"),
        ("ผลผลิตต่อไร่ / (กก.)", "yield_per_rai"),
        ("สถานที่เลี้ยงสัตว์ อำเภอ", "district"),
        ("Latitude", "latitude"),
        ("ISO[7]", "iso_code"),
        ("MWQI ", "water_quality_index"),
    ],
)
def test_headers_say_what_their_columns_are_about(label, means):
    assert meaning_of(label).key == means


def test_a_header_of_no_list_says_nothing():
    assert meaning_of("โคเนื้อ พื้นเมือง") is None


@pytest.mark.parametrize(
    ("label", "title", "unit"),
    [
        ("โคเนื้อ เพศเมีย (แรกเกิด ถึงโคสาว) (ตัว)", "โคเนื้อ เพศเมีย (แรกเกิด ถึงโคสาว)", "ตัว"),
        ("ราคา (บาท/ตัน)", "ราคา", "บาท/ตัน"),
        ("ผลผลิต / (ตัน)", "ผลผลิต", "ตัน"),
        ("Area (km²)[2]", "Area", "km²"),
        ("Population (2019)[1]", "Population (2019)", None),
        ("ตำแหน่ง (ปัจจุบัน)", "ตำแหน่ง (ปัจจุบัน)", None),
        ("ปริมาณน้ำ หน่วย: ลบ.ม.", "ปริมาณน้ำ", "ลบ.ม."),
    ],
)
def test_a_unit_in_the_header_is_kept_apart(label, title, unit):
    assert split_unit(label) == (title, unit)


# ---- whatever a column holds

_TEXTS = st.one_of(
    st.integers(-(10**20), 10**20).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.dates().map(str),
    st.sampled_from(["-", "ไม่มีข้อมูล", "1,234", "(5)", "< 1.8", "๑๒", "2567", "25/12/2566", "✓",
                     "ใช่", "ไม่ใช่", "#REF!", "01", "นครพนม", "1;2", "น้ำ", "ท ำ", "12%", "08.30 น.",
                     "5 ไร่", "ม.ค. 66", "x\u200b", " ", "17.41, 104.78", "'5"]),
    st.text(max_size=12),
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[*HealthCheck])
@given(
    values=st.lists(_TEXTS, min_size=1, max_size=25),
    label=st.sampled_from(["จำนวน", "ปี", "วันที่", "จังหวัด", "ละติจูด", "รหัส", "เวลา", "ข้อมูล"]),
)
def test_no_column_is_refused_and_likely_answers_leave_no_stranger(tmp_path, values, label):
    found = diagnosed(tmp_path, label, values)
    rows = {item.problem.row for item in found.findings} - {None}
    assert all(2 <= row < 2 + len(values) for row in rows)
    if any(item.problem.level is Level.ERROR for item in found.findings):
        return
    asked = questions(found)
    if any(item.problem.code == "cells-below-detection" for item in asked):
        return  # emptied by a repair of rows
    firsts = [item.question.likely or item.question.choices[0].name for item in asked]
    sources = {"source", "keep"} & set(firsts)
    assert sources or strangers(chosen_answers(found, *firsts)) == []
