"""Values as people read them: dates in พ.ศ. or CE, thousands, sizes, runs of the other language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from markupsafe import Markup

from catalog.speech import phrases

#: Years between the Buddhist era and the common one, since 1941.
ERA = 543
_BANGKOK = timezone(timedelta(hours=7))
_ENGLISH = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_THAI = "ม.ค. ก.พ. มี.ค. เม.ย. พ.ค. มิ.ย. ก.ค. ส.ค. ก.ย. ต.ค. พ.ย. ธ.ค.".split()  # noqa: SIM905
_SARA_AM = "\u0e33"
_JOINER = "\u200d"
#: Thai text with the blanks, digits and quotes inside of it.
_THAI_RUN = re.compile(r"[\u0e01-\u0e5b](?:[\s\d“”\"'.,/()–-]*[\u0e01-\u0e5b])*")
_LATIN = re.compile("[A-Za-z]")
_LATIN_END = re.compile(r"(?<=\s)[A-Za-z]+$")
_LONGEST_WORD = 20
_PERIOD = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?\Z"
)


def word(key: str, lang: str, **facts: Any) -> str:
    """A phrase of the pages."""
    return phrases("catalog.web", "pages")[key][lang].format(**facts)


def unit(code: str, lang: str) -> str:
    """A unit in words; as it is written where the list has none."""
    known = phrases("catalog.web", "units").get(code)
    return known[lang] if known else code


def said(text: object, lang: str) -> Markup:
    """Text of the data in a page of ``lang``: on English pages each Thai run says that it is Thai.

    So that a screen reader changes its voice, and the browser breaks lines at Thai words (WCAG 2.2,
    3.1.2). Latin names and abbreviations inside of Thai text stay as they are.
    """
    if lang != "en":
        return Markup.escape(str(text))
    pieces: list[Markup] = []
    end = 0
    plain = str(text)
    for run in _THAI_RUN.finditer(plain):
        marked = Markup('<span lang="th">{}</span>').format(run[0])
        pieces += [Markup.escape(plain[end : run.start()]), marked]
        end = run.end()
    return Markup("").join([*pieces, Markup.escape(plain[end:])])


def has_thai(text: str) -> bool:
    """Whether there is a Thai letter in it."""
    return _THAI_RUN.search(text) is not None


def local(when: datetime | str) -> datetime:
    """A moment as clocks in Thailand show it."""
    moment = datetime.fromisoformat(when) if isinstance(when, str) else when
    return moment.astimezone(_BANGKOK) if moment.tzinfo else moment


def day(when: date | datetime | str | None, lang: str) -> str:
    """A date: ``20 พ.ย. 2569`` or ``20 Nov 2026``; times are told in Thailand's."""
    if when is None:
        return "—"
    if isinstance(when, str):
        when = datetime.fromisoformat(when)
    if isinstance(when, datetime):
        when = local(when)
    return f"{when.day} {month(when, lang)}"


def month(when: date, lang: str) -> str:
    """A month of a year: ``พ.ย. 2569`` or ``Nov 2026``."""
    names = _THAI if lang == "th" else _ENGLISH
    return f"{names[when.month - 1]} {year(when.year, lang)}"


def year(value: int, lang: str) -> str:
    """A year: พ.ศ. in Thai, CE in English."""
    return str(value + ERA) if lang == "th" else str(value)


def period(start: date | None, end: date | None, lang: str) -> str:
    """A stretch of time, in whole years where it is: ``ปี 2563–2564``, ``since 21 Feb 2019``."""
    if start and end and (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
        first, last = year(start.year, lang), year(end.year, lang)
        return word("period.years", lang, years=first if first == last else f"{first}–{last}")
    if start == end:
        return word("period.day", lang, day=day(start, lang))
    shape = "range" if start and end else "since" if start else "until"
    return word(f"period.{shape}", lang, start=day(start, lang), end=day(end, lang))


def duration(text: str, lang: str) -> str:
    """An ISO 8601 duration in words: ``4 ชั่วโมง``; as it is where it has other parts."""
    found = _PERIOD.match(text)
    if not found or not any(found.groups()):
        return text
    names = ("year", "month", "week", "day", "hour", "minute", "second")
    return " ".join(
        word(f"duration.{name}.{'one' if int(count) == 1 else 'many'}", lang, count=int(count))
        for name, count in zip(names, found.groups(), strict=True)
        if count
    )


def number(value: float) -> str:
    """Thousands with commas."""
    return f"{value:,}".removesuffix(".0")


def size(octets: int, lang: str) -> str:
    """Bytes in a readable unit."""
    units = ("ไบต์", "kB", "MB", "GB") if lang == "th" else ("bytes", "kB", "MB", "GB")
    value = float(octets)
    for name in units:
        if value < 1000 or name == units[-1]:
            return f"{value:.0f} {name}" if name == units[0] else f"{value:.1f} {name}"
        value /= 1000
    return ""


def clip(text: str, most: int = 160) -> str:
    """Text cut between grapheme clusters, with an ellipsis; whole if it is short enough.

    Latin words stay whole where they are no longer than usual; Thai has no blanks to cut at.
    """
    if len(text) <= most:
        return text
    end = most
    while end and (_extends(text[end]) or text[end - 1] == _JOINER):
        end -= 1
    begun = _LATIN_END.search(text, max(end - _LONGEST_WORD, 0), end)
    if begun and _LATIN.match(text[end]):
        end = begun.start()
    return text[:end].rstrip() + "…"


def _extends(character: str) -> bool:
    """Thai vowels above and below have no combining class, yet belong to the letter before."""
    return unicodedata.category(character)[0] == "M" or character in (_SARA_AM, _JOINER)


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
        index = 0
        while index < len(letters) - 1:
            if letters[index] in leading:
                letters[index], letters[index + 1] = letters[index + 1], letters[index]
                index += 1  # the vowel that was moved is not moved again
            index += 1
        return "".join(c for c in letters if c not in ignored), text

    return key
