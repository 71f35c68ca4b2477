"""What a page shows of a release, worked out once: templates only place it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalog import ledger
from catalog.formats import Format, formats
from catalog.index import CatalogIndex
from catalog.names import row_key
from catalog.release import Release, SealedFile, State, TableFacts
from catalog.rights import Action
from catalog.schema import SchemaField
from catalog.stars import Stars, stars
from catalog.store import Store
from catalog.table import Table
from catalog.vocabulary import Term, term
from catalog.web.speech import cell

#: Rows and columns of a preview on the dataset's page.
PREVIEW_ROWS = 10
PREVIEW_COLUMNS = 12
#: Rows of a page of a whole table.
PAGE_ROWS = 50
#: Formats in the order that people look for them; others follow by name.
_ORDER = ("xlsx", "csv", "csv_excel", "ods", "json", "geojson", "kml", "shp")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a preview: its cells as text, and where its own page is."""

    cells: Sequence[str]
    path: str | None


@dataclass(frozen=True, slots=True)
class Preview:
    """Some rows of a table.

    Attributes:
        fields: the columns shown.
        rows: the rows shown.
        columns: number of columns that the table has.
    """

    fields: Sequence[SchemaField]
    rows: Sequence[Row]
    columns: int


@dataclass(frozen=True, slots=True)
class Download:
    """A file and its format, with what was changed to fit."""

    file: SealedFile
    format: Format
    path: str


@dataclass(frozen=True, slots=True)
class TableView:
    """A table on the dataset's page."""

    facts: TableFacts
    title: str | None
    fields: Sequence[SchemaField]
    preview: Preview
    downloads: Sequence[Download]
    omissions: Sequence[Mapping[str, Any]]
    map_path: str | None
    repairs: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved a release: a person, or a standing order by its place in the ledger."""

    actor: str
    order: int | None


@dataclass(frozen=True, slots=True)
class DatasetView:
    """The dataset's page."""

    release: Release
    is_latest: bool
    tables: Sequence[TableView]
    metadata_files: Sequence[tuple[str, SealedFile]]
    licence: Term
    frequency: Term
    stars: Stars
    approval: Approval | None
    versions: Sequence[Release]
    has_notes: bool


def dataset_view(
    release: Release, index: CatalogIndex, store: Store, lang: str, scratch: Path
) -> DatasetView:
    """Work out the page of a release.

    Args:
        release: published or superseded.
        index: the catalogue.
        store: where its files lie.
        lang: ``th`` or ``en``.
        scratch: folder for copies, where the store is not local.
    """
    label = "latest" if release.state is State.PUBLISHED else str(release.version)
    report = _document(release, store, "report.json")
    tables = [
        _table_view(release, facts, store, lang, label, report, scratch)
        for facts in release.facts.tables
    ]
    public = {State.PUBLISHED, State.SUPERSEDED, State.WITHDRAWN}
    return DatasetView(
        release=release,
        is_latest=release.state is State.PUBLISHED,
        tables=tables,
        metadata_files=[
            (release.id.file_path(label, file.name), file)
            for file in release.facts.files
            if file.table is None
        ],
        licence=release.spec.term("licence"),
        frequency=term("frequencies", release.spec.frequency.unit),
        stars=stars(release.spec, release.facts),
        approval=_approval(release, index),
        versions=[found for found in index.releases(release.id) if found.state in public],
        has_notes=any(file.notes for file in release.facts.files),
    )


def _table_view(
    release: Release, facts: TableFacts, store: Store, lang: str, label: str,
    report: Mapping[str, Any], scratch: Path,
) -> TableView:  # fmt: skip
    table = open_table(release, facts.name, store, scratch)
    spec = release.spec.tables[facts.name]
    mapped = release.id.table_path(facts.name) + f"/map.svg?v={release.facts.edition}"
    return TableView(
        facts=facts,
        title=spec.title.words(lang) if spec.title else None,
        fields=facts.table_schema.fields,
        preview=preview(release, table, lang, 0, PREVIEW_ROWS, PREVIEW_COLUMNS),
        downloads=_downloads(release, facts.name, label),
        omissions=[
            {"format": formats()[o.format].title.words(lang), "reason": o.reason["words"][lang]}
            for o in release.facts.omissions
            if o.table == facts.name and o.format in formats()
        ],
        map_path=mapped if facts.box else None,
        repairs=report.get("tables", {}).get(facts.name, {}).get("changes", []),
    )


def open_table(release: Release, name: str, store: Store, scratch: Path) -> Table:
    """The canonical table of a release."""
    return Table(store.fetch(release.id, release.version, f"{name}.parquet", scratch), name)


def preview(
    release: Release, table: Table, lang: str, first: int, rows: int, columns: int | None = None
) -> Preview:
    """Rows of a table as text.

    Args:
        release: whose table it is.
        table: the canonical table.
        lang: ``th`` or ``en``.
        first: the first row wanted, from 0.
        rows: most rows.
        columns: most columns; all if ``None``.
    """
    fields = table.schema.fields[:columns]
    key = table.schema.primary_key
    wanted = list(dict.fromkeys([*(field.name for field in fields), *key]))
    found: list[Row] = []
    seen = 0
    for batch in table.batches(wanted, rows=max(rows, 1_000)):
        skip = max(first - seen, 0)
        seen += batch.num_rows
        for record in batch.slice(skip, rows - len(found)).to_pylist():
            cells = [cell(record[field.name], field, lang) for field in fields]
            found.append(Row(cells, _row_path(release, table, key, record)))
        if len(found) >= rows:
            break
    return Preview(fields, found, len(table.schema.fields))


def _row_path(
    release: Release, table: Table, key: Sequence[str], record: Mapping[str, Any]
) -> str | None:
    from catalog.cast import plain

    values = [plain(record[name]) for name in key]
    if not values or any(value is None for value in values):
        return None
    known = [value for value in values if value is not None]
    return f"/id/{release.id}/{table.name}/{row_key(*known)}"


def _downloads(release: Release, table: str, label: str) -> Sequence[Download]:
    known = formats()
    found = [
        Download(file, known[file.format], release.id.file_path(label, file.name))
        for file in release.facts.files
        if file.table == table and file.format in known
    ]
    rank = {name: place for place, name in enumerate(_ORDER)}
    return sorted(found, key=lambda d: (rank.get(d.format.name, len(rank)), d.format.name))


def _document(release: Release, store: Store, name: str) -> Mapping[str, Any]:
    try:
        with store.open(release.id, release.version, name) as file:
            body: Mapping[str, Any] = json.load(file)
            return body
    except FileNotFoundError:
        return {}


def _approval(release: Release, index: CatalogIndex) -> Approval | None:
    with index.database.read() as connection:
        for entry in ledger.entries(connection, release.thing):
            if entry.action == Action.APPROVE:
                return Approval(entry.actor, entry.detail.get("order"))
    return None
