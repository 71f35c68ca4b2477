"""Approval: signatures over a manifest's hash, or a standing order that covers a release.

Every deed is one transaction: the right is asked, the state moves, the ledger has it. A standing
order covers a dataset's scheduled refreshes while what was approved stays as it was: schema,
licence, classification and expected bounds, together the ``scope`` of the order.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

from sqlalchemy import Connection

from catalog import ledger
from catalog.ledger import Entry
from catalog.problem import DeclarationError, Problem
from catalog.release import Facts, Release, State
from catalog.rights import Action, Actor, Role, may
from catalog.spec import DatasetSpec

_LEADS_TO = {
    Action.SUBMIT: State.SUBMITTED,
    Action.REVIEW: State.REVIEWED,
    Action.APPROVE: State.APPROVED,
    Action.REJECT: State.DRAFT,
}


def scope(spec: DatasetSpec, facts: Facts) -> str:
    """What a standing order covers, as a hash (64 hex digits).

    Args:
        spec: licence, classification and bounds.
        facts: the schema of each table.
    """
    covered = {
        "licence": spec.licence,
        "classification": spec.classification,
        "schemas": {table.name: dict(table.schema) for table in facts.tables},
        "expect": {name: t.expect.model_dump(mode="json") for name, t in spec.tables.items()},
    }
    text = json.dumps(covered, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def order(
    connection: Connection, release: Release, actor: Actor, at: datetime, reason: str | None = None
) -> Entry:
    """Write a standing order for the release's dataset, as the release stands.

    Raises:
        DeclarationError: the actor may not, or the dataset is approved release by release.
    """
    _ask(actor, Action.ORDER, str(release.id))
    if release.spec.approval != "standing":
        raise DeclarationError(Problem("approval-not-standing", dataset=str(release.id)))
    detail = {"scope": scope(release.spec, release.facts), "first": release.thing}
    return ledger.append(
        connection, at=at, actor=actor.name, action=Action.ORDER, thing=str(release.id),
        detail=detail | ({"reason": reason} if reason else {}),
    )  # fmt: skip


def covering_order(connection: Connection, release: Release) -> Entry | None:
    """The newest standing order of the dataset, if it covers the release."""
    if release.spec.approval != "standing":
        return None
    orders = [e for e in ledger.entries(connection, str(release.id)) if e.action == Action.ORDER]
    wanted = scope(release.spec, release.facts)
    return orders[-1] if orders and orders[-1].detail["scope"] == wanted else None


def demonstrator(release: Release) -> Actor | None:
    """Who orders for an office that takes no part: the demonstration itself, named as such."""
    if not release.spec.office.demonstration:
        return None
    name = f"สำนักงานสาธิต (demonstration office) {release.id.office}"
    return Actor(name, frozenset({Role.APPROVER}))


def sign(
    connection: Connection,
    release: Release,
    action: Action,
    actor: Actor,
    at: datetime,
    reason: str | None = None,
) -> State:
    """Submit, review, approve or reject: one signature over the manifest's hash.

    Returns:
        The state that the release has now; the caller writes it in the same transaction.

    Raises:
        DeclarationError: the actor may not, or the release does not stand there.
    """
    _ask(actor, action, release.thing)
    state = _LEADS_TO[action]
    if state not in release.state.after:
        raise DeclarationError(
            Problem(
                "state-wrong",
                dataset=str(release.id),
                params={
                    "version": str(release.version), "state": str(release.state), "action": action,
                },
            )
        )  # fmt: skip
    detail = {"manifest": release.manifest_sha256}
    ledger.append(
        connection, at=at, actor=actor.name, action=action, thing=release.thing,
        detail=detail | ({"reason": reason} if reason else {}),
    )  # fmt: skip
    return state


def _ask(actor: Actor, action: Action, thing: str) -> None:
    if not may(actor, action, thing):
        raise DeclarationError(
            Problem("not-allowed", params={"actor": actor.name, "action": action, "thing": thing})
        )
