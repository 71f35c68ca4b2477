"""What people sign: review, approval, return, standing orders, submitting again."""

from __future__ import annotations

from catalog.names import DatasetId
from catalog.problem import DeclarationError, Problem
from catalog.release import Release, State
from catalog.rights import Action
from flows.world import World

_WAITING = frozenset({State.SUBMITTED, State.REVIEWED})


def sign(id: DatasetId, action: str, world: World, reason: str | None = None) -> Release:
    """Sign the release that waits, or order standing approval of what is newest.

    Args:
        id: the dataset.
        action: ``review``, ``approve``, ``reject`` or ``order``.
        world: where, and who signs.
        reason: why; part of what is signed.

    Raises:
        DeclarationError: nothing waits, or the actor may not.
    """
    release = world.index.newest(id)
    if action == Action.ORDER and release:
        world.index.order(release, world.actor, world.now(), reason)
        return release
    if release is None or (release.state not in _WAITING and action != Action.REJECT):
        raise DeclarationError(Problem("nothing-waits", dataset=str(id)))
    return world.index.sign(release, Action(action), world.actor, world.now(), reason)


def submit_again(id: DatasetId, world: World) -> Release | None:
    """Submit a returned release once more; ``None`` where none was returned."""
    release = world.index.newest(id)
    if release is None or release.state is not State.DRAFT:
        return None
    return world.index.sign(release, Action.SUBMIT, world.actor, world.now())
