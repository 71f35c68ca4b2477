"""What a run works on: the declaration, its sources and the key that names what comes of them."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import SecretStr

import catalog
from catalog.names import DatasetId
from catalog.problem import DeclarationError, Problem
from catalog.registry import variant
from catalog.release import Release, State
from catalog.schema import TableSchema
from catalog.spec import DatasetSpec
from catalog.table import Table
from flows.declare import digest
from flows.privacy.declared import needs_salt, published_schema
from flows.sources import Pulled, Shelf
from flows.way._book import at
from flows.world import World


@dataclass(frozen=True, slots=True)
class Work:
    """What a run works on, from its declaration on.

    Attributes:
        dataset, schemas: the declaration and each table's schema, as it is published.
        found: the schemas as declared: of the tables as they are found, before treatments.
        salt: secret of the treatment ``hash``.
        references: tables of other datasets that foreign keys name.
        desk: folder of this run alone.
        folder: the release's folder, as it will be sealed.
    """

    dataset: DatasetSpec
    schemas: Mapping[str, TableSchema]
    references: Mapping[str, Table]
    desk: Path
    folder: Path
    found: Mapping[str, TableSchema] = field(default_factory=dict)
    salt: SecretStr | None = None

    def as_found(self, table: str) -> TableSchema:
        """The schema of a table before treatments."""
        return self.found.get(table, self.schemas[table])


@dataclass(frozen=True, slots=True)
class Sources:
    """Pulled bytes of each table, and the run key that they make with the declaration."""

    pulled: Mapping[str, Pulled]
    run_key: str


def declare(id: DatasetId, world: World, desk: Path) -> Work:
    """Load the declaration, its schemas and the published tables that it refers to."""
    dataset = world.declarations.dataset(id)
    if not dataset.term("classification").more["publishable"]:
        raise DeclarationError(
            Problem("not-publishable", dataset=str(id), value=dataset.classification)
        )
    found = {
        name: world.declarations.schema(table.table_schema)
        for name, table in dataset.tables.items()
    }
    schemas = {name: published_schema(found[name], table) for name, table in dataset.tables.items()}
    folder = desk / "release"
    folder.mkdir()
    references = _references(schemas, world, desk)
    return Work(dataset, schemas, references, desk, folder, found, world.settings.salt)


def _references(schemas: Mapping[str, TableSchema], world: World, desk: Path) -> dict[str, Table]:
    """Published tables of other datasets, by ``office/dataset/table``; absent ones are left out."""
    wanted = {key.reference.resource for s in schemas.values() for key in s.foreign_keys}
    found = {}
    for resource in sorted(name for name in wanted if name.count("/") == 2):
        office, dataset, table = resource.split("/")
        release = world.index.published(DatasetId(office, dataset))
        if release:
            path = world.store.fetch(release.id, release.version, f"{table}.parquet", desk)
            found[resource] = Table(path, table)
    return found


def pull(work: Work, world: World) -> Sources:
    """Fetch each table's source, keep the bytes as evidence, and make the run key."""
    id = work.dataset.id
    known = world.index.pulls(id)
    pulled = {}
    for name, table in work.dataset.tables.items():
        source = variant("flows.sources", table.source.kind)
        shelf = Shelf(
            folder=world.declarations.folder(id),
            evidence=world.evidence,
            known=known.get(name),
            now=world.now,
            max_bytes=world.settings.max_source_bytes,
            contact=str(work.dataset.contact.email),
        )
        with at(dataset=str(id), table=name):
            pulled[name] = source.pull(source.Options.model_validate(table.source.options), shelf)
    if _is_news(pulled, known):
        world.index.keep_pulls(id, pulled)
    return Sources(pulled, run_key(work, pulled))


def _is_news(pulled: Mapping[str, Pulled], known: Mapping[str, Pulled]) -> bool:
    """Whether anything but the time of retrieval differs from what the catalogue knows."""
    if pulled.keys() != known.keys():
        return True
    return any(
        replace(found, retrieved_at=known[name].retrieved_at) != known[name]
        for name, found in pulled.items()
    )


def run_key(work: Work, pulled: Mapping[str, Pulled]) -> str:
    """Hash of all that a release is made of: sources, declaration, references, pipeline."""
    references = {
        name: hashlib.sha256(table.path.read_bytes()).hexdigest()
        for name, table in work.references.items()
    }
    body = {
        "sources": {name: found.sha256 for name, found in pulled.items()},
        "declared": digest(work.dataset, work.schemas),
        "references": references,
        "pipeline": catalog.PIPELINE,
        **_salted(work),
    }
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def _salted(work: Work) -> dict[str, str]:
    """A mark of the salt where codes are made with it: another salt gives other bytes."""
    if work.salt is None or not any(map(needs_salt, work.dataset.tables.values())):
        return {}
    return {"salt": hmac.digest(work.salt.get_secret_value().encode(), b"run key", "sha256").hex()}


def same_as_before(work: Work, sources: Sources, world: World) -> Release | None:
    """The newest release, where its run key is this one: nothing needs to be built."""
    newest = world.index.newest(work.dataset.id)
    if newest is None or newest.facts.run_key != sources.run_key:
        return None
    return None if newest.state is State.WITHDRAWN else newest
