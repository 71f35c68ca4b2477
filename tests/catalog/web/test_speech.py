"""Dates, numbers, cuts and order as Thai readers expect them."""

from __future__ import annotations

import csv
import unicodedata
from datetime import UTC, date, datetime
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.schema import SchemaField
from catalog.web import speech
from catalog.web.cells import cell, heading, language_of, unit_of


def _provinces() -> list[str]:
    text = (files("catalog") / "data" / "places" / "provinces.csv").read_text("utf-8")
    return [row["name_th"] for row in csv.DictReader(text.splitlines())]


@pytest.mark.parametrize(
    ("when", "th", "en"),
    [
        (date(2026, 11, 20), "20 พ.ย. 2569", "20 Nov 2026"),
        ("2024-02-29", "29 ก.พ. 2567", "29 Feb 2024"),
        (datetime(2026, 12, 31, 18, 0, tzinfo=UTC), "1 ม.ค. 2570", "1 Jan 2027"),
        (None, "—", "—"),
    ],
)
def test_a_date_is_told_in_the_era_and_time_zone_of_the_reader(when, th, en):
    assert (speech.day(when, "th"), speech.day(when, "en")) == (th, en)


@pytest.mark.parametrize(
    ("start", "end", "th", "en"),
    [
        (date(2020, 1, 1), date(2021, 12, 31), "ปี 2563–2564", "of 2020–2021"),
        (date(2021, 1, 1), date(2021, 12, 31), "ปี 2564", "of 2021"),
        (date(2025, 9, 20), date(2025, 9, 20), " ณ 20 ก.ย. 2568", "as of 20 Sep 2025"),
        (date(2019, 2, 21), None, "ตั้งแต่ 21 ก.พ. 2562", "since 21 Feb 2019"),
        (None, date(2021, 9, 30), "ถึง 30 ก.ย. 2564", "until 30 Sep 2021"),
        (date(2007, 10, 1), date(2008, 9, 30), " 1 ต.ค. 2550 ถึง 30 ก.ย. 2551",
         "from 1 Oct 2007 to 30 Sep 2008"),
    ],
)  # fmt: skip
def test_a_period_is_told_in_whole_years_where_it_is_some(start, end, th, en):
    assert (speech.period(start, end, "th"), speech.period(start, end, "en")) == (th, en)


@pytest.mark.parametrize(
    ("text", "th", "en"),
    [
        ("PT4H", "4 ชั่วโมง", "4 hours"),
        ("P1D", "1 วัน", "1 day"),
        ("P1W", "1 สัปดาห์", "1 week"),
        ("P1Y6M", "1 ปี 6 เดือน", "1 year 6 months"),
        ("PT0.5S", "PT0.5S", "PT0.5S"),
        ("P", "P", "P"),
    ],
)
def test_a_duration_is_told_in_words(text, th, en):
    assert (speech.duration(text, "th"), speech.duration(text, "en")) == (th, en)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1234567, "1,234,567"), (2550.0, "2,550"), (0.25, "0.25"), (-1000, "-1,000")],
)
def test_numbers_have_thousands_and_lose_nothing(value, shown):
    assert speech.number(value) == shown


@pytest.mark.parametrize(
    ("octets", "th", "en"),
    [
        (694, "694 ไบต์", "694 bytes"),
        (9_100, "9.1 kB", "9.1 kB"),
        (14_800_000, "14.8 MB", "14.8 MB"),
    ],
)
def test_sizes_are_readable(octets, th, en):
    assert (speech.size(octets, "th"), speech.size(octets, "en")) == (th, en)


def test_text_is_cut_before_a_letter_with_its_vowel_and_tone():
    assert speech.clip("น้ำใจ", 2) == "…", "น้ำ is one cluster and stays whole or goes"
    assert speech.clip("กินน้ำ", 4) == "กิน…"
    assert speech.clip("กี่", 2) == "…"
    assert speech.clip("สั้น", 4) == "สั้น"


def test_latin_words_are_not_cut_in_two():
    assert speech.clip("They come from the boundaries", 24) == "They come from the…"
    assert speech.clip("They come from the boundaries", 18) == "They come from the…"
    assert speech.clip("https://example.go.th/areas", 10) == "https://ex…"


@given(st.text(alphabet="กนใเแ่้ีัำ์a", max_size=40), st.integers(1, 20))
def test_a_cut_never_leaves_the_rest_beginning_inside_a_cluster(text, most):
    cut = speech.clip(text, most)
    if cut != text:
        kept = cut.removesuffix("…")
        assert text.startswith(kept)
        assert len(kept) <= most
        next_letter = text[len(kept)]
        assert not kept or (unicodedata.category(next_letter) != "Mn" and next_letter != "ำ")


