"""Where tables come from: one module per kind of source.

The contract. A module ``flows/sources/<kind>.py`` has

    Options                      a frozen pydantic model, extra="forbid": what a declaration may say
    pull(options, shelf)         -> Pulled: fetch the bytes, hashed, and keep them as evidence
    read(pulled, options)        -> RawTable: text columns with their position, in batches

``pull`` touches the world and decides nothing; ``read`` is pure on the pulled file. Kinds that are
files take ``FileOptions`` and ``pull`` from ``flows.sources._file`` (local path or HTTP address).
Both raise ``OutsideError`` (unreachable) or ``Rejected`` (not the declared kind, over a bound).

Registered by file name (``catalog.registry``); a kind is checked when declarations load.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from catalog.cast import POSITION
from catalog.evidence import Pulled
from catalog.problem import Problem

__all__ = ["BATCH_ROWS", "POSITION", "Pulled", "RawTable", "Shelf"]

#: Rows in a batch: large enough to vectorise, small enough to keep memory flat.
BATCH_ROWS = 50_000


@dataclass(frozen=True, slots=True)
class Shelf:
    """What ``pull`` may use of the world.

    Attributes:
        folder: the declaration's folder, which relative paths start from.
        evidence: folder that keeps pulled bytes, named by their hash (written once).
        known: the pull before this one, for a conditional request.
        now: the clock (UTC).
        max_bytes: bound on the size of a source.
        contact: whom a server's keeper may write to; goes into the User-Agent.
    """

    folder: Path
    evidence: Path
    known: Pulled | None
    now: Callable[[], datetime]
    max_bytes: int
    contact: str = ""


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table as its source has it: text, and where each row stood.

    Attributes:
        columns: header labels in order, unique, as found (stacked headers joined by `` / ``).
        open: gives the batches anew at each call. A batch has ``_row`` (int64: line of a text
            file, row of a sheet, number of a feature; from 1) and then one nullable string column
            per label. Geometry comes as a binary column of WKB.
        geometry: label of the geometry column, if there is one.
        crs: the geometry's reference system, ``EPSG:4326`` and its like.
        notes: what the reader did that an officer should know (encoding found, rows skipped),
            in Thai.
        findings: the same as problems of level note or warning, which have words in both languages.
        sheet: name of the sheet, where the source is a workbook.
        cells: place of each label's column in that sheet, from 0 for column A.
    """

    columns: tuple[str, ...]
    open: Callable[[], Iterator[pa.RecordBatch]]
    geometry: str | None = None
    crs: str | None = None
    notes: tuple[str, ...] = ()
    findings: tuple[Problem, ...] = ()
    sheet: str | None = None
    cells: tuple[int, ...] = ()
