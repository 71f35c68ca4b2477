"""Stars of openness: by 5stardata.info's rule, and by the two Thai counts of formats.

★ asks for an open licence, so data whose source states none has no star, whatever its format. What
the formats alone are worth is told beside it: by DGA's list of formats and by the scorer that
NECTEC publishes (ckanext-dquality), which differ (SHP: 3 and 2; KML, ODS: 3 and 0).
"""

from __future__ import annotations

from dataclasses import dataclass

from catalog.formats import formats
from catalog.release import Facts
from catalog.spec import DatasetSpec


@dataclass(frozen=True, slots=True)
class Stars:
    """How open a release is.

    Attributes:
        earned: 0 to 5: the formats' stars by DGA's list if the licence is open, else 0.
        dga, nectec: stars of the best format, by each count.
        licence_open: whether the licence lets anybody use the data.
    """

    earned: int
    dga: int
    nectec: int
    licence_open: bool


def stars(spec: DatasetSpec, facts: Facts) -> Stars:
    """Count the stars of a release."""
    written = [formats()[file.format] for file in facts.files if file.format]
    dga = max((form.stars_dga for form in written), default=0)
    nectec = max((form.stars_nectec for form in written), default=0)
    is_open = bool(spec.term("licence").more["open"])
    return Stars(dga if is_open else 0, dga, nectec, is_open)
