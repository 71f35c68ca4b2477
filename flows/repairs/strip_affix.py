"""Texts that stand before or after every value: units, titles, currency.

Changes: ``prefixes`` and ``suffixes`` go from the ends of a value, with the blanks beside them.
Refuses: a value that is nothing but such texts stays as it is.
Undone by: writing them again; the unit belongs into the schema (``unit``).
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, model_validator

from flows.repairs import Scope
from flows.repairs._arrow import BLANKS, alternatives, matches, sub, where

SCOPE: Scope = "column"


class Options(BaseModel):
    """What goes.

    Attributes:
        prefixes: texts before the value.
        suffixes: texts after it, such as ไร่ or บาท.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    prefixes: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _something(self) -> Options:
        if not (self.prefixes or self.suffixes):
            raise ValueError("name prefixes or suffixes")
        if "" in (*self.prefixes, *self.suffixes):
            raise ValueError("an empty text cannot be taken away")
        return self


def repair(values: pa.Array, options: Options, decision: Any = None) -> pa.Array:
    """Take texts from the ends of the values."""
    before = f"^(?:[{BLANKS}]*(?:{alternatives(options.prefixes)}))+[{BLANKS}]*"
    after = f"(?:[{BLANKS}]*(?:{alternatives(options.suffixes)}))+[{BLANKS}]*$"
    patterns = [before] * bool(options.prefixes) + [after] * bool(options.suffixes)

    def strip(found: pa.Array) -> pa.Array:
        bare = found
        for pattern in patterns:
            bare = sub(bare, pattern, "")
        return pc.if_else(pc.equal(bare, ""), found, bare)

    return where(values, matches(values, "|".join(patterns)), strip)
