"""Batches put by, on the disk: for readers whose file tells its columns only at its end."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from typing import IO

import pyarrow as pa

from catalog.problem import SamdaoError
from flows.sources import BATCH_ROWS
from flows.sources._evidence import on_disk

#: Bytes (packed) that a spool holds in memory, and bytes of a batch that is put together.
_HELD, _OCTETS = 16 << 20, 64 << 20


class Spool:
    """Record batches, in memory as long as they are few, then in a file without a name.

    The file goes away with the last who holds the spool. Batches may have different columns; any
    number of readers may go over them at once.
    """

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None
        self._places: list[tuple[int, int] | pa.Buffer | SamdaoError] = []
        self._held = self._end = 0

    def add(self, batch: pa.RecordBatch) -> None:
        """Put a batch by.

        Raises:
            OutsideError: the disk is full.
        """
        sink = pa.BufferOutputStream()
        packed = pa.ipc.IpcWriteOptions(compression="lz4")
        with pa.ipc.new_stream(sink, batch.schema, options=packed) as writer:
            writer.write_batch(batch)
        octets = sink.getvalue()
        if self._held + octets.size <= _HELD:
            self._held += octets.size
            self._places.append(octets)
        else:
            self._write(octets)

    def fail(self, error: SamdaoError) -> None:
        """Whoever asks for the batches is told of an error instead."""
        self._places.insert(0, error)

    def batches(self, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        """All batches in order, each with the columns of a schema; null where it had none."""
        for place in self._places:
            if isinstance(place, SamdaoError):
                raise place
            octets = place
            if isinstance(place, tuple):
                assert self._file is not None
                octets = os.pread(self._file.fileno(), place[1], place[0])
            yield _shaped(pa.ipc.open_stream(octets).read_next_batch(), schema)

    def _write(self, octets: pa.Buffer) -> None:
        with on_disk(tempfile.gettempdir()):
            if self._file is None:
                self._file = tempfile.TemporaryFile(prefix="samdao-", buffering=0)  # noqa: SIM115
            left = memoryview(octets)
            while left:
                left = left[self._file.write(left) :]
        self._places.append((self._end, octets.size))
        self._end += octets.size


def _shaped(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    known = set(batch.schema.names)
    columns = [
        batch.column(field.name) if field.name in known else pa.nulls(len(batch), field.type)
        for field in schema
    ]
    return pa.record_batch(columns, schema=schema)


class Gathered:
    """Small batches put together to large ones on their way into a spool.

    Attributes:
        spool: where they go.
    """

    def __init__(self) -> None:
        self.spool = Spool()
        self._waiting: list[pa.RecordBatch] = []
        self._size = 0

    def add(self, batch: pa.RecordBatch) -> None:
        """Take a batch."""
        self._waiting.append(batch)
        self._size += batch.nbytes
        rows = sum(map(len, self._waiting))
        if rows >= BATCH_ROWS or self._size > _OCTETS:
            self.flush()

    def flush(self) -> None:
        """Put by what is waiting, columns in the order of appearance."""
        if self._waiting:
            tables = [pa.Table.from_batches([batch]) for batch in self._waiting]
            table = pa.concat_tables(tables, promote_options="default").combine_chunks()
            for batch in table.to_batches(max_chunksize=BATCH_ROWS):
                self.spool.add(batch)
        self._waiting, self._size = [], 0
