"""Geometry as GeoPackages store it: a header, then WKB (OGC 12-128r18, clause 2.1.3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from catalog.problem import Problem, Rejected

_LISTED = 100
#: Bytes of the envelope by its code; the others are not allowed.
_ENVELOPES = np.array([0, 32, 48, 48, 64, -1, -1, -1], np.int64)
_FIXED = 8
#: Of the flags: the bit of an extension's own geometry, in which there is no WKB.
_EXTENDED = 0x20


def without_header(values: Sequence[Any], first: int, label: str) -> pa.Array:
    """The WKB of each geometry; null stays null.

    Args:
        values: blobs as SQLite gives them.
        first: row of the first, for a problem.
        label: of the column, for a problem.

    Raises:
        Rejected: a value that is no such geometry, with its row.
    """
    try:
        column = pa.array(values, pa.binary())
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        wrong = [isinstance(value, bytes | None) is False for value in values]
        raise _bad(np.array(wrong), first, label) from None
    if column.null_count == len(column):
        return column
    known = np.asarray(column.is_valid())
    solid = column.drop_null()
    _, offsets, data = solid.buffers()
    # A few bytes behind the end: a header that is cut is looked at before it is refused.
    octets = np.concatenate([np.frombuffer(data or b"", np.uint8), np.zeros(_FIXED, np.uint8)])
    ends = np.frombuffer(offsets, np.int32)[: len(solid) + 1].astype(np.int64)
    start, end = ends[:-1], ends[1:]
    flags = octets[start + 3]
    header = _FIXED + _ENVELOPES[(flags >> 1) & 7]
    wrong = (octets[start] != ord("G")) | (octets[start + 1] != ord("P"))
    wrong |= (header < _FIXED) | (start + header > end) | ((flags & _EXTENDED) != 0)
    if wrong.any():
        rows = np.zeros(len(column), bool)
        rows[np.flatnonzero(known)[wrong]] = True
        raise _bad(rows, first, label)
    bodies = _bodies(solid, data, start, start + header, end)
    if known.all():
        return bodies
    at = np.cumsum(known) - 1
    return bodies.take(pa.array(at, pa.int64(), mask=~known))


def _bodies(
    solid: pa.Array, data: pa.Buffer, start: npt.NDArray[np.int64],
    body: npt.NDArray[np.int64], end: npt.NDArray[np.int64],
) -> pa.Array:  # fmt: skip
    """What stands behind each header: every other piece of the same bytes."""
    cuts = np.empty(2 * len(solid) + 1, np.int32)
    cuts[:-1:2], cuts[1::2], cuts[-1:] = start, body, end[-1:]
    pieces = pa.Array.from_buffers(pa.binary(), 2 * len(solid), [None, pa.py_buffer(cuts), data])
    return pieces.take(pa.array(np.arange(1, 2 * len(solid), 2)))


def _bad(wrong: npt.NDArray[np.bool_], first: int, label: str) -> Rejected:
    params = {"reason": "GeoPackageBinary"}
    return Rejected(
        *(
            Problem("geometry-invalid", row=first + int(at), field=label, params=params)
            for at in np.flatnonzero(wrong)[:_LISTED]
        )
    )
