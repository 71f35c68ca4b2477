"""The steps of a dataset's way, each a function of what the one before gave.

``flows.publish`` tells the story; here stands what each line of it does. Steps write only to the
run's desk, which is cleared at its end, until ``seal`` moves a finished folder into the store.
"""

from __future__ import annotations

import errno
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from catalog.certify import Certificate
from catalog.certify import certify as certify_file

from catalog import PIPELINE, metadata
from catalog.cast import cast as cast_batch
from catalog.formats import About, formats
from catalog.names import DatasetId, Version
from catalog.problem import (
    DeclarationError,
    OutsideError,
    Problem,
    Rejected,
    SamdaoError,
    raise_if_errors,
)  # fmt: skip
from catalog.registry import variant
from catalog.release import (
    MANIFEST,
    Facts,
    Omission,
    Release,
    SealedFile,
    SourceFacts,
    State,
    TableFacts,
    json_bytes,
    manifest_bytes,
    seal_file,
    sealed_view,
    table_facts,
)  # fmt: skip
from catalog.schema import TableSchema
from catalog.spec import DatasetSpec, TableSpec
from catalog.table import Table, write_table
from flows import compare as comparing
from flows import repair as repairing
from flows.checks import Checked, modules
from flows.outcome import Kind, Outcome
from flows.sources import Pulled, Shelf
from flows.world import World


#: The format that every other is made from; it is part of every release.
CANONICAL = "parquet"


@dataclass(frozen=True, slots=True)
class Work:
    """What a run works on, from its declaration on.

    Attributes:
        dataset, schemas: the declaration and each table's schema.
        references: tables of other datasets that foreign keys name.
        desk: folder of this run alone.
        folder: the release's folder, as it will be sealed.
    """

    dataset: DatasetSpec
    schemas: Mapping[str, TableSchema]
    references: Mapping[str, Table]
    desk: Path
    folder: Path


@dataclass(frozen=True, slots=True)
class Sources:
    """Pulled bytes of each table, and the run key that they make with the declaration."""

    pulled: Mapping[str, Pulled]
    run_key: str


@dataclass(frozen=True, slots=True)
class Checks:
    """What reading, repairing and checking found worth telling, by table."""

    repaired: Mapping[str, repairing.Repaired]
    problems: tuple[Problem, ...]


def declare(id: DatasetId, world: World, desk: Path) -> Work:
    """Load the declaration, its schemas and the published tables that it refers to."""
    dataset = world.declarations.dataset(id)
    if not dataset.term("classification").more["publishable"]:
        raise DeclarationError(
            Problem("not-publishable", dataset=str(id), value=dataset.classification)
        )
    schemas = {
        name: world.declarations.schema(table.table_schema)
        for name, table in dataset.tables.items()
    }
    folder = desk / "release"
    folder.mkdir()
    return Work(dataset, schemas, _references(schemas, world, desk), desk, folder)


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
        )
        with _at(dataset=str(id), table=name):
            pulled[name] = source.pull(source.Options.model_validate(table.source.options), shelf)
    world.index.keep_pulls(id, pulled)
    return Sources(pulled, run_key(work, pulled))


def run_key(work: Work, pulled: Mapping[str, Pulled]) -> str:
    """Hash of all that a release is made of: sources, declaration, references, pipeline."""
    from flows.declare import digest

    references = {
        name: hashlib.sha256(table.path.read_bytes()).hexdigest()
        for name, table in work.references.items()
    }
    body = {
        "sources": {name: found.sha256 for name, found in pulled.items()},
        "declared": digest(work.dataset, work.schemas),
        "references": references,
        "pipeline": PIPELINE,
    }
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def same_as_before(work: Work, sources: Sources, world: World) -> Release | None:
    """The newest release, where its run key is this one: nothing needs to be built."""
    newest = world.index.newest(work.dataset.id)
    if newest is None or newest.facts.run_key != sources.run_key:
        return None
    return None if newest.state is State.WITHDRAWN else newest


