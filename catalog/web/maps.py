"""A map drawn on the server: shapes as an SVG picture, north up, no scripts.

Plate carrée with the middle latitude's scale, which at a province's size nobody can tell from a
conformal one. Coordinates are whole tenths of a unit of the picture and each is written as the step
from the one before, which keeps a map of 900 districts under 100 kB; shapes are simplified to a
third of a unit, and points that fall on one place are drawn once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from catalog.geometry import Shapes, shapes
from catalog.table import Box, Table

#: Width or height of the picture in its own units, whichever is longer.
SIDE = 640.0
_MARGIN = 10.0
#: Room around points, as a share of their extent, and the least extent in degrees (some 20 km), so
#: that one point still lies somewhere.
_ROOM, _LEAST = 0.06, 0.2
_STEP = 10  # tenths
_POINT, _LINES, _AREA = (0,), (1, 2), (3,)  # GEOS type ids
#: Drawn as ``<img>``: the picture knows dark and light by itself.
_STYLE = (
    ".b{fill:#e4eceb;stroke:#9db3b0;stroke-width:6}.a{fill:#5aa9a3;fill-opacity:.4;"
    "stroke:#0b5d5b;stroke-width:8}.l{fill:none;stroke:#0b5d5b;stroke-width:15}"
    ".p{fill:none;stroke:#0b5d5b;stroke-opacity:.8;stroke-linecap:round}path{stroke-linejoin:round}"
    "@media(prefers-color-scheme:dark){.b{fill:#22302e;stroke:#4d615e}.a{fill:#3f8f89;"
    "stroke:#9fe0da}.l,.p{stroke:#9fe0da}}"
)


def draw(table: Table, title: str, outlines: Table | None = None) -> bytes:
    """The table's geometry as an SVG document.

    Args:
        table: a canonical table with geometry.
        title: what a screen reader says of it.
        outlines: areas that are drawn under points and lines, to show where they lie.
    """
    frame = _Frame(_box(table))
    areas, lines, points = frame.drawn(table)
    under = "" if areas or outlines is None else _path("b", frame.drawn(outlines, clip=True)[0])
    drawn = (
        under,
        _path("a", areas, fill_rule="evenodd"),
        _path("l", lines),
        _path("p", _dots(points), stroke_width=f"{_dot(len(points)):.0f}"),
    )
    wide, high = frame.size
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{wide}" height="{high}" '
        f'viewBox="0 0 {wide * _STEP} {high * _STEP}"><title>{_escaped(title)}</title>'
        f"<style>{_STYLE}</style>{''.join(drawn)}</svg>"
    ).encode()


def size(box: Box, kinds: Sequence[str]) -> tuple[int, int]:
    """Width and height of the picture of a table with this box and these geometry types."""
    return _Frame(_roomy(box) if _has_no_area(kinds) else box).size


def _box(table: Table) -> Box:
    assert table.box is not None
    return _roomy(table.box) if _has_no_area(table.geometry_kinds) else table.box


def _has_no_area(kinds: Sequence[str]) -> bool:
    return not any("Polygon" in kind or "Collection" in kind for kind in kinds)


def _roomy(box: Box) -> Box:
    west, south, east, north = box
    x = max((east - west) * _ROOM, (_LEAST - (east - west)) / 2)
    y = max((north - south) * _ROOM, (_LEAST - (north - south)) / 2)
    return west - x, south - y, east + x, north + y


def _path(kind: str, parts: Iterable[str], **attributes: str) -> str:
    drawn = "".join(parts)
    more = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f'<path class="{kind}"{more} d="{drawn}"/>' if drawn else ""


def _dot(count: int) -> float:
    """Diameter of a point in tenths: smaller where there are many."""
    return _STEP * max(2.5, min(9.0, 90.0 / math.sqrt(max(count, 1))))


def _dots(points: Sequence[tuple[int, int]]) -> Iterator[str]:
    """Points in order as steps of no length, which round caps make dots."""
    x = y = 0
    for across, down in sorted(set(points)):
        yield f"m{across - x} {down - y}h0"
        x, y = across, down


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


class _Frame:
    """From longitude and latitude to the picture.

    Args:
        box: what it shows.
    """

    def __init__(self, box: Box) -> None:
        west, south, east, north = box
        squeeze = math.cos(math.radians((south + north) / 2))
        wide, high = max((east - west) * squeeze, 1e-6), max(north - south, 1e-6)
        scale = (SIDE - 2 * _MARGIN) / max(wide, high)
        self.box = box
        self.scale = np.array([scale * squeeze, -scale])
        self.origin = np.array([west, north])
        self.size = (math.ceil(wide * scale + 2 * _MARGIN), math.ceil(high * scale + 2 * _MARGIN))
        self.tolerance = 0.35 / scale

    def drawn(
        self, table: Table, clip: bool = False
    ) -> tuple[list[str], list[str], list[tuple[int, int]]]:
        """Paths of areas, paths of lines, and points of a table."""
        import shapely

        areas: list[str] = []
        lines: list[str] = []
        points: list[tuple[int, int]] = []
        for batch in table.batches([str(table.geometry)]):
            found = shapes(batch.column(0))
            parts = shapely.get_parts(shapely.get_parts(found[~shapely.is_missing(found)]))
            if clip:
                parts = shapely.get_parts(shapely.clip_by_rect(parts, *self.box))
            kinds = shapely.get_type_id(parts)
            rings = shapely.get_rings(self._simple(parts[np.isin(kinds, _AREA)]))
            areas += filter(None, (self._steps(ring, "z") for ring in rings))
            strings = self._simple(parts[np.isin(kinds, _LINES)])
            lines += filter(None, (self._steps(line, "") for line in strings))
            dots = self._places(shapely.get_coordinates(parts[np.isin(kinds, _POINT)]))
            points += map(tuple, dots.tolist())
        return areas, lines, points

    def _simple(self, found: Shapes) -> Shapes:
        import shapely

        simple: Shapes = shapely.simplify(found, self.tolerance)
        return simple

    def _places(self, xy: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """Places in the picture, in whole tenths."""
        turned = ((xy - self.origin) * self.scale + _MARGIN) * _STEP
        places: npt.NDArray[np.int64] = np.round(turned).astype(np.int64)
        return places

    def _steps(self, shape: Any, end: str) -> str:
        """One ring or line as a path; a shape smaller than a step is left out."""
        import shapely

        places = self._places(shapely.get_coordinates(shape))
        steps = np.diff(places, axis=0)
        steps = steps[(steps != 0).any(axis=1)]
        if not len(steps):
            return ""
        moved = "".join(str(step) if step < 0 else f" {step}" for step in chain(*steps.tolist()))
        return f"M{places[0, 0]} {places[0, 1]}l{moved.strip()}{end}"
