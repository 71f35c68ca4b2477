r"""What surely is of a type, as SQL over a column of text: one function per Table Schema type.

A reading is sound, not complete: where ``good`` is true, Frictionless reads the text and the
canonical cast gives a value for it (``tests/flows/checks`` holds it with generated text); where it
is not, the text is judged one by one (``judge.py``). So each says the common spellings only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from catalog.schema import SchemaField
from flows.checks._engine import sql
from flows.checks._engine.formats import directives, string_pattern

#: Digits of a decimal text that float64 gives back, and so keeps in order (IEEE 754: DBL_DIG).
EXACT_DIGITS = 15
TRUE, FALSE = ("true", "True", "TRUE", "1"), ("false", "False", "FALSE", "0")
_LON = r"-?(180(\.0{1,15})?|(1[0-7][0-9]|[1-9]?[0-9])(\.[0-9]{1,15})?)"
_LAT = r"-?(90(\.0{1,15})?|[1-8]?[0-9](\.[0-9]{1,15})?)"
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?"
_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_OFFSET = "(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])"
#: Types that begin with a year, and years that repairs take for Buddhist ones
#: (``flows/repairs/_eras.py``).
_DATED, _BUDDHIST = frozenset({"date", "datetime", "year", "yearmonth"}), ("2300", "2701")


@dataclass(frozen=True, slots=True)
class Reading:
    """How SQL reads the texts of a field.

    Attributes:
        good: whether a text is surely of the type.
        value: what bounds are compared with, of a good text; ``None`` where SQL cannot compare.
        literal: a bound of the schema in SQL; ``None`` where it would not be exact.
        key: text that is the same for two good texts only if they mean the same value;
            ``None`` where SQL cannot tell.
    """

    good: str
    value: str | None = None
    literal: Callable[[Any], str | None] = lambda bound: None
    key: str | None = None


def reading(x: str, field: SchemaField, *, repaired: bool) -> Reading | None:
    """How SQL reads a field; ``None`` where every text has to be judged.

    Args:
        x: the column in SQL.
        field: what it should be.
        repaired: whether the text is what repairs left; if not, a good text is also one that
            repairs found by type would leave alone.
    """
    reader = _READERS.get(field.type)
    found = reader(x, field) if reader else None
    if found is None or repaired or field.format != "default":
        return found
    left = _left_alone(x, field.type)
    return Reading(sql.every([found.good, *left]), found.value, found.literal, found.key)


def _left_alone(x: str, type_: str) -> list[str]:
    """What keeps a good text from repairs found by its type: no Buddhist year, no word for true."""
    if type_ == "boolean":
        return [sql.among(x, ["true", "false"])]
    if type_ in _DATED:
        first, after = map(sql.text, _BUDDHIST)
        return [f"{x} < {first} OR {x} > {after}"]
    return []


def _string(x: str, field: SchemaField) -> Reading | None:
    if field.format == "default":
        return Reading("TRUE", key=x)
    pattern = string_pattern(field.format)
    return pattern and Reading(sql.whole(x, pattern), key=x)  # type: ignore[return-value]


def _any(x: str, field: SchemaField) -> Reading:
    return Reading("TRUE", key=x)


def _list(x: str, field: SchemaField) -> Reading | None:
    plain = (field.model_extra or {}).get("itemType", "string") == "string"
    return Reading("TRUE", key=x) if plain else None


def _integer(x: str, field: SchemaField) -> Reading | None:
    if not _plain_spelling(field):
        return None
    value = f"TRY_CAST({x} AS BIGINT)"
    # Printing what was read costs half of what a pattern does; few numbers have a zero before.
    usual = f"{value}::VARCHAR = {x}"
    good = f"CASE WHEN {usual} THEN TRUE ELSE {sql.whole(x, '[+-]?[0-9]{1,18}')} END"
    return Reading(good, value, _whole, f"{value}::VARCHAR")


def _number(x: str, field: SchemaField) -> Reading | None:
    if not _plain_spelling(field):
        return None
    point = (field.model_extra or {}).get("decimalChar", ".")
    places = field.decimal_places
    digits = "" if places == 0 else rf"(\x{{{ord(point):X}}}[0-9]{{1,{places or EXACT_DIGITS}}})?"
    short = f"strlen({x}) <= {EXACT_DIGITS + 1}"
    plain = x if point == "." else f"replace({x}, {sql.text(point)}, '.')"
    good = sql.every([sql.whole(x, f"[+-]?[0-9]+{digits}"), short])
    return Reading(good, f"TRY_CAST({plain} AS DOUBLE)", _exact, decimal_key(plain))


def _plain_spelling(field: SchemaField) -> bool:
    """Whether the signs of groups and decimals are signs, and one each."""
    more = field.model_extra or {}
    group, point = more.get("groupChar", ""), more.get("decimalChar", ".")
    usual = len(point) == 1 and ord(point) < 128 and not re.match("[0-9eE+_-]", point)
    return usual and group != point and not re.search("[0-9eE+.-]", group)


def decimal_key(x: str) -> str:
    """A plain decimal's text without what does not count: ``-.5`` of ``-00.50``."""
    digits = f"ltrim(ltrim({x}, '+-'), '0')"
    short = f"CASE WHEN contains({x}, '.') THEN rtrim(rtrim({digits}, '0'), '.') ELSE {digits} END"
    sign = f"CASE WHEN starts_with({x}, '-') THEN '-' ELSE '' END"
    return f"coalesce({sign} || nullif({short}, ''), '0')"


