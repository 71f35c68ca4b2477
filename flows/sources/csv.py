"""CSV and its like (semicolons, tabs, bars), in any encoding that Thai files come in.

Cells are exactly the text of the file: nothing is trimmed, typed, or taken for null; ``""`` and an
empty cell are both empty text. A row stands at the line of the file on which it begins, also
where quoted cells have line breaks. A blank line between rows is a row without values, blank
lines at the end are none. Rows with too many or too few cells are refused, never padded.
"""

from __future__ import annotations

import csv as stdlib_csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import pyarrow as pa
from pydantic import Field, field_validator, model_validator

from catalog.problem import Level, Problem, Rejected
from flows.sources import Pulled, RawTable, _csv_exact, _csv_fast
from flows.sources._csv_exact import Dialect, Lines, records
from flows.sources._csv_part import Window, find_end
from flows.sources._file import FileOptions, pull
from flows.sources._sheet_options import MOST_COLUMNS
from flows.sources._table import never_empty, raw_table, spread, stack, table_schema, unique_labels
from flows.sources._text import MAX_UNPACKED, Text, known_encoding, survey

__all__ = ["Options", "pull", "read"]

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_CHARACTERS, _SAMPLE_RECORDS = 1 << 18, 200


class Options(FileOptions):
    """How a CSV file is written, where that cannot be seen from the file.

    Attributes:
        encoding: of the whole file; decided from its bytes if not given.
        delimiter: one character; ``,`` ``;`` tab or ``|``, whichever fits, if not given.
        quote: the quoting character; empty where quotes mean nothing.
        comment: start of lines that are no data.
        skip: lines of the file before the header (titles).
        header: header rows, joined by `` / ``; ``false`` where there is none.
        names: labels of the columns, where there is no header.
        data_line: line with which the data begins, if something stands between it and the header
            (the numbers of columns).
        last_line: line with which the table ends, if notes or another table follow.
        skip_footer: lines at the end of the file, those without anything not counted, that are no
            data (notes).
        first_column, last_column: number, from 1, of the first and the last column of the table,
            where there are more (empty ones, or another table beside it).
        pad_rows: whether cells that are missing at the end of a row are empty ones, and empty ones
            too many are none; otherwise such rows are refused.
        max_unpacked: bound on the size of an unpacked ``.csv.gz``, bytes.
    """

    encoding: str | None = None
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    quote: str = Field(default='"', max_length=1)
    comment: str = ""
    skip: int = Field(default=0, ge=0)
    header: int = Field(default=1, ge=0, le=10)
    names: tuple[str, ...] = ()
    data_line: int | None = Field(default=None, ge=1)
    last_line: int | None = Field(default=None, ge=1)
    skip_footer: int = Field(default=0, ge=0)
    first_column: int = Field(default=1, ge=1)
    last_column: int | None = Field(default=None, ge=1)
    pad_rows: bool = False
    max_unpacked: int = Field(default=MAX_UNPACKED, ge=1)

    _known = field_validator("encoding")(known_encoding)

    @model_validator(mode="after")
    def _named(self) -> Options:
        if bool(self.names) != (self.header == 0):
            raise ValueError("names go with header: false, and header: false needs names")
        if len(set(self.names)) != len(self.names) or not all(name.strip() for name in self.names):
            raise ValueError("names are not blank, and each is given once")
        return self

    @model_validator(mode="after")
    def _in_order(self) -> Options:
        if self.last_line is not None and self.skip_footer:
            raise ValueError("give one of last_line and skip_footer")
        if (self.last_line or self.skip + 1) <= self.skip:
            raise ValueError("last_line is before the header")
        if (self.last_column or self.first_column) < self.first_column:
            raise ValueError("last_column is before first_column")
        return self


@dataclass(frozen=True, slots=True)
class _Header:
    """Labels, and where the data begins: lines and UTF-8 bytes before it."""

    labels: list[str]
    lines: int
    octets: int


def read(pulled: Pulled, options: Options) -> RawTable:
    """Read a CSV file.

    Args:
        pulled: the file; gzip is unpacked on the way.
        options: what the declaration says.

    Raises:
        Rejected: not a text file, not in one encoding, empty, too many columns; and, from the
            batches, badly quoted or ragged rows.
    """
    text = survey(
        pulled.path, kind="CSV", encoding=options.encoding, max_unpacked=options.max_unpacked
    )
    dialect, notes = _dialect(text, options)
    header = _header(text, dialect, options)
    if len(header.labels) > MOST_COLUMNS:
        params = {"columns": f"{len(header.labels):,}", "most": f"{MOST_COLUMNS:,}"}
        raise Rejected(Problem("source-columns-many", row=header.lines, params=params))
    end = find_end(text, options.last_line, options.skip_footer)
    window = Window(options.first_column - 1, options.last_column)
    labels, named = unique_labels(window.choose(header.labels))
    schema = table_schema(labels)
    with end.cut(_data(text, header), header.octets) as stream:
        shape = _csv_fast.shape(stream, dialect)

    def exact() -> Iterator[pa.RecordBatch]:
        with text.lines() as lines:
            yield from _csv_exact.batches(
                end.lines(lines), labels, schema, dialect, header.lines, pad=options.pad_rows
            )

    def fast() -> Iterator[pa.RecordBatch]:
        given, line = 0, header.lines + 1
        try:
            with end.cut(_data(text, header), header.octets) as stream:
                for batch in _csv_fast.batches(
                    stream, schema, dialect, line, embedded=shape.embedded
                ):
                    yield batch
                    given += batch.num_rows
        except _csv_fast.NotPlainError:
            yield from _after(exact(), given)

    opened = fast if shape.plain else exact
    findings = (*text.findings, *notes, *named)
    table = raw_table(labels, lambda: never_empty(opened(), schema), findings)
    return table if window.whole else _inside(table, window, options)


