"""The ``samdao`` command: verbs as the API of the pipeline.

Exit codes: 0 done, 1 data rejected, 2 usage or declaration wrong, 3 the world outside failed.
Nothing heavy is imported before a verb needs it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from catalog.problem import DeclarationError, Problem, SamdaoError
from flows import telling, verbs, verbs_doctor
from flows.terminal import answer, help_of, language, long_help_of, progress, say, tell_problems

if TYPE_CHECKING:
    from catalog.names import DatasetId
    from catalog.rights import Actor
    from flows.refresh import Receipt
    from flows.world import World

_JSON = click.option("--json", "as_json", is_flag=True, help=help_of("opt.json"))
_AS = click.option("--as", "name", metavar="NAME", help=help_of("opt.as"))
_ID = click.argument("id", metavar="ID")
_FILE = click.argument("file", metavar="FILE")
_SCHEMA = click.option("--schema", required=True, metavar="NAME", help=help_of("opt.schema"))
_KIND = click.option("--kind", metavar="KIND", help=help_of("opt.kind"))
_REPORT = click.option(
    "--report", "reports", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
    help=help_of("opt.report"),
)  # fmt: skip
_SET = click.option(
    "--set", "options", multiple=True, metavar="NAME=VALUE", help=help_of("opt.set")
)
_REPAIRS = click.option("--repairs/--no-repairs", default=True, help=help_of("opt.repairs"))


@click.group(
    "samdao",
    cls=verbs.Verbs,
    help=long_help_of("samdao"),
    context_settings={"max_content_width": 100},
)
@click.version_option(package_name="samdao", message="%(version)s")
def main() -> None:
    """Everything begins here."""


def verb(name: str) -> Callable[[Callable[..., Any]], click.Command]:
    """A verb of the command."""
    return verbs.verb(main, name)


@verb("list")
@_JSON
def list_(as_json: bool) -> None:
    """List declared datasets."""
    world = _world()
    found = [_summary(world, id) for id in world.declarations.ids()]
    if as_json:
        answer(found)
        return
    for item in found:
        click.echo(f"{item['id']:48} {item['title']}")
    if not found:
        click.echo(say("say.none"))


@verb("show")
@_ID
@_JSON
def show(id: str, as_json: bool) -> None:
    """Show a dataset."""
    world = _world()
    found = world.declarations.find(id)
    dataset = world.declarations.dataset(found)
    releases = world.index.releases(found)
    if not as_json:
        telling.dataset(dataset, releases)
        return
    told = [
        {"version": str(r.version), "edition": r.facts.edition, "state": str(r.state),
         "sealed_at": r.sealed_at, "published_at": r.published_at, "reason": r.reason}
        for r in releases
    ]  # fmt: skip
    spec = dataset.model_dump(mode="json", by_alias=True, exclude={"office": {"id"}})
    answer({"spec": spec, "releases": told})


@verb("status")
@_JSON
def status(as_json: bool) -> None:
    """Show where each dataset stands."""
    from catalog import ledger

    world = _world()
    with world.index.database.read() as connection:
        broken, entries = ledger.broken_at(connection), ledger.length(connection)
    rows = _standing(world)
    if as_json:
        answer({"datasets": rows, "ledger": {"entries": entries, "broken_at": broken}})
        return
    for row in rows:
        telling.standing(row)
    telling.ledger(entries, broken)


def _standing(world: World) -> list[dict[str, Any]]:
    """Where each dataset stands: its newest release, its last run, what went wrong."""
    newest, runs = world.index.run_keys(), world.index.last_runs()
    public = frozenset(world.index.published_ids())
    rows = []
    for id in world.declarations.ids():
        run = runs.get(str(id))
        state = str(newest[str(id)][1]) if str(id) in newest else None
        problems = (run.report or {}).get("problems", []) if run else []
        rows.append({
            "id": str(id), "state": state, "published": id in public, "problems": problems,
            "last_run": run and run.ended_at, "running": bool(run and run.ended_at is None),
            "outcome": run and run.outcome,
        })  # fmt: skip
    return rows


verb("doctor")(verbs_doctor.doctor)
verb("new")(verbs_doctor.new)


@verb("check")
@click.argument("ids", metavar="ID…", nargs=-1, required=True)
@_REPORT
@_JSON
def check(ids: tuple[str, ...], reports: Path | None, as_json: bool) -> None:
    """Pull, repair and check; write nothing but reports."""
    _rehearse(ids, as_json, reports)


@verb("publish")
@click.argument("ids", metavar="ID…", nargs=-1)
@click.option("--all", "everything", is_flag=True, help=help_of("opt.all"))
@click.option("--due", is_flag=True, help=help_of("opt.due"))
@click.option("--dry-run", is_flag=True, help=help_of("opt.dry"))
@click.option("--jobs", type=click.IntRange(1), metavar="N", help=help_of("opt.jobs"))
@_AS
@_JSON
def publish(
    ids: tuple[str, ...], everything: bool, due: bool, dry_run: bool, jobs: int | None,
    name: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Take datasets the whole way."""
    if not ids and not everything and not due:
        raise DeclarationError(Problem("usage-which", place="samdao publish"))
    from flows.order import with_references
    from flows.refresh import due as due_among
    from flows.refresh import refresh

    world = _signing_world(name)
    wanted = tuple(world.declarations.find(id) for id in ids) if ids else world.declarations.ids()
    wanted = due_among(wanted, world) if due else wanted
    if dry_run:
        _rehearse(tuple(str(id) for id in wanted), as_json)
        return
    with progress(len(wanted)) as advance:

        def tell(receipt: Receipt) -> None:
            advance(str(receipt.id))
            if not as_json:
                telling.receipt(receipt)

        receipts = refresh(with_references(wanted, world), world, jobs, tell)
    if as_json:
        answer([receipt.as_dict() for receipt in receipts])
    elif not receipts:
        click.echo(say("say.nothing_due" if due else "say.none"))
    sys.exit(max((receipt.exit_code for receipt in receipts), default=0))


