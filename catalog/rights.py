"""Who may do what: one question, ``may(actor, action, thing)``, asked in one place."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    """Deeds that need a right; the ledger uses the same words."""

    SUBMIT = "submit"
    REVIEW = "review"
    APPROVE = "approve"
    REJECT = "reject"
    ORDER = "order"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"


class Role(StrEnum):
    """Roles of the province's guideline on publishing, and two of the system.

    ``PROVIDER`` ผู้รับผิดชอบในการให้ข้อมูล, ``REVIEWER`` ผู้ตรวจสอบข้อมูล, ``APPROVER`` ผู้อนุมัติ,
    ``PUBLISHER`` ผู้รับผิดชอบนำข้อมูลขึ้นเผยแพร่; ``OPERATOR`` works at the server itself, ``SCHEDULE`` is
    an unattended run.
    """

    PROVIDER = "provider"
    REVIEWER = "reviewer"
    APPROVER = "approver"
    PUBLISHER = "publisher"
    OPERATOR = "operator"
    SCHEDULE = "schedule"


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone who acts.

    Attributes:
        name: who signs in the ledger.
        roles: what they are.
    """

    name: str
    roles: frozenset[Role]


#: Unattended runs: they build, submit and publish what is approved, and sign nothing.
SCHEDULE = Actor("samdao", frozenset({Role.SCHEDULE}))

_ALLOWED = {
    Role.PROVIDER: {Action.SUBMIT},
    Role.REVIEWER: {Action.REVIEW, Action.REJECT},
    Role.APPROVER: {Action.APPROVE, Action.REJECT, Action.ORDER, Action.WITHDRAW},
    Role.PUBLISHER: {Action.SUBMIT, Action.PUBLISH},
    Role.OPERATOR: set(Action),
    Role.SCHEDULE: {Action.SUBMIT, Action.PUBLISH},
}


def may(actor: Actor, action: Action, thing: str) -> bool:
    """Whether ``actor`` may do ``action`` to ``thing`` (a dataset id or ``id@version``).

    Roles are the same for every dataset until offices say who is who; the question already names
    the thing, so that callers need not change then.
    """
    return any(action in _ALLOWED[role] for role in actor.roles)
