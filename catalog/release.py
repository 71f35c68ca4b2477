"""A release: a folder that never changes, its manifest, and the states it goes through."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from catalog.names import DatasetId, Version, edition
from catalog.schema import TableSchema
from catalog.spec import DatasetSpec
from catalog.table import Box, Table

MANIFEST = "manifest.json"


class State(StrEnum):
    """Where a release stands; ``after`` says where it may go from there."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    REVIEWED = "reviewed"
    APPROVED = "approved"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"

    @property
    def after(self) -> frozenset[State]:
        """The states that may follow."""
        return _AFTER[self]


_AFTER: Mapping[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.SUBMITTED}),
    State.SUBMITTED: frozenset({State.REVIEWED, State.APPROVED, State.DRAFT}),
    State.REVIEWED: frozenset({State.APPROVED, State.DRAFT}),
    State.APPROVED: frozenset({State.PUBLISHED, State.DRAFT}),
    State.PUBLISHED: frozenset({State.SUPERSEDED, State.WITHDRAWN}),
    State.SUPERSEDED: frozenset({State.WITHDRAWN}),
    State.WITHDRAWN: frozenset(),
}


@dataclass(frozen=True, slots=True)
class SealedFile:
    """One file of a release.

    Attributes:
        name: as served, ``clusters.csv``; unique in the release.
        size: bytes.
        sha256: 64 hex digits.
        media_type: IANA media type.
        table: which table it holds; ``None`` for files about the whole dataset.
        format: name of the format module; ``None`` for metadata.
        notes: what was changed to fit, as ``Problem.as_dict`` gives it.
    """

    name: str
    size: int
    sha256: str
    media_type: str
    table: str | None = None
    format: str | None = None
    notes: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Omission:
    """A format that a table was not written in, and why (``Problem.as_dict``)."""

    table: str
    format: str
    reason: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TableFacts:
    """What is known of a table's content, for pages and metadata.

    Attributes:
        name, schema: the table and its columns (Table Schema as JSON).
        rows: number of rows.
        box: west, south, east, north; ``None`` without geometry.
        geometry_kinds: geometry types met.
        nulls: field name to number of rows without a value.
    """

    name: str
    schema: Mapping[str, Any]
    rows: int
    box: Box | None = None
    geometry_kinds: tuple[str, ...] = ()
    nulls: Mapping[str, int] = field(default_factory=dict)

    @property
    def table_schema(self) -> TableSchema:
        """The schema, parsed."""
        return TableSchema.model_validate(self.schema)


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """Evidence of a source: hash and size of its bytes and where they came from."""

    table: str
    address: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a release says of itself beside its declaration; what the manifest holds.

    Nothing here is a clock reading: the same run key gives the same facts.
    """

    run_key: str
    pipeline: str
    tables: tuple[TableFacts, ...]
    files: tuple[SealedFile, ...] = ()
    omissions: tuple[Omission, ...] = ()
    sources: tuple[SourceFacts, ...] = ()

    @property
    def edition(self) -> str:
        """The 12 hex digits that sealed files carry."""
        return edition(self.run_key)

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return plain

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Facts:
        """The facts that ``as_dict`` gave."""
        tables = (
            TableFacts(**{**t, "box": t["box"] and tuple(t["box"]),
                          "geometry_kinds": tuple(t["geometry_kinds"])})
            for t in plain["tables"]
        )  # fmt: skip
        return cls(
            run_key=plain["run_key"],
            pipeline=plain["pipeline"],
            tables=tuple(tables),
            files=tuple(SealedFile(**{**f, "notes": tuple(f["notes"])}) for f in plain["files"]),
            omissions=tuple(Omission(**o) for o in plain["omissions"]),
            sources=tuple(SourceFacts(**s) for s in plain["sources"]),
        )

    def file(self, name: str) -> SealedFile | None:
        """The file of that name."""
        return next((file for file in self.files if file.name == name), None)


@dataclass(frozen=True, slots=True)
class Release:
    """A sealed release as the catalogue records it.

    Attributes:
        key: its row in the catalogue database.
        id, version: which release of which dataset.
        spec: the declaration it was built from.
        facts: its tables, files and evidence.
        changes: what changed since the release before, by table.
        state: where it stands; ``reason`` of a rejection or withdrawal.
        manifest_sha256: hash of ``manifest.json``: what signatures are over.
        sealed_at, published_at: when; never written into sealed files.
    """

    key: int
    id: DatasetId
    version: Version
    spec: DatasetSpec
    facts: Facts
    changes: Mapping[str, Any]
    state: State
    manifest_sha256: str
    sealed_at: datetime
    published_at: datetime | None = None
    reason: str | None = None

    @property
    def thing(self) -> str:
        """What the ledger calls it."""
        return f"{self.id}@{self.version}"


@dataclass(frozen=True, slots=True)
class Described:
    """What metadata is made of: a declaration with the facts of one release.

    Attributes:
        spec, facts: the release.
        base: what paths are put after: the office's permanent ``uri_base`` in sealed files, the
            serving address in live answers.
        version, issued, modified: known to the live catalogue only; ``None`` in sealed files, which
            carry the edition instead.
    """

    spec: DatasetSpec
    facts: Facts
    base: str
    version: Version | None = None
    issued: datetime | None = None
    modified: datetime | None = None

    @property
    def label(self) -> str:
        """The version where it is known, else the edition: both resolve in addresses."""
        return str(self.version or self.facts.edition)

    @property
    def uri(self) -> str:
        """The dataset's permanent URI, whatever serves it."""
        return self.spec.office.uri_base + self.spec.id.path

    def file_url(self, file: str) -> str:
        """Where a file of this release is had."""
        return self.base + self.spec.id.file_path(self.label, file)

    def table_files(self, table: str) -> tuple[SealedFile, ...]:
        """Files that hold a table, in the manifest's order."""
        return tuple(file for file in self.facts.files if file.table == table)

    @property
    def day(self) -> date | None:
        """The day of publication, where known."""
        return self.modified.date() if self.modified else None


def sealed_view(spec: DatasetSpec, facts: Facts) -> Described:
    """A release as its own files describe it."""
    return Described(spec=spec, facts=facts, base=spec.office.uri_base)


def seal_file(
    path: Path, media_type: str, table: str | None = None, form: str | None = None,
    notes: tuple[Mapping[str, Any], ...] = (),
) -> SealedFile:  # fmt: skip
    """Measure a finished file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return SealedFile(path.name, path.stat().st_size, digest, media_type, table, form, notes)


def table_facts(table: Table) -> TableFacts:
    """Count a canonical table."""
    nulls = dict.fromkeys(table.arrow.names, 0)
    for batch in table.batches():
        for name in nulls:
            nulls[name] += batch.column(name).null_count
    return TableFacts(
        name=table.name,
        schema=table.schema.as_json(),
        rows=table.rows,
        box=table.box,
        geometry_kinds=table.geometry_kinds,
        nulls={name: count for name, count in nulls.items() if count},
    )


def manifest_bytes(spec: DatasetSpec, facts: Facts) -> bytes:
    """The manifest: every file's hash, size and media type; what signatures are over."""
    body = {"dataset": str(spec.id), "edition": facts.edition} | facts.as_dict()
    return json_bytes(body)


def json_bytes(body: Any) -> bytes:
    """JSON as all sealed files have it: UTF-8, two-space indent, keys as given, final newline."""
    return (json.dumps(body, ensure_ascii=False, indent=2) + "\n").encode()
