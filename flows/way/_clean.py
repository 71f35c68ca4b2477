"""From source bytes to canonical tables: read, repair, check, cast."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from catalog.cast import cast as cast_batch
from catalog.problem import Problem, raise_if_errors
from catalog.registry import variant
from catalog.table import Table, write_table
from flows import repair as repairing
from flows.checks import Checked, modules
from flows.privacy.cover import veiled
from flows.privacy.protect import protect, veil_by_headers, veil_of
from flows.way._book import at
from flows.way._work import Sources, Work


@dataclass(frozen=True, slots=True)
class Checks:
    """What reading, repairing and checking found worth telling, by table."""

    repaired: Mapping[str, repairing.Repaired]
    problems: tuple[Problem, ...]


class Tables(dict[str, Table]):
    """Canonical tables by name, and the warnings of the checks that saw typed values.

    Args:
        tables: by name.
        problems: warnings and notes, with their addresses.
    """

    def __init__(self, tables: Mapping[str, Table], problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(tables)
        self.problems = problems


def repair(work: Work, sources: Sources) -> Mapping[str, repairing.Repaired]:
    """Read each source as text and put right what is declared, into a staging file."""
    found = {}
    for name, table in work.dataset.tables.items():
        source = variant("flows.sources", table.source.kind)
        options = source.Options.model_validate(table.source.options)
        with at(dataset=str(work.dataset.id), table=name):
            raw = source.read(sources.pulled[name], options)
            target = work.desk / f"{name}.text.parquet"
            schema = work.as_found(name)
            with veiled(veil_by_headers(schema, table)):
                repaired = repairing.repair(raw, schema, table, target)
            found[name] = protect(repaired, schema, table, work.salt)
    return found


def check(work: Work, repaired: Mapping[str, repairing.Repaired]) -> Checks:
    """Hold the text against its schema; give warnings and notes, refuse errors.

    Raises:
        Rejected: with every problem found, each with its address.
    """
    problems = [
        veil_of(repaired[name].privacy).problem(found).at(dataset=str(work.dataset.id), table=name)
        for name in work.dataset.tables
        for holds in modules("text")
        for found in holds(_checked(work, name, repaired[name]))
    ]
    return Checks(repaired, raise_if_errors(problems))


def cast(work: Work, checks: Checks) -> Tables:
    """Cast each table once into its canonical form, then hold keys, rules and bounds.

    Raises:
        Rejected: values that are not of their type, keys or bounds that do not hold.
    """
    id = str(work.dataset.id)
    tables = {
        name: _cast_table(work, name, repaired).table(id)
        for name, repaired in checks.repaired.items()
    }
    problems = [
        veil_of(checks.repaired[name].privacy).problem(problem).at(dataset=id, table=name)
        for name in tables
        for holds in modules("typed")
        for problem in holds(_checked(work, name, checks.repaired[name], tables))
    ]
    return Tables(tables, raise_if_errors(problems))


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
    veil = veil_of(repaired.privacy)

    def typed() -> Iterator[Any]:
        for batch in _open(repaired.path):
            values, wrong = cast_batch(batch, work.schemas[name], repaired.crs)
            problems.extend(map(veil.problem, wrong[: 1_000 - len(problems)]))
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
        personal=repaired.privacy.found if repaired.privacy else None,
        staged=repaired.path,
    )


def _open(path: Path) -> Iterator[Any]:
    with pq.ParquetFile(path) as file:
        yield from file.iter_batches(batch_size=20_000)
