"""OLE compound files ([MS-CFB]): finding a stream in the container of XLS workbooks."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = 0xFFFFFFFA  # greatest number of a sector; above are marks
_ENTRY = 128
_SHIFTS = (9, 12)  # the sizes of sectors that there are, as powers of two ([MS-CFB] §2.2)


class BrokenOleError(ValueError):
    """The container contradicts itself."""


@dataclass(frozen=True, slots=True)
class _Stream:
    start: int
    size: int


class OleFile:
    """A compound file, read whole (an XLS sheet ends at 65,536 rows).

    Raises:
        BrokenOleError: not one, or its tables lead outside of it.
    """

    def __init__(self, data: bytes) -> None:
        if not data.startswith(MAGIC) or len(data) < 512:
            raise BrokenOleError("no OLE header")
        self._data = data
        shift = struct.unpack_from("<H", data, 30)[0]
        if shift not in _SHIFTS:
            raise BrokenOleError(f"sectors of 2^{shift} bytes")
        self._sector = 1 << shift
        directory, self._cutoff, mini, difat = (
            struct.unpack_from("<I", data, at)[0] for at in (48, 56, 60, 68)
        )
        self._fat = self._table(self._fat_sectors(difat))
        self._entries = self._directory(self._chain(directory, self._fat))
        self._mini_fat = (
            struct.unpack(f"<{len(found) // 4}I", found[: len(found) // 4 * 4])
            if (found := self._chain(mini, self._fat) if mini < _END else b"")
            else ()
        )
        root = self._entries.get("Root Entry")
        self._mini = self._chain(root.start, self._fat) if root and root.start < _END else b""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all streams and storages."""
        return tuple(self._entries)

    def stream(self, name: str) -> bytes | None:
        """A stream's bytes; none if there is none of the name."""
        found = self._entries.get(name)
        if found is None:
            return None
        if found.size >= self._cutoff:
            return self._chain(found.start, self._fat)[: found.size]
        pieces: list[bytes] = []
        sector = found.start
        for _ in range(len(self._mini_fat) + 1):
            if sector >= _END:
                return b"".join(pieces)[: found.size]
            pieces.append(self._mini[sector * 64 : sector * 64 + 64])
            sector = self._next(sector, self._mini_fat)
        raise BrokenOleError("a chain of sectors has no end")

    def _at(self, sector: int) -> bytes:
        start = (sector + 1) * self._sector
        found = self._data[start : start + self._sector]
        if not found:
            raise BrokenOleError("a sector is behind the end of the file")
        return found

    def _chain(self, sector: int, fat: tuple[int, ...]) -> bytes:
        pieces: list[bytes] = []
        for _ in range(len(fat) + 1):
            if sector >= _END:
                return b"".join(pieces)
            pieces.append(self._at(sector))
            sector = self._next(sector, fat)
        raise BrokenOleError("a chain of sectors has no end")

    @staticmethod
    def _next(sector: int, fat: tuple[int, ...]) -> int:
        if sector >= len(fat):
            raise BrokenOleError("a sector is not in the table")
        return fat[sector]

    def _fat_sectors(self, difat: int) -> list[int]:
        found = list(struct.unpack_from("<109I", self._data, 76))
        for _ in range(len(self._data) // self._sector):
            if difat >= _END:
                return [sector for sector in found if sector < _END]
            block = self._at(difat)
            if len(block) < 4:
                break
            *more, difat = struct.unpack(f"<{len(block) // 4}I", block)
            found += more
        raise BrokenOleError("the table of tables has no end")

    def _table(self, sectors: list[int]) -> tuple[int, ...]:
        data = b"".join(map(self._at, sectors))
        return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])

    @staticmethod
    def _directory(data: bytes) -> dict[str, _Stream]:
        entries: dict[str, _Stream] = {}
        for at in islice(range(0, len(data) - _ENTRY + 1, _ENTRY), 10_000):
            length, kind = struct.unpack_from("<HB", data, at + 64)
            start, size = struct.unpack_from("<II", data, at + 116)
            if kind and 2 <= length <= 64:
                name = data[at : at + length - 2].decode("utf-16-le", "replace")
                entries.setdefault(name, _Stream(start, size))
        return entries


def is_encrypted(path: Path) -> bool:
    """Whether a file is an Office document with a password ([MS-OFFCRYPTO] §2.3.2)."""
    with path.open("rb") as source:
        if source.read(8) != MAGIC:
            return False
        source.seek(0)
        try:
            return "EncryptedPackage" in OleFile(source.read()).names
        except BrokenOleError:
            return False
