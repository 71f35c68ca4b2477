"""Requests: work that a page asked for and the worker carries out.

A request is claimed with a lease; the worker's heartbeat prolongs it; a lease that ran out (the
worker was killed) lets another claim it. The idempotency key makes a form that was sent twice one
request.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, insert, or_, select, update

from catalog.database import Database, requests
from catalog.names import DatasetId

#: How long a claim holds without a heartbeat.
LEASE = timedelta(seconds=60)
#: Claims after which a request is given up: it kills its worker.
ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Request:
    """Something to be done.

    Attributes:
        key: its row.
        kind: what: ``publish``.
        id: for which dataset.
        actor: who asked.
        payload: the rest of the question.
        state: ``waiting``, ``running``, ``done``, ``failed``.
        report: what came of it, for the page.
    """

    key: int
    kind: str
    id: DatasetId
    actor: str
    payload: Mapping[str, Any]
    state: str
    report: Mapping[str, Any] | None


class Requests:
    """The queue in the catalogue database.

    Args:
        database: an open database.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    def ask(
        self, kind: str, id: DatasetId, actor: str, key: str, at: datetime,
        payload: Mapping[str, Any] | None = None,
    ) -> Request:  # fmt: skip
        """Put a request in the queue, or give the one that has the same key already."""
        with self.database.write() as connection:
            found = connection.execute(select(requests).where(requests.c.key == key)).first()
            if found is None:
                statement = (
                    insert(requests)
                    .values(
                        kind=kind, dataset_id=str(id), actor=actor, key=key, state="waiting",
                        payload=dict(payload or {}), created_at=at, attempts=0,
                    )
                    .returning(requests)
                )  # fmt: skip
                found = connection.execute(statement).one()
            return _request(found)

    def claim(self, at: datetime) -> Request | None:
        """The oldest request that waits, or whose worker is gone; ``None`` if there is none."""
        free = or_(
            requests.c.state == "waiting",
            and_(requests.c.state == "running", requests.c.leased_until < at),
        )
        with self.database.write() as connection:
            connection.execute(
                update(requests)
                .where(free, requests.c.attempts >= ATTEMPTS)
                .values(state="failed", finished_at=at, report={"code": "worker-lost"})
            )
            oldest = select(func.min(requests.c.id)).where(free).scalar_subquery()
            statement = (
                update(requests)
                .where(requests.c.id == oldest)
                .values(
                    state="running", leased_until=at + LEASE, heartbeat_at=at,
                    attempts=requests.c.attempts + 1,
                )
                .returning(requests)
            )  # fmt: skip
            row = connection.execute(statement).first()
            return _request(row) if row else None

    def beat(self, request: Request, at: datetime) -> None:
        """Prolong the lease: the worker is alive."""
        with self.database.write() as connection:
            connection.execute(
                update(requests)
                .where(requests.c.id == request.key, requests.c.state == "running")
                .values(heartbeat_at=at, leased_until=at + LEASE)
            )

    def finish(self, request: Request, ok: bool, report: Mapping[str, Any], at: datetime) -> None:
        """Write down what came of it."""
        state = "done" if ok else "failed"
        with self.database.write() as connection:
            connection.execute(
                update(requests)
                .where(requests.c.id == request.key)
                .values(state=state, report=dict(report), finished_at=at, leased_until=None)
            )

    def get(self, key: int) -> Request | None:
        """A request by its row."""
        with self.database.read() as connection:
            row = connection.execute(select(requests).where(requests.c.id == key)).first()
            return _request(row) if row else None


def _request(row: Any) -> Request:
    return Request(
        row.id, row.kind, DatasetId.parse(row.dataset_id), row.actor, row.payload, row.state,
        row.report,
    )  # fmt: skip