@verb("submit")
@_ID
@_AS
@_JSON
def submit(id: str, name: str | None, as_json: bool) -> None:
    """Build a release and submit it."""
    from flows.outcome import Kind, Outcome
    from flows.publish import publish as publish_one
    from flows.signing import submit_again

    world = _signing_world(name)
    found = world.declarations.find(id)
    outcome = publish_one(found, world, _up_to_seal)
    if outcome.kind is Kind.RETURNED:  # nothing was mended: the same release is submitted again
        again = submit_again(found, world)
        outcome = Outcome.of(Kind.SUBMITTED, again, built=False) if again else outcome
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
@_ID
@_AS
@_JSON
def review(id: str, name: str | None, as_json: bool) -> None:
    """Sign as reviewer."""
    _sign("review", id, name, None, as_json)


@verb("approve")
@_ID
@click.option("--standing", is_flag=True, help=help_of("opt.standing"))
@click.option("--reason", metavar="TEXT", help=help_of("opt.reason"))
@_AS
@_JSON
def approve(id: str, standing: bool, reason: str | None, name: str | None, as_json: bool) -> None:
    """Sign as approver, or give a standing order."""
    _sign("order" if standing else "approve", id, name, reason, as_json)


@verb("reject")
@_ID
@click.option("--reason", required=True, metavar="TEXT", help=help_of("opt.reason"))
@_AS
@_JSON
def reject(id: str, reason: str, name: str | None, as_json: bool) -> None:
    """Return a release."""
    _sign("reject", id, name, reason, as_json)


def _sign(action: str, id: str, name: str | None, reason: str | None, as_json: bool) -> None:
    from flows.signing import sign

    world = _signing_world(name)
    found = world.declarations.find(id)
    release = sign(found, action, world, reason)
    if as_json:
        answer({"id": str(found), "version": str(release.version), "state": str(release.state)})
        return
    done = say("say.ordered") if action == "order" else say("say.signed")
    click.echo(f"{found}  {release.version}  {done} · {say(f'state.{release.state}')}")
    if release.state == "approved" or action == "order":
        click.echo(f"{say('say.next')}: samdao publish {found}")


