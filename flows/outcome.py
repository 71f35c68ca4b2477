"""What came of a run: the receipt that people, schedules and pages are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from catalog.names import DatasetId
from catalog.release import Release


class Kind(StrEnum):
    """How a run ended well; runs that end badly raise."""

    PUBLISHED = "PUBLISHED"
    UNCHANGED = "UNCHANGED"
    SUBMITTED = "SUBMITTED"
    RETURNED = "RETURNED"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run that ended well.

    Attributes:
        id, version: which release.
        kind: published now; unchanged, as it stands; submitted, waiting for a signature;
            returned by a reviewer or approver and unchanged since.
        rows: rows of each table.
        changes: what changed since the release before, by table.
        built: whether this run made the release.
        reason: why it was returned.
    """

    id: DatasetId
    kind: Kind
    version: str
    rows: Mapping[str, int] = field(default_factory=dict)
    changes: Mapping[str, Any] = field(default_factory=dict)
    built: bool = True
    reason: str | None = None

    @classmethod
    def of(cls, kind: Kind, release: Release, built: bool = True) -> Outcome:
        """The outcome of a run that ended with ``release``."""
        rows = {table.name: table.rows for table in release.facts.tables}
        return cls(
            release.id, kind, str(release.version), rows, release.changes, built, release.reason
        )

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self) | {"id": str(self.id), "kind": str(self.kind)}
