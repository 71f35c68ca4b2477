"""Blanks that nobody sees: at both ends, and more than one between words.

Changes: blanks, tabs, no-break spaces, line breaks and characters without width at the ends of a
value go; inside, a run of blanks (or one tab or no-break space) becomes one blank. Line breaks
inside stay, unless ``line_breaks`` says that the source only wrapped its lines.
Refuses: nothing to guess. Undone by: nothing; the evidence keeps the source's bytes.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict

from flows.repairs import Scope
from flows.repairs._arrow import (
    BLANKS,
    EVERY_BLANK,
    any_octet,
    is_ascii,
    octets,
    on_matching,
    sub,
    where,
)

SCOPE: Scope = "column"
_SPACE = 0x20
#: First bytes in UTF-8 of every blank that is not ASCII; Thai letters have another, E0.
_LEADS_OF_BLANKS = b"\xc2\xe1\xe2\xe3\xef"
_LEAD_OF_TWO = 0xC2
_LEADS = np.isin(np.arange(256), [*_LEADS_OF_BLANKS])
_BLANK = np.isin(np.arange(256), [*b" \t\r\n\v\f"])
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
    values = where(values, _edged(values), lambda v: pc.utf8_trim(v, characters=EVERY_BLANK))
    if options.line_breaks != "keep":
        between = " " if options.line_breaks == "space" else ""
        values = on_matching(values, _BREAK, lambda found: sub(found, _BREAK, between))
    if not _may_have_runs(values):
        return values
    return on_matching(values, _RUN, lambda found: sub(found, f"[{BLANKS}]+", " "))


def _edged(values: pa.Array) -> pa.Array:
    """Which values may begin or end with a blank, by their bytes in UTF-8.

    Some that do not are among them, none that does is missing.
    """
    bounds, data = octets(values)
    if not data.size:
        return pa.repeat(pa.scalar(False), len(values))
    starts, ends = bounds[:-1] - bounds[0], bounds[1:] - bounds[0]
    first = data[np.minimum(starts, data.size - 1)]
    last, second, third = (data[np.maximum(ends - back, 0)] for back in (1, 2, 3))
    begins = _BLANK[first] | _LEADS[first]
    found = begins | _BLANK[last] | (second == _LEAD_OF_TWO) | _LEADS[third]
    return pc.fill_null(pa.array(found & (ends > starts)), False)


def _may_have_runs(values: pa.Array) -> bool:
    """Whether two blanks, or one that is no plain one, may stand inside of a value."""
    _, data = octets(values)
    if bool(((data[1:] == _SPACE) & (data[:-1] == _SPACE)).any()) or any_octet(values, b"\t"):
        return True
    return not is_ascii(values) and any_octet(values, _LEADS_OF_BLANKS)
