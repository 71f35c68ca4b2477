"""Small tables with shapes, made from text as the pipeline makes them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pytest

from catalog.cast import cast
from catalog.formats import About
from catalog.schema import parse_schema
from catalog.spec import DatasetSpec
from catalog.table import Table, write_table


@dataclass(frozen=True)
class Made:
    """A canonical table and what its files say of themselves."""

    table: Table
    about: About
    folder: Path

    def write(self, module: ModuleType, name: str = "file") -> tuple[Path, tuple[Any, ...]]:
        """The file that a format writes, and the problems that it tells."""
        target = self.folder / f"{name}.{module.FORMAT.extension}"
        return target, module.write(self.table, self.about, target)

    def check(self, module: ModuleType, path: Path) -> pa.Table:
        """Read a file back and hold it against what the format says it holds."""
        schema = self.table.arrow
        batches = list(module.read(path, self.table))
        assert all(batch.schema.equals(schema) for batch in batches)
        read = pa.Table.from_batches(batches, schema=schema).combine_chunks()
        read.validate(full=True)
        held = [module.held(batch, self.table) for batch in self.table.batches(rows=7)]
        expected = pa.Table.from_batches(held, schema=schema).combine_chunks()
        for name in schema.names:
            assert read[name].to_pylist() == expected[name].to_pylist(), name
        return read

    def round_trip(self, module: ModuleType) -> pa.Table:
        """Write, and read back."""
        path, _ = self.write(module)
        return self.check(module, path)


def dataset(schema_name: str, licence: str = "cc-by-4.0") -> DatasetSpec:
    contact = {"name": "ศูนย์ข้อมูลจังหวัด", "email": "data@example.go.th"}
    return DatasetSpec.model_validate(
        {
            "id": "nakhon_phanom/places",
            "office": {
                "id": "nakhon_phanom",
                "name": {"th": "สำนักงานจังหวัดนครพนม", "en": "Nakhon Phanom Provincial Office"},
                "uri_base": "https://data.nakhonphanom.go.th",
                "contact": contact,
            },
            "title": {"th": "สถานที่ & แหล่ง <ทดสอบ>", "en": "Places"},
            "description": {"th": "ตารางสำหรับการทดสอบ"},
            "keywords": ["สถานที่"],
            "theme": "government",
            "data_type": "geospatial",
            "objective": ["public_service"],
            "frequency": {"unit": "year"},
            "coverage": {"level": "province", "places": ["TH-48"]},
            "licence": licence,
            "contact": contact,
            "provenance": {
                "source": {"th": "ทะเบียนสถานที่ของจังหวัด"},
                "url": "https://data.nakhonphanom.go.th/source?a=1&b=2",
            },
            "tables": {"places": {"schema": schema_name, "source": {"kind": "csv"}}},
        }
    )


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Made]:
    """Makes a table of texts.

    Takes fields (name to type, or to a whole field), rows (texts, or dictionaries as GeoJSON,
    in the order of the fields) and more properties of the schema.
    """

    def make(
        fields: Mapping[str, str | Mapping[str, Any]],
        rows: Sequence[Sequence[Any]],
        licence: str = "cc-by-4.0",
        **more: Any,
    ) -> Made:
        described = [
            {"name": name, **({"type": kind} if isinstance(kind, str) else kind)}
            for name, kind in fields.items()
        ]
        schema = parse_schema({"name": "places", "fields": described, **more}, "test")
        texts = [[json.dumps(v) if isinstance(v, dict) else v for v in row] for row in rows]
        columns = list(zip(*texts, strict=True)) if texts else [[] for _ in fields]
        batch = pa.record_batch(
            {"_row": pa.array(range(1, len(rows) + 1), pa.int64())}
            | {
                name: pa.array(column, pa.string())
                for name, column in zip(fields, columns, strict=True)
            }
        )
        typed, problems = cast(batch, schema)
        assert not problems
        table = write_table(tmp_path / "places.parquet", "places", schema, [typed])
        about = About(dataset("places", licence), "places", schema, "3f2a9c41d0be")
        return Made(table, about, tmp_path)

    return make


def point(lon: float, lat: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [lon, lat]}


def square(lon: float, lat: float, size: float = 0.5, hole: bool = False) -> list[Any]:
    def ring(w: float, s: float, e: float, n: float) -> list[Any]:
        return [[w, s], [e, s], [e, n], [w, n], [w, s]]

    rings = [ring(lon, lat, lon + size, lat + size)]
    if hole:
        inner = ring(lon + size / 4, lat + size / 4, lon + size / 2, lat + size / 2)
        rings.append(inner[::-1])
    return rings


SHAPES: dict[str, dict[str, Any]] = {
    "point": point(100.5018123, 13.7563),
    "multipoint": {"type": "MultiPoint", "coordinates": [[100.1, 13.1], [100.2, 13.2]]},
    "line": {"type": "LineString", "coordinates": [[100.1, 13.1], [100.2, 13.2], [100.3, 13.1]]},
    "multiline": {
        "type": "MultiLineString",
        "coordinates": [[[100.1, 13.1], [100.2, 13.2]], [[101.1, 13.1], [101.2, 13.2]]],
    },
    "polygon": {"type": "Polygon", "coordinates": square(100, 13)},
    "holed": {"type": "Polygon", "coordinates": square(100, 13, hole=True)},
    "multipolygon": {
        "type": "MultiPolygon",
        "coordinates": [square(100, 13, hole=True), square(103, 15, hole=True), square(98, 8)],
    },
    "collection": {
        "type": "GeometryCollection",
        "geometries": [point(100, 13), {"type": "Polygon", "coordinates": square(100, 13)}],
    },
}


@pytest.fixture
def shapes() -> dict[str, dict[str, Any]]:
    """One GeoJSON geometry of each kind."""
    return SHAPES


#: A text of Thai that is longer than a cell of a DBF (84 letters).
LONG = "เทศบาลเมืองนครพนมที่ว่าการอำเภอเมืองนครพนม" * 3

EVERYTHING: dict[str, Any] = {
    "code": "string",
    "title": {"type": "string", "title": "ชื่อสถานที่", "title_en": "Name of the place"},
    "people": {"type": "integer", "alias": "PEOPLE"},
    "share": "number",
    "budget": {"type": "number", "decimalPlaces": 2},
    "open": "boolean",
    "founded": "date",
    "opens_at": "time",
    "seen_at": "datetime",
    "updated_at": {"type": "datetime", "timezone": "Asia/Bangkok"},
    "fiscal_year": "year",
    "reported_month": "yearmonth",
    "lasting": "duration",
    "details": "object",
    "numbers": "array",
    "tags": "list",
    "shape": "geojson",
    "centre": "geopoint",
}


@pytest.fixture
def everything(made: Callable[..., Made]) -> Made:
    """A table with every type, hard texts, nulls and empty texts."""
    hard = 'บ้าน "น้ำ" & <ดิน> \\ \t\n\r\n ท้ายแถว,;|\'\u200b\U0001f98b'
    rows = [
        ["4801", hard, "4611686018427387905", "0.1", "12345.60", "true", "2024-02-29",
         "08:30:00.5", "2024-02-29T08:30:00.25", "2024-02-29T08:30:00.125+07:00", "2567",
         "2024-05", "P1Y", '{"ก": [1, {"ข": null}], "x": 1.5}', '[1, "a", null, 2.5]', "ก,ข",
         SHAPES["holed"], "100.5018, 13.7563"],
        ["4802", "ที่", "-4611686018427387905", "-1.23456789012345e-300", "-0.05", "false",
         "0001-01-01", "00:00:00", "1900-01-01T00:00:00", "2024-02-29T08:30:00+07:00", "0622",
         "0622-01", "PT5M", "{}", "[]", "ค", SHAPES["polygon"], "98.3, 7.9"],
        ["4803", "", "0", "12345678901.5", "0.00", "true", "9999-12-31", "23:59:59.999999",
         "9999-12-31T23:59:59", "2000-01-01T00:00:00Z", "9999", "9999-12", "-P1DT2H", '{"a":""}',
         '[[1]]', "", None, "100, 13"],
        ["4804", *["-"] * 15, SHAPES["polygon"], "-"],
        ["4805", "123", "1", "100000000000000000000", "1.00", "true", "2024-01-01", "12:00:00",
         "2024-01-01T00:00:00", "2024-01-01T00:00:00Z", "2024", "2024-01", "P1D", '{"a":"1"}',
         '["1"]', "1", SHAPES["polygon"], "100.0000001, 13"],
    ]  # fmt: skip
    return made(EVERYTHING, rows, primaryKey=["code"], missingValues=["-"])