def repair(work: Work, sources: Sources) -> Mapping[str, repairing.Repaired]:
    """Read each source as text and put right what is declared, into a staging file."""
    found = {}
    for name, table in work.dataset.tables.items():
        source = variant("flows.sources", table.source.kind)
        options = source.Options.model_validate(table.source.options)
        with _at(dataset=str(work.dataset.id), table=name):
            raw = source.read(sources.pulled[name], options)
            target = work.desk / f"{name}.text.parquet"
            found[name] = repairing.repair(raw, work.schemas[name], table, target)
    return found


def check(work: Work, repaired: Mapping[str, repairing.Repaired]) -> Checks:
    """Hold the text against its schema; give warnings and notes, refuse errors.

    Raises:
        Rejected: with every problem found, each with its address.
    """
    problems = [
        problem.at(dataset=str(work.dataset.id), table=name)
        for name in work.dataset.tables
        for holds in modules("text")
        for problem in holds(_checked(work, name, repaired[name]))
    ]
    return Checks(repaired, raise_if_errors(problems))


def cast(work: Work, checks: Checks) -> Mapping[str, Table]:
    """Cast each table once into its canonical form, then hold keys and bounds.

    Raises:
        Rejected: values that are not of their type, keys or bounds that do not hold.
    """
    id = str(work.dataset.id)
    tables = {
        name: _cast_table(work, name, repaired).table(id)
        for name, repaired in checks.repaired.items()
    }
    problems = [
        problem.at(dataset=id, table=name)
        for name in tables
        for holds in modules("typed")
        for problem in holds(_checked(work, name, checks.repaired[name], tables))
    ]
    raise_if_errors(problems)
    return tables


@dataclass(frozen=True, slots=True)
class _Cast:
    """A table that was cast, and what would not go."""

    written: Table
    problems: tuple[Problem, ...]

    def table(self, id: str) -> Table:
        raise_if_errors(p.at(dataset=id, table=self.written.name) for p in self.problems)
        return self.written


def _cast_table(work: Work, name: str, repaired: repairing.Repaired) -> _Cast:
    problems: list[Problem] = []

    def typed() -> Iterator[Any]:
        for batch in _open(repaired.path):
            values, wrong = cast_batch(batch, work.schemas[name], repaired.crs)
            problems.extend(wrong[: 1_000 - len(problems)])
            yield values

    path = work.folder / f"{name}.parquet"
    return _Cast(write_table(path, name, work.schemas[name], typed()), tuple(problems))


def _checked(
    work: Work, name: str, repaired: repairing.Repaired,
    tables: Mapping[str, Table] | None = None,
) -> Checked:  # fmt: skip
    return Checked(
        columns=repaired.columns,
        open=partial(_open, repaired.path),
        schema=work.schemas[name],
        spec=work.dataset.tables[name],
        typed=tables[name] if tables else None,
        references={**work.references, **(tables or {})},
    )


def _open(path: Path) -> Iterator[Any]:
    with pq.ParquetFile(path) as file:
        yield from file.iter_batches(batch_size=20_000)


def compare(work: Work, tables: Mapping[str, Table], world: World) -> Mapping[str, Any]:
    """What changed since the published release, by table.

    Raises:
        Rejected: more rows changed than ``expect.changed`` allows.
    """
    last = world.index.published(work.dataset.id)
    changes: dict[str, Any] = {}
    for name, table in tables.items():
        before = None
        if last and any(facts.name == name for facts in last.facts.tables):
            path = world.store.fetch(last.id, last.version, f"{name}.parquet", work.desk)
            before = Table(path, name)
        found = comparing.compare(before, table)
        problem = comparing.beyond(found, work.dataset.tables[name].expect)
        if problem:
            raise Rejected(problem.at(dataset=str(work.dataset.id), table=name))
        changes[name] = found.as_dict()
    return changes


@dataclass(frozen=True, slots=True)
class Emitted:
    """Files of every format, and formats that could not hold a table."""

    files: tuple[SealedFile, ...]
    omissions: tuple[Omission, ...]


