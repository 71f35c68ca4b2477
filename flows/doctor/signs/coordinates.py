"""Positions: outside of Thailand, zero, in metres (UTM), in degrees and minutes, two in one cell.

Latitude and longitude that changed places are seen where both columns are:
``flows.doctor.table``. Refuses to guess: the zone of UTM and whether it is WGS 84 or Indian 1975
(about 500 m apart, pinned operation EPSG:1304); both are asked about.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from catalog.geometry import THAILAND
from catalog.problem import Level
from flows.doctor import Column, Finding
from flows.doctor._column_find import ask, found, of_field, repair
from flows.doctor._column_role import Role, role_of
from flows.doctor._values_view import Flags, flags, view
from flows.repairs._arrow import differs, matches
from flows.repairs._coordinates import degrees
from flows.repairs._rows import read_numbers

_WEST, _SOUTH, _EAST, _NORTH = THAILAND
#: Degrees in which each half of a position lies, and metres in UTM zones 47 and 48.
DEGREES = {"lat": (_SOUTH, _NORTH), "lon": (_WEST, _EAST)}
METRES = {"easting": (100_000.0, 900_000.0), "northing": (550_000.0, 2_350_000.0)}
_HALF_OF = {"lat": "northing", "lon": "easting", "northing": "northing", "easting": "easting"}


def examine(column: Column) -> Iterator[Finding]:
    """Look at a column of latitudes, longitudes, metres, or points."""
    role = role_of(column)
    kind = role.meaning.kind if role.meaning else None
    if role.kind == "point":
        yield from _points(column, role)
    elif kind in _HALF_OF and role.kind == "number":
        yield from _figures(column, role, str(kind))
    elif kind in (*_HALF_OF, "point"):
        seen = view(column)
        after = degrees(seen.texts)
        mask = flags(differs(seen.tidy, after)) & flags(pc.is_valid(read_numbers(after)))
        yield from found(column, mask, code="coordinates-dms", after=after)


def values_of(column: Column) -> npt.NDArray[np.float64]:
    """Figures of the distinct texts; not a number where there is none."""
    figures = read_numbers(view(column).texts)
    return np.asarray(figures.to_numpy(zero_copy_only=False), dtype=np.float64)


def within(values: npt.NDArray[np.float64], bounds: tuple[float, float]) -> Flags:
    """Which values lie within bounds."""
    with np.errstate(invalid="ignore"):
        return np.asarray((values >= bounds[0]) & (values <= bounds[1]))


def _figures(column: Column, role: Role, kind: str) -> Iterator[Finding]:
    seen, values = view(column), values_of(column)
    zero = role.fits & (values == 0)
    if zero.any():
        words = sorted(set(seen.kept(zero).to_pylist()))
        question = ask(
            "zeros", {"zero": [], "missing": [repair("missing", words=words)]}, "missing"
        )
        yield from found(column, zero, code="coordinates-zero", question=question)
    rest = role.fits & ~zero
    metres = rest & within(values, METRES[_HALF_OF[kind]])
    if seen.rows(metres) * 2 > seen.rows(rest):
        yield from found(column, metres, code="coordinates-utm", level=Level.NOTE)
        return
    if kind not in DEGREES:
        return
    other = DEGREES["lon" if kind == "lat" else "lat"]
    outside = rest & ~within(values, DEGREES[kind]) & ~within(values, other)
    yield from found(column, outside, code="coordinates-outside")


def _points(column: Column, role: Role) -> Iterator[Finding]:
    """Two figures in one cell: which comes first."""
    seen = view(column)
    first, second = (_half(seen.tidy, at) for at in (1, 2))
    lon_lat = role.fits & within(first, DEGREES["lon"]) & within(second, DEGREES["lat"])
    lat_lon = role.fits & within(first, DEGREES["lat"]) & within(second, DEGREES["lon"])
    plain = bool(
        (~role.fits | flags(matches(seen.tidy, r"\A[-+]?[0-9.]+ ?, ?[-+]?[0-9.]+\z"))).all()
    )
    if lat_lon.any():
        yield from found(column, lat_lon, code="coordinates-lat-first")
    elif plain and not role.odd.any():
        yield from found(column, lon_lat, code="coordinates-point", level=Level.NOTE,
                         remedies=[of_field("type", "geopoint")])  # fmt: skip
    outside = role.fits & ~lon_lat & ~lat_lon
    yield from found(column, outside, code="coordinates-outside")


def _half(texts: pa.Array, at: int) -> npt.NDArray[np.float64]:
    parts = pc.extract_regex(
        texts, r"(?P<a1>[-+]?[0-9]+\.[0-9]+)[^0-9+-]+(?P<a2>[-+]?[0-9]+\.[0-9]+)"
    )
    # Not ``parts.field``, which has empty texts where nothing matched.
    figures = pc.fill_null(pc.struct_field(parts, f"a{at}"), "nan").cast(pa.float64())
    return np.asarray(figures.to_numpy(zero_copy_only=False))
