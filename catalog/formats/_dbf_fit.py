"""What of a table fits into a DBF: short names, widths, and texts that have to be cut."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from catalog.formats import _geo as geo
from catalog.formats._dbf import TEXT_BYTES, Column, Kind
from catalog.formats._fit import Step
from catalog.problem import Level
from catalog.schema import SchemaField
from catalog.table import Table

_NAME_BYTES = 10
#: Digits (with the sign) of a whole number that GDAL reads as an integer.
_INTEGER_WIDTH = 18
_MAX_DECIMALS = 15
#: Types whose text is worth nothing once it is cut.
_WHOLE = frozenset({"object", "array", "list"})
#: A last character in UTF-8 that lacks bytes.
_PART = r"(?:[\xC2-\xDF]|[\xE0-\xEF][\x80-\xBF]?|[\xF0-\xF4][\x80-\xBF]{0,2})\z"
#: Signs that belong to the letter before them (UAX 29, GB9 and GB9a; Thai and Lao AM).
_SIGN = r"[\p{M}\x{0E33}\x{0EB3}\x{200D}\x{FE0F}\x{1F3FB}-\x{1F3FF}]"

#: Code points of the longest letter looked for (a family of emoji has 7 with its joiners).
_LETTER = 16


def names(fields: Iterable[SchemaField]) -> dict[str, str]:
    """The DBF name of each field: its alias, else what 10 bytes hold of its name; all different."""
    fields = tuple(fields)
    used = {field.alias.upper() for field in fields if field.alias}
    found = {}
    for field in fields:
        found[field.name] = field.alias or _free(field.name, used)
        used.add(found[field.name].upper())
    return found


def _free(name: str, used: set[str]) -> str:
    short = name[:_NAME_BYTES].rstrip("_")
    number = 1
    while short.upper() in used:
        number += 1
        short = f"{name[: _NAME_BYTES - len(str(number)) - 1].rstrip('_')}_{number}"
    return short


def steps(table: Table) -> tuple[Step, ...]:
    """The changes that make a table's values fit."""
    limit = {"limit": TEXT_BYTES}

    def left_out(column: pa.Array, field: SchemaField) -> pa.Array:
        if field.name == table.geometry or not (field.is_geometry or field.type in _WHOLE):
            return column
        return _if_whole(column, field)

    return (
        geo.NO_NUL,
        Step("shp-blanks-trimmed", _trimmed, Level.NOTE),
        Step("shp-value-left-out", left_out, params=limit),
        Step("shp-text-cut", _cut_step, params=limit),
        Step("shp-empty-text", _without_empty, Level.NOTE),
    )


def _if_whole(column: pa.Array, field: SchemaField) -> pa.Array:
    """Null in place of a value whose text is too long, or would not come back whole."""
    text = geo.text_of(column, field)
    kept = pc.and_(
        pc.less_equal(pc.binary_length(text), TEXT_BYTES),
        pc.and_(pc.equal(pc.utf8_trim(text, characters=" "), text), pc.not_equal(text, "")),
    )
    kept = pc.fill_null(kept, True)
    if pc.all(kept).as_py():
        return column
    return pc.if_else(kept, column, pa.scalar(None, column.type))


def _is_text(column: pa.Array, field: SchemaField) -> bool:
    return pa.types.is_string(column.type) and field.type not in _WHOLE


def _trimmed(column: pa.Array, field: SchemaField) -> pa.Array:
    """Texts without blanks at their ends: a DBF fills texts up with blanks."""
    if not _is_text(column, field):
        return column
    blank = pc.or_(pc.starts_with(column, " "), pc.ends_with(column, " "))
    return pc.utf8_trim(column, characters=" ") if pc.any(blank).as_py() else column


def _without_empty(column: pa.Array, field: SchemaField) -> pa.Array:
    """Null in place of the empty text: in a DBF both are blanks."""
    if not _is_text(column, field):
        return column
    empty = pc.fill_null(pc.equal(column, ""), False)
    if not pc.any(empty).as_py():
        return column
    return pc.if_else(empty, pa.scalar(None, pa.string()), column)


def _cut_step(column: pa.Array, field: SchemaField) -> pa.Array:
    return cut(column) if _is_text(column, field) else column


def cut(text: pa.StringArray, limit: int = TEXT_BYTES) -> pa.StringArray:
    """Texts of at most ``limit`` bytes of UTF-8, cut between letters and never inside of one.

    A Thai letter keeps its vowels and tone marks or goes with them (UAX 29 grapheme clusters).
    """
    long = pc.fill_null(pc.greater(pc.binary_length(text), limit), False)
    if not pc.any(long).as_py():
        return text
    return pc.replace_with_mask(text, long, _cut_long(pc.filter(text, long), limit))


