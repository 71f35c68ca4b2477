"""Parquet: the canonical table, GeoParquet, with words in its metadata."""

from __future__ import annotations

import json

import geopandas
import pyarrow.parquet as pq

from catalog.formats import parquet


def test_geopandas_opens_it_as_geoparquet(everything) -> None:
    path, _ = everything.write(parquet)
    frame = geopandas.read_parquet(path)
    assert frame.geometry.name == "shape"
    assert frame.crs == "OGC:CRS84"
    assert frame.geometry.iloc[0].area == 0.234375


def test_the_file_names_licence_source_and_schema(everything) -> None:
    path, _ = everything.write(parquet)
    metadata = pq.read_metadata(path).metadata
    about = json.loads(metadata[b"samdao:about"])
    assert about["licence"]["uri"] == "https://creativecommons.org/licenses/by/4.0/"
    assert about["source"]["th"] == "ทะเบียนสถานที่ของจังหวัด"
    own = pq.read_metadata(everything.table.path).metadata
    assert json.loads(metadata[b"geo"]) == json.loads(own[b"geo"])
    assert metadata[b"samdao:schema"] == own[b"samdao:schema"]


def test_columns_keep_the_types_of_the_canonical_table(everything) -> None:
    path, _ = everything.write(parquet)
    assert pq.read_schema(path).types == everything.table.arrow.types
    assert pq.read_schema(path).field("founded").metadata[b"samdao:type"] == b"date"
