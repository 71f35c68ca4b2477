"""A checked table given back to its office: reports in every form, in a folder.

Whatever stopped the check, the report has it: rows and labels are read anew from the evidence, and
where the source could not be read at all the reports say only that.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from catalog.problem import Problem, SamdaoError
from catalog.registry import variant
from flows.privacy.protect import veil_by_headers
from flows.repairs._labels import name_columns
from flows.reports import Report, write_all
from flows.sources import RawTable
from flows.way import Sources, Work


def give_back(
    work: Work, sources: Sources, problems: Iterable[Problem], folder: Path
) -> tuple[Path, ...]:
    """Write the reports of every table.

    Args:
        work: what was checked.
        sources: its pulled files.
        problems: what was found, errors, warnings and notes.
        folder: where the files go.

    Returns:
        The files written.
    """
    told = tuple(problems)
    return tuple(
        path
        for name in work.dataset.tables
        for path in write_all(_report(work, sources, name, told), folder)
    )


def _report(work: Work, sources: Sources, name: str, problems: tuple[Problem, ...]) -> Report:
    table, pulled = work.dataset.tables[name], sources.pulled[name]
    raw = _read(work, sources, name)
    schema = work.schemas[name]
    file = PurePosixPath(unquote(urlsplit(pulled.address).path)).name or name
    stem = file.partition(".")[0]
    mine = tuple(p for p in problems if p.table in (None, name))
    columns = _columns(work, name, raw) if raw else None
    veil = veil_by_headers(work.as_found(name), table, mine).labelled(columns or {})
    return Report(
        title=(table.title or work.dataset.title).th,
        file=file,
        stem=stem if len(work.dataset.tables) == 1 else f"{stem}.{name}",
        path=pulled.path,
        kind=table.source.kind,
        problems=mine,
        schema=schema,
        labels=raw.columns if raw else (),
        columns=columns,
        open=(lambda: veil.rows(raw.open())) if raw else None,
        sheet=raw.sheet if raw else None,
        cells=raw.cells if raw else (),
    )


def _read(work: Work, sources: Sources, name: str) -> RawTable | None:
    source = work.dataset.tables[name].source
    module = variant("flows.sources", source.kind)
    try:
        found: RawTable = module.read(
            sources.pulled[name], module.Options.model_validate(source.options)
        )
    except SamdaoError:
        return None  # the problems say why
    return found


def _columns(work: Work, name: str, raw: RawTable) -> dict[str, str]:
    """Field name to the label that stands for it; what has no label yet, none."""
    try:
        named = name_columns(
            raw.columns, raw.geometry, work.as_found(name), work.dataset.tables[name]
        )
    except SamdaoError:
        return {}
    return {field: label for label, field in named}
