"""The ``samdao`` command: verbs as the API of the pipeline.

Exit codes: 0 done, 1 data rejected, 2 usage or declaration wrong, 3 the world outside failed.
Nothing heavy is imported before a verb needs it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from catalog.problem import Problem, SamdaoError
from flows.terminal import LANG, answer, help_of, progress, say, tell_problems

if TYPE_CHECKING:
    from catalog.names import DatasetId
    from catalog.rights import Actor
    from flows.refresh import Receipt
    from flows.world import World

_JSON = click.option("--json", "as_json", is_flag=True, help=help_of("opt.json"))
_AS = click.option("--as", "name", help=help_of("opt.as"))


class Verbs(click.Group):
    """The group of verbs: turns our errors into words and exit codes, and keeps their order."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Verbs in the order of a dataset's way."""
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a verb; an error of ours becomes what to do about it, never a traceback."""
        try:
            return super().invoke(ctx)
        except SamdaoError as error:
            if "--json" in sys.argv:
                answer({"problems": [problem.as_dict() for problem in error.problems]})
            else:
                tell_problems(error.problems)
            ctx.exit(error.exit_code)
        except OSError as error:
            params = {"reason": error.strerror or str(error)}
            where = str(error.filename) if error.filename else None
            tell_problems([Problem("disk-error", value=where, params=params)])
            ctx.exit(3)


@click.group(cls=Verbs, help=help_of("samdao"), context_settings={"max_content_width": 100})
@click.version_option(package_name="samdao", message="%(version)s")
def main() -> None:
    """Everything begins here."""


def verb(name: str) -> Callable[[Callable[..., Any]], click.Command]:
    """A verb of the command, with its help in the locale's language."""
    return main.command(name, help=help_of(name), short_help=help_of(name))


@verb("list")
@_JSON
def list_(as_json: bool) -> None:
    """List declared datasets."""
    world = _world()
    ids = world.declarations.ids()
    if as_json:
        answer([_summary(world, id) for id in ids])
        return
    for id in ids:
        click.echo(f"{id!s:48} {_summary(world, id).get('title', '—')}")
    if not ids:
        click.echo(say("say.none"))


@verb("show")
@click.argument("id")
@_JSON
def show(id: str, as_json: bool) -> None:
    """Show a dataset."""
    world = _world()
    found = world.declarations.find(id)
    dataset = world.declarations.dataset(found)
    releases = world.index.releases(found)
    if as_json:
        body: dict[str, Any] = {"spec": dataset.model_dump(mode="json", by_alias=True, exclude={"office": {"id"}})}
        body["releases"] = [
            {"version": str(r.version), "edition": r.facts.edition, "state": str(r.state),
             "sealed_at": r.sealed_at, "published_at": r.published_at, "reason": r.reason}
            for r in releases
        ]  # fmt: skip
        answer(body)
        return
    click.echo(click.style(dataset.title.words(LANG), bold=True))
    click.echo(f"{found} · {dataset.office.name.words(LANG)}")
    click.echo(f"{dataset.term('licence').words(LANG)} · {dataset.approval}")
    click.echo(dataset.description.words(LANG))
    for name, table in dataset.tables.items():
        click.echo(f"  {name}: {table.source.kind} → {table.table_schema}")
    for release in releases:
        reason = f" ({release.reason})" if release.reason else ""
        click.echo(f"  {release.version}  {release.state}{reason}")
    if not releases:
        click.echo(f"  {say('say.not_published')}")


@verb("status")
@_JSON
def status(as_json: bool) -> None:
    """Show where each dataset stands."""
    from catalog import ledger

    world = _world()
    standing, runs = world.index.run_keys(), world.index.last_runs()
    with world.index.database.read() as connection:
        broken, entries = ledger.broken_at(connection), ledger.length(connection)
    rows: list[dict[str, Any]] = []
    for id in world.declarations.ids():
        run = runs.get(str(id))
        state = standing[str(id)][1] if str(id) in standing else None
        problems = (run.report or {}).get("problems", []) if run else []
        rows.append({"id": str(id), "state": state and str(state), "problems": problems,
                     "last_run": run and run.ended_at, "outcome": run and run.outcome})  # fmt: skip
    if as_json:
        answer({"datasets": rows, "ledger": {"entries": entries, "broken_at": broken}})
        return
    for row in rows:
        click.echo(f"{row['id']:48} {row['state'] or say('say.not_published')}")
        for problem in row["problems"][:3]:
            click.echo(f"  ✗ {problem['words'][LANG]['title']}")
    held = say("say.ledger", count=entries)
    click.echo(held if broken is None else say("say.ledger_broken", seq=broken))


