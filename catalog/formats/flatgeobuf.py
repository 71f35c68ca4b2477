"""FlatGeobuf 3, written by GDAL: a layer that maps read piece by piece over HTTP.

With its spatial index the features lie in the order of a Hilbert curve; the property ``_row``
keeps the row of the table, from 1. A table with rows without a geometry has neither index nor
``_row``: the index cannot hold them. Dates, times and moments are text (the format knows moments
only), and so are numbers that float64 would round.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from catalog.formats import About, Format
from catalog.formats import _geo as geo
from catalog.formats._fit import Tally, fit
from catalog.formats._geo_ogr import configure, layer_rows, opened, typed
from catalog.formats._geo_shapes import layer_type, promoted
from catalog.formats._stream import batches
from catalog.geometry import shapes, to_wkb
from catalog.problem import Problem
from catalog.spec import Words
from catalog.table import BATCH_ROWS, Table

FORMAT = Format(
    name="flatgeobuf",
    title=Words(th="FlatGeobuf", en="FlatGeobuf"),
    extension="fgb",
    media_type="application/octet-stream",  # IANA has none for it
    eu_file_type=None,
    ckan="FlatGeobuf",
    gdcatalog="อื่นๆ",
    stars_dga=2,
    stars_nectec=0,
    geometry="needs",
    machine_readable=False,
    proprietary=True,  # an open format, but on neither of MQA's lists
)
_ROW = "_row"
_STEPS = (geo.NO_NUL,)
#: Memory for putting rows back into their order when a file is read; the rest goes to disk.
_SORT_MEMORY = "256MB"


def refuse(table: Table) -> Problem | None:
    """A table needs a geometry column."""
    return geo.refuse_without_geometry(table)


def write(table: Table, about: About, target: Path) -> tuple[Problem, ...]:
    """Write the table as the layer of its name."""
    import pyogrio

    tally = Tally()
    rows = layer_rows(table, (_fitted(batch, table, tally) for batch in batches(table)), _kept)
    facts = geo.facts(about)
    pyogrio.write_arrow(
        _numbered(rows) if _indexed(table) else rows,
        target,
        layer=table.name,
        driver="FlatGeobuf",
        geometry_name=table.geometry,
        geometry_type=layer_type(table.geometry_kinds),
        crs="EPSG:4326",
        encoding="UTF-8",
        layer_metadata=facts,
        layer_options={
            "SPATIAL_INDEX": "YES" if _indexed(table) else "NO",
            "TITLE": facts["title"],
            "DESCRIPTION": f"{facts['attribution']} ({facts['licence']})",
        },
    )
    return tally.problems(_STEPS, table.name)


def read(path: Path, table: Table) -> Iterator[pa.RecordBatch]:
    """Read back with GDAL, in the table's order."""
    # GDAL 3.12's own Arrow reader of this format gives broken offsets after a null geometry.
    configure(OGR_FLATGEOBUF_STREAM_BASE_IMPL="YES")
    with opened(path) as features:
        for batch in _in_order(features) if _indexed(table) else features:
            yield typed(batch, table)


def held(batch: pa.RecordBatch, table: Table) -> pa.RecordBatch:
    """Texts without U+0000, shapes of one type."""
    return _fitted(batch, table)


def _indexed(table: Table) -> bool:
    assert table.geometry
    return table.rows > 0 and geo.nulls(table, table.geometry) == 0


def _fitted(batch: pa.RecordBatch, table: Table, tally: Tally | None = None) -> pa.RecordBatch:
    fitted = fit(batch, table.schema.fields, _STEPS, tally)
    assert table.geometry
    found = promoted(shapes(batch.column(table.geometry)), table.geometry_kinds)
    return geo.replaced(fitted, table.geometry, to_wkb(found))


def _kept(kind: pa.DataType) -> bool:
    tests = (pa.types.is_string, pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean)
    return any(test(kind) for test in tests)


def _numbered(rows: pa.RecordBatchReader) -> pa.RecordBatchReader:
    """The stream with each row's number in front."""
    schema = pa.schema([pa.field(_ROW, pa.int64()), *rows.schema])

    def numbered() -> Iterator[pa.RecordBatch]:
        start = 1
        for batch in rows:
            numbers = pa.array(range(start, start + batch.num_rows), pa.int64())
            yield pa.RecordBatch.from_arrays([numbers, *batch.columns], schema=schema)
            start += batch.num_rows

    return pa.RecordBatchReader.from_batches(schema, numbered())


def _in_order(features: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The features by ``_row``, sorted outside of memory where they are many."""
    stream = iter(features)
    first = next(stream)
    second = next(stream, None)
    if second is None:
        yield first.take(pc.sort_indices(first.column(_ROW)))
        return
    rest = chain([first, second], stream)
    yield from _sorted(pa.RecordBatchReader.from_batches(first.schema, rest))


def _sorted(whole: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    """The same rows by ``_row``, with what does not fit into memory on disk."""
    import duckdb

    with (
        tempfile.TemporaryDirectory() as folder,
        duckdb.connect(config={"memory_limit": _SORT_MEMORY, "temp_directory": folder}) as session,
    ):
        yield from session.from_arrow(whole).order(f'"{_ROW}"').to_arrow_reader(BATCH_ROWS)
