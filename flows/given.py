"""A file that a person names on the command line: looked at before anything opens it.

A link may lead anywhere, a device never ends, a pipe waits for ever: only a plain file is read, and
a folder only where one is meant (a Shapefile's parts).
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from catalog.problem import DeclarationError, OutsideError, Problem


def plain_file(path: Path, *, folder: bool = False) -> None:
    """Refuse what is no plain file.

    Args:
        path: as it was named.
        folder: whether a folder is good too.

    Raises:
        DeclarationError: nothing there, a link, a folder, a device, a pipe.
        OutsideError: it may not be read.
    """
    place = str(path)
    try:
        mode = path.lstat().st_mode
    except (OSError, ValueError) as error:  # a name with a NUL in it is a ``ValueError``
        raise DeclarationError(Problem("file-missing", place=place)) from error
    if stat.S_ISLNK(mode):
        raise DeclarationError(Problem("file-link", place=place))
    if stat.S_ISDIR(mode) and not folder:
        raise DeclarationError(Problem("file-folder", place=place))
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise DeclarationError(Problem("file-device", place=place))
    if not os.access(path, os.R_OK):
        params = {"reason": os.strerror(errno.EACCES), "passing": False}
        raise OutsideError(Problem("source-unreadable", place=place, params=params))
