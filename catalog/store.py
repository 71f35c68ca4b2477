"""Where releases' files lie: write-once objects under ``<office>/<dataset>/<version>/``.

A local folder, or any fsspec URL (S3 and its like). A release's folder is filled before the
database knows of it; a folder that no release names is the trace of a run that was killed, and the
next run removes it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from functools import cached_property
from io import BufferedIOBase
from pathlib import Path
from typing import Any

from catalog.names import DatasetId, Version


class Store:
    """Files of releases.

    Args:
        url: a folder, or an fsspec URL.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.root = None if "://" in url else Path(url).expanduser().resolve()

    @cached_property
    def _remote(self) -> tuple[Any, str]:
        import fsspec

        filesystem, path = fsspec.core.url_to_fs(self.url)
        return filesystem, path.rstrip("/")

    def put(self, id: DatasetId, version: Version, folder: Path) -> None:
        """Keep every file of ``folder`` as a release; safe against power loss when it returns.

        Raises:
            FileExistsError: something lies there already: objects are written once.
        """
        if self.root is None:
            self._put_remote(id, version, folder)
            return
        target = self.root / id.office / id.dataset / str(version)
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            raise FileExistsError(target)
        for file in sorted(folder.iterdir()):
            _sync(file)
            file.chmod(0o444)
        try:
            folder.rename(target)
        except OSError:  # another file system
            part = target.with_name(target.name + ".part")
            shutil.rmtree(part, ignore_errors=True)
            shutil.copytree(folder, part)
            part.rename(target)
        _sync(target.parent)

    def _put_remote(self, id: DatasetId, version: Version, folder: Path) -> None:
        filesystem, root = self._remote
        target = f"{root}/{id}/{version}"
        if filesystem.exists(target):
            raise FileExistsError(target)
        for file in sorted(folder.iterdir()):
            filesystem.put_file(str(file), f"{target}/{file.name}")

    def path(self, id: DatasetId, version: Version, file: str) -> Path | None:
        """A file's local path, where the store is a folder."""
        if self.root is None:
            return None
        return self.root / id.office / id.dataset / str(version) / file

    def open(self, id: DatasetId, version: Version, file: str) -> BufferedIOBase:
        """A file's bytes, seekable.

        Raises:
            FileNotFoundError: no such file.
        """
        local = self.path(id, version, file)
        if local is not None:
            return local.open("rb")
        filesystem, root = self._remote
        opened: BufferedIOBase = filesystem.open(f"{root}/{id}/{version}/{file}", "rb")
        return opened

    def fetch(self, id: DatasetId, version: Version, file: str, scratch: Path) -> Path:
        """A local copy for readers that need a path; the file itself where the store is local."""
        local = self.path(id, version, file)
        if local is not None:
            return local
        target = scratch / f"{version}-{file}"
        with self.open(id, version, file) as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy, 1 << 20)
        return target

    def versions(self, id: DatasetId) -> Iterator[Version]:
        """Versions that have a folder, whether or not the database knows them."""
        if self.root is None:
            filesystem, root = self._remote
            found = (
                filesystem.ls(f"{root}/{id}", detail=False)
                if filesystem.exists(f"{root}/{id}")
                else []
            )
            names = [name.rstrip("/").rsplit("/", 1)[-1] for name in found]
        else:
            folder = self.root / id.office / id.dataset
            names = [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
        for name in sorted(names):
            try:
                yield Version.parse(name)
            except ValueError:
                continue

    def heal(self, id: DatasetId, known: frozenset[Version]) -> tuple[Version, ...]:
        """Remove folders of versions that the database does not know; give back which.

        Only under the dataset's lock: a folder may be there a moment before its row.
        """
        orphans = tuple(version for version in self.versions(id) if version not in known)
        for version in orphans:
            if self.root is None:
                filesystem, root = self._remote
                filesystem.rm(f"{root}/{id}/{version}", recursive=True)
            else:
                shutil.rmtree(self.root / id.office / id.dataset / str(version))
        if self.root is not None:
            for part in (self.root / id.office / id.dataset).glob("*.part"):
                shutil.rmtree(part, ignore_errors=True)
        return orphans


def _sync(path: Path) -> None:
    """Bring a file, or a folder's list of names, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
