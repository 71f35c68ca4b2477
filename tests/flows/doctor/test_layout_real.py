"""Real files of Thai offices: what the notes beside them say is found, row by row."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.doctor.layout_kit import doctored, single

ROOT = Path(__file__).parents[3]


@pytest.fixture
def real(shared):
    return lambda name: single(shared / "data" / "real" / name)


@pytest.mark.parametrize(
    ("name", "options", "rows", "columns", "first", "last"),
    [
        ("dld-livestock-by-tambon.csv", {"encoding": "tis-620"}, 400, 153, 2, 401),
        ("marine-quality-2566-round1.csv", {"encoding": "tis-620"}, 210, 23, 2, 214),
        ("election-2562-constituency-areas.csv", {}, 440, 8, 6, 2885),
        ("province-name-variants.csv", {}, 79, 11, 2, 80),
        ("mots-tourism-by-province-2563-2565.csv", {}, 2310, 8, 2, 2311),
        ("schools-pathum-thani.csv", {}, 319, 5, 2, 320),
        ("oncb-complaints-by-province.csv", {}, 693, 14, 2, 694),
        ("dopa-population-2565-12.csv", {}, 1500, 17, 2, 1501),
        ("temples-kalasin.csv", {"header": False, "names": ["column_1"]}, 708, 1, 1, 708),
    ],
)
def test_text_is_laid_out_as_its_notes_say(real, name, options, rows, columns, first, last):
    got = real(name)

    assert got.layout.options == options
    assert (got.layout.rows, len(got.columns)) == (rows, columns)
    assert (got.lines[0], got.lines[-1]) == (first, last)
    assert got.layout.title is None
    assert not [f for f in got.layout.findings if str(f.problem.level) == "error"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("dld-livestock-by-tambon.csv", "TIS-620"), ("schools-pathum-thani.csv", "UTF-8"),
        ("oncb-complaints-by-province.csv", "UTF-8 (BOM)"),
    ],
)  # fmt: skip
def test_encoding_is_what_the_notes_say(real, name, shown):
    assert real(name).finding("doctor-encoding").problem.params["encoding"] == shown


def test_repeated_header_of_the_election_is_counted(real):
    got = real("election-2562-constituency-areas.csv")

    assert got.finding("doctor-rows-header").count == 70
    assert got.finding("doctor-header-breaks").count == 4


def test_temples_have_no_header_and_nothing_is_asked(real):
    got = real("temples-kalasin.csv")

    assert got.finding("doctor-header-missing").question is None
    assert got.cells[0] == ["วัดกลาง"]


def test_cassava_has_two_header_rows_totals_first_and_a_note_beside(real):
    got = real("oae-cassava-forecast-2560.xls")

    assert got.layout.options == {"last_column": "D", "header_rows": [2, 3]}
    assert [label.strip() for label in got.columns] == [
        "จังหวัด", "เนื้อที่เก็บเกี่ยว / (ไร่)", "ผลผลิต / (ตัน)", "ผลผลิตต่อไร่ / (กก.)"
    ]  # fmt: skip
    assert (got.lines[0], got.lines[-1]) == (4, 57)
    assert got.cells[-1] == ["ประจวบคีรีขันธ์", "970", "3165", "3263"]
    assert got.finding("doctor-cells-beside").problem.value == "Update : 3-04-60"
    totals = got.finding("doctor-rows-total-inside")
    assert [example.row for example in totals.examples] == [4, 5, 6, 7]


def test_paddy_has_four_tables_in_one_sheet(shared):
    got = doctored(shared / "data" / "real" / "oae-paddy-monthly-prices-2527-2560.xls")

    main, *others = got
    assert main.layout.options == {"last_column": "S", "header_rows": [4, 5], "last_row": 39}
    assert (main.lines[0], main.lines[-1], main.cells[0][0]) == (6, 39, "2527")
    assert main.columns[3:5] == ("มี.ค. / ***", "เฉลี่ย / มค.-มีค.")
    assert main.layout.title == "ราคารายเดือนที่เกษตรกรขายได้ที่ไร่นา ปี 2550-2560"
    assert main.layout.notes[-1] == (41, "*** ราคา Update ล่าสุดเดือนมีนาคม 60 สัปดาห์ที่ 3")
    assert main.finding("doctor-cells-beside").count == 36
    assert main.finding("doctor-rows-hidden").problem.row == 44
    assert [(table.lines[0], table.lines[-1]) for table in others] == [(44, 47), (49, 52), (54, 58)]
    for table in others:
        assert table.cells[-1][0] == "รวม"
        assert table.finding("doctor-rows-total").problem.row == table.lines[-1]
        question = table.finding("doctor-header-above").question
        assert [choice.name for choice in question.choices] == ["above", "numbered"]


@pytest.mark.parametrize(
    ("name", "options", "rows", "first", "last"),
    [
        ("opdc/pmqa_scores/scores.xlsx", {"header_rows": [6, 7]}, 13, "1", "รวม"),
        ("ministry_of_interior/esaraban_rollout/clusters.xlsx", {"header_rows": [3, 4]}, 18,
         "(๑)", "(๑๘)"),
        ("provincial_administration/districts/districts.xlsx", {}, 929, "1001", "9613"),
        ("nakhon_phanom/publishing_duties/duties.csv", {}, 77, None, None),
        ("opdc/pmqa_winners_2564/winners.csv", {}, 36, None, None),
    ],
)  # fmt: skip
def test_bundled_sources_are_laid_out_as_they_are_declared(name, options, rows, first, last):
    got = single(ROOT / "datasets" / name)

    assert (got.layout.options, got.layout.rows) == (options, rows)
    if first:
        assert (got.cells[0][0], got.cells[-1][0]) == (first, last)


def test_every_bundled_source_is_one_table_with_a_header():
    sources = sorted((ROOT / "datasets").rglob("*.csv")) + sorted(
        (ROOT / "datasets").rglob("*.xlsx")
    )
    assert len(sources) > 25
    for path in sources:
        got = single(path)
        nameless = path.stem == "temples-kalasin"
        assert ("doctor-header" in got.codes) is not nameless, path.name
        assert "doctor-header-unsure" not in got.codes, path.name


def test_boundaries_are_features():
    folder = ROOT / "datasets" / "provincial_administration" / "administrative_boundaries"

    got = single(folder / "boundaries-provinces.geojson")
    assert (got.layout.kind, got.layout.rows) == ("geojson", 77)
