"""CSV through Arrow's parser, for files that it reads exactly as RFC 4180 means them.

``shape`` looks at every byte once, vectorised, and tells whether a file is such a one: every
quote opens at the start of a cell or closes at its end or stands doubled, carriage returns stand
before line feeds, no line between rows is blank. Arrow does not complain of what is otherwise,
it just reads it differently; so such files go the exact way (``_csv_exact``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from flows.sources._csv_exact import Dialect

_CHUNK = 1 << 20
#: Bytes that Arrow parses at a time: about 30,000 rows.
_BLOCK = 4 << 20
_LF, _CR = 10, 13
_BLANK_LINE = re.compile(rb"\n\r?\n")


class NotPlainError(Exception):
    """Arrow met something that ``shape`` let through: the exact way decides."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a look at every byte of the data told.

    Attributes:
        plain: Arrow reads it exactly.
        embedded: some quoted cell has a line break, so rows are not lines.
    """

    plain: bool
    embedded: bool = False


ODD = Shape(plain=False)


def shape(stream: pa.NativeFile, dialect: Dialect) -> Shape:
    """Look at the rest of a file.

    Args:
        stream: UTF-8, at the first row of data.
        dialect: how the file is written.
    """
    if dialect.comment or ord(dialect.delimiter) > 127 or dialect.quote not in {"", '"'}:
        return ODD
    look = _Look(dialect)
    while chunk := stream.read(_CHUNK):
        if not look.at(chunk):
            return ODD
    return look.end()


class _Look:
    """Walks over chunks; each byte is judged with its neighbours on both sides."""

    def __init__(self, dialect: Dialect) -> None:
        self._quote = ord(dialect.quote) if dialect.quote else -1
        self._edges = np.array([ord(dialect.delimiter), _LF, _CR, self._quote])
        self._tail = b"\n"  # what stands before the first byte begins a line
        self._open = 0
        self._embedded = self._blank = self._any = False

    def at(self, chunk: bytes) -> bool:
        """Whether the file is still plain after this chunk."""
        if self._has_blank_line(chunk):
            return False
        block = self._tail + chunk
        self._tail = block[-2:]
        self._any = True
        return self._judge(np.frombuffer(block, np.uint8))

    def end(self) -> Shape:
        """The shape of the whole."""
        last = np.frombuffer(self._tail + b"\n", np.uint8)
        plain = self._any and self._judge(last) and not self._open
        return Shape(plain, self._embedded) if plain else ODD

    def _has_blank_line(self, chunk: bytes) -> bool:
        """Whether a blank line stands before something (at the end of a file it is nothing)."""
        window = self._tail + chunk
        if self._blank and chunk.strip(b"\r\n"):
            return True
        found = _BLANK_LINE.search(window)
        self._blank = self._blank or bool(found)
        return bool(found and window[found.end() :].lstrip(b"\r\n"))

    def _judge(self, block: npt.NDArray[np.uint8]) -> bool:
        inner = block[1:-1]
        returns = np.flatnonzero(inner == _CR) + 1
        if not (block[returns + 1] == _LF).all():
            return False
        if self._quote < 0:
            return True
        quotes = np.flatnonzero(inner == self._quote) + 1
        breaks = np.flatnonzero(inner == _LF) + 1
        inside = (np.searchsorted(quotes, breaks) + self._open) & 1
        self._embedded = self._embedded or bool(inside.any())
        opening = ((np.arange(quotes.size) + self._open) & 1) == 0
        self._open = (self._open + quotes.size) & 1
        beside = np.where(opening, block[quotes - 1], block[quotes + 1])
        return bool(np.isin(beside, self._edges).all())


def batches(
    stream: pa.NativeFile, schema: pa.Schema, dialect: Dialect, line: int, *, embedded: bool
) -> Iterator[pa.RecordBatch]:
    """Batches of a plain file.

    Args:
        stream: UTF-8, at the first row of data.
        schema: of the batches.
        dialect: how the file is written.
        line: line number of the first row.
        embedded: whether cells may have line breaks.

    Raises:
        NotPlainError: a row with another number of cells, a row of monstrous length.
    """
    from pyarrow import csv

    names = [f"f{number}" for number in range(len(schema) - 1)]
    try:
        reader = csv.open_csv(
            stream,
            # One thread: parsing is not what costs, and the order of batches is plain to see.
            read_options=csv.ReadOptions(column_names=names, block_size=_BLOCK, use_threads=False),
            parse_options=csv.ParseOptions(
                delimiter=dialect.delimiter,
                quote_char=dialect.quote or False,
                newlines_in_values=embedded,
            ),
            convert_options=csv.ConvertOptions(
                check_utf8=False,  # every byte was decoded already
                column_types=dict.fromkeys(names, pa.string()),
                null_values=[],
                strings_can_be_null=False,
            ),
        )
        for raw in reader:
            starts, line = _lines(raw, line, embedded=embedded)
            yield pa.record_batch([starts, *raw.columns], schema=schema)
    except pa.ArrowInvalid as error:
        raise NotPlainError(str(error)) from error


def _lines(raw: pa.RecordBatch, line: int, *, embedded: bool) -> tuple[pa.Array, int]:
    """Line on which each row begins, and that of the row after the batch."""
    lengths = np.ones(raw.num_rows, np.int64)
    if embedded:
        for breaks in _breaks(raw.columns):
            lengths += breaks
    ends = np.cumsum(lengths) + line
    following = int(ends[-1]) if raw.num_rows else line
    return pa.array(ends - lengths), following


def _breaks(columns: Sequence[pa.Array]) -> Iterator[npt.NDArray[np.int64]]:
    for column in columns:
        yield pc.count_substring(column, "\n").to_numpy(zero_copy_only=False).astype(np.int64)
