"""A typed value as the text of a cell, and a column's heading with its unit."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any

from catalog.cast import plain
from catalog.schema import SchemaField
from catalog.web import speech

#: BCP 47: no linguistic content, as in codes.
NO_LANGUAGE = "zxx"
#: Most characters of a cell that a page of a table shows.
CLIP = 160


def heading(field: SchemaField, lang: str) -> str:
    """A column's title. Years are shown in พ.ศ. on Thai pages, so their title says so too."""
    title = field.words(lang)
    return title.replace("ค.ศ.", "พ.ศ.") if field.type == "year" and lang == "th" else title


def unit_of(field: SchemaField, lang: str) -> str | None:
    """The column's unit in words, unless its title says it already."""
    if not field.unit:
        return None
    words = speech.unit(field.unit, lang)
    return None if words.casefold() in field.words(lang).casefold() else words


def is_number(field: SchemaField) -> bool:
    """Whether the column is set to the right, digits under digits."""
    return field.type in ("integer", "number")


def language_of(field: SchemaField, text: str, lang: str) -> str | None:
    """The language of a cell, where it is not the page's; codes have none."""
    if field.type not in ("string", "any") or field.lang == NO_LANGUAGE:
        return None
    if lang == "en" and speech.has_thai(text):
        return "th"
    return field.lang if field.lang and field.lang not in (lang, "th") else None


def cell(value: Any, field: SchemaField, lang: str, most: int = CLIP) -> str:
    """A value as text.

    Args:
        value: as the canonical table has it.
        field: its column.
        lang: ``th`` or ``en``.
        most: characters after which long text is cut.
    """
    if value is None:
        return ""
    labels = _labels(field)
    if labels and value in labels:
        return labels[value][lang]
    show = _SHOWN.get("geometry" if field.is_geometry else field.type)
    return speech.clip(show(value, lang) if show else plain(value) or "", most)


def _labels(field: SchemaField) -> Mapping[Any, Mapping[str, str]]:
    """Words for coded values: ``categories`` of Table Schema v2, English in ``label_en``."""
    categories = (field.model_extra or {}).get("categories") or ()
    return {
        item["value"]: {"th": item["label"], "en": item.get("label_en", item["label"])}
        for item in categories
        if isinstance(item, Mapping) and "label" in item
    }


def _yes_no(value: bool, lang: str) -> str:
    return speech.word("yes" if value else "no", lang)


def _moment(value: datetime, lang: str) -> str:
    when = speech.local(value)
    return f"{speech.day(when, lang)} {_clock(when.time(), lang)}"


def _clock(value: time, lang: str) -> str:
    shown = f"{value:%H:%M}" if not value.second else f"{value:%H:%M:%S}"
    return f"{shown} น." if lang == "th" else shown


def _month(value: str, lang: str) -> str:
    return speech.month(date.fromisoformat(f"{value}-01"), lang)


def _list(value: str, lang: str) -> str:
    return ", ".join(str(item) for item in json.loads(value))


def _geometry(wkb: bytes, lang: str) -> str:
    import shapely

    shape = shapely.from_wkb(wkb)
    if shape.geom_type == "Point":
        return f"{shape.y:.4f}, {shape.x:.4f}"
    kind = speech.word(f"shape.{shape.geom_type}", lang)
    return speech.word("shape", lang, kind=kind, count=f"{shapely.get_num_coordinates(shape):,}")


_SHOWN: Mapping[str, Callable[[Any, str], str]] = {
    "geometry": _geometry,
    "boolean": _yes_no,
    "date": speech.day,
    "datetime": _moment,
    "time": _clock,
    "year": speech.year,
    "yearmonth": _month,
    "duration": speech.duration,
    "integer": lambda value, lang: speech.number(value),
    "number": lambda value, lang: speech.number(value),
    "array": _list,
    "list": _list,
}
