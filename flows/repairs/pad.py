"""Codes that a spreadsheet took for numbers and robbed of their zeros.

Changes: with ``width: 5``, 1050 → 01050: zeros go before what is shorter and has only digits; the
``.0`` that a spreadsheet put behind goes too.
Refuses to guess: nothing is filled where no width is declared; a longer value, and one with another
letter in it, stays as it is. A value shorter than ``least`` is no code of that kind and stays too.
Undone by: taking leading zeros away.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field, model_validator

from flows.repairs import Scope
from flows.repairs._arrow import matches, sub, where

SCOPE: Scope = "column"


class Options(BaseModel):
    """How long a code is.

    Attributes:
        width: digits of a whole code: 5 for postcodes, 8 for villages.
        least: digits that were left of it at least.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    width: int = Field(ge=2, le=40)
    least: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def _shorter(self) -> Options:
        if self.least > self.width:
            raise ValueError("least is at most width")
        return self


def repair(values: pa.Array, options: Options, decision: Any = None) -> pa.Array:
    """Fill codes with zeros."""
    patterns = [rf"[0-9]{{{options.width}}}\.0+"]
    if options.least < options.width:
        patterns.append(rf"[0-9]{{{options.least},{options.width - 1}}}(?:\.0+)?")
    return where(
        values,
        matches(values, f"^(?:{'|'.join(patterns)})$"),
        lambda found: pc.utf8_lpad(sub(found, r"\.0+$", ""), options.width, "0"),
    )
