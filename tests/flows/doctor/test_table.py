"""What columns say together: repeated rows, keys, sums, pairs, places, positions, wide tables."""

from __future__ import annotations

import pytest

from catalog.problem import Level
from flows.doctor import Remedy
from flows.doctor.columns import columns, diagnose
from flows.doctor.table import examine, keys
from tests.flows.doctor.columns_kit import codes, finding, staged


def _table(folder, table):
    path = staged(folder, table)
    found = columns(path, list(table), None)
    return found, tuple(diagnose(column) for column in found), path


def _findings(folder, table):
    return examine(*_table(folder, table))


# ---- rows and keys


def test_rows_that_stand_twice_are_counted_and_the_first_repetition_named(tmp_path):
    table = {"วัด": ["ก", "ข", "ก", "ก"], "ตำบล": ["1", "2", "1", "1"]}
    one = finding(_findings(tmp_path, table), "table-duplicate-rows")
    assert (one.count, one.problem.row, one.examples[0].before) == (2, 4, "ก | 1")


def test_headers_that_come_back_and_page_numbers_are_no_repeated_rows(tmp_path):
    table = {"วัด": ["ก", "วัด", "วัด", None, None], "ตำบล": ["1", "ตำบล", "ตำบล", "0", "0"]}
    assert "table-duplicate-rows" not in codes(_findings(tmp_path, table))


def test_a_code_tells_rows_apart(tmp_path):
    table = {"รหัสโรงเรียน": ["4801", "4802", "4803"], "ชื่อ": ["ก", "ก", "ข"]}
    assert keys(*_table(tmp_path, table))[0] == ("รหัสโรงเรียน",)


def test_two_columns_tell_rows_apart_where_none_does_alone(tmp_path):
    table = {
        "ปี": ["2565", "2565", "2566", "2566"], "จังหวัด": ["ตราด", "ระยอง"] * 2,
        "จำนวน (คน)": ["5", "6", "7", "8"],
    }  # fmt: skip
    assert keys(*_table(tmp_path, table)) == (("ปี", "จังหวัด"),)


def test_a_key_has_to_tell_rows_apart_once_repaired(tmp_path):
    table = {"รหัสโรงเรียน": ["๑๒", "12", "13"], "ก": ["x", "y", "z"]}
    assert ("รหัสโรงเรียน",) not in keys(*_table(tmp_path, table))


def test_a_column_with_an_empty_cell_is_no_key(tmp_path):
    table = {"รหัส": ["11", "12", ""], "ชื่อ": ["ก", "ก", "ก"]}
    assert keys(*_table(tmp_path, table)) == ()


# ---- sums and pairs

_MALE = [10, 20, 35, 44, 51, 60, 72, 80, 95, 101]
_FEMALE = [11, 19, 30, 41, 55, 61, 70, 85, 90, 100]


def _people(slip=0):
    total = [m + f for m, f in zip(_MALE, _FEMALE, strict=True)]
    total[3] += slip
    return {name: [str(v) for v in values] for name, values in
            (("ชาย", _MALE), ("รวม", total), ("หญิง", _FEMALE))}  # fmt: skip


def test_a_total_and_its_parts_propose_a_rule(tmp_path):
    one = finding(_findings(tmp_path, _people()), "table-sum")
    assert one.problem.field == "รวม"
    assert one.remedies == (
        Remedy("constraint", "rules", {"total": "รวม", "parts": ["ชาย", "หญิง"]}),
    )


def test_a_total_that_is_wrong_in_a_row_is_named_with_both_figures(tmp_path):
    table = {name: values * 5 for name, values in _people().items()}
    table["รวม"][13] = "99"
    table = {name: table[name] for name in ("ชาย", "หญิง", "รวม")}
    one = finding(_findings(tmp_path, table), "table-sum-broken")
    assert (one.count, one.problem.row, one.examples[0].before) == (1, 15, "99 ≠ 85")


def test_parts_beside_their_total_are_found_however_many(tmp_path):
    table = {f"ส่วน {at}": [str(v * at + 1) for v in _MALE] for at in range(1, 6)}
    table["ทั้งหมด"] = [str(sum(v * at + 1 for at in range(1, 6))) for v in _MALE]
    one = finding(_findings(tmp_path, table), "table-sum")
    assert one.problem.params["parts"] == "ส่วน 1 + ส่วน 2 + ส่วน 3 + ส่วน 4 + ส่วน 5"


def test_columns_of_zeros_make_no_sum(tmp_path):
    table = {"ก": ["0"] * 10, "ข": ["5", "6"] * 5, "ค": ["5", "6"] * 5}
    assert "table-sum" not in codes(_findings(tmp_path, table))


def test_code_and_name_that_go_together_are_told(tmp_path):
    table = {"รหัสภาค": ["01", "02", "03"] * 3, "ชื่อภาค": ["เหนือ", "ใต้", "กลาง"] * 3}
    one = finding(_findings(tmp_path, table), "table-pair")
    assert (one.count, one.problem.params["other"]) == (3, "ชื่อภาค")


