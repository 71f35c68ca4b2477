"""Records of JSON read back by Arrow's parser, a chunk of lines at a time.

Arrow keeps the text of numbers until their type is known, so that decimals of 38 digits come back
exactly, and refuses unknown and repeated names and values of another type. What it lets pass is
checked here: a name that is missing (it gives null), lines without the comma of an array.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from catalog.formats._chunks import DamagedError, after_last, chunks, expect


def lines(path: Path, end: bytes) -> Iterator[bytes]:
    """The records of a JSON array that has one to a line, as JSON Lines.

    Args:
        path: the file. Its first line opens the array, and comes first.
        end: the last line, which closes it.
    """
    closed, first = False, True
    for data in chunks(path, after_last(b"},\n")):
        expect(not closed, "more behind the end")
        if first:
            head, mark, data = data.partition(b"\n")
            expect(mark, "a first line without its end")
            yield head
            first = False
        closed = data.endswith(end)
        data = data.removesuffix(end)
        expect(data.count(b"},\n") == data.count(b"\n") - (closed and bool(data)), "a comma")
        if data:
            yield data.replace(b"},\n", b"}\n")
    expect(closed, "no end of the array")


def parsed(data: bytes, schema: pa.Schema) -> pa.RecordBatch:
    """Lines as columns.

    Args:
        data: whole lines, a record to each.
        schema: every name that a record has, and the type of its values.

    Raises:
        ValueError: not JSON, another name, a name that is missing, another type.
    """
    from pyarrow import json

    try:
        table = json.read_json(
            pa.BufferReader(data),
            read_options=json.ReadOptions(use_threads=False, block_size=len(data) + 1),
            parse_options=json.ParseOptions(
                explicit_schema=schema, unexpected_field_behavior="error"
            ),
        )
    except pa.ArrowInvalid as error:
        raise DamagedError(str(error)) from error
    expect(table.num_rows == data.count(b"\n"), "a line that is no record")
    for name in schema.names:
        # In a text a quote has a backslash before it, so that this is nothing but a name.
        if table[name].null_count:
            expect(data.count(b'"%s":' % name.encode()) == table.num_rows, f"no {name}")
    columns = [table[name].combine_chunks() for name in schema.names]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def plain_text(column: pa.Array) -> pa.StringArray:
    """Texts, whole numbers and truth values as texts."""
    return column if pa.types.is_string(column.type) else pc.cast(column, pa.string())
