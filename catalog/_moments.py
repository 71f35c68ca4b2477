"""Text to dates, times, moments, years and durations: casters of ``catalog.cast``.

Values outside of the years 1 to 9999 are no values: Python and most readers of our files know
no others. Digits are ASCII digits; Thai ones are put right by a repair that counts them.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from catalog.schema import SchemaField

_DAY = r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?"
#: Offsets in use reach from -12:00 to +14:00 (IANA tz).
_OFFSET = r"(Z|[+-](0[0-9]|1[0-4]):?[0-5][0-9])"
_NO_DAY = datetime(1, 1, 1)  # noqa: DTZ001 - compared with values that have no zone


def where(text: pa.StringArray, pattern: str) -> pa.StringArray:
    """The texts that match as a whole; null elsewhere."""
    fits = pc.match_substring_regex(text, pattern=rf"\A(?:{pattern})\z")
    return pc.if_else(fits, text, pa.scalar(None, pa.string()))


def date(text: pa.StringArray, field: SchemaField) -> pa.Array:
    """Days: ISO 8601, or the field's ``strptime`` pattern."""
    if field.format not in ("default", "any"):
        return _patterned(text, field).cast(pa.date32())
    return _days(where(text, _DAY))


def time(text: pa.StringArray, field: SchemaField) -> pa.Array:
    """Times of day, without a zone."""
    if field.format not in ("default", "any"):
        return _patterned(text, field).cast(pa.time64("us"))
    day = pc.binary_join_element_wise("1970-01-01", where(text, _CLOCK), "T")
    return day.cast(pa.timestamp("us")).cast(pa.time64("us"))  # Arrow reads no bare times


def moment(text: pa.StringArray, field: SchemaField) -> pa.Array:
    """Days with a time; with ``timezone`` of the field each must have an offset."""
    target = pa.timestamp("us", tz="UTC" if field.timezone else None)
    if field.format not in ("default", "any"):
        return _patterned(text, field).cast(target)
    zone = _OFFSET if field.timezone else ""
    plain = where(text, rf"{_DAY}[T ]{_CLOCK}{zone}")
    real = pc.is_valid(_days(pc.utf8_slice_codeunits(plain, 0, 10)))
    return _known(pc.if_else(real, plain, pa.scalar(None, pa.string())).cast(target))


def year(text: pa.StringArray, field: SchemaField) -> pa.Array:
    """Years of four digits."""
    return where(text, r"[0-9]{4}").cast(pa.int32())


def yearmonth(text: pa.StringArray, field: SchemaField) -> pa.Array:
    """Months of a year, ``2024-05``."""
    return where(text, r"[0-9]{4}-(0[1-9]|1[0-2])")


def duration(text: pa.StringArray, field: SchemaField) -> pa.Array:
    """Durations with designators (ISO 8601 §5.5.2.4), as written."""
    number = r"[0-9]+([.,][0-9]+)?"
    days = "".join(f"({number}{unit})?" for unit in "YMWD")
    clock = "".join(f"({number}{unit})?" for unit in "HMS")
    plain = where(text, rf"-?P{days}(T{clock})?")
    whole = pc.match_substring_regex(plain, r"[0-9][YMWDHS]\z")
    return pc.if_else(whole, plain, pa.scalar(None, pa.string()))


def _days(plain: pa.StringArray) -> pa.Array:
    """Days of ``YYYY-MM-DD``; null where the calendar has no such day."""
    parsed = pc.strptime(plain, format="%Y-%m-%d", unit="s", error_is_null=True)
    # strptime takes 30 February for 1 March: what does not come back as written was no date.
    same = pc.equal(pc.strftime(parsed, format="%Y-%m-%d"), plain)
    return _known(pc.if_else(same, parsed, pa.scalar(None, parsed.type))).cast(pa.date32())


def _known(moments: pa.Array) -> pa.Array:
    """Moments from the year 1 on; null before."""
    first = pa.scalar(_NO_DAY, pa.timestamp(moments.type.unit)).cast(moments.type)
    return pc.if_else(pc.less(moments, first), pa.scalar(None, moments.type), moments)


def _patterned(text: pa.StringArray, field: SchemaField) -> pa.Array:
    """Moments by the field's pattern, as Python's ``strptime`` reads it (Table Schema, ``format``).

    Arrow's is quick but lenient (30 February) and knows no ``%f``: it is believed where the
    pattern names a whole day and the text comes back as written; Python reads the rest, each
    distinct text once.
    """
    target = pa.timestamp("us", tz="UTC" if field.timezone else None)
    quick = pa.nulls(len(text), target)
    if re.fullmatch(r"([^%]|%[YmdHMS])*", field.format) and all(
        part in field.format for part in ("%Y", "%m", "%d")
    ) and not field.timezone:  # fmt: skip
        parsed = pc.strptime(text, format=field.format, unit="us", error_is_null=True)
        same = pc.equal(pc.strftime(parsed, format=field.format), text)
        quick = _known(pc.if_else(same, parsed, pa.scalar(None, parsed.type)))
    if quick.null_count == text.null_count:
        return quick
    left = pc.if_else(pc.is_null(quick), text, pa.scalar(None, pa.string())).dictionary_encode()
    zoned = field.timezone is not None
    read = [_python(item, field.format, zoned) for item in left.dictionary.to_pylist()]
    return pc.coalesce(quick, pa.array(read, target).take(left.indices))


def _python(text: str, pattern: str, zoned: bool) -> Any:
    """One moment as Python reads it; ``None`` where it cannot, or has an offset out of place."""
    if re.search(r"\d", re.sub(r"[0-9]", "", text)):
        return None
    try:
        found = datetime.strptime(text, pattern)  # noqa: DTZ007 - the pattern decides on a zone
    except (ValueError, OverflowError):
        return None
    return found if (found.tzinfo is not None) is zoned else None
