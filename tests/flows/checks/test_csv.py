"""CSV checked where it lies: the same cells, rows and findings as by our reader, or none at all."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.problem import SamdaoError
from catalog.schema import parse_schema
from flows.checks._csv import check_csv, plain_csv
from flows.checks._engine.plan import compile_plan
from flows.sources import Pulled
from flows.sources import csv as reader

SCHEMA = parse_schema({"missingValues": ["x"], "fields": [{"name": "a"}, {"name": "b"}]}, "test")
CELLS = st.sampled_from([
    "", "a", "1", "ก", " a", "a ", '"a,b"', '"a""b"', '""', 'a"b', '"a"b', '"a" ', ' "a"', "\\",
    '"\n"', "'a'", "#a", "\u00a0", "\ufeff", ";", "\t", "\x0b", "\u2028", "\r",
])  # fmt: skip
ROWS = st.lists(
    st.lists(CELLS, min_size=1, max_size=3) | st.lists(CELLS, min_size=2, max_size=2),
    min_size=1, max_size=5,
)  # fmt: skip
ENDS = st.sampled_from(["\n", "\r\n"])


def _cells_of_reader(path: Path):
    pulled = Pulled(path, "0" * 64, path.stat().st_size, path.name, datetime.now(UTC))
    raw = reader.read(pulled, reader.Options(path=path.name))
    rows = [row for batch in raw.open() for row in batch.to_pylist()]
    return [(row["_row"], row["a"], row["b"]) for row in rows], raw.findings


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(ROWS, ENDS, st.booleans(), st.sampled_from(["", "", "\ufeff"]), st.binary(max_size=1))
def test_a_file_that_qualifies_has_the_cells_that_our_reader_finds(
    tmp_path, rows, end, ended, mark, byte
):
    path = tmp_path / "table.csv"
    body = f"{mark}a,b{end}" + end.join(",".join(row) for row in rows) + (end if ended else "")
    path.write_bytes(body.encode() + byte)
    found = plain_csv(path)
    if found is None:
        return
    relation = found.relation(["a", "b"], SCHEMA)
    try:
        asked = f"SELECT * FROM ({relation.query(relation.measure)})"
        cells = duckdb.execute(asked).fetchall()
    except duckdb.Error:
        return
    if len(cells) != found.rows or sum(cell[0] for cell in cells) != found.inside:
        return
    expected, findings = _cells_of_reader(path)
    assert [(at, *cell[1:]) for at, cell in enumerate(cells, 2)] == expected
    assert findings == ()


def _checked(path, text, schema=None):
    path.write_bytes(text)
    schema = schema or parse_schema(
        {"fields": [{"name": "a", "type": "integer", "constraints": {"unique": True}},
                    {"name": "b", "type": "string"}]},
        "test",
    )  # fmt: skip
    found = plain_csv(path)
    if found is None:
        return None
    fields = {label: label for label in found.labels}
    plan = compile_plan(schema, schema.names)
    try:
        return check_csv(found, fields, plan, schema, path.parent, 1_000)
    except SamdaoError as error:
        return error


def test_problems_stand_at_the_lines_of_the_file(tmp_path):
    text = b'a,b\r\n1,"x, ""y"""\r\n\r\n'.replace(b"\r\n\r\n", b"\r\n") + b"z,\r\n1,\r\n,\r\n"
    told = _checked(tmp_path / "t.csv", text)
    assert told is not None
    assert [(p.code, p.row, p.field, p.value) for p in told[1]] == [
        ("type-error", 3, "a", "z"), ("unique-error", 4, "a", "1"), ("blank-row", 5, None, None),
    ]  # fmt: skip


def test_doubts_far_below_the_first_rows_are_found_at_their_lines(tmp_path):
    lines = [f"{n},x" for n in range(30_000)]
    lines[25_000] = "bad,x"
    told = _checked(tmp_path / "t.csv", "\n".join(["a,b", *lines]).encode())
    assert told is not None
    assert [(p.code, p.row) for p in told[1]] == [("type-error", 25_002)]


@pytest.mark.parametrize(
    "text",
    [
        b"a,b\n1,2,\n", b'a,b\n1,2,""\n', b"a,b\n1\n", b"a,b\n\n1,2\n", b'a,b\n1,"x\ny"\n',
        b'a,b\n1, "x"\n', b"a,b\n1,\0\n", b"a,b\n1,\xff\n", b"a,b\n1,2\r3,4\n", b"a,a\n1,2\n",
        b"a,\n1,2\n", b"a;b\n1;2\n", b"a\n1\n", b"a,b\n", b"", b"<html>,b\n1,2\n", b'a,b\n1,"x\n',
    ],
)  # fmt: skip
def test_whatever_needs_thought_goes_the_long_way(tmp_path, text):
    assert _checked(tmp_path / "t.csv", text) is None


def test_thousands_of_quoted_cells_are_read_alike(tmp_path):
    rows = [[str(n), f'ตลาด "{n}", ใหม่' if n % 3 else ""] for n in range(5_000)]
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows([["a", "b"], *rows])
    told = _checked(tmp_path / "t.csv", written.getvalue().encode())
    assert told is not None
    assert (told[0].rows, told[1]) == (5_000, ())


def test_rows_keep_the_order_of_the_file_however_many_cores_read_it(tmp_path):
    """Wide rows enough for several of DuckDB's buffers, each wrong in a way that says its line."""
    rows, wide = 60_000, "ก" * 100
    lines = (f"x{n},{wide}{n}" if n % 7 == 0 else f"{n},{wide}{n}" for n in range(rows))
    told = _checked(tmp_path / "t.csv", "\n".join(["a,b", *lines]).encode())
    assert told is not None
    expected = [(7 * n + 2, f"x{7 * n}") for n in range(1_000)]
    assert [(p.row, p.value) for p in told[1]] == expected
