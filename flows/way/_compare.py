"""The step «compare»: what changed since the published release, and whether that can be right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from catalog.problem import raise_if_errors
from catalog.profile import Profile, profile
from catalog.release import Release
from catalog.table import Table
from flows import compare as comparing
from flows.drift import drift
from flows.way._work import Work
from flows.world import World

#: Releases that drift is learnt from: the last dozen, so that slow growth is no alarm.
_LEARNT = 12


def compare(work: Work, tables: Mapping[str, Table], world: World) -> Mapping[str, Any]:
    """What changed since the published release, by table, and what is out of the ordinary.

    Returns:
        Per table the counts of ``flows.compare.Changes``, its ``profile`` (which later releases
        are held against) and ``warnings``. It stands in the catalogue's database, not in sealed
        files: a release's bytes may not depend on what was there before it.

    Raises:
        Rejected: outside of what is declared under ``expect``, or an era that flipped.
    """
    past = world.index.publications(work.dataset.id, _LEARNT)
    return {name: _compared(work, name, table, past, world) for name, table in tables.items()}


def _compared(
    work: Work, name: str, table: Table, past: Sequence[Release], world: World
) -> Mapping[str, Any]:
    expect = work.dataset.tables[name].expect
    changes = comparing.compare(_before(work, name, past, world), table)
    history = [found for release in past if (found := _profile(release, name))]
    now = profile(table)
    problems = [*drift(history, now, table, expect, changes)]
    beyond = comparing.beyond(changes, expect)
    told = raise_if_errors(
        problem.at(dataset=str(work.dataset.id), table=name)
        for problem in (*problems, *([beyond] if beyond else []))
    )
    warnings = [problem.as_dict() for problem in told]
    return {**changes.as_dict(), "profile": now.as_dict(), "warnings": warnings}


def _before(work: Work, name: str, past: Sequence[Release], world: World) -> Table | None:
    """The table as it is published now."""
    last = past[0] if past else None
    if last is None or all(facts.name != name for facts in last.facts.tables):
        return None
    return Table(world.store.fetch(last.id, last.version, f"{name}.parquet", work.desk), name)


def _profile(release: Release, name: str) -> Profile | None:
    """The profile that was taken of a table; releases of before there were any have none."""
    body = release.changes.get(name, {}).get("profile")
    return Profile.from_dict(body) if body else None
