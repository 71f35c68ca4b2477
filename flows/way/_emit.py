"""Every format of every table, and the proof that each holds what went in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import catalog
from catalog.certify import Certificate
from catalog.certify import certify as certify_file
from catalog.formats import About, formats
from catalog.problem import Problem, Rejected
from catalog.registry import variant
from catalog.release import Facts, Omission, SealedFile, seal_file
from catalog.spec import TableSpec
from catalog.table import Table
from flows.way._work import Sources, Work
from flows.world import World

#: The format that every other is made from; it is part of every release.
CANONICAL = "parquet"


@dataclass(frozen=True, slots=True)
class Emitted:
    """Files of every format, and formats that could not hold a table."""

    files: tuple[SealedFile, ...]
    omissions: tuple[Omission, ...]


def emit(work: Work, sources: Sources, tables: Mapping[str, Table], world: World) -> Emitted:
    """Write every table in every declared format that can hold it."""
    edition = Facts(sources.run_key, catalog.PIPELINE, ()).edition
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
