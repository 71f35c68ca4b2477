"""What a page shows of a release, worked out once: templates only place it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from catalog import ledger
from catalog.index import CatalogIndex
from catalog.release import Release, SealedFile, State, TableFacts
from catalog.rights import Action
from catalog.schema import SchemaField
from catalog.stars import Stars, stars
from catalog.store import Store
from catalog.vocabulary import Term, term
from catalog.web import maps, speech
from catalog.web.downloads import Download, downloads, label, omissions
from catalog.web.figures import Figure, figures
from catalog.web.grid import Grid, grid, open_table

#: Rows and columns of a preview on the dataset's page, and how much of a long text.
PREVIEW_ROWS = 8
PREVIEW_COLUMNS = 12
PREVIEW_CLIP = 90
#: Tables with a preview on the dataset's page; of further ones there is the link.
PREVIEWED = 4
#: Columns that the dataset's page explains; longer dictionaries have a page of their own.
EXPLAINED = 20
#: States that the public may see.
PUBLIC = frozenset({State.PUBLISHED, State.SUPERSEDED, State.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class Picture:
    """A map: its address, and its size, so that the page does not jump when it comes."""

    path: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class TableView:
    """A table on the dataset's page.

    Attributes:
        facts: rows, columns, extent.
        title: what it is called; ``None`` where the dataset has no other table.
        path: its own page.
        fields: the columns explained here; ``more_fields`` others are on their own page.
        figures: what it says, where it is small.
        preview: its first rows; ``None`` where the page has enough of them.
        downloads: files by purpose.
        omissions: formats that it does not have, by reason.
        picture: the map.
        repairs: what was repaired in it.
    """

    facts: TableFacts
    title: str | None
    path: str
    fields: Sequence[SchemaField]
    more_fields: int
    figures: Sequence[Figure]
    preview: Grid | None
    downloads: Mapping[str, Sequence[Download]]
    omissions: Mapping[str, Sequence[str]]
    picture: Picture | None
    repairs: Sequence[Mapping[str, Any]]

    @property
    def first_download(self) -> Download | None:
        """The file that most people want."""
        return next((item for group in self.downloads.values() for item in group), None)

    @property
    def files(self) -> Sequence[Download]:
        """Every file."""
        return [item for group in self.downloads.values() for item in group]


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved a release: a person, or a standing order by its place in the ledger."""

    actor: str
    order: int | None


@dataclass(frozen=True, slots=True)
class Freshness:
    """How the data keeps its promise.

    Attributes:
        unit: the declared frequency.
        due: when the next edition is promised; ``None`` where none is.
        late: whether that day has passed.
    """

    unit: Term
    due: date | None
    late: bool


@dataclass(frozen=True, slots=True)
class DatasetView:
    """The dataset's page."""

    release: Release
    tables: Sequence[TableView]
    level: str | None
    metadata_files: Sequence[tuple[str, SealedFile]]
    licence: Term
    freshness: Freshness
    stars: Stars
    approval: Approval | None
    versions: Sequence[Release]
    has_notes: bool

    @property
    def is_latest(self) -> bool:
        """Whether this is what the dataset's own address shows."""
        return self.release.state is State.PUBLISHED

    @property
    def has_latest(self) -> bool:
        """Whether any version is published now."""
        return any(release.state is State.PUBLISHED for release in self.versions)


def dataset_view(
    release: Release, index: CatalogIndex, store: Store, lang: str, scratch: Path, now: datetime
) -> DatasetView:
    """Work out the page of a release.

    Args:
        release: published or superseded.
        index: the catalogue.
        store: where its files lie.
        lang: ``th`` or ``en``.
        scratch: folder for copies, where the store is not local.
        now: the clock, for freshness.
    """
    report = _document(release, store, "report.json").get("tables", {})
    return DatasetView(
        release=release,
        tables=[
            _table_view(release, facts, store, lang, place, scratch, report.get(facts.name, {}))
            for place, facts in enumerate(release.facts.tables)
        ],
        level=_level(release, lang),
        metadata_files=[
            (release.id.file_path(label(release), file.name), file)
            for file in release.facts.files
            if file.table is None
        ],
        licence=release.spec.term("licence"),
        freshness=freshness(release, now),
        stars=stars(release.spec, release.facts),
        approval=_approval(release, index),
        versions=[found for found in index.releases(release.id) if found.state in PUBLIC],
        has_notes=any(file.notes for file in release.facts.files),
    )


