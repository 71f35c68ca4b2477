"""Names of the places that ``coverage`` declares, from the bundled lists of DOPA codes."""

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
    return _names(_LISTS[len(code)]).get(code) or Words(th=place)


@cache
def _names(which: str) -> Mapping[str, Words]:
    source = (files("catalog") / "data" / "places" / f"{which}.csv").read_text("utf-8")
    rows = csv.DictReader(source.splitlines())
    return MappingProxyType(
        {row["code"]: Words(th=row["name_th"], en=row["name_en"] or None) for row in rows}
    )