@verb("validate")
@_FILE
@_SCHEMA
@_KIND
@_SET
@_REPAIRS
@_REPORT
@_JSON
def validate(
    file: str, schema: str, kind: str | None, options: tuple[str, ...], repairs: bool,
    reports: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Check a loose file."""
    from flows.quick import validate as at_a_look

    found = None if reports else at_a_look(file, schema, kind, options, repairs)
    if found is None:
        from flows.loose import validate as validate_file

        found = validate_file(_world(), file, schema, kind, options, repairs, reports)
    if as_json:
        answer(found.as_dict())
    else:
        telling.repairs(found.repairs)
        tell_problems(found.problems)
        if found.ok:
            click.echo(f"{file}: {say('say.clean')} ({found.rows:,} {say('say.rows')})")
    sys.exit(0 if found.ok else 1)


@verb("template")
@_ID
@click.option("--table", metavar="NAME", help=help_of("opt.table"))
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path(), metavar="FILE",
    help=help_of("opt.template"),
)  # fmt: skip
@_JSON
def template(id: str, table: str | None, out: Path, as_json: bool) -> None:
    """Make the workbook that an office fills in."""
    from flows.template import make

    world = _world()
    path = make(world.declarations.find(id), table, world, out)
    if as_json:
        answer({"path": str(path)})
    else:
        click.echo(f"{say('say.written')}  {path}")


@verb("convert")
@_FILE
@click.option("--schema", metavar="NAME", help=help_of("opt.schema_or_not"))
@click.option("--to", metavar="FORMAT,…", help=help_of("opt.to"))
@click.option("--out", required=True, metavar="DIR", help=help_of("opt.out"))
@_KIND
@_SET
@_REPAIRS
@verbs_doctor.ANSWERS
@_JSON
def convert(
    file: str, schema: str | None, to: str | None, out: str, kind: str | None,
    options: tuple[str, ...], repairs: bool, answers: tuple[str, ...], as_json: bool,
) -> None:  # fmt: skip
    """Convert a loose file."""
    if schema is None:
        from flows.inferred import convert as convert_unknown

        written = convert_unknown(_world(), file, to, out, verbs_doctor.given(answers))
    else:
        from flows.loose import convert as convert_file

        written = convert_file(_world(), file, schema, to, out, kind, options, repairs)
    if as_json:
        answer(written)
    else:
        telling.conversion(written)


@verb("csv2rdf")
@_FILE
@click.option("--metadata", metavar="FILE", help=help_of("opt.metadata"))
@click.option("--minimal", is_flag=True, help=help_of("opt.minimal"))
@click.option("--base", metavar="URL", help=help_of("opt.base"))
@click.option("--to", default="ttl", show_default=True, metavar="FORMAT", help=help_of("opt.rdf"))
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help=help_of("opt.rdf_out"))
def csv2rdf(
    file: str, metadata: str | None, minimal: bool, base: str | None, to: str, out: Path | None
) -> None:
    """Convert a CSV with CSVW metadata into RDF."""
    from flows.linked import convert

    if out is None:
        warnings = convert(file, metadata, base, to, sys.stdout.buffer, minimal=minimal)
    else:
        part = out.with_name(f".{out.name}.part")
        with part.open("wb") as target:
            warnings = convert(file, metadata, base, to, target, minimal=minimal)
        part.replace(out)
    tell_problems(warnings)


@verb("serve")
@click.option(
    "--host", default="127.0.0.1", show_default=True, metavar="HOST", help=help_of("opt.host")
)
@click.option(
    "--port", default=8000, type=click.IntRange(0, 65_535), show_default=True, metavar="PORT",
    help=help_of("opt.port"),
)  # fmt: skip
def serve(host: str, port: int) -> None:
    """Serve the catalogue and work for its pages."""
    from flows.serve import supervise

    supervise(_world(), host, port, lambda url: click.echo(say("say.serving", url=url)))


@verb("worker")
def worker() -> None:
    """Work through the queue."""
    from flows.worker import work

    work(_world())


def _world() -> World:
    """The world as the environment describes it."""
    from flows.world import open_world

    return open_world()


def _signing_world(name: str | None) -> World:
    """The same, with who works at this terminal: as said, as set, or the user of the machine."""
    from catalog.settings import load_settings
    from flows.world import open_world

    settings = load_settings()
    return open_world(_actor(name or settings.actor), settings)


def _actor(name: str | None) -> Actor:
    import getpass

    from catalog.rights import Actor, Role

    return Actor(name or getpass.getuser(), frozenset({Role.OPERATOR}))


def _summary(world: World, id: DatasetId) -> dict[str, Any]:
    """A dataset in a line; a wrong declaration says so instead of stopping the list."""
    try:
        dataset = world.declarations.dataset(id)
    except SamdaoError as error:
        problems = [problem.as_dict() for problem in error.problems]
        first = error.problems[0].words(language())
        return {"id": str(id), "title": f"✗ {first}", "problems": problems}
    title = dataset.title.words(language())
    return {"id": str(id), "title": title, "licence": dataset.licence,
            "tables": list(dataset.tables)}  # fmt: skip


def _rehearse(ids: tuple[str, ...], as_json: bool, reports: Path | None = None) -> None:
    """Go as far as comparing, write nothing, and tell."""
    from flows.rehearse import rehearse

    world = _world()
    found = [rehearse(world.declarations.find(id), world, reports) for id in ids]
    if as_json:
        answer([item.as_dict() for item in found])
    else:
        for item in found:
            telling.rehearsal(item)
    sys.exit(max((item.exit_code for item in found), default=0))


if __name__ == "__main__":
    main()
