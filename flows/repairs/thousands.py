"""Numbers as people write them for people: 1,234 and the accountants' (1,234) and 1,234-.

Changes: commas between groups of three digits go; a minus behind the number, a real minus sign
(U+2212) and the accountants' brackets become ``-`` before it.
Refuses to guess: other grouping (1,23 or 0,123) is left for the check to name; brackets are left
where ``brackets`` says so, for in many tables (45.6) is a share beside a number, not a debt. So
they are by default where the repair was found by type and not declared.
Undone by: writing the groups again; the number is the same.
"""

from __future__ import annotations

from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict

from flows.repairs import Scope
from flows.repairs._arrow import BLANKS, any_octet, matches, mend, seen, sub, where

SCOPE: Scope = "column"
_GROUPED = r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?"
_NUMBER = rf"(?:{_GROUPED}|\d+(?:\.\d+)?)"
_GAP = f"[{BLANKS}]*"
_FOR_PEOPLE = f"^{_GAP}(?:[-+−]?{_GAP}{_GROUPED}|−{_GAP}{_NUMBER}){_GAP}$"
_SIGN_BEHIND = f"^{_GAP}({_NUMBER}){_GAP}[-−]{_GAP}$"
_BRACKETS = rf"^{_GAP}\({_GAP}({_NUMBER}){_GAP}\){_GAP}$"
#: The hyphen, and the first byte of the real minus sign.
_SIGNS = b"-\xe2"


class Options(BaseModel):
    """How to read brackets.

    Attributes:
        brackets: ``negative``, or ``leave`` them for the check.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    brackets: Literal["negative", "leave"] = "negative"


def repair(values: pa.Array, options: Options, decision: Any = None) -> pa.Array:
    """Write numbers as programs read them."""
    if options.brackets == "negative" and any_octet(values, b"("):
        values = _rewrite(values, _BRACKETS, r"-\1")
    if any_octet(values, _SIGNS) and seen(values, f"[0-9][{BLANKS}]*[-−]"):
        values = _rewrite(values, _SIGN_BEHIND, r"-\1")
    if not any_octet(values, b"," + _SIGNS[1:]):
        return values
    return where(values, matches(values, _FOR_PEOPLE), _bare)


def _rewrite(values: pa.Array, pattern: str, replacement: str) -> pa.Array:
    return where(values, matches(values, pattern), lambda found: sub(found, pattern, replacement))


def _bare(numbers: pa.Array) -> pa.Array:
    """Commas gone and the minus made plain."""
    numbers = pc.replace_substring(numbers, ",", "")
    return mend(mend(numbers, f"[{BLANKS}]", ""), "−", "-")
