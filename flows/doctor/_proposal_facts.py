"""What the values themselves say of a dataset: places, time, kind of data, words to search by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from catalog.table import Table
from flows.doctor._proposal_draft import FieldDraft, TableDraft
from flows.doctor.naming import meanings
from flows.repairs._places import DIGITS, LEVELS, Level, places, resolve

#: Provinces from which on a dataset is said to cover the country.
_COUNTRY = 70
#: Share of values of a column of places that may be no known place.
_UNKNOWN = 0.2
_NUMBERS = ("integer", "number")
#: What tells rows apart or says where they are, and so is no figure of statistics.
_NO_FIGURES = frozenset({"latitude", "longitude", "easting", "northing", "altitude", "number"})
#: What nearly every table has: nobody searches by it.
_PLAIN = frozenset({
    "number", "name", "name_th", "name_en", "count", "total", "quantity", "value", "unit", "remark",
    "item", "detail", "type", "category", "status", "level", "percent", "average", "source", "size",
})  # fmt: skip
_YEAR = re.compile(r"(?:25|24)\d\d|(?:19|20)\d\d")
_BUDDHIST = 543
_WORD = re.compile(r"[\u0e01-\u0e4e]{3,}|[A-Za-z][A-Za-z-]{3,}")


def level_of(field: FieldDraft, means: str | None) -> Level | None:
    """The level of the places that a column holds, by name or code."""
    place = meanings().get(means or "", {}).get("place")
    told = str(place or "") or str(means or "").removesuffix("_code")
    told = field.name.removesuffix("_code") if told not in LEVELS else told
    return next((level for level in LEVELS if level == told and field.type == "string"), None)


def place_codes(level: Level, values: pa.Array) -> pa.Array:
    """Codes of the places that values mean, by name or by code; null where unsure."""
    return places(level).codes.take(resolve(level, values))


def coverage(tables: Sequence[tuple[TableDraft, Table]], home: str | None) -> dict[str, Any]:
    """The smallest area told apart, and the provinces covered.

    Args:
        tables: drafts with their canonical tables.
        home: code of the office's province, for data that names no place.
    """
    seen: dict[Level, set[str]] = {}
    for draft, typed in tables:
        for field, means in _with_meaning(draft):
            level = level_of(field, means)
            if level is None:
                continue
            codes = place_codes(level, distinct(typed, field.name))
            if codes.null_count <= len(codes) * _UNKNOWN and codes.null_count < len(codes):
                found = {code[:2] for code in codes.drop_null().to_pylist()}
                seen[level] = seen.get(level, set()) | found
    pointed = any(f.type in ("geopoint", "geojson") for d, _ in tables for f in d.fields)
    if not seen:
        smallest = "coordinates" if pointed else "unknown"
        return {"level": smallest, "places": [f"TH-{home}" if home else "TH"]}
    # The names of the largest places are the surest: districts of one name lie in many provinces.
    named = [
        f"TH-{code}" for code in sorted(next(seen[level] for level in LEVELS if level in seen))
    ]
    finest = [level for level in LEVELS if level in seen][-1]
    return {"level": finest, "places": ["TH"] if len(named) >= _COUNTRY else named}


def temporal(tables: Sequence[tuple[TableDraft, Table]], title: str) -> dict[str, date]:
    """First and last day that the data speaks of, by its years and dates, else by its title."""
    days: list[date] = []
    for draft, typed in tables:
        for field, means in _with_meaning(draft):
            kind = meanings().get(means or "", {}).get("kind")
            if field.type in ("year", "yearmonth", "date") and kind != "birth":
                ends = _ends(distinct(typed, field.name))
                days += _fiscal(ends) if means == "fiscal_year" and field.type == "year" else ends
    if not days:
        days = [day for year in _YEAR.findall(title) for day in _year(int(year))]
    return {"start": min(days), "end": max(days)} if days else {}


def data_type(tables: Sequence[tuple[TableDraft, Table]]) -> str:
    """Kind of data in GD Catalog's words: with positions, mostly figures, or records."""
    fields = [(field, means) for draft, _ in tables for field, means in _with_meaning(draft)]
    if any(field.type in ("geopoint", "geojson") for field, _ in fields):
        return "geospatial"
    figures = sum(f.type in _NUMBERS and (m or "") not in _NO_FIGURES for f, m in fields)
    return "statistics" if figures * 2 >= len(fields) else "record"


