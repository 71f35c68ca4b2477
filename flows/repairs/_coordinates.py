"""Coordinates as offices write them: degrees with minutes and seconds, metres of a grid."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalog.geometry import DECIMALS, from_wkb, shapes, to_wkb
from flows.repairs._arrow import alternatives, load, matches, on_unique, plain, sub, western_digits
from flows.repairs._rows import read_numbers

_DECIMAL = r"^[-+]?[0-9]+(?:\.[0-9]*)?$"


def degrees(texts: pa.Array) -> pa.Array:
    """Degrees as decimal numbers; other texts with plain blanks and digits, else as they were.

    17° 24' 39.2" N, N 17-24-39.2 and ๑๗ องศา ๒๔ ลิปดา ๓๙.๒ ฟิลิปดา come to 17.4108889.

    Args:
        texts: of one column.
    """
    return on_unique(western_digits(plain(texts)), _decimal)


def _decimal(texts: pa.Array) -> pa.Array:
    parts = pc.extract_regex(pc.utf8_upper(texts), _pattern())
    whole, minutes, seconds = (_numbers(parts.field(name)) for name in ("d", "m", "s"))
    found = whole + minutes / 60 + seconds / 3600
    sides = [pc.fill_null(parts.field(name), "") for name in ("before", "after", "sign")]
    below = pc.match_substring_regex(pc.binary_join_element_wise(*sides, ""), "[-SW]|^ใต้|^ตะวันตก")
    found = np.where(below.to_numpy(zero_copy_only=False), -found, found)
    # Minutes and seconds run to 60; one side is named at the most.
    twice = pc.and_(pc.not_equal(sides[0], ""), pc.not_equal(sides[1], ""))
    good = parts.is_valid().to_numpy(zero_copy_only=False) & (minutes < 60) & (seconds < 60)
    good &= ~twice.to_numpy(zero_copy_only=False) & pc.invert(matches(texts, _DECIMAL)).to_numpy(
        zero_copy_only=False
    )
    return pc.if_else(pa.array(good), _written(found), texts)


def _pattern() -> str:
    words = load("coordinates")
    degree, minute, second, side = (
        alternatives(words[key]) for key in ("degree", "minute", "second", "side")
    )
    number = "[0-9]+(?:[.][0-9]+)?"
    return (
        rf"^(?:(?P<before>{side})\s*)?(?P<sign>-)?(?P<d>[0-9]{{1,3}})\s*(?:{degree})\s*"
        rf"(?P<m>{number})\s*(?:(?:{minute})\s*(?:(?P<s>{number})\s*(?:{second})?)?)?"
        rf"\s*(?P<after>{side})?$"
    )


def _numbers(texts: pa.Array) -> np.ndarray:
    filled = pc.if_else(matches(texts, "[0-9]"), texts, "0")
    return np.asarray(filled.cast(pa.float64()))


def to_degrees(x: pa.Array, y: pa.Array, crs: str) -> tuple[pa.Array, pa.Array]:
    """Longitudes and latitudes (WGS 84) of positions in a reference system, as texts.

    Args:
        x: texts, to the east: metres of a UTM zone, or degrees of Indian 1975.
        y: to the north.
        crs: ``EPSG:24047`` and its like; the operation is ``catalog.geometry``'s (EPSG:1304 for
            Indian 1975).

    Returns:
        Two columns of decimals; null where a part is no number or the place is off the globe.
    """
    import shapely

    east, north = read_numbers(x), read_numbers(y)
    known = np.asarray(pc.and_(east.is_valid(), north.is_valid()))
    points = np.full(len(known), None, dtype=object)
    parts = (np.asarray(pc.fill_null(part, 0.0))[known] for part in (east, north))
    points[known] = shapely.points(*parts)
    turned = shapes(from_wkb(to_wkb(points), crs))
    there = pa.array(~shapely.is_missing(turned))
    found = [np.nan_to_num(part(turned)) for part in (shapely.get_x, shapely.get_y)]
    lon, lat = (pc.if_else(there, _written(part), None) for part in found)
    return lon, lat


def _written(numbers: np.ndarray) -> pa.Array:
    """Decimals to a centimetre, without zeros at the end."""
    rounded = pa.array(np.round(numbers * 10**DECIMALS).astype(np.int64))
    exact = pc.multiply(
        rounded.cast(pa.decimal128(19, 0)), pa.scalar("0.0000001").cast(pa.decimal128(8, 7))
    )
    texts = pc.cast(exact.cast(pa.decimal128(38, DECIMALS)), pa.string())
    small = matches(texts, "E")  # Arrow writes what is next to nothing with an exponent
    return pc.if_else(small, "0", sub(sub(texts, r"(\.[0-9]*?)0+$", r"\1"), r"\.$", ""))