def _inside(table: RawTable, window: Window, options: Options) -> RawTable:
    """The table without the columns outside of a window, and what was said of them.

    Raises:
        Rejected: no column is inside.
    """
    empty = pa.RecordBatch.from_pylist([], table_schema(table.columns))
    labels = tuple(next(window.cut(iter([empty]))).schema.names[1:])
    if not labels:
        raise Rejected(Problem("csv-no-header", params={"rows": options.header}))
    kept = [note for note in table.findings if note.params.get("name") in (None, *labels)]
    return raw_table(labels, lambda: window.cut(table.open()), kept)


def _after(batches: Iterator[pa.RecordBatch], given: int) -> Iterator[pa.RecordBatch]:
    """The batches without the rows that were given already."""
    for batch in batches:
        rest = batch.slice(min(given, batch.num_rows))
        given -= batch.num_rows - rest.num_rows
        if rest.num_rows:
            yield rest


def _data(text: Text, header: _Header) -> pa.NativeFile:
    stream = text.utf8()
    stream.read(header.octets)
    return stream


def _dialect(text: Text, options: Options) -> tuple[Dialect, tuple[Problem, ...]]:
    if options.delimiter is not None:
        return Dialect(options.delimiter, options.quote, options.comment), ()
    with text.lines() as source:
        for _ in islice(source, options.skip):
            pass
        sample = source.read(_SAMPLE_CHARACTERS)
    delimiter = _delimiter(sample, options)
    notes: tuple[Problem, ...] = ()
    if delimiter != ",":
        shown = {"\t": "tab"}.get(delimiter, delimiter)
        notes = (Problem("csv-delimiter", params={"delimiter": shown}, level=Level.NOTE),)
    return Dialect(delimiter, options.quote, options.comment), notes


def _delimiter(sample: str, options: Options) -> str:
    """The delimiter with which most records are as wide as the header; a comma if none is."""
    best, chosen = (0.0, 0), ","
    for delimiter in _DELIMITERS:
        widths = _widths(sample, Dialect(delimiter, options.quote, options.comment))
        header = widths[max(options.header - 1, 0)] if len(widths) >= max(options.header, 1) else 0
        if header < 2:
            continue  # the sign only stands in prose
        score = (round(widths.count(header) / len(widths), 1), header)
        if score > best:
            best, chosen = score, delimiter
    return chosen


def _widths(sample: str, dialect: Dialect) -> list[int]:
    whole = len(sample) < _SAMPLE_CHARACTERS
    reader = stdlib_csv.reader(
        Lines(io.StringIO(sample, newline=""), dialect.comment),
        delimiter=dialect.delimiter,
        quotechar=dialect.quote or None,
        quoting=stdlib_csv.QUOTE_MINIMAL if dialect.quote else stdlib_csv.QUOTE_NONE,
    )
    stdlib_csv.field_size_limit(_csv_exact.MAX_CELL)
    widths = [len(record) for record in islice(reader, _SAMPLE_RECORDS) if record]
    # The sample may end in the middle of its last record.
    return widths if whole or len(widths) < 2 else widths[:-1]


def _header(text: Text, dialect: Dialect, options: Options) -> _Header:
    with text.lines() as source:
        lines = Lines(source, dialect.comment, measure=True)
        lines.skip(options.skip)
        rows = (row for row in records(lines, dialect) if row)
        found = list(islice(rows, options.header))
        if options.data_line is not None:
            lines.skip(max(options.data_line - 1 - lines.count, 0))
        above = lines.count, lines.octets
        if options.header == 0:
            first = next(rows, []) if options.last_column is not None else []
            return _Header(_named(options, first), *above)
    if len(found) < options.header:
        raise Rejected(Problem("csv-no-header", params={"rows": options.header}))
    return _Header(_labels(found), *above)


def _named(options: Options, first: Sequence[str]) -> list[str]:
    """Labels where there is no header: the names, at the place of the columns they are for.

    Without a window the names say how many columns there are.
    """
    before = options.first_column - 1
    labels = [*[""] * before, *options.names]
    behind = len(first) - len(labels) if options.last_column is not None else 0
    return [*labels, *[""] * behind]


def _labels(found: Sequence[Sequence[str]]) -> list[str]:
    return list(found[0]) if len(found) == 1 else stack(spread(found))