def test_provinces_sort_as_pythainlp_sorts_them():
    from pythainlp.util import collate

    names = _provinces()  # by code, as far from the alphabet as can be
    assert len(names) == 77
    assert sorted(names, key=speech.collation()) == collate(list(names))


def test_leading_vowels_sort_after_their_consonant_and_a_word_before_its_longer_kin():
    words = ["แก", "กา", "เก", "ไก่", "ข", "โคกโพธิ์ไชย", "โคกโพธิ์"]
    assert sorted(words, key=speech.collation()) == [
        "กา", "เก", "แก", "ไก่", "ข", "โคกโพธิ์", "โคกโพธิ์ไชย",
    ]  # fmt: skip


def test_runs_of_thai_say_so_on_english_pages_only():
    text = "Open data ของจังหวัด <b> PM2.5"
    assert speech.said(text, "en") == ('Open data <span lang="th">ของจังหวัด</span> &lt;b&gt; PM2.5')
    assert speech.said(text, "th") == "Open data ของจังหวัด &lt;b&gt; PM2.5"


@given(st.text(max_size=60))
def test_marking_runs_loses_and_adds_no_letter(text):
    assert speech.said(text, "en").striptags() == " ".join(
        speech.said(text, "th").striptags().split()
    )


def _field(**more):
    return SchemaField(name="x", **more)


@pytest.mark.parametrize(
    ("field", "value", "th", "en"),
    [
        (_field(type="date"), date(2024, 2, 29), "29 ก.พ. 2567", "29 Feb 2024"),
        (_field(type="year"), 2024, "2567", "2024"),
        (_field(type="yearmonth"), "2026-11", "พ.ย. 2569", "Nov 2026"),
        (_field(type="boolean"), True, "ใช่", "yes"),
        (_field(type="integer"), 12345, "12,345", "12,345"),
        (_field(type="list"), '["ก","ข"]', "ก, ข", "ก, ข"),
        (_field(type="string"), None, "", ""),
        (_field(type="datetime"), datetime(2026, 11, 20, 2, 5, tzinfo=UTC),
         "20 พ.ย. 2569 09:05 น.", "20 Nov 2026 09:05"),
        (_field(type="string", categories=[{"value": "a", "label": "ผล", "label_en": "result"}]),
         "a", "ผล", "result"),
        (_field(type="string", categories=["a"]), "a", "a", "a"),
    ],
)  # fmt: skip
def test_a_cell_speaks_the_language_of_the_page(field, value, th, en):
    assert (cell(value, field, "th"), cell(value, field, "en")) == (th, en)


def test_geometry_is_told_in_words_not_in_bytes():
    import shapely

    field = _field(type="geojson")
    assert (
        cell(shapely.to_wkb(shapely.Point(100.5018, 13.7535)), field, "th") == "13.7535, 100.5018"
    )
    assert cell(shapely.to_wkb(shapely.box(0, 0, 1, 1)), field, "th") == "พื้นที่ 5 จุด"
    assert cell(shapely.to_wkb(shapely.box(0, 0, 1, 1)), field, "en") == "area, 5 points"


def test_a_year_column_says_the_era_that_it_shows():
    field = _field(type="year", title="ปี (ค.ศ.)", title_en="Year")
    assert heading(field, "th") == "ปี (พ.ศ.)"
    assert heading(field, "en") == "Year"


def test_a_unit_is_told_once_and_in_words():
    assert unit_of(_field(type="number", title="ละติจูด", unit="deg"), "th") == "องศา"
    assert unit_of(_field(type="integer", title="โคเนื้อ (ตัว)", unit="ตัว"), "th") is None
    assert unit_of(_field(type="integer", title_en="Cattle", unit="ตัว"), "en") == "head"
    assert unit_of(_field(type="number", title="แสง", unit="lx"), "th") == "lx"


@pytest.mark.parametrize(
    ("said", "text", "page", "lang"),
    [
        (None, "บ้านเหนือ", "en", "th"),
        ("th", "บ้านเหนือ", "th", None),
        ("en", "North", "th", "en"),
        ("en", "North", "en", None),
        ("zxx", "ม01", "en", None),
        (None, "37", "en", None),
    ],
)
def test_a_cell_names_its_language_where_it_is_not_the_pages(said, text, page, lang):
    assert language_of(_field(type="string", lang=said), text, page) == lang
