"""Values as databases' drivers give them, as text without loss.

Text stays as it is, also where it is empty; null stays null. Whole numbers have no ``.0``, other
floats their shortest exact digits, decimals all of theirs and never an exponent; days and times are
ISO 8601, ``true`` and ``false``, bytes as hexadecimal digits.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flows.sources._cells import cell_text, numbers


def texts(values: Sequence[Any]) -> pa.Array:
    """A column of values as a text column; columns of one kind, as most are, at one go.

    Args:
        values: of any kinds, ``None`` for null.

    Raises:
        UnicodeEncodeError: half a character, which no UTF-8 text can hold.
    """
    kinds = set(map(type, values)) - {type(None)}
    if kinds <= {str}:
        return pa.array(values, pa.string())
    try:
        if kinds == {int}:
            return pa.array(values, pa.int64()).cast(pa.string())
    except OverflowError:
        pass  # more digits than 64 bits have: each by itself
    if kinds == {bool}:
        return pa.array(values, pa.bool_()).cast(pa.string())
    if kinds == {float}:
        return _floats(values)
    return pa.array(map(_text, values), pa.string())


def _floats(values: Sequence[float | None]) -> pa.Array:
    array = pa.array(values, pa.float64())
    known = np.asarray(array.is_valid())
    found = np.asarray(pc.fill_null(array, 0.0))
    written = numbers(np.where(np.isfinite(found), found, 0.0))
    if not np.isfinite(found).all():
        written = pc.if_else(pa.array(np.isfinite(found)), written, array.cast(pa.string()))
    return pc.if_else(pa.array(known), written, None)


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    try:
        return cell_text(value)
    except KeyError:
        return str(value)
