"""Thai digits (๐ to ๙) written as 0 to 9.

Changes: every Thai digit of a value. Refuses: nothing to guess.
Undone by: writing Thai digits again, as official letters do; the number is the same.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from flows.repairs import NoOptions, Scope
from flows.repairs._arrow import western_digits

SCOPE: Scope = "column"
Options = NoOptions


def repair(values: pa.Array, options: NoOptions, decision: Any = None) -> pa.Array:
    """Write Thai digits as 0 to 9."""
    return western_digits(values)
