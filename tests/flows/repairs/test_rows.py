"""Repairs of whole tables."""

from __future__ import annotations

import csv

import pytest

from catalog.problem import Rejected
from flows.repairs import drop_rows, drop_total_rows, point, unpivot


def test_blank_rows_go_and_are_told(mend_rows, table):
    rows, told = mend_rows(
        "drop_blank_rows", table({"a": ["1", " \u00a0", None, "2"], "b": ["x", "", "\u200b", None]})
    )

    assert rows == {"_row": [2, 5], "a": ["1", "2"], "b": ["x", None]}
    assert [(what, positions) for what, positions, *_ in told] == [
        ("rows-blank", [3]),
        ("rows-blank", [4]),
    ]


def test_header_lines_inside_the_data_go(mend_rows, table):
    columns = {"no": ["1", "ที่", "2", "ที่"], "name": ["ก", "ชื่อ\n หน่วยงาน", "ข", None]}

    rows, told = mend_rows("drop_repeated_headers", table(columns, no="ที่", name="ชื่อ หน่วยงาน"))

    assert rows["no"] == ["1", "2", "ที่"]  # one cell of two is not a header line
    assert told == [("rows-header", [3], "ที่ | ชื่อ\n หน่วยงาน", True)]


def test_lines_of_a_stacked_header_go_one_by_one(mend_rows, table):
    columns = {"a": ["พื้นที่", "ไร่", "5"], "b": ["ผลผลิต", "ตัน", "6"]}

    rows, _ = mend_rows("drop_repeated_headers", table(columns, a="พื้นที่ / ไร่", b="ผลผลิต / ตัน"))

    assert rows["a"] == ["5"]


def test_notes_go_by_what_they_say(mend_rows, table):
    columns = {"a": ["นครพนม", "ที่มา : สำนักงานจังหวัด", " หมายเหตุ", "ที่มาก"]}

    rows, told = mend_rows(
        "drop_rows", table(columns), column="a", equals=["หมายเหตุ"], starts_with=["ที่มา :"]
    )

    assert rows["a"] == ["นครพนม", "ที่มาก"]
    assert [positions for _, positions, *_ in told] == [[3], [4]]


def test_cells_below_a_merged_one_take_its_value_across_batches(mend_rows, table):
    columns = {"a": [None, "ก", "", None, " ", "ข", None], "b": ["1", "", "3", "4", "5", "6", "7"]}

    rows, told = mend_rows("fill_down", table(columns), columns=["a"])

    assert rows["a"] == [None, "ก", "ก", "ก", "ก", "ข", "ข"]
    assert rows["b"] == columns["b"]
    assert sum(len(positions) for _, positions, *_ in told) == 4


def test_total_that_is_the_sum_goes(mend_rows, table):
    columns = {
        "a": ["นครพนม", "มุกดาหาร", "รวมทั้งสิ้น"],
        "n": ["1,200", "๓๔", "1,234"],
        "m": ["1.5", "2", "3.5"],
    }

    rows, told = mend_rows("drop_total_rows", table(columns))

    assert rows["a"] == ["นครพนม", "มุกดาหาร"]
    assert told == [("rows-total", [4], "รวมทั้งสิ้น | 1,234 | 3.5", True)]


def test_last_row_that_is_not_the_sum_stays_and_a_note_tells(mend_rows, table):
    columns = {"a": ["1", "2", "รวม"], "full": ["100", "200", "300"], "award": ["60", "70", "50"]}

    rows, told = mend_rows("drop_total_rows", table(columns))

    assert rows["a"] == ["1", "2", "รวม"]
    assert [(what, positions, changed) for what, positions, _, changed in told] == [
        ("total-row-kept", [4], False)
    ]
    assert mend_rows("drop_total_rows", table(columns), sums=["full"])[0]["a"] == ["1", "2"]


