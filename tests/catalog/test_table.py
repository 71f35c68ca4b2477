"""The canonical table: what a file carries, and that it does not depend on how rows came."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog import table as tables
from catalog.cast import cast
from catalog.schema import parse_schema
from catalog.table import GROUP_ROWS, Table, regroup, write_table

SCHEMA = parse_schema(
    {
        "name": "halls",
        "primaryKey": ["code"],
        "fields": [
            {"name": "code", "type": "string"},
            {"name": "title", "type": "string", "title": "ศาลากลางจังหวัด"},
            {"name": "people", "type": "integer"},
            {"name": "budget", "type": "number", "decimalPlaces": 2},
            {"name": "founded", "type": "date"},
            {"name": "at", "type": "geopoint"},
        ],
    },
    "test",
)


def typed(rows: int, start: int = 0) -> pa.RecordBatch:
    numbers = range(start, start + rows)
    text = pa.record_batch(
        {
            "_row": pa.array([n + 2 for n in numbers], pa.int64()),
            "at": [f"{100 + n / 1e6:.7f}, 13.75" if n % 3 else None for n in numbers],
            "code": [f"{n:06}" for n in numbers],
            "title": ["ศาลากลางจังหวัดนครพนม" if n % 2 else "" for n in numbers],
            "people": [str(n) for n in numbers],
            "budget": [f"{n}.50" for n in numbers],
            "founded": ["2024-02-29" for _ in numbers],
        }
    )
    batch, problems = cast(text, SCHEMA)
    assert not problems
    return batch


def written(path: Path, batches: list[pa.RecordBatch]) -> Table:
    return write_table(path, "halls", SCHEMA, batches)


def test_file_carries_its_schema_its_types_and_its_bounds(tmp_path: Path) -> None:
    made = written(tmp_path / "t.parquet", [typed(10)])
    assert made.schema == SCHEMA
    assert (made.rows, made.geometry, made.geometry_kinds) == (10, "at", ("Point",))
    assert made.box == pytest.approx((100.000001, 13.75, 100.000008, 13.75))
    assert made.arrow.names == list(SCHEMA.names)
    geo = json.loads(pq.read_metadata(made.path).metadata[b"geo"])
    assert (geo["version"], geo["primary_column"]) == ("1.1.0", "at")
    assert "crs" not in geo["columns"]["at"]  # absent means OGC:CRS84
    stored = pq.read_schema(made.path)
    assert [stored.field(name).metadata[b"samdao:type"] for name in ("budget", "at")] == [
        b"number", b"geopoint",
    ]  # fmt: skip


def test_table_without_geometry_says_so(tmp_path: Path) -> None:
    schema = parse_schema({"fields": [{"name": "a", "type": "integer"}]}, "test")
    batch = pa.record_batch({"a": pa.array([1, 2], pa.int64())})
    made = write_table(tmp_path / "t.parquet", "t", schema, [batch])
    assert (made.geometry, made.box, made.geometry_kinds) == (None, None, ())
    assert b"geo" not in pq.read_metadata(made.path).metadata


def test_rows_come_back_in_order_whatever_the_batch(tmp_path: Path) -> None:
    made = written(tmp_path / "t.parquet", [typed(70), typed(35, 70)])
    expected = pa.Table.from_batches([typed(105)])
    for rows in (1, 40, 1000):
        batches = list(made.batches(rows=rows))
        assert max(batch.num_rows for batch in batches) <= rows
        assert pa.Table.from_batches(batches).equals(expected)
    some = pa.Table.from_batches(made.batches(columns=["people", "code"]))
    assert some.column_names == ["people", "code"]
    assert some.equals(expected.select(["people", "code"]))
    assert made.head(3).equals(expected.slice(0, 3))


def test_a_table_of_no_rows_is_a_table(tmp_path: Path) -> None:
    made = written(tmp_path / "t.parquet", [])
    assert (made.rows, list(made.batches()), made.box, made.geometry_kinds) == (0, [], None, ())
    assert made.head(5).schema.equals(made.arrow)


@given(st.lists(st.integers(0, 30), max_size=8))
@settings(deadline=None, max_examples=25)
def test_the_same_rows_give_the_same_bytes_however_they_came(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("t")
    group, tables.GROUP_ROWS = tables.GROUP_ROWS, 16  # so that batches cross row groups
    try:
        whole = written(folder / "whole.parquet", [typed(sum(sizes))])
        starts = [sum(sizes[:i]) for i in range(len(sizes))]
        pieces = [typed(n, start) for n, start in zip(sizes, starts, strict=True)]
        sliced = typed(sum(sizes) + 9, -9).slice(9)
        parts = written(folder / "parts.parquet", pieces)
        cut = written(folder / "cut.parquet", [sliced])
    finally:
        tables.GROUP_ROWS = group
    assert parts.path.read_bytes() == whole.path.read_bytes() == cut.path.read_bytes()


def test_row_groups_have_the_documented_size(tmp_path: Path) -> None:
    schema = parse_schema({"fields": [{"name": "a", "type": "integer"}]}, "test")
    numbers = pa.record_batch({"a": pa.array(range(GROUP_ROWS + 1), pa.int64())})
    made = write_table(tmp_path / "t.parquet", "t", schema, [numbers])
    metadata = pq.read_metadata(made.path)
    sizes = [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)]
    assert sizes == [GROUP_ROWS, 1]
    assert metadata.row_group(0).column(0).compression == "ZSTD"


@given(st.lists(st.integers(0, 50), max_size=10), st.integers(1, 20))
@settings(deadline=None)
def test_regroup_keeps_every_row_and_fills_every_group(sizes: list[int], rows: int) -> None:
    schema = pa.schema([("n", pa.int64())])
    numbers = iter(range(1000))
    batches = [
        pa.record_batch({"n": pa.array([next(numbers) for _ in range(n)], pa.int64())})
        for n in sizes
    ]
    groups = list(regroup(batches, schema, rows))
    assert [n for group in groups for n in group["n"].to_pylist()] == list(range(sum(sizes)))
    assert all(group.num_rows == rows for group in groups[:-1])
    assert all(0 < group.num_rows <= rows for group in groups[-1:])
    assert all(chunk.num_chunks <= 1 for group in groups for chunk in group.columns)


def test_a_writer_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    def broken():
        yield typed(5)
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_table(tmp_path / "t.parquet", "halls", SCHEMA, broken())
    assert list(tmp_path.iterdir()) == []


def test_null_and_empty_text_stay_apart(tmp_path: Path) -> None:
    schema = parse_schema({"fields": [{"name": "a"}], "missingValues": ["-"]}, "test")
    text = pa.record_batch({"_row": pa.array([1, 2], pa.int64()), "a": ["", "-"]})
    made = write_table(tmp_path / "t.parquet", "t", schema, [cast(text, schema)[0]])
    assert made.head(2)["a"].to_pylist() == ["", None]
