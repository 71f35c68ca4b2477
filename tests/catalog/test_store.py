from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from catalog.names import DatasetId, Version
from catalog.store import Store

ID = DatasetId("si_sawat", "markets")
FIRST, SECOND = Version(date(2026, 11, 20)), Version(date(2026, 11, 20), 2)


@pytest.fixture(params=["folder", "fsspec"])
def store(request, tmp_path):
    return Store(str(tmp_path / "store") if request.param == "folder" else f"memory://{uuid4()}")


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "release"
    made.mkdir()
    (made / "markets.csv").write_text("รหัส\nม01\n", "utf-8")
    (made / "manifest.json").write_bytes(b"{}")
    return made


def test_what_is_kept_comes_back(store, folder, tmp_path):
    data = (folder / "markets.csv").read_bytes()
    store.put(ID, FIRST, folder)
    with store.open(ID, FIRST, "markets.csv") as file:
        assert file.read() == data
    assert store.fetch(ID, FIRST, "markets.csv", tmp_path).read_bytes() == data
    assert list(store.versions(ID)) == [FIRST]


def test_a_release_is_written_once(store, folder, tmp_path):
    import shutil

    again = shutil.copytree(folder, tmp_path / "again")
    store.put(ID, FIRST, folder)
    with pytest.raises(FileExistsError):
        store.put(ID, FIRST, again)


def test_healing_removes_only_what_no_release_names(store, folder, tmp_path):
    import shutil

    orphan = shutil.copytree(folder, tmp_path / "orphan")
    store.put(ID, FIRST, folder)
    store.put(ID, SECOND, orphan)
    assert store.heal(ID, frozenset({FIRST})) == (SECOND,)
    assert list(store.versions(ID)) == [FIRST]
    with pytest.raises(FileNotFoundError):
        store.open(ID, SECOND, "markets.csv").read()


def test_files_of_a_local_release_cannot_be_written_by_mistake(tmp_path, folder):
    store = Store(str(tmp_path / "store"))
    store.put(ID, FIRST, folder)
    assert store.path(ID, FIRST, "markets.csv").stat().st_mode & 0o222 == 0