def table_path(release: Release, table: str) -> str:
    """The page of a table: of the dataset, or of an old version."""
    if release.state is State.PUBLISHED:
        return release.id.table_path(table)
    return f"{release.id.version_path(release.version)}/t/{table}"


def table_title(release: Release, facts: TableFacts, lang: str) -> str:
    """What a table is called: its own title, else its schema's, else the dataset's."""
    own = release.spec.tables[facts.name].title
    if own:
        return own.words(lang)
    whole = release.spec.title.words(lang)
    if len(release.facts.tables) == 1:
        return whole
    schema = facts.table_schema
    return (schema.title_en if lang == "en" else schema.title) or schema.title or facts.name


def freshness(release: Release, now: datetime) -> Freshness:
    """Whether the data is as new as it promises to be."""
    unit = term("frequencies", release.spec.frequency.unit)
    days = release.spec.frequency.days
    if not days or release.published_at is None:
        return Freshness(unit, None, late=False)
    due = speech.local(release.published_at).date() + timedelta(days=days)
    return Freshness(unit, due, late=due < speech.local(now).date())


def _level(release: Release, lang: str) -> str | None:
    """The smallest area told apart, where it is an area."""
    level = term("coverages", release.spec.coverage.level)
    areas = ("region", "province", "district", "subdistrict", "village", "municipality")
    return level.words(lang).lower() if level.name in areas else None


def _table_view(
    release: Release, facts: TableFacts, store: Store, lang: str, place: int, scratch: Path,
    report: Mapping[str, Any],
) -> TableView:  # fmt: skip
    table = open_table(release, facts.name, store, scratch)
    fields = facts.table_schema.fields
    shown = fields if len(fields) <= EXPLAINED else fields[:PREVIEW_COLUMNS]
    several = len(release.facts.tables) > 1
    rows, columns = range(PREVIEW_ROWS), range(min(PREVIEW_COLUMNS, len(fields)))
    return TableView(
        facts=facts,
        title=table_title(release, facts, lang) if several else None,
        path=table_path(release, facts.name),
        fields=shown,
        more_fields=len(fields) - len(shown),
        figures=figures(table, lang),
        preview=(
            grid(release, table, lang, rows, columns, PREVIEW_CLIP) if place < PREVIEWED else None
        ),
        downloads=downloads(release, facts.name),
        omissions=omissions(release, facts.name, lang),
        picture=picture(release, facts, lang),
        repairs=report.get("changes", []),
    )


def picture(release: Release, facts: TableFacts, lang: str) -> Picture | None:
    """The map of a table with geometry; the edition in its address lets browsers keep it."""
    if not facts.box:
        return None
    path = f"{table_path(release, facts.name)}/map.svg?v={release.facts.edition}"
    return Picture(path, *maps.size(facts.box, facts.geometry_kinds))


def _document(release: Release, store: Store, name: str) -> Mapping[str, Any]:
    try:
        with store.open(release.id, release.version, name) as file:
            body: Mapping[str, Any] = json.load(file)
            return body
    except FileNotFoundError:
        return {}


def _approval(release: Release, index: CatalogIndex) -> Approval | None:
    with index.database.read() as connection:
        deeds: Iterable[ledger.Entry] = ledger.entries(connection, release.thing)
        for entry in deeds:
            if entry.action == Action.APPROVE:
                return Approval(entry.actor, entry.detail.get("order"))
    return None
