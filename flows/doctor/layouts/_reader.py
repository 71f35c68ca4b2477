"""A file as the readers take it: what was pulled, without having been."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from flows.sources import Pulled

#: When a file was pulled does not matter to reading it.
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


def pulled(path: Path) -> Pulled:
    """The file, as evidence of it would be."""
    return Pulled(path, "", path.stat().st_size, path.name, _ANY_TIME)
