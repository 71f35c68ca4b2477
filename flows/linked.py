"""``samdao csv2rdf``: anybody's CSV, with the CSVW metadata beside it, as RDF."""

from __future__ import annotations

from pathlib import Path
from typing import IO
from urllib.parse import unquote, urljoin, urlsplit

import pyoxigraph as ox

from catalog.csvw import Fetched, csv2rdf
from catalog.problem import DeclarationError, Problem
from catalog.registry import nearest

FORMATS = {"ttl": ox.RdfFormat.TURTLE, "nt": ox.RdfFormat.N_TRIPLES}
_KINDS = {".csv": "text/csv", ".tsv": "text/tab-separated-values", ".json": "application/json"}


def convert(
    file: str, metadata: str | None, base: str | None, to: str, out: IO[bytes], *,
    minimal: bool = False,
) -> tuple[Problem, ...]:  # fmt: skip
    """Convert a tabular file, or the files that a metadata document describes.

    Args:
        file: a CSV, or a metadata document.
        metadata: a document that overrides what lies beside the CSV.
        base: address that the file's folder stands for; its ``file:`` address if ``None``.
        to: ``ttl`` or ``nt``.
        out: gets the RDF.
        minimal: without the scaffolding of tables and rows.

    Returns:
        What was passed over, as warnings.

    Raises:
        DeclarationError: there is no such file or format.
        Rejected: what the standard calls an error.
    """
    if to not in FORMATS:
        params = {"nearest": nearest(to, tuple(FORMATS)) or "—", "known": ", ".join(FORMATS)}
        raise DeclarationError(Problem("name-unknown", place="--to", value=to, params=params))
    shelf = _Shelf(Path(file).resolve().parent, base)
    address = shelf.address(file)
    found = csv2rdf(
        address, shelf.fetch, metadata=metadata and shelf.address(metadata), minimal=minimal
    )
    ox.serialize(found.triples, out, format=FORMATS[to])
    return tuple(found.warnings)


class _Shelf:
    """Files of a folder under the addresses that they stand for; nothing outside of it is read."""

    def __init__(self, folder: Path, base: str | None) -> None:
        self.folder = folder
        self.base = (base or folder.as_uri()).rstrip("/") + "/"

    def address(self, file: str) -> str:
        """The address of a file of the folder."""
        path = Path(file).resolve()
        if not path.is_file():
            raise DeclarationError(Problem("file-missing", place=file))
        if self.folder not in path.parents:
            return path.as_uri()
        return urljoin(self.base, path.relative_to(self.folder).as_posix())

    def fetch(self, address: str) -> Fetched | None:
        """What stands at an address of the folder."""
        path = self._path(address)
        if path is None or not path.is_file():
            return None
        kind = _KINDS.get(path.suffix.lower())
        return Fetched(path.read_bytes(), {"content-type": kind} if kind else {})

    def _path(self, address: str) -> Path | None:
        plain = address.partition("#")[0].partition("?")[0]
        if plain.startswith(self.base):
            path = (self.folder / unquote(plain.removeprefix(self.base))).resolve()
            return path if self.folder in path.parents else None
        if urlsplit(plain).scheme == "file":  # a metadata document that the user named
            return Path(unquote(urlsplit(plain).path))
        return None
