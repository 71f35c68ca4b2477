"""Geodata that is not JSON (zipped Shapefiles, KML, KMZ, GeoPackage): a table for each layer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any
from zipfile import BadZipFile, ZipFile

import pyarrow.compute as pc

from catalog.problem import Problem, Rejected
from catalog.registry import names, variant
from flows.doctor import Finding, Layout, bounded_tables
from flows.doctor.layouts import _around, _rows
from flows.doctor.layouts._reader import pulled
from flows.doctor.layouts._say import ask, choice, note, option, warning
from flows.sources import RawTable

#: Reference systems that Thai files are in, and the box of the first corners where each may be
#: (degrees; metres from the false origin of UTM): EPSG's areas of use, widened.
_SYSTEMS: Mapping[str, tuple[float, float, float, float]] = {
    "EPSG:4326": (90.0, 0.0, 110.0, 25.0),
    "EPSG:32647": (100_000.0, 500_000.0, 900_000.0, 2_400_000.0),
    "EPSG:32648": (100_000.0, 500_000.0, 900_000.0, 2_400_000.0),
    "EPSG:24047": (100_000.0, 500_000.0, 900_000.0, 2_400_000.0),
    "EPSG:24048": (100_000.0, 500_000.0, 900_000.0, 2_400_000.0),
}


def find(path: Path, kind: str) -> tuple[Layout, ...]:
    """The layers of a file of geodata.

    Args:
        path: the file.
        kind: ``shp``, ``kml`` or ``gpkg``.

    Raises:
        Rejected: damaged, no layers, or a kind that cannot be read here.
    """
    if kind not in names("flows.sources"):
        raise Rejected(Problem("doctor-kind-unknown", params={"found": kind.upper()}))
    layers = list(_layers(path, kind))
    bounded_tables(len(layers))
    made = [_layout(path, kind, layer if len(layers) > 1 else None) for layer in layers]
    if len(made) < 2:
        return tuple(made)
    said = note("doctor-tables", tables=len(made))
    return (replace(made[0], findings=(said, *made[0].findings)), *made[1:])


def _layers(path: Path, kind: str) -> Iterator[str | None]:
    if kind == "shp":
        yield from _shapefiles(path)
    elif kind == "gpkg":
        yield from _tables_of(path)
    else:
        yield None


def _shapefiles(path: Path) -> Iterator[str | None]:
    try:
        with ZipFile(path) as container:
            members = [PurePosixPath(name) for name in container.namelist()]
    except BadZipFile as error:
        params = {"kind": "Shapefile", "reason": str(error)}
        raise Rejected(Problem("source-packed-badly", params=params)) from error
    shapes = sorted(
        {name.stem for name in members
         if name.suffix.lower() == ".shp" and not {"__MACOSX"} & set(name.parts)}
    )  # fmt: skip
    yield from shapes
    if not shapes:
        yield None


def _tables_of(path: Path) -> Iterator[str | None]:
    """Layers of a GeoPackage: those that its own table of contents has."""
    import sqlite3

    try:
        address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(address, uri=True)) as database:
            found = database.execute(
                "SELECT table_name FROM gpkg_contents WHERE data_type IN ('features', 'attributes')"
                " ORDER BY table_name"
            ).fetchall()
    except sqlite3.OperationalError as error:
        raise Rejected(Problem("doctor-kind-unknown", params={"found": "SQLite"})) from error
    except (sqlite3.Error, UnicodeDecodeError) as error:
        params = {"kind": "GeoPackage", "reason": str(error)}
        raise Rejected(Problem("source-packed-badly", params=params)) from error
    yield from (str(name) for (name,) in found)
    if not found:
        yield None


def _layout(path: Path, kind: str, layer: str | None) -> Layout:
    reader = variant("flows.sources", kind)
    options: dict[str, Any] = {"layer": layer} if layer else {}
    raw = reader.read(pulled(path), reader.Options(path="file", **options))
    reading = _rows.read(raw)
    place = layer or None
    findings = [
        *_around.told_by_reader(raw, place, {"crs-unknown"}),
        *_system(raw, place),
        *_rows.findings(reading, raw, place, {}),
    ]
    return Layout(kind, options, tuple(findings), layer, (), reading.rows)


def _system(raw: RawTable, place: str | None) -> Iterator[Finding]:
    """Ask for the reference system where the file does not say it, by what its figures allow."""
    if raw.crs is not None or raw.geometry is None:
        return
    fitting = _fitting(raw)
    choices = [
        choice(name.replace("EPSG:", "epsg"), f"doctor-choice-{name.replace(':', '-').lower()}",
               option("crs", name))
        for name in fitting
    ]  # fmt: skip
    likely = choices[0].name if len(choices) == 1 else None
    question = ask("doctor-ask-crs", *choices, likely=likely) if choices else None
    yield warning("doctor-crs-missing", place=place, field=raw.geometry, question=question)


def _fitting(raw: RawTable) -> list[str]:
    import shapely

    for batch in raw.open():
        shapes = batch.column(str(raw.geometry))
        some = shapes.filter(pc.is_valid(shapes))
        if len(some):
            left, bottom, right, top = shapely.total_bounds(shapely.from_wkb(some.to_pylist()))
            return [
                name for name, (west, south, east, north) in _SYSTEMS.items()
                if west <= left and right <= east and south <= bottom and top <= north
            ]  # fmt: skip
    return []
