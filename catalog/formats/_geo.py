"""What the formats of geodata share: reasons to refuse, facts of a file, columns as text.

The first geometry column of the schema is the feature's geometry; other geometry columns are
text (WKT, OGC 06-103r4 §7) where a format has one geometry only.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from catalog.cast import EXACT_DIGITS
from catalog.formats import About
from catalog.formats._fit import Step
from catalog.formats._stream import may_have
from catalog.formats._text import from_text, from_wkt, to_text, to_wkt
from catalog.problem import Level, Problem
from catalog.schema import SchemaField
from catalog.table import Table


def note(code: str, table: Table, **params: Any) -> Problem:
    """Something that a format cannot do, for the manifest."""
    return Problem(code, table=table.name, params=params, level=Level.NOTE)


def refuse_without_geometry(table: Table) -> Problem | None:
    """Why a table without a geometry column cannot be a map layer."""
    return None if table.geometry else note("no-geometry", table)


def facts(about: About) -> dict[str, str]:
    """What every file says of itself, by name; what is not known is left out."""
    licence, spec = about.licence, about.dataset
    said = {
        "title": about.title("th"),
        "title_en": about.title("en") if spec.title.en else None,
        "licence": licence.words("th"),
        "licence_en": licence.words("en"),
        "licence_uri": licence.more.get("uri"),
        "attribution": about.attribution("th"),
        "source": spec.provenance.source.words("th"),
        "source_uri": spec.provenance.url,
        "publisher": spec.office.name.words("th"),
        "edition": about.edition,
        "uri": about.table_uri,
    }
    return {name: str(value) for name, value in said.items() if value}


def properties(table: Table) -> tuple[SchemaField, ...]:
    """The fields beside the feature's geometry, in order."""
    return tuple(field for field in table.schema.fields if field.name != table.geometry)


def extremes(table: Table, column: str) -> tuple[Any, Any] | None:
    """Least and greatest value of a column, from the file's statistics; ``None`` if all null."""
    metadata = pq.read_metadata(table.path)
    place = metadata.schema.names.index(column)
    found = []
    for index in range(metadata.num_row_groups):
        statistics = metadata.row_group(index).column(place).statistics
        if statistics is not None and statistics.has_min_max:
            found.append((statistics.min, statistics.max))
    return (min(low for low, _ in found), max(high for _, high in found)) if found else None


def exact_as_float(table: Table, field: SchemaField) -> bool:
    """Whether every decimal of a column comes back from float64 as it was (IEEE 754: 15 digits)."""
    ends = extremes(table, field.name)
    return ends is None or max(_digits(end) for end in ends) <= EXACT_DIGITS


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
