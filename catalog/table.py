"""The canonical typed table: Parquet on disk, read in batches.

Contract: ``docs/canonical-table.md``. All formats, previews, queries and statistics come from
here; memory does not grow with rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from catalog import geometry
from catalog.cast import arrow_schema
from catalog.schema import TableSchema, parse_schema

#: Bytes of rows, uncompressed, that a table keeps in memory once they have been read.
_SMALL = 2**20
#: Rows in a row group, and in a batch that readers are given.
GROUP_ROWS = 100_000
BATCH_ROWS = 20_000

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Table:
    """A canonical table on disk.

    Attributes:
        path: the Parquet file.
        name: the table's name in its dataset.
    """

    path: Path
    name: str

    @cached_property
    def metadata(self) -> pq.FileMetaData:
        """What the file's footer says: row groups, statistics."""
        return pq.read_metadata(self.path)

    @cached_property
    def schema(self) -> TableSchema:
        """What the columns mean, from the file itself."""
        return parse_schema(json.loads(self.metadata.metadata[b"samdao:schema"]), self.path.name)

    @cached_property
    def arrow(self) -> pa.Schema:
        """The Arrow schema of every batch."""
        return arrow_schema(self.schema)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.metadata.num_rows)

    @cached_property
    def _geo(self) -> dict[str, dict[str, object]]:
        raw = self.metadata.metadata.get(b"geo")
        columns: dict[str, dict[str, object]] = json.loads(raw)["columns"] if raw else {}
        return columns

    @property
    def geometry(self) -> str | None:
        """Name of the column that maps draw; ``None`` where there is no geometry."""
        field = self.schema.geometry
        return field.name if field else None

    @property
    def box(self) -> Box | None:
        """West, south, east, north of the geometry; ``None`` where there is none."""
        found = self._geo.get(self.geometry or "", {}).get("bbox")
        return tuple(found) if found else None  # type: ignore[arg-type, return-value]

    @property
    def geometry_kinds(self) -> tuple[str, ...]:
        """Geometry types met in the geometry column, sorted (``Point``, ``MultiPolygon``)."""
        return tuple(self._geo.get(self.geometry or "", {}).get("geometry_types", ()))  # type: ignore[arg-type]

    def batches(
        self, columns: Sequence[str] | None = None, rows: int = BATCH_ROWS
    ) -> Iterator[pa.RecordBatch]:
        """The rows in order, in batches.

        Args:
            columns: names of columns, in the order wanted; all if ``None``.
            rows: most rows in a batch.
        """
        wanted = list(columns) if columns is not None else self.arrow.names
        if 0 < self.rows <= rows and self._is_small:
            yield self._whole.select(wanted)
            return
        yield from self._read(wanted, rows)

    @cached_property
    def _is_small(self) -> bool:
        groups = (self.metadata.row_group(at) for at in range(self.metadata.num_row_groups))
        return sum(int(group.total_byte_size) for group in groups) <= _SMALL

    @cached_property
    def _whole(self) -> pa.RecordBatch:
        """All rows of a small table, for whose sake no format has to open the file again."""
        return pa.concat_batches(self._read(self.arrow.names, BATCH_ROWS))

    def _read(self, wanted: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
        target = pa.schema([self.arrow.field(name) for name in wanted])
        with pq.ParquetFile(self.path) as file:
            for batch in file.iter_batches(batch_size=rows, columns=wanted):
                yield batch.select(wanted).cast(target)

    def head(self, rows: int) -> pa.Table:
        """The first rows, for previews."""
        first = next(self.batches(rows=rows), None)
        return pa.Table.from_batches([] if first is None else [first], schema=self.arrow)


def sql_name(column: str) -> str:
    """A column's name as SQL writes it, whatever letters it has."""
    return '"' + column.replace('"', '""') + '"'


def write_table(
    path: Path, name: str, schema: TableSchema, batches: Iterable[pa.RecordBatch]
) -> Table:
    """Write a canonical table.

    Args:
        path: where; appears only when it is whole.
        name: the table's name.
        schema: what the columns mean.
        batches: typed batches as ``catalog.cast.cast`` gives them.

    Returns:
        The table. The same rows give the same bytes, however they were batched.
    """
    target = arrow_schema(schema)
    target = target.with_metadata(
        {"samdao:schema": json.dumps(schema.as_json(), ensure_ascii=False, sort_keys=True)}
    )
    part = path.with_name(path.name + ".part")
    gauges = {field.name: _Gauge() for field in schema.fields if field.is_geometry}
    try:
        with pq.ParquetWriter(part, target, compression="zstd", write_statistics=True) as writer:
            for group in regroup(batches, target, GROUP_ROWS):
                for column, gauge in gauges.items():
                    gauge.see(group.column(column))
                writer.write_table(group, row_group_size=GROUP_ROWS)
            if gauges:
                writer.add_key_value_metadata({"geo": _geoparquet(gauges)})
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    return Table(path, name)


def regroup(batches: Iterable[pa.RecordBatch], schema: pa.Schema, rows: int) -> Iterator[pa.Table]:
    """The same rows in tables of exactly ``rows`` rows, the last one shorter."""
    held: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        held.append(batch)
        count += batch.num_rows
        while count >= rows:
            whole = pa.Table.from_batches(held).cast(schema).combine_chunks()
            yield whole.slice(0, rows)
            held, count = whole.slice(rows).to_batches(), count - rows
    if count:
        yield pa.Table.from_batches(held).cast(schema).combine_chunks()


class _Gauge:
    """Bounds and types of a geometry column, taken while it streams by."""

    def __init__(self) -> None:
        self.box: Box | None = None
        self.kinds: frozenset[str] = frozenset()

    def see(self, column: pa.ChunkedArray) -> None:
        for chunk in column.chunks:
            self.kinds |= geometry.kinds(chunk)
            box = geometry.bounds(chunk)
            if box:
                old = self.box or box
                self.box = (
                    min(old[0], box[0]), min(old[1], box[1]),
                    max(old[2], box[2]), max(old[3], box[3]),
                )  # fmt: skip


def _geoparquet(gauges: dict[str, _Gauge]) -> str:
    """GeoParquet 1.1.0 file metadata; without ``crs``, which means OGC:CRS84."""
    columns = {
        name: {"encoding": "WKB", "geometry_types": sorted(gauge.kinds), "orientation":
               "counterclockwise", "edges": "planar"}
        | ({"bbox": list(gauge.box)} if gauge.box else {})
        for name, gauge in gauges.items()
    }  # fmt: skip
    geo = {"version": "1.1.0", "primary_column": next(iter(gauges)), "columns": columns}
    return json.dumps(geo, sort_keys=True)
