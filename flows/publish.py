"""One dataset, from its source to a published release: the story."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from catalog.names import DatasetId
from flows import way
from flows.outcome import Outcome
from flows.world import World

Runner = Callable[..., Any]


def plainly(step: Callable[..., Any], *given: Any) -> Any:
    """Run a step as a plain call; ``flows.deploy`` has one that makes it a task."""
    return step(*given)


def publish(id: DatasetId, world: World, run: Runner = plainly) -> Outcome:
    """Pull, read, repair, check, compare, emit, certify, seal, approve, publish."""
    with way.recorded(id, world) as desk:
        work = run(way.declare, id, world, desk)
        sources = run(way.pull, work, world)
        release = before = run(way.same_as_before, work, sources, world)
        if before is None:
            repaired = run(way.repair, work, sources)
            checks = run(way.check, work, repaired)
            tables = run(way.cast, work, checks)
            changes = run(way.compare, work, tables, world)
            emitted = run(way.emit, work, sources, tables, world)
            proof = run(way.certify, work, tables, emitted)
            release = run(way.seal, work, sources, checks, tables, emitted, proof, changes, world)
        release = run(way.approve, release, world)
        outcome: Outcome = run(way.make_public, release, before is None, world)
        return outcome
