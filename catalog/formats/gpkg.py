"""GeoPackage 1.4 (OGC 12-128r19), written by GDAL: one layer, with R-tree.

Titles of columns stand in ``gpkg_data_columns``, licence, attribution and edition in
``gpkg_metadata``. GeoPackage knows moments in UTC to the millisecond (GDAL, before 1970, to the
second); moments without an offset, bare times and numbers that float64 would round are text.
Single shapes become multi where the table has both.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from catalog.formats import FIXED_TIME, About, Format
from catalog.formats import _geo as geo
from catalog.formats._fit import Step, Tally, fit
from catalog.formats._geo_ogr import configure, layer_rows, opened, typed
from catalog.formats._geo_shapes import layer_type, promoted
from catalog.formats._stream import batches
from catalog.geometry import shapes, to_wkb
from catalog.problem import Problem
from catalog.schema import SchemaField
from catalog.spec import Words
from catalog.table import Table

FORMAT = Format(
    name="gpkg",
    title=Words(th="จีโอแพ็กเกจ (GPKG)", en="GeoPackage"),
    extension="gpkg",
    media_type="application/geopackage+sqlite3",
    eu_file_type="GPKG",
    ckan="GPKG",
    gdcatalog="อื่นๆ",
    stars_dga=2,
    stars_nectec=0,
    geometry="needs",
    machine_readable=False,
)
_DAY = "{:04}-{:02}-{:02}".format(*FIXED_TIME[:3])


def _milliseconds(column: pa.Array, field: SchemaField) -> pa.Array:
    """Moments in UTC without what is less than a millisecond, or before 1970 than a second.

    GDAL 3.12 rounds a broken 59th second before 1970 to the next minute: 00:00:59.001 became
    00:01:00 (found by the property test of this room).
    """
    if not pa.types.is_timestamp(column.type) or column.type.tz is None:
        return column
    early = pc.less(column.cast(pa.int64()), 0)
    seconds = pc.floor_temporal(column, unit="second")
    cut = pc.if_else(early, seconds, pc.floor_temporal(column, unit="millisecond"))
    return column if cut.equals(column) else cut


_STEPS = (geo.NO_NUL, Step("format-milliseconds", _milliseconds))


def refuse(table: Table) -> Problem | None:
    """A table needs a geometry column; rows may be without a geometry."""
    return geo.refuse_without_geometry(table)


def write(table: Table, about: About, target: Path) -> tuple[Problem, ...]:
    """Write the table as the layer of its name."""
    import pyogrio

    tally = Tally()
    rows = (_fitted(batch, table, tally) for batch in batches(table))
    facts = geo.facts(about)
    # Nobody reads the file before it is whole: waiting for the disk takes ten times the writing.
    configure(OGR_CURRENT_DATE=f"{_DAY}T00:00:00.000Z", OGR_SQLITE_SYNCHRONOUS="OFF")
    pyogrio.write_arrow(
        layer_rows(table, rows, _kept),
        target,
        layer=table.name,
        driver="GPKG",
        geometry_name=table.geometry,
        geometry_type=layer_type(table.geometry_kinds),
        crs="EPSG:4326",
        encoding="UTF-8",
        dataset_metadata=facts,
        layer_options={
            "GEOMETRY_NAME": table.geometry,
            "FID": _key_name(table),
            "IDENTIFIER": facts["title"],
            "DESCRIPTION": f"{facts['attribution']} ({facts['licence']})",
        },
    )
    return tally.problems(_STEPS, table.name)


def read(path: Path, table: Table) -> Iterator[pa.RecordBatch]:
    """Read back with GDAL."""
    with opened(path, table.name) as features:
        for batch in features:
            yield typed(batch, table)


def held(batch: pa.RecordBatch, table: Table) -> pa.RecordBatch:
    """Texts without U+0000, moments to the millisecond, shapes of one type."""
    return _fitted(batch, table)


def _fitted(batch: pa.RecordBatch, table: Table, tally: Tally | None = None) -> pa.RecordBatch:
    fitted = fit(batch, table.schema.fields, _STEPS, tally)
    assert table.geometry
    found = promoted(shapes(batch.column(table.geometry)), table.geometry_kinds)
    return geo.replaced(fitted, table.geometry, to_wkb(found))


def _kept(kind: pa.DataType) -> bool:
    """Whether GeoPackage has a type (§1.1.1.1.3); moments only with their offset."""
    if pa.types.is_timestamp(kind):
        return kind.tz is not None
    tests = (
        pa.types.is_string, pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean,
        pa.types.is_date,
    )  # fmt: skip
    return any(test(kind) for test in tests)


def _key_name(table: Table) -> str:
    """The column of row numbers that GeoPackage needs, under a name that no field has."""
    return next(name for name in ("fid", "ogc_fid", "_fid") if name not in table.schema.names)
