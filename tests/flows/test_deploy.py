"""The schedule, seen firing: a deployment that was registered proves nothing."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from catalog.names import DatasetId
from flows.world import World

ROOT = Path(__file__).parents[2]
DEADLINE = 300.0  # seconds, most of it spare: the server alone takes 12 to start, more under load


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def prefect(world: World, tmp_path: Path):
    """A Prefect server of this test alone, and how to call its command."""
    port = _free_port()
    api = f"http://127.0.0.1:{port}/api"
    environment = os.environ | {
        "PREFECT_HOME": str(tmp_path / "prefect"),
        "PREFECT_API_URL": api,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "3",
        "PREFECT_WORKER_QUERY_SECONDS": "2",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "SAMDAO_HOME": str(world.settings.home),
        "SAMDAO_DATASETS": str(world.settings.datasets),
        "SAMDAO_SCHEMAS": str(world.settings.schemas),
    }
    command = [sys.executable, "-m", "prefect"]

    def call(*words: str) -> None:
        done = subprocess.run(
            [*command, *words], cwd=ROOT, env=environment, capture_output=True, text=True,
            timeout=DEADLINE, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr

    def start(*words: str) -> subprocess.Popen[bytes]:
        log = (tmp_path / f"{words[0]}.log").open("wb")
        return subprocess.Popen(
            [*command, *words], cwd=ROOT, env=environment, stdout=log, stderr=log
        )

    server = start("server", "start", "--host", "127.0.0.1", "--port", str(port))
    started = [server]

    def start_also(*words: str) -> None:
        started.append(start(*words))

    try:
        _until(lambda: httpx.get(f"{api}/health").status_code == 200)
        yield api, call, start_also
    finally:
        for process in reversed(started):
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _until(true) -> None:
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        try:
            if true():
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.5)
    pytest.fail("it did not come to pass in time")


def _completed(api: str) -> list[dict]:
    wanted = {"flow_runs": {"state": {"type": {"any_": ["COMPLETED"]}}}}
    runs = httpx.post(f"{api}/flow_runs/filter", json=wanted, timeout=30).json()
    return [run for run in runs if run["auto_scheduled"]]


@pytest.mark.slow
def test_a_scheduled_run_completes_and_publishes(prefect, world):
    api, call, start = prefect
    office = world.settings.datasets / "si_sawat" / "office.yaml"
    office.write_text(office.read_text("utf-8") + "demonstration: true\n", "utf-8")
    call("work-pool", "create", "--type", "process", "samdao")
    call("--no-prompt", "deploy", "--all")
    deployed = httpx.post(f"{api}/deployments/filter", json={}, timeout=30).json()
    assert {found["name"] for found in deployed} == {
        "daily", "weekly", "monthly", "quarterly", "half-yearly", "yearly",
    }  # fmt: skip
    assert all(found["schedules"][0]["active"] for found in deployed)

    call("deployment", "schedule", "create", "refresh/monthly", "--interval", "10")
    start("worker", "start", "--pool", "samdao", "--type", "process")
    _until(lambda: _completed(api))

    markets = world.index.published(DatasetId("si_sawat", "markets"))
    assert markets is not None, "the monthly dataset is published by its standing order"
    assert world.index.newest(DatasetId("si_sawat", "tax_shops")) is None, "the yearly one is not"
    artifacts = httpx.post(f"{api}/artifacts/filter", json={}, timeout=30).json()
    reports = [found["data"] for found in artifacts if found["key"] == "si-sawat--markets"]
    assert any("PUBLISHED" in report for report in reports)


def test_steps_are_retried_only_where_the_world_outside_may_mend_itself():
    from catalog.problem import OutsideError, Problem, Rejected
    from flows.deploy import _may_pass

    class State:
        def __init__(self, error):
            self.error = error

        def result(self):
            raise self.error

    passing = OutsideError(Problem("source-status", params={"passing": True, "status": 503}))
    assert _may_pass(None, None, State(passing))
    assert not _may_pass(None, None, State(OutsideError(Problem("disk-full"))))
    assert not _may_pass(None, None, State(Rejected(Problem("expect-rows"))))
    assert not _may_pass(None, None, State(KeyError("x")))
