"""Small tables speak in figures; others stay silent."""

from __future__ import annotations

import pyarrow as pa
import pytest

from catalog.cast import arrow_schema
from catalog.schema import TableSchema
from catalog.table import write_table
from catalog.web.figures import MOST_ROWS, Figure, figures

SCHEMA = {
    "primaryKey": ["measure", "year"],
    "fields": [
        {"name": "measure", "type": "string", "lang": "zxx"},
        {"name": "measure_name", "type": "string"},
        {"name": "year", "type": "year"},
        {"name": "value", "type": "integer"},
        {"name": "unit", "type": "string"},
    ],
}
HAZE = [
    dict(zip(("measure", "measure_name", "year", "value", "unit"), row, strict=True))
    for row in (
        ("hotspots", "จุดความร้อนสะสม", 2020, 4794, "จุด"),
        ("hotspots", "จุดความร้อนสะสม", 2021, 2550, "จุด"),
        ("pm25", "วันที่ฝุ่นเกิน", 2021, 15, "วัน"),
    )
]


@pytest.fixture
def table(tmp_path):
    def make(rows, schema=SCHEMA):
        parsed = TableSchema.model_validate(schema)
        batch = pa.RecordBatch.from_pylist(rows, schema=arrow_schema(parsed))
        return write_table(tmp_path / "t.parquet", "t", parsed, [batch])

    return make


def test_each_row_of_a_small_table_is_a_figure_with_its_own_words_and_unit(table):
    assert figures(table(HAZE), "th") == [
        Figure("จุดความร้อนสะสม · 2563", "4,794", "จุด", 100.0),
        Figure("จุดความร้อนสะสม · 2564", "2,550", "จุด", 53.2),
        Figure("วันที่ฝุ่นเกิน · 2564", "15", "วัน", None),
    ]
    assert figures(table(HAZE), "en")[0] == Figure("จุดความร้อนสะสม · 2020", "4,794", "spots", 100.0)


def test_a_longer_table_has_no_figures(table):
    rows = [HAZE[0] | {"year": 2000 + n} for n in range(MOST_ROWS + 1)]
    assert figures(table(rows[:-1]), "th")
    assert figures(table(rows), "th") == ()


def test_numbers_without_a_unit_are_no_figures(table):
    assert figures(table([row | {"unit": None} for row in HAZE]), "th") == ()


def test_rows_that_no_words_tell_apart_have_no_figures(table):
    schema = SCHEMA | {"primaryKey": []}
    assert figures(table([HAZE[0], HAZE[0] | {"value": 1}], schema), "th") == ()


def test_a_missing_value_silences_the_measure(table):
    assert figures(table([*HAZE[:2], HAZE[2] | {"value": None}]), "th") == ()


def test_an_empty_table_has_no_figures(table):
    assert figures(table([]), "th") == ()


def test_negative_figures_are_not_drawn_as_bars(table):
    found = figures(table([HAZE[0], HAZE[1] | {"value": -3}]), "th")
    assert [figure.share for figure in found] == [None, None]
