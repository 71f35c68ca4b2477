"""Names made of Thai labels: readable, unique, and the same wherever they are made."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.names import check_name
from flows.doctor.naming import (
    ALIAS_MAX,
    NAME_MAX,
    aliases,
    column_names,
    free_name,
    name_of,
    title_of,
    titles,
)

LABELS = st.text(
    st.one_of(
        st.characters(min_codepoint=0x0E01, max_codepoint=0x0E5B),
        st.sampled_from("abAB09 _-/().[]*\n\u200b\u00a0²"),
    ),
    max_size=80,
)


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("จังหวัด", "province"),
        ("จำนวนเกษตรกร", "farmers"),
        ("เนื้อที่เก็บเกี่ยว / (ไร่)", "harvested_area_rai"),
        ("รวมโคเนื้อ พื้นเมือง (ตัว)", "total_beef_native_head"),
        ("PROV_ID", "prov_id"),
        ("complainAll_action", "complain_all_action"),
        ("ISO[7]", "iso"),
        ("Area (km²)[2]", "area_km2"),
        ("๒๕๖๐", "y2560"),
        ("๑", "n1"),
        ("ม.ค.", "jan"),
        ("ศาลากลาง", "salaklang"),
        ("MWQI ", "mwqi"),
        ("", "field"),
        ("***", "field"),
    ],
)
def test_a_label_gives_a_readable_name(label, name):
    assert name_of(label) == name


def test_a_unit_in_brackets_is_left_out_unless_it_tells_columns_apart():
    labels = ["ผลผลิต (ตัน)", "ผลผลิต (กก.)", "ราคา (บาท)"]
    assert column_names(labels, [None] * 3) == ("production", "production_kg", "price")


def test_a_meaning_names_the_one_column_that_has_it():
    labels = ["สถานที่เลี้ยงสัตว์ จังหวัด", "ปีที่เริ่ม", "ปีที่เลิก"]
    assert column_names(labels, ["province", "year", "year"])[0] == "province"
    assert len(set(column_names(labels, ["province", "year", "year"]))) == 3


def test_labels_that_come_to_one_name_are_numbered():
    assert column_names(["เฉลี่ย", "เฉลี่ย", "เฉลี่ย***"], [None] * 3) == (
        "average", "average_2", "average_3",
    )  # fmt: skip


def test_a_long_name_is_cut_between_words_and_stays_unique():
    labels = [f"เกษตรกรผู้เลี้ยงไก่ พ่อ-แม่ พันธุ์ ผลิตลูกไก่เนื้อ ตั้งท้องแรกขึ้นไป {at}" for at in "กข"]
    names = column_names(labels, [None, None])
    assert len(set(names)) == 2
    assert all(len(name) <= NAME_MAX for name in names)


@given(st.lists(LABELS, min_size=1, max_size=12))
def test_every_label_gives_a_name_of_the_grammar_and_none_twice(labels):
    names = column_names(labels, [None] * len(labels))
    assert [check_name(name) for name in names] == list(names)
    assert len(set(names)) == len(names)
    assert names == column_names(labels, [None] * len(labels))


@given(st.lists(LABELS, min_size=1, max_size=40))
def test_every_alias_fits_a_dbf_and_none_stands_twice(labels):
    found = aliases(column_names(labels, [None] * len(labels)))
    assert all(0 < len(a) <= ALIAS_MAX and a.isascii() and a[0].isalpha() for a in found)
    assert len({alias.upper() for alias in found}) == len(found)


def test_another_process_gives_the_same_names():
    code = "from flows.doctor.naming import name_of; print(name_of('แรงงานต่างด้าวที่ขึ้นทะเบียน (คน)'))"
    runs = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True,
            env={"PYTHONHASHSEED": seed, "PATH": ""},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(runs) == 1
    assert runs.pop().strip() == name_of("แรงงานต่างด้าวที่ขึ้นทะเบียน (คน)")


def test_a_name_avoids_those_that_are_taken():
    assert free_name("ตลาด", ["market"]) == "market_2"


def test_titles_are_one_line_without_footnote_marks():
    assert title_of("จำนวน\n สมาชิก***") == "จำนวน สมาชิก"
    assert titles("ปี***", "year") == ("ปี", "Year")


def test_an_english_header_gets_thai_words_where_its_meaning_is_known():
    assert titles("province", "province") == ("จังหวัด", "Province")
    assert titles("PROV_NAME", None) == ("PROV_NAME", "Prov name")
    assert titles("Sea conditions", None) == ("Sea conditions", "Sea conditions")


def test_nobody_guesses_the_english_of_a_thai_header():
    assert titles("รวมโคเนื้อ พื้นเมือง (ตัว)", None) == ("รวมโคเนื้อ พื้นเมือง (ตัว)", None)
