"""The catalogue's record of datasets, releases and runs; publication is one transaction in it.

Pages, API, ``latest``, feeds and search all read the pointer that ``publish`` moves.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, and_, delete, insert, select, update

from catalog import approval, ledger
from catalog.database import Database, datasets, pulls, releases, runs, scalar, search
from catalog.evidence import Pulled
from catalog.names import DatasetId, Version, is_edition
from catalog.problem import Problem, Rejected
from catalog.release import Facts, Release, State
from catalog.rights import Action, Actor
from catalog.search import searchable
from catalog.spec import DatasetSpec

#: CKAN ids of datasets and resources are derived from permanent names (RFC 9562 §5.5).
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://samdao.example/")


def stable_uuid(*parts: str) -> str:
    """An id that is the same on every machine for the same names."""
    return str(uuid.uuid5(NAMESPACE, "/".join(parts)))


def _utc(when: datetime | None) -> datetime | None:
    """SQLite forgets time zones; all times are written in UTC."""
    from datetime import UTC

    return when.replace(tzinfo=UTC) if when is not None and when.tzinfo is None else when


def _release(row: Any) -> Release:
    sealed_at = _utc(row.sealed_at)
    assert sealed_at is not None
    return Release(
        key=row.id,
        id=DatasetId.parse(row.dataset_id),
        version=Version.parse(row.version),
        spec=DatasetSpec.model_validate(row.spec),
        facts=Facts.from_dict(row.facts),
        changes=row.changes,
        state=State(row.state),
        manifest_sha256=row.manifest_sha256,
        sealed_at=sealed_at,
        published_at=_utc(row.published_at),
        reason=row.reason,
    )


class CatalogIndex:
    """What the catalogue database knows, in the catalogue's words.

    Args:
        database: an open database.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    # ---- reading

    def published_ids(self) -> tuple[DatasetId, ...]:
        """Every dataset that is published now, sorted."""
        statement = (
            select(datasets.c.id).where(datasets.c.published.is_not(None)).order_by(datasets.c.id)
        )
        with self.database.read() as connection:
            return tuple(DatasetId.parse(row.id) for row in connection.execute(statement))

    def published(self, id: DatasetId) -> Release | None:
        """The release that the public sees."""
        statement = select(releases).join(
            datasets, and_(datasets.c.published == releases.c.id, datasets.c.id == str(id))
        )
        with self.database.read() as connection:
            row = connection.execute(statement).first()
            return _release(row) if row else None

    def all_published(self) -> Iterator[Release]:
        """Every release that the public sees, by dataset id."""
        statement = (
            select(releases)
            .join(datasets, datasets.c.published == releases.c.id)
            .order_by(datasets.c.id)
        )
        with self.database.read() as connection:
            for row in connection.execute(statement):
                yield _release(row)

    def release(self, id: DatasetId, label: str) -> Release | None:
        """A release by version, edition or ``latest`` (the published one)."""
        if label == "latest":
            return self.published(id)
        column = releases.c.edition if is_edition(label) else releases.c.version
        statement = (
            select(releases)
            .where(releases.c.dataset_id == str(id), column == label)
            .order_by(releases.c.id.desc())
        )
        with self.database.read() as connection:
            row = connection.execute(statement).first()
            return _release(row) if row else None

    def releases(self, id: DatasetId) -> tuple[Release, ...]:
        """All releases of a dataset, newest first."""
        statement = (
            select(releases).where(releases.c.dataset_id == str(id)).order_by(releases.c.id.desc())
        )
        with self.database.read() as connection:
            return tuple(_release(row) for row in connection.execute(statement))

    def by_uuid(self, uuid: str) -> DatasetId | None:
        """The dataset that has a CKAN id."""
        with self.database.read() as connection:
            found = scalar(connection, select(datasets.c.id).where(datasets.c.uuid == uuid))
            return DatasetId.parse(found) if found else None

    def publications(self, id: DatasetId, most: int) -> tuple[Release, ...]:
        """The release that the public sees and those before it, newest first; withdrawn ones not.

        Args:
            id: the dataset.
            most: how many at most.
        """
        statement = (
            select(releases)
            .where(
                releases.c.dataset_id == str(id),
                releases.c.state.in_([State.PUBLISHED, State.SUPERSEDED]),
            )
            .order_by(releases.c.id.desc())
            .limit(most)
        )
        with self.database.read() as connection:
            return tuple(map(_release, connection.execute(statement)))

    def newest(self, id: DatasetId) -> Release | None:
        """The release sealed last, whatever its state."""
        statement = (
            select(releases)
            .where(releases.c.dataset_id == str(id))
            .order_by(releases.c.id.desc())
            .limit(1)
        )
        with self.database.read() as connection:
            row = connection.execute(statement).first()
            return _release(row) if row else None

    def versions(self, id: DatasetId) -> frozenset[Version]:
        """Versions of all releases of a dataset."""
        statement = select(releases.c.version).where(releases.c.dataset_id == str(id))
        with self.database.read() as connection:
            return frozenset(map(Version.parse, connection.execute(statement).scalars()))

    def run_keys(self) -> Mapping[str, tuple[str, State]]:
        """Dataset id to run key and state of its newest release: what a refresh compares."""
        statement = select(releases.c.dataset_id, releases.c.run_key, releases.c.state).order_by(
            releases.c.id
        )
        with self.database.read() as connection:
            return {
                row.dataset_id: (row.run_key, State(row.state))
                for row in connection.execute(statement)
            }

    # ---- writing

    def seal(
        self,
        spec: DatasetSpec,
        version: Version,
        facts: Facts,
        changes: Mapping[str, Any],
        manifest_sha256: str,
        actor: Actor,
        at: datetime,
    ) -> Release:
        """Record a sealed release as submitted, with the submitter's signature."""
        id = str(spec.id)
        with self.database.write() as connection:
            if scalar(connection, select(datasets.c.id).where(datasets.c.id == id)) is None:
                connection.execute(
                    insert(datasets).values(
                        id=id, office=spec.id.office, uuid=stable_uuid(id), created_at=at
                    )
                )
            statement = (
                insert(releases)
                .values(
                    dataset_id=id, version=str(version), run_key=facts.run_key,
                    edition=facts.edition, state=State.DRAFT, sealed_at=at,
                    manifest_sha256=manifest_sha256,
                    spec=spec.model_dump(mode="json", by_alias=True),
                    facts=facts.as_dict(), changes=dict(changes),
                )
                .returning(releases)
            )  # fmt: skip
            draft = _release(connection.execute(statement).one())
            return self._move(connection, draft, Action.SUBMIT, actor, at, None)

    def sign(
        self, release: Release, action: Action, actor: Actor, at: datetime,
        reason: str | None = None,
    ) -> Release:  # fmt: skip
        """Submit again, review, approve or reject a release.

        Raises:
            DeclarationError: the actor may not, or the release does not stand there.
        """
        with self.database.write() as connection:
            now = self._again(connection, release)
            return self._move(connection, now, action, actor, at, reason)

    def order(
        self, release: Release, actor: Actor, at: datetime, reason: str | None = None
    ) -> ledger.Entry:
        """Write a standing order; see ``approval.order``."""
        with self.database.write() as connection:
            return approval.order(connection, release, actor, at, reason)

    def approve_by_order(self, release: Release, at: datetime) -> Release:
        """Approve by a standing order that covers the release, if there is one.

        For an office that takes no part the demonstration orders, in the same transaction.
        """
        with self.database.write() as connection:
            now = self._again(connection, release)
            if State.APPROVED not in now.state.after:
                return now
            entry = approval.covering_order(connection, now)
            demonstrator = approval.demonstrator(now)
            if entry is None and demonstrator and now.spec.approval == "standing":
                entry = approval.order(connection, now, demonstrator, at)
            if entry is None:
                return now
            ledger.append(
                connection, at=at, actor=entry.actor, action=Action.APPROVE, thing=now.thing,
                detail={"manifest": now.manifest_sha256, "order": entry.seq},
            )  # fmt: skip
            return self._settle(connection, now, State.APPROVED)

    def publish(self, release: Release, actor: Actor, at: datetime) -> Release:
        """Move the dataset's pointer to an approved release: the one switch.

        Raises:
            Rejected: the release is not approved.
        """
        with self.database.write() as connection:
            now = self._again(connection, release)
            if State.PUBLISHED not in now.state.after:
                params = {"version": str(now.version), "state": str(now.state)}
                raise Rejected(Problem("not-approved", dataset=str(now.id), params=params))
            connection.execute(
                update(releases)
                .where(releases.c.dataset_id == str(now.id), releases.c.state == State.PUBLISHED)
                .values(state=State.SUPERSEDED)
            )
            connection.execute(
                update(datasets)
                .where(datasets.c.id == str(now.id))
                .values(published=now.key, withdrawn=None)
            )
            connection.execute(delete(search).where(search.c.dataset_id == str(now.id)))
            connection.execute(insert(search).values(**searchable(now)))
            ledger.append(
                connection, at=at, actor=actor.name, action=Action.PUBLISH, thing=now.thing,
                detail={"manifest": now.manifest_sha256},
            )  # fmt: skip
            return self._settle(connection, now, State.PUBLISHED, published_at=at)

    def _move(
        self, connection: Connection, release: Release, action: Action, actor: Actor,
        at: datetime, reason: str | None,
    ) -> Release:  # fmt: skip
        state = approval.sign(connection, release, action, actor, at, reason)
        return self._settle(connection, release, state, reason=reason)

    def _again(self, connection: Connection, release: Release) -> Release:
        """The release as it stands inside the transaction."""
        return _release(
            connection.execute(select(releases).where(releases.c.id == release.key)).one()
        )

    def _settle(
        self, connection: Connection, release: Release, state: State, **values: Any
    ) -> Release:
        statement = (
            update(releases)
            .where(releases.c.id == release.key)
            .values(state=state, **values)
            .returning(releases)
        )
        return _release(connection.execute(statement).one())

    # ---- evidence

    def pulls(self, id: DatasetId) -> Mapping[str, Pulled]:
        """What was pulled last, by table: for conditional requests."""
        statement = select(pulls).where(pulls.c.dataset_id == str(id))
        with self.database.read() as connection:
            return {
                row.name: Pulled(
                    path=Path(row.path), sha256=row.sha256, size=row.size, address=row.address,
                    retrieved_at=_utc(row.retrieved_at) or row.retrieved_at, etag=row.etag,
                    last_modified=row.last_modified,
                )
                for row in connection.execute(statement)
            }  # fmt: skip

    def keep_pulls(self, id: DatasetId, found: Mapping[str, Pulled]) -> None:
        """Remember what was pulled: hash, size, address and time of each table's source."""
        with self.database.write() as connection:
            connection.execute(delete(pulls).where(pulls.c.dataset_id == str(id)))
            for name, pulled in found.items():
                values = asdict(pulled) | {"path": str(pulled.path)}
                connection.execute(insert(pulls).values(dataset_id=str(id), name=name, **values))

    # ---- runs

    @contextmanager
    def run(self, id: DatasetId, at: datetime) -> Iterator[dict[str, Any]]:
        """Record a run; what the caller puts into the dict is written at its end.

        A run that was killed keeps its start and has no end: pages say so.
        """
        key = str(uuid.uuid4())
        with self.database.write() as connection:
            connection.execute(insert(runs).values(id=key, dataset_id=str(id), started_at=at))
        record: dict[str, Any] = {}
        try:
            yield record
        finally:
            with self.database.write() as connection:
                connection.execute(update(runs).where(runs.c.id == key).values(**record))

    def keep_runs(self, ended: Iterable[tuple[DatasetId, datetime, datetime]]) -> None:
        """Record runs that went well and wrote nothing, all in one transaction.

        Args:
            ended: of each the dataset, the start and the end.
        """
        rows = [
            {"id": str(uuid.uuid4()), "dataset_id": str(id), "started_at": start, "ended_at": end,
             "outcome": "done"}
            for id, start, end in ended
        ]  # fmt: skip
        if rows:
            with self.database.write() as connection:
                connection.execute(insert(runs), rows)

    def last_runs(self) -> Mapping[str, Any]:
        """Dataset id to its newest run's row."""
        statement = select(runs).order_by(runs.c.started_at)
        with self.database.read() as connection:
            return {row.dataset_id: row for row in connection.execute(statement)}
