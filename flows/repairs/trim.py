"""Blanks that nobody sees: at both ends, and more than one between words.

Changes: blanks, tabs, no-break spaces, line breaks and characters without width at the ends of a
value go; inside, a run of blanks (or one tab or no-break space) becomes one blank. Line breaks
inside stay, unless ``line_breaks`` says that the source only wrapped its lines.
Refuses: nothing to guess. Undone by: nothing; the evidence keeps the source's bytes.
"""

from __future__ import annotations

from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict

from flows.repairs import Scope
from flows.repairs._arrow import BLANKS, EVERY_BLANK, on_matching, sub

SCOPE: Scope = "column"
_RUN = f"[{BLANKS}]{{2,}}|[{BLANKS[1:]}]"
_BREAK = f"[{BLANKS}]*[\r\n\v\f\u0085\u2028\u2029]+[{BLANKS}\r\n\v\f\u0085\u2028\u2029]*"


class Options(BaseModel):
    """How to take line breaks inside of a value.

    Attributes:
        line_breaks: ``keep`` them; ``space``: a blank instead (lines of a sentence); ``join``:
            nothing instead (words that the source broke at the edge of a cell).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    line_breaks: Literal["keep", "space", "join"] = "keep"


def repair(values: pa.Array, options: Options, decision: Any = None) -> pa.Array:
    """Take invisible blanks away."""
    trimmed = pc.utf8_trim(values, characters=EVERY_BLANK)
    values = values if trimmed.equals(values) else trimmed
    if options.line_breaks != "keep":
        between = " " if options.line_breaks == "space" else ""
        values = on_matching(values, _BREAK, lambda found: sub(found, _BREAK, between))
    return on_matching(values, _RUN, lambda found: sub(found, f"[{BLANKS}]+", " "))
