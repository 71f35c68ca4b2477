"""Files of geodata held against the words of their standards, by judges that did not write them.

GeoParquet by the judge of its own conformance classes; GeoPackage by the requirements of OGC
12-128r19 as SQL (GDAL's own script asks the same, but ships with no wheel); Shapefiles by pyshp and
GDAL's command line; GeoJSON by the clauses of RFC 7946.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import struct
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import geoparquet_validator
import pyarrow.parquet as pq
import pytest
import shapefile
import shapely

from catalog.formats import geojson, gpkg, parquet, shp

Rows = list[list[Any]]


@pytest.fixture(params=["points", "areas", "mixed", "nothing", "everything"])
def layer(request, made, shapes, everything) -> Any:
    """Tables of points, of single and multi shapes, of every kind, without rows, of every type."""
    fields = {"name": {"type": "string", "title": "ชื่อ"}, "n": "integer", "shape": "geojson"}
    rows: dict[str, Rows] = {
        "points": [["นครพนม", "1", shapes["point"]], ["บ้านแพง", "2", shapes["point"]]],
        "areas": [["ก", "1", shapes["holed"]], ["ข", "2", shapes["multipolygon"]], ["", "3", None]],
        "mixed": [[kind, "1", shape] for kind, shape in shapes.items() if kind != "collection"],
        "nothing": [],
    }
    return everything if request.param == "everything" else made(fields, rows[request.param])


# ---- GeoParquet 1.1


def test_geoparquet_fails_no_test_of_its_core_class(layer) -> None:
    path, _ = layer.write(parquet)
    report = geoparquet_validator.check(str(path))
    # The class "distribution" needs a column of boxes, which a canonical table has not.
    assert geoparquet_validator.failed(report, "core") == []
    passed = {one["id"] for one in report["outcomes"] if one["status"] == "pass"}
    assert {f"/conf/core/{name}" for name in ("geo-metadata", "wkb", "geometry-types")} <= passed


def test_the_judge_of_geoparquet_sees_a_wrong_box(made) -> None:
    path, _ = made({"at": "geopoint"}, [["100, 13"]]).write(parquet)
    table = pq.read_table(path)
    geo = json.loads(table.schema.metadata[b"geo"])
    geo["columns"]["at"]["bbox"] = [0, 0, 1, 1]
    metadata = {**table.schema.metadata, b"geo": json.dumps(geo).encode()}
    pq.write_table(table.replace_schema_metadata(metadata), path)
    failed = geoparquet_validator.failed(geoparquet_validator.check(str(path)), "core")
    assert failed == ["/conf/core/bbox-extent"]


# ---- GeoPackage (OGC 12-128r19): number of the requirement, and what SQL must give

_TABLES = {"gpkg_spatial_ref_sys", "gpkg_contents", "gpkg_geometry_columns", "gpkg_extensions"}
_VERSIONS = {10200, 10300, 10301, 10400}
_GPKG: list[tuple[str, str, list[tuple[Any, ...]]]] = [
    ("6", "PRAGMA integrity_check", [("ok",)]),
    ("7", "PRAGMA foreign_key_check", []),
    (
        "11: undefined Cartesian, undefined geographic, WGS 84",
        (
            "SELECT srs_id, organization, organization_coordsys_id FROM gpkg_spatial_ref_sys "
            "WHERE srs_id IN (-1, 0, 4326) ORDER BY srs_id"
        ),
        [(-1, "NONE", -1), (0, "NONE", 0), (4326, "EPSG", 4326)],
    ),
    ("13", "SELECT table_name, data_type FROM gpkg_contents", [("places", "features")]),
    (
        "15: times as ISO 8601 in UTC",
        (
            "SELECT last_change FROM gpkg_contents WHERE last_change NOT GLOB "
            "'[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9]*Z'"
        ),
        [],
    ),
    (
        "14, 26: every reference system is known",
        (
            "SELECT srs_id FROM gpkg_contents UNION SELECT srs_id FROM gpkg_geometry_columns "
            "EXCEPT SELECT srs_id FROM gpkg_spatial_ref_sys"
        ),
        [],
    ),
    (
        "22, 23: one geometry column for the table",
        "SELECT table_name, column_name, srs_id, z, m FROM gpkg_geometry_columns",
        [("places", "shape", 4326, 0, 0)],
    ),
    (
        "31: the geometry column has the type that is said",
        (
            "SELECT 1 FROM gpkg_geometry_columns g WHERE NOT EXISTS (SELECT 1 FROM "
            "pragma_table_info(g.table_name) i WHERE i.name = g.column_name "
            "AND upper(i.type) = upper(g.geometry_type_name))"
        ),
        [],
    ),
    (
        "29: one column is the primary key, an INTEGER",
        "SELECT type FROM pragma_table_info('places') WHERE pk",
        [("INTEGER",)],
    ),
    (
        "58 to 64: extensions are of tables that are there",
        (
            "SELECT table_name FROM gpkg_extensions WHERE table_name IS NOT NULL "
            "EXCEPT SELECT name FROM sqlite_master"
        ),
        [],
    ),
]
#: Column types of Table 1 (§1.1.1.1.3), beside the names of geometries.
_TYPES = {
    "BOOLEAN", "TINYINT", "SMALLINT", "MEDIUMINT", "INT", "INTEGER", "FLOAT", "DOUBLE", "REAL",
    "TEXT", "BLOB", "DATE", "DATETIME",
}  # fmt: skip
_GEOMETRIES = {
    "GEOMETRY", "POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON",
    "GEOMETRYCOLLECTION",
}  # fmt: skip


def test_geopackage_meets_the_requirements_of_the_standard(layer) -> None:
    path, _ = layer.write(gpkg)
    head = path.read_bytes()[:100]
    version, application = struct.unpack(">I4x4s", head[60:72])
    assert head[:16] == b"SQLite format 3\0"  # requirement 1
    assert (application, version in _VERSIONS) == (b"GPKG", True)  # requirement 2
    with sqlite3.connect(path) as database:
        names = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
        assert names >= _TABLES
        for requirement, query, expected in _GPKG:
            assert database.execute(query).fetchall() == expected, requirement
        types = {row[2] for row in database.execute("PRAGMA table_info(places)")}
        assert {kind.partition("(")[0] for kind in types} <= _TYPES | _GEOMETRIES  # requirement 5


def test_geometries_of_a_geopackage_have_its_header_and_lie_in_the_index(layer) -> None:
    path, _ = layer.write(gpkg)
    with sqlite3.connect(path) as database:
        blobs = database.execute("SELECT fid, shape FROM places ORDER BY fid").fetchall()
        index = database.execute("SELECT * FROM rtree_places_shape ORDER BY id").fetchall()
        said = database.execute("SELECT min_x, min_y, max_x, max_y FROM gpkg_contents").fetchone()
    found = [(fid, *_of_header(blob)) for fid, blob in blobs if blob is not None]
    assert [fid for fid, *_ in found] == [fid for fid, *_ in index]  # requirement 77: the R-tree
    for (_, srs, shape), (_, west, east, south, north) in zip(found, index, strict=True):
        assert srs == 4326  # requirement 19, table 6
        own = shape.bounds
        # The R-tree has float32, rounded outwards.
        assert west <= own[0] <= own[2] <= east
        assert south <= own[1] <= own[3] <= north
    if found:
        assert said == layer.table.box
    else:
        assert set(said) <= {None, 0.0}


def _of_header(blob: bytes) -> tuple[int, Any]:
    """Reference system and shape of a GeoPackageBinary (§2.1.3)."""
    assert blob[:3] == b"GP\0"  # requirement 19: magic and version
    flags = blob[3]
    size = (0, 32, 48, 48, 64)[flags >> 1 & 7]
    srs = struct.unpack(("<" if flags & 1 else ">") + "i", blob[4:8])[0]
    shape = shapely.from_wkb(blob[8 + size :])
    assert bool(flags >> 4 & 1) == shape.is_empty
    return srs, shape


# ---- Shapefile (ESRI Technical Description, 1998)


def _unpacked(layer: Any) -> tuple[Path, list[str]]:
    path, _ = layer.write(shp)
    folder = layer.folder / "unpacked"
    with ZipFile(path) as archive:
        archive.extractall(folder)
        return folder, sorted(n[:-4] for n in archive.namelist() if n.endswith(".shp"))


def test_pyshp_finds_every_row_and_shape_of_a_shapefile(layer) -> None:
    folder, names = _unpacked(layer)
    found = 0
    for name in names:
        with shapefile.Reader(str(folder / name)) as reader:
            assert len(reader) == reader.numRecords == reader.numShapes
            shapes = [shapely.geometry.shape(s) for s in reader.shapes() if s.shapeType]
            assert all(shape.is_valid for shape in shapes)
            found += len(reader)
            if shapes:
                assert list(reader.bbox) == shapely.total_bounds(shapes).tolist()
    assert found == layer.table.rows


def test_pyshp_reads_thai_and_numbers_of_a_shapefile(made) -> None:
    table = made(
        {"name": "string", "stalls": "integer", "day": "date", "open": "boolean", "at": "geopoint"},
        [["ตลาดน้ำท่าอุเทน", "12", "2024-02-29", "true", "104.7, 17.4"], [*[""] * 4, "104, 17"]],
    )
    folder, (name,) = _unpacked(table)
    with shapefile.Reader(str(folder / name)) as reader:
        first, second = reader.records()
        assert reader.shape(0).points == [(104.7, 17.4)]
    assert first["name"] == "ตลาดน้ำท่าอุเทน"
    assert (first["stalls"], first["day"].isoformat(), first["open"]) == (12, "2024-02-29", True)
    assert (second["stalls"], second["day"], second["open"]) == (None, None, None)


@pytest.mark.skipif(shutil.which("ogrinfo") is None, reason="GDAL's command line is not installed")
def test_gdals_command_line_finds_every_row_of_a_shapefile(layer) -> None:
    folder, names = _unpacked(layer)
    found = 0
    for name in names:
        command = ["ogrinfo", "-json", "-so", str(folder / f"{name}.shp"), name]
        said = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
        found += said["layers"][0]["featureCount"]
    assert found == layer.table.rows


# ---- GeoJSON (RFC 7946)


def test_geojson_keeps_the_clauses_of_rfc_7946(layer) -> None:
    path, _ = layer.write(geojson)
    text = path.read_bytes()
    assert not text.startswith(b"\xef\xbb\xbf")  # RFC 8259 §8.1
    body = json.loads(text.decode("utf-8"), object_pairs_hook=_once)
    assert body["type"] == "FeatureCollection"  # §3.3
    assert "crs" not in body  # §4
    assert not {"coordinates", "geometries", "geometry", "properties"} & set(body)  # §7.1
    assert len(body["features"]) == layer.table.rows
    for feature in body["features"]:
        assert feature["type"] == "Feature"  # §3.2
        assert {"geometry", "properties"} <= set(feature)
        assert not {"coordinates", "geometries", "features"} & set(feature)  # §7.1
        assert isinstance(feature.get("id", ""), str | int | float)
        assert feature["properties"] is None or isinstance(feature["properties"], dict)
        _check_geometry(feature["geometry"])
    if box := body.get("bbox"):  # §5
        assert tuple(box) == layer.table.box


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    assert len(names) == len(set(names))  # RFC 8259 §4: names of an object are unique
    return dict(pairs)


_DEPTH = {
    "Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2,
    "MultiPolygon": 3,
}  # fmt: skip


def _check_geometry(geometry: dict[str, Any] | None) -> None:
    if geometry is None:
        return
    if geometry["type"] == "GeometryCollection":
        assert set(geometry) == {"type", "geometries"}
        for part in geometry["geometries"]:
            _check_geometry(part)
        return
    kind = geometry["type"]
    assert set(geometry) == {"type", "coordinates"}
    for x, y in _positions(geometry["coordinates"], _DEPTH[kind]):  # §3.1.1: no third number
        assert -180 <= x <= 180
        assert -90 <= y <= 90
        assert (round(x, 7), round(y, 7)) == (x, y)
    polygons = {"Polygon": [geometry["coordinates"]], "MultiPolygon": geometry["coordinates"]}
    for exterior, *holes in polygons.get(kind, []):  # §3.1.6: the right-hand rule
        assert shapely.LinearRing(exterior).is_ccw
        assert not any(shapely.LinearRing(hole).is_ccw for hole in holes)
        assert all(len(ring) >= 4 and ring[0] == ring[-1] for ring in (exterior, *holes))


def _positions(coordinates: list[Any], depth: int) -> Iterator[list[float]]:
    if not depth:
        yield coordinates
        return
    for part in coordinates:
        yield from _positions(part, depth - 1)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda p: {**p, "coordinates": [[*p["coordinates"][0][::-1]]]}, "is_ccw"),
        (lambda p: {**p, "crs": None}, "coordinates"),
    ],
)
def test_the_judge_of_geojson_sees_a_wrong_ring_and_a_foreign_member(
    shapes, spoil: Callable[[dict[str, Any]], dict[str, Any]], said: str
) -> None:
    with pytest.raises(AssertionError, match=said):
        _check_geometry(spoil(shapes["polygon"]))
