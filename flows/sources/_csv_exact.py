"""CSV, record by record with Python's ``csv``: exact on every file, and names what is wrong.

Files that are plain take the fast way (``_csv_fast``); this one is the oracle, the way for odd
files (comments, stray quotes, lone carriage returns, blank lines between rows), and the way to
the line numbers of rows with too many or too few cells.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import pyarrow as pa

from catalog.problem import Problem, Rejected
from flows.sources import BATCH_ROWS

#: Greatest length of one cell in characters: beyond it a quote was surely never closed.
MAX_CELL = 16 << 20
#: Characters in a batch, so that long cells do not make it large.
_BATCH_CHARACTERS = 32 << 20
#: Ragged rows that are listed; the others are counted.
LISTED = 100


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a CSV file is written (RFC 4180, and what is common beside it).

    Attributes:
        delimiter: one character.
        quote: one character, or empty where quotes mean nothing.
        comment: start of lines to leave out, or empty.
    """

    delimiter: str
    quote: str = '"'
    comment: str = ""


class Lines:
    """Physical lines, counted; whole comment lines between records are left out.

    Attributes:
        start: line (from 1) on which the record being read begins.
        count: lines read so far.
        octets: their length in UTF-8, in bytes; counted only where asked for.
    """

    def __init__(self, stream: Iterator[str], comment: str = "", *, measure: bool = False) -> None:
        self.start = self.count = self.octets = 0
        self._stream, self._comment, self._measure = stream, comment, measure
        self._fresh = True

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        while True:
            line = next(self._stream)
            self.count += 1
            if self._measure:
                self.octets += len(line.encode())
            if not self._fresh:
                return line
            if not (self._comment and line.startswith(self._comment)):
                self._fresh, self.start = False, self.count
                return line

    def renew(self) -> None:
        """The next line begins a record."""
        self._fresh = True

    def skip(self, count: int) -> None:
        """Leave out so many lines, whatever they hold."""
        for line in islice(self._stream, count):
            self.count += 1
            self.octets += len(line.encode()) if self._measure else 0


def records(lines: Lines, dialect: Dialect) -> Iterator[list[str]]:
    """Records in order; ``lines.start`` is the line of the one just given, ``[]`` a blank line.

    Raises:
        Rejected: text behind a closing quote, a quote that is never closed, a monstrous cell.
    """
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(
        lines,
        delimiter=dialect.delimiter,
        quotechar=dialect.quote or None,
        quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
        strict=True,
    )
    while True:
        lines.renew()
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            params = {"quote": dialect.quote, "reason": str(error)}
            raise Rejected(Problem("csv-quotes", row=lines.start, params=params)) from error
        yield record


def batches(
    stream: Iterator[str],
    labels: Sequence[str],
    schema: pa.Schema,
    dialect: Dialect,
    skip: int,
    *,
    pad: bool = False,
) -> Iterator[pa.RecordBatch]:
    """Batches of a whole file.

    Args:
        stream: the file's lines from its first one.
        labels: header labels.
        schema: of the batches.
        dialect: how the file is written.
        skip: lines before the first row of data.
        pad: whether missing cells at the end of a row are empty ones, and empty ones too many are
            none.

    Raises:
        Rejected: badly quoted, or rows with too many or too few cells (each with its line).
    """
    lines = Lines(stream, dialect.comment)
    lines.skip(skip)
    rows: list[list[str] | list[None]] = []
    starts: list[int] = []
    size = 0
    ragged = _Ragged(labels)
    for start, record in _without_trailing_blanks(lines, dialect):
        if record and len(record) != len(labels):
            record = _padded(record, len(labels)) if pad else record
            ragged.add(start, record)
        if ragged.total:
            continue
        rows.append(record or [None] * len(labels))
        starts.append(start)
        size += sum(map(len, record))
        if len(rows) >= BATCH_ROWS or size >= _BATCH_CHARACTERS:
            yield _batch(starts, rows, schema)
            rows, starts, size = [], [], 0
    ragged.refuse()
    if rows:
        yield _batch(starts, rows, schema)


def _padded(record: list[str], width: int) -> list[str]:
    """A record as wide as the header, if nothing but empty cells makes the difference."""
    if any(cell.strip() for cell in record[width:]):
        return record
    return [*record[:width], *[""] * (width - len(record))]


def _without_trailing_blanks(lines: Lines, dialect: Dialect) -> Iterator[tuple[int, list[str]]]:
    blank: list[int] = []
    for record in records(lines, dialect):
        if not record:
            blank.append(lines.start)
            continue
        start = lines.start
        yield from ((at, []) for at in blank)
        blank = []
        yield start, record


def _batch(
    starts: list[int], rows: Sequence[Sequence[str] | Sequence[None]], schema: pa.Schema
) -> pa.RecordBatch:
    columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
    return pa.record_batch([pa.array(starts, pa.int64()), *columns], schema=schema)


class _Ragged:
    """Rows whose number of cells is not the header's: the first hundred, and a count."""

    def __init__(self, labels: Sequence[str]) -> None:
        self.total = 0
        self._labels = labels
        self._listed: list[Problem] = []

    def add(self, line: int, record: Sequence[str]) -> None:
        """Count a row, if its number of cells is wrong."""
        if len(record) == len(self._labels):
            return
        self.total += 1
        if len(self._listed) < LISTED:
            self._listed.append(self._problem(line, record))

    def refuse(self) -> None:
        if not self.total:
            return
        if self.total > LISTED:
            params = {"total": f"{self.total:,}", "listed": LISTED}
            self._listed.append(Problem("csv-ragged", params=params))
        raise Rejected(*self._listed)

    def _problem(self, line: int, record: Sequence[str]) -> Problem:
        wanted = len(self._labels)
        params = {"cells": len(record), "columns": wanted}
        if len(record) > wanted:
            value = record[wanted][:100]
            return Problem("extra-cell", row=line, value=value, params=params)
        return Problem("missing-cell", row=line, field=self._labels[len(record)], params=params)
