"""What both workbooks need to write text: pieces of rows, and a look at the ends of texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

#: A constant, or an array with one text per row.
Piece = Any


def merged(pieces: Sequence[Piece]) -> list[Piece]:
    """The same pieces with constants that follow each other made one: joining costs by piece."""
    found: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, str) and found and isinstance(found[-1], str):
            found[-1] += piece
        else:
            found.append(piece)
    return found


def joined(pieces: Sequence[Piece]) -> pa.StringArray:
    """One text per row; null where a piece is."""
    return pc.binary_join_element_wise(*merged(pieces), "")


def wrapped(pieces: Sequence[Piece], values: pa.Array, empty: str) -> list[Piece]:
    """The pieces of a cell; as one array, with ``empty`` for no value, where there are nulls."""
    if not values.null_count:
        return list(pieces)
    return [pc.fill_null(joined(pieces), empty)]


def ends(text: pa.StringArray) -> tuple[Any, Any]:
    """First and last byte of each text; 0 where it is empty or null."""
    _, raw, data = text.buffers()
    if data is None or not len(text):
        return (np.zeros(len(text), np.uint8),) * 2
    offsets = np.frombuffer(raw, np.int32)[text.offset : text.offset + len(text) + 1]
    view = np.frombuffer(data, np.uint8)
    if not view.size:
        return (np.zeros(len(text), np.uint8),) * 2
    filled = offsets[1:] > offsets[:-1]
    if text.null_count:
        filled &= np.asarray(text.is_valid())
    last = view.size - 1
    first = np.where(filled, view[np.minimum(offsets[:-1], last)], 0)
    return first, np.where(filled, view[np.minimum(offsets[1:] - 1, last)], 0)
