"""Cells of workbooks as text, as an officer would write them down for a machine.

Integers without ``.0``, other numbers in their shortest exact form, dates and times in ISO 8601 (a
date that is shown in the Buddhist era is stored as a day, and is given in CE), durations as Table
Schema takes them, ``true`` and ``false``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from math import isnan, nan
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

#: Whole numbers below are written out; from here on a double is nobody's count or code.
_WHOLE = 1e17


class Column:
    """A column's cells as text, batch by batch.

    XLSX and XLS have no dates, only numbers that are shown as such: midnight and a day are the
    same number. Where a column has a time of day anywhere, its days are midnights.
    """

    def __init__(self) -> None:
        self._texts: list[pa.Array] = []
        self._days: list[pa.Array | None] = []
        self._timed = False

    def add(self, values: Sequence[Any]) -> None:
        """Take the values of the next batch."""
        kinds = set(map(type, values))
        self._timed = self._timed or dt.datetime in kinds
        if kinds == {str} and not any(values):
            # A cell far off gives a sheet thousands of columns without anything.
            self._days.append(None)
            self._texts.append(pa.nulls(len(values), pa.string()))
            return
        days = [type(value) is dt.date for value in values] if dt.date in kinds else None
        self._days.append(None if days is None else pa.array(days))
        array = _texts(values, kinds)
        self._texts.append(pc.if_else(pc.equal(array, ""), None, array))

    def texts(self) -> list[pa.Array]:
        """The column as text, a batch for each that was added; null where a cell is empty."""
        if not self._timed:
            return self._texts
        return [
            texts
            if days is None
            else pc.if_else(days, pc.binary_join_element_wise(texts, "T00:00:00", ""), texts)
            for texts, days in zip(self._texts, self._days, strict=True)
        ]


def _texts(values: Sequence[Any], kinds: set[type]) -> pa.Array:
    """Cells as text; columns of one kind, as most are, without looking at each cell."""
    if kinds == {str}:
        return pa.array(values, pa.string())
    if kinds <= {float, int}:
        return numbers(np.array(values, np.float64))
    if kinds <= {float, int, str}:
        filled = [nan if value == "" else value for value in values]
        if str not in set(map(type, filled)):
            return numbers(np.array(filled, np.float64))
    return pa.array([cell_text(value) for value in values], pa.string())


def numbers(values: npt.NDArray[np.float64]) -> pa.Array:
    """Numbers as ``cell_text`` writes them; not a number is an empty cell.

    Arrow and Python find the same shortest digits, and set them alike but for exponents.
    """
    size = np.abs(values)
    whole = (np.floor(values) == values) & (size < _WHOLE)
    plain = (size >= 1e-4) & (size < 1e10)  # Arrow has exponents from there on
    integers = pa.array(np.where(whole, values, 0).astype(np.int64)).cast(pa.string())
    texts = pc.if_else(pa.array(whole), integers, pa.array(values).cast(pa.string()))
    rest = ~(whole | plain)
    if rest.any():
        forms = ["" if isnan(value) else repr(value) for value in values[rest].tolist()]
        texts = pc.replace_with_mask(texts, pa.array(rest), pa.array(forms, pa.string()))
    return texts


def cell_text(value: Any) -> str | None:
    """A cell's value as text; empty text where there is none."""
    return value if type(value) is str else _FORMS[type(value)](value)


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < _WHOLE else repr(value)


def _moment(value: dt.datetime | dt.time) -> str:
    text = value.isoformat()
    return text.rstrip("0") if value.microsecond else text


def _duration(value: dt.timedelta) -> str:
    """ISO 8601, as Table Schema's ``duration`` takes it: ``PT30H15M``."""
    seconds = value.total_seconds()
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    hours, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    parts = ((hours, "H"), (minutes, "M"), (round(rest, 6), "S"))
    return f"{sign}PT" + ("".join(f"{_number(float(n))}{unit}" for n, unit in parts if n) or "0S")


_FORMS: Mapping[type, Any] = {
    str: str, int: str, float: _number, bool: lambda value: "true" if value else "false",
    dt.date: dt.date.isoformat, dt.datetime: _moment, dt.time: _moment, dt.timedelta: _duration,
}  # fmt: skip
