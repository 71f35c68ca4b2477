"""Releases as the live catalogue describes them, and where they are looked up.

Everything is read from the pointer to the published release; nothing of it is copied elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from fastapi import Request
from sqlalchemy import Connection, func, select

from catalog.api import base_of, index_of
from catalog.database import datasets, releases, search
from catalog.index import CatalogIndex
from catalog.metadata import ckan
from catalog.names import DatasetId
from catalog.release import Described, Release, SealedFile


def live(request: Request, release: Release) -> Described:
    """A release as the live catalogue describes it, under the address that serves.

    A dataset was issued when its first release was published, and modified when this one was.
    """
    modified = release.published_at or release.sealed_at
    return Described(
        spec=release.spec,
        facts=release.facts,
        base=base_of(request),
        version=release.version,
        issued=_first_published(index_of(request), release.id) or modified,
        modified=modified,
    )


def _first_published(index: CatalogIndex, id: DatasetId) -> datetime | None:
    statement = select(func.min(releases.c.published_at)).where(releases.c.dataset_id == str(id))
    with index.database.read() as connection:
        return _utc(connection.execute(statement).scalar())


def find_published(request: Request, wanted: str) -> Release | None:
    """The published release of a dataset, by its CKAN name or id."""
    index = index_of(request)
    try:
        return index.published(DatasetId.from_ckan_name(wanted))
    except ValueError:
        id = index.by_uuid(wanted)
        return index.published(id) if id else None


@dataclass(frozen=True, slots=True)
class Entry:
    """A published dataset in short, for lists.

    Attributes:
        id: the dataset.
        uuid: its CKAN id.
        office, theme: what it belongs to.
        title: folded, Thai and English.
        modified: when its release was published.
        keywords: as declared.
    """

    id: DatasetId
    uuid: str
    office: str
    theme: str
    title: str
    modified: datetime
    keywords: Sequence[str]


def entries(connection: Connection) -> list[Entry]:
    """Every published dataset in short, by name."""
    statement = (
        select(
            datasets.c.id, datasets.c.uuid, search.c.office, search.c.theme, search.c.title,
            releases.c.published_at, releases.c.spec["keywords"].label("keywords"),
        )
        .join(releases, datasets.c.published == releases.c.id)
        .join(search, search.c.dataset_id == datasets.c.id)
    )  # fmt: skip
    found = [
        Entry(DatasetId.parse(row.id), row.uuid, row.office, row.theme, row.title,
              _utc(row.published_at) or datetime.min.replace(tzinfo=UTC), row.keywords)
        for row in connection.execute(statement)
    ]  # fmt: skip
    return sorted(found, key=lambda entry: entry.id.ckan_name)


class Resources:
    """Which file a CKAN resource id means; ids are hashes of names and cannot be read back.

    Names of files are read once for each publication and kept in memory, about 200 bytes a file.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._read: dict[str, int] = {}
        self._files: dict[str, tuple[str, str]] = {}

    def find(self, index: CatalogIndex, wanted: str) -> tuple[Release, SealedFile] | None:
        """The published release and its file, or ``None``."""
        if wanted not in self._files:
            self._renew(index)
        dataset, name = self._files.get(wanted, ("", ""))
        release = index.published(DatasetId.parse(dataset)) if dataset else None
        file = release.facts.file(name) if release else None
        return (release, file) if release and file else None

    def _renew(self, index: CatalogIndex) -> None:
        """Read what was published since the last time."""
        pointers = select(datasets.c.id, datasets.c.published).where(
            datasets.c.published.is_not(None)
        )
        with self._lock, index.database.read() as connection:
            for id, key in connection.execute(pointers).all():
                if self._read.get(id) == key:
                    continue
                files = select(releases.c.facts["files"]).where(releases.c.id == key)
                self._note(DatasetId.parse(id), connection.execute(files).scalar() or [])
                self._read[id] = key

    def _note(self, id: DatasetId, files: Sequence[Mapping[str, Any]]) -> None:
        for file in files:
            if file["table"]:
                self._files[ckan.resource_id(id, file["name"])] = (str(id), file["name"])


def resources_of(request: Request) -> Resources:
    """The application's one ``Resources``."""
    state = request.app.state
    if not hasattr(state, "ckan_resources"):
        state.ckan_resources = Resources()
    found: Resources = state.ckan_resources
    return found


def _utc(when: datetime | None) -> datetime | None:
    """SQLite forgets time zones; all times are written in UTC."""
    return when.replace(tzinfo=UTC) if when is not None and when.tzinfo is None else when
