"""All records of a delimited text, measured once: widths, lines, and which cells are filled.

Large texts that are plain (``flows.sources._csv_fast``) are measured column by column. All others
go record by record, strictly; where quotes do not match, it is tried whether they mean nothing at
all (inches, minutes).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, zip_longest
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from catalog.problem import Problem, Rejected
from flows.doctor.layouts._dialect import Dialect
from flows.doctor.layouts._grid import Grid, Measure, Row
from flows.doctor.layouts._say import option, warning
from flows.sources import POSITION, _csv_exact, _csv_fast
from flows.sources._table import table_schema
from flows.sources._text import Text

if TYPE_CHECKING:
    import _csv

#: Bytes from which a text is worth the look whether it is plain.
_LARGE = 4 << 20
#: Cells that are looked at together, and that are kept for looking into them later.
_TOGETHER, _KEPT = 2_000_000, 400_000
#: Records that are taken together, and kept of the head and the end of a text in any case.
_ROWS, _EDGE = 10_000, 200
#: Greatest number of columns that a table may have.
_WIDEST = 20_000
#: Share of records of one width from which quotes may mean nothing.
_SURE = 0.9

Flags = npt.NDArray[np.bool_]


@dataclass(slots=True)
class Records:
    """All records of a text, measured.

    Attributes:
        grid: of the records.
        widths: cells of each.
        picked: gives some of the records with their numbers, in order, as it reads them.
        odd: the line where quotes do not match, and why; if they do not.
    """

    grid: Grid
    widths: npt.NDArray[np.int32]
    picked: Callable[[Sequence[range]], Iterator[tuple[int, Row]]]
    odd: tuple[int, str] | None = None


def measure(text: Text, dialect: Dialect) -> tuple[Dialect, Records]:
    """All records of a text, with quotes that mean nothing where that alone makes sense of it.

    Raises:
        Rejected: a cell or a row of monstrous size.
    """
    found = _by_columns(text, dialect) or _by_records(text, dialect, strict=True)
    if found.odd is None:
        return dialect, found
    literal = replace(dialect, quote="")
    plain = _by_records(text, literal, strict=False)
    if _even(plain.widths) >= _SURE and plain.grid.width > 1:
        said = warning(
            "doctor-quotes-literal", examples=[found.odd], remedies=[option("quote", "")]
        )
        return replace(literal, findings=(*dialect.findings, said)), plain
    lenient = _by_records(text, dialect, strict=False)
    lenient.odd = found.odd
    return dialect, lenient


def _even(widths: npt.NDArray[np.int32]) -> float:
    """Share of records of the commonest width, blank ones aside."""
    some = widths[widths > 0]
    return float(np.bincount(some).max() / len(some)) if len(some) else 0.0


@dataclass(slots=True)
class _Scan:
    """Records as they come: counted, measured, and kept while they are few."""

    measure: Measure = field(default_factory=Measure)
    widths: list[npt.NDArray[np.int32]] = field(default_factory=list)
    starts: list[npt.NDArray[np.int64]] = field(default_factory=list)
    kept: list[list[str]] | None = field(default_factory=list)
    matrices: list[Flags] = field(default_factory=list)
    first: list[list[str]] = field(default_factory=list)
    last: list[list[str]] = field(default_factory=list)
    cells: int = 0
    line: int = 0

    def records(self, batch: Sequence[list[str]], ends: Sequence[int]) -> None:
        """Take the next records, with the last line of each."""
        widths = np.fromiter(map(len, batch), np.int32, len(batch))
        if int(widths.max()) > _WIDEST:
            row = int(ends[int(widths.argmax())])
            params = {"columns": f"{int(widths.max()):,}", "most": f"{_WIDEST:,}"}
            raise Rejected(Problem("doctor-too-wide", row=row, params=params))
        self.starts.append(np.array([self.line + 1, *(end + 1 for end in ends[:-1])], np.int64))
        self.line = ends[-1]
        step = max(_TOGETHER // max(int(widths.max()), 1), 1)
        for start in range(0, len(batch), step):
            columns = zip_longest(*batch[start : start + step])
            arrays = [pa.array(column, pa.string()) for column in columns]
            self._filled(arrays, min(step, len(batch) - start))
        self._keep(batch, widths)

    def columns(self, batch: pa.RecordBatch) -> None:
        """Take the next records as columns, which have all the same width."""
        starts = batch.column(POSITION).to_numpy()
        cells = batch.columns[1:]
        self.starts.append(starts)
        self.line = int(starts[-1]) + sum((c[-1].as_py() or "").count("\n") for c in cells)
        self._filled(cells, batch.num_rows)
        rows = batch.num_rows
        edge = [*range(min(rows, _EDGE)), *range(max(rows - _EDGE, 0), rows)]
        some = [column.take(pa.array(edge, pa.int64())).to_pylist() for column in cells]
        read = list(map(list, zip(*some, strict=True)))
        self.first = self.first or read[: min(rows, _EDGE)]
        self.last = [*self.last, *read[min(rows, _EDGE) :]][-_EDGE:]
        self.widths.append(np.full(rows, len(cells), np.int32))

    def _filled(self, columns: Sequence[pa.Array], rows: int) -> None:
        flags = [_filled(column) for column in columns]
        matrix = np.stack(flags, axis=1) if flags else np.zeros((rows, 0), bool)
        self.measure.add(matrix)
        if self.kept is not None:
            self.matrices.append(matrix)

    def _keep(self, batch: Sequence[list[str]], widths: npt.NDArray[np.int32]) -> None:
        self.widths.append(widths)
        self.cells += int(widths.sum())
        self.first = self.first or list(batch[:_EDGE])
        self.last = [*self.last, *batch[-_EDGE:]][-_EDGE:]
        if self.cells > _KEPT:
            self.kept, self.matrices = None, []
        elif self.kept is not None:
            self.kept += batch


def _filled(cells: pa.Array) -> Flags:
    """Which cells have something that can be seen."""
    some = pc.greater(pc.binary_length(cells), 0)
    seen = pc.and_(some, pc.invert(pc.utf8_is_space(cells)))
    return np.asarray(pc.fill_null(seen, False).to_numpy(zero_copy_only=False), bool)


def _by_columns(text: Text, dialect: Dialect) -> Records | None:
    """A large text that is plain and whose records are all as wide; ``None`` for any other."""
    if text.size < _LARGE:
        return None
    written = _csv_exact.Dialect(dialect.delimiter, dialect.quote)
    with text.utf8() as stream:
        shape = _csv_fast.shape(stream, written)
    with text.lines() as lines:
        width = len(next(iter(_reader(lines, dialect, strict=False)), []))
    if not shape.plain or not 0 < width <= _WIDEST:
        return None
    schema = table_schema([str(at) for at in range(width)])
    scan = _Scan(kept=None)
    try:
        with text.utf8() as stream:
            for batch in _csv_fast.batches(stream, schema, written, 1, embedded=shape.embedded):
                scan.columns(batch)
    except _csv_fast.NotPlainError:
        return None
    return _records(scan, text, dialect, strict=True)


def _by_records(text: Text, dialect: Dialect, *, strict: bool) -> Records:
    """Any text, record by record, up to where its quotes do not match."""
    scan = _Scan()
    odd = None
    with text.lines() as stream:
        reader = _reader(stream, dialect, strict=strict)
        while odd is None:
            batch: list[list[str]] = []
            ends: list[int] = []
            try:
                for record in islice(reader, _ROWS):
                    batch.append(record)
                    ends.append(reader.line_num)
            except csv.Error as error:
                odd = (ends[-1] if ends else scan.line) + 1, str(error)
            if not batch:
                break
            scan.records(batch, ends)
    if odd and not strict:
        params = {"quote": dialect.quote, "reason": odd[1]}
        raise Rejected(Problem("csv-quotes", row=odd[0], params=params))
    found = _records(scan, text, dialect, strict)
    found.odd = odd
    return found


def _reader(stream: io.TextIOWrapper, dialect: Dialect, *, strict: bool) -> _csv.Reader:
    csv.field_size_limit(_csv_exact.MAX_CELL)
    return csv.reader(
        stream, delimiter=dialect.delimiter, quotechar=dialect.quote or None, strict=strict,
        quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
    )  # fmt: skip


def _records(scan: _Scan, text: Text, dialect: Dialect, strict: bool) -> Records:
    starts = np.concatenate([np.zeros(0, np.int64), *scan.starts])
    ends = np.append(starts[1:] - 1, scan.line) if len(starts) else starts
    held = dict(enumerate(scan.kept if scan.kept is not None else scan.first))
    held |= dict(enumerate(scan.last, len(starts) - len(scan.last)))

    def picked(ranges: Sequence[range]) -> Iterator[tuple[int, Row]]:
        if all(at in held for part in ranges for at in part):
            yield from ((at, Row.of(held[at])) for part in ranges for at in part)
            return
        with text.lines() as stream:
            yield from _picked(iter(_reader(stream, dialect, strict=strict)), ranges)

    def fetch(ranges: Sequence[range]) -> Mapping[int, Row]:
        return dict(picked(ranges))

    width = scan.measure.width
    matrix = None
    if scan.kept is not None and scan.matrices:
        parts = [np.pad(part, ((0, 0), (0, width - part.shape[1]))) for part in scan.matrices]
        matrix = np.concatenate(parts)
    grid = Grid(starts, ends, scan.measure.filled, scan.measure.bands, width, fetch, matrix=matrix)
    return Records(grid, np.concatenate([np.zeros(0, np.int32), *scan.widths]), picked)


def _picked(records: Iterator[list[str]], ranges: Sequence[range]) -> Iterator[tuple[int, Row]]:
    """Some of the records, by their numbers."""
    at = 0
    for part in sorted(ranges, key=lambda part: part.start):
        start = max(part.start, at)
        if start >= part.stop:
            continue
        for record in islice(records, start - at, part.stop - at):
            yield start, Row.of(record)
            start += 1
        at = part.stop
