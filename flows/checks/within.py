"""Geometry in its province (``within`` of a geometry field, which names the column of the code).

A position is held against the outline of the province that its row states, with a tolerance
(``withinTolerance``, 3 km if not said), because the outlines are simplified
(``catalog/data/places/README.md``). A line or an area is judged by a point on it. What lies in
another province is an error; so is what lies in none, but off the coast of a province at the sea it
is a warning: the outlines lack small islands.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from catalog.geometry import shapes
from catalog.problem import Level, Problem
from catalog.schema import SchemaField
from catalog.table import Table
from flows.checks import Checked
from flows.checks._found import EXAMPLES, Found, numbered, placed
from flows.checks.places import bare, named

STAGE = "typed"
#: Kilometres that a position may lie off its province, where nothing else is said.
TOLERANCE = 3.0
#: Kilometres from a province's outline to the farthest of its islands.
OFF_THE_COAST = 80.0
#: Kilometres in a degree of longitude (at 13.5° N, within 5 % of it in all Thailand) and latitude.
_KM = np.array([108.2, 110.6])
_POINT = 21  # bytes of a point's WKB: order, type, two float64

Numbers = npt.NDArray[np.float64]


def check(table: Checked) -> Iterator[Problem]:
    """Hold each geometry that states its province."""
    assert table.typed is not None
    fields = [item for item in table.schema.fields if item.is_geometry and item.within]
    yield from placed(table, (item for one in fields for item in _column(table.typed, one)))


@dataclass(slots=True)
class _Places:
    """Outlines of the provinces, in kilometres east and north, by code."""

    codes: list[str]
    outlines: Any
    coast: list[bool]
    roomy: dict[tuple[str, float], Any] = field(default_factory=dict)

    def with_room(self, code: str, tolerance: float) -> Any:
        """An outline, widened, and made ready for many questions."""
        import shapely

        key = (code, tolerance)
        if key not in self.roomy:
            widened = shapely.buffer(self.outlines[self.codes.index(code)], tolerance)
            shapely.prepare(widened)
            self.roomy[key] = widened
        return self.roomy[key]


@cache
def _places() -> _Places:
    import shapely

    text = (files("catalog") / "data" / "places" / "province_outlines.geojson").read_text("utf-8")
    features = json.loads(text)["features"]
    outlines = shapely.from_geojson([json.dumps(item["geometry"]) for item in features])
    return _Places(
        [item["properties"]["code"] for item in features],
        shapely.transform(outlines, lambda xy: xy * _KM),
        [item["properties"]["coast"] for item in features],
    )


def _column(typed: Table, item: SchemaField) -> Iterator[Found]:
    tolerance = TOLERANCE if item.within_tolerance is None else item.within_tolerance
    kept: dict[tuple[str, Level], list[tuple[int, float, float, str]]] = {}
    counts: dict[tuple[str, Level], int] = {}
    for start, batch in numbered(typed, (item.name, str(item.within))):
        rows, xy, codes = _stated(batch)
        far = _is_far(xy, codes, tolerance)
        rows, xy, codes = rows[far], xy[far], codes[far]
        for kind, chosen in _kinds(xy, codes):
            counts[kind] = counts.get(kind, 0) + len(chosen)
            room = EXAMPLES - len(kept.setdefault(kind, []))
            kept[kind] += [
                (start + int(rows[i]), *xy[i].tolist(), str(codes[i])) for i in chosen[:room]
            ]
    for kind, found in kept.items():
        for row, x, y, code in found:
            yield row, _problem(item, kind, counts[kind], (x, y), code)


def _stated(batch: pa.RecordBatch) -> tuple[npt.NDArray[Any], Numbers, npt.NDArray[Any]]:
    """Rows of a batch that have a geometry and the code of a province, positions, and codes."""
    codes = pc.utf8_slice_codeunits(bare(batch.column(1)), 0, 2)
    known = pc.is_in(codes, value_set=pa.array(_places().codes))
    both = pc.and_(pc.is_valid(batch.column(0)), pc.fill_null(known, False))
    rows = np.flatnonzero(both.to_numpy(zero_copy_only=False))
    taken = pa.array(rows)
    return rows, positions(batch.column(0).take(taken)), np.array(codes.take(taken).to_pylist())


def positions(wkb: pa.Array) -> Numbers:
    """Longitude and latitude of each geometry, of a point on it if it is no point.

    Args:
        wkb: canonical WKB, none null.
    """
    if not len(wkb):
        return np.zeros((0, 2))
    if pc.all(pc.equal(pc.binary_length(wkb), _POINT)).as_py():
        fixed = wkb.cast(pa.binary(_POINT))
        octets = np.frombuffer(fixed.buffers()[1], np.uint8, len(fixed) * _POINT)
        return octets.reshape(-1, _POINT)[:, 5:].copy().view("<f8").reshape(-1, 2)
    import shapely

    found: Numbers = shapely.get_coordinates(shapely.point_on_surface(shapes(wkb)))
    return found


def _is_far(xy: Numbers, codes: npt.NDArray[Any], tolerance: float) -> npt.NDArray[np.bool_]:
    """Which positions lie off their province by more than the tolerance."""
    import shapely

    far = np.zeros(len(xy), dtype=bool)
    for code in np.unique(codes):
        here = np.flatnonzero(codes == code)
        outline = _places().with_room(str(code), tolerance)
        far[here] = ~shapely.contains_xy(outline, xy[here] * _KM)
    return far


def _kinds(
    xy: Numbers, codes: npt.NDArray[Any]
) -> Iterator[tuple[tuple[str, Level], npt.NDArray[Any]]]:
    """Positions that are far off, by what is said of them."""
    import shapely

    if not len(xy):
        return
    known = _places()
    tree = shapely.STRtree(known.outlines)
    inside, _ = tree.query(shapely.points(xy * _KM), predicate="intersects")
    elsewhere = np.zeros(len(xy), dtype=bool)
    elsewhere[inside] = True
    places = [known.codes.index(str(code)) for code in codes]
    off = shapely.distance(known.outlines[places], shapely.points(xy * _KM))
    at_sea = np.array([known.coast[place] for place in places]) & (off <= OFF_THE_COAST)
    yield ("point-elsewhere", Level.ERROR), np.flatnonzero(elsewhere)
    yield ("point-outside", Level.ERROR), np.flatnonzero(~elsewhere & ~at_sea)
    yield ("point-outside", Level.WARNING), np.flatnonzero(~elsewhere & at_sea)


def _problem(
    item: SchemaField, kind: tuple[str, Level], count: int, at: tuple[float, float], code: str
) -> Problem:
    import shapely

    known = _places()
    point = shapely.Point(np.array(at) * _KM)
    off = known.outlines[known.codes.index(code)].distance(point)
    params: dict[str, Any] = {"count": count, "wanted": named(code), "distance": f"{off:.1f}"}
    if kind[0] == "point-elsewhere":
        there = int(shapely.STRtree(known.outlines).query(point, predicate="intersects")[0])
        params["found"] = named(known.codes[there])
    value = f"{at[0]:.7g}, {at[1]:.7g}"
    return Problem(kind[0], field=item.name, value=value, params=params, level=kind[1])
