"""KML and KMZ (2.0 to 2.3): placemarks as rows, what they say as columns.

Columns are what occurs: ``name``, ``description``, ``folder`` (names of the folders around, joined
by `` / ``), ``address``, ``phoneNumber``, the times, and each name of ``ExtendedData``. All of it
is text as the file has it. Geometry is WKB in the column ``geometry``, longitude first; heights
other than 0, Google's own elements (``gx:``) and overlays are left out, and it is said. A link to
another file (``NetworkLink``) is refused: what it leads to is not in the file. A row is the
placemark's number.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import IO
from zipfile import ZipFile

import pyarrow as pa
from pydantic import Field, field_validator

from catalog.problem import Level, Problem, Rejected
from flows.sources import POSITION, Pulled, RawTable
from flows.sources._crs import WGS84
from flows.sources._evidence import CHUNK
from flows.sources._file import FileOptions, pull
from flows.sources._kml_parse import FACTS, Placemark, placemarks
from flows.sources._kml_shapes import wkb
from flows.sources._sniff import sniff
from flows.sources._spool import Spool
from flows.sources._table import bounded, never_empty, raw_table, table_schema, unique_labels
from flows.sources._text import ENCODINGS, known_encoding
from flows.sources._zip import MAX_UNPACKED, checked

__all__ = ["Options", "pull", "read"]

GEOMETRY = "geometry"
_ZIP = b"PK\x03\x04"
#: Placemarks in a batch, and characters of coordinates: outlines may have millions of them.
_PLACEMARKS, _CHARACTERS = 10_000, 16 << 20


class Options(FileOptions):
    """How a KML file is laid out.

    Attributes:
        encoding: of the file, over what its first line says.
        member: path of the KML inside a KMZ; ``doc.kml``, or the only one, if not given.
        max_unpacked: bound on the size of an unpacked KMZ, bytes.
    """

    encoding: str | None = None
    member: str | None = Field(default=None, min_length=1)
    max_unpacked: int = Field(default=MAX_UNPACKED, ge=1)

    _known = field_validator("encoding")(known_encoding)


def read(pulled: Pulled, options: Options) -> RawTable:
    """Read a KML or KMZ file, in one pass; its rows are put by on the disk.

    Args:
        pulled: the file.
        options: what the declaration says.

    Raises:
        Rejected: not KML, no placemarks, a link to another file, a name twice in one placemark,
            coordinates that are none.
    """
    left_out: Counter[str] = Counter()
    spool, names, heights = Spool(), _Names(), 0
    with _opened(pulled, options) as source:
        first = 1
        for batch in _batches(placemarks(_chunks(source, options), left_out)):
            shapes, high = wkb(batch, first)
            heights += high
            spool.add(names.batch(batch, shapes, first))
            first += len(batch)
    if first == 1:
        raise Rejected(Problem("kml-no-placemarks"))
    labels, named = unique_labels(names.labels(), reserved=[GEOMETRY])
    stored, schema = names.schema(), table_schema(labels, GEOMETRY)

    def opened() -> Iterator[pa.RecordBatch]:
        for batch in spool.batches(stored):
            yield pa.record_batch(batch.columns, schema=schema)

    return raw_table(
        (*labels, GEOMETRY),
        lambda: never_empty(opened(), schema),
        (*named, *_findings(heights, left_out)),
        geometry=GEOMETRY,
        crs=WGS84,
    )


def _findings(heights: int, left_out: Counter[str]) -> Iterator[Problem]:
    if heights:
        params = {"count": f"{heights:,}"}
        yield Problem("kml-heights", params=params, level=Level.WARNING)
    if left_out:
        shown = ", ".join(f"{name} ({count:,})" for name, count in left_out.most_common(8))
        yield Problem("kml-left-out", params={"elements": shown}, level=Level.NOTE)


@contextmanager
def _opened(pulled: Pulled, options: Options) -> Iterator[IO[bytes]]:
    """The KML, out of its KMZ if it is in one."""
    with pulled.path.open("rb") as source:
        head = source.read(4096)
    if not head.strip():
        raise Rejected(Problem("source-empty"))
    sniff(head, "KML", allowed=(b"<?xml", _ZIP))
    if not head.startswith(_ZIP):
        with pulled.path.open("rb") as source:
            yield source
        return
    bound = options.max_unpacked
    with (
        checked(pulled.path, "KMZ", bound=bound, broken="source-packed-badly") as container,
        container.open(_member(container, options)) as source,
    ):
        yield source


def _chunks(source: IO[bytes], options: Options) -> Iterator[bytes] | Iterator[str]:
    """The KML piece by piece: text where the declaration says how it is encoded."""
    if options.encoding is None:
        return iter(lambda: source.read(CHUNK), b"")
    text = io.TextIOWrapper(source, ENCODINGS[options.encoding], "strict", newline="")
    return iter(lambda: text.read(CHUNK), "")


def _member(container: ZipFile, options: Options) -> str:
    """The KML in a KMZ: ``doc.kml`` at the root, as Google Earth makes it, or the only one."""
    found = [name for name in container.namelist() if PurePosixPath(name).suffix.lower() == ".kml"]
    if options.member is not None:
        chosen = [name for name in found if name == options.member]
    else:
        chosen = [name for name in found if name.lower() == "doc.kml"] or found
    if len(chosen) != 1:
        shown = ", ".join(sorted(found)[:20]) or "—"
        raise Rejected(Problem("kmz-which", params={"files": shown}))
    return chosen[0]


def _batches(found: Iterator[Placemark]) -> Iterator[list[Placemark]]:
    """Placemarks in batches, bounded in number and in coordinates."""
    batch: list[Placemark] = []
    size = 0
    for placemark in found:
        batch.append(placemark)
        size += sum(len(text) for _, texts in placemark.parts for text in texts)
        if len(batch) == _PLACEMARKS or size > _CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


class _Names:
    """Names of facts and of data, as they turn up; each kind has names of its own."""

    def __init__(self) -> None:
        self._facts: dict[str, None] = {}
        self._data: dict[str, None] = {}

    def batch(self, found: Sequence[Placemark], shapes: pa.Array, first: int) -> pa.RecordBatch:
        """Columns of a batch, under their kind and name."""
        for placemark in found:
            if placemark.facts.keys() - self._facts.keys():
                self._facts |= dict.fromkeys(placemark.facts)
            if placemark.data.keys() - self._data.keys():
                self._data |= dict.fromkeys(placemark.data)
                bounded(self._data)
        columns = {POSITION: pa.array(range(first, first + len(found)), pa.int64())}
        for name in self._facts:
            columns[f"fact {name}"] = pa.array(
                [placemark.facts.get(name) for placemark in found], pa.string()
            )
        for name in self._data:
            columns[f"data {name}"] = pa.array(
                [placemark.data.get(name) for placemark in found], pa.string()
            )
        columns[GEOMETRY] = shapes
        return pa.RecordBatch.from_pydict(columns)

    def _ordered(self) -> list[str]:
        return [name for name in FACTS if name in self._facts]

    def labels(self) -> list[str]:
        """Labels as found: facts first, then data."""
        return [*self._ordered(), *self._data]

    def schema(self) -> pa.Schema:
        """How batches are stored, with every column that occurs."""
        names = [f"fact {name}" for name in self._ordered()]
        names += [f"data {name}" for name in self._data]
        return table_schema(names, GEOMETRY)
