"""A run that writes nothing: what would be repaired, rejected and changed."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from catalog.database import Database
from catalog.evidence import Pulled
from catalog.index import CatalogIndex
from catalog.names import DatasetId
from catalog.problem import Level, Problem, SamdaoError
from flows import way
from flows.tally import tallies
from flows.world import World


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a run would come to.

    Attributes:
        id: the dataset.
        repairs: changes of values, counted by table, field and repair.
        problems: what was found: errors first; notes of what an officer should know.
        changes: rows added, removed, changed since the published release, by table.
        unchanged: the same run key as the newest release: nothing would be built.
        exit_code: as the command's.
        reports: files that go back to the office.
    """

    id: DatasetId
    repairs: tuple[Mapping[str, Any], ...] = ()
    problems: tuple[Problem, ...] = ()
    changes: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    unchanged: bool = False
    exit_code: int = 0
    reports: tuple[Path, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "id": str(self.id), "ok": self.exit_code == 0, "unchanged": self.unchanged,
            "repairs": list(self.repairs), "changes": dict(self.changes),
            "problems": [problem.as_dict() for problem in self.problems],
            "tallies": [tally.as_dict() for tally in tallies(self.problems)],
            "reports": [str(path) for path in self.reports],
        }  # fmt: skip


#: What only the order of publication mends: the data itself passes.
_LATER = "reference-missing"


def _warning(problem: Problem) -> Problem:
    return dataclasses.replace(problem, level=Level.WARNING)


def rehearse(id: DatasetId, world: World, reports: Path | None = None) -> Rehearsal:
    """Pull, read, repair, check and compare in a folder that is thrown away.

    Args:
        id: the dataset.
        world: in which nothing is written.
        reports: folder for the reports that go back to the office, if wanted.
    """
    with tempfile.TemporaryDirectory(prefix="samdao-") as scratch:
        aside = _Aside(world.settings, world.actor, world.now, scratch=Path(scratch))
        found, pulled = Rehearsal(id), None
        try:
            with way.translated(id):
                work = way.declare(id, aside, aside.desk)
                pulled = work, way.pull(work, aside)
                found = _gone_through(found, *pulled, aside)
        except SamdaoError as error:
            found = _stopped(found, error)
        if reports is not None and pulled is not None:
            from flows.returned import give_back

            given = give_back(*pulled, found.problems, reports)
            found = dataclasses.replace(found, reports=given)
        return found


def _gone_through(
    found: Rehearsal, work: way.Work, sources: way.Sources, aside: World
) -> Rehearsal:
    """All steps up to the comparison; what stops one of them is in the answer."""
    same = way.same_as_before(work, sources, aside) is not None
    repaired = way.repair(work, sources)
    found = dataclasses.replace(found, repairs=told(repaired), unchanged=same)
    notes = tuple(
        note.at(dataset=str(found.id), table=name)
        for name, item in repaired.items() for note in item.notes
    )  # fmt: skip
    try:
        checks = way.check(work, repaired)
        tables = way.cast(work, checks)
        changes = way.compare(work, tables, aside)
    except SamdaoError as error:
        return _stopped(found, error)
    return dataclasses.replace(
        found, problems=(*checks.problems, *tables.problems, *notes), changes=changes
    )


def _stopped(found: Rehearsal, error: SamdaoError) -> Rehearsal:
    """The rehearsal with what stopped it."""
    if all(problem.code == _LATER for problem in error.problems):
        return dataclasses.replace(found, problems=tuple(map(_warning, error.problems)))
    return dataclasses.replace(found, problems=error.problems, exit_code=error.exit_code)


def told(repaired: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """Each repair that changed something, with its table."""
    return tuple(
        {"table": name, **change} for name, item in repaired.items()
        for change in item.as_dict()["changes"]
    )  # fmt: skip


@dataclass(frozen=True)
class _Aside(World):
    """The world with desk and evidence of its own; its catalogue is read, never written."""

    scratch: Path = Path()

    @property
    def desk(self) -> Path:
        """Where the rehearsal works."""
        return self._make(self.scratch / "desk")

    @property
    def evidence(self) -> Path:
        """Thrown away with the rest."""
        return self._make(self.scratch / "evidence")

    @cached_property
    def index(self) -> CatalogIndex:
        """The catalogue as it is; an empty one where none exists yet."""
        exists = self.settings.database_url or (self.settings.home / "catalog.db").exists()
        aside = f"sqlite:///{self.scratch / 'catalog.db'}"
        return _LookOnly(Database(self.settings.database if exists else aside))


class _LookOnly(CatalogIndex):
    """A catalogue in which a rehearsal leaves no trace."""

    def pulls(self, id: DatasetId) -> Mapping[str, Pulled]:
        """Nothing: a conditional request would give no bytes to look at."""
        return {}

    def keep_pulls(self, id: DatasetId, found: Mapping[str, Pulled]) -> None:
        """Forget it."""
