"""Files inside of a ZIP archive, inflated a piece at a time by ISA-L and checked as they pass."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from isal import isal_zlib

_PIECE = 4 * 2**20
_READ = 2**20
_ENCRYPTED = 1


def inflated(path: Path, name: str, size: int = _PIECE) -> Iterator[bytes]:
    """The bytes of a file of an archive, in pieces.

    Args:
        path: the archive.
        name: of the file inside.
        size: of a piece, at most.

    Raises:
        BadZipFile: the directory, a header, the sum of the bytes or their number is wrong.
        KeyError: no such file.
        isal_zlib.error: damage that deflate itself shows.
    """
    with ZipFile(path) as archive, path.open("rb") as file:
        entry = archive.getinfo(name)
        _go_to_data(file, entry)
        crc = length = 0
        for piece in _pieces(file, entry, size):
            crc, length = isal_zlib.crc32(piece, crc), length + len(piece)
            yield piece
    if (crc, length) != (entry.CRC, entry.file_size):
        raise BadZipFile(f"the sum of {name} is wrong")


def _go_to_data(file: IO[bytes], entry: ZipInfo) -> None:
    """Skip the local header, which has to name the same file (APPNOTE 4.3.7)."""
    file.seek(entry.header_offset)
    start = file.read(30)
    if len(start) < 30 or start[:4] != b"PK\3\4" or entry.flag_bits & _ENCRYPTED:
        raise BadZipFile(f"no readable header of {entry.filename}")
    name, extra = struct.unpack("<2H", start[26:])
    if file.read(name) != entry.orig_filename.encode("utf-8"):
        raise BadZipFile(f"the header of another file than {entry.filename}")
    file.seek(extra, 1)


def _pieces(file: IO[bytes], entry: ZipInfo, size: int) -> Iterator[bytes]:
    left = entry.compress_size
    if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise BadZipFile(f"{entry.filename} is compressed by method {entry.compress_type}")
    inflate = isal_zlib.decompressobj(-isal_zlib.MAX_WBITS)
    while left:
        packed = file.read(min(_READ, left))
        if not packed:
            raise BadZipFile(f"{entry.filename} is cut short")
        left -= len(packed)
        if entry.compress_type == ZIP_STORED:
            yield packed
            continue
        while True:
            piece = inflate.decompress(packed, size)
            yield piece
            packed = inflate.unconsumed_tail
            if inflate.eof or (not packed and len(piece) < size):
                break
    if entry.compress_type == ZIP_DEFLATED and not inflate.eof:
        raise BadZipFile(f"{entry.filename} is cut short")
