"""From finished files to a release that the public sees: seal, approve, publish."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import catalog
from catalog import metadata
from catalog.certify import Certificate
from catalog.names import Version
from catalog.problem import Problem, Rejected
from catalog.release import (
    MANIFEST,
    Facts,
    Release,
    SourceFacts,
    State,
    TableFacts,
    json_bytes,
    manifest_bytes,
    seal_file,
    sealed_view,
    table_facts,
)
from catalog.table import Table
from flows.outcome import Kind, Outcome
from flows.tally import tallies
from flows.way._clean import Checks, Tables
from flows.way._emit import Emitted
from flows.way._work import Sources, Work
from flows.world import World


def seal(
    work: Work, sources: Sources, checks: Checks, tables: Tables, emitted: Emitted,
    certificates: tuple[Certificate, ...], changes: Mapping[str, Any], world: World,
) -> Release:  # fmt: skip
    """Write metadata, report and manifest; move the folder into the store; record it."""
    facts = _facts(work, sources, tables, emitted)
    documents = {
        "certificate.json": [found.as_dict() for found in certificates],
        "report.json": _report(checks, tables),
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
    _only(work.folder, {file.name for file in facts.files})
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


def _only(folder: Path, names: set[str]) -> None:
    """Take away what a library left beside its file: a release is what its manifest names."""
    for path in folder.iterdir():
        if path.name not in names:
            path.unlink()


def _facts(work: Work, sources: Sources, tables: Mapping[str, Table], emitted: Emitted) -> Facts:
    counted: tuple[TableFacts, ...] = tuple(table_facts(table) for table in tables.values())
    evidence = tuple(
        SourceFacts(name, found.address, found.sha256, found.size)
        for name, found in sources.pulled.items()
    )
    return Facts(
        sources.run_key, catalog.PIPELINE, counted, emitted.files, emitted.omissions, evidence
    )


def _report(checks: Checks, tables: Tables) -> dict[str, Any]:
    """What was repaired and noticed: no clock, so that the same key gives the same bytes."""
    problems = (*checks.problems, *tables.problems)
    return {
        "tables": {name: repaired.as_dict() for name, repaired in checks.repaired.items()},
        "tallies": [tally.as_dict() for tally in tallies(problems)],
        "problems": [problem.as_dict() for problem in problems],
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
