"""Which datasets go before which: those that others refer to by foreign keys go first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from catalog.names import DatasetId
from catalog.problem import SamdaoError
from flows.world import World


def waves(ids: tuple[DatasetId, ...], world: World) -> Iterator[tuple[DatasetId, ...]]:
    """Datasets in groups, each after those that it refers to.

    A circle of references is broken at its first member: it is published with what stands.
    """
    waiting = needs(ids, world)
    while waiting:
        wave = ready(waiting)
        yield wave
        waiting = {id: before for id, before in waiting.items() if id not in wave}


def with_references(ids: Iterable[DatasetId], world: World) -> tuple[DatasetId, ...]:
    """The datasets, and the declared ones that they refer to and that were never published.

    Without those their foreign keys could not be held against anything.
    """
    found = dict.fromkeys(ids)
    standing = frozenset(world.index.published_ids())
    declared = frozenset(world.declarations.ids())
    waiting = list(found)
    while waiting:
        for needed in sorted((_refers_to(waiting.pop(), world) & declared) - standing):
            if needed not in found:
                found[needed] = None
                waiting.append(needed)
    return tuple(found)


def needs(ids: tuple[DatasetId, ...], world: World) -> dict[DatasetId, set[DatasetId]]:
    """Which of the datasets each of them refers to."""
    wanted = frozenset(ids)
    return {id: _refers_to(id, world) & wanted for id in ids}


def ready(
    waiting: Mapping[DatasetId, set[DatasetId]], building: frozenset[DatasetId] = frozenset()
) -> tuple[DatasetId, ...]:
    """Datasets that refer to none that is still to come; the first where all go in a circle."""
    to_come = waiting.keys() | building
    found = tuple(id for id, before in waiting.items() if not before & to_come)
    return found if found or building else tuple(waiting)[:1]


def followers(waiting: Mapping[DatasetId, set[DatasetId]], id: DatasetId) -> int:
    """How many refer to a dataset."""
    return sum(id in before for before in waiting.values())


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
