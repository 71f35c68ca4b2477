"""The record, on SQLite and on PostgreSQL alike: one pointer, one transaction."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from catalog import ledger, search
from catalog.database import Database
from catalog.index import CatalogIndex
from catalog.names import DatasetId, Version
from catalog.problem import DeclarationError, OutsideError, Rejected
from catalog.release import Facts, State, TableFacts
from catalog.requests import Requests
from catalog.rights import Actor, Role
from catalog.settings import Settings
from flows.declare import Declarations

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
GOVERNOR = Actor("ผู้ว่าราชการจังหวัด", frozenset({Role.APPROVER}))
SCHEDULE = Actor("samdao", frozenset({Role.SCHEDULE}))
MARKETS = DatasetId("si_sawat", "markets")


@pytest.fixture
def index(database_url):
    url = database_url.replace("postgresql://", "postgresql+psycopg://")
    return CatalogIndex(Database(url))


@pytest.fixture
def spec(province):
    return Declarations(province / "datasets", province / "schemas").dataset(MARKETS)


def _seal(index, spec, count, key="a"):
    schema = {"fields": [{"name": "name", "type": "string", "title": "ชื่อตลาด"}]}
    facts = Facts(key * 64, "1", (TableFacts("markets", schema, 3),))
    version = Version(AT.date(), count)
    return index.seal(spec, version, facts, {"markets": {"first": True}}, "m" * 64, SCHEDULE, AT)


def test_a_release_goes_its_way_and_the_pointer_moves_once(index, spec):
    release = _seal(index, spec, 1)
    assert release.state is State.SUBMITTED
    assert index.published(MARKETS) is None
    with pytest.raises(Rejected):
        index.publish(release, SCHEDULE, AT)
    from catalog.rights import Action

    approved = index.sign(release, Action.APPROVE, GOVERNOR, AT)
    public = index.publish(approved, SCHEDULE, AT)
    assert public.state is State.PUBLISHED
    found = index.published(MARKETS)
    assert (found.version, found.spec, found.published_at) == (public.version, spec, AT)
    assert index.release(MARKETS, "latest") == index.release(MARKETS, found.facts.edition) == found
    with index.database.read() as connection:
        actions = [entry.action for entry in ledger.entries(connection)]
        assert actions == ["submit", "approve", "publish"]
        assert ledger.broken_at(connection) is None
        assert list(search.find(connection, "ตลาด")) == [MARKETS]


def test_the_next_release_supersedes_the_one_before(index, spec):
    from catalog.rights import Action

    for count, key in ((1, "a"), (2, "b")):
        release = index.sign(_seal(index, spec, count, key), Action.APPROVE, GOVERNOR, AT)
        index.publish(release, SCHEDULE, AT)
    states = {str(r.version): r.state for r in index.releases(MARKETS)}
    assert states == {"2026-11-20.2": State.PUBLISHED, "2026-11-20.1": State.SUPERSEDED}
    assert index.published_ids() == (MARKETS,)


def test_states_move_only_where_they_may(index, spec):
    from catalog.rights import Action

    release = _seal(index, spec, 1)
    returned = index.sign(release, Action.REJECT, GOVERNOR, AT, "ไม่ครบ")
    assert (returned.state, returned.reason) == (State.DRAFT, "ไม่ครบ")
    with pytest.raises(DeclarationError) as caught:
        index.sign(returned, Action.APPROVE, GOVERNOR, AT)
    assert caught.value.problems[0].code == "state-wrong"


def test_what_fails_inside_the_switch_moves_nothing(index, spec, monkeypatch):
    from catalog.rights import Action

    release = index.sign(_seal(index, spec, 1), Action.APPROVE, GOVERNOR, AT)

    def fail(*_, **__):
        raise RuntimeError("killed here")

    monkeypatch.setattr(ledger, "append", fail)
    with pytest.raises(RuntimeError):
        index.publish(release, SCHEDULE, AT)
    monkeypatch.undo()
    assert index.published(MARKETS) is None
    assert index.newest(MARKETS).state is State.APPROVED
    with index.database.read() as connection:
        assert list(search.find(connection, "ตลาด")) == []


@pytest.mark.parametrize("statement", ["UPDATE ledger SET actor = 'x'", "DELETE FROM ledger"])
def test_the_database_guards_the_ledger(index, spec, statement):
    _seal(index, spec, 1)
    with pytest.raises(DBAPIError, match="append-only"), index.database.write() as connection:
        connection.exec_driver_sql(statement)


def test_writers_queue_and_the_chain_stays_whole(index):
    def write(name):
        for number in range(10):
            with index.database.write() as connection:
                ledger.append(
                    connection, at=AT, actor=name, action="order", thing="a/b",
                    detail={"n": number},
                )  # fmt: skip

    threads = [threading.Thread(target=write, args=(f"คนที่ {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with index.database.read() as connection:
        assert ledger.length(connection) == 40
        assert ledger.broken_at(connection) is None


def test_a_dataset_is_worked_on_by_one_machine_at_a_time(index):
    if index.database.is_sqlite:
        pytest.skip("one machine: a file lock does this (tests/flows/test_publish.py)")
    with (
        index.database.exclusive("si_sawat/markets"),
        pytest.raises(OutsideError),
        Database(index.database.url).exclusive("si_sawat/markets"),
    ):
        pass
    with index.database.exclusive("si_sawat/markets"):
        pass


def test_a_request_is_given_up_after_three_lost_workers(index):
    queue = Requests(index.database)
    asked = queue.ask("publish", MARKETS, "สมศรี", "k", AT)
    moment = AT
    for _ in range(3):
        assert queue.claim(moment).key == asked.key
        moment += timedelta(seconds=61)
    assert queue.claim(moment) is None
    assert queue.get(asked.key).state == "failed"


def test_a_beating_heart_keeps_the_lease(index):
    queue = Requests(index.database)
    queue.ask("publish", MARKETS, "สมศรี", "k", AT)
    claimed = queue.claim(AT)
    queue.beat(claimed, AT + timedelta(seconds=50))
    assert queue.claim(AT + timedelta(seconds=70)) is None
    assert queue.claim(AT + timedelta(seconds=120)) is not None


def test_thai_is_found_by_any_part_of_a_word(index, spec):
    from catalog.rights import Action

    release = index.sign(_seal(index, spec, 1), Action.APPROVE, GOVERNOR, AT)
    index.publish(release, SCHEDULE, AT)
    with index.database.read() as connection:
        for query in ("ชุมชน", "ตลาดชุม", "MARKETS", "เศรษฐกิจ", "ชื่อตลาด", "ศรีสวัสดิ์ ตลาด"):
            assert list(search.find(connection, query)) == [MARKETS], query
        for query in ("ไม่มีคำนี้", "100%", "_"):
            assert list(search.find(connection, query)) == [] or query == "_", query


def test_a_database_that_cannot_be_opened_is_told_with_a_next_step(tmp_path):
    (tmp_path / "catalog.db").write_bytes(b"not a database at all, only some bytes of text" * 99)
    with pytest.raises(OutsideError) as caught:
        Database(f"sqlite:///{tmp_path / 'catalog.db'}")
    assert caught.value.exit_code == 3
    with pytest.raises(OutsideError):
        Database("postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=2")


def test_a_postgresql_url_is_taken_as_people_write_it(tmp_path, monkeypatch):
    for name in ("datasets", "schemas"):
        (tmp_path / name).mkdir()
    settings = Settings(
        home=tmp_path, datasets=tmp_path / "datasets", schemas=tmp_path / "schemas",
        database_url="postgresql://samdao@db/samdao",
    )  # fmt: skip
    assert settings.database == "postgresql+psycopg://samdao@db/samdao"
