"""Shapes of texts: which distinct texts of a column may be days, numbers, codes, ticks….

Each function says which texts fit; some say more beside. None of them decides for a column.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flows.doctor._column_meaning import is_unit
from flows.doctor._values_view import GROUPED, PLAIN, Flags, View, flags
from flows.repairs import thai_year
from flows.repairs._arrow import alternatives, load
from flows.repairs._dates import is_date, read_dates
from flows.repairs._eras import marks, spelled

NUMBER = rf"(?:{GROUPED}|{PLAIN})"
#: What surrounds a number, by name: each matches from end to end of a tidy text.
AROUND: Mapping[str, str] = {
    "grouped": rf"[-+−]?\s?{GROUPED}",
    "minus": rf"−\s?{NUMBER}",
    "brackets": rf"\(\s?{NUMBER}\s?\)",
    "behind": rf"{NUMBER}\s?[-−]",
    "percent": rf"[-+−]?\s?{NUMBER}\s?%",
    "below": rf"(?:[<≤>≥]=?|&lt;|&gt;)\s?{NUMBER}",
    "footnote": rf"[-+−]?{NUMBER}\s?(?:\*+|\[[0-9a-z]{{1,2}}\]|[†‡¹²³]|\s[0-9a-zก-ฮ]/|\s[perPER])",
    "currency": rf"[฿$]\s?{NUMBER}",
}
_WITH_UNIT = rf"(?P<number>[-+−]?{NUMBER})\s?(?P<unit>[^0-9\s,.<>()\[\]*%+−-][^0-9]{{0,24}})"
_CE, _BE = (1850, 2150), (2390, 2650)
_CLOCK = r"(?:[01]?[0-9]|2[0-3])[:.][0-5][0-9](?:[:.][0-5][0-9])?"
_DAY = r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}"
_MOMENT = rf"{_DAY}[T ]+{_CLOCK}(?:\s?น\.?|\.[0-9]+|Z|[+-][0-9]{{2}}:?[0-9]{{2}})?"
_DEGREES = r"[-+]?[0-9]{1,3}\.[0-9]{2,}"
_POINT = rf"\(?\s?{_DEGREES}\s?°?\s?[NSEWnsew]?\s?[,;/ ]\s?{_DEGREES}\s?°?\s?[NSEWnsew]?\s?\)?"
#: Digits from which on a column of constant length holds names of things, not quantities.
_LONG_CODE = 9
#: Digits that no code has more of.
_LONGEST_CODE = 100


def ticks(seen: View) -> Flags:
    """Marks of boxes, ticked or not; a column of nothing but slashes is none."""
    known = load("ticks")
    marks_ = pa.array([*known["true"], *known["false"]], pa.string())
    return flags(pc.is_in(seen.tidy, value_set=marks_))


def booleans(seen: View) -> tuple[Flags, Mapping[str, Any]]:
    """Words for yes and no, of one pair; both have to be there."""
    lower = pc.utf8_lower(seen.tidy)
    for yes, no in load("doctor_values")["booleans"]:
        is_yes, is_no = (flags(pc.equal(lower, word)) for word in (yes, no))
        if is_yes.any() and is_no.any():
            return is_yes | is_no, {"yes": is_yes, "no": is_no}
    return np.zeros(len(seen), dtype=bool), {}


def dates(seen: View) -> Flags:
    """Days of a year, with a month's name or as three numbers; real or not."""
    return np.asarray(read_dates(seen.texts).year > 0)


def real_days(seen: View) -> Flags:
    """Days that some order of day and month, in some era, makes real."""
    read = read_dates(seen.texts)
    real = np.zeros(len(seen), dtype=bool)
    for order in ("dmy", "mdy"):
        month, day = read.month_and_day(order)
        year = np.where(read.year < 100, 2000, read.year)
        for shift in (0, 543):
            real |= is_date(np.maximum(year - shift, 1), month, day)
    return real


def moments(seen: View) -> Flags:
    """Days with a time."""
    return seen.like(_MOMENT)


def times(seen: View) -> Flags:
    """Times of day that say that they are: with a colon, or น. behind."""
    return seen.like(rf"{_CLOCK}\s?น\.?|(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?")


