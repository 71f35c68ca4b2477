"""Geometry in and out of WKB, always longitude and latitude (OGC:CRS84) inside.

Vectorised with shapely 2 and PROJ. Coordinates are rounded to 7 decimals, rings run as RFC 7946
asks, empty geometry is null, and so is what reaches beyond the globe (no shape is wrapped at the
antimeridian: none is guessed); see ``docs/canonical-table.md``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

#: Decimals of a degree that are kept: about 1 cm.
DECIMALS = 7
#: Longitude and latitude within which Thailand lies, with a margin: west, south, east, north.
THAILAND = (97.0, 5.0, 106.0, 21.0)
_GEOGRAPHIC = frozenset({None, "EPSG:4326", "OGC:CRS84"})
#: Indian 1975 to WGS 84 as EPSG:1304 (shift 210, 814, 289 m). PROJ's own choice, EPSG:1812, puts
#: Thai data about 185 m off (measured at four points against the Royal Thai Survey Department's).
_EPSG_1304 = "+proj=helmert +x=210 +y=814 +z=289"
_INDIAN_1975 = {"EPSG:4240": None, "EPSG:24047": 47, "EPSG:24048": 48}
_FIRST_COLLECTION = 4  # GEOS type ids from MultiPoint on have parts

Shapes = npt.NDArray[np.object_]


def operation(crs: str | None) -> str:
    """What is done to coordinates of a reference system, for the report."""
    if crs in _GEOGRAPHIC:
        return "none"
    return "EPSG:1304 (pinned)" if crs in _INDIAN_1975 else f"{crs} to OGC:CRS84 by PROJ"


def from_wkb(column: pa.Array, crs: str | None = None) -> pa.Array:
    """Canonical WKB of WKB in ``crs``; null where it cannot be read, is empty or off the globe."""
    return _settle(_read_wkb(column), crs)


def from_geojson(text: pa.StringArray) -> pa.Array:
    """Canonical WKB of GeoJSON geometries as text; null where it is none.

    A feature is no geometry (RFC 7946 §1.4): its properties would be lost without a word.
    """
    return _settle(_read_geojson(text), None)


def nothing(column: pa.Array) -> pa.BooleanArray:
    """Where WKB, or GeoJSON as text, is a well-formed geometry without a single position."""
    import shapely

    binary = pa.types.is_binary(column.type)
    found = _read_wkb(column) if binary else _read_geojson(column)
    return pa.array(shapely.is_empty(found) & ~shapely.is_missing(found))


def _read_wkb(column: pa.Array) -> Shapes:
    import shapely

    raw = np.empty(len(column), dtype=object)
    raw[:] = column.to_pylist()
    try:
        with np.errstate(invalid="ignore"):  # not a number is off the globe
            return np.asarray(shapely.from_wkb(raw, on_invalid="ignore"), dtype=object)
    except NotImplementedError:  # a curve spoils the whole call: find it, and lose it alone
        return np.array([_read_one(item) for item in raw], dtype=object)


def _read_one(wkb: bytes | None) -> Any:
    import shapely

    try:
        return shapely.from_wkb(wkb, on_invalid="ignore")
    except NotImplementedError:
        return None


def _read_geojson(text: pa.StringArray) -> Shapes:
    import shapely

    feature = pc.match_substring_regex(text, pattern=r'"type"\s*:\s*"Feature')
    text = pc.if_else(feature, pa.scalar(None, pa.string()), text)
    raw = np.empty(len(text), dtype=object)
    raw[:] = text.to_pylist()
    with np.errstate(over="ignore"):  # 1e999 becomes infinite, and that is off the globe
        return np.asarray(shapely.from_geojson(raw, on_invalid="ignore"), dtype=object)


def from_geopoint(text: pa.StringArray, form: str = "default") -> pa.Array:
    """Canonical WKB of Table Schema geopoints: ``lon, lat``, ``[lon, lat]`` or an object."""
    number = r"\s*(?P<{}>[+-]?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?)\s*"
    lon, lat = number.format("lon"), number.format("lat")
    x, y = (rf'\s*"{name}"\s*:\s*' for name in ("lon", "lat"))
    patterns = {
        "default": [rf"\A{lon},{lat}\z"],
        "array": [rf"\A\s*\[{lon},{lat}\]\s*\z"],
        "object": [
            rf'\A\s*\{{{x}"?{lon}"?\s*,{y}"?{lat}"?\s*\}}\s*\z',
            rf'\A\s*\{{{y}"?{lat}"?\s*,{x}"?{lon}"?\s*\}}\s*\z',
        ],
    }
    parts = [pc.extract_regex(text, pattern=pattern) for pattern in patterns[form]]
    return points(
        *(
            pc.coalesce(*(pc.struct_field(part, name) for part in parts)).cast(pa.float64())
            for name in ("lon", "lat")
        )
    )


def points(lon: pa.DoubleArray, lat: pa.DoubleArray) -> pa.Array:
    """Canonical WKB of points; null where a part is missing or outside of the globe."""
    import shapely

    known = np.asarray(pc.and_(pc.is_valid(lon), pc.is_valid(lat)))
    found = np.full(len(known), None, dtype=object)
    x, y = (np.asarray(pc.fill_null(part, 0.0))[known] for part in (lon, lat))
    found[known] = shapely.points(x, y)
    return _settle(found, None)


def shapes(wkb: pa.Array) -> Shapes:
    """Shapely geometries of canonical WKB; ``None`` for null."""
    import shapely

    raw = np.empty(len(wkb), dtype=object)
    raw[:] = wkb.to_pylist()
    return np.asarray(shapely.from_wkb(raw), dtype=object)


def to_wkb(geometries: Shapes) -> pa.Array:
    """WKB, little-endian, of shapely geometries; null for ``None``."""
    import shapely

    return pa.array(shapely.to_wkb(geometries, byte_order=1), pa.binary())


def _settle(geometries: Shapes, crs: str | None) -> pa.Array:
    """Turn, round, order rings; null for what is empty or reaches beyond the globe."""
    import shapely

    found = _without_empty_parts(geometries)
    found[shapely.is_empty(found) & ~shapely.is_missing(found)] = None
    if crs not in _GEOGRAPHIC:
        found = shapely.transform(found, _turn(str(crs)))
    # Adding zero makes -0.0 plain 0.0, which texts do not keep apart.
    found = shapely.transform(found, lambda xy: np.round(xy, DECIMALS) + 0.0)
    found[~_on_globe(found)] = None
    return to_wkb(shapely.orient_polygons(found))


def _without_empty_parts(geometries: Shapes) -> Shapes:
    """Collections without their empty members, which hardly any format can hold."""
    import shapely

    found = np.array(geometries, dtype=object)
    (several,) = np.nonzero(shapely.get_type_id(found) >= _FIRST_COLLECTION)
    parts, owner = shapely.get_parts(found[several], return_index=True)
    for row in several[np.unique(owner[shapely.is_empty(parts)])]:
        kept = [part for part in found[row].geoms if not part.is_empty]
        found[row] = type(found[row])(kept)
    return found


def _on_globe(geometries: Shapes) -> npt.NDArray[np.bool_]:
    """Whether every position is finite and a longitude and latitude; nothing is on the globe."""
    import shapely

    xy, owner = shapely.get_coordinates(geometries, return_index=True)
    inside: npt.NDArray[np.bool_] = np.ones(len(geometries), dtype=bool)
    with np.errstate(invalid="ignore"):
        good = (np.abs(xy[:, 0]) <= 180) & (np.abs(xy[:, 1]) <= 90)
    inside[owner[~good]] = False
    return inside


@cache
def _turn(crs: str) -> Callable[[Any], Any]:
    """A function from coordinates in ``crs`` to longitude and latitude."""
    from pyproj import Transformer

    if crs in _INDIAN_1975:
        zone = _INDIAN_1975[crs]
        back = (
            f"+step +inv +proj=utm +zone={zone} +a=6377276.345 +rf=300.8017"
            if zone
            else ("+step +proj=unitconvert +xy_in=deg +xy_out=rad")
        )
        transformer = Transformer.from_pipeline(
            f"+proj=pipeline {back} +step +proj=cart +a=6377276.345 +rf=300.8017 "
            f"+step {_EPSG_1304} +step +inv +proj=cart +ellps=WGS84 "
            "+step +proj=unitconvert +xy_in=rad +xy_out=deg"
        )
    else:
        transformer = Transformer.from_crs(crs, "OGC:CRS84", always_xy=True)

    def turn(xy: Any) -> Any:
        x, y = transformer.transform(xy[:, 0], xy[:, 1])
        return np.column_stack([x, y])

    return turn


def bounds(wkb: pa.Array) -> tuple[float, float, float, float] | None:
    """West, south, east, north of all shapes; ``None`` if there are none."""
    import shapely

    if wkb.null_count == len(wkb):
        return None
    box = shapely.total_bounds(shapes(wkb))
    return tuple(float(edge) for edge in box)  # type: ignore[return-value]


def kinds(wkb: pa.Array) -> frozenset[str]:
    """Names of the geometry types met, as GeoParquet and GeoJSON spell them."""
    import shapely

    names = (
        "Point", "LineString", "LinearRing", "Polygon", "MultiPoint", "MultiLineString",
        "MultiPolygon", "GeometryCollection",
    )  # fmt: skip
    found = np.unique(shapely.get_type_id(shapes(wkb)))
    return frozenset(names[index] for index in found if index >= 0)
