"""Words and dashes that stand where there is no value.

Changes: a cell that is one of ``words`` (white space around it does not count) becomes empty.
Refuses to guess: ไม่มี, 0 and spreadsheet errors are not on the list that stands for itself
(``flows/data/missing.yaml``), because they may mean something.
Undone by: nothing; which word stood there is only in the evidence.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field

from flows.repairs import Scope
from flows.repairs._arrow import EVERY_BLANK, load

SCOPE: Scope = "column"


class Options(BaseModel):
    """What stands for «no value».

    Attributes:
        words: instead of the usual list; matched whole, capitals matter.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    words: tuple[str, ...] = Field(default=(), description="instead of the usual list")


def repair(values: pa.Array, options: Options, decision: Any = None) -> pa.Array:
    """Empty the cells that only say that there is nothing."""
    words = pa.array(options.words or load("missing")["words"], pa.string())
    cells = pc.utf8_trim(values, characters=EVERY_BLANK)
    gone = pc.and_(pc.is_in(cells, pc.utf8_trim(words, characters=EVERY_BLANK)), values.is_valid())
    gone = pc.and_(gone, pc.not_equal(values, ""))
    if not pc.any(gone).as_py():
        return values
    return pc.if_else(gone, pa.scalar(None, pa.string()), values)
