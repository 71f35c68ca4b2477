"""Percentages with their sign: the sign belongs into the schema (``unit``), not into the cell.

Changes: 12.5% and 12.5 % → 12.5 (Thai digits after ``thai_digits``), or with ``to: share`` → 0.125,
digit by digit and without rounding.
Refuses to guess: where some cells have the sign and other numbers have none, those may be shares
or percentages: the run stops with the rows until ``others`` says ``same`` (they are what the others
are after the repair, and stay as they are).
Undone by: writing the sign again, after multiplying shares by 100.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict

from flows.repairs import Column, Scope
from flows.repairs._arrow import BLANKS, any_octet, matches, on_unique, sub, where
from flows.repairs._distinct import bunches
from flows.repairs._eras import Evidence

SCOPE: Scope = "column"
_NUMBER = r"-?[0-9]{1,20}(?:\.[0-9]{1,12})?"
_SIGNED = f"^[{BLANKS}]*({_NUMBER})[{BLANKS}]*[%％][{BLANKS}]*$"
#: Zero is zero with and without the sign.
_BARE = f"^[{BLANKS}]*{_NUMBER}[{BLANKS}]*$"
_ZERO = r"^[^1-9]*$"


class Options(BaseModel):
    """What is written, and what numbers without the sign are.

    Attributes:
        to: ``percent``: 12.5; ``share``: 0.125.
        others: ``refuse``, or ``same``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    to: Literal["percent", "share"] = "percent"
    others: Literal["refuse", "same"] = "refuse"


def survey(column: Column, options: Options) -> None:
    """See that all numbers have the sign, or none.

    Raises:
        Rejected: some have it; names rows of the rarer kind.
    """
    evidence = Evidence()
    for bunch in bunches(column):
        numbers = pc.invert(matches(bunch.values, _ZERO))
        for kind, pattern in (("signed", _SIGNED), ("bare", _BARE)):
            mask = matches(bunch.values, pattern)
            evidence.add(kind, np.asarray(pc.and_(mask, numbers)), bunch)
    if options.others == "refuse":
        evidence.refuse("percent-mixed", ("signed", "bare"))


def repair(values: pa.Array, options: Options, decision: Any = None) -> pa.Array:
    """Take the signs away."""
    if not any_octet(values, b"%\xef"):
        return values

    def bare(found: pa.Array) -> pa.Array:
        numbers = sub(found, _SIGNED, r"\1")
        return on_unique(numbers, _shares) if options.to == "share" else numbers

    return where(values, matches(values, _SIGNED), bare)


def _shares(numbers: pa.Array) -> pa.Array:
    """A hundredth of each number, exactly."""
    hundredth = pa.scalar("0.01").cast(pa.decimal128(3, 2))
    shares = pc.multiply(numbers.cast(pa.decimal128(33, 12)), hundredth)
    texts = shares.cast(pa.string())
    if any_octet(texts, b"E"):  # Arrow writes what is very small with an exponent
        texts = pa.array([f"{share:f}" for share in shares.to_pylist()], pa.string())
    return sub(sub(texts, r"(\.[0-9]*?)0+$", r"\1"), r"\.$", "")
