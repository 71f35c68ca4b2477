"""Evidence: the bytes of a source, kept under their hash and never written again.

Bytes go to a ``.part`` file first and are renamed once they are complete and on the disk, so a
name that exists always stands for whole bytes, whenever the process is killed.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from catalog.problem import OutsideError, Problem, Rejected
from flows.sources import Shelf

CHUNK = 1 << 20
#: What a killed run left behind is swept after a day: no pull takes that long.
_STALE_SECONDS = 24 * 3600


def keep(
    chunks: Iterable[bytes], shelf: Shelf, address: str, bound: int | None = None
) -> tuple[Path, str, int]:
    """Write bytes once into the evidence folder, hashing them on the way.

    Args:
        chunks: the bytes; errors that it raises leave nothing behind.
        shelf: where evidence lies.
        address: what to call the source in a problem.
        bound: greatest number of bytes; the shelf's own if not given.

    Returns:
        Path, SHA-256 (64 hex digits) and size in bytes.

    Raises:
        Rejected: more than ``bound`` bytes.
        OutsideError: the disk refused (full, no permission).
    """
    bound = shelf.max_bytes if bound is None else min(bound, shelf.max_bytes)
    digest, size = hashlib.sha256(), 0
    with part_file(shelf) as part:
        with on_disk(address), part.open("xb") as out:
            for chunk in _outside_of_disk_errors(chunks):
                size += len(chunk)
                if size > bound:
                    raise Rejected(too_large(address, bound))
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        sha256 = digest.hexdigest()
        final = shelf.evidence / sha256
        # A file of the right name and another length is what a failing disk left: heal it.
        with on_disk(address):
            if not stored(shelf, sha256, size):
                part.chmod(0o444)
                part.replace(final)
    return final, sha256, size


def stored(shelf: Shelf, sha256: str, size: int) -> bool:
    """Whether the evidence folder has these bytes, whole."""
    try:
        return (shelf.evidence / sha256).stat().st_size == size
    except OSError:
        return False


def too_large(address: str, bound: int) -> Problem:
    """The problem of a source that is over the bound (bytes)."""
    return Problem("source-too-large", place=address, params={"limit": f"{bound:,}"})


@contextmanager
def part_file(shelf: Shelf) -> Iterator[Path]:
    """A fresh name for bytes that are not complete yet; gone at the end, unless renamed."""
    folder = shelf.evidence / ".parts"
    with on_disk(shelf.evidence.name):
        folder.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
    part = folder / f"{uuid4().hex}.part"
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


def _sweep(folder: Path) -> None:
    for left in folder.glob("*.part"):
        try:
            if time.time() - left.stat().st_mtime > _STALE_SECONDS:
                left.unlink()
        except OSError:
            continue  # another run swept it first


class _FromSourceError(Exception):
    """Carries an ``OSError`` of the chunks past the disk's own error handling."""


def _outside_of_disk_errors(chunks: Iterable[bytes]) -> Iterator[bytes]:
    try:
        yield from chunks
    except OSError as error:
        raise _FromSourceError from error


@contextmanager
def on_disk(address: str) -> Iterator[None]:
    """Errors of the disk that evidence is written to, as problems of ``address``."""
    try:
        yield
    except _FromSourceError as error:
        cause = error.__cause__
        raise OutsideError(unreadable(address, cause)) from cause
    except OSError as error:
        said = error.strerror or str(error)
        raise OutsideError(
            Problem("evidence-unwritable", place=address, params={"reason": said, "passing": True})
        ) from error


def unreadable(address: str, error: BaseException | None) -> Problem:
    """The problem of a file that is there and cannot be read."""
    said = getattr(error, "strerror", None) or str(error)
    return Problem("source-unreadable", place=address, params={"reason": said, "passing": False})
