"""Coordinates lose decimals: with two, a point stands for about a kilometre.

Takes degrees as numbers, ``lat,lon`` texts, and points of a geometry column. Lines and areas stay:
they are no homes.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from catalog.schema import SchemaField
from flows.privacy.treatments._fields import retyped
from flows.privacy.words import western

SCOPE: Literal["column", "table"] = "column"
KEYED = False


class Options(BaseModel):
    """How coarse.

    Attributes:
        decimals: of a degree: 3 are 110 m, 2 are 1.1 km, 1 is 11 km.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    decimals: int = Field(default=2, ge=0, le=3, description="decimals of a degree that are left")


def field(field: SchemaField, options: Options) -> SchemaField | None:
    """As it was."""
    return retyped(field, field.type)


def treat(values: pa.Array, options: Options, salt: SecretStr | None) -> pa.Array:
    """Rounded values; a text that is no coordinate is emptied."""
    if not pa.types.is_string(values.type):
        return _points(values, options.decimals)
    text = western(values)
    single = _rounded(text, options.decimals)
    if single.null_count == text.null_count:
        return single
    pair = pc.extract_regex(text, r"^\s*\[?\s*(?P<a>-?[0-9.]+)\s*,\s*(?P<b>-?[0-9.]+)\s*\]?\s*$")
    halves = [_rounded(pc.struct_field(pair, part), options.decimals) for part in ("a", "b")]
    return pc.coalesce(single, pc.binary_join_element_wise(*halves, ","))


def _rounded(text: pa.Array, decimals: int) -> pa.Array:
    plain = pc.match_substring_regex(text, r"^\s*-?[0-9]{1,9}(?:\.[0-9]+)?\s*$")
    none = pa.scalar(None, pa.string())
    numbers = pc.if_else(plain, pc.utf8_trim_whitespace(text), none).cast(pa.float64())
    return pc.round(numbers, ndigits=decimals).cast(pa.string())


def _points(values: pa.Array, decimals: int) -> pa.Array:
    import shapely

    shapes = shapely.from_wkb(values.to_numpy(zero_copy_only=False))
    points = shapely.get_type_id(shapes) == 0
    coarse = shapely.transform(shapes[points], lambda xy: np.round(xy, decimals))
    shapes[points] = coarse
    return pa.array(shapely.to_wkb(shapes), values.type)
