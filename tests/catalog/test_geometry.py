"""Geometry: the regression points of Thailand, rounding, rings, the edges of the globe."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from catalog import geometry

SHARED = Path(__file__).parents[2] / ".." / "shared" / "data"
#: Four corners of the country, on Indian 1975: Chiang Rai, Bangkok, Ubon Ratchathani, Yala.
TOWNS = [(99.83, 19.91), (100.5, 13.75), (104.86, 15.24), (101.28, 6.54)]
#: The Royal Thai Survey Department's national shift, metres (docs: standards of Thailand).
RTSD = "+proj=helmert +x=206 +y=837 +z=295"


def wkb(*shapes: shapely.Geometry | None) -> pa.Array:
    return pa.array([None if shape is None else shape.wkb for shape in shapes], pa.binary())


def back(column: pa.Array) -> list[shapely.Geometry | None]:
    return list(geometry.shapes(column))


def shifted(shift: str, lon: float, lat: float) -> tuple[float, float]:
    everest = "+a=6377276.345 +rf=300.8017"
    pipeline = (
        f"+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=cart {everest} "
        f"+step {shift} +step +inv +proj=cart +ellps=WGS84 "
        "+step +proj=unitconvert +xy_in=rad +xy_out=deg"
    )
    return Transformer.from_pipeline(pipeline).transform(lon, lat)


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    return Geod(ellps="WGS84").inv(*one, *other)[2]


@pytest.mark.parametrize("town", TOWNS)
def test_indian_1975_goes_by_epsg_1304_and_not_by_projs_choice(town: tuple[float, float]) -> None:
    (point,) = back(geometry.from_wkb(wkb(shapely.Point(town)), "EPSG:4240"))
    here = (point.x, point.y)
    default = Transformer.from_crs("EPSG:4240", "EPSG:4326", always_xy=True).transform(*town)
    assert metres(here, shifted("+proj=helmert +x=210 +y=814 +z=289", *town)) < 0.02
    assert metres(here, shifted(RTSD, *town)) < 4
    assert 180 < metres(here, default) < 195  # what the pin is for


def test_the_regression_point_of_bangkok_stays_where_it_is() -> None:
    (point,) = back(geometry.from_wkb(wkb(shapely.Point(100.5, 13.75)), "EPSG:4240"))
    assert (point.x, point.y) == (100.4967191, 13.7516647)


@pytest.mark.parametrize(
    ("indian", "zone", "town"),
    [("EPSG:24047", 47, TOWNS[1]), ("EPSG:24048", 48, TOWNS[2])],
)
def test_indian_utm_zones_give_what_their_longitudes_give(
    indian: str, zone: int, town: tuple[float, float]
) -> None:
    grid = Transformer.from_pipeline(
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad "
        f"+step +proj=utm +zone={zone} +a=6377276.345 +rf=300.8017"
    ).transform(*town)
    (from_grid,) = back(geometry.from_wkb(wkb(shapely.Point(grid)), indian))
    (from_degrees,) = back(geometry.from_wkb(wkb(shapely.Point(town)), "EPSG:4240"))
    assert from_grid.equals_exact(from_degrees, 2e-7)


@pytest.mark.parametrize(
    ("crs", "grid", "lonlat"),
    [
        ("EPSG:32647", (662_176.290, 1_520_582.494), (100.5, 13.75)),
        ("EPSG:32648", (484_965.860, 1_684_876.167), (104.86, 15.24)),
    ],
)
def test_utm_becomes_longitude_and_latitude(
    crs: str, grid: tuple[float, float], lonlat: tuple[float, float]
) -> None:
    (point,) = back(geometry.from_wkb(wkb(shapely.Point(grid)), crs))
    assert (point.x, point.y) == pytest.approx(lonlat, abs=1e-7)
    again = Transformer.from_crs("OGC:CRS84", crs, always_xy=True).transform(point.x, point.y)
    assert again == pytest.approx(grid, abs=0.02)


def test_report_names_the_operation() -> None:
    assert geometry.operation(None) == geometry.operation("OGC:CRS84") == "none"
    assert geometry.operation("EPSG:24047") == "EPSG:1304 (pinned)"
    assert "EPSG:32647" in geometry.operation("EPSG:32647")


def test_exterior_rings_run_counter_clockwise_and_holes_clockwise() -> None:
    clockwise = shapely.Polygon(
        [(100, 13), (100, 14), (101, 14), (101, 13)],
        [[(100.2, 13.2), (100.8, 13.2), (100.8, 13.8), (100.2, 13.8)]],
    )
    assert not clockwise.exterior.is_ccw
    nested = shapely.GeometryCollection([shapely.MultiPolygon([clockwise])])
    for shape in back(geometry.from_wkb(wkb(clockwise, nested))):
        (polygon,) = list(shapely.get_parts(shapely.get_parts([shape])))
        assert polygon.exterior.is_ccw
        assert not polygon.interiors[0].is_ccw
        assert polygon.area == pytest.approx(clockwise.area)


@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=1, max_size=20))
@settings(deadline=None)
def test_coordinates_have_seven_decimals_and_every_text_gives_them_back(pairs: list) -> None:
    column = geometry.points(
        pa.array([x for x, _ in pairs], pa.float64()), pa.array([y for _, y in pairs], pa.float64())
    )
    points = back(column)
    kept = shapely.get_coordinates(points)
    assert np.abs(kept - np.array(pairs)).max() <= 0.5000001e-7
    assert all(value == float(f"{value:.7f}") for value in kept.ravel())
    assert not np.signbit(kept[kept == 0]).any()
    texts = pa.array([json.dumps({"type": "Point", "coordinates": p.coords[0]}) for p in points])
    assert geometry.from_geojson(texts).equals(column)
    wkt = shapely.from_wkt(shapely.to_wkt(points, rounding_precision=7))
    assert geometry.to_wkb(wkt).equals(column)


def test_canonical_geometry_stays_as_it_is() -> None:
    once = geometry.from_wkb(wkb(shapely.Point(100.12345678, 13).buffer(0.1), None))
    assert geometry.from_wkb(once).equals(once)


@pytest.mark.parametrize(
    ("lon", "lat", "kept"),
    [(180, 90, True), (-180, -90, True), (180.001, 0, False), (-180.001, 0, False),
     (0, 90.001, False), (float("nan"), 0, False), (0, float("inf"), False)],
)  # fmt: skip
def test_positions_off_the_globe_are_null(lon: float, lat: float, kept: bool) -> None:
    column = geometry.points(pa.array([lon], pa.float64()), pa.array([lat], pa.float64()))
    assert column.is_valid().to_pylist() == [kept]
    with np.errstate(invalid="ignore"):
        line = wkb(shapely.LineString([(100, 13), (lon, lat)]))
    assert geometry.from_wkb(line).is_valid().to_pylist() == [kept]


def test_shape_across_the_antimeridian_is_null_rather_than_wrapped() -> None:
    fiji = shapely.box(179, -17, 181, -16)
    assert geometry.from_wkb(wkb(fiji)).to_pylist() == [None]


def test_metres_taken_for_degrees_are_null() -> None:
    assert geometry.from_wkb(wkb(shapely.Point(662_109, 1_520_560))).to_pylist() == [None]


def test_a_point_needs_both_parts() -> None:
    column = geometry.points(pa.array([100.0, None, 100.0]), pa.array([13.0, 13.0, None]))
    assert column.is_valid().to_pylist() == [True, False, False]


def test_empty_broken_and_curved_are_null_and_spoil_no_neighbour() -> None:
    curve = bytes.fromhex("0108000000030000000000000000000000000000000000000000000000000000f03f"
                          "000000000000f03f00000000000000400000000000000000")  # fmt: skip
    column = pa.array([shapely.Polygon().wkb, b"", b"\x01\x02", curve, shapely.Point(1, 2).wkb])
    assert geometry.from_wkb(column).is_valid().to_pylist() == [False] * 4 + [True]
    assert geometry.nothing(column).to_pylist() == [True, False, False, False, False]


def test_empty_parts_and_third_dimensions_are_left_out() -> None:
    shapes = [shapely.from_wkt("MULTIPOINT (EMPTY, (100 13))"), shapely.Point(100, 13, 5)]
    texts = [shape.wkt for shape in back(geometry.from_wkb(wkb(*shapes)))]
    assert texts == ["MULTIPOINT ((100 13))", "POINT (100 13)"]


def test_features_are_no_geometries() -> None:
    feature = '{"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 2]}}'
    assert geometry.from_geojson(pa.array([feature, None])).to_pylist() == [None, None]


def test_bounds_and_kinds_of_a_column() -> None:
    column = wkb(shapely.Point(100, 13), None, shapely.box(101, 5, 102, 6))
    assert geometry.bounds(column) == (100, 5, 102, 13)
    assert geometry.kinds(column) == {"Point", "Polygon"}
    assert geometry.bounds(wkb(None)) is None
    assert geometry.kinds(wkb(None)) == frozenset()
    assert geometry.bounds(wkb()) is None


def test_no_rows_are_no_trouble() -> None:
    empty = pa.array([], pa.binary())
    assert len(geometry.from_wkb(empty, "EPSG:32647")) == 0
    assert len(geometry.from_geojson(pa.array([], pa.string()))) == 0


def test_provinces_lie_in_thailand() -> None:
    source = SHARED / "boundaries-provinces.geojson"
    if not source.exists():
        pytest.skip("the shared data folder is not here")
    features = json.loads(source.read_text("utf-8"))["features"]
    texts = pa.array([json.dumps(feature["geometry"]) for feature in features])
    column = geometry.from_geojson(texts)
    west, south, east, north = geometry.bounds(column)
    assert len(column) == 77
    assert column.null_count == 0
    assert geometry.THAILAND[0] < west < east < geometry.THAILAND[2]
    assert geometry.THAILAND[1] < south < north < geometry.THAILAND[3]
