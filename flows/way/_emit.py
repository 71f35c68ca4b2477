"""Every format of every table, and the proof that each holds what went in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import catalog
from catalog.certify import Certificate
from catalog.certify import certify as certify_file
from catalog.formats import About, formats
from catalog.problem import Problem, Rejected
from catalog.registry import variant
from catalog.release import Facts, Omission, SealedFile, seal_file
from catalog.spec import TableSpec
from catalog.table import Table
from flows import processes
from flows.way._work import Sources, Work
from flows.world import World

#: The format that every other is made from; it is part of every release.
CANONICAL = "parquet"
#: Values (rows × columns) from which it pays to have several processes at work on the formats.
LARGE = 200_000
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Emitted:
    """Files of every format, and formats that could not hold a table."""

    files: tuple[SealedFile, ...]
    omissions: tuple[Omission, ...]


def emit(work: Work, sources: Sources, tables: Mapping[str, Table], world: World) -> Emitted:
    """Write every table in every declared format that can hold it."""
    edition = Facts(sources.run_key, catalog.PIPELINE, ()).edition
    tasks = [
        (work, table, form, edition)
        for name, table in tables.items()
        for form in _formats_of(work.dataset.tables[name])
    ]
    written = []
    for item in _at_once(_write, tasks, tables.values()):
        world.tell(item.name if isinstance(item, SealedFile) else f"{item.table} ({item.format})")
        written.append(item)
    return Emitted(
        tuple(item for item in written if isinstance(item, SealedFile)),
        tuple(item for item in written if isinstance(item, Omission)),
    )


def _formats_of(table: TableSpec) -> Iterable[str]:
    """The declared formats and the canonical one; every format where none is declared."""
    return sorted({*table.formats, CANONICAL}) if table.formats else formats()


def _at_once(
    task: Callable[..., Found], given: list[tuple[Any, ...]], tables: Iterable[Table]
) -> Iterator[Found]:
    """What a task gives for each of its arguments, in order; by several processes if it pays."""
    size = max((table.rows * len(table.arrow) for table in tables), default=0)
    jobs = min(processes.cores(), len(given))
    if jobs < 2 or size < LARGE:
        yield from (task(*each) for each in given)
        return
    pool = processes.pool(jobs)
    try:
        # The last ones by name take longest (XLSX, XML, RDF): they start first.
        futures = [pool.submit(task, *each) for each in reversed(given)]
        yield from (future.result() for future in reversed(futures))
    finally:
        pool.shutdown(cancel_futures=True)


def _write(work: Work, table: Table, form: str, edition: str) -> SealedFile | Omission:
    """One table in one format, or why not."""
    module, kind = variant("catalog.formats", form), formats()[form]
    refusal = module.refuse(table)
    if refusal:
        return Omission(table.name, form, refusal.at(table=table.name).as_dict())
    target = work.folder / f"{table.name}.{kind.extension}"
    notes: tuple[Problem, ...] = ()
    if form != CANONICAL:  # that file is the table itself
        schemas = work.schemas
        about = About(work.dataset, table.name, schemas[table.name], edition, schemas)
        notes = module.write(table, about, target)
    told = tuple(note.at(table=table.name).as_dict() for note in notes)
    return seal_file(target, kind.media_type, table.name, form, told)


def certify(work: Work, tables: Mapping[str, Table], emitted: Emitted) -> tuple[Certificate, ...]:
    """Read each file back and compare it with the canonical table.

    Raises:
        Rejected: a difference that the format does not explain.
    """
    tasks = [(tables[str(file.table)], work.folder, file) for file in emitted.files]
    certificates = []
    found_all = _at_once(_certify, tasks, tables.values())
    for file, found in zip(emitted.files, found_all, strict=True):
        if not found.ok:
            params = {"file": file.name, "differences": found.as_dict()}
            raise Rejected(
                Problem("not-faithful", dataset=str(work.dataset.id), table=file.table,
                        params=params)
            )  # fmt: skip
        certificates.append(found)
    return tuple(certificates)


def _certify(table: Table, folder: Path, file: SealedFile) -> Certificate:
    """One file against the table it was written from."""
    return certify_file(table, variant("catalog.formats", str(file.format)), folder / file.name)
