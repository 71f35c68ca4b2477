"""Parquet: the canonical table itself, with the words a file says of itself in its metadata.

GeoParquet 1.1 where there is geometry. Every value as it is; ``samdao:about`` in the key-value
metadata is a JSON object of title, licence, attribution, source and edition.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from catalog.formats import About, Format, same
from catalog.formats._about import as_json
from catalog.formats._duck import quoted, select
from catalog.problem import Problem
from catalog.spec import Words
from catalog.table import Table

FORMAT = Format(
    name="parquet",
    title=Words(th="Parquet", en="Parquet"),
    extension="parquet",
    media_type="application/vnd.apache.parquet",
    eu_file_type=None,  # the authority table has none (2022-12-14)
    ckan="Parquet",
    gdcatalog="อื่นๆ",
    stars_dga=2,  # not on DGA's list of three stars and up
    stars_nectec=0,
    geometry="holds",
    machine_readable=False,  # in none of MQA's lists
)
held = same


def refuse(table: Table) -> Problem | None:
    """Every table is Parquet already."""
    return None


def write(table: Table, about: About, target: Path) -> tuple[Problem, ...]:
    """Write the table, row group by row group."""
    with pq.ParquetFile(table.path) as source:
        metadata = {**source.metadata.metadata, b"samdao:about": as_json(about).encode()}
        metadata.pop(b"ARROW:schema", None)  # written anew by the writer
        schema = source.schema_arrow.with_metadata(metadata)
        part = target.with_name(target.name + ".part")  # the source may have the same name
        with pq.ParquetWriter(part, schema, compression="zstd") as writer:
            for group in range(source.num_row_groups):
                rows = source.read_row_group(group)
                writer.write_table(rows.cast(schema), row_group_size=max(1, rows.num_rows))
    part.rename(target)
    return ()


def read(path: Path, table: Table) -> Iterator[pa.RecordBatch]:
    """Read back with DuckDB, whose reader shares no code with Arrow's."""
    columns = ", ".join(f'"{name}"' for name in table.schema.names)
    for batch in select(f"SELECT {columns} FROM read_parquet({quoted(path)})"):
        # Without the metadata that makes geometry an extension type, if its package is loaded.
        bare = pa.schema([pa.field(one.name, one.type) for one in batch.schema])
        plain = pa.RecordBatch.from_arrays(batch.columns, schema=bare)
        yield plain.cast(pa.schema([(one.name, one.type) for one in table.arrow]))
