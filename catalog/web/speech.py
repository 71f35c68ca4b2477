"""Values as people read them: dates in พ.ศ. or CE, thousands, sizes, cells of a preview."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from catalog.cast import plain
from catalog.schema import SchemaField
from catalog.speech import phrases

_BANGKOK = timezone(timedelta(hours=7))
_ENGLISH = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_THAI = "ม.ค. ก.พ. มี.ค. เม.ย. พ.ค. มิ.ย. ก.ค. ส.ค. ก.ย. ต.ค. พ.ย. ธ.ค.".split()  # noqa: SIM905
_SARA_AM = "\u0e33"


def word(key: str, lang: str, **facts: Any) -> str:
    """A phrase of the pages."""
    return phrases("catalog.web", "pages")[key][lang].format(**facts)


def day(when: date | datetime | str | None, lang: str) -> str:
    """A date: ``20 พ.ย. 2569`` or ``20 Nov 2026``; times are told in Thailand's."""
    if when is None:
        return "—"
    if isinstance(when, str):
        when = datetime.fromisoformat(when)
    if isinstance(when, datetime):
        when = when.astimezone(_BANGKOK)
    if lang == "th":
        return f"{when.day} {_THAI[when.month - 1]} {when.year + 543}"
    return f"{when.day} {_ENGLISH[when.month - 1]} {when.year}"


def number(value: float) -> str:
    """Thousands with commas."""
    return f"{value:,}"


def size(octets: int, lang: str) -> str:
    """Bytes in a readable unit."""
    units = ("ไบต์", "kB", "MB", "GB") if lang == "th" else ("bytes", "kB", "MB", "GB")
    value = float(octets)
    for unit in units:
        if value < 1000 or unit == units[-1]:
            return f"{value:.0f} {unit}" if unit == units[0] else f"{value:.1f} {unit}"
        value /= 1000
    return ""


def clip(text: str, most: int = 160) -> str:
    """Text cut between grapheme clusters, with an ellipsis; whole if it is short enough."""
    if len(text) <= most:
        return text
    end = most
    while end and (unicodedata.combining(text[end]) or _extends(text[end])):
        end -= 1
    return text[:end].rstrip() + "…"


def _extends(character: str) -> bool:
    """Thai vowels above and below have no combining class, yet belong to the letter before."""
    return unicodedata.category(character) == "Mn" or character == _SARA_AM


def cell(value: Any, field: SchemaField, lang: str) -> str:
    """A value of a preview."""
    if value is None:
        return ""
    if field.is_geometry:
        return _geometry(value, lang)
    if isinstance(value, bool):
        return word("yes" if value else "no", lang)
    if isinstance(value, date) and not isinstance(value, datetime):
        return day(value, lang)
    if field.type == "year":
        return str(value + 543) if lang == "th" else str(value)
    if field.type in ("integer", "number"):
        return f"{value:,}".removesuffix(".0")
    if field.type in ("array", "list"):
        return clip(", ".join(str(item) for item in json.loads(value)))
    return clip(plain(value) or "")


def _geometry(wkb: bytes, lang: str) -> str:
    import shapely

    shape = shapely.from_wkb(wkb)
    if shape.geom_type == "Point":
        return f"{shape.y:.4f}, {shape.x:.4f}"
    count = shapely.get_num_coordinates(shape)
    return word("shape", lang, kind=shape.geom_type, count=f"{int(count):,}")


@cache
def collation() -> Callable[[str], Any]:
    """A sort key by Thai rules (Royal Institute's dictionary order).

    A leading vowel sorts after its consonant; tone marks count only between equal words.
    """
    data = files("catalog") / "data" / "thai_order.yaml"
    order = yaml.load(data.read_bytes(), Loader=yaml.CSafeLoader)
    leading, ignored = set(order["leading"]), set(order["ignored"])

    def key(text: str) -> tuple[str, str]:
        letters = list(text.casefold())
        for index in range(len(letters) - 1):
            if letters[index] in leading:
                letters[index], letters[index + 1] = letters[index + 1], letters[index]
        return "".join(c for c in letters if c not in ignored), text

    return key
