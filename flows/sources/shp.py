"""ESRI Shapefile: a ZIP, a folder, or a ``.shp`` with its companions beside it.

Attributes are the text that stands in the ``.dbf`` (``_dbf``), in the encoding that the
declaration, the ``.cpg`` or the header names, else the one that fits strictly. Geometry comes
through GDAL as WKB in the column ``geometry``; the reference system from the ``.prj``. A row is the
record's number.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import pyarrow as pa
from pydantic import Field, field_validator

from catalog.problem import Level, Problem, Rejected
from flows.sources import Pulled, RawTable, Shelf, _file
from flows.sources._crs import by_wkt, unknown
from flows.sources._dbf import Dbf, code_page, columns, open_dbf, with_encoding
from flows.sources._evidence import CHUNK, keep, part_file, too_large
from flows.sources._file import FileOptions, locate, steady
from flows.sources._sniff import sniff
from flows.sources._table import never_empty, raw_table, table_schema, unique_labels
from flows.sources._text import ENCODINGS, known_encoding
from flows.sources._zip import MAX_UNPACKED, checked

__all__ = ["Options", "pull", "read"]

_KIND = "Shapefile (ZIP)"
GEOMETRY = "geometry"
_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_NEEDED = (".shp", ".shx", ".dbf")
#: A packed folder's bytes depend on its files only, not on when they were written.
_EPOCH = (1980, 1, 1, 0, 0, 0)


class Options(FileOptions):
    """How a Shapefile is laid out.

    Attributes:
        layer: name of the Shapefile, where there are several.
        encoding: of its texts, over what its files say.
        crs: its reference system, over what its files say (``EPSG:24047``).
        max_unpacked: bound on the size of the unpacked ZIP, bytes.
    """

    layer: str | None = Field(default=None, min_length=1)
    encoding: str | None = None
    crs: str | None = Field(default=None, pattern=r"^EPSG:\d+$")
    max_unpacked: int = Field(default=MAX_UNPACKED, ge=1)

    _known = field_validator("encoding")(known_encoding)


def pull(options: Options, shelf: Shelf) -> Pulled:
    """Bring a Shapefile's bytes into the evidence folder, always as one ZIP.

    A ``.shp`` is taken with its companions, a folder with all Shapefiles in it; they are packed
    so that the same files always give the same bytes.

    Raises:
        OutsideError: missing or unreachable.
        Rejected: over the size bound, or nothing there is a Shapefile.
        DeclarationError: the path leaves the declaration's folder.
    """
    if options.path is None or options.path.lower().endswith(".zip"):
        return _file.pull(options, shelf)
    found = locate(options.path, shelf, folders=True)
    beside = found.iterdir() if found.is_dir() else found.parent.glob(f"{_glob(found.stem)}.*")
    files = sorted(file for file in beside if file.suffix.lower() in _PARTS and file.is_file())
    limit = min(options.max_bytes or shelf.max_bytes, shelf.max_bytes)
    if sum(file.stat().st_size for file in files) > limit:
        raise Rejected(too_large(options.path, limit))
    if not any(file.suffix.lower() == ".shp" for file in files):
        raise Rejected(Problem("shp-part-missing", params={"missing": ".shp"}))
    with part_file(shelf) as packed:
        _pack(files, packed, options.path)
        path, sha256, size = keep(steady(packed, options.path), shelf, options.path, limit)
    return Pulled(path, sha256, size, options.path, shelf.now())


def _glob(stem: str) -> str:
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in stem)


def _pack(files: list[Path], target: Path, address: str) -> None:
    with ZipFile(target, "w", ZIP_STORED) as container:
        for file in files:
            with container.open(ZipInfo(file.name, _EPOCH), "w") as member:
                for chunk in steady(file, address):
                    member.write(chunk)


def read(pulled: Pulled, options: Options) -> RawTable:
    """Read a Shapefile.

    Args:
        pulled: a ZIP with its files.
        options: which layer, and what its files leave open.

    Raises:
        Rejected: not a ZIP, a part missing, several layers and none named, texts in another
            encoding than said, numbers of shapes and records that differ.
    """
    with _unpacked(pulled.path, options) as parts:
        table, findings = _table(parts, options)
        crs, doubts = _crs(parts, options)
        deleted = sum(int(gone.sum()) for _, gone in table.blocks())
        _whole(parts, table)
    names, named = unique_labels(table.labels(), reserved=[GEOMETRY])
    schema = table_schema(names, GEOMETRY)

    def opened() -> Iterator[pa.RecordBatch]:
        with _unpacked(pulled.path, options) as parts:
            yield from _batches(parts, replace(table, path=parts[".dbf"]), schema)

    if deleted:
        note = Problem("shp-deleted", params={"count": f"{deleted:,}"}, level=Level.NOTE)
        findings = (*findings, note)
    return raw_table(
        (*names, GEOMETRY),
        lambda: never_empty(opened(), schema),
        (*findings, *named, *doubts),
        geometry=GEOMETRY,
        crs=crs,
    )


@contextmanager
def _unpacked(path: Path, options: Options) -> Iterator[Mapping[str, Path]]:
    """The parts of the layer that is meant, by their suffix, in a folder that goes away."""
    with path.open("rb") as source:
        sniff(source.read(4096), _KIND, allowed=(b"PK\x03\x04",))
    with (
        checked(path, _KIND, bound=options.max_unpacked, broken="source-packed-badly") as container,
        TemporaryDirectory(prefix="samdao-shp-") as folder,
    ):
        parts = {}
        for suffix, member in _members(container, options).items():
            # Fixed names: what a ZIP calls its members is nobody's path here.
            parts[suffix] = Path(folder) / f"layer{suffix}"
            with container.open(member) as packed, parts[suffix].open("wb") as out:
                shutil.copyfileobj(packed, out, CHUNK)
        yield parts


def _members(container: ZipFile, options: Options) -> dict[str, str]:
    """Members of the layer by suffix, letters small."""
    layers: dict[PurePosixPath, dict[str, str]] = {}
    for name in container.namelist():
        path = PurePosixPath(name)
        hidden = path.name.startswith(".") or "__MACOSX" in path.parts
        if path.suffix.lower() in _PARTS and not hidden:
            layers.setdefault(path.with_suffix(""), {})[path.suffix.lower()] = name
    found = {layer: parts for layer, parts in layers.items() if ".shp" in parts}
    if options.layer is not None:
        found = {layer: parts for layer, parts in found.items() if layer.name == options.layer}
    if not found:
        missing = f"{options.layer}.shp" if options.layer else ".shp"
        raise Rejected(Problem("shp-part-missing", params={"missing": missing}))
    if len(found) > 1:
        shown = ", ".join(sorted(layer.name for layer in found))
        raise Rejected(Problem("shp-which", params={"layers": shown}))
    (parts,) = found.values()
    missing = ", ".join(part for part in _NEEDED if part not in parts)
    if missing:
        raise Rejected(Problem("shp-part-missing", params={"missing": missing}))
    return parts


def _table(parts: Mapping[str, Path], options: Options) -> tuple[Dbf, tuple[Problem, ...]]:
    table, said = open_dbf(parts[".dbf"])
    if ".cpg" in parts:
        said = code_page(parts[".cpg"].read_text("ascii", "replace")) or said
    return with_encoding(table, ENCODINGS[options.encoding] if options.encoding else said)


def _crs(parts: Mapping[str, Path], options: Options) -> tuple[str | None, tuple[Problem, ...]]:
    if options.crs:
        return options.crs, ()
    if ".prj" not in parts:
        return None, (unknown(".prj —"),)
    wkt = parts[".prj"].read_text("utf-8", "replace")
    known = by_wkt(wkt)
    return known, () if known else (unknown(wkt[:80]),)


def _whole(parts: Mapping[str, Path], table: Dbf) -> None:
    """Refuse a Shapefile that is cut short (ESRI's description, July 1998, p. 3 and 23)."""
    for suffix in (".shp", ".shx"):
        with parts[suffix].open("rb") as source:
            head = source.read(100)
        size = parts[suffix].stat().st_size
        # GDAL gives empty shapes for what is not there, and a warning that nobody reads.
        if len(head) < 100 or size < 2 * int.from_bytes(head[24:28], "big"):
            raise Rejected(Problem("shp-broken", params={"reason": f"{suffix}: EOF"}))
    shapes = (parts[".shx"].stat().st_size - 100) // 8
    if shapes != table.records:
        params = {"shapes": f"{shapes:,}", "records": f"{table.records:,}"}
        raise Rejected(Problem("shp-count", params=params))


def _batches(parts: Mapping[str, Path], table: Dbf, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Batches of rows; shapes and records go side by side, deleted ones are left out."""
    first = 1
    shapes = _Shapes(parts)
    for block, gone in table.blocks():
        rows = pa.array(range(first, first + len(block)), pa.int64())
        texts = columns(table, block, first)
        batch = pa.record_batch([rows, *texts, shapes.take(len(block))], schema=schema)
        yield batch.filter(pa.array(~gone)) if gone.any() else batch
        first += len(block)


class _Shapes:
    """WKB of the shapes, in order, in pieces of any length.

    GDAL sees the ``.shp`` and its index alone: with a ``.dbf`` beside, pyogrio fails on names that
    are cut inside of a Thai letter.
    """

    def __init__(self, parts: Mapping[str, Path]) -> None:
        folder = parts[".shp"].parent / "shapes"
        if not folder.exists():
            folder.mkdir()
            for suffix in (".shp", ".shx"):
                (folder / f"layer{suffix}").hardlink_to(parts[suffix])
        self._stream = self._read(folder / "layer.shp")
        self._left = pa.array([], pa.binary())

    @staticmethod
    def _read(path: Path) -> Iterator[pa.Array]:
        import pyogrio
        from pyogrio.errors import DataSourceError

        try:
            with pyogrio.open_arrow(path, columns=[], use_pyarrow=True) as (meta, reader):
                name = meta["geometry_name"] or "wkb_geometry"
                for batch in reader:
                    yield batch.column(name).cast(pa.binary())
        except (DataSourceError, pa.ArrowInvalid, OSError) as error:
            raise Rejected(Problem("shp-broken", params={"reason": str(error)})) from error

    def take(self, count: int) -> pa.Array:
        """The next so many shapes.

        Raises:
            Rejected: there are fewer.
        """
        pieces = [self._left]
        while sum(map(len, pieces)) < count:
            piece = next(self._stream, None)
            if piece is None:
                raise Rejected(Problem("shp-broken", params={"reason": ".shp: EOF"}))
            pieces.append(piece)
        joined = pa.concat_arrays(pieces)
        self._left = joined.slice(count)
        return joined.slice(0, count)