@verb("check")
@click.argument("ids", metavar="ID…", nargs=-1, required=True)
@_JSON
def check(ids: tuple[str, ...], as_json: bool) -> None:
    """Pull, repair and check; write nothing."""
    _rehearse(ids, as_json)


@verb("publish")
@click.argument("ids", metavar="ID…", nargs=-1)
@click.option("--all", "everything", is_flag=True, help=help_of("opt.all"))
@click.option("--due", is_flag=True, help=help_of("opt.due"))
@click.option("--dry-run", is_flag=True, help=help_of("opt.dry"))
@click.option("--jobs", type=click.IntRange(1), help=help_of("opt.jobs"))
@_AS
@_JSON
def publish(
    ids: tuple[str, ...], everything: bool, due: bool, dry_run: bool, jobs: int | None,
    name: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Take datasets the whole way."""
    from flows.refresh import due as due_among
    from flows.refresh import refresh

    world = _world(_actor(name))
    if not ids and not everything and not due:
        raise click.UsageError(say("say.which"))
    wanted = tuple(world.declarations.find(id) for id in ids) if ids else world.declarations.ids()
    if due:
        wanted = due_among(wanted, world)
    if dry_run:
        _rehearse(tuple(str(id) for id in wanted), as_json)
        return
    with progress(len(wanted)) as advance:

        def tell(receipt: Receipt) -> None:
            advance(str(receipt.id))
            if not as_json:
                _tell_receipt(receipt)

        receipts = refresh(wanted, world, jobs, tell)
    if as_json:
        answer([receipt.as_dict() for receipt in receipts])
    elif not receipts:
        click.echo(say("say.nothing_due" if due else "say.none"))
    sys.exit(max((receipt.exit_code for receipt in receipts), default=0))


@verb("submit")
@click.argument("id")
@_AS
@_JSON
def submit(id: str, name: str | None, as_json: bool) -> None:
    """Build a release and submit it."""
    from flows.publish import publish as publish_one
    from flows.signing import submit_again

    world = _world(_actor(name))
    found = world.declarations.find(id)
    submit_again(found, world)
    outcome = publish_one(found, world, _up_to_seal)
    if as_json:
        answer(outcome.as_dict())
    else:
        click.echo(f"{outcome.id}  {outcome.version}  {say('say.' + outcome.kind)}")


def _up_to_seal(step: Callable[..., Any], *given: Any) -> Any:
    """A runner that leaves approval and publication to people."""
    from flows import way

    if step is way.approve:
        return given[0]
    if step is way.make_public:
        return way.where_it_stands(*given)
    return step(*given)


@verb("review")
@click.argument("id")
@_AS
@_JSON
def review(id: str, name: str | None, as_json: bool) -> None:
    """Sign as reviewer."""
    _sign("review", id, name, None, as_json)


@verb("approve")
@click.argument("id")
@click.option("--standing", is_flag=True, help=help_of("opt.standing"))
@click.option("--reason", help=help_of("opt.reason"))
@_AS
@_JSON
def approve(id: str, standing: bool, reason: str | None, name: str | None, as_json: bool) -> None:
    """Sign as approver, or give a standing order."""
    _sign("order" if standing else "approve", id, name, reason, as_json)


@verb("reject")
@click.argument("id")
@click.option("--reason", required=True, help=help_of("opt.reason"))
@_AS
@_JSON
def reject(id: str, reason: str, name: str | None, as_json: bool) -> None:
    """Return a release."""
    _sign("reject", id, name, reason, as_json)


def _sign(action: str, id: str, name: str | None, reason: str | None, as_json: bool) -> None:
    from flows.signing import sign

    world = _world(_actor(name))
    found = world.declarations.find(id)
    release = sign(found, action, world, reason)
    if as_json:
        answer({"id": str(found), "version": str(release.version), "state": str(release.state)})
        return
    done = say("say.ordered") if action == "order" else say("say.signed")
    click.echo(f"{found}  {release.version}  {done} · {say('say.state')}: {release.state}")
    if release.state == "approved" or action == "order":
        click.echo(f"{say('say.next')}: samdao publish {found}")


@verb("validate")
@click.argument("file", type=click.Path())
@click.option("--schema", required=True, help=help_of("opt.schema"))
@click.option("--kind", help=help_of("opt.kind"))
@click.option("--set", "options", multiple=True, metavar="NAME=VALUE", help=help_of("opt.set"))
@click.option("--repairs/--no-repairs", default=True, help=help_of("opt.repairs"))
@_JSON
def validate(
    file: str, schema: str, kind: str | None, options: tuple[str, ...], repairs: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Check a loose file."""
    from flows.loose import validate as validate_file

    found = validate_file(_world(), file, schema, kind, options, repairs)
    if as_json:
        answer(found.as_dict())
    else:
        _tell_repairs(found.repairs)
        tell_problems(found.problems)
        if found.ok:
            click.echo(f"{file}: {say('say.clean')} ({found.rows} {say('say.rows')})")
    sys.exit(0 if found.ok else 1)


@verb("convert")
@click.argument("file", type=click.Path())
@click.option("--schema", required=True, help=help_of("opt.schema"))
@click.option("--to", help=help_of("opt.to"))
@click.option("--out", required=True, type=click.Path(file_okay=False), help=help_of("opt.out"))
@click.option("--kind", help=help_of("opt.kind"))
@click.option("--set", "options", multiple=True, metavar="NAME=VALUE", help=help_of("opt.set"))
@click.option("--repairs/--no-repairs", default=True, help=help_of("opt.repairs"))
@_JSON
def convert(
    file: str, schema: str, to: str | None, out: str, kind: str | None,
    options: tuple[str, ...], repairs: bool, as_json: bool,
) -> None:  # fmt: skip
    """Convert a loose file."""
    from flows.loose import convert as convert_file

    written = convert_file(_world(), file, schema, to, out, kind, options, repairs)
    if as_json:
        answer(written)
        return
    for item in written["files"]:
        click.echo(f"{say('say.written')}  {item['path']}  {item['size']:,} B")
    for item in written["omissions"]:
        said = item["reason"]["words"][LANG]["title"]
        click.echo(f"{say('say.left_out')}  {item['format']}: {said}")


@verb("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help=help_of("opt.host"))
@click.option("--port", default=8000, show_default=True, help=help_of("opt.port"))
def serve(host: str, port: int) -> None:
    """Serve the catalogue and work for its pages."""
    from flows.serve import supervise

    supervise(_world(), host, port, lambda url: click.echo(say("say.serving", url=url), err=False))


@verb("worker")
def worker() -> None:
    """Work through the queue."""
    from flows.worker import work

    work(_world())


def _world(actor: Actor | None = None) -> World:
    from flows.world import open_world

    return open_world(actor) if actor else open_world()


def _actor(name: str | None) -> Actor:
    """Who works at this terminal."""
    import getpass

    from catalog.rights import Actor, Role

    return Actor(name or os.environ.get("SAMDAO_ACTOR") or getpass.getuser(),
                 frozenset({Role.OPERATOR}))  # fmt: skip


def _summary(world: World, id: DatasetId) -> dict[str, Any]:
    """A dataset in a line; a wrong declaration says so instead of stopping the list."""
    try:
        dataset = world.declarations.dataset(id)
    except SamdaoError as error:
        return {"id": str(id), "problems": [problem.as_dict() for problem in error.problems],
                "title": "✗ " + error.problems[0].words(LANG)}  # fmt: skip
    return {"id": str(id), "title": dataset.title.words(LANG), "licence": dataset.licence,
            "tables": list(dataset.tables)}  # fmt: skip


def _rehearse(ids: tuple[str, ...], as_json: bool) -> None:
    """Go as far as comparing, write nothing, and tell."""
    from flows.rehearse import rehearse

    world = _world()
    found = [rehearse(world.declarations.find(id), world) for id in ids]
    if as_json:
        answer([item.as_dict() for item in found])
    else:
        for item in found:
            _tell_repairs(item.repairs)
            tell_problems(item.problems)
            for table, change in item.changes.items():
                said = say("say.changes", **{k: change[k] for k in ("added", "removed", "changed")})
                click.echo(f"{item.id} › {table}: {change['rows']} {say('say.rows')} · {said}")
            if item.exit_code == 0:
                key = "say.UNCHANGED" if item.unchanged else "say.would"
                click.echo(f"{item.id}  {say('say.clean')} · {say(key)}")
    sys.exit(max((item.exit_code for item in found), default=0))


def _tell_repairs(repairs: Any) -> None:
    for change in repairs:
        example = change["examples"][0] if change["examples"] else None
        shown = f"  {example['before']!r} → {example['after']!r}" if example else ""
        where = " › ".join(filter(None, (change["table"], change["column"])))
        click.echo(f"{say('say.repaired')} {where} · {change['repair']} × {change['count']}{shown}")


def _tell_receipt(receipt: Receipt) -> None:
    """One line per dataset, and what went wrong under it."""
    outcome = receipt.outcome
    if outcome is None:
        click.echo(f"{receipt.id!s:48} {click.style(say('say.FAILED'), fg='red')}")
        tell_problems(receipt.problems)
        return
    rows = f"{sum(outcome.rows.values()):,} {say('say.rows')}"
    said = say(f"say.{outcome.kind}")
    click.echo(f"{receipt.id!s:48} {outcome.version:14} {said}  {rows}")
    if outcome.reason:
        click.echo(f"  {outcome.reason}")


if __name__ == "__main__":
    main()
