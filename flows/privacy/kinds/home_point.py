"""Coordinates of people's homes: four decimals and more of a degree, which tell a house.

The rule. Places of offices are public. A point stops the release where its header speaks of homes,
or where a person stands in the same rows (name, id, passport, date of birth, number of a patient).
Four decimals are 11 metres; three are a hamlet.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from catalog.problem import Level
from flows.privacy import PERSONS, Company, Found, Heading, Tally
from flows.privacy.cover import examples
from flows.privacy.words import Marks, marks, speaks_of

CODES = ("privacy-home-point",)
PUBLIC_DUTY = False
COMPANY = True
FINE = 4
_NUMBER = rf"-?[0-9]{{1,3}}\.[0-9]{{{FINE},}}"
COVER = ((r"(-?[0-9]{1,3})\.[0-9]+", r"\1.xxxx"),)


def screen(heading: Heading) -> str | None:
    """Degrees with four decimals under a header of coordinates; any point of a geometry column."""
    if heading.geometry:
        return ""
    return _NUMBER if heading.point or speaks_of(heading.said, "point") else None


def look(values: pa.Array, heading: Heading) -> Marks:
    """One mark: it is finer than a hamlet."""
    if not heading.geometry:
        return marks(values, (1, _NUMBER))
    import shapely

    shapes = shapely.from_wkb(values.to_numpy(zero_copy_only=False))
    found: Marks = _fine(shapes).astype(np.uint8)
    return found


def _fine(shapes: Any) -> Any:
    """Which shapes are points with more than three decimals."""
    import shapely

    points = shapely.get_type_id(shapes) == 0
    x, y = shapely.get_x(shapes), shapely.get_y(shapes)
    with np.errstate(invalid="ignore"):
        coarse = np.isclose(x, np.round(x, FINE - 1), atol=1e-9, rtol=0)
        coarse &= np.isclose(y, np.round(y, FINE - 1), atol=1e-9, rtol=0)
    return points & ~coarse


def judge(tally: Tally, company: Company) -> Found | None:
    """A home by its header, or by the person beside it."""
    person = company.together(*PERSONS) > 0 or company.speaks("person")
    if not tally.rows(1) or not (person or speaks_of(tally.heading.said, "home")):
        return None
    shown = () if tally.heading.geometry else examples(tally.values(1), COVER)
    name = tally.heading.name
    return Found("home_point", name, CODES[0], Level.ERROR, tally.rows(1), tally.row(1), shown)
