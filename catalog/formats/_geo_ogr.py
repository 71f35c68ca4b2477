"""GDAL through pyogrio's Arrow stream: files read back, and the columns its writers are given.

GDAL keeps texts as C strings (they end at U+0000), moments in milliseconds, and knows neither
decimals nor bare times: what is not a type of its own is text, as ISO 8601 has it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from catalog.formats import _geo as geo
from catalog.formats._text import compact
from catalog.geometry import shapes, to_wkb
from catalog.schema import SchemaField
from catalog.table import Table

_BATCH_ROWS = 20_000
#: Name of the geometry in the batches that ``opened`` gives.
SHAPE = "_shape"

Caster = Callable[[pa.StringArray, SchemaField], pa.Array]


@contextmanager
def opened(
    path: Path | str,
    layer: str | None = None,
    skip: int = 0,
    rows: int | None = None,
    options: Mapping[str, str] | None = None,
) -> Iterator[Iterator[pa.RecordBatch]]:
    """The features of a layer as Arrow batches, the geometry as WKB in ``_shape``.

    Args:
        path: a file, or a GDAL path (``/vsizip/…``).
        layer: name of the layer; the first if ``None``.
        skip: features to leave out at the start.
        rows: most features to give.
        options: open options of GDAL's driver.
    """
    from pyogrio.raw import open_arrow

    with open_arrow(
        path, layer=layer, skip_features=skip, max_features=rows, batch_size=_BATCH_ROWS,
        use_pyarrow=True, **(options or {}),
    ) as (about, reader):  # fmt: skip
        shape = about["geometry_name"] or "wkb_geometry"
        yield (_named(batch, shape) for batch in reader)


def _named(batch: pa.RecordBatch, shape: str) -> pa.RecordBatch:
    names = [SHAPE if name == shape else name for name in batch.schema.names]
    return pa.RecordBatch.from_arrays(batch.columns, names=names)


def typed(
    batch: pa.RecordBatch,
    table: Table,
    names: Mapping[str, str] | None = None,
    other_geometry: Caster = geo.value_of,
    json_types: frozenset[str] = frozenset(),
) -> pa.RecordBatch:
    """A batch of GDAL's as the table has it.

    Args:
        batch: as ``opened`` gives it.
        table: the table that was written.
        names: the file's name of each column, where it differs.
        other_geometry: reads geometry columns that the format has as text.
        json_types: field types that the format has as JSON.
    """
    columns = []
    for field in table.schema.fields:
        kind = table.arrow.field(field.name).type
        name = SHAPE if field.name == table.geometry else (names or {}).get(field.name, field.name)
        if name not in batch.schema.names:  # GDAL knows no column of which it saw no value
            columns.append(pa.nulls(batch.num_rows, kind))
        elif name == SHAPE:
            columns.append(to_wkb(shapes(batch.column(name))))
        elif field.is_geometry:
            columns.append(other_geometry(batch.column(name).cast(pa.string()), field))
        elif field.type in json_types:
            texts = batch.column(name).to_pylist()
            columns.append(pa.array([text and compact(json.loads(text)) for text in texts], kind))
        else:
            columns.append(_canonical(batch.column(name), field, kind))
    return pa.RecordBatch.from_arrays(columns, schema=table.arrow)


def _canonical(column: pa.Array, field: SchemaField, kind: pa.DataType) -> pa.Array:
    """A column of GDAL's types in the table's type."""
    if field.type == "list":
        return geo.value_of(column.cast(pa.string()), field)
    if column.type.equals(kind) or pa.types.is_null(column.type):
        return column.cast(kind)
    if pa.types.is_decimal(kind) and pa.types.is_floating(column.type):
        column = geo.text_of(column, field)  # the shortest text, not the binary fraction
    if pa.types.is_string(column.type):
        return geo.value_of(column, field)
    return column.cast(kind)


def given(
    batch: pa.RecordBatch, table: Table, kept: Callable[[pa.DataType], bool]
) -> pa.RecordBatch:
    """The columns that a writer of GDAL is given, without the layer's geometry.

    Args:
        batch: canonical rows.
        table: their table.
        kept: whether the format has an Arrow type as such; all else becomes text, decimals
            become numbers where float64 gives them back.
    """
    columns: dict[str, pa.Array] = {}
    for field in table.schema.fields:
        if field.name == table.geometry:
            continue
        column = batch.column(field.name)
        if pa.types.is_decimal(column.type) and geo.exact_as_float(table, field):
            # Arrow's own cast is a last digit off at times; a text is read right.
            column = geo.text_of(column, field).cast(pa.float64())
        elif field.is_geometry or field.type == "list" or not kept(column.type):
            column = geo.text_of(column, field)
        columns[field.name] = column
    return pa.RecordBatch.from_pydict(columns)


def configure(**options: str) -> None:
    """Set options of GDAL for the process; they stay, for another thread may be writing."""
    import pyogrio

    pyogrio.set_gdal_config_options(options)


def layer_rows(
    table: Table, batches: Iterable[pa.RecordBatch], kept: Callable[[pa.DataType], bool]
) -> pa.RecordBatchReader:
    """A stream for GDAL's writers: properties with their titles, then the geometry.

    Args:
        table: what is written.
        batches: its rows as the format holds them.
        kept: whether the format has an Arrow type as such.
    """
    shape = pa.field(table.geometry, pa.binary(), metadata={"ARROW:extension:name": "geoarrow.wkb"})
    empty = given(pa.RecordBatch.from_pylist([], schema=table.arrow), table, kept)
    fields = [
        pa.field(name, empty.schema.field(name).type, metadata=_titles(table.schema.by_name[name]))
        for name in empty.schema.names
    ]
    schema = pa.schema([*fields, shape])
    rows = (
        pa.RecordBatch.from_arrays(
            [*given(batch, table, kept).columns, batch.column(table.geometry)], schema=schema
        )
        for batch in batches
    )
    return pa.RecordBatchReader.from_batches(schema, rows)


def _titles(field: SchemaField) -> dict[str, str] | None:
    """A field's title and description in the words that GDAL passes on (OGR field metadata)."""
    said = {
        "GDAL:OGR:alternative_name": field.title,
        "GDAL:OGR:comment": field.description or field.title_en,
    }
    return {name: text for name, text in said.items() if text} or None
