"""Which tables a file has, and how a declaration tells the readers to read them.

The kind of a file is what its bytes are, not what its name says. Each kind belongs to a family of
``flows.doctor.layouts``, which examines the file whole and gives a ``Layout`` for each table.
"""

from __future__ import annotations

import gzip
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from zipfile import BadZipFile, ZipFile

from catalog.problem import Problem, Rejected
from catalog.registry import variant
from flows.doctor import Layout
from flows.doctor.layouts._say import note
from flows.sources import Shelf
from flows.sources._ole import MAGIC, is_encrypted
from flows.sources._sniff import sniff

#: The family of each kind of source.
_FAMILIES = {
    "csv": "text", "xlsx": "sheets", "xls": "sheets", "ods": "sheets", "json": "json",
    "shp": "geodata", "kml": "geodata", "gpkg": "geodata",
}  # fmt: skip
#: Suffixes that say what the kind is; others say nothing.
_SUFFIXES = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".tab": "csv", ".xlsx": "xlsx", ".xlsm": "xlsx",
    ".xls": "xls", ".ods": "ods", ".json": "json", ".jsonl": "json", ".ndjson": "json",
    ".geojson": "json", ".kml": "kml", ".kmz": "kml", ".gpkg": "gpkg", ".shp": "shp",
}  # fmt: skip
_ZIP, _SQLITE, _GZIP, _SHP = b"PK\x03\x04", b"SQLite format 3\x00", b"\x1f\x8b", b"\x00\x00\x27\x0a"
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
#: Bound on the parts of a loose Shapefile, bytes.
_MAX_PARTS = 4 << 30


def layouts(path: Path) -> tuple[Layout, ...]:
    """Every table of a file, in its order.

    Each ``Layout``'s options, given to its kind's reader with the file's path, read exactly that
    table. Findings about the file as a whole stand with the first table.

    Args:
        path: a file, or a folder with the parts of a Shapefile.

    Raises:
        Rejected: nothing in it can be read; each problem says why.
    """
    if path.is_dir() or path.suffix.lower() == ".shp":
        return _loose(path)
    kind = _kind(path)
    try:
        found: tuple[Layout, ...] = _family(_FAMILIES[kind]).find(path, kind)
    except Rejected as refused:
        if kind != "json" or _SUFFIXES.get(path.suffix.lower()) != "csv":
            raise
        if {problem.code for problem in refused.problems} != {"json-invalid"}:
            raise
        # A text whose first cell begins with a bracket is no JSON.
        found = _family("text").find(path, "csv")
    return _named_right(path, found)


def _family(name: str) -> ModuleType:
    return variant("flows.doctor.layouts", name)


def _named_right(path: Path, found: tuple[Layout, ...]) -> tuple[Layout, ...]:
    """The layouts; the first one says if the file's name promises another kind."""
    promised = _SUFFIXES.get(path.suffix.lower())
    kind = found[0].kind
    if promised is None or promised == kind or {promised, kind} == {"json", "geojson"}:
        return found
    params = {"found": kind.upper(), "name": path.suffix}
    said = note("doctor-suffix", **params)
    return (replace(found[0], findings=(said, *found[0].findings)), *found[1:])


def _kind(path: Path) -> str:
    """The kind of source that a file's bytes are.

    Raises:
        Rejected: nothing that a reader takes.
    """
    with path.open("rb") as source:
        head = source.read(4096)
    if head.startswith(_ZIP):
        return _packed(path)
    if head.startswith(MAGIC):
        if is_encrypted(path):
            raise Rejected(Problem("workbook-password", params={"kind": "XLSX"}))
        return "xls"
    if head.startswith(_SQLITE):
        return "gpkg"
    if head.startswith(_GZIP):
        head = _unpacked(path)
    bare = _bare(head)
    if b"<kml" in head or (bare.startswith(b"<?xml") and b"opengis.net/kml" in head):
        return "kml"
    sniff(bare, "CSV, XLSX, JSON")
    return "json" if bare[:1] in (b"{", b"[") else "csv"


def _bare(head: bytes) -> bytes:
    """The first bytes without a mark, zero bytes and blanks."""
    for mark in _BOMS:
        head = head.removeprefix(mark)
    return head.replace(b"\0", b"").lstrip()


def _unpacked(path: Path) -> bytes:
    try:
        with gzip.open(path, "rb") as source:
            return source.read(4096)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise Rejected(Problem("source-packed-badly", params={"reason": str(error)})) from error


def _packed(path: Path) -> str:
    """The kind of a ZIP, by the names of what is in it.

    Raises:
        Rejected: damaged, or nothing in it that a reader takes.
    """
    try:
        with ZipFile(path) as container:
            members = [name for name in container.namelist() if "__MACOSX" not in name]
    except (BadZipFile, NotImplementedError, OSError, ValueError, UnicodeDecodeError) as error:
        raise Rejected(Problem("source-packed-badly", params={"reason": str(error)})) from error
    small = [name.lower() for name in members]
    if "xl/workbook.xml" in small:
        return "xlsx"
    if "content.xml" in small:
        return "ods"
    for suffix, kind in ((".shp", "shp"), (".kml", "kml")):
        if any(name.endswith(suffix) for name in small):
            return kind
    if "xl/workbook.bin" in small or "word/document.xml" in small:
        found = "XLSB" if "xl/workbook.bin" in small else "DOCX"
        raise Rejected(Problem("doctor-kind-unknown", params={"found": found}))
    inside = ", ".join(members[:5]) or "—"
    raise Rejected(Problem("doctor-zip", params={"inside": inside}))


def _loose(path: Path) -> tuple[Layout, ...]:
    """A Shapefile whose parts lie beside each other: packed first, as its reader does."""
    with TemporaryDirectory(prefix="samdao-doctor-") as scratch:
        shelf = Shelf(path.parent, Path(scratch), None, lambda: datetime.now(UTC), _MAX_PARTS)
        reader = variant("flows.sources", "shp")
        packed = reader.pull(reader.Options(path=path.name), shelf)
        found: tuple[Layout, ...] = _family("geodata").find(packed.path, "shp")
        return found
