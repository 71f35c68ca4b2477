"""Shapes as layers of one geometry type hold them: single or multi, and collections."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from catalog.geometry import Shapes

#: GEOS type ids; 2 is a linear ring, which WKB does not have.
_IDS = {
    "Point": 0, "LineString": 1, "Polygon": 3, "MultiPoint": 4, "MultiLineString": 5,
    "MultiPolygon": 6, "GeometryCollection": 7,
}  # fmt: skip
_SINGLE = ("Point", "LineString", "Polygon")


def of_kind(found: Shapes, *kinds: str) -> npt.NDArray[np.bool_]:
    """Which shapes are of one of the kinds."""
    import shapely

    return np.isin(shapely.get_type_id(found), [_IDS[kind] for kind in kinds])


def layer_type(kinds: tuple[str, ...]) -> str:
    """The one type that holds all kinds of a table once they are ``promoted``; else ``Unknown``."""
    multi = {f"Multi{kind}" if kind in _SINGLE else kind for kind in kinds}
    if len(kinds) == 1:
        return kinds[0]
    return multi.pop() if len(multi) == 1 else "Unknown"


def promoted(found: Shapes, kinds: tuple[str, ...]) -> Shapes:
    """Shapes of one layer type: single ones become multi where a table has both."""
    import shapely

    result = np.array(found, dtype=object)
    makers = (shapely.multipoints, shapely.multilinestrings, shapely.multipolygons)
    for single, make in zip(_SINGLE, makers, strict=True):
        if single in kinds and f"Multi{single}" in kinds:
            (rows,) = np.nonzero(of_kind(result, single))
            if len(rows):
                result[rows] = make(result[rows], indices=np.arange(len(rows)))
    return result


def demoted(found: Shapes) -> Shapes:
    """Shapes whose multi kinds of a single part are that part."""
    import shapely

    result = np.array(found, dtype=object)
    multi = of_kind(result, *(f"Multi{kind}" for kind in _SINGLE))
    (rows,) = np.nonzero(multi & (shapely.get_num_geometries(result) == 1))
    result[rows] = shapely.get_geometry(result[rows], 0)
    return result


def gathered(parts: list[Any]) -> Any:
    """Shapes as one: the multi kind if all are of one plain kind, else a collection."""
    import shapely

    makers = {
        "Point": shapely.MultiPoint,
        "LineString": shapely.MultiLineString,
        "Polygon": shapely.MultiPolygon,
    }
    kinds = {part.geom_type for part in parts}
    make = makers.get(next(iter(kinds))) if len(kinds) == 1 else None
    return (make or shapely.GeometryCollection)(parts)
