"""ZIP archives: the same bytes each time, streamed, ZIP64 where it is needed, damage found."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest
from isal import isal_zlib

from catalog.formats import _zip
from catalog.formats._unzip import inflated
from catalog.formats._zip import Package

PIECES = [b"", "ข้อมูลเปิด".encode() * 5_000, memoryview(bytes(range(256)) * 1_000), b"end"]
WHOLE = b"".join(PIECES)


def written(path: Path) -> Path:
    with Package(path) as package:
        package.add("mimetype", "text/plain", stored=True)
        with package.stream("content.xml") as out:
            for piece in PIECES:
                out.write(piece)
        package.add("คำอธิบาย.txt", "ที่มา")
    return path


def test_python_reads_what_was_streamed(tmp_path) -> None:
    with zipfile.ZipFile(written(tmp_path / "a.zip")) as archive:
        assert archive.testzip() is None
        assert archive.read("content.xml") == WHOLE
        assert archive.read("คำอธิบาย.txt").decode() == "ที่มา"
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type, first.extra) == ("mimetype", 0, b"")
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {entry.extract_version for entry in archive.infolist()} == {20}


def test_the_same_content_is_the_same_bytes(tmp_path) -> None:
    one, other = written(tmp_path / "a.zip"), written(tmp_path / "b.zip")
    assert one.read_bytes() == other.read_bytes()


def test_a_file_on_disk_goes_in_piece_by_piece(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(_zip, "_CHUNK", 1_000)
    source = tmp_path / "source"
    source.write_bytes(WHOLE)
    with Package(tmp_path / "a.zip") as package:
        package.add("source", source)
    assert b"".join(inflated(tmp_path / "a.zip", "source")) == WHOLE


def test_what_is_large_has_its_sizes_in_zip64(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(_zip, "_LARGE", 1_000)
    path = written(tmp_path / "a.zip")
    whole = path.read_bytes()
    assert b"PK\6\6" in whole
    assert b"PK\6\7" in whole
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        large = archive.getinfo("content.xml")
        assert (large.file_size, large.extract_version) == (len(WHOLE), 45)
        assert archive.getinfo("mimetype").extract_version == 20
    local = whole.index(b"content.xml") + len("content.xml")
    assert whole[local : local + 4] == b"\1\0\x10\0"
    assert int.from_bytes(whole[local + 4 : local + 12], "little") == len(WHOLE)


def test_an_error_of_the_thread_reaches_the_writer(tmp_path) -> None:
    class Full:
        def __getattr__(self, name: str) -> Any:
            return getattr(self.out, name)

        def __init__(self, out: Any) -> None:
            self.out, self.left = out, 1

        def write(self, data: bytes) -> int:
            if not self.left:
                raise OSError("disk full")
            self.left -= 1
            return int(self.out.write(data))

    package = Package(tmp_path / "a.zip")
    package._out = Full(package._out)
    with pytest.raises(OSError, match="disk full"), package.stream("content.xml") as out:  # noqa: PT012
        for _ in range(20):
            out.write(bytes(100_000))
    package._out.out.close()


@pytest.mark.parametrize("size", [1, 1_000, 2**20])
def test_pieces_come_back_whole(tmp_path, size) -> None:
    path = tmp_path / "a.zip"
    with Package(path) as package:
        package.add("a", WHOLE[:3_000])
        package.add("b", WHOLE[:3_000], stored=True)
    pieces = list(inflated(path, "a", size))
    assert max(map(len, pieces)) <= size
    assert b"".join(pieces) == b"".join(inflated(path, "b")) == WHOLE[:3_000]


def test_every_changed_byte_of_a_file_is_found(tmp_path) -> None:
    path = tmp_path / "a.zip"
    with Package(path) as package:
        package.add("a", "ตลาดสด 1234567890 ที่ว่าการอำเภอ" * 3)
    whole = path.read_bytes()
    start, end = whole.index(b"a", 30) + 1, whole.index(b"PK\1\2")
    silent = [place for place in range(start, end) if _reads_with_a_change(path, whole, place)]
    assert silent in ([], [end - 1])  # where the last bits of the last byte are filling


def _reads_with_a_change(path: Path, whole: bytes, place: int) -> bool:
    damaged = bytearray(whole)
    damaged[place] ^= 4
    path.write_bytes(bytes(damaged))
    try:
        return bool(b"".join(inflated(path, "a")))
    except (zipfile.BadZipFile, isal_zlib.error):
        return False


def test_a_header_of_another_file_is_refused(tmp_path) -> None:
    path = tmp_path / "a.zip"
    with Package(path) as package:
        package.add("abc", "ก")
    whole = bytearray(path.read_bytes())
    whole[30] ^= 1
    path.write_bytes(bytes(whole))
    with pytest.raises(zipfile.BadZipFile, match="another file"):
        list(inflated(path, "abc"))
