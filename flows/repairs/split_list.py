"""Several values in one cell, written as a list that programs read.

Changes: 1, 4 → 1,4 and ก; ข → ก,ข: the declared ``separators`` become ``delimiter`` (that of the
field of type ``list``; a comma by default), and blanks around the items go.
Refuses to guess: which signs separate is declared, for 1,4 may be a decimal number and a slash may
stand in a name. A cell that has the delimiter itself inside of an item, while another sign
separates, stays as it is, for the check to name.
Undone by: nothing; which sign stood there is only in the evidence.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field, model_validator

from flows.repairs import Scope
from flows.repairs._arrow import BLANKS, alternatives, escape, matches, on_matching, sub

SCOPE: Scope = "column"


class Options(BaseModel):
    """What stands between items, and what shall.

    Attributes:
        separators: signs or words between items in the source.
        delimiter: between items in the result.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    separators: tuple[str, ...] = Field(min_length=1)
    delimiter: str = Field(default=",", min_length=1)

    @model_validator(mode="after")
    def _readable(self) -> Options:
        if any(not sign.strip(" ") for sign in (*self.separators, self.delimiter)):
            raise ValueError("a separator is more than blanks")
        return self


def repair(values: pa.Array, options: Options, decision: Any = None) -> pa.Array:
    """Write lists with one delimiter."""
    gap = f"[{BLANKS}\r\n]*"
    others = [sign for sign in options.separators if sign != options.delimiter]
    own = f"{gap}{escape(options.delimiter)}{gap}"
    if options.delimiter in options.separators:
        every = f"{gap}(?:{alternatives(options.separators)}){gap}"
        return on_matching(values, every, lambda found: sub(found, every, options.delimiter))
    every = f"{gap}(?:{alternatives(others)}){gap}"

    def split(found: pa.Array) -> pa.Array:
        return pc.if_else(matches(found, own), found, sub(found, every, options.delimiter))

    return on_matching(values, every, split)
