"""The certificate: what it finds, what it states, and that its memory does not grow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, cast

import pyarrow as pa
import pytest

from catalog.cast import arrow_schema
from catalog.certify import certify
from catalog.formats import Format, csv, same
from catalog.schema import parse_schema
from catalog.table import Table, write_table

SCHEMA = parse_schema(
    {"fields": [{"name": "code", "type": "string"}, {"name": "people", "type": "integer"}]}, "test"
)
TARGET = arrow_schema(SCHEMA)


def batch(codes: list[str | None], people: list[int | None]) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(
        [pa.array(codes, pa.string()), pa.array(people, pa.int64())], schema=TARGET
    )


@pytest.fixture
def table(tmp_path: Path) -> Table:
    rows = batch(["ก", "ข", None, ""], [1, 2, 3, None])
    return write_table(tmp_path / "places.parquet", "places", SCHEMA, [rows])


def reader(*found: pa.RecordBatch, held: Any = same, fails: bool = False) -> ModuleType:
    """A format that reads what it is given."""

    def read(path: Path, table: Table) -> Iterator[pa.RecordBatch]:
        yield from found
        if fails:
            raise OSError("แผ่นเสีย")

    form: Format = replace(csv.FORMAT, name="given")
    return cast("ModuleType", SimpleNamespace(FORMAT=form, read=read, held=held))


def test_a_file_with_every_value_is_good(table, tmp_path) -> None:
    found = certify(table, reader(batch(["ก", "ข", None, ""], [1, 2, 3, None])), tmp_path / "x")
    assert found.ok
    assert (found.format, found.rows, found.differences, found.losses) == ("given", 4, (), ())


def test_batches_of_other_sizes_are_the_same_rows(table, tmp_path) -> None:
    parts = [batch(["ก"], [1]), batch([], []), batch(["ข", None, ""], [2, 3, None])]
    assert certify(table, reader(*parts), tmp_path / "x").ok


def test_differences_are_counted_by_column_with_the_first(table, tmp_path) -> None:
    found = certify(table, reader(batch(["ก", "ฃ", "", None], [1, 2, 3, None])), tmp_path / "x")
    assert not found.ok
    (difference,) = found.differences
    assert (difference.column, difference.cells, difference.row) == ("code", 3, 2)
    assert (difference.expected, difference.found) == ("ข", "ฃ")


def test_null_and_empty_text_are_not_the_same(table, tmp_path) -> None:
    found = certify(table, reader(batch(["ก", "ข", None, None], [1, 2, 3, None])), tmp_path / "x")
    (difference,) = found.differences
    assert (difference.row, difference.expected, difference.found) == (4, "", None)


@pytest.mark.parametrize(
    "rows", [batch(["ก"], [1]), batch(["ก", "ข", None, "", "ง"], [1, 2, 3, None, 5])]
)
def test_rows_too_few_or_too_many_are_a_fault(table, tmp_path, rows) -> None:
    found = certify(table, reader(rows), tmp_path / "x")
    assert not found.ok
    assert (found.rows, found.expected_rows) == (rows.num_rows, 4)


def test_a_reader_that_gives_up_is_a_fault_and_no_crash(table, tmp_path) -> None:
    whole = batch(["ก", "ข", None, ""], [1, 2, 3, None])
    found = certify(table, reader(whole, fails=True), tmp_path / "x")
    assert not found.ok
    assert found.unreadable == "OSError: แผ่นเสีย"


def test_what_the_format_cannot_hold_is_stated_and_no_fault(table, tmp_path) -> None:
    def held(rows: pa.RecordBatch, table: Table) -> pa.RecordBatch:
        return batch(["ก", "ข", None, None], [1, 2, 3, None])

    rows = batch(["ก", "ข", None, None], [1, 2, 3, None])
    found = certify(table, reader(rows, held=held), tmp_path / "x")
    assert found.ok
    (loss,) = found.losses
    assert (loss.column, loss.cells, loss.row, loss.expected, loss.found) == (
        "code",
        1,
        4,
        "",
        None,
    )


def test_row_numbers_go_on_over_batches(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("catalog.certify._ROWS", 3)
    numbers = list(range(10))
    whole = batch([str(n) for n in numbers], numbers)
    table = write_table(tmp_path / "t.parquet", "t", SCHEMA, [whole])
    wrong = batch([str(n) for n in numbers], [*numbers[:7], 70, 80, 9])
    (difference,) = certify(table, reader(wrong), tmp_path / "x").differences
    assert (difference.cells, difference.row, difference.found) == (2, 8, "70")


def test_it_is_json(table, tmp_path) -> None:
    found = certify(table, reader(batch(["ก"], [None])), tmp_path / "x").as_dict()
    assert json.loads(json.dumps(found))["ok"] is False
    assert found["differences"][0]["column"] == "people"
    assert found["rows"] == 1


def test_memory_does_not_grow_with_rows(tmp_path) -> None:
    def part(start: int) -> pa.RecordBatch:
        numbers = pa.array(range(start, start + 20_000))
        return pa.RecordBatch.from_arrays([numbers.cast(pa.string()), numbers], schema=TARGET)

    def peak(parts: int) -> int:
        starts = range(0, parts * 20_000, 20_000)
        table = write_table(tmp_path / f"{parts}.parquet", "t", SCHEMA, map(part, starts))
        before, seen = pa.total_allocated_bytes(), []

        def read(path: Path, table: Table) -> Iterator[pa.RecordBatch]:
            for start in starts:
                yield part(start)
                seen.append(pa.total_allocated_bytes() - before)

        form = SimpleNamespace(FORMAT=csv.FORMAT, read=read, held=same)
        assert certify(table, cast("ModuleType", form), tmp_path / "x").ok
        return max(seen)

    assert peak(16) < 1.5 * peak(6)