def keywords(title: str, tables: Iterable[TableDraft]) -> list[str]:
    """Words to search by: of the title, and what the columns are about."""
    from pythainlp.corpus import thai_stopwords
    from pythainlp.tokenize import word_tokenize

    idle = thai_stopwords()
    words = [word for word in word_tokenize(title, keep_whitespace=False) if _WORD.fullmatch(word)]
    words = [word for word in words if word not in idle]
    for draft in tables:
        words += [word for _, means in _with_meaning(draft) if (word := _subject(means))][:3]
    found = dict.fromkeys(word for word in words if word)
    return list(found)[:6]


def _subject(means: str | None) -> str | None:
    """What people would search by of what a column is about: no codes, times or plain words."""
    known = meanings().get(means or "", {})
    if not known or known.get("code") or known.get("kind") or means in _PLAIN:
        return None
    return str(known.get("th") or "").partition(" (")[0] or None


def place_keys(draft: TableDraft, typed: Table, targets: Mapping[str, Any]) -> TableDraft:
    """The table with foreign keys from its columns of place codes.

    Args:
        draft: the table.
        typed: its values.
        targets: level to ``resource`` and ``field`` of the table of places that is declared.
    """
    from dataclasses import replace

    keys = []
    for field, means in _with_meaning(draft):
        level = level_of(field, means)
        if level is None or level not in targets:
            continue
        values = distinct(typed, field.name)
        full = len(values) and pc.all(pc.equal(pc.utf8_length(values), DIGITS[level])).as_py()
        if full and pc.all(pc.is_in(values, value_set=places(level).codes)).as_py():
            target = targets[level]
            keys.append({"fields": [field.name], "reference": {
                "resource": target["resource"], "fields": [target["field"]]}})  # fmt: skip
    return replace(draft, foreign=tuple(keys))


def distinct(typed: Table, name: str) -> pa.Array:
    """The distinct values of a column as text, without nulls."""
    found: pa.Array = pa.array([], pa.string())
    for batch in typed.batches((name,)):
        values = pc.unique(batch.column(0).drop_null().cast(pa.string()))
        found = pc.unique(pa.concat_arrays([found, values]))
    return found


def _with_meaning(draft: TableDraft) -> Iterable[tuple[FieldDraft, str | None]]:
    by_label = dict(zip(draft.exam.labels, (d.means for d in draft.exam.diagnoses), strict=True))
    return ((field, None if field.made else by_label.get(field.label))
            for field in draft.fields)  # fmt: skip


def _ends(values: pa.Array) -> list[date]:
    """First and last day of years (2563), months (2563-05) or days, CE."""
    if not len(values):
        return []
    found: list[date] = []
    for text in (pc.min(values).as_py(), pc.max(values).as_py()):
        year, _, rest = str(text).partition("-")
        if not year.isdigit() or not 1 <= int(year) <= 9998:
            return []
        found += [date.fromisoformat(text)] if len(rest) == 5 else _months(int(year), rest)
    return found


def _fiscal(days: list[date]) -> list[date]:
    """The days of Thai fiscal years: 2558 is October 2557 to September 2558."""
    return [
        date(day.year - 1, 10, 1) if (day.month, day.day) == (1, 1) else date(day.year, 9, 30)
        for day in days
    ]


def _months(year: int, month: str) -> list[date]:
    if not month.isdigit():
        return [date(year, 1, 1), date(year, 12, 31)]
    after = date(year + int(month) // 12, int(month) % 12 + 1, 1)
    return [date(year, int(month), 1), date.fromordinal(after.toordinal() - 1)]


def _year(year: int) -> list[date]:
    return _months(year - _BUDDHIST if year > 2400 else year, "")
