"""Shapefile, zipped: ``.shp .shx .dbf .prj .cpg``, with ``fields.csv`` and ``readme.txt``.

GDAL writes the shapes, ``catalog.formats._dbf`` the rows (its module says why). A Shapefile has
shapes of one type, so a table of several kinds becomes several layers in one archive
(``_point``, ``_multipoint``, ``_line``, ``_polygon``), each row with its number in the table.
What a DBF cannot hold is cut, left out or blank, and told: see ``_dbf_fit.steps``.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import yaml

from catalog.formats import About, Format
from catalog.formats import _dbf as dbf
from catalog.formats import _geo as geo
from catalog.formats._about import sheet_rows
from catalog.formats._dbf_fit import Layout, names, steps
from catalog.formats._fit import Tally, fit
from catalog.formats._geo_ogr import typed
from catalog.formats._geo_shp import (
    HELD,
    Layer,
    layers,
    read_layers,
    settled,
    write_rows,
    write_shapes,
)
from catalog.formats._stream import batches
from catalog.formats._zip import Package
from catalog.geometry import shapes, to_wkb
from catalog.problem import Problem
from catalog.schema import SchemaField
from catalog.spec import Words
from catalog.table import Table

FORMAT = Format(
    name="shp",
    title=Words(th="เชปไฟล์ (Shapefile)", en="Shapefile"),
    extension="shp.zip",
    media_type="application/zip",
    eu_file_type="SHP",
    ckan="SHP",
    gdcatalog="Shapefile",
    stars_dga=3,
    stars_nectec=2,
    geometry="needs",
    proprietary=True,
)
#: Bytes of a record of ``.shp`` that WKB has not: header, box, counts.
_POINT_BYTES, _SHAPE_BYTES = 8, 48
_SMALL = 2**20
#: The column of row numbers; a field's name has no two underscores, so it is nobody's.
_ROW = SchemaField.model_construct(name="row__no", type="integer", alias=None)


def refuse(table: Table) -> Problem | None:
    """Why a table fits into no Shapefile: no geometry, collections, too many columns or bytes."""
    if problem := geo.refuse_without_geometry(table):
        return problem
    if unfit := [kind for kind in table.geometry_kinds if kind not in HELD]:
        return geo.note("geometry-kind-unfit", table, kinds=", ".join(unfit))
    count = len(_fields(table))
    if count > dbf.FIELDS:
        return geo.note("shp-too-many-columns", table, columns=count, limit=dbf.FIELDS)
    size = _bytes(table)
    if size > dbf.FILE_BYTES:
        return geo.note("shp-too-large", table, gigabytes=f"{size / 2**30:.1f}")
    return None


def write(table: Table, about: About, target: Path) -> tuple[Problem, ...]:
    """Write the archive; what had to be changed to fit is told."""
    tally = Tally()
    columns = _layout(table, tally)
    with (
        tempfile.TemporaryDirectory(dir=target.parent) as folder,
        Package(target) as archive,
    ):
        for layer in layers(table):
            write_shapes(table, layer, Path(folder))
            fitted = (fit(batch, table.schema.fields, steps(table)) for batch in batches(table))
            write_rows(table, layer, columns, fitted, Path(folder) / f"{layer.name}.dbf")
            _pack(archive, layer, Path(folder))
        archive.add("fields.csv", _dictionary(table, about))
        archive.add("readme.txt", _readme(table, about))
    return (*tally.problems(steps(table), table.name), *_told(table))


def read(path: Path, table: Table) -> Iterator[pa.RecordBatch]:
    """Read back with GDAL, in the table's order."""
    known = _names(table)
    row = known.get(_ROW.name)
    for batch in read_layers(path, (layer.name for layer in layers(table)), row):
        yield _settled(typed(batch, table, known), table)


def held(batch: pa.RecordBatch, table: Table) -> pa.RecordBatch:
    """Texts as far as they fit, shapes without the difference of single and multi."""
    return _settled(fit(batch, table.schema.fields, steps(table)), table)


