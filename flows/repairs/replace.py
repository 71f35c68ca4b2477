"""Whole cells replaced by others, one by one, as a person wrote them down.

Changes: a cell that is exactly a key of ``values`` becomes its partner.
Refuses: a list in which a partner is itself replaced (doing it twice would be another thing).
Undone by: the same list the other way round, where no two keys share a partner.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field, model_validator

from flows.repairs import Scope

SCOPE: Scope = "column"


class Options(BaseModel):
    """What is replaced.

    Attributes:
        values: cell as it stands to cell as it should be.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    values: Mapping[str, str] = Field(min_length=1)

    @model_validator(mode="after")
    def _once_is_enough(self) -> Options:
        chained = [new for new in self.values.values() if self.values.get(new, new) != new]
        if chained:
            raise ValueError(f"replaced again by the same list: {', '.join(chained)}")
        return self


def repair(values: pa.Array, options: Options, decision: Any = None) -> pa.Array:
    """Replace whole cells."""
    old = pa.array(options.values.keys(), pa.string())
    found = pc.index_in(values, old, skip_nulls=True)
    if found.null_count == len(values):
        return values
    new = pa.array(options.values.values(), pa.string()).take(found)
    return pc.coalesce(new, values)