def emit(work: Work, sources: Sources, tables: Mapping[str, Table], world: World) -> Emitted:
    """Write every table in every declared format that can hold it."""
    edition = Facts(sources.run_key, PIPELINE, ()).edition
    written = [
        _write(work, table, form, edition, world)
        for name, table in tables.items()
        for form in _formats_of(work.dataset.tables[name])
    ]
    return Emitted(
        tuple(item for item in written if isinstance(item, SealedFile)),
        tuple(item for item in written if isinstance(item, Omission)),
    )


def _formats_of(table: TableSpec) -> Iterable[str]:
    """The declared formats and the canonical one; every format where none is declared."""
    return sorted({*table.formats, CANONICAL}) if table.formats else formats()


def _write(
    work: Work, table: Table, form: str, edition: str, world: World
) -> SealedFile | Omission:
    """One table in one format, or why not."""
    module, kind = variant("catalog.formats", form), formats()[form]
    refusal = module.refuse(table)
    if refusal:
        return Omission(table.name, form, refusal.at(table=table.name).as_dict())
    target = work.folder / f"{table.name}.{kind.extension}"
    world.tell(target.name)
    notes: tuple[Problem, ...] = ()
    if form != CANONICAL:  # that file is the table itself
        about = About(work.dataset, table.name, work.schemas[table.name], edition)
        notes = module.write(table, about, target)
    told = tuple(note.at(table=table.name).as_dict() for note in notes)
    return seal_file(target, kind.media_type, table.name, form, told)


def certify(work: Work, tables: Mapping[str, Table], emitted: Emitted) -> tuple[Certificate, ...]:
    """Read each file back and compare it with the canonical table.

    Raises:
        Rejected: a difference that the format does not explain.
    """
    certificates = []
    for file in emitted.files:
        assert file.table
        assert file.format
        module = variant("catalog.formats", file.format)
        found = certify_file(tables[file.table], module, work.folder / file.name)
        if not found.ok:
            params = {"file": file.name, "differences": found.as_dict()}
            raise Rejected(
                Problem("not-faithful", dataset=str(work.dataset.id), table=file.table,
                        params=params)
            )  # fmt: skip
        certificates.append(found)
    return tuple(certificates)


def seal(
    work: Work, sources: Sources, checks: Checks, tables: Mapping[str, Table], emitted: Emitted,
    certificates: tuple[Certificate, ...], changes: Mapping[str, Any], world: World,
) -> Release:  # fmt: skip
    """Write metadata, report and manifest; move the folder into the store; record it."""
    facts = _facts(work, sources, tables, emitted)
    documents = {
        "certificate.json": [found.as_dict() for found in certificates],
        "report.json": _report(checks),
    }
    for name, body in documents.items():
        (work.folder / name).write_bytes(json_bytes(body))
    described = sealed_view(work.dataset, facts)
    media_types = dict.fromkeys(documents, "application/json")
    for name, (media_type, data) in metadata.sealed_files(described).items():
        (work.folder / name).write_bytes(data)
        media_types[name] = media_type
    sealed = tuple(
        seal_file(work.folder / name, media_type) for name, media_type in media_types.items()
    )
    facts = Facts(
        facts.run_key, facts.pipeline, facts.tables, (*facts.files, *sealed), facts.omissions,
        facts.sources,
    )  # fmt: skip
    manifest = manifest_bytes(work.dataset, facts)
    (work.folder / MANIFEST).write_bytes(manifest)
    at = world.now()
    newest = world.index.newest(work.dataset.id)
    version = newest.version.after(at.date()) if newest else Version(at.date())
    world.store.put(work.dataset.id, version, work.folder)
    return world.index.seal(
        work.dataset, version, facts, changes, hashlib.sha256(manifest).hexdigest(),
        world.actor, at,
    )  # fmt: skip


def _facts(work: Work, sources: Sources, tables: Mapping[str, Table], emitted: Emitted) -> Facts:
    counted: tuple[TableFacts, ...] = tuple(table_facts(table) for table in tables.values())
    evidence = tuple(
        SourceFacts(name, found.address, found.sha256, found.size)
        for name, found in sources.pulled.items()
    )
    return Facts(sources.run_key, PIPELINE, counted, emitted.files, emitted.omissions, evidence)


