"""Dates and times as CSVW formats write them (Metadata Vocabulary §6.4.4, symbols of UAX 35)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache

_DATES = (
    "yyyy-MM-dd", "yyyyMMdd", "dd-MM-yyyy", "d-M-yyyy", "MM-dd-yyyy", "M-d-yyyy", "dd/MM/yyyy",
    "d/M/yyyy", "MM/dd/yyyy", "M/d/yyyy", "dd.MM.yyyy", "d.M.yyyy", "MM.dd.yyyy", "M.d.yyyy",
)  # fmt: skip
_TIMES = ("HH:mm:ss", "HHmmss", "HH:mm", "HHmm")
#: Symbols to what they match; longer ones first.
_SYMBOLS = (
    ("yyyy", r"(?P<year>-?\d{4,})"), ("MM", r"(?P<month>\d\d)"), ("dd", r"(?P<day>\d\d)"),
    ("HH", r"(?P<hour>\d\d)"), ("mm", r"(?P<minute>\d\d)"), ("ss", r"(?P<second>\d\d)"),
    ("M", r"(?P<month>\d\d?)"), ("d", r"(?P<day>\d\d?)"),
)  # fmt: skip
_ZONE = r"(?P<zone>Z|[+-]\d\d(?::?\d\d)?)"
_ZONES = {
    "X": r"(?P<zone>Z|[+-]\d\d(?:\d\d)?)", "XX": r"(?P<zone>Z|[+-]\d{4})",
    "XXX": r"(?P<zone>Z|[+-]\d\d:\d\d)", "x": r"(?P<zone>[+-]\d\d(?:\d\d)?)",
    "xx": r"(?P<zone>[+-]\d{4})", "xxx": r"(?P<zone>[+-]\d\d:\d\d)",
}  # fmt: skip
_FORMAT = re.compile(
    r"^(?P<main>.*?)(?P<fraction>\.S+)?(?P<blank> ?)(?P<zone>X{1,3}|x{1,3})?$", re.ASCII
)
_XSD: Mapping[str, str] = {
    "date": rf"(?P<year>-?\d{{4,}})-(?P<month>\d\d)-(?P<day>\d\d){_ZONE}?",
    "dateTime": rf"(?P<year>-?\d{{4,}})-(?P<month>\d\d)-(?P<day>\d\d)T(?P<hour>\d\d):"
                rf"(?P<minute>\d\d):(?P<second>\d\d)(?P<fraction>\.\d+)?{_ZONE}?",
    "time": rf"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?P<fraction>\.\d+)?{_ZONE}?",
}  # fmt: skip
_DURATION = r"-?P(?!$)(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?!$)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?"
#: XSD types that are checked by their lexical form alone.
LEXICAL: Mapping[str, re.Pattern[str]] = {
    "duration": re.compile(_DURATION, re.ASCII),
    "dayTimeDuration": re.compile(
        r"-?P(?!$)(?:\d+D)?(?:T(?!$)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?"
    ),
    "yearMonthDuration": re.compile(r"-?P(?!$)(?:\d+Y)?(?:\d+M)?", re.ASCII),
    "gDay": re.compile(rf"---\d\d{_ZONE}?", re.ASCII),
    "gMonth": re.compile(rf"--\d\d{_ZONE}?", re.ASCII),
    "gMonthDay": re.compile(rf"--\d\d-\d\d{_ZONE}?", re.ASCII),
    "gYear": re.compile(rf"-?\d{{4,}}{_ZONE}?", re.ASCII),
    "gYearMonth": re.compile(rf"-?\d{{4,}}-\d\d{_ZONE}?", re.ASCII),
}
TEMPORAL = frozenset({"date", "dateTime", "dateTimeStamp", "time"})


@cache
def shape(format: str | None, base: str) -> re.Pattern[str]:
    """What a moment of a format looks like.

    Raises:
        ValueError: the standard has no such format.
    """
    kind = "dateTime" if base == "dateTimeStamp" else base
    if format is None:
        return re.compile(_XSD[kind], re.ASCII)
    found = _FORMAT.match(format)
    assert found is not None  # every part of it is optional
    if found["main"] not in _known(kind):
        raise ValueError(f"{format!r} is no format of {base}")
    made = "".join(_pieces(found["main"]))
    if found["fraction"]:
        made += rf"(?P<fraction>\.\d{{1,{len(found['fraction']) - 1}}})?"
    if found["zone"]:
        made += re.escape(found["blank"]) + _ZONES[found["zone"]]
    return re.compile(made, re.ASCII)


@cache
def _known(kind: str) -> frozenset[str]:
    if kind == "date":
        return frozenset(_DATES)
    if kind == "time":
        return frozenset(_TIMES)
    spaced = {f"{day} {time}" for day in _DATES for time in _TIMES}
    return frozenset(spaced | {f"{day}T{time}" for day in _DATES for time in _TIMES})


def _pieces(format: str) -> list[str]:
    made, rest = [], format
    while rest:
        for symbol, shape in _SYMBOLS:
            if rest.startswith(symbol):
                made.append(shape)
                rest = rest[len(symbol) :]
                break
        else:
            made.append(re.escape(rest[0]))
            rest = rest[1:]
    return made


def read(text: str, format: str | None, base: str) -> str:
    """The XSD lexical form of a moment.

    Raises:
        ValueError: not of the format, or a day or hour that does not exist.
    """
    found = shape(format, base).fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} does not match {format or base}")
    parts = {name: value or "" for name, value in found.groupdict().items()}
    zone = _zone(parts.get("zone", ""))
    if base == "dateTimeStamp" and not zone:
        raise ValueError(f"{text!r} has no time zone")
    made = []
    if base != "time":
        year, month, day = parts["year"], int(parts["month"]), int(parts["day"])
        date(min(int(year.lstrip("-")), 9999) or 4, month, day)
        made.append(f"{year}-{month:02}-{day:02}")
    if base != "date":
        made.append(_clock(parts))
    return "T".join(made) + zone


def _clock(parts: Mapping[str, str]) -> str:
    hour, minute = int(parts["hour"]), int(parts["minute"])
    second = int(parts.get("second") or 0)
    if hour > 24 or minute > 59 or second > 59 or (hour == 24 and (minute or second)):
        raise ValueError("there is no such time of day")
    return f"{hour:02}:{minute:02}:{second:02}{parts.get('fraction', '')}"


def _zone(zone: str) -> str:
    if zone in ("", "Z"):
        return zone
    digits = zone[1:].replace(":", "").ljust(4, "0")
    return f"{zone[0]}{digits[:2]}:{digits[2:]}"
