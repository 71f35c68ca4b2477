"""Times of day as Thai offices write them, as ISO 8601.

Changes: 08.30 น., 8:30, เวลา ๘.๓๐ น., 8 นาฬิกา 30 นาที, 13.00 → 08:30:00, 13:00:00.
Refuses to guess: 8.3 (minutes have two digits), 24.00 and 8.75 (no such times), spans (08.30-16.30)
and hours of the old count (สองทุ่ม) stay as they are, for the check to name.
Undone by: nothing; how a time was spelt is only in the evidence.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from flows.repairs import NoOptions, Scope
from flows.repairs._arrow import matches, on_unique, where
from flows.repairs._times import as_read, time_pattern, write_times

SCOPE: Scope = "column"
Options = NoOptions
#: As ISO 8601 has it, with parts of a second or without: left alone.
_ISO = "^[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.][0-9]+)?$"


def repair(values: pa.Array, options: NoOptions, decision: Any = None) -> pa.Array:
    """Write times as ISO 8601."""
    other = pc.and_(pc.invert(matches(values, _ISO)), values.is_valid())
    return where(values, other, lambda found: on_unique(found, _iso))


def _iso(texts: pa.Array) -> pa.Array:
    return pc.coalesce(
        write_times(pc.extract_regex(as_read(texts), f"(?i)^{time_pattern()}$")), texts
    )
