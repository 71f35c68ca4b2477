"""Geometry of placemarks: texts of coordinates to WKB, a whole batch at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from catalog.problem import Problem, Rejected
from flows.sources._kml_parse import Placemark

_LISTED = 100
#: Fewest positions of each kind of line.
_FEWEST = {"Point": 1, "LineString": 2, "LinearRing": 4, "Polygon": 4}
_MANY = {"Point": "multipoints", "LineString": "multilinestrings", "LinearRing": "multilinestrings",
         "Polygon": "multipolygons"}  # fmt: skip

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


class Positions:
    """Longitudes and latitudes of many texts of coordinates.

    Attributes:
        xy: all positions, one after the other.
        counts: how many of them each text has.
        heights: how many positions have a height other than 0.

    Args:
        texts: ``lon,lat[,height]`` with white space between positions.
        rows: the row of each text, for problems.

    Raises:
        Rejected: not two or three numbers in a position.
    """

    def __init__(self, texts: Sequence[str], rows: Sequence[int]) -> None:
        numbers, owner = _positions(texts)
        self.counts: Counts = np.bincount(owner, minlength=len(texts)).astype(np.int64)
        width = np.asarray(pc.list_value_length(numbers)).astype(np.int64)
        wrong = np.flatnonzero((width != 2) & (width != 3))
        if len(wrong):
            said = ",".join(numbers[int(wrong[0])].as_py())[:60]
            raise _bad([rows[owner[wrong[0]]]], f"«{said}»")
        ends = np.cumsum(width)
        values = _floats(
            pc.list_flatten(numbers),
            lambda at: rows[owner[np.searchsorted(ends, at, side="right")]],
        )
        start = ends - width
        self.xy: Floats = np.column_stack([values[start], values[start + 1]])
        self.heights = int(np.count_nonzero(values[start[width == 3] + 2]))


def _positions(texts: Sequence[str]) -> tuple[pa.Array, Counts]:
    """Positions as lists of numbers (still text), and the number of the text of each."""
    column = pa.array(texts, pa.string())
    # Positions are separated by white space, which some programs put behind commas as well.
    column = pc.replace_substring_regex(column, pattern=r"\s*,\s*", replacement=",")
    listed = pc.split_pattern_regex(pc.ascii_trim_whitespace(column), pattern=r"\s+")
    flat = pc.list_flatten(listed)
    kept = pc.not_equal(flat, "")
    owner = np.asarray(pc.list_parent_indices(listed))[np.asarray(kept)]
    return pc.split_pattern(flat.filter(kept), pattern=","), owner


def _floats(texts: pa.Array, row: Callable[[int], int]) -> Floats:
    """Numbers, each the nearest double of its text; refused where one is none."""
    try:
        values = np.asarray(texts.cast(pa.float64()))
    except pa.ArrowInvalid:
        values = np.array([_float(text) for text in texts.to_pylist()])
    strange = np.flatnonzero(~np.isfinite(values))
    if len(strange):
        at = int(strange[0])
        raise _bad([row(at)], f"«{texts[at].as_py()[:60]}»")
    return values


def _float(text: str) -> float:
    try:
        return float(text) if text.isascii() and "_" not in text else np.nan
    except ValueError:
        return np.nan


def _bad(rows: Sequence[int], reason: str) -> Rejected:
    return Rejected(
        *(Problem("geometry-invalid", row=int(row), field="geometry", params={"reason": reason})
          for row in rows[:_LISTED])
    )  # fmt: skip


def wkb(placemarks: Sequence[Placemark], first: int) -> tuple[pa.Array, int]:
    """WKB (ISO, little-endian, two dimensions) of placemarks; null where one has no position.

    Args:
        placemarks: a batch.
        first: row of the first.

    Returns:
        The column, and how many positions had a height other than 0, which is not in it.

    Raises:
        Rejected: coordinates that are none, lines too short, rings that are not closed.
    """
    import shapely

    owners: list[npt.NDArray[np.int64]] = []
    made: list[npt.NDArray[np.object_]] = []
    orders: list[npt.NDArray[np.int64]] = []
    kinds: list[npt.NDArray[np.int64]] = []
    heights, order = 0, 0
    listed: dict[str, tuple[list[int], list[int], list[list[str]]]] = {
        kind: ([], [], []) for kind in _FEWEST
    }
    for at, placemark in enumerate(placemarks):
        for kind, texts in placemark.parts:
            if texts[0]:
                order += 1
                owner, number, rings = listed[kind]
                owner.append(at)
                number.append(order)
                rings.append(texts)
    for code, (kind, (owner, number, rings)) in enumerate(listed.items()):
        if owner:
            shapes, high = _shapes(kind, rings, [at + first for at in owner])
            heights += high
            made.append(shapes)
            owners.append(np.array(owner, np.int64))
            orders.append(np.array(number, np.int64))
            kinds.append(np.full(len(owner), code, np.int64))
    found = np.full(len(placemarks), None, dtype=object)
    if made:
        _put_together(found, placemarks, np.concatenate(made), np.concatenate(owners),
                      np.concatenate(orders), np.concatenate(kinds))  # fmt: skip
    octets = shapely.to_wkb(found, output_dimension=2, byte_order=1, flavor="iso")
    return pa.array(octets, pa.binary()), heights


def _shapes(
    kind: str, rings: list[list[str]], rows: list[int]
) -> tuple[npt.NDArray[np.object_], int]:
    """Simple geometries of one kind."""
    import shapely

    flat = [text for texts in rings for text in texts]
    polygon = np.repeat(np.arange(len(rings)), [len(texts) for texts in rings])
    row_of = np.array(rows)[polygon]
    found = Positions(flat, row_of.tolist())
    short = found.counts < _FEWEST[kind]
    if short.any():
        count = int(found.counts[short][0])
        raise _bad(row_of[short].tolist(), f"{kind}: {count} < {_FEWEST[kind]}")
    if kind == "Point":
        if (found.counts > 1).any():
            raise _bad(row_of[found.counts > 1].tolist(), "Point: > 1")
        return shapely.points(found.xy), found.heights
    indices = np.repeat(np.arange(len(flat)), found.counts)
    if kind == "LineString":
        return shapely.linestrings(found.xy, indices=indices), found.heights
    ends = np.cumsum(found.counts)
    open_ = (found.xy[ends - found.counts] != found.xy[ends - 1]).any(axis=1)
    if open_.any():
        raise _bad(row_of[open_].tolist(), "LinearRing ≠")
    if kind == "LinearRing":
        return shapely.linestrings(found.xy, indices=indices), found.heights
    lines = shapely.linearrings(found.xy, indices=indices)
    return shapely.polygons(lines, indices=polygon), found.heights


def _put_together(
    found: npt.NDArray[np.object_], placemarks: Sequence[Placemark],
    shapes: npt.NDArray[np.object_], owners: Counts, orders: Counts, kinds: Counts,
) -> None:  # fmt: skip
    """Put each placemark's geometry into its place: the one it has, or a collection of several."""
    import shapely

    several = np.array([placemark.several for placemark in placemarks])
    single = ~several[owners]
    found[owners[single]] = shapes[single]
    if single.all():
        return
    sequence = np.argsort(orders[~single])  # parts as the file has them
    shapes, owners, kinds = (values[~single][sequence] for values in (shapes, owners, kinds))
    classes = kinds.copy()
    classes[kinds == 2] = 1  # rings are lines too
    least, most = np.full(len(placemarks), 9), np.full(len(placemarks), -1)
    np.minimum.at(least, owners, classes)
    np.maximum.at(most, owners, classes)
    makers = list(_MANY.values())
    for code in (0, 1, 3, None):
        chosen = (least != most) & (most >= 0) if code is None else (least == code) & (most == code)
        (at,) = np.nonzero(chosen)
        if len(at):
            inside = chosen[owners]
            make = shapely.geometrycollections if code is None else getattr(shapely, makers[code])
            indices = np.searchsorted(at, owners[inside])
            found[at] = make(shapes[inside], indices=indices)
