"""ZIP containers (XLSX, ODS, zipped Shapefiles), looked at before anything unpacks them."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from catalog.problem import Problem, Rejected

#: Greatest size of a container's content in bytes, where a declaration says no other.
MAX_UNPACKED = 2 << 30
_CHUNK = 1 << 20
_ENCRYPTED = 0x1
#: Where nobody declares a bound: bytes that any file may unpack to, and how many times its own size
#: a larger one may. Tables shrink to a tenth or less, now and then to a fiftieth; bombs to a
#: thousandth.
_HARMLESS, _RATIO = 64 << 20, 100


def unpack_bound(declared: int, usual: int, size: int) -> int:
    """How large a packed file may become, bytes: as declared, or else what its size makes likely.

    Args:
        declared: bound of the declaration.
        usual: what it is where the declaration says nothing.
        size: of the packed file, bytes.
    """
    if declared != usual:
        return declared
    return min(usual, max(_HARMLESS, _RATIO * size))


@contextmanager
def checked(path: Path, kind: str, *, bound: int, broken: str) -> Iterator[zipfile.ZipFile]:
    """A ZIP whose every member was unpacked once and is what the directory says.

    Readers behind it trust the directory's sizes; a member that lies about its size fails its
    checksum here, before it can fill the memory there.

    Args:
        path: the file.
        kind: what it is, for the words.
        bound: greatest sum of the members' sizes, bytes.
        broken: code of the problem of a damaged file; takes ``kind`` and ``reason``.

    Raises:
        Rejected: no ZIP, damaged, cut short, with a password, or larger than ``bound``.
    """
    bound = unpack_bound(bound, MAX_UNPACKED, path.stat().st_size)
    try:
        with zipfile.ZipFile(path) as container:
            members = container.infolist()
            if sum(member.file_size for member in members) > bound:
                raise Rejected(Problem("source-unpacks", params={"limit": f"{bound:,}"}))
            if any(member.flag_bits & _ENCRYPTED for member in members):
                raise Rejected(Problem("workbook-password", params={"kind": kind}))
            for member in members:
                _unpack(container, member)
            yield container
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError) as error:
        params = {"kind": kind, "reason": str(error)}
        raise Rejected(Problem(broken, params=params)) from error


def _unpack(container: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Unpack a member for nothing, to see whether it can be."""
    try:
        with container.open(member) as content:
            while content.read(_CHUNK):
                pass
    except (OSError, ValueError, struct.error) as error:
        # A directory that leads before the file's start, or names that are no text.
        raise zipfile.BadZipFile(str(error)) from error