def clock(seen: View) -> Flags:
    """Times of day, also with a point, under a header that speaks of time."""
    return seen.like(rf"{_CLOCK}(?:\s?น\.?)?")


def spans(seen: View) -> Flags:
    """Years that reach over New Year: 2527/28, 2566-2567; single years beside them."""
    over = seen.like(r"(?:[1-2][0-9]{3})\s?[-/–]\s?(?:[0-9]{2}|[1-2][0-9]{3})")
    return over | seen.like("[12][0-9]{3}") if over.any() else over


def points(seen: View) -> Flags:
    """Two coordinates in one cell."""
    return seen.like(_POINT)


def codes(seen: View, said: bool, label: str) -> tuple[Flags, Mapping[str, Any]]:
    """Digits that are names: with leading zeros, long and of one length, or under such a header."""
    nothing = np.zeros(len(seen), dtype=bool)
    whole = seen.whole
    if not said and not (whole | ~seen.rest).all():
        return nothing, {}
    if not whole.any():
        return (seen.rest, {}) if said else (nothing, {})
    lengths = np.asarray(pc.utf8_length(seen.tidy).to_numpy(zero_copy_only=False))[whole]
    zeros = seen.like("0[0-9]+").any()
    same = int(lengths.min()) == int(lengths.max())
    if said and (zeros or same or not (whole | ~seen.rest).all()):
        return seen.rest, _pattern(seen, lengths)
    if said and lengths.max() >= 3 and not _counted(seen):
        return seen.rest, _pattern(seen, lengths)
    if zeros or (same and lengths.min() >= _LONG_CODE):
        return seen.rest, _pattern(seen, lengths)
    return nothing, {}


def _pattern(seen: View, lengths: Any) -> Mapping[str, Any]:
    """The pattern that every code has; nothing where they differ."""
    if not (seen.whole | ~seen.rest).all():
        return {}
    least, most = int(lengths.min()), int(lengths.max())
    one = least == most and most <= _LONGEST_CODE
    return {"least": least, "most": most} | ({"pattern": f"[0-9]{{{least}}}"} if one else {})


def _counted(seen: View) -> bool:
    """Whether a column counts its rows: 1, 2, 3…."""
    numbers = seen.kept(seen.whole)
    short = pc.all(pc.less_equal(pc.utf8_length(numbers), 9)).as_py()
    if not short:
        return False
    values = numbers.cast(pa.int64())
    spread = pc.max(values).as_py() - pc.min(values).as_py() + 1
    return bool(len(values) * 2 >= spread and pc.min(values).as_py() <= 1)


def year_months(seen: View, said: bool) -> Flags:
    """Months of a year: มกราคม 2566, 2566-01, 01/2566; packed (6501, 256501) where that is said."""
    fits = seen.like(_year_month())
    if said:
        fits |= seen.like(r"(?:[0-9]{4}|[0-9]{2})(?:0[1-9]|1[0-2])")
    return fits


@cache
def _year_month() -> str:
    words = load("thai_dates")
    months = spelled(name for names in words["months"].values() for name in names)
    era = f"(?:(?:{marks('be')}|{marks('ce')})\\s?)?"
    year = rf"{era}(?:[0-9]{{4}}|[0-9]{{2}})"
    return (
        rf"(?i:(?:เดือน\s?)?(?:{months})\s?[-/., ]?\s?(?:ปี\s?)?{year})"
        r"|(?:1[89]|2[0-9])[0-9]{2}[-/](?:0?[1-9]|1[0-2])|(?:0?[1-9]|1[0-2])[-/](?:1[89]|2[0-9])[0-9]{2}"
    )


def years(seen: View, said: bool) -> Flags:
    """Years, of either era. Bare numbers are years where the header or their closeness says so."""
    read = thai_year.repair(seen.texts, thai_year.Options())
    in_ce = pc.match_substring_regex(read, r"^(?:1[89]|2[01])[0-9]{2}$")
    bare = seen.like("[12][0-9]{3}")
    worded = flags(in_ce) & ~seen.whole & ~seen.plain
    if said:
        return flags(in_ce) | seen.like("[0-9]{2}") | (bare & _between(seen, bare, _CE, _BE))
    if worded.any():
        return worded | (flags(in_ce) & bare)
    if not (bare | ~seen.rest).all() or not bare.any():
        return np.zeros(len(seen), dtype=bool)
    return bare if _look_like_years(seen, bare) else np.zeros(len(seen), dtype=bool)


