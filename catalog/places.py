"""Places by code: names, and which parts a place has, from the bundled lists of DOPA codes.

Provinces have 2 digits (TIS 1099), districts 4, sub-districts 6; each code begins with the one
of the place it lies in. Sources of the lists: ``catalog/data/places/README.md``.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from catalog.spec import Words

_COUNTRY = "TH"
_LISTS = {2: "provinces", 4: "districts", 6: "subdistricts"}


def place_name(place: str) -> Words:
    """What a place is called.

    Args:
        place: ``TH``, or ``TH-`` with a DOPA code of 2, 4 or 6 digits; a code that no list has is
            called by itself.
    """
    if place == _COUNTRY:
        return Words(th="ประเทศไทย", en="Thailand")
    code = place.removeprefix(f"{_COUNTRY}-")
    return places(len(code)).get(code) or Words(th=place)


def parts(place: str, digits: int) -> tuple[str, ...]:
    """Codes of the parts of a place, in order.

    Args:
        place: as in ``place_name``.
        digits: 2 for provinces, 4 for districts, 6 for sub-districts.
    """
    start = "" if place == _COUNTRY else place.removeprefix(f"{_COUNTRY}-")
    return tuple(code for code in places(digits) if code.startswith(start))


@cache
def places(digits: int) -> Mapping[str, Words]:
    """Names by code, of provinces (2 digits), districts (4) or sub-districts (6)."""
    source = (files("catalog") / "data" / "places" / f"{_LISTS[digits]}.csv").read_text("utf-8")
    rows = csv.DictReader(source.splitlines())
    return MappingProxyType(
        {row["code"]: Words(th=row["name_th"], en=row["name_en"] or None) for row in rows}
    )
