"""Geometry of plain GeoJSON features, from coordinates that the JSON scanner read, to WKB.

GEOS reads the same from text, a fifth as fast. What is not plain (empty, open rings, positions of
other than two or three numbers, collections, members beside the coordinates) is left to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, compress, islice
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from catalog.problem import Problem, Rejected
from flows.sources._json_fast import Number, Pairs, UnsureError, members

#: Kinds of geometry: GEOS's name, how deep positions are nested, and fewest positions of a line.
_KINDS = {
    "Point": ("POINT", 0, 1), "MultiPoint": ("MULTIPOINT", 1, 1),
    "LineString": ("LINESTRING", 1, 2), "MultiLineString": ("MULTILINESTRING", 2, 2),
    "Polygon": ("POLYGON", 2, 4), "MultiPolygon": ("MULTIPOLYGON", 3, 4),
}  # fmt: skip
_MEMBERS = {"type", "coordinates"}
#: GEOS takes a whole Feature for a geometry too; in a geometry the word has no other place.
_FEATURE = '"Feature'
#: Problems that are told of one file at most.
LISTED = 100


def wkb(geometries: Sequence[Pairs | None]) -> pa.Array:
    """WKB (ISO, little-endian) of geometries; null stays null.

    Args:
        geometries: as the scanner gives them.

    Raises:
        UnsureError: one that is not plain.
    """
    import shapely

    found = np.full(len(geometries), None, dtype=object)
    (known,) = np.nonzero([geometry is not None for geometry in geometries])
    if len(known):
        solid = [geometry for geometry in geometries if geometry is not None]
        if set(map(type, solid)) != {tuple}:
            raise UnsureError
        parts = members(solid)
        if parts.keys() != _MEMBERS or set(map(type, parts["type"])) != {str}:
            raise UnsureError
        kinds = np.array(parts["type"], dtype=object)
        for kind in set(parts["type"]):
            chosen = kinds == kind
            coordinates = list(compress(parts["coordinates"], chosen.tolist()))
            found[known[chosen]] = _shapes(kind, coordinates)
    octets = shapely.to_wkb(found, output_dimension=3, byte_order=1, flavor="iso")
    return pa.array(octets, pa.binary())


def _shapes(kind: Any, coordinates: list[Any]) -> npt.NDArray[np.object_]:
    """Geometries of one kind."""
    import shapely

    if kind not in _KINDS:
        raise UnsureError
    name, depth, fewest = _KINDS[kind]
    positions, offsets = coordinates, []
    for _ in range(depth):
        offsets.append(_offsets(positions))
        positions = list(chain.from_iterable(positions))
    width = _lengths(positions)
    if width not in ({2}, {3}):
        raise UnsureError
    numbers = list(chain.from_iterable(positions))
    if set(map(type, numbers)) != {Number}:
        raise UnsureError
    xy = _floats(numbers).reshape(len(positions), width.pop())
    if offsets:
        _good_lines(offsets[-1], xy, fewest)
    ends = tuple(reversed(offsets)) if offsets else None
    made: npt.NDArray[np.object_] = shapely.from_ragged_array(shapely.GeometryType[name], xy, ends)
    return made


def _lengths(lists: list[Any]) -> set[int]:
    if set(map(type, lists)) != {list}:
        raise UnsureError
    return set(map(len, lists))


def _offsets(lists: list[Any]) -> npt.NDArray[np.int64]:
    """Where each list begins among the elements of all."""
    if 0 in _lengths(lists):
        raise UnsureError
    return np.concatenate([[0], np.cumsum(np.fromiter(map(len, lists), np.int64))])


def _floats(numbers: list[str]) -> npt.NDArray[np.float64]:
    """The nearest double of each number, as GEOS finds it too."""
    try:
        found = np.asarray(pa.array(numbers, pa.string()).cast(pa.float64()))
    except pa.ArrowInvalid as error:
        raise UnsureError from error
    if not np.isfinite(found).all():
        raise UnsureError
    return found


def _good_lines(ends: npt.NDArray[np.int64], xy: npt.NDArray[np.float64], fewest: int) -> None:
    """Lines long enough, and rings closed (RFC 7946 §3.1.6)."""
    if (np.diff(ends) < fewest).any():
        raise UnsureError
    if fewest == _KINDS["Polygon"][2] and (xy[ends[:-1]] != xy[ends[1:] - 1]).any():
        raise UnsureError


def by_geos(geometries: Sequence[str | None], first: int, label: str) -> pa.Array:
    """WKB (ISO, little-endian) of geometries as GeoJSON writes them; null where there is none.

    Args:
        geometries: as they are written.
        first: row of the first, for a problem.
        label: of the column, for a problem.

    Raises:
        Rejected: geometries that are none, each with its row.
    """
    import shapely

    texts = [None if text in (None, "null") else text for text in geometries]
    wrapped = any(_FEATURE in text for text in texts if text)
    try:
        shapes = None if wrapped else shapely.from_geojson(texts)
    except shapely.errors.GEOSException:
        shapes = None
    if shapes is None:
        raise Rejected(*islice(_bad(texts, first, label), LISTED))
    octets = shapely.to_wkb(shapes, output_dimension=3, byte_order=1, flavor="iso")
    return pa.array(octets, pa.binary())


def _bad(texts: list[str | None], first: int, label: str) -> Iterator[Problem]:
    import shapely

    for row, text in enumerate(texts, first):
        reason = "a Feature is no geometry" if text and _FEATURE in text else None
        try:
            shapely.from_geojson(text)
        except shapely.errors.GEOSException as error:
            reason = str(error)
        if reason:
            params = {"reason": reason}
            yield Problem("geometry-invalid", row=row, field=label, params=params)
