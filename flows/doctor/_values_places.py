"""Which places the texts of a column name, and what a misspelt one may have meant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flows.doctor._values_view import Flags, View, flags
from flows.repairs._places import LEVELS, Level, named, places, resolve

#: Without a header that says so, this share of the rows has to be names of places.
_SURE = 0.9
#: With one, this share; and by so much another level has to fit better to be believed instead.
_SAID, _BETTER = 0.5, 0.25
#: Likeness (0 to 100) over which a name is suggested, and how many unknown ones are looked at.
_ALIKE, _LOOKED_AT = 78, 500


def best_level(seen: View, said: str | None) -> tuple[Flags, Mapping[str, Any]]:
    """The level of places that a column holds: which texts fit, and ``level``.

    Args:
        seen: the column.
        said: level that the header names.
    """
    nothing = np.zeros(len(seen), dtype=bool)
    whole = seen.rows(seen.rest)
    fits = {level: flags(named(level, seen.tidy)) & seen.rest for level in LEVELS}
    shares = {level: seen.rows(mask) / whole for level, mask in fits.items()}
    best = max(LEVELS, key=lambda level: shares[level])
    if said in LEVELS and shares[said] >= max(_SAID, shares[best] - _BETTER):
        best = said
    elif shares[best] < _SURE or (said is None and int(fits[best].sum()) < 3):
        return nothing, {}
    # Under a header that says so, names that no place has are misspelt places, not other things.
    return (seen.rest if said in LEVELS else fits[best]), {"level": best, "known": fits[best]}


def standard(level: Level, texts: pa.Array, to: str = "name") -> pa.Array:
    """Texts in their standard spelling, where they mean one place; else as they are."""
    gazetteer = places(level)
    names = gazetteer.en if to == "name_en" else gazetteer.th
    return pc.coalesce(names.take(resolve(level, texts)), texts)


def language(level: Level, texts: pa.Array) -> str:
    """The language that places are written in: option ``to`` of the repair ``place``."""
    thai = pc.sum(pc.match_substring_regex(texts, "[ก-ฮ]")).as_py() or 0
    return "name" if thai * 2 >= len(texts) else "name_en"


def alike(level: Level, texts: pa.Array, to: str = "name") -> dict[str, str]:
    """The place that each unknown text is most alike, where one is alike enough.

    Args:
        level: of the places.
        texts: unknown ones, tidy.
        to: ``name`` or ``name_en``.
    """
    from rapidfuzz import fuzz, process

    gazetteer = places(level)
    known = (gazetteer.en if to == "name_en" else gazetteer.th).to_pylist()
    found = {}
    for text in texts[:_LOOKED_AT].to_pylist():
        best = process.extractOne(text, known, scorer=fuzz.ratio, score_cutoff=_ALIKE)
        if best:
            found[text] = best[0]
    return found