def _report(checks: Checks) -> dict[str, Any]:
    """What was repaired and noticed: no clock, so that the same key gives the same bytes."""
    return {
        "tables": {name: repaired.as_dict() for name, repaired in checks.repaired.items()},
        "problems": [problem.as_dict() for problem in checks.problems],
    }


def approve(release: Release, world: World) -> Release:
    """Let a standing order approve the release, where one covers it."""
    if release.state in (State.SUBMITTED, State.REVIEWED):
        return world.index.approve_by_order(release, world.now())
    return release


def make_public(release: Release, built: bool, world: World) -> Outcome:
    """Move the pointer to an approved release, or say for whom it waits."""
    if release.state is State.APPROVED:
        _hold_to_signature(release, world)
        release = world.index.publish(release, world.actor, world.now())
        return Outcome.of(Kind.PUBLISHED, release, built)
    return where_it_stands(release, built, world)


def _hold_to_signature(release: Release, world: World) -> None:
    """Refuse a release of which one byte changed since it was signed.

    Raises:
        Rejected: a file, or the manifest that names it, is not what the signatures are over.
    """
    signed = {file.name: file.sha256 for file in release.facts.files}
    for name, digest in (signed | {MANIFEST: release.manifest_sha256}).items():
        try:
            with world.store.open(release.id, release.version, name) as file:
                same = hashlib.file_digest(file, "sha256").hexdigest() == digest
        except FileNotFoundError:
            same = False
        if not same:
            params = {"file": name, "version": str(release.version)}
            raise Rejected(Problem("seal-broken", dataset=str(release.id), params=params))


def where_it_stands(release: Release, built: bool, world: World) -> Outcome:
    """What came of a run that leaves publication to people."""
    kinds = {State.PUBLISHED: Kind.UNCHANGED, State.DRAFT: Kind.RETURNED}
    return Outcome.of(kinds.get(release.state, Kind.SUBMITTED), release, built)


@contextmanager
def recorded(id: DatasetId, world: World) -> Iterator[Path]:
    """A run with its lock, its desk, and its line in the catalogue's book of runs."""
    with world.alone(id) as desk, booked(id, world):
        yield desk


@contextmanager
def booked(id: DatasetId, world: World) -> Iterator[None]:
    """Write down a run's start and whatever ends it."""
    with world.index.run(id, world.now()) as record:
        try:
            with translated(id):
                yield
            record["outcome"] = "done"
        except SamdaoError as error:
            report = {"problems": [problem.as_dict() for problem in error.problems[:100]]}
            record |= {"outcome": type(error).__name__.lower()[:12], "report": report}
            raise
        except Exception as error:
            problem = unforeseen(id, error)
            record |= {"outcome": "unforeseen", "report": {"problems": [problem.as_dict()]}}
            raise OutsideError(problem) from error
        finally:
            record["ended_at"] = world.now()


def unforeseen(id: DatasetId, error: Exception) -> Problem:
    """A defect of ours, told without a traceback; the log has that."""
    import logging

    logging.getLogger("samdao").error("unforeseen, dataset %s", id, exc_info=error)
    reason = f"{type(error).__name__}: {error}"[:300]
    return Problem("unforeseen", dataset=str(id), params={"reason": reason})


@contextmanager
def translated(id: DatasetId) -> Iterator[None]:
    """What the operating system refuses, as an error with a next step.

    Raises:
        OutsideError: disk full, no rights, any other refusal.
    """
    try:
        yield
    except OSError as error:
        code = "disk-full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "disk-error"
        params = {"reason": error.strerror or str(error)}
        where = str(error.filename) if error.filename else None
        raise OutsideError(Problem(code, dataset=str(id), value=where, params=params)) from error


@contextmanager
def _at(**address: str) -> Iterator[None]:
    """Fill in where an error happened."""
    try:
        yield
    except SamdaoError as error:
        raise error.at(**address) from error
