"""dBASE III tables as Shapefiles have them, written in batches, byte by byte the same on any day.

GDAL's own writer gives every text 80 bytes and grows as it goes, writes numbers with 15 decimals
of binary noise, and dates the file with today. This one takes the widths that the data needs,
numbers as their shortest text, and a fixed date. Layout: ESRI Shapefile Technical Description
(1998) for what is allowed, dBASE III table format for the bytes. All numbers are little-endian.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from catalog.formats import FIXED_TIME

#: Bytes that a text may have; a byte holds the width, and 255 is taken by some readers.
TEXT_BYTES = 254
#: Fields that readers take in one table (Esri, «Geoprocessing considerations for shapefiles»).
FIELDS = 255
#: Bytes that GDAL and Esri read of a file: 2 GiB.
FILE_BYTES = 2**31 - 1
_HEADER = 32
_END_OF_HEADER, _END_OF_FILE, _ALIVE = b"\x0d", b"\x1a", 0x20
_PAD = 0x20

Kind = Literal["C", "N", "L", "D"]
Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a DBF.

    Attributes:
        name: 10 ASCII bytes at the most.
        kind: ``C`` text, ``N`` number, ``L`` logical, ``D`` date.
        width: bytes of a value.
        decimals: of a number, behind the point.
    """

    name: str
    kind: Kind
    width: int
    decimals: int = 0


def size(columns: Sequence[Column], rows: int) -> int:
    """Bytes of the file."""
    return _HEADER * (1 + len(columns)) + 2 + rows * _record(columns)


def _record(columns: Sequence[Column]) -> int:
    return 1 + sum(column.width for column in columns)


def header(columns: Sequence[Column], rows: int) -> bytes:
    """The start of a file: the last update is ``FIXED_TIME``, the encoding is said by ``.cpg``."""
    year, month, day = FIXED_TIME[:3]
    length = _HEADER * (1 + len(columns)) + 1
    start = struct.pack("<4BIHH20x", 0x03, year - 1900, month, day, rows, length, _record(columns))
    return start + b"".join(map(_described, columns)) + _END_OF_HEADER


def _described(column: Column) -> bytes:
    name = column.name.encode("ascii")
    return struct.pack("<11sc4xBB14x", name, column.kind.encode(), column.width, column.decimals)


def end() -> bytes:
    """What follows the last record."""
    return _END_OF_FILE


def records(columns: Sequence[Column], texts: Sequence[pa.StringArray]) -> Bytes:
    """Records of a batch, one to a line of the matrix.

    Args:
        columns: of the file.
        texts: of the values, in the same order, none wider than its column; null is blank
            (``?`` in a logical column), as GDAL, QGIS and Esri read it.
    """
    rows = len(texts[0]) if texts else 0
    matrix = np.full((rows, _record(columns)), _PAD, dtype=np.uint8)
    matrix[:, 0] = _ALIVE
    start = 1
    for column, text in zip(columns, texts, strict=True):
        blank = "?" if column.kind == "L" else ""
        _place(matrix[:, start : start + column.width], pc.fill_null(text, blank), column.kind)
        start += column.width
    return matrix


def _place(block: Bytes, text: pa.StringArray, kind: str) -> None:
    """Put texts into a block, numbers to the right, all else to the left."""
    raw = pa.concat_arrays([text])  # without the offset of a slice
    _, starts, data = raw.buffers()
    if data is None:
        return
    offsets = np.frombuffer(starts, np.int32)[: len(raw) + 1]
    lengths = np.diff(offsets)[:, None]
    places = np.arange(block.shape[1])[None, :]
    mask = places >= block.shape[1] - lengths if kind == "N" else places < lengths
    block[mask] = np.frombuffer(data, np.uint8)[offsets[0] : offsets[-1]]
