"""Shapes as KML geometry (OGC 07-147r2) and back: ``lon,lat`` tuples parted by blanks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalog.formats._geo_shapes import gathered, of_kind
from catalog.formats._text import to_wkt
from catalog.geometry import Shapes, shapes, to_wkb

NAMESPACE = "http://www.opengis.net/kml/2.2"
_TAG = f"{{{NAMESPACE}}}"
GEOMETRIES = frozenset(_TAG + name for name in ("Point", "LineString", "Polygon", "MultiGeometry"))
_RING = "<LinearRing><coordinates>{}</coordinates></LinearRing>"
_OUTER = f"<outerBoundaryIs>{_RING}</outerBoundaryIs>"
_INNER = f"<innerBoundaryIs>{_RING}</innerBoundaryIs>"
_BLANK_FOR_COMMA = str.maketrans(", ", " ,")


def to_kml(column: pa.Array) -> pa.StringArray:
    """WKB as KML geometry elements; null stays null.

    Made from WKT by replacing signs in whole columns, kind by kind; only collections of several
    kinds are taken apart one by one.
    """
    found = shapes(column)
    result = pa.nulls(len(column), pa.string())
    for kind, make in _MAKERS.items():
        mask = of_kind(found, kind)
        if mask.any():
            texts = make(to_wkt(column.filter(pa.array(mask))))
            result = pc.replace_with_mask(result, pa.array(mask), texts)
    return result


def _inside(wkt: pa.StringArray, opening: int) -> pa.StringArray:
    """The coordinates of WKT as KML has them, with WKT's brackets inside kept.

    Args:
        wkt: texts of one kind.
        opening: brackets around the whole.
    """
    start = rf"\A[A-Z]+ \({{{opening}}}"
    inside = pc.replace_substring_regex(wkt, pattern=start, replacement="")
    inside = pc.utf8_slice_codeunits(inside, 0, -opening)
    inside = pc.replace_substring(inside, pattern=", ", replacement=";")
    inside = pc.replace_substring(inside, pattern=" ", replacement=",")
    return pc.replace_substring(inside, pattern=";", replacement=" ")


def _wrapped(start: str, inside: pa.StringArray, end: str) -> pa.StringArray:
    return pc.binary_join_element_wise(start, inside, end, "")


def _element(name: str) -> tuple[str, str]:
    return f"<{name}><coordinates>", f"</coordinates></{name}>"


def _single(name: str) -> Callable[[pa.StringArray], pa.StringArray]:
    start, end = _element(name)
    return lambda wkt: _wrapped(start, _inside(wkt, 1), end)


def _several(name: str, opening: int, between: str) -> Callable[[pa.StringArray], pa.StringArray]:
    start, end = _element(name)

    def make(wkt: pa.StringArray) -> pa.StringArray:
        inside = pc.replace_substring(
            _inside(wkt, opening), pattern=between, replacement=end + start
        )
        return _wrapped(f"<MultiGeometry>{start}", inside, f"{end}</MultiGeometry>")

    return make


def _polygon(wkt: pa.StringArray) -> pa.StringArray:
    return _wrapped("<Polygon>", _rings(_inside(wkt, 2)), "</Polygon>")


def _multipolygon(wkt: pa.StringArray) -> pa.StringArray:
    # A bar before each polygon after the first; rings are parted by ``) (`` still.
    parts = pc.replace_substring(_inside(wkt, 3), pattern=")) ((", replacement="|")
    polygons = pc.replace_substring(_rings(parts), pattern="|", replacement="</Polygon><Polygon>")
    return _wrapped("<MultiGeometry><Polygon>", polygons, "</Polygon></MultiGeometry>")


def _rings(texts: pa.StringArray) -> pa.StringArray:
    """Rings as boundaries: what follows ``) (`` is a hole, what begins a polygon is its outside."""
    texts = pc.replace_substring(texts, pattern=") (", replacement="^")
    holes = pc.replace_substring_regex(
        texts, pattern=r"\^([^|^]*)", replacement=_INNER.format(r"\1")
    )
    return pc.replace_substring_regex(
        holes, pattern=r"(\A|\|)([^|<]+)", replacement=r"\1" + _OUTER.format(r"\2")
    )


def _collections(wkt: pa.StringArray) -> pa.StringArray:
    """Collections of several kinds: rare, so taken apart one by one."""
    import shapely

    return pa.array(
        [_collection(shape) for shape in shapely.from_wkt(wkt.to_pylist())], pa.string()
    )


def _collection(shape: Any) -> str:
    if shape.geom_type == "GeometryCollection":
        return f"<MultiGeometry>{''.join(map(_collection, shape.geoms))}</MultiGeometry>"
    one: str = to_kml(to_wkb(np.array([shape], dtype=object)))[0].as_py()
    return one


_MAKERS: dict[str, Callable[[pa.StringArray], pa.StringArray]] = {
    "Point": _single("Point"),
    "LineString": _single("LineString"),
    "Polygon": _polygon,
    "MultiPoint": _several("Point", 2, ") ("),
    "MultiLineString": _several("LineString", 2, ") ("),
    "MultiPolygon": _multipolygon,
    "GeometryCollection": _collections,
}


def wkt_of(element: Any) -> str:
    """The WKT of a geometry element of KML (an ``lxml`` element)."""
    name = element.tag.removeprefix(_TAG)
    if name == "Polygon":
        rings = [
            f"({_swapped(ring.text)})"
            for boundary in ("outerBoundaryIs", "innerBoundaryIs")
            for ring in element.iterfind(f"{_TAG}{boundary}/{_TAG}LinearRing/{_TAG}coordinates")
        ]
        return f"POLYGON ({', '.join(rings)})"
    if name == "MultiGeometry":
        parts = [wkt_of(part) for part in element if part.tag in GEOMETRIES]
        return f"GEOMETRYCOLLECTION ({', '.join(parts)})"
    return f"{name.upper()} ({_swapped(element.findtext(f'{_TAG}coordinates'))})"


def _swapped(coordinates: str) -> str:
    """``1,2 3,4`` as ``1 2,3 4``."""
    return coordinates.translate(_BLANK_FOR_COMMA)


def from_kml(wkt: list[str | None]) -> pa.Array:
    """Canonical WKB of what ``wkt_of`` gave; a ``MultiGeometry`` of one kind is its multi shape."""
    import shapely

    raw = np.empty(len(wkt), dtype=object)
    raw[:] = wkt
    return to_wkb(one_kind(np.asarray(shapely.from_wkt(raw), dtype=object)))


def one_kind(found: Shapes) -> Shapes:
    """Collections whose parts are of one plain kind as the multi shape, which KML cannot tell."""
    result = np.array(found, dtype=object)
    for row in np.nonzero(of_kind(result, "GeometryCollection"))[0]:
        result[row] = _gathered(result[row])
    return result


def _gathered(shape: Any) -> Any:
    if shape.geom_type != "GeometryCollection":
        return shape
    return gathered([_gathered(part) for part in shape.geoms])
