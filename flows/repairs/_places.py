"""Names and codes of provinces, districts and sub-districts, looked up for whole columns.

A spelling is compared without blanks, dots and capitals, and without the word for its level
(จังหวัด, อ., Amphoe). What means two places of one level is not looked up at all unless the place
above it is known.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from flows.repairs._arrow import sub

Level: TypeAlias = Literal["province", "district", "subdistrict"]
LEVELS: tuple[Level, ...] = ("province", "district", "subdistrict")
#: Digits of a code, by level (DOPA; the first two are TIS 1099 and ISO 3166-2:TH).
DIGITS: dict[Level, int] = {"province": 2, "district": 4, "subdistrict": 6}
_WORDS: dict[Level, str] = {
    "province": r"(?i)^\s*(?:จังหวัด|จ\.|changwat\s|province\s+of\s)|\sprovince\s*$",
    "district": r"(?i)^\s*(?:(?:กิ่ง\s?)?(?:อำเภอ|อ\.)|เขต|amph(oe|ur)\s|khet\s)|\sdistrict\s*$",
    "subdistrict": r"(?i)^\s*(?:ตำบล|ต\.|แขวง|tambon\s|khwaeng\s)|\ssub-?district\s*$",
}
_IGNORED = r"[\s.\-'ฯ\x{00A0}\x{200B}\x{200C}\x{FEFF}]"


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """A level's places.

    Attributes:
        codes: code of each place.
        th, en: its names.
        keys: spellings for looking up, each of one place: alone, or after the code of the place
            above it (two and four digits) and a slash.
        found: index into ``codes`` for each key.
    """

    codes: pa.Array
    th: pa.Array
    en: pa.Array
    keys: pa.Array
    found: pa.Array


def resolve(level: Level, names: pa.Array, parents: pa.Array | None = None) -> pa.Array:
    """The places that names mean, as indices into the level's gazetteer; null where unsure.

    Args:
        level: of the names.
        names: texts as a source has them, or codes.
        parents: codes of the places above, of any level; null where not known.
    """
    gazetteer = places(level)
    keys = (_key(names), _key(sub(names, _WORDS[level], "")))
    return pc.coalesce(*(_look_up(gazetteer, key, parents) for key in keys))


def named(level: Level, names: pa.Array, parents: pa.Array | None = None) -> pa.BooleanArray:
    """Which texts name some place of a level, be it one place or several.

    Args:
        level: of the places.
        names: texts as a source has them; codes are no names.
        parents: codes of the places above, for only those that lie in them; null for any.
    """
    known = _names(level)
    keys = [_key(names), _key(sub(names, _WORDS[level], ""))]
    if parents is not None:
        inside = pc.is_valid(parents)
        below = (pc.binary_join_element_wise(parents, key, "/") for key in keys)
        keys = [pc.if_else(inside, *pair) for pair in zip(below, keys, strict=True)]
    return pc.or_(*(pc.is_in(key, value_set=known) for key in keys))


@cache
def _names(level: Level) -> pa.Array:
    """Every spelling of a level's places as it is compared, alone and below each place above."""
    pairs = [*_spellings(level, [*_read(f"{level}s")])]
    pairs = [(code, name) for code, name in pairs if not name.removeprefix("TH-").isdigit()]
    keys = _key(pa.array([name for _, name in pairs], pa.string())).to_pylist()
    codes = (code for code, _ in pairs)
    every = {up + key for code, key in zip(codes, keys, strict=True) for up in _parents(code)}
    return pa.array(sorted(every), pa.string())


def _look_up(gazetteer: Gazetteer, keys: pa.Array, parents: pa.Array | None) -> pa.Array:
    alone = gazetteer.found.take(pc.index_in(keys, gazetteer.keys, skip_nulls=True))
    if parents is None:
        return alone
    below = pc.binary_join_element_wise(parents, keys, "/")
    inside = gazetteer.found.take(pc.index_in(below, gazetteer.keys, skip_nulls=True))
    # A name that only another place has is no slip to be put right here: it stays.
    return pc.if_else(pc.is_valid(parents), inside, alone)


def _key(names: pa.Array) -> pa.Array:
    """A spelling as it is compared."""
    return pc.utf8_lower(sub(names, _IGNORED, ""))


@cache
def places(level: Level) -> Gazetteer:
    """The gazetteer of a level; read when first needed (7,451 sub-districts: 0.2 s)."""
    rows = [*_read(f"{level}s")]
    number = {row["code"]: index for index, row in enumerate(rows)}
    codes, names = zip(*_spellings(level, rows), strict=True)
    spellings: dict[str, set[int]] = {}
    for code, key in zip(codes, _key(pa.array(names)).to_pylist(), strict=True):
        for before in _parents(code):
            spellings.setdefault(before + key, set()).add(number[code])
    sure = {key: min(places) for key, places in spellings.items() if len(places) == 1}
    return Gazetteer(
        codes=pa.array([row["code"] for row in rows]),
        th=pa.array([row["name_th"] for row in rows]),
        en=pa.array([row["name_en"] for row in rows]),
        keys=pa.array(sure.keys(), pa.string()),
        found=pa.array(sure.values(), pa.int32()),
    )


def _spellings(level: Level, rows: list[dict[str, str]]) -> Iterator[tuple[str, str]]:
    """Every code with each spelling of its place."""
    for row in rows:
        code, th, en = row["code"], row["name_th"], row["name_en"]
        names = [th, en, code, f"TH-{code}"]
        if level == "district" and th.startswith("เมือง") and code.endswith("01"):
            names += ["เมือง", "Mueang", "Muang", f"Muang{en.removeprefix('Mueang')}"]
        yield from ((code, name) for name in names)
    if level == "province":
        yield from ((row["code"], row["spelling"]) for row in _read("province_spellings"))


def _parents(code: str) -> list[str]:
    """What may stand before a spelling: nothing, or the code of a place above."""
    return ["", *(f"{code[:digits]}/" for digits in (2, 4) if digits < len(code))]


def _read(name: str) -> Iterator[dict[str, str]]:
    text = (files("catalog") / "data" / "places" / f"{name}.csv").read_text("utf-8")
    return csv.DictReader(text.splitlines())
