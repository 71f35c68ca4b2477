from __future__ import annotations

import hashlib
import os
import stat
import time
from pathlib import Path

import pytest
from pydantic import ValidationError

from catalog.problem import DeclarationError, OutsideError, Rejected
from flows.sources import _evidence, _file
from flows.sources._file import FileOptions, pull

THAI = "จังหวัด,ประชากร\nนครพนม,717040\n".encode()


def put(shelf, name="ข้อมูล.csv", data=THAI):
    path = shelf.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def parts(shelf):
    return list((shelf.evidence / ".parts").iterdir())


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"path": "a.csv", "url": "https://example.org/a.csv"},
        {"path": "../a.csv"},
        {"path": "b/../../a.csv"},
        {"path": "/etc/passwd"},
        {"url": "file:///etc/passwd"},
        {"url": "ftp://example.org/a.csv"},
        {"url": "https://"},
        {"url": "https://user:secret@example.org/a.csv"},
        {"path": "a.csv", "sheet": 1},
        {"path": "a.csv", "max_bytes": 0},
    ],
)
def test_a_declaration_names_one_place_inside_or_on_the_web(said):
    with pytest.raises(ValidationError):
        FileOptions(**said)


def test_local_file_is_kept_under_its_hash_and_never_written_again(shelf):
    shelf = shelf()
    source = put(shelf)

    found = pull(FileOptions(path="ข้อมูล.csv"), shelf)
    source.write_bytes(b"changed later")

    assert found.sha256 == hashlib.sha256(THAI).hexdigest()
    assert found.path == shelf.evidence / found.sha256
    assert (found.size, found.address, found.retrieved_at) == (
        len(THAI), "ข้อมูล.csv", shelf.now(),
    )  # fmt: skip
    assert found.path.read_bytes() == THAI
    assert stat.S_IMODE(found.path.stat().st_mode) == 0o444
    assert parts(shelf) == []


def test_same_bytes_are_stored_once(shelf):
    shelf_ = shelf()
    put(shelf_)
    first = pull(FileOptions(path="ข้อมูล.csv"), shelf_)
    before = first.path.stat().st_mtime_ns

    again = pull(FileOptions(path="ข้อมูล.csv"), shelf(known=first))

    assert again == first
    assert again.path.stat().st_mtime_ns == before


def test_changed_file_of_the_same_size_is_a_new_pull(shelf):
    shelf_ = shelf()
    put(shelf_)
    first = pull(FileOptions(path="ข้อมูล.csv"), shelf_)
    put(shelf_, data=THAI.replace(b"717040", b"717041"))

    second = pull(FileOptions(path="ข้อมูล.csv"), shelf(known=first))

    assert second.sha256 != first.sha256
    assert first.path.read_bytes() == THAI


def test_evidence_cut_by_a_failing_disk_is_healed(shelf):
    shelf = shelf()
    put(shelf)
    found = pull(FileOptions(path="ข้อมูล.csv"), shelf)
    found.path.chmod(0o644)
    found.path.write_bytes(THAI[:5])

    assert pull(FileOptions(path="ข้อมูล.csv"), shelf).path.read_bytes() == THAI


def test_missing_file_tells_the_nearest_name(shelf):
    shelf = shelf()
    put(shelf, "ประชากร2565.csv")

    with pytest.raises(OutsideError) as caught:
        pull(FileOptions(path="ประชากร2566.csv"), shelf)

    (problem,) = caught.value.problems
    assert problem.code == "source-missing"
    assert problem.params == {"near": "ประชากร2565.csv", "passing": False}


def test_link_out_of_the_folder_is_refused(shelf, tmp_path: Path):
    shelf = shelf()
    (tmp_path / "secret.csv").write_bytes(b"x")
    (shelf.folder / "a.csv").symlink_to(tmp_path / "secret.csv")

    with pytest.raises(DeclarationError) as caught:
        pull(FileOptions(path="a.csv"), shelf)

    assert caught.value.problems[0].code == "source-escapes"


def test_folder_is_no_file(shelf):
    shelf = shelf()
    (shelf.folder / "ตาราง").mkdir()

    with pytest.raises(DeclarationError) as caught:
        pull(FileOptions(path="ตาราง"), shelf)

    assert caught.value.problems[0].code == "source-not-file"


@pytest.mark.parametrize("declared", [None, 10])
def test_file_over_a_bound_is_refused_and_leaves_nothing(shelf, declared):
    shelf = shelf(max_bytes=20 if declared is None else 1000)
    put(shelf)

    with pytest.raises(Rejected) as caught:
        pull(FileOptions(path="ข้อมูล.csv", max_bytes=declared), shelf)

    assert caught.value.problems[0].code == "source-too-large"
    assert not shelf.evidence.exists()


def test_declaration_cannot_widen_the_servers_bound(shelf):
    shelf = shelf(max_bytes=20)
    put(shelf)

    with pytest.raises(Rejected):
        pull(FileOptions(path="ข้อมูล.csv", max_bytes=10_000), shelf)


def test_file_written_while_it_is_read_is_refused(shelf, monkeypatch):
    shelf = shelf()
    source = put(shelf, data=b"x" * 100)
    monkeypatch.setattr(_file, "CHUNK", 50)
    chunks = _file.steady(source, "a.csv")
    next(chunks)
    with source.open("ab") as more:
        more.write(b"late")

    with pytest.raises(OutsideError) as caught:
        list(chunks)

    assert caught.value.problems[0].code == "source-changing"
    assert caught.value.problems[0].params["passing"] is True


def test_full_disk_is_an_outside_error_and_leaves_no_part(shelf, monkeypatch):
    shelf = shelf()
    put(shelf)

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(_evidence.os, "fsync", full)
    with pytest.raises(OutsideError) as caught:
        pull(FileOptions(path="ข้อมูล.csv"), shelf)

    assert caught.value.problems[0].code == "evidence-unwritable"
    assert "No space left" in caught.value.problems[0].words("th")
    assert parts(shelf) == []


def test_parts_of_killed_runs_are_swept_after_a_day(shelf):
    shelf = shelf()
    put(shelf)
    folder = shelf.evidence / ".parts"
    folder.mkdir(parents=True)
    old, fresh = folder / "old.part", folder / "fresh.part"
    old.write_bytes(b"")
    fresh.write_bytes(b"")
    os.utime(old, (time.time() - 100_000,) * 2)

    pull(FileOptions(path="ข้อมูล.csv"), shelf)

    assert parts(shelf) == [fresh]
