"""What the formats of geodata share: reasons to refuse, facts of a file, columns as text.

The first geometry column of the schema is the feature's geometry; other geometry columns are
text (WKT, OGC 06-103r4 §7) where a format has one geometry only.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from catalog.cast import EXACT_DIGITS
from catalog.formats import About
from catalog.formats._about import statements
from catalog.formats._fit import Step
from catalog.formats._stream import may_have
from catalog.formats._text import from_text, from_wkt, to_text, to_wkt
from catalog.problem import Level, Problem
from catalog.schema import SchemaField
from catalog.table import Table

#: Whole numbers up to here are exact in float64, and in JavaScript (RFC 7493 §2.2).
WHOLE_IN_FLOAT = 2**53 - 1


def note(code: str, table: Table, **params: Any) -> Problem:
    """Something that a format cannot do, for the manifest."""
    return Problem(code, table=table.name, params=params, level=Level.NOTE)


def refuse_without_geometry(table: Table) -> Problem | None:
    """Why a table without a geometry column cannot be a map layer."""
    return None if table.geometry else note("no-geometry", table)


def facts(about: About) -> dict[str, str]:
    """What every file says of itself, by name (``licence``, ``licence_en``, ``licence_uri``)."""
    found: dict[str, str | None] = {}
    for one in statements(about):
        found |= {one.key: one.th or one.uri, f"{one.key}_en": one.en, f"{one.key}_uri": one.uri}
    found.pop("uri_uri", None)
    return {name: text for name, text in found.items() if text}


def properties(table: Table) -> tuple[SchemaField, ...]:
    """The fields beside the feature's geometry, in order."""
    return tuple(field for field in table.schema.fields if field.name != table.geometry)


def extremes(table: Table, column: str) -> tuple[Any, Any] | None:
    """Least and greatest value of a column, from the file's statistics; ``None`` if all null."""
    metadata = table.metadata
    place = metadata.schema.names.index(column)
    found = []
    for index in range(metadata.num_row_groups):
        statistics = metadata.row_group(index).column(place).statistics
        if statistics is not None and statistics.has_min_max:
            found.append((statistics.min, statistics.max))
    return (min(low for low, _ in found), max(high for _, high in found)) if found else None


def nulls(table: Table, column: str) -> int:
    """How many values of a column are null, from the file's statistics."""
    metadata = table.metadata
    place = metadata.schema.names.index(column)
    groups = (metadata.row_group(index) for index in range(metadata.num_row_groups))
    return sum(int(group.column(place).statistics.null_count) for group in groups)


def exact_as_float(table: Table, field: SchemaField) -> bool:
    """Whether every integer or decimal of a column comes back from float64 as it was (IEEE 754)."""
    ends = extremes(table, field.name)
    if ends is None:
        return True
    if isinstance(ends[0], int):
        return bool(max(abs(end) for end in ends) <= WHOLE_IN_FLOAT)
    return max(_digits(end) for end in ends) <= EXACT_DIGITS


def _digits(number: Decimal) -> int:
    """Digits of a decimal, those of its scale included."""
    return len(number.as_tuple().digits)


def text_of(column: pa.Array, field: SchemaField) -> pa.StringArray:
    """A column as text: WKT for geometry, all else as Table Schema has it."""
    return to_wkt(column) if field.is_geometry else to_text(column, field)


def value_of(text: pa.StringArray, field: SchemaField) -> pa.Array:
    """The canonical values that ``text_of`` wrote."""
    return from_wkt(text) if field.is_geometry else from_text(text, field)


def replaced(batch: pa.RecordBatch, name: str, values: pa.Array) -> pa.RecordBatch:
    """A batch with other values in one column."""
    return batch.set_column(batch.schema.get_field_index(name), batch.schema.field(name), values)


def _without_nul(column: pa.Array, field: SchemaField) -> pa.Array:
    """U+FFFD in place of U+0000, where C strings end: GDAL and dBASE know no other strings."""
    if not pa.types.is_string(column.type) or not may_have(column, b"\0"):
        return column
    return pc.replace_substring(column, pattern="\0", replacement="\ufffd")


#: For every format that is read with C strings.
NO_NUL = Step("format-characters-replaced", _without_nul)