def _boolean(x: str, field: SchemaField) -> Reading:
    more = field.model_extra or {}
    true, false = more.get("trueValues", TRUE), more.get("falseValues", FALSE)
    clear = [value for value in true if value not in false]
    key = f"CASE WHEN {sql.among(x, clear)} THEN 'true' ELSE 'false' END"
    return Reading(sql.among(x, [*clear, *(v for v in false if v not in true)]), key=key)


def _date(x: str, field: SchemaField) -> Reading | None:
    if field.format not in ("default", "any"):
        return _patterned(x, field)
    value = f"TRY_CAST({x} AS DATE)"
    years = f"{value} BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'"
    good = sql.every([f"{value}::VARCHAR = {x}", years])
    return Reading(good, value, _literal("DATE", date.fromisoformat), x)


def _time(x: str, field: SchemaField) -> Reading | None:
    if field.format not in ("default", "any"):
        return _patterned(x, field)
    value = f"TRY_CAST({x} AS TIME)"
    return Reading(sql.whole(x, _CLOCK), value, _literal("TIME", _clock), _short_fraction(x))


def _datetime(x: str, field: SchemaField) -> Reading | None:
    if field.format not in ("default", "any"):
        return _patterned(x, field)
    zoned = field.timezone is not None
    kind = "TIMESTAMPTZ" if zoned else "TIMESTAMP"
    pattern = f"{_DAY}[T ]{_CLOCK}{_OFFSET if zoned else ''}"
    value = f"TRY_CAST({x} AS {kind})"
    good = sql.every([sql.whole(x, pattern), f"{value} IS NOT NULL", f"{x} >= '0001-01-02'"])
    if zoned:
        return Reading(good, key=f"epoch_us({value})::VARCHAR")
    key = _short_fraction(f"replace({x}, ' ', 'T')")
    return Reading(good, value, _literal("TIMESTAMP", _moment), key)


def _short_fraction(x: str) -> str:
    return f"CASE WHEN contains({x}, '.') THEN rtrim(rtrim({x}, '0'), '.') ELSE {x} END"


def _patterned(x: str, field: SchemaField) -> Reading | None:
    """Moments by ``strptime``: two digits each, four for the year, and signs between."""
    pattern = directives(field.format)
    if pattern is None or field.timezone:
        return None
    known = f"try_strptime({x}, {sql.text(field.format)}) IS NOT NULL"
    return Reading(sql.every([sql.whole(x, pattern), known]))


def _year(x: str, field: SchemaField) -> Reading:
    return Reading(sql.whole(x, "[0-9]{4}"), f"TRY_CAST({x} AS BIGINT)", _whole, x)


def _yearmonth(x: str, field: SchemaField) -> Reading:
    return Reading(sql.whole(x, "[0-9]{4}-(0[1-9]|1[0-2])"), x, _month, x)


def _duration(x: str, field: SchemaField) -> Reading:
    days = "".join(f"([0-9]{{1,6}}{unit})?" for unit in "YMWD".replace("W", ""))
    clock = "".join(f"([0-9]{{1,6}}{unit})?" for unit in "HMS")
    ends = f"regexp_matches({x}, '[0-9][YMDHS]\\z')"
    return Reading(sql.every([sql.whole(x, f"P{days}(T{clock})?"), ends]))


def _geopoint(x: str, field: SchemaField) -> Reading | None:
    patterns = {"default": f"{_LON}, ?{_LAT}", "array": rf"\[{_LON}, ?{_LAT}\]"}
    pattern = patterns.get(field.format)
    return Reading(sql.whole(x, pattern)) if pattern else None


_READERS: Mapping[str, Callable[[str, SchemaField], Reading | None]] = {
    "string": _string, "any": _any, "list": _list, "integer": _integer, "number": _number,
    "boolean": _boolean, "date": _date, "time": _time, "datetime": _datetime, "year": _year,
    "yearmonth": _yearmonth, "duration": _duration, "geopoint": _geopoint,
}  # fmt: skip


# ---- bounds of the schema, as SQL writes them


def _whole(bound: Any) -> str | None:
    plain = re.fullmatch(r"[+-]?[0-9]{1,18}", str(bound))
    return str(int(plain[0])) if plain and not isinstance(bound, bool) else None


def _exact(bound: Any) -> str | None:
    """A bound that float64 keeps as written, so that comparing is comparing decimals."""
    try:
        value = Decimal(str(bound))
    except InvalidOperation:
        return None
    if isinstance(bound, bool) or not value.is_finite() or len(value.as_tuple().digits) > 15:
        return None
    return f"{sql.text(str(value))}::DOUBLE" if abs(value.adjusted()) < EXACT_DIGITS else None


def _literal(kind: str, read: Callable[[str], Any]) -> Callable[[Any], str | None]:
    def literal(bound: Any) -> str | None:
        try:
            value = read(bound)
        except (TypeError, ValueError):
            return None
        return f"{kind} {sql.text(value.isoformat().replace('T', ' '))}"

    return literal


def _clock(bound: str) -> time:
    if not re.fullmatch(_CLOCK, bound):
        raise ValueError(bound)
    return time.fromisoformat(bound)


def _moment(bound: str) -> datetime:
    if not re.fullmatch(f"{_DAY}[T ]{_CLOCK}", bound):
        raise ValueError(bound)
    return datetime.fromisoformat(bound)


def _month(bound: Any) -> str | None:
    return sql.text(bound) if re.fullmatch(r"[0-9]{4}-[0-9]{2}", str(bound)) else None
