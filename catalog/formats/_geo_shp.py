"""Layers of a Shapefile: which kinds of shapes lie in which, written and read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from catalog.formats import _dbf as dbf
from catalog.formats import _geo as geo
from catalog.formats._dbf_fit import batch_rows, dbf_text
from catalog.formats._geo_ogr import opened
from catalog.formats._geo_shapes import demoted, of_kind
from catalog.geometry import Shapes, shapes, to_wkb
from catalog.table import Table

#: A Shapefile has shapes of one type (ESRI Technical Description, 1998): what may lie together.
_TOGETHER: Mapping[str, tuple[str, ...]] = {
    "point": ("Point",),
    "multipoint": ("MultiPoint",),
    "line": ("LineString", "MultiLineString"),
    "polygon": ("Polygon", "MultiPolygon"),
}
HELD = tuple(kind for kinds in _TOGETHER.values() for kind in kinds)
_POLYGONS = _TOGETHER["polygon"]
_WKB = {"ARROW:extension:name": "geoarrow.wkb"}


@dataclass(frozen=True, slots=True)
class Layer:
    """One Shapefile of the archive.

    Attributes:
        name: of its files, without suffix.
        kinds: types of shapes that lie in it.
        first: it also has the rows without a shape.
    """

    name: str
    kinds: tuple[str, ...]
    first: bool

    def mask(self, found: Shapes) -> npt.NDArray[np.bool_]:
        """Which of the shapes lie in this layer."""
        import shapely

        mask = of_kind(found, *self.kinds)
        return mask | shapely.is_missing(found) if self.first else mask


def layers(table: Table) -> tuple[Layer, ...]:
    """The layers of a table: one, or one per kind of shape; of points if it has no shape at all."""
    met = [name for name, kinds in _TOGETHER.items() if set(kinds) & set(table.geometry_kinds)]
    met = met or ["point"]
    if len(met) == 1:
        return (Layer(table.name, _TOGETHER[met[0]], first=True),)
    return tuple(
        Layer(f"{table.name}_{name}", _TOGETHER[name], first=name == met[0]) for name in met
    )


def settled(found: Shapes) -> Shapes:
    """Shapes as a Shapefile has them: a multi shape of one part is that part."""
    import shapely

    result = demoted(found)
    mask = of_kind(result, *_POLYGONS)
    result[mask] = shapely.orient_polygons(result[mask])
    return result


def write_shapes(table: Table, layer: Layer, folder: Path) -> None:
    """Write ``.shp``, ``.shx`` and ``.prj`` of a layer with GDAL."""
    import pyogrio

    assert table.geometry
    name = table.geometry
    schema = pa.schema([pa.field(name, pa.binary(), metadata=_WKB)])

    def rows() -> Iterator[pa.RecordBatch]:
        for batch in table.batches(columns=[name]):
            found = shapes(batch.column(0))
            yield pa.record_batch([to_wkb(found[layer.mask(found)])], schema=schema)

    pyogrio.write_arrow(
        pa.RecordBatchReader.from_batches(schema, rows()),
        folder / f"{layer.name}.shp",
        driver="ESRI Shapefile",
        geometry_name=name,
        geometry_type=layer.kinds[0],
        crs="EPSG:4326",
        encoding="UTF-8",
    )


def write_rows(
    table: Table,
    layer: Layer,
    columns: tuple[dbf.Column, ...],
    fitted: Iterable[pa.RecordBatch],
    target: Path,
) -> None:
    """Write a layer's ``.dbf``.

    Args:
        table: what is written.
        layer: which of its rows.
        columns: of the file; one more than the table's fields if it ends with the row's number.
        fitted: all rows of the table as the format holds them.
        target: the file.
    """
    fields = geo.properties(table)
    count, start, step = 0, 1, batch_rows(columns)
    with target.open("wb") as out:
        out.write(dbf.header(columns, 0))
        for batch in fitted:
            mask = layer.mask(shapes(batch.column(table.geometry)))
            texts = [dbf_text(batch.column(field.name), field) for field in fields]
            if len(columns) > len(fields):
                numbers = pa.array(np.arange(start, start + batch.num_rows))
                texts.append(numbers.cast(pa.string()))
            texts = [text.filter(pa.array(mask)) for text in texts]
            for first in range(0, len(texts[0]), step):
                out.write(dbf.records(columns, [text.slice(first, step) for text in texts]).data)
            count += int(mask.sum())
            start += batch.num_rows
        out.write(dbf.end())
        out.seek(0)
        out.write(dbf.header(columns, count))


def read_layers(archive: Path, names: Iterable[str], row: str | None) -> Iterator[pa.RecordBatch]:
    """The features of one layer, or of several in the order of their row numbers."""
    with ExitStack() as open_layers:
        streams = [
            open_layers.enter_context(opened(f"/vsizip/{{{archive}}}/{name}.shp")) for name in names
        ]
        yield from streams[0] if row is None else _merged(streams, row)


def _merged(streams: list[Iterator[pa.RecordBatch]], row: str) -> Iterator[pa.RecordBatch]:
    """Batches of several streams, each sorted by a column, as one sorted stream."""
    held: list[pa.RecordBatch | None] = [next(stream, None) for stream in streams]
    while any(batch is not None for batch in held):
        alive = [batch for batch in held if batch is not None]
        # All rows up to here have been seen: each stream goes on after its batch's last row.
        limit = min(batch.column(row)[-1].as_py() for batch in alive)
        taken = []
        for index, batch in enumerate(held):
            if batch is None:
                continue
            many = pc.sum(pc.less_equal(batch.column(row), limit)).as_py()
            taken.append(_common(batch.slice(0, many)))
            rest = batch.slice(many)
            held[index] = rest if rest.num_rows else next(streams[index], None)
        table = pa.Table.from_batches(taken).combine_chunks().sort_by(row)
        yield from table.combine_chunks().to_batches()


def _common(batch: pa.RecordBatch) -> pa.RecordBatch:
    """A batch without the metadata in which the layers differ."""
    return batch.cast(pa.schema([(field.name, field.type) for field in batch.schema]))
