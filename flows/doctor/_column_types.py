"""The type of a column once its kind is known and its repairs are: tried, narrowest first."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flows.doctor import Column
from flows.doctor._column_mend import Draft, mended, misfits, nothing_left
from flows.doctor._column_role import Role
from flows.doctor._values_view import view

_OF_KIND = {"year": "year", "date": "date", "yearmonth": "yearmonth", "time": "time",
            "geometry": "geojson"}  # fmt: skip
#: Values that an enumeration may have, rows that each has at the least, and rows of the table.
_ENUM_VALUES, _ENUM_ROWS, _ENUM_TABLE = 12, 5, 50
#: Decimals of money (1 satang), and of any exact decimal.
_SATANG, _PLACES = 2, 18
_MONEY_UNITS = ("บาท", "baht")
#: Columns of running text, whose values mean nothing as a list.
_FREE_TEXT = frozenset({"remark", "detail", "address", "full_name", "name", "description"})


def settle(draft: Draft, column: Column, role: Role) -> None:
    """Give a draft its type, where its signs have not given one, and what follows from it."""
    if role.kind == "number" and draft.type == "string":
        _number(draft, column, role)
    elif role.kind in _OF_KIND and draft.type == "string":
        draft.type = _OF_KIND[role.kind]
    if draft.type == "string" and role.kind in ("text", "code"):
        _listed(draft, column, role)
    if role.kind == "code" and "pattern" in draft.constraints:
        _held_pattern(draft, column)


def _number(draft: Draft, column: Column, role: Role) -> None:
    """Whole numbers, or numbers; exact decimals for money and for what float64 cannot hold."""
    draft.type = "integer"
    seen = view(column)
    values = mended(seen, draft.steps)
    whole = pc.fill_null(pc.match_substring_regex(values, r"\A[+-]?[0-9]+\z"), False)
    fits = pa.array(role.fits)
    counted = pc.sum(pc.and_(whole, fits)).as_py() or 0
    numeric = pc.fill_null(
        pc.match_substring_regex(values, r"\A[+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?\z"), False
    )
    decimals = pc.and_(pc.and_(numeric, fits), pc.invert(whole))
    if counted and not pc.any(decimals).as_py():
        return
    draft.type = "number"
    places = _places(values.filter(decimals))
    money = (role.meaning is not None and role.meaning.money) or any(
        word in str(draft.properties.get("unit", "")) for word in _MONEY_UNITS
    )
    lost = misfits(draft, values) & np.asarray(numeric.to_numpy(zero_copy_only=False))
    if (money and places <= _SATANG) or (lost.any() and places <= _PLACES):
        draft.properties["decimalPlaces"] = _SATANG if money and places <= _SATANG else places


def _places(values: pa.Array) -> int:
    """The most digits behind a point; many where a value has a power of ten."""
    if pc.any(pc.match_substring(values, "e", ignore_case=True)).as_py():
        return _PLACES + 1
    behind = pc.replace_substring_regex(values, r"\A[^.]*\.?", "")
    return int(pc.max(pc.utf8_length(behind)).as_py() or 0)


def _listed(draft: Draft, column: Column, role: Role) -> None:
    """An enumeration, where a few texts come again and again; uniqueness of codes."""
    seen = view(column)
    if role.kind == "code":
        whole = column.rows >= _ENUM_VALUES and not column.empty
        if whole and len(seen) == column.rows and _distinct(draft, column) == column.rows:
            draft.constraints["unique"] = True
        return
    key = role.meaning.key if role.meaning else ""
    if key in _FREE_TEXT or column.rows < _ENUM_TABLE or not 1 < len(seen) <= 3 * _ENUM_VALUES:
        return
    values = mended(seen, draft.steps)
    kept = ~nothing_left(values)
    listed: list[Any] = pc.unique(values.filter(pa.array(kept))).to_pylist()
    if 1 < len(listed) <= _ENUM_VALUES and seen.rows(kept) >= _ENUM_ROWS * len(listed):
        draft.constraints["enum"] = sorted(listed)


def _distinct(draft: Draft, column: Column) -> int:
    return len(pc.unique(mended(view(column), draft.steps)))


def _held_pattern(draft: Draft, column: Column) -> None:
    """Take a pattern back that repaired values do not all have."""
    values = mended(view(column), draft.steps)
    given = values.filter(pa.array(~nothing_left(values)))
    fits = pc.match_substring_regex(given, rf"\A(?:{draft.constraints['pattern']})\z")
    if not pc.all(fits).as_py():
        del draft.constraints["pattern"]
