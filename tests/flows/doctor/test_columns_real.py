"""Real files of Thai offices: what their description says is wrong is found, counted and mended.

Counts are those of ``SOURCES.md`` beside the files, which took them from bytes and cells.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from catalog.registry import variant
from flows.doctor import Diagnosis
from flows.doctor.columns import columns, diagnose
from flows.doctor.examine import Desk, examine
from flows.doctor.table import examine as examine_table
from flows.doctor.table import keys
from flows.sources import Shelf
from tests.flows.doctor.columns_kit import (
    chosen_answers,
    finding,
    laid_aside,
    questions,
    strangers,
)

_NAMELESS = {"temples-kalasin.csv": {"header": 0, "names": ["name"]}}


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    """Columns, diagnoses and staged table of a file, made once."""
    shared = Path(__file__).parents[3] / ".." / "shared" / "data" / "real"
    if not shared.is_dir():
        pytest.skip("reference data (../shared) is not there")

    @cache
    def load(name: str):
        folder = tmp_path_factory.mktemp("real")
        source = variant("flows.sources", "csv")
        options = source.Options.model_validate({"path": name, **_NAMELESS.get(name, {})})
        shelf = Shelf(shared, folder / "evidence", None, lambda: datetime.now(UTC), 10**9)
        raw = source.read(source.pull(options, shelf), options)
        staged = laid_aside(raw, folder / "t.parquet")
        found = columns(staged, raw.columns, raw.geometry)
        return found, tuple(diagnose(column) for column in found), staged

    return load


def _of(loaded, label: str) -> Diagnosis:
    [found] = [d for d in loaded[1] if d.column.label == label]
    return found


def _total(loaded, code: str) -> int:
    return sum(item.count for d in loaded[1] for item in d.findings if item.problem.code == code)


_CSV = (
    "dld-livestock-by-tambon.csv", "dopa-population-2565-12.csv",
    "election-2562-constituency-areas.csv", "marine-quality-2566-round1.csv",
    "mots-tourism-by-province-2563-2565.csv", "oncb-complaints-by-province.csv",
    "province-name-variants.csv", "schools-pathum-thani.csv", "temples-kalasin.csv",
)  # fmt: skip


@pytest.mark.parametrize("name", _CSV)
def test_types_hold_for_every_value_once_what_is_asked_is_answered(real, name):
    for found in real(name)[1]:
        asked = {item.problem.code for item in questions(found)}
        gone = {item.problem.code for item in found.findings} & {"cells-header"}
        if gone or "cells-below-detection" in asked:
            continue  # rows that go, and cells that a repair of rows empties
        answers = [item.question.likely or item.question.choices[0].name
                   for item in questions(found)]  # fmt: skip
        assert strangers(chosen_answers(found, *answers)) == [], found.column.label


def test_livestock_has_commas_units_and_districts_with_khet(real):
    loaded = real("dld-livestock-by-tambon.csv")
    assert _total(loaded, "cells-thousands") == 422
    assert {d.type for d in loaded[1][5:]} == {"integer", "number"}
    assert not [d for d in loaded[1] if d.type == "year"]  # 2567 at line 118 is a count
    assert _of(loaded, "โคเนื้อ พื้นเมือง เพศผู้ (ตัว)").properties["unit"] == "ตัว"
    findings = examine_table(*loaded)
    khet = finding([f for f in findings if "อำเภอ" in (f.problem.field or "")], "places-within")
    assert khet.examples[0].before.startswith("เขต")
    sums = {f.problem.field for f in findings if f.problem.code == "table-sum"}
    assert {"รวมโคเนื้อ พื้นเมือง (ตัว)", "รวมกระบือ นม (ตัว)"} <= sums


def test_sea_water_has_limits_of_detection_lists_and_dashes(real):
    loaded = real("marine-quality-2566-round1.csv")
    assert _total(loaded, "cells-below-detection") == 253
    assert _total(loaded, "cells-missing") == 5
    assert _total(loaded, "cells-lines") == 3
    assert finding(_of(loaded, "Color"), "cells-lines").problem.row == 92
    assert finding(_of(loaded, "Sampling depth"), "cells-list").count == 69 + 8  # «,», «และ»
    assert finding(_of(loaded, "Sea conditions"), "values-alike").examples[0].after == "คลื่นจัด"
    assert keys(*loaded) == ()


def test_constituencies_have_thai_digits_wrapped_lines_and_headers_again(real):
    loaded = real("election-2562-constituency-areas.csv")
    assert _total(loaded, "cells-mixed-digits") + _total(loaded, "text-thai-digits") == 368
    assert _total(loaded, "cells-lines") == 508 - 4  # the header has four itself
    assert {f.count for d in loaded[1] for f in d.findings if f.problem.code == "cells-header"} == {
        70
    }
    assert _of(loaded, "จำนวน\n เขตเลือกตั้ง").type == "integer"
    torn = finding(_of(loaded, "ท้องที่ที่ประกอบ\n เป็นเขตเลือกตั้ง"), "thai-slid-marks")
    [example] = [e for e in torn.examples if e.before.startswith("ตา บลแพง")]
    assert example.after.startswith("ตำบลแพง ตำบลหนองเหล็ก")


def test_spellings_of_provinces_show_each_kind_of_damage_at_its_row(real):
    loaded = real("province-name-variants.csv")
    names = _of(loaded, "Alt_names")
    row = {code: finding(names, code).problem.row for code in (
        "thai-nikhahit", "cells-spaces", "cells-hidden")}  # fmt: skip
    assert row == {"thai-nikhahit": 20, "cells-spaces": 60, "cells-hidden": 65}
    assert finding(names, "thai-space-aa").count == 6
    assert finding(names, "thai-order").count == 5
    odd = finding(_of(loaded, "district_num"), "cells-odd")
    assert [example.before for example in odd.examples] == ["Prison", "Unknown"]
    assert _of(loaded, "ISO[7]").properties["title"] == "ISO"
    assert _of(loaded, "HS[6]").repairs == ()


def test_tourism_has_buddhist_years_and_a_key_of_three(real):
    loaded = real("mots-tourism-by-province-2563-2565.csv")
    years = finding(_of(loaded, "year"), "years-buddhist")
    assert [(e.row, e.before, e.after) for e in years.examples] == [
        (2, "2563", "2020"), (926, "2564", "2021"), (1850, "2565", "2022"),
    ]  # fmt: skip
    assert sum(d.column.empty for d in loaded[1]) == 3
    assert {"year", "month", "province"} in map(set, keys(*loaded))


def test_schools_have_one_nikhahit_one_wrapped_name_and_empty_levels(real):
    loaded = real("schools-pathum-thani.csv")
    name = finding(_of(loaded, "name"), "thai-nikhahit")
    assert (name.count, name.problem.row) == (1, 116)
    assert finding(_of(loaded, "name"), "cells-lines").problem.row == 320
    assert _of(loaded, "level").column.empty == 5
    assert (_of(loaded, "subDistrict").means, _of(loaded, "province").means) == (
        "subdistrict", "province",
    )  # fmt: skip


def test_complaints_keep_their_zeros_and_show_sums_that_are_wrong(real):
    loaded = real("oncb-complaints-by-province.csv")
    assert _of(loaded, "REG_ONCB").constraints == {"pattern": "[0-9]{2}"}
    assert _of(loaded, "budget_year").type == "year"
    findings = examine_table(*loaded)
    wrong = finding([f for f in findings if f.problem.field == "complainAll"], "table-sum-broken")
    assert (wrong.count, wrong.problem.row, wrong.examples[0].before) == (2, 157, "502 ≠ 501")
    pair = finding([f for f in findings if f.problem.field == "PROV_ID"], "table-pair")
    assert (pair.count, pair.problem.params["other"]) == (77, "PROV_NAME")


def test_population_has_packed_months_blank_columns_and_a_wrong_header(real):
    loaded = real("dopa-population-2565-12.csv")
    assert _total(loaded, "cells-blank") == 3000
    packed = finding(_of(loaded, "lsyymm"), "years-two-digits")
    assert (packed.examples[0].before, packed.examples[0].after) == ("6512", "2022-12")
    place = finding(_of(loaded, "province"), "places-spelling")
    assert (place.examples[0].before, place.examples[0].after) == (
        "จังหวัดสมุทรปราการ", "สมุทรปราการ",
    )  # fmt: skip
    assert _of(loaded, "district").means == "subdistrict"
    total = finding(examine_table(*loaded), "table-sum")
    assert total.problem.params["parts"] == "male + female"


def test_temples_repeat_48_names(real):
    loaded = real("temples-kalasin.csv")
    assert finding(examine_table(*loaded), "table-duplicate-rows").count == 48


def test_monthly_prices_have_future_months_of_zero_and_a_stale_crop_year(shared, tmp_path):
    desk = Desk(tmp_path, lambda: datetime(2026, 11, 20, tzinfo=UTC), 10**9)
    path = shared / "data" / "real" / "oae-paddy-monthly-prices-2527-2560.xls"
    [first, *_] = examine(path, desk).tables
    by_label = {d.column.label.strip(): d for d in first.diagnoses}
    zero = finding(by_label["ธ.ค."], "cells-zero")
    assert (zero.count, zero.problem.row, zero.question.likely) == (1, 39, "missing")
    spans = next(d for d in first.diagnoses if d.column.label.endswith("/ ปีเพาะปลูก"))
    assert finding(spans, "years-span").examples[0].after == "1984/1985"
    odd = finding(spans, "years-span-odd")
    assert "2546/51" in {example.before for example in odd.examples}
