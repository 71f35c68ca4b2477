"""What many tests need: a small fictional province, a world of its own for each test."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture
def province(tmp_path: Path) -> Path:
    """A copy of the fictional province's declarations: ``datasets/`` and ``schemas/``."""
    target = tmp_path / "province"
    shutil.copytree(FIXTURES / "province", target)
    return target


@pytest.fixture
def world(province: Path, tmp_path: Path):
    """A world over the fictional province, with a home of its own and a clock that stands."""
    from catalog.settings import Settings
    from flows.world import World

    settings = Settings(
        home=tmp_path / "home", datasets=province / "datasets", schemas=province / "schemas"
    )
    return World(settings, now=lambda: datetime(2026, 11, 20, 2, 0, tzinfo=UTC))


@pytest.fixture
def shared() -> Path:
    """Reference data beside the project; tests that read it are skipped where it is not there."""
    if not SHARED.is_dir():
        pytest.skip("reference data (../shared) is not there")
    return SHARED


@pytest.fixture(scope="session")
def ckan() -> tuple[str, str]:
    """Address and token of a real CKAN; never left out where CI runs."""
    url, token = os.environ.get("CKAN_URL"), os.environ.get("CKAN_API_TOKEN")
    if url and token:
        return url, token
    if os.environ.get("CI"):
        pytest.fail("CKAN_URL and CKAN_API_TOKEN are not set, and CI never skips this")
    pytest.skip("no CKAN: set CKAN_URL and CKAN_API_TOKEN")


def _programs() -> Path | None:
    """Folder of PostgreSQL's server programs, newest first."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    on_path = shutil.which("initdb")
    return found[0].parent if found else Path(on_path).parent if on_path else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """URL of a real PostgreSQL on a free loopback port, ended with the tests."""
    programs = _programs()
    if programs is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is not installed, and CI never skips this")
        pytest.skip("PostgreSQL is not installed")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="samdao-pg-"))
    # The server refuses to run as root.
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_user:
        shutil.chown(folder, "postgres", "postgres")

    def call(*words: str) -> None:
        subprocess.run(
            [*as_user, *words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            cwd=folder,
        )  # fmt: skip

    data = folder / "data"
    call(str(programs / "initdb"), "-D", str(data), "-U", "samdao", "-A", "trust", "-E", "UTF8",
         "--no-sync")  # fmt: skip
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
    call(str(programs / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log"), "-o",
         options, "start")  # fmt: skip
    try:
        yield f"postgresql://samdao@127.0.0.1:{port}/postgres"
    finally:
        call(str(programs / "pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a real browser; never left out where CI runs."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found:
        return found
    if os.environ.get("CI"):
        pytest.fail("Chromium is not installed, and CI never skips this")
    pytest.skip("no browser: install Debian's chromium")


@pytest.fixture
def samdao(province: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The command over the fictional province, in this process: ``samdao("list", lang="th")``.

    Whatever it is asked, it never shows a traceback; that is asserted at each call.
    """
    from click.testing import CliRunner, Result

    from flows.cli import main

    for name in [name for name in os.environ if name.startswith("SAMDAO_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SAMDAO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SAMDAO_DATASETS", str(province / "datasets"))
    monkeypatch.setenv("SAMDAO_SCHEMAS", str(province / "schemas"))

    def run(*words: str, lang: str | None = "en", **env: str | None) -> Result:
        result = CliRunner().invoke(main, words, env={"SAMDAO_LANG": lang, **env})
        assert result.exception is None or isinstance(result.exception, SystemExit)
        assert "Traceback" not in result.output
        return result

    return run
