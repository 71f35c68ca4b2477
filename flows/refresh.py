"""Many datasets: all of them, or what is due by its declared frequency.

Datasets that others refer to go first. One that fails never stops the others; each leaves a
receipt. What has not changed is settled here, cheaply; the rest is built by as many processes as
there are cores.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from catalog.names import DatasetId
from catalog.problem import Problem, SamdaoError
from flows import way
from flows.outcome import Outcome
from flows.publish import publish
from flows.world import World, open_world


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came of one dataset: an outcome, or problems with an exit code."""

    id: DatasetId
    outcome: Outcome | None = None
    problems: tuple[Problem, ...] = ()
    exit_code: int = 0

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        if self.outcome:
            return self.outcome.as_dict()
        problems = [problem.as_dict() for problem in self.problems]
        return {"id": str(self.id), "kind": "FAILED", "problems": problems}


Tell = Callable[[Receipt], None]
_Publish = Callable[[DatasetId, World], Outcome | None]


def refresh(
    ids: Iterable[DatasetId], world: World, jobs: int | None = None,
    tell: Tell = lambda receipt: None,
) -> tuple[Receipt, ...]:  # fmt: skip
    """Publish each dataset; never stop at one.

    Args:
        ids: which.
        world: where.
        jobs: processes; as many as cores if ``None``.
        tell: called with each receipt as it comes.

    Returns:
        One receipt per dataset, by id.
    """
    receipts: list[Receipt] = []

    def keep(receipt: Receipt) -> None:
        receipts.append(receipt)
        tell(receipt)

    for wave in waves(tuple(ids), world):
        stale = []
        for id in wave:
            receipt = attempt(id, world, settle)
            stale.append(id) if receipt is None else keep(receipt)
        for receipt in _build(stale, world, jobs or len(os.sched_getaffinity(0))):
            keep(receipt)
    return tuple(sorted(receipts, key=lambda receipt: receipt.id))


def attempt(id: DatasetId, world: World, how: _Publish = publish) -> Receipt | None:
    """Publish one dataset; what goes wrong becomes part of the receipt.

    Returns:
        ``None`` where ``how`` gives nothing: the dataset has to be built.
    """
    try:
        outcome = how(id, world)
    except SamdaoError as error:
        return Receipt(id, None, error.problems, error.exit_code)
    except Exception as error:  # noqa: BLE001  (one dataset's surprise must not stop the night)
        return Receipt(id, None, (way.unforeseen(id, error),), 3)
    return Receipt(id, outcome) if outcome else None


def settle(id: DatasetId, world: World) -> Outcome | None:
    """Bring a dataset to its end where nothing has to be built; ``None`` where it has."""
    with world.alone(id) as desk, way.translated(id):
        work = way.declare(id, world, desk)
        before = way.same_as_before(work, way.pull(work, world), world)
        if before is None:
            return None
        with way.booked(id, world):
            return way.make_public(way.approve(before, world), False, world)


def _build(ids: list[DatasetId], world: World, jobs: int) -> Iterator[Receipt]:
    if len(ids) < 2 or jobs < 2:
        for id in ids:
            receipt = attempt(id, world)
            assert receipt is not None
            yield receipt
        return
    # Processes are forked from one that has the heavy libraries loaded and no threads running.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["flows.preload"])
    with ProcessPoolExecutor(min(jobs, len(ids)), mp_context=context) as pool:
        work = partial(_elsewhere, settings=world.settings, actor=world.actor)
        for future in as_completed([pool.submit(work, str(id)) for id in ids]):
            yield future.result()


def _elsewhere(id: str, settings: Any, actor: Any) -> Receipt:
    """What a process of the pool does: the same, in a world of its own."""
    receipt = attempt(DatasetId.parse(id), open_world(actor, settings))
    assert receipt is not None
    return receipt


def waves(ids: tuple[DatasetId, ...], world: World) -> Iterator[tuple[DatasetId, ...]]:
    """Datasets in groups, each after those that it refers to.

    A circle of references is broken at its first member: it is published with what stands.
    """
    wanted = {id: _refers_to(id, world) & set(ids) for id in ids}
    done: set[DatasetId] = set()
    while wanted:
        ready = tuple(id for id, needs in wanted.items() if needs <= done) or tuple(wanted)[:1]
        yield ready
        done |= set(ready)
        wanted = {id: needs for id, needs in wanted.items() if id not in done}


def _refers_to(id: DatasetId, world: World) -> set[DatasetId]:
    """Datasets that foreign keys of this one name; none where the declaration is wrong."""
    try:
        tables = world.declarations.dataset(id).tables.values()
        schemas = [world.declarations.schema(table.table_schema) for table in tables]
    except SamdaoError:
        return set()
    resources = {key.reference.resource for schema in schemas for key in schema.foreign_keys}
    found = {DatasetId(*name.split("/")[:2]) for name in resources if name.count("/") == 2}
    return found - {id}


def due(ids: Iterable[DatasetId], world: World) -> tuple[DatasetId, ...]:
    """Datasets whose declared cycle has passed since their last run that went well.

    A dataset that was never published is due; one that is never renewed, or at an unknown
    frequency, is due no more after that.
    """
    runs = world.index.last_runs()
    return tuple(id for id in ids if _is_due(id, world, runs.get(str(id))))


def _is_due(id: DatasetId, world: World, last: Any) -> bool:
    if last is None or last.outcome != "done" or last.ended_at is None:
        return True
    try:
        days = world.declarations.dataset(id).frequency.days
    except SamdaoError:
        return True  # the run will say what is wrong with it
    ended: datetime = last.ended_at.replace(tzinfo=world.now().tzinfo)
    # An hour's grace: a daily schedule starts a little earlier or later each day.
    return days > 0 and world.now() - ended >= timedelta(days=days, hours=-1)
