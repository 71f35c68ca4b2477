"""A map drawn on the server: shapes as an SVG picture, north up, no scripts.

Plate carrée with the middle latitude's scale, which at a province's size nobody can tell from a
conformal one. Shapes are simplified to a third of a pixel; points that fall on one pixel are drawn
once.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from catalog.geometry import Shapes, shapes
from catalog.table import Box, Table

#: Width or height of the picture in its own units, whichever is longer.
SIDE = 640.0
_MARGIN = 8.0


def draw(table: Table, title: str) -> bytes:
    """The table's geometry as an SVG document.

    Args:
        table: a canonical table with geometry.
        title: what a screen reader says of it.
    """
    assert table.box is not None
    frame = _Frame(table.box)
    areas, lines, points = [], [], []
    for batch in table.batches([str(table.geometry)]):
        found = shapes(batch.column(0))
        areas += list(frame.areas(found))
        lines += list(frame.lines(found))
        points += list(frame.points(found))
    drawn = (
        f'<path d="{"".join(areas)}" fill="#5aa9a3" fill-opacity=".35" stroke="#0b5d5b" '
        'stroke-width=".8" stroke-linejoin="round" fill-rule="evenodd"/>' if areas else "",
        f'<path d="{"".join(lines)}" fill="none" stroke="#0b5d5b" stroke-width="1.5"/>'
        if lines else "",
        f'<path d="{"".join(dict.fromkeys(points))}" fill="none" stroke="#0b5d5b" '
        f'stroke-opacity=".75" stroke-width="{_dot(len(points))}" stroke-linecap="round"/>'
        if points else "",
    )  # fmt: skip
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{frame.width:.0f}" '
        f'height="{frame.height:.0f}" viewBox="0 0 {frame.width:.0f} {frame.height:.0f}">'
        f"<title>{_escaped(title)}</title>{''.join(drawn)}</svg>"
    ).encode()


def _dot(count: int) -> float:
    """Diameter of a point: smaller where there are many."""
    return max(2.0, min(9.0, 60.0 / math.sqrt(max(count, 1))))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


class _Frame:
    """From longitude and latitude to the picture."""

    def __init__(self, box: Box) -> None:
        west, south, east, north = box
        self.west, self.north = west, north
        squeeze = math.cos(math.radians((south + north) / 2))
        wide, high = max((east - west) * squeeze, 1e-6), max(north - south, 1e-6)
        # One point, or a line of them, still gets a picture with some room.
        scale = (SIDE - 2 * _MARGIN) / max(wide, high)
        self.x_scale, self.y_scale = scale * squeeze, scale
        self.width, self.height = wide * scale + 2 * _MARGIN, high * scale + 2 * _MARGIN
        self.width, self.height = max(self.width, 60.0), max(self.height, 60.0)
        self.tolerance = 0.35 / scale

    def _parts(self, found: Shapes, kinds: tuple[int, ...]) -> Shapes:
        """Single geometries of the named types, simplified."""
        import shapely

        parts = shapely.get_parts(shapely.get_parts(found[~shapely.is_missing(found)]))
        wanted = parts[np.isin(shapely.get_type_id(parts), kinds)]
        simple: Shapes = shapely.simplify(wanted, self.tolerance)
        return simple

    def areas(self, found: Shapes) -> Iterator[str]:
        """Each ring as a closed path."""
        import shapely

        for ring in shapely.get_rings(self._parts(found, (3,))):
            yield self._path(shapely.get_coordinates(ring)[:-1]) + "Z"

    def lines(self, found: Shapes) -> Iterator[str]:
        """Each line as an open path."""
        import shapely

        for line in self._parts(found, (1, 2)):
            yield self._path(shapely.get_coordinates(line))

    def points(self, found: Shapes) -> Iterator[str]:
        """Each point as a path of no length, which round caps make a dot."""
        import shapely

        for x, y in self._turn(shapely.get_coordinates(self._parts(found, (0,)))):
            yield f"M{x} {y}h0"

    def _turn(self, xy: np.ndarray) -> list[list[float]]:  # type: ignore[type-arg]
        x = (xy[:, 0] - self.west) * self.x_scale + _MARGIN
        y = (self.north - xy[:, 1]) * self.y_scale + _MARGIN
        turned: list[list[float]] = np.round(np.column_stack([x, y]), 1).tolist()
        return turned

    def _path(self, xy: np.ndarray) -> str:  # type: ignore[type-arg]
        return "M" + "L".join(f"{x:g} {y:g}" for x, y in self._turn(xy))
