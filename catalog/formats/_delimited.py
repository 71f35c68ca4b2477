"""Delimited text: what CSV, its variant for Excel and TSV share.

RFC 4180: UTF-8, CRLF, a header of machine names, quotes only where they are needed. Null is an
empty field and the empty text is ``""``, so that a table may have both. In a table of a single
column null is ``""`` too, because readers take an empty line for no row at all.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from catalog.formats._duck import quoted as quoted_path
from catalog.formats._duck import select
from catalog.formats._fit import without_empty
from catalog.formats._stream import Sink, may_have, put, rows
from catalog.formats._text import from_text, to_text
from catalog.table import Table

#: The longest line that is read back: shapes of a province are megabytes.
_MAX_LINE = 256 * 2**20
_BOM = b"\xef\xbb\xbf"


def write_header(out: Sink, table: Table, mark: str) -> None:
    """The line of column names, which never need quotes."""
    out.write((mark.join(table.schema.names) + "\r\n").encode())


def write_batch(out: Sink, batch: pa.RecordBatch, table: Table, mark: str) -> None:
    """One batch of rows."""
    null = "" if batch.num_columns > 1 else '""'
    pieces: list[pa.Array | str] = []
    for column, field in zip(batch.columns, table.schema.fields, strict=True):
        pieces += [pc.fill_null(quoted(to_text(column, field), mark), null), mark]
    put(out, rows(*pieces[:-1], "\r\n"))


def quoted(text: pa.StringArray, mark: str) -> pa.StringArray:
    """Texts in quotes where they hold a quote, a line end or the delimiter, or are empty."""
    need = pc.equal(text, "")
    if may_have(text, f'"\r\n{mark}'.encode()):
        need = pc.or_(need, pc.match_substring_regex(text, pattern=f'["\r\n{mark}]'))
    if not pc.any(need).as_py():
        return text
    inside = pc.replace_substring(text, pattern='"', replacement='""')
    return pc.if_else(need, pc.binary_join_element_wise('"', inside, '"', ""), text)


def held(batch: pa.RecordBatch, table: Table) -> pa.RecordBatch:
    """Every value as it is; in a table of a single column the empty text is null."""
    if batch.num_columns > 1:
        return batch
    only = without_empty(batch.column(0), table.schema.fields[0])
    return pa.RecordBatch.from_arrays([only], schema=batch.schema)


def read_delimited(
    path: Path, table: Table, mark: str, compression: str = "none"
) -> Iterator[pa.RecordBatch]:
    """Read back with DuckDB, all columns as text, then typed as the canonical table is.

    Raises:
        ValueError: the header is not the one that was written.
    """
    with (gzip.open if compression == "gzip" else open)(path, "rb") as file:
        _check_header(file.readline(), table, mark)
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in table.schema.names)
    query = (
        f"SELECT * FROM read_csv({quoted_path(path)}, columns={{{columns}}}, auto_detect=false, "
        f"header=true, delim='{mark}', quote='\"', escape='\"', nullstr='', "
        f"allow_quoted_nulls=false, max_line_size={_MAX_LINE}, "
        f"compression='{compression}')"
    )
    for batch in select(query):
        yield _typed(batch, table)


def _check_header(line: bytes, table: Table, mark: str) -> None:
    found = line.removeprefix(_BOM).decode("utf-8", "replace").rstrip("\r\n")
    if found != mark.join(table.schema.names):
        raise ValueError(f"header is {found!r}")


def _typed(batch: pa.RecordBatch, table: Table) -> pa.RecordBatch:
    fields = table.schema.fields
    single = len(fields) == 1
    columns = []
    for text, field in zip(batch.columns, fields, strict=True):
        values = from_text(text, field)
        columns.append(without_empty(values, field) if single else values)
    return pa.RecordBatch.from_arrays(columns, schema=table.arrow)