def _between(seen: View, mask: Flags, *bounds: tuple[int, int]) -> Flags:
    numbers = pc.if_else(pa.array(mask), seen.tidy, "0").cast(pa.int64()).to_numpy()
    fits = np.zeros(len(seen), dtype=bool)
    for low, high in bounds:
        fits |= (numbers >= low) & (numbers <= high)
    return fits


def _look_like_years(seen: View, bare: Flags) -> bool:
    """Whether bare numbers of four digits are so close, and all in one era, that they are years."""
    values = np.sort(seen.kept(bare).cast(pa.int64()).to_numpy())
    low, high = int(values[0]), int(values[-1])
    in_era = (low >= 2480 and high <= 2600) or (low >= 1950 and high <= 2060)
    gaps = np.diff(values)
    return bool(in_era and len(values) >= 3 and (gaps <= 5).all())


def numbers(seen: View) -> tuple[Flags, Mapping[str, Any]]:
    """Numbers, as programs write them and with what people put around them.

    Beside: the mask of each way of writing that occurs, and ``units`` behind numbers.
    """
    fits, ways = seen.plain.copy(), dict[str, Any]()
    if (fits | ~seen.rest).all():
        return fits, ways
    for name, pattern in AROUND.items():
        mask = seen.like(pattern) & seen.rest & ~fits
        if mask.any():
            ways[name] = mask
            fits |= mask
    with_unit, units = _units(seen, seen.rest & ~fits)
    if with_unit.any() and seen.rows(with_unit) * 3 > seen.rows(seen.rest & ~fits):
        ways |= {"unit": with_unit, "units": units}
        fits |= with_unit
    if not seen.plain.any() and not (ways.keys() - {"footnote"}):
        return np.zeros(len(seen), dtype=bool), {}
    return fits, ways


def _units(seen: View, among: Flags) -> tuple[Flags, tuple[str, ...]]:
    """Which texts are a number and a known unit behind it, and those units."""
    nothing = np.zeros(len(seen), dtype=bool)
    if not among.any():
        return nothing, ()
    parts = pc.extract_regex(seen.kept(among), rf"\A{_WITH_UNIT}\z")
    found = pc.utf8_trim(pc.fill_null(parts.field("unit"), ""), characters=" ")
    different = [unit for unit in pc.unique(found).to_pylist() if unit]
    known = tuple(unit for unit in different[:100] if is_unit(unit))
    nothing[np.flatnonzero(among)] = flags(pc.is_in(found, value_set=pa.array(known, pa.string())))
    return nothing, known


def lists(seen: View) -> tuple[Flags, Mapping[str, Any]]:
    """Numbers with commas or «and» between, or short items with semicolons or bars between.

    Commas alone make no list of words: sentences have them.
    """
    words = load("doctor_values")["list_words"]
    between = rf"\s?(?:{alternatives([',', ';', '|', *words])})\s?"
    numeric = seen.like(rf"{PLAIN}(?:{between}{PLAIN})+")
    if numeric.any() and (numeric | seen.plain | ~seen.rest).all():
        marks_ = [mark for mark in (",", ";", "|", *words) if _has(seen, numeric, mark)]
        return numeric | seen.plain, {"marks": marks_, "several": numeric}
    for mark in (";", "|"):
        item = rf"[^{mark}\n]{{1,40}}"
        several = seen.like(rf"{item}(?:{alternatives([mark])}{item})+")
        if seen.rows(several) * 2 > seen.rows(seen.rest):
            return seen.rest, {"marks": [mark], "several": several}
    return np.zeros(len(seen), dtype=bool), {}


def _has(seen: View, mask: Flags, text: str) -> bool:
    return bool(pc.any(pc.match_substring(seen.kept(mask), text)).as_py())
