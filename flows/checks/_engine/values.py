"""Values that Frictionless read, as texts that are equal where the values are.

The same texts as ``types.py`` makes in SQL, so that both kinds of cells meet in one key.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def key_of(value: Any, text: str) -> str:
    """A value as text that tells it from every other value of its field.

    Args:
        value: as Frictionless read it.
        text: that it was read from.
    """
    if isinstance(value, str):
        return text
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return _decimal(value)
    if isinstance(value, datetime) and value.tzinfo is not None:
        return str((value - _EPOCH) // _MICROSECOND)
    if isinstance(value, datetime | time):
        return _short(value.isoformat())
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value // _MICROSECOND)
    return _compound(value, text)


def _decimal(value: int | float | Decimal) -> str:
    """``-.5`` of -0.50: no zeros that do not count."""
    plain = format(Decimal(str(value)), "f")
    sign, digits = ("-", plain[1:]) if plain.startswith("-") else ("", plain.removeprefix("+"))
    digits = digits.lstrip("0")
    short = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return sign + short if short else "0"


def _short(moment: str) -> str:
    return moment.rstrip("0").rstrip(".") if "." in moment else moment


def _compound(value: Any, text: str) -> str:
    """Points, months, durations with months, objects, arrays and lists."""
    if hasattr(value, "month") and hasattr(value, "year"):
        return f"{value.year:04}-{value.month:02}"
    if hasattr(value, "tdelta"):  # isodate's duration: months and years beside days
        months = value.years * 12 + value.months
        return f"{_decimal(months)} {value.tdelta // _MICROSECOND}"
    if isinstance(value, tuple):
        return " ".join(map(_decimal, value))
    try:
        return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    except (TypeError, ValueError):
        return text
