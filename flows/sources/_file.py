"""Sources that are files: a path beside the declaration, or an HTTP address.

``FileOptions`` is what every such kind takes; ``pull`` brings the bytes into the evidence folder.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from catalog.problem import DeclarationError, OutsideError, Problem, Rejected
from flows.sources import Pulled, Shelf
from flows.sources._evidence import CHUNK, keep, stored, too_large, unreadable


def relative(path: str | None) -> str | None:
    """A path that stays in the declaration's folder.

    Raises:
        ValueError: it does not.
    """
    if path is None:
        return None
    parts = PurePosixPath(path)
    if parts.is_absolute() or ".." in parts.parts or "\0" in path:
        raise ValueError("a path is relative to the declaration's folder and stays inside it")
    return path


def web(url: str | None) -> str | None:
    """An address of the web that may be shown to anybody.

    Raises:
        ValueError: another scheme, no host, or a user name in it.
    """
    if url is None:
        return None
    found = urlsplit(url)
    if found.scheme not in {"http", "https"} or not found.hostname:
        raise ValueError("an address begins with http:// or https://")
    if found.username or found.password:
        raise ValueError("an address is published: it may not have a user name or password")
    return url


class FileOptions(BaseModel):
    """What a declaration may say of any source that is a file.

    Attributes:
        path: relative to the declaration's folder, which it may not leave.
        url: ``http`` or ``https`` address, without a user name or password.
        max_bytes: a bound narrower than the server's own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str | None = Field(default=None, min_length=1)
    url: str | None = None
    max_bytes: int | None = Field(default=None, ge=1)

    _inside = field_validator("path")(relative)
    _web = field_validator("url")(web)

    @model_validator(mode="after")
    def _one(self) -> FileOptions:
        if (self.path is None) == (self.url is None):
            raise ValueError("give exactly one of path and url")
        return self


def pull(options: FileOptions, shelf: Shelf) -> Pulled:
    """Bring a file's bytes into the evidence folder.

    Args:
        options: where the file is.
        shelf: what may be used of the world; ``known`` makes an HTTP request conditional.

    Returns:
        The bytes as they were found. Where the server says that nothing changed (304), or the
        local file has the same hash, the evidence of the pull before is used again.

    Raises:
        OutsideError: missing, unreachable, cut short; ``params["passing"]`` says whether trying
            again may help.
        Rejected: over the size bound.
        DeclarationError: the path leaves the declaration's folder.
    """
    if options.url is not None:
        from flows.sources._http import fetch

        return fetch(options.url, shelf, options.max_bytes)
    address = str(options.path)
    return _copy(locate(address, shelf), address, shelf, options.max_bytes)


def locate(address: str, shelf: Shelf, *, folders: bool = False) -> Path:
    """The file that a relative path names, symbolic links followed.

    Args:
        address: the path as declared.
        shelf: gives the declaration's folder.
        folders: whether a folder is a source too (a Shapefile's).

    Raises:
        DeclarationError: outside of the folder, or a folder where a file is meant.
        OutsideError: nothing there; the problem has the nearest name that exists.
    """
    folder = shelf.folder.resolve()
    found = (folder / address).resolve()
    if not found.is_relative_to(folder):
        raise DeclarationError(Problem("source-escapes", place=address))
    if not found.exists():
        near = difflib.get_close_matches(found.name, _siblings(found.parent), n=1)
        params = {"near": near[0] if near else "—", "passing": False}
        raise OutsideError(Problem("source-missing", place=address, params=params))
    if not (found.is_file() or (folders and found.is_dir())):
        raise DeclarationError(Problem("source-not-file", place=address))
    return found


def _siblings(folder: Path) -> list[str]:
    return [entry.name for entry in folder.iterdir()] if folder.is_dir() else []


def _copy(path: Path, address: str, shelf: Shelf, bound: int | None) -> Pulled:
    size, limit = path.stat().st_size, min(bound or shelf.max_bytes, shelf.max_bytes)
    if size > limit:
        # Told before a byte is copied; ``keep`` counts again while it does.
        raise Rejected(too_large(address, limit))
    known = shelf.known
    if known and known.address == address and stored(shelf, known.sha256, size):
        digest = hashlib.sha256()
        for chunk in steady(path, address):
            digest.update(chunk)
        if digest.hexdigest() == known.sha256:
            return replace(known, path=shelf.evidence / known.sha256, retrieved_at=shelf.now())
    kept, sha256, size = keep(steady(path, address), shelf, address, bound)
    return Pulled(kept, sha256, size, address, shelf.now())


def steady(path: Path, address: str) -> Iterator[bytes]:
    """A file's bytes, refused if somebody wrote to it meanwhile.

    Raises:
        OutsideError: it changed while it was read, or cannot be read.
    """
    try:
        before = path.stat()
        with path.open("rb") as source:
            while chunk := source.read(CHUNK):
                yield chunk
        after = path.stat()
    except OSError as error:
        raise OutsideError(unreadable(address, error)) from error
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise OutsideError(Problem("source-changing", place=address, params={"passing": True}))
