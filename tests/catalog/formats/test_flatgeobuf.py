"""FlatGeobuf: an index for maps, and the table's own order back."""

from __future__ import annotations

from typing import Any

import pyogrio
import pytest

from catalog.formats import flatgeobuf


def test_every_type_comes_back_through_gdal(everything) -> None:
    path, problems = everything.write(flatgeobuf)
    assert problems == ()
    assert everything.check(flatgeobuf, path).equals(everything.table.head(9).combine_chunks())


def test_rows_are_indexed_and_come_back_in_the_order_of_the_table(made) -> None:
    rows = [
        [str(n), f"{100 + (n * 7919 % 97) / 50}, {13 + (n * 104729 % 89) / 50}"] for n in range(200)
    ]
    table = made({"n": "integer", "at": "geopoint"}, rows)
    path, _ = table.write(flatgeobuf)
    assert table.check(flatgeobuf, path)["n"].to_pylist() == list(range(200))
    info = pyogrio.read_info(path)
    assert info["capabilities"]["fast_spatial_filter"]
    assert list(info["fields"]) == ["_row", "n"]
    stored = pyogrio.read_dataframe(path, read_geometry=False)["_row"].tolist()
    assert sorted(stored) == list(range(1, 201))
    assert stored != sorted(stored)  # by place, as a map asks for them


def test_a_row_without_a_geometry_costs_the_index_and_nothing_else(made) -> None:
    table = made({"n": "integer", "at": "geopoint"}, [["1", None], ["2", "100, 13"], ["3", None]])
    path, _ = table.write(flatgeobuf)
    info = pyogrio.read_info(path)
    assert not info["capabilities"]["fast_spatial_filter"]
    assert list(info["fields"]) == ["n"]
    assert table.check(flatgeobuf, path).equals(table.table.head(3).combine_chunks())


def test_licence_and_source_stand_inside(everything) -> None:
    facts = pyogrio.read_info(everything.write(flatgeobuf)[0])["layer_metadata"]
    assert facts["TITLE"] == "สถานที่ & แหล่ง <ทดสอบ>"
    assert facts["licence_uri"] == "https://creativecommons.org/licenses/by/4.0/"
    assert facts["edition"] == "3f2a9c41d0be"


def test_every_kind_of_shape_in_one_layer(made, shapes) -> None:
    rows = [[str(n), shape] for n, shape in enumerate(shapes.values())]
    assert made({"n": "integer", "shape": "geojson"}, rows).round_trip(flatgeobuf).num_rows == 8


@pytest.mark.parametrize("rows", [[], [[None, None]]])
def test_tables_without_rows_or_without_values_are_files_too(made, rows: list[Any]) -> None:
    table = made({"a": "integer", "at": "geopoint"}, rows)
    assert table.round_trip(flatgeobuf).num_rows == len(rows)


def test_table_without_a_geometry_column_is_refused(made) -> None:
    assert flatgeobuf.refuse(made({"a": "string"}, [["ก"]]).table).code == "no-geometry"


def test_same_table_gives_the_same_bytes(everything, made) -> None:
    one, other = (everything.write(flatgeobuf, name)[0].read_bytes() for name in ("a", "b"))
    assert one == other
    dense = made({"n": "integer", "at": "geopoint"}, [[str(n), "100, 13"] for n in range(99)])
    one, other = (dense.write(flatgeobuf, name)[0].read_bytes() for name in ("c", "d"))
    assert one == other
