"""Text to integers, float64 and exact decimals: casters of ``catalog.cast``."""

from __future__ import annotations

import sys
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from catalog._moments import where
from catalog.schema import SchemaField

#: Digits of a decimal text that float64 gives back unchanged (IEEE 754: DBL_DIG).
EXACT_DIGITS = 15
_SMALLEST = sys.float_info.min
#: Digits of a power of ten beyond which no decimal of 38 digits is meant.
_MOST_DIGITS = 60


def _number_text(text: pa.StringArray, field: SchemaField) -> pa.StringArray:
    """A number's text in plain form, by ``groupChar``, ``decimalChar`` and ``bareNumber``."""
    more = field.model_extra or {}
    if more.get("bareNumber", True) is False:
        text = _bare(text)
    if group := more.get("groupChar"):
        text = pc.replace_substring(text, pattern=group, replacement="")
    if (point := more.get("decimalChar", ".")) != ".":
        stray = pc.match_substring(text, pattern=".")  # a point that the field does not know
        text = pc.if_else(stray, pa.scalar("?"), text)
        text = pc.replace_substring(text, pattern=point, replacement=".")
    return text


def _bare(text: pa.StringArray) -> pa.StringArray:
    """Texts without what stands before and after a number: ``5`` of ``ราคา 5 บ.``.

    A point right after a letter ends an abbreviation (``บ.5``), it does not begin a number.
    """
    text = pc.replace_substring_regex(text, r"\A[^0-9]*[\p{L}\p{M}]\.?", "")
    return pc.replace_substring_regex(text, r"\A[^0-9+\-.,]+|[^0-9]+\z", "")


def integer(text: pa.StringArray, field: SchemaField) -> pa.Array:
    """Whole numbers of 64 bits."""
    plain = where(_number_text(text, field), r"[+-]?[0-9]+")
    plain = pc.replace_substring_regex(plain, pattern=r"\A\+", replacement="")
    # Within 18 digits every value fits; longer ones are tried one by one, for they are rare.
    short = pc.replace_substring_regex(plain, pattern=r"\A(-?)0+([0-9])", replacement=r"\1\2")
    fits = pc.less_equal(pc.utf8_length(short), 18)
    values = pc.if_else(fits, short, pa.scalar(None, pa.string())).cast(pa.int64())
    if pc.all(pc.fill_null(fits, True)).as_py():
        return values
    long = [_int64(item) for item in pc.filter(short, pc.invert(pc.fill_null(fits, True)))]
    return pc.replace_with_mask(
        values, pc.invert(pc.fill_null(fits, True)), pa.array(long, pa.int64())
    )


def _int64(item: pa.StringScalar) -> int | None:
    value = int(item.as_py())
    return value if -(2**63) <= value < 2**63 else None


def number(text: pa.StringArray, field: SchemaField) -> pa.Array:
    """Numbers that float64 gives back as written; exact decimals with ``decimalPlaces``."""
    plain = where(_number_text(text, field), r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
    if field.decimal_places is not None:
        return _decimal(plain, field.decimal_places)
    digits = pc.replace_substring_regex(plain, pattern=r"[eE].*", replacement="")
    digits = pc.replace_substring_regex(digits, pattern=r"[^0-9]", replacement="")
    digits = pc.utf8_trim(digits, characters="0")
    exact = pc.less_equal(pc.utf8_length(digits), EXACT_DIGITS)
    if not pc.all(exact).as_py():
        exact = pc.or_(exact, _printed(plain, digits, exact))
    plain = pc.if_else(exact, plain, pa.scalar(None, pa.string()))
    values = plain.cast(pa.float64())
    # Below the smallest normal number float64 has fewer digits than were written, or none.
    held = pc.or_(pc.greater_equal(pc.abs(values), _SMALLEST), pc.equal(digits, ""))
    held = pc.and_(held, pc.is_finite(values))
    # Adding zero makes -0.0 plain 0.0, which texts do not keep apart.
    return pc.add(pc.if_else(held, values, pa.scalar(None, pa.float64())), 0.0)


def _printed(plain: pa.StringArray, digits: pa.StringArray, exact: pa.Array) -> pa.Array:
    """Which longer texts are a float64's own print, in its shortest form or with 17 digits.

    Workbooks and geodata are full of them (``442.83883879102001``); they come back as they went in.
    Only the longer texts are looked at one by one.
    """
    pairs = zip(plain.to_pylist(), digits.to_pylist(), exact.to_pylist(), strict=True)
    return pa.array(
        [short is False and text is not None and _is_print(text, all_digits)
         for text, all_digits, short in pairs],
        pa.bool_(),
    )  # fmt: skip


def _is_print(text: str, digits: str) -> bool:
    value = float(text)
    prints = (repr(value), f"{value:.17g}")
    return any(
        digits == "".join(c for c in shown.partition("e")[0] if c.isdigit()).strip("0")
        for shown in prints
    )


def _decimal(plain: pa.StringArray, places: int) -> pa.Array:
    """Exact decimals; null where a text has more places than declared or too many digits."""
    power = pc.match_substring(plain, pattern="e", ignore_case=True)
    if pc.any(power).as_py():
        plain = pa.array([_unfold(item) for item in plain.to_pylist()], pa.string())
    plain = pc.replace_substring_regex(plain, pattern=r"\A([+-]?)0*(\.|[0-9])", replacement=r"\1\2")
    plain = pc.replace_substring_regex(plain, pattern=r"\A([+-]?)\.", replacement=r"\10.")
    whole = rf"[0-9]{{1,{38 - places}}}"
    plain = where(plain, rf"[+-]?{whole}(\.[0-9]{{0,{places}}}0*)?")
    plain = pc.replace_substring_regex(
        plain, pattern=rf"(\.[0-9]{{{places}}})0+\z", replacement=r"\1"
    )
    plain = pc.replace_substring_regex(plain, pattern=r"\.\z|\A\+", replacement="")
    return plain.cast(pa.decimal128(38, places))


def _unfold(text: str | None) -> str | None:
    """A number's text without a power of ten: ``1500`` of ``1.5e3``."""
    if text is None:
        return None
    value = Decimal(text)
    return format(value, "f") if abs(value.adjusted()) < _MOST_DIGITS else None