def _settled(batch: pa.RecordBatch, table: Table) -> pa.RecordBatch:
    assert table.geometry
    found = settled(shapes(batch.column(table.geometry)))
    return geo.replaced(batch, table.geometry, to_wkb(found))


def _fields(table: Table) -> tuple[SchemaField, ...]:
    """What stands in the DBF: the properties, and the row's number where it is needed."""
    properties = geo.properties(table)
    return (*properties, _ROW) if len(layers(table)) > 1 or not properties else properties


def _names(table: Table) -> dict[str, str]:
    return names(_fields(table))


def _layout(table: Table, tally: Tally | None = None) -> tuple[dbf.Column, ...]:
    """The columns of the DBF, from a look at every row."""
    short = _names(table)
    layout = Layout(table, geo.properties(table), short)
    for batch in batches(table):
        layout.see(fit(batch, table.schema.fields, steps(table), tally))
    if _ROW.name not in short:
        return layout.columns()
    return (*layout.columns(), dbf.Column(short[_ROW.name], "N", len(str(table.rows))))


def _bytes(table: Table) -> int:
    """Bytes of the largest file, at the most."""
    rows = max(table.rows, 1)
    widest = 1 + dbf.TEXT_BYTES * len(_fields(table))
    records = rows * widest
    if records > dbf.FILE_BYTES:  # look only where it may matter
        records = dbf.size(_layout(table), rows)
    found = 0
    for batch in table.batches(columns=[str(table.geometry)]):
        found += pc.sum(pc.binary_length(batch.column(0))).as_py() or 0
    points = table.geometry_kinds == ("Point",)
    return max(records, found + rows * (_POINT_BYTES if points else _SHAPE_BYTES))


def _pack(archive: Package, layer: Layer, folder: Path) -> None:
    for suffix in ("shp", "shx", "dbf", "prj"):
        file = folder / f"{layer.name}.{suffix}"
        # A thread of its own, which a file on disk gets, does not pay for a few bytes.
        small = file.stat().st_size < _SMALL
        archive.add(file.name, file.read_bytes() if small else file)
        file.unlink()
    archive.add(f"{layer.name}.cpg", b"UTF-8")


def _told(table: Table) -> tuple[Problem, ...]:
    """What was changed of the table as a whole."""
    renamed = [name for name, short in _names(table).items() if name != short]
    told = []
    if renamed:
        told.append(geo.note("shp-columns-renamed", table, count=len(renamed)))
    if len(layers(table)) > 1:
        found = ", ".join(layer.name for layer in layers(table))
        told.append(geo.note("shp-layers", table, layers=found, row=_names(table)[_ROW.name]))
    return tuple(told)


def _dictionary(table: Table, about: About) -> bytes:
    """``fields.csv``: the DBF's names beside names, titles and types; with BOM, for Excel."""
    rows = sheet_rows(about)
    header, *described = rows[rows.index(()) + 1 :]
    short = _names(table)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(("dbf", *header))
    writer.writerows((short[row[0]], *row) for row in described if row[0] in short)
    return text.getvalue().encode("utf-8-sig")


@cache
def _words() -> dict[str, Any]:
    source = files("catalog") / "data" / "shp_notes.yaml"
    words: dict[str, Any] = yaml.load(source.read_bytes(), Loader=yaml.CSafeLoader)
    return words


def _readme(table: Table, about: About) -> bytes:
    """``readme.txt``: licence, attribution, source and edition, then what the format means."""
    rows = sheet_rows(about)
    lines = []
    for th, en, *said in rows[1 : rows.index(())]:
        lines += [f"{th} / {en}", *(f"  {text}" for text in said if text), ""]
    notes = list(_words()["notes"])
    if len(layers(table)) > 1:
        found = ", ".join(layer.name for layer in layers(table))
        row = _names(table)[_ROW.name]
        words = _words()["layers"]
        notes.append({lang: words[lang].format(row=row, layers=found) for lang in ("th", "en")})
    lines += [line for note in notes for line in (f"- {note['th']}", f"  {note['en']}")]
    return ("\r\n".join(lines) + "\r\n").encode("utf-8-sig")
