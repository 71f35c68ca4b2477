"""Ticks and boxes as true and false.

Changes: a cell that is one of the marks in ``true`` becomes ``true``, one of ``false`` becomes
``false`` (Table Schema's own words); the usual marks stand in ``flows/data/ticks.yaml``, among them
the private code points of Wingdings that Word and PDF keep. An empty cell becomes ``false`` only
where ``empty`` says so.
Refuses to guess: a cross or an ✗ means yes in some forms and no in others: declare it.
Undone by: nothing; which mark stood there is only in the evidence.
"""

from __future__ import annotations

from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, model_validator

from flows.repairs import Scope
from flows.repairs._arrow import is_blank, load, plain

SCOPE: Scope = "column"


class Options(BaseModel):
    """Which marks mean what.

    Attributes:
        true: marks for true, instead of the usual ones.
        false: marks for false, instead of the usual ones.
        empty: what an empty cell means: ``leave`` it, or ``false``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    true: tuple[str, ...] = ()
    false: tuple[str, ...] = ()
    empty: Literal["leave", "false"] = "leave"

    @model_validator(mode="after")
    def _one_meaning(self) -> Options:
        both = {*self.true, "true"} & {*self.false} | {*self.false, "false"} & {*self.true}
        if both:
            raise ValueError(f"both true and false: {', '.join(sorted(both))}")
        return self


def repair(values: pa.Array, options: Options, decision: Any = None) -> pa.Array:
    """Read ticks."""
    usual = load("ticks")
    yes = options.true or tuple(mark for mark in usual["true"] if mark not in options.false)
    no = options.false or tuple(mark for mark in usual["false"] if mark not in options.true)
    marks = pa.array([*yes, *no], pa.string())
    meaning = pa.array(["true"] * len(yes) + ["false"] * len(no), pa.string())
    read = meaning.take(pc.index_in(plain(values), plain(marks)))
    if options.empty == "false":
        read = pc.if_else(is_blank(values), "false", read)
    return values if read.null_count == len(values) else pc.coalesce(read, values)
