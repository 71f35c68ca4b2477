"""The ledger: who did what to which thing, append-only and hash-chained.

Each entry's hash is over its own fields and the hash before it, so that a changed, removed or
slipped-in entry breaks every later link. Entries are written inside the transaction of the deed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from catalog.database import ledger, scalar

#: What the first entry points to.
ORIGIN = "0" * 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One deed.

    Attributes:
        seq: place in the ledger, from 1 without a gap.
        at: when, ISO 8601 in UTC.
        actor: who: a person's name, or what acted for whom.
        action: ``submit``, ``review``, ``approve``, ``reject``, ``order``, ``publish``,
            ``withdraw``.
        thing: what: a dataset id, or ``<id>@<version>`` of a release.
        detail: what was signed or said: the manifest's hash, a reason.
        previous, hash: the chain, 64 hex digits each.
    """

    seq: int
    at: str
    actor: str
    action: str
    thing: str
    detail: Mapping[str, Any]
    previous: str
    hash: str


def _digest(previous: str, at: str, actor: str, action: str, thing: str, detail: str) -> str:
    body = json.dumps([previous, at, actor, action, thing, detail], ensure_ascii=False)
    return hashlib.sha256(body.encode()).hexdigest()


def append(
    connection: Connection,
    *,
    at: datetime,
    actor: str,
    action: str,
    thing: str,
    detail: Mapping[str, Any],
) -> Entry:
    """Write an entry at the end, in the caller's write transaction.

    Args:
        connection: from ``Database.write``, which keeps other writers out.
        at: when, with a time zone.
        actor: who; this and the rest as in ``Entry``.
        action: what was done.
        thing: to what.
        detail: what was signed or said.
    """
    last = connection.execute(
        select(ledger.c.seq, ledger.c.hash).order_by(ledger.c.seq.desc()).limit(1)
    ).first()
    previous = last.hash if last else ORIGIN
    seq = (last.seq if last else 0) + 1
    when = at.isoformat(timespec="seconds")
    written = json.dumps(detail, ensure_ascii=False, sort_keys=True)
    digest = _digest(previous, when, actor, action, thing, written)
    connection.execute(
        insert(ledger).values(
            seq=seq, at=when, actor=actor, action=action, thing=thing,
            detail=written, previous=previous, hash=digest,
        )
    )  # fmt: skip
    return Entry(seq, when, actor, action, thing, detail, previous, digest)


def entries(connection: Connection, *things: str) -> Iterator[Entry]:
    """Entries in order; of the named things only, if any are named."""
    statement = select(ledger).order_by(ledger.c.seq)
    if things:
        statement = statement.where(ledger.c.thing.in_(things))
    for row in connection.execute(statement):
        yield Entry(**{**row._mapping, "detail": json.loads(row.detail)})


def broken_at(connection: Connection) -> int | None:
    """The first place where the chain does not hold, or ``None``."""
    previous, expected = ORIGIN, 1
    for row in connection.execute(select(ledger).order_by(ledger.c.seq)):
        digest = _digest(previous, row.at, row.actor, row.action, row.thing, row.detail)
        if row.seq != expected or row.previous != previous or row.hash != digest:
            return expected
        previous, expected = row.hash, expected + 1
    return None


def length(connection: Connection) -> int:
    """Number of entries."""
    from sqlalchemy import func

    return int(scalar(connection, select(func.count()).select_from(ledger)) or 0)
