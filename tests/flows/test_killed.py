"""A run may end at any moment: the public sees a whole release, and the next run heals."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import time

import pytest

from catalog import ledger
from catalog.problem import OutsideError
from catalog.settings import Settings
from flows.outcome import Kind
from flows.publish import publish
from flows.world import World

from .conftest import MARKETS, add_market

KILLS = 50


def _publish(settings: Settings) -> None:
    publish(MARKETS, World(settings))


def _assert_whole(world: World) -> str:
    """What the public sees is complete, to the byte; gives its version."""
    release = world.index.published(MARKETS)
    assert release is not None
    folder = world.store.path(MARKETS, release.version, "x").parent
    manifest = (folder / "manifest.json").read_bytes()
    assert hashlib.sha256(manifest).hexdigest() == release.manifest_sha256
    for file in json.loads(manifest)["files"]:
        data = (folder / file["name"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == file["sha256"], file["name"]
    with world.index.database.read() as connection:
        assert ledger.broken_at(connection) is None
        found = [e for e in ledger.entries(connection, release.thing) if e.action == "publish"]
        assert len(found) == 1, "the pointer and the ledger moved together"
    return str(release.version)


@pytest.mark.slow
@pytest.mark.usefixtures("unattended")
def test_killed_at_fifty_moments_nothing_half_is_ever_seen(world, markets):
    path = markets / "dataset.yaml"
    text = path.read_text("utf-8").replace("[1, 10], changed: 0.9", "[1, 1000]")
    path.write_text(text, "utf-8")
    publish(MARKETS, world)
    add_market(markets, "น00,ตลาดนัด,1 ม.ค. 2560,5")
    start = time.monotonic()
    publish(MARKETS, world)
    length = time.monotonic() - start
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["flows.preload"])
    moments = random.Random(2569)
    seen, ended = set(), 0
    for number in range(1, KILLS + 1):
        add_market(markets, f"น{number:02},ตลาดนัด,1 ม.ค. 2560,{number}")
        process = context.Process(target=_publish, args=(world.settings,))
        process.start()
        time.sleep(moments.uniform(0.02, length * 1.3))
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        ended += process.exitcode == 0
        seen.add(_assert_whole(world))
    assert ended < KILLS, "some were killed before their end"
    outcome = publish(MARKETS, world)
    assert outcome.rows == {"markets": 3 + 1 + KILLS}
    assert _assert_whole(world) == outcome.version
    known = {release.version for release in world.index.releases(MARKETS)}
    assert set(world.store.versions(MARKETS)) == known, "no trace of a killed run is left"
    assert not list((world.settings.home / "work").iterdir())


@pytest.mark.usefixtures("unattended")
def test_a_full_disk_is_told_and_the_old_release_stands(world, markets, tmp_path):
    """A real file system of 2 MB; mounting one is root's."""
    home = tmp_path / "small"
    home.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(home)],
        capture_output=True, check=False,
    )  # fmt: skip
    if mounted.returncode:
        pytest.skip("mounting a small file system is not allowed here")
    try:
        small = World(world.settings.model_copy(update={"home": home}), now=world.now)
        first = publish(MARKETS, small)
        assert first.kind is Kind.PUBLISHED
        free = shutil.disk_usage(home).free
        (home / "ballast").write_bytes(b"x" * (free - 150_000))
        add_market(markets, "ม04,ตลาดใหม่,1 ม.ค. 2569,40")
        with pytest.raises(OutsideError) as caught:
            publish(MARKETS, small)
        assert caught.value.exit_code == 3
        assert caught.value.problems[0].code in ("disk-full", "database-full")
        (home / "ballast").unlink()
        assert _assert_whole(small) == first.version
        assert publish(MARKETS, small).kind is Kind.PUBLISHED
    finally:
        subprocess.run(["umount", "-l", str(home)], check=False)
