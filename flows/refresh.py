"""Many datasets: all of them, or what is due by its declared frequency.

Datasets that others refer to go first. One that fails never stops the others; each leaves a
receipt. What has not changed is settled here, cheaply; the rest is built by as many processes as
there are cores, each as soon as what it refers to is done.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

from catalog.names import DatasetId
from catalog.problem import Problem, SamdaoError
from catalog.release import Release, State
from catalog.rights import Actor
from catalog.settings import Settings
from flows import order, processes, way
from flows.outcome import Outcome
from flows.publish import publish
from flows.world import World, open_world

#: States of a release that a run may still move on, where an order covers it.
_MOVING = frozenset({State.SUBMITTED, State.REVIEWED, State.APPROVED})


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

    waiting = order.needs(tuple(ids), world)
    with closing(_Yard(world, jobs or processes.cores())) as yard:
        while waiting or yard.building:
            ready = order.ready(waiting, yard.building)
            waiting = {id: needs for id, needs in waiting.items() if id not in ready}
            followers = partial(order.followers, waiting)
            stale = sorted(_settled(ready, world, keep), key=followers, reverse=True)
            for receipt in yard.build(stale) if ready else yard.finished():
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


class _Yard:
    """Where datasets are built: in processes; right here where one is alone, or all there may be.

    Args:
        world: where.
        jobs: most processes at a time.
    """

    def __init__(self, world: World, jobs: int) -> None:
        self.world = world
        self.jobs = jobs
        self._queue: deque[DatasetId] = deque()
        self._running: dict[Future[Receipt], DatasetId] = {}
        self._pool: ProcessPoolExecutor | None = None

    @property
    def building(self) -> frozenset[DatasetId]:
        """What is not done yet."""
        return frozenset((*self._queue, *self._running.values()))

    def build(self, ids: Sequence[DatasetId]) -> Iterator[Receipt]:
        """Take datasets on; gives receipts of those that were built at once.

        Before those taken on earlier: what had to wait for others is often waited for itself.
        """
        if self.jobs < 2 or (len(ids) == 1 and self._pool is None):
            for id in ids:
                receipt = attempt(id, self.world)
                assert receipt is not None
                yield receipt
            return
        self._queue.extendleft(reversed(ids))
        self._start()

    def finished(self) -> Iterator[Receipt]:
        """Wait until something is done."""
        for future in wait(self._running, return_when=FIRST_COMPLETED).done:
            id = self._running.pop(future)
            try:
                yield future.result()
            except BrokenProcessPool as error:  # killed from outside, for want of memory say
                self.close()
                yield Receipt(id, None, (way.unforeseen(id, error),), 3)
        self._start()

    def close(self) -> None:
        """End the processes."""
        if self._pool:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def _start(self) -> None:
        """Give every process something to do; not more, or what kills one would end them all."""
        while self._queue and len(self._running) < self.jobs:
            self._pool = self._pool or processes.pool(self.jobs)
            id = self._queue.popleft()
            future = self._pool.submit(_elsewhere, str(id), self.world.settings, self.world.actor)
            self._running[future] = id


def _elsewhere(id: str, settings: Settings, actor: Actor) -> Receipt:
    """What a process of the pool does: the same, in a world of its own."""
    receipt = attempt(DatasetId.parse(id), _world(settings, actor))
    assert receipt is not None
    return receipt


@cache
def _world(settings: Settings, actor: Actor) -> World:
    """One world for all that a process is given: its catalogue is opened once."""
    return open_world(actor, settings)


def _settled(
    ids: Iterable[DatasetId], world: World, keep: Callable[[Receipt], None]
) -> Iterator[DatasetId]:
    """Settle datasets of which nothing has to be built; give the others.

    Runs in which nothing happened go into the book together, in one transaction at the end. Killed
    before that, the book lacks those runs; nothing else is lost.
    """
    quiet: list[tuple[DatasetId, datetime, datetime]] = []
    try:
        for id in ids:
            receipt = attempt(id, world, partial(_settle, quiet=quiet))
            if receipt:
                keep(receipt)
            else:
                yield id
    finally:
        world.index.keep_runs(quiet)


def _settle(
    id: DatasetId, world: World, quiet: list[tuple[DatasetId, datetime, datetime]]
) -> Outcome | None:
    """Bring a dataset to its end where nothing has to be built; ``None`` where it has."""
    start = world.now()
    with world.alone(id) as desk:
        before = _same_as_before(id, world, desk)
        if before is None:
            return None
        if before.state in _MOVING:
            with way.booked(id, world):
                return way.make_public(way.approve(before, world), False, world)
        quiet.append((id, start, world.now()))
        return way.where_it_stands(before, False, world)


def _same_as_before(id: DatasetId, world: World, desk: Path) -> Release | None:
    """The release that a run would make again; what keeps us from looking goes into the book."""
    try:
        with way.translated(id):
            work = way.declare(id, world, desk)
            return way.same_as_before(work, way.pull(work, world), world)
    except Exception:
        with way.booked(id, world):
            raise


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
