"""What verbs answer, in words for people; ``--json`` has the same as data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from flows.terminal import language, say, tell_problems

if TYPE_CHECKING:
    from catalog.release import Release
    from catalog.spec import DatasetSpec
    from flows.refresh import Receipt
    from flows.rehearse import Rehearsal


def dataset(declared: DatasetSpec, releases: Sequence[Release]) -> None:
    """A dataset with its tables and its releases, newest first."""
    lang = language()
    click.echo(click.style(declared.title.words(lang), bold=True))
    click.echo(f"{declared.id} · {declared.office.name.words(lang)}")
    approval = say(f"approval.{declared.approval}")
    click.echo(f"{declared.term('licence').words(lang)} · {approval}")
    click.echo(declared.description.words(lang))
    for name, table in declared.tables.items():
        click.echo(f"  {name}: {table.source.kind} → {table.table_schema}")
    for release in releases:
        reason = f" ({release.reason})" if release.reason else ""
        click.echo(f"  {release.version}  {say(f'state.{release.state}')}{reason}")
    if not releases:
        click.echo(f"  {say('say.not_published')}")


def standing(row: Mapping[str, Any]) -> None:
    """Where one dataset stands, and what went wrong in its last run."""
    state = row["state"]
    said = say(f"state.{state}") if state else say("say.not_published")
    older = row["published"] and state != "published"
    click.echo(f"{row['id']:48} {said}{' · ' + say('say.older_public') if older else ''}")
    if row["running"]:
        click.echo(f"  ! {say('say.run_open')}")
    for problem in row["problems"][:3]:
        words = problem["words"][language()]
        click.echo(f"  ✗ {words['title']}")
        click.echo(f"    → {words['next']}")


def ledger(entries: int, broken: int | None) -> None:
    """Whether the chain of the ledger holds."""
    held = say("say.ledger", count=entries)
    click.echo(held if broken is None else say("say.ledger_broken", seq=broken))


def rehearsal(found: Rehearsal) -> None:
    """What a run would come to."""
    repairs(found.repairs)
    tell_problems(found.problems)
    for table, change in found.changes.items():
        said = say("say.changes", **{k: change[k] for k in ("added", "removed", "changed")})
        click.echo(f"{found.id} › {table}: {change['rows']:,} {say('say.rows')} · {said}")
        warnings(change)
    for path in found.reports:
        click.echo(f"{say('say.written')}  {path}")
    if found.exit_code == 0:
        key = "say.UNCHANGED" if found.unchanged else "say.would"
        click.echo(f"{found.id}  {say('say.clean')} · {say(key)}")


def repairs(changes: Iterable[Mapping[str, Any]]) -> None:
    """What was repaired, each with an example."""
    for change in changes:
        example = change["examples"][0] if change["examples"] else {}
        shown = [f"“{example[key]}”" for key in ("before", "after") if example.get(key)]
        said = change["words"][language()]
        click.echo(f"~ {change['table']}: {said}  {' → '.join(shown)}".rstrip())


def receipt(found: Receipt) -> None:
    """One line per dataset, and what went wrong under it."""
    outcome = found.outcome
    if outcome is None:
        click.echo(f"{found.id!s:48} {click.style(say('say.FAILED'), fg='red')}")
        tell_problems(found.problems)
        return
    rows = f"{sum(outcome.rows.values()):,} {say('say.rows')}"
    click.echo(f"{found.id!s:48} {outcome.version:14} {say(f'say.{outcome.kind}')}  {rows}")
    if outcome.reason:
        click.echo(f"  {outcome.reason}")
    for change in outcome.changes.values() if outcome.built else ():
        warnings(change)


def warnings(change: Mapping[str, Any]) -> None:
    """What is out of the ordinary in a table, each with what to do."""
    for warning in change.get("warnings", ()):
        words = warning["words"][language()]
        where = " › ".join(warning[key] for key in ("table", "field") if warning.get(key))
        click.echo(f"  ! {where}: {words['title']}")
        click.echo(f"    → {words['next']}")


def conversion(written: Mapping[str, Any]) -> None:
    """Files that were written, and formats that were left out with the reason."""
    for item in written["files"]:
        click.echo(f"{say('say.written')}  {item['path']}  {item['size']:,} B")
        for note in item["notes"]:
            click.echo(f"  ! {note['words'][language()]['title']}")
    for item in written["omissions"]:
        said = item["reason"]["words"][language()]["title"]
        click.echo(f"{say('say.left_out')}  {item['format']}: {said}")