def test_subtotals_stay_and_do_not_count_towards_the_total(mend_rows, table):
    columns = {
        "a": ["ก", "ข", "รวมภาคเหนือ", "ค", "รวมภาคใต้", "", "รวมทั้งประเทศ"],
        "n": ["1", "2", "3", "4", "4", "", "7"],
    }

    rows, told = mend_rows("drop_total_rows", table(columns))

    assert rows["a"] == ["ก", "ข", "รวมภาคเหนือ", "ค", "รวมภาคใต้", ""]
    assert [(what, positions) for what, positions, *_ in told] == [
        ("rows-total", [8]),
        ("total-row-kept", [6]),
    ]


def test_last_row_without_the_word_is_data(mend_rows, table):
    columns = {"a": ["ก", "ข", "ค"], "n": ["1", "2", "3"]}

    rows, told = mend_rows("drop_total_rows", table(columns))

    assert rows["n"] == ["1", "2", "3"]
    assert told == []


def test_rounded_totals_need_a_tolerance(mend_rows, table):
    columns = {"a": ["ก", "ข", "รวม"], "n": ["33.33", "66.66", "100"]}

    assert mend_rows("drop_total_rows", table(columns))[0]["a"][-1] == "รวม"
    assert mend_rows("drop_total_rows", table(columns), tolerance=0.05)[0]["a"] == ["ก", "ข"]


def test_point_is_longitude_then_latitude(mend_rows, table):
    columns = {"lat": ["17.41", "๑๗.๕", "", "n/a"], "lon": [" 104.78", "104", "104", "105"]}

    rows, told = mend_rows("point", table(columns), lat="lat", lon="lon", to="place")

    assert rows["place"] == ["104.78,17.41", "104,17.5", None, "105,n/a"]
    assert rows["lat"] == columns["lat"]
    assert sum(len(positions) for _, positions, *_ in told) == 3


def test_swapped_coordinates_stop_with_their_rows(mend_rows, table):
    columns = {"lat": ["17.41", "104.5", "103"], "lon": ["104.78", "17.2", "16"]}

    with pytest.raises(Rejected) as stopped:
        mend_rows("point", table(columns, size=9), lat="lat", lon="lon")

    assert [(p.code, p.row, p.value) for p in stopped.value.problems] == [
        ("point-swapped", 3, "104.5"),
        ("point-swapped", 4, "103"),
    ]


def test_wide_table_becomes_long_row_by_row(mend_rows, table):
    columns = {"province": ["นครพนม", "สกลนคร"], "2566": ["1", "3"], "2567": ["2", None]}

    rows, told = mend_rows(
        "unpivot", table(columns), columns={"2566": "2023", "2567": "2024"}, name="year", value="n"
    )

    assert rows == {
        "_row": [2, 2, 3, 3],
        "province": ["นครพนม", "นครพนม", "สกลนคร", "สกลนคร"],
        "year": ["2023", "2024", "2023", "2024"],
        "n": ["1", "2", "3", None],
    }
    assert [positions for _, positions, *_ in told] == [[2, 3]]


def test_empty_cells_of_a_wide_table_can_be_left_out(mend_rows, table):
    columns = {"a": ["x"], "1": [" "], "2": ["5"]}

    rows, _ = mend_rows(
        "unpivot", table(columns), columns=["1", "2"], name="k", value="v", drop_blank=True
    )

    assert rows == {"_row": [2], "a": ["x"], "k": ["2"], "v": ["5"]}


@pytest.mark.parametrize(
    ("module", "options"),
    [
        (drop_rows, {"column": "ชื่อ", "equals": ["x"]}),
        (drop_total_rows, {"sums": ["ชื่อ"]}),
        (point, {"lat": "ชื่อ", "lon": "a"}),
        (unpivot, {"columns": ["ชื่อ"], "name": "k", "value": "v"}),
    ],
)
def test_column_that_is_not_there_is_named_with_the_nearest(module, options):
    with pytest.raises(Rejected) as stopped:
        module.columns(["a", "ชื่อง"], module.Options(**options))

    (problem,) = stopped.value.problems
    assert (problem.code, problem.field, problem.params["nearest"]) == (
        "repair-column",
        "ชื่อ",
        "ชื่อง",
    )


