"""Values become coarser: a date its year or month, a number its band, an address its sub-district.

``to: year`` and ``to: month`` take ISO dates, as the repair ``thai_date`` gives them. ``to: band``
takes numbers: ``20-29``, and one open band from ``top`` on (ages of 90 name a person in a village).
``to: subdistrict``, ``district``, ``province`` keep what stands after ``ต.``, ``อ.``, ``จ.`` and
drop the house. A value that cannot be read that way is emptied: it might say too much.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from catalog.schema import SchemaField
from flows.privacy.treatments._fields import retyped
from flows.privacy.words import THAI, either, load, western

SCOPE: Literal["column", "table"] = "column"
KEYED = False
_TYPES = {"year": "year", "month": "yearmonth"}
_LEVELS = ("subdistrict", "district", "province")


class Options(BaseModel):
    """How coarse.

    Attributes:
        to: what is left.
        width: of a band.
        top: from here on all is one band.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    to: Literal["year", "month", "band", "subdistrict", "district", "province"] = Field(
        description="what is left of a value"
    )
    width: int = Field(default=10, ge=2, description="width of a band")
    top: int = Field(default=80, ge=1, description="from here on all is one band")


def field(field: SchemaField, options: Options) -> SchemaField | None:
    """A year, a month, or text."""
    return retyped(field, _TYPES.get(options.to, "string"), optional=True)


def treat(values: pa.Array, options: Options, salt: SecretStr | None) -> pa.Array:
    """Coarser values."""
    ways: dict[str, Callable[[pa.Array, Options], pa.Array]] = {"band": _band}
    ways |= {"year": _date, "month": _date}
    return ways.get(options.to, _place)(western(values), options)


def _date(values: pa.Array, options: Options) -> pa.Array:
    length = 4 if options.to == "year" else 7
    whole = pc.match_substring_regex(values, r"^\s*[0-9]{4}(?:-[0-9]{2}){0,2}(?:$|[T ])")
    long_enough = pc.greater_equal(pc.utf8_length(pc.utf8_trim_whitespace(values)), length)
    cut = pc.utf8_slice_codeunits(pc.utf8_trim_whitespace(values), 0, length)
    return pc.if_else(pc.and_(whole, long_enough), cut, pa.scalar(None, pa.string()))


def _band(values: pa.Array, options: Options) -> pa.Array:
    number = pc.match_substring_regex(values, r"^\s*[0-9]{1,9}(?:\.[0-9]*)?\s*$")
    plain = pc.if_else(number, pc.utf8_trim_whitespace(values), pa.scalar(None, pa.string()))
    years = pc.floor(plain.cast(pa.float64())).cast(pa.int64())
    low = pc.multiply(pc.divide(years, options.width), options.width)
    high = pc.min_element_wise(pc.add(low, options.width - 1), options.top - 1)
    text = pc.binary_join_element_wise(low.cast(pa.string()), high.cast(pa.string()), "-")
    return pc.if_else(pc.greater_equal(years, options.top), f"{options.top}+", text)


def _place(values: pa.Array, options: Options) -> pa.Array:
    """The named parts of an address, the smallest kept first."""
    parts = []
    for level in _LEVELS[_LEVELS.index(options.to) :]:
        words = load("headers")["parts"][level]
        pattern = rf"(?:^|[\s,0-9])(?:{either(words)})\s*(?P<name>{THAI}+)"
        found = pc.extract_regex(values, pattern)
        name = pc.struct_field(found, "name")
        parts.append(pc.binary_join_element_wise(words[0], name, ""))
    # Arrow's null_handling="skip" leaves out rows of which every part is null: texts instead.
    texts = [pc.fill_null(part, "") for part in parts]
    joined = pc.utf8_trim_whitespace(pc.binary_join_element_wise(*texts, " "))
    return pc.if_else(parts[0].is_valid(), joined, pa.scalar(None, pa.string()))
