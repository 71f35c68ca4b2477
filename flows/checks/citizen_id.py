"""Citizen ids (``code: thaiCitizenId``): thirteen digits, the last of which checks the others.

The check digit is (11 − Σ dᵢ·(14 − i) mod 11) mod 10 over the first twelve. Ids that begin with 0
or 9 exist, and so does the same form for juristic persons and taxpayers. What is found is never
shown in full: it may be a real person's.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from catalog.problem import Problem
from catalog.table import Table
from flows.checks import Checked
from flows.checks._found import Found, Tally, numbered, placed

STAGE = "typed"
_DIGITS = 13
_WEIGHTS = np.arange(_DIGITS, 1, -1, dtype=np.int16)


def check(table: Checked) -> Iterator[Problem]:
    """Hold each column of citizen ids."""
    assert table.typed is not None
    fields = [field.name for field in table.schema.fields if field.code == "thaiCitizenId"]
    yield from placed(table, (item for name in fields for item in _column(table.typed, name)))


def _column(typed: Table, name: str) -> Iterator[Found]:
    malformed = Tally("citizen-id-form", name)
    mistyped = Tally("citizen-id-checksum", name)
    for start, batch in numbered(typed, (name,)):
        ids = batch.column(0)
        formed = pc.match_substring_regex(ids, pattern=f"^[0-9]{{{_DIGITS}}}$")
        malformed.add(start, ids, pc.invert(formed))
        mistyped.add(start, ids, _wrong(ids, pc.fill_null(formed, False)))
    for tally in (malformed, mistyped):
        tally.hide(masked)
        yield from tally.found()


def _wrong(ids: pa.Array, formed: pa.Array) -> pa.Array:
    """Which of the well-formed ids have another check digit than they ought to."""
    places = np.flatnonzero(formed.to_numpy(zero_copy_only=False))
    wrong = np.zeros(len(ids), dtype=bool)
    wrong[places] = ~is_checked(ids.take(pa.array(places)))
    return pa.array(wrong)


def is_checked(ids: pa.Array) -> npt.NDArray[np.bool_]:
    """Whether the last digit of each id fits the others.

    Args:
        ids: texts of thirteen ASCII digits each, none null.
    """
    if not len(ids):
        return np.zeros(0, dtype=bool)
    fixed = ids.cast(pa.binary()).cast(pa.binary(_DIGITS))
    octets = np.frombuffer(fixed.buffers()[1], np.uint8, len(fixed) * _DIGITS)
    digits = octets.reshape(-1, _DIGITS).astype(np.int16) - ord("0")
    expected = (11 - digits[:, :-1] @ _WEIGHTS % 11) % 10
    same: npt.NDArray[np.bool_] = expected == digits[:, -1]
    return same


def masked(ids: pa.Array) -> pa.Array:
    """Ids of which only the first digit and the last two can be read."""
    inner = pc.utf8_slice_codeunits(ids, 1, -2)
    hidden = pc.replace_substring_regex(inner, pattern=r"[\p{L}\p{N}]", replacement="x")
    ends = pc.utf8_slice_codeunits(ids, 0, 1), pc.utf8_slice_codeunits(ids, -2)
    short = pc.less(pc.utf8_length(ids), 6)
    whole = pc.binary_join_element_wise(ends[0], hidden, ends[1], "")
    return pc.if_else(short, "x", whole)
