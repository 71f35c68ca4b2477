"""Points of canonical tables as two columns of numbers, and back, without an object per point."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from catalog.geometry import DECIMALS

#: Little-endian WKB of a point: byte order, type 1, then two float64 (OGC 06-103r4 §8.2).
_HEAD = b"\x01\x01\x00\x00\x00"
_SIZE = 21
Numbers = npt.NDArray[np.float64]


def coordinates(wkb: pa.Array) -> tuple[Numbers, Numbers]:
    """Longitude and latitude of canonical WKB; not a number where there is no point."""
    quick = _of_points(wkb)
    if quick is not None:
        return quick
    import shapely

    from catalog.geometry import shapes

    found = shapes(wkb)
    return shapely.get_x(found), shapely.get_y(found)


def only_points(wkb: pa.Array) -> bool:
    """Whether every shape of a column is a point."""
    return _of_points(wkb) is not None


def _of_points(wkb: pa.Array) -> tuple[Numbers, Numbers] | None:
    known = wkb.drop_null()
    sizes = pc.binary_length(known)
    if len(known) and (pc.min(sizes).as_py(), pc.max(sizes).as_py()) != (_SIZE, _SIZE):
        return None
    lon, lat = (np.full(len(wkb), np.nan) for _ in range(2))
    if not len(known):
        return lon, lat
    raw = np.frombuffer(known.buffers()[2], np.uint8)[known.offset * _SIZE :]
    table = raw[: len(known) * _SIZE].reshape(-1, _SIZE)
    if not (table[:, :5] == np.frombuffer(_HEAD, np.uint8)).all():
        return None
    valid = np.asarray(wkb.is_valid())
    lon[valid] = table[:, 5:13].copy().view("<f8")[:, 0]
    lat[valid] = table[:, 13:21].copy().view("<f8")[:, 0]
    return lon, lat


def to_points(text: pa.StringArray, before: str, between: str, after: str) -> pa.Array | None:
    """Canonical WKB of texts that are two numbers between three marks.

    Args:
        text: as ``POINT (104.78 17.41)``; null stays null.
        before: what stands before the first number.
        between: one character between the two.
        after: what stands after the second.

    Returns:
        ``None`` where a text is anything else, or a point that is not canonical: more decimals
        than are kept, off the globe.
    """
    known = text.drop_null()
    if not len(known):
        return pa.nulls(len(text), pa.binary())
    numbers = _numbers(known, before, between, after)
    if numbers is None or not _canonical(*numbers):
        return None
    made = np.empty((len(known), _SIZE), np.uint8)
    made[:, :5] = np.frombuffer(_HEAD, np.uint8)
    for place, values in zip((5, 13), numbers, strict=True):
        made[:, place : place + 8] = values.astype("<f8").reshape(-1, 1).view(np.uint8)
    offsets = np.arange(0, (len(known) + 1) * _SIZE, _SIZE, dtype=np.int32)
    dense = pa.Array.from_buffers(
        pa.binary(), len(known), [None, pa.py_buffer(offsets), pa.py_buffer(made.tobytes())]
    )
    if not text.null_count:
        return dense
    valid = np.asarray(text.is_valid())
    return dense.take(pa.array(np.cumsum(valid) - 1, mask=~valid))


def _numbers(
    text: pa.StringArray, before: str, between: str, after: str
) -> tuple[Numbers, Numbers] | None:
    whole = pc.and_(pc.starts_with(text, before), pc.ends_with(text, after))
    if not pc.all(whole).as_py():
        return None
    _, ends, data = text.buffers()
    offsets = np.frombuffer(ends, np.int32)[text.offset : text.offset + len(text) + 1]
    first, last = offsets[:-1] + len(before), offsets[1:] - len(after)
    marks = np.append(np.flatnonzero(np.frombuffer(data, np.uint8) == ord(between)), offsets[-1])
    middle = marks[np.searchsorted(marks, first)]
    if not ((first < middle) & (middle < last)).all():
        return None
    cuts = np.column_stack([first, middle, middle + 1, last]).astype(np.int32).ravel()
    pieces = pa.Array.from_buffers(pa.string(), len(cuts) - 1, [None, pa.py_buffer(cuts), data])
    try:
        lon, lat = (
            np.asarray(pieces.take(pa.array(np.arange(at, len(cuts), 4))).cast(pa.float64()))
            for at in (0, 2)
        )
    except pa.ArrowInvalid:
        return None
    return lon + 0.0, lat + 0.0


def _canonical(lon: Numbers, lat: Numbers) -> bool:
    """Whether points are on the globe and rounded as canonical tables keep them."""
    kept: Any = (np.round(lon, DECIMALS) == lon) & (np.round(lat, DECIMALS) == lat)
    return bool((kept & (np.abs(lon) <= 180) & (np.abs(lat) <= 90)).all())