def test_real_header_that_comes_back_70_times_is_found_70_times(mend_rows, table, shared):
    with (shared / "data" / "real" / "election-2562-constituency-areas.csv").open(
        encoding="utf-8"
    ) as file:
        header, *lines = csv.reader(file)
    names = [f"c{i}" for i in range(len(header))]
    columns = {name: [line[i] for line in lines] for i, name in enumerate(names)}

    rows, told = mend_rows(
        "drop_repeated_headers",
        table(columns, size=100, **dict(zip(names, header, strict=True))),
    )

    assert sum(len(positions) for _, positions, *_ in told) == 70
    assert len(rows["_row"]) == len(lines) - 70


def test_columns_are_joined_and_half_a_date_is_none(mend_rows, table):
    columns = {"m": ["มกราคม ", "กุมภาพันธ์", None], "y": ["2563", " ", "2564"]}

    rows, told = mend_rows("join", table(columns), columns=["m", "y"], to="period")

    assert rows["period"] == ["มกราคม 2563", None, None]
    assert rows["m"] == columns["m"]
    assert told == [("rows-joined", [2], "มกราคม 2563", True)]


def test_values_below_detection_are_emptied_or_told_apart(mend_rows, table):
    columns = {"lead": ["< 1.8", "2.5", "<0.500", "ND", "≥ 9", None]}

    emptied, told = mend_rows("below_detection", table(columns, size=9), columns=["lead"])
    split, _ = mend_rows(
        "below_detection", table(columns), columns=["lead"], value="limit",
        flags={"lead": "lead_flag"}, words=["ND"],
    )  # fmt: skip

    assert emptied["lead"] == [None, "2.5", None, "ND", None, None]
    assert told == [("rows-below-detection", [2, 4, 6], "< 1.8", True)]
    assert split["lead"] == ["1.8", "2.5", "0.500", None, "9", None]
    assert split["lead_flag"] == ["<", None, "<", "ND", "≥", None]


def test_limit_without_a_flag_cannot_be_declared():
    from flows.repairs import below_detection

    with pytest.raises(ValueError, match="flag column"):
        below_detection.Options(columns=["lead"], value="limit")


def test_degrees_with_minutes_become_a_point(mend_rows, table):
    columns = {
        "lat": ["17° 24' 39.2\" N", "๑๗ องศา ๒๔ ลิปดา ๓๙.๒ ฟิลิปดา", "17-24-39.2", "17° 75' N"],
        "lon": ["104°46'12.5\"E", "104 46 12.5", "E 104 46.2083333", "104.5"],
    }

    rows, _ = mend_rows("point", table(columns), lat="lat", lon="lon")

    assert rows["point"][:3] == ["104.7701389,17.4108889"] * 3
    assert rows["point"][3] == "104.5,17° 75' N"


def test_metres_of_a_zone_become_a_point_and_stop_without_one(mend_rows, table):
    columns = {"n": ["1925000", "1,925,000"], "e": ["480000", "๔๘๐๐๐๐"]}

    utm, _ = mend_rows("point", table(columns), lat="n", lon="e", crs="EPSG:32648")
    indian, _ = mend_rows("point", table(columns), lat="n", lon="e", crs="EPSG:24048")
    with pytest.raises(Rejected) as stopped:
        mend_rows("point", table(columns), lat="n", lon="e")

    assert utm["point"] == ["104.8116917,17.4107048"] * 2
    # EPSG:1304, and not PROJ's own choice, which lies 185 m off.
    assert indian["point"] == ["104.807795,17.4135618"] * 2
    assert [(p.code, p.row) for p in stopped.value.problems] == [
        ("point-metres", 2),
        ("point-metres", 3),
    ]
