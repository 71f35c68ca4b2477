"""Whatever a table holds, a file gives back: tables made by Hypothesis through each format."""

from __future__ import annotations

import importlib
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.cast import arrow_schema
from catalog.certify import certify
from catalog.formats import About
from catalog.schema import parse_schema
from catalog.table import write_table

EXACT = ["csv", "csv_gz", "tsv", "json", "jsonl", "parquet"]
FORMATS = [*EXACT, "csv_bom", "xml", "xlsx", "ods", "nt", "ttl", "rdf", "jsonld", "sqlite"]
THAI = "กขงญนำไเแ็่้๊๋์ฺํ๎าำะัิีึืุู๑๒๓ฯๆ"
HARD = (
    " \t\n\r\"'\\&<>;,|=+-@#[]{}_x0041\x00\x01\x0b\x1f\x7f\x85\xa0\u200b\u2028"
    "\ufeff\ufffe\uffff\ufffd\U0001f98b\U0010ffff"
)
texts = st.text(st.sampled_from(THAI + HARD) | st.characters(codec="utf-8"), max_size=12)
patient = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def shortest(number: float) -> float:
    """A number as a text of at most 15 digits says it, which is what canonical tables have."""
    return float(f"{number:.15g}")


TYPED = {
    "text": ({"type": "string"}, texts),
    "integer": ({"type": "integer"}, st.integers(-(2**63), 2**63 - 1)),
    "number": (
        {"type": "number"},
        st.floats(-1e300, 1e300).map(shortest)
        | st.integers(-(10**14), 10**14).map(lambda n: n / 100),
    ),
    "decimal": (
        {"type": "number", "decimalPlaces": 7},
        st.decimals(-(10**30), 10**30, places=7, allow_nan=False),
    ),
    "boolean": ({"type": "boolean"}, st.booleans()),
    "date": ({"type": "date"}, st.dates()),
    "time": ({"type": "time"}, st.times()),
    "datetime": ({"type": "datetime"}, st.datetimes()),
    "zoned": (
        {"type": "datetime", "timezone": "Asia/Bangkok"},
        st.datetimes(datetime.fromisoformat("0001-01-02"), datetime.fromisoformat("9999-12-30"))
        .map(lambda moment: moment.replace(tzinfo=UTC)),
    ),
    "year": ({"type": "year"}, st.integers(1, 9999)),
}  # fmt: skip


def build(folder: Path, about: About, kinds: dict[str, dict], rows: list[tuple]) -> tuple:
    fields = [{"name": name, **field} for name, field in kinds.items()]
    schema = parse_schema({"name": "places", "fields": fields}, "test")
    target = arrow_schema(schema)
    columns = zip(*rows, strict=True) if rows else [[] for _ in fields]
    arrays = [pa.array(list(c), f.type) for c, f in zip(columns, target, strict=True)]
    batch = pa.RecordBatch.from_arrays(arrays, schema=target)
    table = write_table(folder / "table.parquet", "places", schema, [batch])
    return table, About(about.dataset, "places", schema, about.edition)


@pytest.mark.parametrize("name", FORMATS)
def test_any_text_survives_up_to_what_the_format_says(everything, tmp_path, name) -> None:
    form = importlib.import_module(f"catalog.formats.{name}")

    @patient
    @given(st.lists(st.tuples(texts | st.none(), texts), max_size=6))
    def check(rows) -> None:
        kinds = {"one": {"type": "string"}, "other": {"type": "string"}}
        table, about = build(tmp_path, everything.about, kinds, rows)
        path = tmp_path / f"file.{form.FORMAT.extension}"
        form.write(table, about, path)
        certificate = certify(table, form, path)
        assert certificate.ok, certificate
        if name in EXACT:
            assert certificate.losses == ()

    check()


@pytest.mark.parametrize("name", FORMATS)
def test_any_typed_value_survives(everything, tmp_path, name) -> None:
    form = importlib.import_module(f"catalog.formats.{name}")
    row = st.tuples(*(st.none() | values for _, values in TYPED.values()))

    @patient
    @given(st.lists(row, max_size=4))
    def check(rows) -> None:
        kinds = {key: field for key, (field, _) in TYPED.items()}
        table, about = build(tmp_path, everything.about, kinds, rows)
        path = tmp_path / f"file.{form.FORMAT.extension}"
        form.write(table, about, path)
        certificate = certify(table, form, path)
        assert certificate.ok, certificate
        assert {loss.column for loss in certificate.losses} <= {"text"}

    check()


@patient
@given(st.lists(st.integers(-1_800_000_000, 1_800_000_000), min_size=1))
def test_degrees_are_plain_and_exact(units) -> None:
    from catalog.formats._text import degrees

    written = degrees([unit / 1e7 for unit in units]).to_pylist()
    assert [Decimal(text) * 10**7 for text in written] == units
    assert not any("e" in text.lower() for text in written)


def test_the_strategies_reach_the_traps() -> None:
    assert shortest(0.1 + 0.2) == 0.3
    assert date.min.year == 1
    assert time.max.microsecond == 999_999
