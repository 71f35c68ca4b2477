"""The way of a dataset, from source to public release, in a world of its own."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from catalog import ledger
from catalog.names import DatasetId
from catalog.problem import DeclarationError, OutsideError, Rejected
from catalog.release import State
from catalog.rights import Actor, Role
from flows.outcome import Kind
from flows.publish import publish
from flows.signing import sign
from flows.world import World

from .conftest import MARKETS, SHOPS, add_market

GOVERNOR = Actor("ผู้ว่าราชการจังหวัด", frozenset({Role.APPROVER}))
REVIEWER = Actor("หัวหน้าสำนักงานจังหวัด", frozenset({Role.REVIEWER}))


def _as(world: World, actor: Actor) -> World:
    return World(world.settings, actor=actor, now=world.now)


def test_the_story_is_short_and_names_every_step():
    source = Path(publish.__code__.co_filename).read_text("utf-8")
    assert len(source.splitlines()) < 40
    steps = ("pull", "repair", "check", "cast", "compare", "emit", "certify", "seal", "approve")
    places = [source.index(f"way.{step}") for step in steps]
    assert places == sorted(places)


@pytest.mark.usefixtures("unattended")
def test_a_dirty_source_becomes_a_clean_public_release(world):
    outcome = publish(MARKETS, world)
    assert (outcome.kind, outcome.version, outcome.rows) == (
        Kind.PUBLISHED, "2026-11-20.1", {"markets": 3},
    )  # fmt: skip
    release = world.index.published(MARKETS)
    path = world.store.path(MARKETS, release.version, "markets.parquet")
    rows = pq.read_table(path).to_pylist()
    assert rows[0]["name"] == "ตลาดน้ำบ้านเหนือ", "NIKHAHIT and SARA AA became SARA AM"
    assert str(rows[0]["opened"]) == "2024-02-29"
    assert [row["stalls"] for row in rows] == [120, 1250, 8]


@pytest.mark.usefixtures("unattended")
def test_the_manifest_names_every_file_with_its_hash(world):
    publish(MARKETS, world)
    release = world.index.published(MARKETS)
    folder = world.store.path(MARKETS, release.version, "x").parent
    manifest = (folder / "manifest.json").read_bytes()
    assert hashlib.sha256(manifest).hexdigest() == release.manifest_sha256
    listed = {file["name"]: file for file in json.loads(manifest)["files"]}
    assert {path.name for path in folder.iterdir()} == {*listed, "manifest.json"}
    for name, file in listed.items():
        data = (folder / name).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (file["size"], file["sha256"])
    reasons = {gap["format"]: gap["reason"] for gap in json.loads(manifest)["omissions"]}
    assert reasons["geojson"]["words"]["th"]["title"], "a format left out says why"


@pytest.mark.usefixtures("unattended")
def test_an_unchanged_dataset_writes_nothing_and_says_so(world):
    publish(MARKETS, world)
    with world.index.database.read() as connection:
        before = ledger.length(connection)
    outcome = publish(MARKETS, world)
    assert outcome.kind is Kind.UNCHANGED
    assert len(world.index.releases(MARKETS)) == 1
    with world.index.database.read() as connection:
        assert ledger.length(connection) == before


@pytest.mark.usefixtures("unattended")
def test_what_changed_is_counted_and_the_old_release_is_superseded(world, markets):
    publish(MARKETS, world)
    add_market(markets, "ม04,ตลาดใหม่,1 ม.ค. 2569,40")
    outcome = publish(MARKETS, world)
    change = outcome.changes["markets"]
    assert (change["added"], change["removed"], change["changed"]) == (1, 0, 0)
    states = [release.state for release in world.index.releases(MARKETS)]
    assert states == [State.PUBLISHED, State.SUPERSEDED]
    assert outcome.version == "2026-11-20.2"


@pytest.mark.usefixtures("unattended")
@pytest.mark.parametrize("what", ["spec", "schema", "pipeline"])
def test_a_changed_declaration_schema_or_pipeline_builds_anew(
    world, markets, province, monkeypatch, what
):
    first = publish(MARKETS, world)
    if what == "spec":
        path = markets / "dataset.yaml"
        path.write_text(path.read_text("utf-8").replace("[ตลาด,", "[ตลาดสด,"), "utf-8")
    elif what == "schema":
        path = province / "schemas" / "markets.json"
        path.write_text(path.read_text("utf-8").replace('"จำนวนแผง"', '"แผง"'), "utf-8")
        source = markets / "markets.csv"
        source.write_text(source.read_text("utf-8").replace("จำนวนแผง", "แผง"), "utf-8")
    else:
        monkeypatch.setattr("catalog.PIPELINE", "next")
    again = publish(MARKETS, World(world.settings, now=world.now))
    assert again.kind is Kind.PUBLISHED
    assert again.version != first.version


@pytest.mark.usefixtures("unattended")
def test_two_builds_of_the_same_run_key_are_the_same_bytes_on_different_days(world, tmp_path):
    publish(MARKETS, world)
    other = World(
        world.settings.model_copy(update={"home": tmp_path / "other"}),
        now=lambda: datetime(2027, 2, 3, 4, 5, tzinfo=UTC),
    )
    publish(MARKETS, other)

    def files(where: World) -> dict[str, bytes]:
        release = where.index.published(MARKETS)
        folder = where.store.path(MARKETS, release.version, "x").parent
        return {path.name: path.read_bytes() for path in folder.iterdir()}

    here, there = files(world), files(other)
    assert here.keys() == there.keys()
    assert [name for name in here if here[name] != there[name]] == []


def test_without_approval_nothing_is_public(world):
    assert publish(MARKETS, world).kind is Kind.SUBMITTED
    assert world.index.published(MARKETS) is None
    assert publish(MARKETS, world).kind is Kind.SUBMITTED
    assert len(world.index.releases(MARKETS)) == 1


def test_review_and_approval_by_people_lead_to_publication(world):
    publish(MARKETS, world)
    sign(MARKETS, "review", _as(world, REVIEWER))
    sign(MARKETS, "approve", _as(world, GOVERNOR))
    assert publish(MARKETS, world).kind is Kind.PUBLISHED
    with world.index.database.read() as connection:
        deeds = [(entry.action, entry.actor) for entry in ledger.entries(connection)]
        manifests = {entry.detail["manifest"] for entry in ledger.entries(connection)}
    assert deeds == [
        ("submit", "samdao"), ("review", REVIEWER.name), ("approve", GOVERNOR.name),
        ("publish", "samdao"),
    ]  # fmt: skip
    assert len(manifests) == 1, "every signature is over the same manifest"


def test_a_reviewer_cannot_approve_and_a_schedule_signs_nothing(world):
    publish(MARKETS, world)
    for actor in (_as(world, REVIEWER), world):
        with pytest.raises(DeclarationError) as caught:
            sign(MARKETS, "approve", actor)
        assert caught.value.problems[0].code == "not-allowed"


def test_a_returned_release_stays_out_until_something_changes(world, markets):
    publish(MARKETS, world)
    sign(MARKETS, "reject", _as(world, GOVERNOR), "ชื่อตลาดผิด")
    outcome = publish(MARKETS, world)
    assert (outcome.kind, outcome.reason) == (Kind.RETURNED, "ชื่อตลาดผิด")
    add_market(markets, "ม04,ตลาดใหม่,1 ม.ค. 2569,40")
    assert publish(MARKETS, world).kind is Kind.SUBMITTED


def test_a_standing_order_covers_refreshes_until_the_schema_changes(world, markets, province):
    publish(MARKETS, world)
    sign(MARKETS, "order", _as(world, GOVERNOR))
    assert publish(MARKETS, world).kind is Kind.PUBLISHED
    add_market(markets, "ม04,ตลาดใหม่,1 ม.ค. 2569,40")
    assert publish(MARKETS, world).kind is Kind.PUBLISHED, "more rows need no new order"
    schema = province / "schemas" / "markets.json"
    schema.write_text(schema.read_text("utf-8").replace('"minimum": 0', '"minimum": 1'), "utf-8")
    assert publish(MARKETS, world).kind is Kind.SUBMITTED, "another schema needs another order"
    assert len(world.index.published(MARKETS).facts.tables[0].schema) > 0


def test_a_dataset_approved_release_by_release_takes_no_standing_order(world):
    publish(MARKETS, world)
    sign(MARKETS, "approve", _as(world, GOVERNOR))
    publish(MARKETS, world)
    publish(SHOPS, world)
    with pytest.raises(DeclarationError) as caught:
        sign(SHOPS, "order", _as(world, GOVERNOR))
    assert caught.value.problems[0].code == "approval-not-standing"


def test_a_byte_changed_after_sealing_is_not_what_was_signed(world):
    """The manifest that signatures are over no longer holds: the change is found."""
    publish(MARKETS, world)
    release = world.index.newest(MARKETS)
    path = world.store.path(MARKETS, release.version, "markets.csv")
    path.chmod(0o644)
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    path.write_bytes(bytes(data))
    sign(MARKETS, "approve", _as(world, GOVERNOR))
    with pytest.raises(Rejected) as caught:
        publish(MARKETS, world)
    assert caught.value.problems[0].code == "seal-broken"
    assert world.index.published(MARKETS) is None


@pytest.mark.usefixtures("unattended")
def test_foreign_keys_across_datasets_hold(world, province):
    with pytest.raises(Rejected) as caught:
        publish(SHOPS, world)
    assert caught.value.problems[0].code == "reference-missing"
    publish(MARKETS, world)
    assert publish(SHOPS, world).rows == {"shops": 2}
    shops = province / "datasets" / "si_sawat" / "tax_shops" / "shops.csv"
    shops.write_text(shops.read_text("utf-8") + "ร้านผี,ม99\n", "utf-8")
    with pytest.raises(Rejected) as caught:
        publish(SHOPS, world)
    problem = caught.value.problems[0]
    assert (problem.code, problem.row, problem.value) == ("foreign-key", 4, "ม99")


@pytest.mark.usefixtures("unattended")
@pytest.mark.parametrize(
    ("line", "code", "row", "field"),
    [
        ("ม01,ซ้ำ,1 ม.ค. 2560,1", "primary-key", 5, None),
        ("ม05,ตลาด,เมื่อวาน,1", "type-error", 5, "opened"),
        ("ม05,ตลาด,1 ม.ค. 2560,-4", "constraint-error", 5, "stalls"),
        ("ม05,,1 ม.ค. 2560,4", "constraint-error", 5, "name"),
    ],
)
def test_bad_rows_are_named_by_their_line_and_the_old_release_stands(
    world, markets, line, code, row, field
):
    first = publish(MARKETS, world)
    add_market(markets, line)
    with pytest.raises(Rejected) as caught:
        publish(MARKETS, world)
    problem = caught.value.problems[0]
    assert (problem.code, problem.row, problem.field) == (code, row, field)
    assert problem.dataset == "si_sawat/markets"
    assert str(world.index.published(MARKETS).version) == first.version


@pytest.mark.usefixtures("unattended")
def test_more_or_fewer_rows_than_expected_stop_the_run(world, markets):
    for number in range(20):
        add_market(markets, f"ย{number:02},ตลาดย่อย,1 ม.ค. 2560,4")
    with pytest.raises(Rejected) as caught:
        publish(MARKETS, world)
    assert caught.value.problems[0].code == "expect-rows"


@pytest.mark.usefixtures("unattended")
def test_two_runs_of_one_dataset_exclude_each_other(world):
    with world.alone(MARKETS), pytest.raises(OutsideError) as caught:
        publish(MARKETS, World(world.settings, now=world.now))
    assert caught.value.problems[0].code == "run-excluded"
    assert publish(MARKETS, world).kind is Kind.PUBLISHED


def test_data_that_is_not_open_never_leaves(world, markets):
    path = markets / "dataset.yaml"
    path.write_text(path.read_text("utf-8") + "classification: internal\n", "utf-8")
    with pytest.raises(DeclarationError) as caught:
        publish(MARKETS, world)
    assert caught.value.problems[0].code == "not-publishable"


@pytest.mark.usefixtures("unattended")
def test_a_failing_dataset_never_stops_the_others(world, markets, province):
    from flows.refresh import refresh

    add_market(markets, "ม05,ตลาด,เมื่อวาน,1")
    (province / "datasets/si_sawat/holidays").mkdir()
    copy = province / "datasets/si_sawat/holidays"
    text = (province / "datasets/si_sawat/tax_shops/dataset.yaml").read_text("utf-8")
    (copy / "dataset.yaml").write_text(text.replace("schema: shops", "schema: plain"), "utf-8")
    (copy / "shops.csv").write_bytes(b"shop\nA\n")
    plain = {"fields": [{"name": "shop", "type": "string"}]}
    (province / "schemas/plain.json").write_text(json.dumps(plain), "utf-8")
    receipts = {str(r.id): r for r in refresh(world.declarations.ids(), world, jobs=1)}
    assert receipts["si_sawat/markets"].exit_code == 1
    assert receipts["si_sawat/tax_shops"].problems[0].code == "reference-missing"
    assert receipts["si_sawat/holidays"].outcome.kind is Kind.SUBMITTED


@pytest.mark.usefixtures("unattended")
def test_what_is_due_is_what_its_frequency_says(world):
    from datetime import timedelta

    from flows.refresh import due

    ids = world.declarations.ids()
    assert due(ids, world) == ids, "what never ran is due"
    publish(MARKETS, world)
    publish(SHOPS, world)
    assert due(ids, world) == ()
    later = World(world.settings, now=lambda: world.now() + timedelta(days=31))
    assert due(ids, later) == (MARKETS,), "a month later the monthly one is"
    assert due(ids, World(world.settings, now=lambda: world.now() + timedelta(days=366))) == ids


def test_a_rehearsal_writes_nothing(world, markets):
    from flows.rehearse import rehearse

    found = rehearse(MARKETS, world)
    assert found.exit_code == 0
    assert found.changes["markets"]["added"] == 3
    assert {change["repair"] for change in found.repairs} >= {"thai_date", "thousands"}
    assert not world.settings.home.exists()


def test_the_requests_of_pages_are_carried_out_once_and_survive_a_lost_worker(world):
    from datetime import timedelta

    from catalog.requests import Requests
    from flows.worker import carry_out

    queue = Requests(world.index.database)
    asked = queue.ask("publish", MARKETS, "สมศรี", "form-1", world.now())
    assert queue.ask("publish", MARKETS, "สมศรี", "form-1", world.now()).key == asked.key
    claimed = queue.claim(world.now())
    assert claimed.key == asked.key
    assert queue.claim(world.now()) is None, "its lease holds"
    later = world.now() + timedelta(seconds=61)
    again = queue.claim(later)
    assert again.key == asked.key, "its worker is gone"
    receipt = carry_out(again, queue, world)
    assert receipt.outcome.kind is Kind.SUBMITTED
    done = queue.get(asked.key)
    assert (done.state, done.report["kind"]) == ("done", "SUBMITTED")
    assert queue.claim(later) is None
    assert isinstance(done.id, DatasetId)


@pytest.mark.usefixtures("unattended")
def test_what_a_dataset_refers_to_is_published_before_it(world):
    from flows.order import with_references
    from flows.refresh import refresh

    assert set(with_references([SHOPS], world)) == {SHOPS, MARKETS}
    receipts = {receipt.id: receipt for receipt in refresh([MARKETS], world, jobs=1)}
    assert receipts[MARKETS].outcome.kind is Kind.PUBLISHED
    assert with_references([SHOPS], world) == (SHOPS,), "what stands already is left alone"
