from __future__ import annotations

import csv

import pyarrow as pa
import pytest

from flows.repairs import place
from flows.repairs._places import places


@pytest.mark.parametrize(
    "written",
    ["นครพนม", "จังหวัดนครพนม", "จ.นครพนม", "จ. นครพนม", "Nakhon Phanom", "NAKHON PHANOM",
     "Nakhon Phanom Province", "48", "TH-48", "นพ.", " นครพนม "],
)  # fmt: skip
def test_every_spelling_of_a_province_has_its_tis_1099_code(mend, written):
    assert mend("place", [written]) == ["48"]


@pytest.mark.parametrize(
    ("torn", "code"),
    [
        ("กรงุเทพมหานคร", "10"),
        ("ก าแพงเพชร", "62"),
        ("หนองบวัลำภู", "39"),
        ("อ ำนำจเจรญ", "37"),
        ("กทม.", "10"),
    ],
)
def test_spellings_met_in_real_documents_are_known(mend, torn, code):
    assert mend("place", [torn]) == [code]


def test_places_can_be_written_as_names_and_iso_codes(mend):
    assert mend("place", ["จ.บึงกาฬ", "38"], to="iso") == ["TH-38", "TH-38"]
    assert mend("place", ["TH-38", "Bueng Kan"], to="name") == ["บึงกาฬ", "บึงกาฬ"]
    assert mend("place", ["บึงกาฬ"], to="name_en") == ["Bueng Kan"]
    assert mend("place", ["ธาตุพนม"], level="district", to="iso") == ["TH-4805"]


@pytest.mark.parametrize(
    "unknown", ["ยานนาวา", "ปรมิณฑล", "เรือนจำฯ", "Ubon Thani", "ไม่ระบุ", "99", ""]
)
def test_what_is_no_province_stays(mend, unknown):
    assert mend("place", [unknown, None]) == [unknown, None]


def test_name_of_several_districts_stays_without_its_province(mend):
    cells = ["อ.เมือง", "เฉลิมพระเกียรติ", "อำเภอธาตุพนม", "เขตพระนคร"]

    assert mend("place", cells, level="district") == ["อ.เมือง", "เฉลิมพระเกียรติ", "4805", "1001"]
    assert mend("place", cells, level="district", inside="48") == [
        "4801", "เฉลิมพระเกียรติ", "4805", "เขตพระนคร",
    ]  # fmt: skip


def test_column_beside_says_which_one_is_meant(mend):
    districts = ["เมือง", "เฉลิมพระเกียรติ", "เฉลิมพระเกียรติ", "เมือง", "บางกะปิ"]
    provinces = ["นครพนม", "จ.สระบุรี", "น่าน", None, "นครพนม"]

    found = mend("place", districts, [provinces], level="district", within="province")

    assert found == ["4801", "1913", "5515", "เมือง", "บางกะปิ"]


def test_sub_districts_lie_within_province_and_district(mend):
    found = mend(
        "place", ["ในเมือง", "ต.ในเมือง"], [["นครพนม", "ขอนแก่น"], ["เมือง", "เมืองขอนแก่น"]],
        level="subdistrict", within=["province", "district"],
    )  # fmt: skip

    assert found == ["480101", "400101"]
    assert mend("place", ["ในเมือง"], [["นครพนม"]], level="subdistrict", within="province") == [
        "480101"
    ]


def test_options_that_make_no_sense_are_refused():
    with pytest.raises(ValueError, match="within 0 others"):
        place.Options(level="province", within="region")
    with pytest.raises(ValueError, match="does not lie inside"):
        place.Options(level="district", inside="4801")


@pytest.mark.parametrize(
    ("level", "count", "digits"),
    [("province", 77, 2), ("district", 929, 4), ("subdistrict", 7451, 6)],
)
def test_every_place_is_found_by_code_and_inside_the_place_above(mend, level, count, digits):
    gazetteer = places(level)
    codes, names = gazetteer.codes.to_pylist(), gazetteer.th.to_pylist()

    assert len(set(codes)) == count
    assert {len(code) for code in codes} == {digits}
    assert mend("place", codes, level=level) == codes
    assert mend("place", codes, level=level, to="name") == names
    if level != "province":
        above = [[code[:2] for code in codes], [code[:4] for code in codes]][: digits // 2 - 1]
        within = ["province", "district"][: digits // 2 - 1]
        assert mend("place", names, above, level=level, within=within) == codes


def test_codes_are_those_of_the_source_and_not_its_running_numbers(shared):
    with (shared / "data" / "districts.csv").open(encoding="utf-8") as file:
        districts = {row["id"]: row for row in csv.DictReader(file)}
    with (shared / "data" / "provinces.csv").open(encoding="utf-8") as file:
        provinces = {row["id"]: row["name_th"] for row in csv.DictReader(file)}
    ours = dict(
        zip(places("province").codes.to_pylist(), places("province").th.to_pylist(), strict=True)
    )

    assert ours == {code[:2]: provinces[row["province_id"]] for code, row in districts.items()}
    assert set(places("district").codes.to_pylist()) == set(districts)


def test_spellings_of_the_real_list_lead_to_their_province(mend, shared):
    with (shared / "data" / "real" / "province-name-variants.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["ISO[7]"]]

    for column in ("Name", "Name(in Thai)", "ISO[7]", "HS[6]"):
        found = mend("place", [row[column] for row in rows], to="iso")
        assert found == [row["ISO[7]"] for row in rows]


def test_real_tables_get_all_of_their_codes(mend, shared):
    with (shared / "data" / "real" / "dopa-population-2565-12.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    provinces = [
        cell
        for cell in {value for row in rows for value in row.values()}
        if cell.startswith("จังหวัด")
    ]

    assert len(provinces) >= 5
    assert all(code.isdigit() for code in mend("place", provinces))


def test_clean_districts_beside_their_provinces_come_back_as_the_same_object():
    from flows.repairs import place

    options = place.Options(level="district", within="province")
    provinces = pa.array(["48", "48", None, "47"] * 3)
    districts = pa.array(["4801", "4805", "", None] * 3)

    assert place.repair(districts, options, None, provinces) is districts


def test_each_row_keeps_the_place_that_its_own_province_gives(mend):
    provinces = ["สระบุรี", "น่าน", "สระบุรี", None, "น่าน"] * 50
    districts = ["เฉลิมพระเกียรติ"] * 250

    found = mend("place", districts, [provinces], level="district", within="province")

    assert found == ["1913", "5515", "1913", "เฉลิมพระเกียรติ", "5515"] * 50
