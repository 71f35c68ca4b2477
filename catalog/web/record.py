"""One row as a page: what it is called, its values, and where each value leads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalog.cast import plain
from catalog.index import CatalogIndex
from catalog.names import DatasetId
from catalog.release import Release, TableFacts
from catalog.schema import ForeignKey, SchemaField, TableSchema
from catalog.web import speech
from catalog.web.cells import NO_LANGUAGE, cell, heading, language_of, unit_of

#: A row's page shows whole texts; only what no page can hold is cut.
_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a row.

    Attributes:
        title, unit: of its column.
        text: as people read it.
        lang: its language where that is not the page's.
        path: the row of another table that it names.
    """

    title: str
    unit: str | None
    text: str
    lang: str | None
    path: str | None


@dataclass(frozen=True, slots=True)
class RowView:
    """One row: its name, its own address (without language), its values."""

    name: str
    path: str
    values: tuple[Value, ...]


def row_view(
    release: Release, facts: TableFacts, record: Mapping[str, Any], key: str, lang: str,
    index: CatalogIndex,
) -> RowView:  # fmt: skip
    """Work out the page of a row.

    Args:
        release: whose row it is.
        facts: its table.
        record: values as the canonical table has them, by column.
        key: the last part of its address, as it is written there.
        lang: ``th`` or ``en``.
        index: the catalogue, to know which rows can be linked to.
    """
    schema = facts.table_schema
    leads = _leads(release, schema, index)
    values = tuple(
        _value(field, record[field.name], lang, leads.get(field.name)) for field in schema.fields
    )
    return RowView(_name(schema, record, lang), f"/id/{release.id}/{facts.name}/{key}", values)


def _value(
    field: SchemaField, value: Any, lang: str, target: tuple[DatasetId, str] | None
) -> Value:
    text = cell(value, field, lang, _MOST)
    known = plain(value) if target and value is not None else None
    path = target[0].row_path(target[1], known) if target and known else None
    unit = unit_of(field, lang)
    return Value(heading(field, lang), unit, text, language_of(field, text, lang), path)


def _name(schema: TableSchema, record: Mapping[str, Any], lang: str) -> str:
    """What the row is called: its first text in the page's language, else in any, else its key."""
    texts = [
        field
        for field in schema.fields
        if field.type == "string" and field.lang != NO_LANGUAGE
        and any(letter.isalpha() for letter in record[field.name] or "")
    ]  # fmt: skip
    own = [field for field in texts if _speaks(field, record[field.name], lang)]
    chosen = own or texts or [schema.by_name[name] for name in schema.primary_key]
    return cell(record[chosen[0].name], chosen[0], lang, 80)


def _speaks(field: SchemaField, text: str, lang: str) -> bool:
    """Whether a text is in a language, as its column says or as its letters show."""
    return speech.has_thai(text) if lang == "th" else (field.lang or "").casefold() == lang


def _leads(
    release: Release, schema: TableSchema, index: CatalogIndex
) -> Mapping[str, tuple[DatasetId, str]]:
    """Columns whose values are keys of a published table: column to dataset and table."""
    found = ((key, _target(release, key)) for key in schema.foreign_keys if len(key.fields) == 1)
    return {
        key.fields[0]: (id, table)
        for key, (id, table) in found
        if id is not None and _has_key(index, id, table, key.reference.fields)
    }


def _target(release: Release, key: ForeignKey) -> tuple[DatasetId | None, str]:
    parts = key.reference.resource.split("/")
    if len(parts) == 3:
        return DatasetId(parts[0], parts[1]), parts[2]
    return (release.id, parts[0]) if parts[0] else (None, "")


def _has_key(index: CatalogIndex, id: DatasetId, table: str, key: tuple[str, ...]) -> bool:
    release = index.published(id)
    tables = release.facts.tables if release else ()
    return any(t.name == table and t.table_schema.primary_key == key for t in tables)
