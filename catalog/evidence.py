"""Evidence of a source: its bytes as they were found, by hash, with time and address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Pulled:
    """Source bytes as they were found, kept as evidence.

    Attributes:
        path: where the bytes lie now; never written to again.
        sha256: hash of the bytes, 64 hex digits.
        size: bytes.
        address: where they came from: a path relative to the declaration, or an address.
        retrieved_at: when, UTC.
        etag, last_modified: what an HTTP server said, for the next conditional request.
    """

    path: Path
    sha256: str
    size: int
    address: str
    retrieved_at: datetime
    etag: str | None = None
    last_modified: str | None = None
