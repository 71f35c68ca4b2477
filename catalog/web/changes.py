"""What changed in a release: counts, what was out of the ordinary, and the first rows of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from catalog.cast import POSITION, cast
from catalog.names import Version
from catalog.release import Release, TableFacts
from catalog.schema import SchemaField, TableSchema
from catalog.web import speech
from catalog.web.cells import cell, heading, language_of
from catalog.web.view import PUBLIC, table_title


@dataclass(frozen=True, slots=True)
class Text:
    """A value as text, and its language where that is not the page's."""

    text: str
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that differs: the row's key, the column's title, what was and what is."""

    key: str
    column: str
    was: Text
    now: Text


@dataclass(frozen=True, slots=True)
class TableChanges:
    """What changed in a table.

    Attributes:
        title: of the table.
        counts: as the catalogue keeps them (``first``, ``added``, ``removed``, ``changed``, …).
        warnings: what was out of the ordinary, by its words.
        differences: the first values that differ.
        columns: titles of the columns, for ``added`` and ``removed``.
        added, removed: the first rows that came and went.
    """

    title: str
    counts: Mapping[str, Any]
    warnings: Sequence[Mapping[str, Any]]
    differences: tuple[Difference, ...]
    columns: tuple[str, ...]
    added: tuple[tuple[Text, ...], ...]
    removed: tuple[tuple[Text, ...], ...]


def table_changes(release: Release, lang: str) -> tuple[TableChanges, ...]:
    """What changed in each table of a release.

    Args:
        release: as the catalogue has it; its changes are those to the release before.
        lang: ``th`` or ``en``.
    """
    return tuple(
        _table(release, facts, release.changes[facts.name], lang)
        for facts in release.facts.tables
        if facts.name in release.changes
    )


def before(release: Release, releases: Iterable[Release]) -> Version | None:
    """The version that a release is compared with: the public one before it."""
    older = [r.version for r in releases if r.state in PUBLIC and r.version < release.version]
    return max(older, default=None)


def _table(
    release: Release, facts: TableFacts, found: Mapping[str, Any], lang: str
) -> TableChanges:
    schema = facts.table_schema
    shown = found.get("shown", {})
    title = table_title(release, facts, lang)
    return TableChanges(
        title, found, found.get("warnings", ()),
        tuple(d for row in shown.get("changed", ()) for d in _differences(row, schema, lang)),
        tuple(heading(field, lang) for field in schema.fields),
        _rows(shown.get("added", ()), schema, lang),
        _rows(shown.get("removed", ()), schema, lang),
    )  # fmt: skip


def _differences(
    row: Mapping[str, Mapping[str, str | None]], schema: TableSchema, lang: str
) -> Iterable[Difference]:
    names = schema.by_name
    key = ", ".join(_text(text, names[name], lang).text for name, text in row["key"].items())
    for name, was in row["was"].items():
        field = names[name]
        now = row["now"][name]
        yield Difference(
            key, heading(field, lang), _text(was, field, lang), _text(now, field, lang)
        )


def _rows(
    rows: Sequence[Mapping[str, str | None]], schema: TableSchema, lang: str
) -> tuple[tuple[Text, ...], ...]:
    return tuple(
        tuple(_text(row.get(field.name), field, lang) for field in schema.fields) for row in rows
    )


def _text(text: str | None, field: SchemaField, lang: str) -> Text:
    """A kept text as people read the value; as it is, where it was cut."""
    if text is None:
        return Text("∅")
    if field.is_geometry:
        return Text(f"{speech.word('type.geojson', lang)} {text}")
    batch = pa.RecordBatch.from_pydict({POSITION: [1], field.name: [text]})
    values, wrong = cast(batch, TableSchema(fields=(field,)))
    shown = text if wrong else cell(values.column(0)[0].as_py(), field, lang)
    return Text(shown, language_of(field, shown, lang))
