"""ZIP archives that are the same bytes on any day and any machine (APPNOTE 6.3)."""

from __future__ import annotations

import shutil
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from catalog.formats import FIXED_TIME

_UNIX = 3
_READABLE = 0o644 << 16
_CHUNK = 2**20


def add(archive: ZipFile, name: str, content: Path | bytes) -> None:
    """Put a file into an archive, with the fixed time.

    Args:
        archive: opened for writing.
        name: inside of the archive.
        content: a file, copied piece by piece, or its bytes.
    """
    entry = ZipInfo(name, FIXED_TIME)
    entry.compress_type = ZIP_DEFLATED
    entry.create_system = _UNIX
    entry.external_attr = _READABLE
    if isinstance(content, bytes):
        archive.writestr(entry, content)
        return
    entry.file_size = content.stat().st_size  # so that only what is large becomes ZIP64
    with content.open("rb") as source, archive.open(entry, "w") as target:
        shutil.copyfileobj(source, target, _CHUNK)
