from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import DBAPIError

from catalog import ledger
from catalog.database import Database

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path):
    return Database(f"sqlite:///{tmp_path / 'catalog.db'}")


def _write(database, count):
    for number in range(count):
        with database.write() as connection:
            ledger.append(
                connection, at=AT, actor="สมศรี", action="approve",
                thing=f"a/b@2026-11-20.{number + 1}", detail={"manifest": str(number)},
            )  # fmt: skip


def test_entries_come_back_in_order_and_the_chain_holds(database):
    _write(database, 3)
    with database.read() as connection:
        found = list(ledger.entries(connection))
        assert [entry.seq for entry in found] == [1, 2, 3]
        assert found[0].previous == ledger.ORIGIN
        assert found[1].previous == found[0].hash
        assert found[2].detail == {"manifest": "2"}
        assert ledger.broken_at(connection) is None


@pytest.mark.parametrize("statement", ["UPDATE ledger SET actor = 'ใคร'", "DELETE FROM ledger"])
def test_the_database_itself_refuses_to_change_the_ledger(database, statement):
    _write(database, 1)
    with pytest.raises(DBAPIError, match="append-only"), database.write() as connection:
        connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    "tamper",
    ["UPDATE ledger SET actor = 'ใคร' WHERE seq = 2", "DELETE FROM ledger WHERE seq = 2"],
)
def test_a_change_behind_the_guard_breaks_the_chain_at_its_place(database, tamper):
    _write(database, 3)
    with database.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER ledger_no_update")
        connection.exec_driver_sql("DROP TRIGGER ledger_no_delete")
        connection.exec_driver_sql(tamper)
    with database.read() as connection:
        assert ledger.broken_at(connection) == 2


def test_a_failed_deed_leaves_no_entry(database):
    def fail() -> None:
        with database.write() as connection:
            ledger.append(connection, at=AT, actor="ก", action="publish", thing="a/b", detail={})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with database.read() as connection:
        assert ledger.length(connection) == 0