def _cut_long(text: pa.StringArray, limit: int) -> pa.StringArray:
    """``cut`` of texts that are all too long."""
    raw = text.cast(pa.binary())
    tail = pc.binary_slice(raw, limit - 3, limit)
    part = pc.struct_field(pc.extract_regex(tail, pattern=rf"(?P<part>(?:{_PART})?)\z"), "part")
    tail = _without_part(tail)
    head = pc.binary_join_element_wise(pc.binary_slice(raw, 0, limit - 3), tail, b"")
    head = head.cast(pa.string())
    # What follows the cut: the rest of the broken letter and a letter more, itself whole.
    after = pc.binary_join_element_wise(part, pc.binary_slice(raw, limit, limit + 4), b"")
    after = _without_part(after).cast(pa.string())
    torn = pc.or_(
        pc.match_substring_regex(after, pattern=rf"\A{_SIGN}"), pc.ends_with(head, "\u200d")
    )
    whole = _without_last_letter(pc.filter(head, torn))
    return pc.utf8_rtrim(pc.replace_with_mask(head, torn, whole), characters=" ")


def _without_last_letter(text: pa.StringArray) -> pa.StringArray:
    """Texts without their last letter and its signs, looked for in the last code points only."""
    letter = rf"(?s).(?:\x{{200D}}.|{_SIGN})*\z"
    start = pc.utf8_slice_codeunits(text, 0, -_LETTER)
    last = pc.utf8_slice_codeunits(text, -_LETTER)
    last = pc.replace_substring_regex(last, pattern=letter, replacement="")
    return pc.binary_join_element_wise(start, last, "")


def _without_part(raw: pa.BinaryArray) -> pa.BinaryArray:
    return pc.replace_substring_regex(raw, pattern=_PART, replacement=b"")


def dbf_text(column: pa.Array, field: SchemaField) -> pa.StringArray:
    """A column's values as the texts that stand in the file."""
    if pa.types.is_boolean(column.type):
        return pc.if_else(column, "T", "F")
    if pa.types.is_date(column.type):
        return pc.replace_substring(column.cast(pa.string()), "-", "")
    if field.type == "year":
        return column.cast(pa.string())
    return geo.text_of(column, field)


class Layout:
    """The columns of a table's DBF, measured while its rows go by."""

    def __init__(
        self, table: Table, fields: tuple[SchemaField, ...], short: Mapping[str, str]
    ) -> None:
        self.fields = fields
        self._kinds = {field.name: _kind(table, field) for field in fields}
        self._names = short
        self._widths = dict.fromkeys(self._kinds, 1)
        self._decimals = dict.fromkeys(self._kinds, 0)

    def see(self, batch: pa.RecordBatch) -> None:
        """Measure a batch (as the format holds it)."""
        for field in self.fields:
            text = dbf_text(batch.column(field.name), field)
            width = pc.max(pc.binary_length(text)).as_py() or 0
            self._widths[field.name] = max(self._widths[field.name], width)
            if field.type == "number":
                self._decimals[field.name] = max(self._decimals[field.name], _decimals(text))

    def columns(self) -> tuple[Column, ...]:
        """The columns that hold what was seen."""
        return tuple(self._column(field) for field in self.fields)

    def _column(self, field: SchemaField) -> Column:
        kind, width = self._kinds[field.name], self._widths[field.name]
        name = self._names[field.name]
        if kind in ("L", "D"):
            return Column(name, kind, 1 if kind == "L" else 8)
        if kind == "C" or field.type != "number":
            return Column(name, kind, width)
        # Readers take a number without decimals for an integer.
        decimals = min(max(self._decimals[field.name], 1), _MAX_DECIMALS)
        return Column(name, "N", max(width, decimals + 2), decimals)


def _decimals(text: pa.StringArray) -> int:
    parts = pc.extract_regex(text, pattern=r"\.(?P<places>[0-9]*)")
    return int(pc.max(pc.binary_length(pc.struct_field(parts, "places"))).as_py() or 0)


def _kind(table: Table, field: SchemaField) -> Kind:
    """The type of a field's column; numbers that readers would round are text."""
    kind = table.arrow.field(field.name).type
    if pa.types.is_boolean(kind):
        return "L"
    if pa.types.is_date(kind):
        return "D"
    if pa.types.is_floating(kind):
        return "N"
    if pa.types.is_decimal(kind):
        return "N" if geo.exact_as_float(table, field) else "C"
    if pa.types.is_integer(kind):
        ends = geo.extremes(table, field.name) or (0, 0)
        return "N" if max(len(str(end)) for end in ends) <= _INTEGER_WIDTH else "C"
    return "C"


def batch_rows(columns: Iterable[Column], size: int = 32 * 2**20) -> int:
    """Rows whose records take at most ``size`` bytes."""
    return max(1, int(size / (1 + sum(column.width for column in columns))))
