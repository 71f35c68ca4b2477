"""Many datasets at a time: in order, none stopping another, each run in the book."""

from __future__ import annotations

import pickle
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool

import psutil
import pytest

from catalog.names import DatasetId
from catalog.problem import Problem, Rejected
from flows import order, processes, refresh
from flows.outcome import Kind
from flows.publish import publish
from flows.way import _emit
from flows.world import World
from tests.conftest import ROOT

from .conftest import MARKETS, SHOPS

FAIRS = DatasetId("si_sawat", "fairs")


@pytest.fixture
def fairs(markets):
    """A second dataset that refers to none."""
    return shutil.copytree(markets, markets.parent / "fairs")


def _files(world: World) -> dict[str, bytes]:
    release = world.index.newest(MARKETS)
    folder = world.store.path(MARKETS, release.version, "x").parent
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.usefixtures("unattended", "fairs")
def test_processes_build_what_others_refer_to_first(world):
    told = []
    ids = (SHOPS, FAIRS, MARKETS)
    receipts = refresh.refresh(ids, world, jobs=2, tell=lambda receipt: told.append(receipt.id))
    assert [(r.id, r.exit_code) for r in receipts] == [(FAIRS, 0), (MARKETS, 0), (SHOPS, 0)]
    assert {r.outcome.kind for r in receipts if r.id != SHOPS} == {Kind.PUBLISHED}
    assert sorted(told) == [FAIRS, MARKETS, SHOPS]
    assert told.index(MARKETS) < told.index(SHOPS)


def test_what_is_ready_refers_to_nothing_still_to_come():
    waiting = {MARKETS: set(), SHOPS: {MARKETS}}
    assert order.ready(waiting) == (MARKETS,)
    assert order.ready({SHOPS: {MARKETS}}, frozenset({MARKETS})) == ()
    assert order.ready({SHOPS: {MARKETS}}) == (SHOPS,)


def test_a_circle_of_references_is_broken_at_its_first_member():
    assert order.ready({SHOPS: {FAIRS}, FAIRS: {SHOPS}}) == (SHOPS,)


@pytest.mark.usefixtures("unattended", "fairs")
def test_runs_in_which_nothing_changed_are_in_the_book(world):
    ids = (FAIRS, MARKETS)
    refresh.refresh(ids, world, jobs=1)
    before = world.index.last_runs()
    receipts = refresh.refresh(ids, World(world.settings), jobs=1)
    assert [receipt.outcome.kind for receipt in receipts] == [Kind.UNCHANGED, Kind.UNCHANGED]
    after = world.index.last_runs()
    assert [after[str(id)].outcome for id in ids] == ["done", "done"]
    assert all(after[str(id)].started_at > before[str(id)].ended_at for id in ids)


@pytest.mark.usefixtures("unattended")
def test_an_unchanged_source_is_not_written_down_again(world, monkeypatch):
    publish(MARKETS, world)
    known = world.index.pulls(MARKETS)

    def refuse(*given):
        raise AssertionError("nothing is news")

    monkeypatch.setattr(world.index, "keep_pulls", refuse)
    assert publish(MARKETS, world).kind is Kind.UNCHANGED
    assert world.index.pulls(MARKETS) == known


@pytest.mark.usefixtures("unattended")
def test_what_stops_a_run_before_its_start_is_in_the_book(world, markets):
    publish(MARKETS, world)
    (markets / "markets.csv").unlink()
    receipts = refresh.refresh([MARKETS], World(world.settings), jobs=1)
    assert (receipts[0].exit_code, receipts[0].problems[0].code) == (3, "source-missing")
    run = world.index.last_runs()[str(MARKETS)]
    assert run.outcome == "outsideerror"
    assert run.report["problems"][0]["code"] == "source-missing"


class _Fragile:
    """A pool whose process is killed at the first task; the next pool does its work."""

    made = 0

    def __init__(self, jobs: int) -> None:
        _Fragile.made += 1

    def submit(self, task, *given):
        future: Future = Future()
        if _Fragile.made == 1:
            future.set_exception(BrokenProcessPool("killed"))
        else:
            future.set_result(task(*given))
        return future

    def shutdown(self, cancel_futures=False):
        pass


@pytest.mark.usefixtures("unattended", "fairs")
def test_a_killed_process_costs_no_more_than_it_worked_at(world, markets, monkeypatch):
    monkeypatch.setattr(processes, "pool", _Fragile)
    other = DatasetId("si_sawat", "bazaars")
    shutil.copytree(markets, markets.parent / other.dataset)
    receipts = refresh.refresh((other, FAIRS, MARKETS), world, jobs=2)
    assert [receipt.exit_code for receipt in receipts] == [3, 3, 0]
    assert receipts[0].problems[0].code == "unforeseen"
    assert world.index.published(MARKETS) is not None


def test_an_error_comes_out_of_another_process_as_it_was():
    error = Rejected(Problem("expect-rows", table="markets", value="4"))
    found = pickle.loads(pickle.dumps(error))
    assert (type(found), found.problems, str(found)) == (Rejected, error.problems, str(error))


def test_formats_by_several_processes_are_the_same_bytes(world, tmp_path, monkeypatch):
    publish(MARKETS, world)
    monkeypatch.setattr(_emit, "LARGE", 0)
    monkeypatch.setattr(processes, "cores", lambda: 2)
    other = World(world.settings.model_copy(update={"home": tmp_path / "other"}), now=world.now)
    publish(MARKETS, other)
    assert _files(other) == _files(world)


_PARENT = """
import os, time
from flows import processes
if __name__ == "__main__":
    with processes.pool(1) as pool:
        print(pool.submit(os.getpid).result(), flush=True)
        pool.submit(time.sleep, 600).result()
"""


def test_building_processes_end_with_the_one_that_asked_for_them(tmp_path):
    script = tmp_path / "parent.py"
    script.write_text(_PARENT, "utf-8")
    parent = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, env={"PYTHONPATH": str(ROOT)}
    )
    child = psutil.Process(int(parent.stdout.readline()))
    parent.send_signal(signal.SIGKILL)
    parent.communicate()
    deadline = time.monotonic() + 20
    while child.is_running() and child.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, "an orphan would work on at the next run's desk"
        time.sleep(0.05)
