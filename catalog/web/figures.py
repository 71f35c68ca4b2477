"""What a small table says, as figures: its measure row by row, in words and as bars.

A table speaks in figures where it has few rows and a measure whose unit it states, and its text
columns tell every row from the others. Nothing is added up and nothing rounded: each figure is a
cell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.schema import SchemaField, TableSchema
from catalog.table import Table
from catalog.web import speech
from catalog.web.cells import NO_LANGUAGE, cell

#: More rows than this are a table, not figures.
MOST_ROWS = 8
#: The column that has each row's own unit, where rows have different ones.
UNIT_COLUMN = "unit"
_LONGEST_LABEL = 60
_POSITION_UNITS = frozenset({"deg", "deg2"})
_LABEL_TYPES = ("string", "year", "yearmonth", "date")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure.

    Attributes:
        label: what it is of, in words of the table.
        value, unit: as people read them.
        share: of the greatest figure with the same unit, in percent (0 to 100); ``None`` where
            there is nothing to compare it with.
    """

    label: str
    value: str
    unit: str
    share: float | None


def figures(table: Table, lang: str) -> Sequence[Figure]:
    """The figures of a table; none where it does not speak in figures.

    Args:
        table: a canonical table.
        lang: ``th`` or ``en``.
    """
    if not 1 <= table.rows <= MOST_ROWS:
        return ()
    records = table.head(MOST_ROWS).to_pylist()
    measure = _measure(table.schema, records)
    labels = _labels(table.schema, records, lang) if measure else ()
    if not measure or not labels:
        return ()
    units = [_unit(record, measure, lang) for record in records]
    values = [record[measure.name] for record in records]
    return [
        Figure(label, speech.number(value), unit, _share(value, unit, values, units))
        for label, value, unit in zip(labels, values, units, strict=True)
    ]


def _measure(schema: TableSchema, records: Sequence[Mapping[str, Any]]) -> SchemaField | None:
    """The first numeric column that is no key, states its unit and has a value in every row."""
    keys = {*schema.primary_key, *(name for key in schema.foreign_keys for name in key.fields)}
    own_units = UNIT_COLUMN in schema.names and all(record[UNIT_COLUMN] for record in records)
    for field in schema.fields:
        stated = field.unit not in _POSITION_UNITS if field.unit else own_units
        whole = all(record[field.name] is not None for record in records)
        if field.type in ("integer", "number") and field.name not in keys and stated and whole:
            return field
    return None


def _unit(record: Mapping[str, Any], measure: SchemaField, lang: str) -> str:
    return speech.unit(measure.unit or record[UNIT_COLUMN], lang)


def _labels(
    schema: TableSchema, records: Sequence[Mapping[str, Any]], lang: str
) -> Sequence[str] | None:
    """What tells each row from the others, in the fewest columns; ``None`` if nothing does."""
    columns = {
        field.name: [cell(record[field.name], field, lang) for record in records]
        for field in schema.fields
        if field.type in _LABEL_TYPES and field.name != UNIT_COLUMN
    }
    fit = [name for name, texts in columns.items() if max(map(len, texts)) <= _LONGEST_LABEL]
    fit.sort(
        key=lambda name: (
            _nearness(schema.by_name[name], lang),
            -len(set(columns[name])),
            any(letter.isdigit() for text in columns[name] for letter in text),  # a code, a quote
        )
    )
    labels: list[tuple[str, ...]] = [() for _ in records]
    for name in fit:
        longer = [(*label, text) for label, text in zip(labels, columns[name], strict=True)]
        if len(set(longer)) > len(set(labels)) or not labels[0]:
            labels = longer
        if len(set(labels)) == len(records):
            return [" · ".join(filter(None, label)) for label in labels]
    return None


def _nearness(field: SchemaField, lang: str) -> int:
    """Names in the page's language first, then other names, then times, then codes."""
    if field.type != "string":
        return 2
    if field.lang == NO_LANGUAGE:
        return 3
    return 0 if (field.lang or "th") == lang else 1


def _share(value: float, unit: str, values: Sequence[float], units: Sequence[str]) -> float | None:
    same = [other for other, name in zip(values, units, strict=True) if name == unit]
    if len(same) < 2 or min(same) < 0 or max(same) == 0:
        return None
    return round(100 * float(value) / float(max(same)), 1)