def test_a_code_with_another_name_in_few_rows_is_told_with_the_row(tmp_path):
    table = {"รหัสภาค": ["01", "02", "03"] * 30, "ชื่อภาค": ["เหนือ", "ใต้", "กลาง"] * 30}
    table["ชื่อภาค"][40] = "กลาง"
    one = finding(_findings(tmp_path, table), "table-pair-broken")
    assert (one.count, one.problem.row, one.problem.params["example"]) == (1, 42, "02 | กลาง")


# ---- places and positions


def test_a_district_is_written_as_the_province_beside_it_tells(tmp_path):
    table = {"จังหวัด": ["นครพนม", "สกลนคร"], "อำเภอ": ["อ.เมือง", "เมืองสกลนคร"]}
    one = finding(_findings(tmp_path, table), "places-within")
    assert (one.count, one.examples[0].before, one.examples[0].after) == (
        1, "อ.เมือง", "เมืองนครพนม",
    )  # fmt: skip
    assert one.remedies[0].value == {"level": "district", "to": "name", "within": ["จังหวัด"]}


def test_a_district_of_another_province_is_named(tmp_path):
    table = {"จังหวัด": ["นครพนม"] * 6, "อำเภอ": [*["ธาตุพนม", "นาแก"] * 2, "ท่าอุเทน", "พังโคน"]}
    one = finding(_findings(tmp_path, table), "places-outside-parent")
    assert (one.count, one.problem.row, one.problem.value) == (1, 7, "พังโคน | นครพนม")


def test_a_name_that_two_places_of_the_district_have_is_not_astray(tmp_path):
    table = {"จังหวัด": ["กรุงเทพมหานคร"] * 3, "ตำบล": ["บางจาก", "บางนา", "คลองตัน"]}
    assert "places-outside-parent" not in codes(_findings(tmp_path, table))


_LAT, _LON = ["17.41", "17.52", "17.63"], ["104.78", "104.71", "104.65"]


@pytest.mark.parametrize(
    ("lat", "lon", "code", "level", "point"),
    [
        (_LAT, _LON, "coordinates-pair", Level.NOTE, {"lat": "lat", "lon": "lon"}),
        (_LON, _LAT, "coordinates-swapped", Level.WARNING, {"lat": "lon", "lon": "lat"}),
        (["17°24'36\"N"] * 3, ["104°46'48\"E"] * 3, "coordinates-pair", Level.NOTE,
         {"lat": "lat", "lon": "lon"}),
    ],
)  # fmt: skip
def test_two_columns_make_a_point(tmp_path, lat, lon, code, level, point):
    one = finding(_findings(tmp_path, {"lat": lat, "lon": lon}), code)
    assert (one.problem.level, one.count) == (level, 3)
    assert one.remedies == (Remedy("rows", "point", point),)


def test_positions_swapped_in_some_rows_stop_with_the_rows(tmp_path):
    table = {"lat": [*_LAT, "104.7"], "lon": [*_LON, "17.4"]}
    one = finding(_findings(tmp_path, table), "coordinates-swapped-rows")
    assert (one.problem.level, one.count, one.problem.row) == (Level.ERROR, 1, 5)
    assert (one.examples[0].before, one.examples[0].after) == ("104.7 | 17.4", "17.4 | 104.7")


def test_metres_ask_for_zone_and_datum(tmp_path):
    table = {"พิกัด X": ["452310", "452410"], "พิกัด Y": ["1925310", "1925410"]}
    question = finding(_findings(tmp_path, table), "coordinates-metres").question
    by_name = {choice.name: choice.remedies for choice in question.choices}
    assert question.likely is None
    assert by_name["indian1975-48"][0].value == {
        "lat": "พิกัด Y", "lon": "พิกัด X", "crs": "EPSG:24048",
    }  # fmt: skip


# ---- wide tables


def test_years_across_the_header_are_a_wide_table(tmp_path):
    table = {"จังหวัด": ["ตราด"], "2564": ["1"], "2565": ["2"], "2566": ["3"]}
    one = finding(_findings(tmp_path, table), "table-wide")
    assert (one.count, one.problem.params["first"], one.problem.params["last"]) == (
        3, "2564", "2566",
    )  # fmt: skip


def test_months_across_a_stacked_header_are_a_wide_table(tmp_path):
    table = {"ปี": ["2560"], "ราคา / ม.ค.": ["1"], "ราคา / ก.พ.": ["2"], "ราคา / มี.ค.": ["3"]}
    assert finding(_findings(tmp_path, table), "table-wide").count == 3


def test_an_empty_table_says_nothing(tmp_path):
    found, diagnoses, path = _table(tmp_path, {"ก": []})
    assert examine(found, diagnoses, path) == ()
    assert keys(found, diagnoses, path) == ()
