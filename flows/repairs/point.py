"""Coordinates in two columns as one point.

Changes: adds the column ``to`` with ``lon,lat``, the text that Table Schema's ``geopoint`` has by
default; the two columns stay (list them under ``ignore`` to leave them out). Where one is empty,
so is the point. Degrees with minutes and seconds (17° 24' 39.2" N) become decimals. With ``crs``
the columns are what is said there, and the point is turned to WGS 84: UTM zones 47 and 48 (``lat``
is the column of northings, ``lon`` of eastings), and Indian 1975, by the operation EPSG:1304.
Refuses to guess: a latitude over 90 degrees beside a longitude that would be one stops the run with
its rows: the two are swapped. So do metres without ``crs``, for a zone cannot be seen from them.
Any other text goes into the point as it is, for the check to name.
Undone by: reading the two columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict

from catalog.problem import Problem, Rejected
from flows.repairs import Scope, Tell
from flows.repairs._arrow import is_blank, plain, western_digits
from flows.repairs._coordinates import degrees, to_degrees
from flows.repairs._rows import find, position, read_numbers

SCOPE: Scope = "table"
_SHOWN_ROWS = 5
#: No longitude; every easting and northing of Thailand.
_METRES = 1_000


class Options(BaseModel):
    """Which columns make the point.

    Attributes:
        lat: column of latitudes, in degrees; of northings, in metres, where ``crs`` is a UTM zone.
        lon: column of longitudes, or of eastings.
        to: name of the column of points.
        crs: reference system of the two columns: WGS 84, its UTM zones 47N (``EPSG:32647``) and
            48N (``EPSG:32648``), Indian 1975 (``EPSG:4240``) and its zones (``EPSG:24047``,
            ``EPSG:24048``).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    lat: str
    lon: str
    to: str = "point"
    crs: Literal[
        "EPSG:4326", "EPSG:32647", "EPSG:32648", "EPSG:4240", "EPSG:24047", "EPSG:24048"
    ] = "EPSG:4326"


def columns(names: Sequence[str], options: Options) -> tuple[str, ...]:
    """The columns, and the point after them.

    Raises:
        Rejected: latitude or longitude is not there.
    """
    for name in (options.lat, options.lon):
        find(names, name, "point")
    return (*names, *(() if options.to in names else (options.to,)))


def repair(
    batches: Iterator[pa.RecordBatch], options: Options, tell: Tell
) -> Iterator[pa.RecordBatch]:
    """Add the points.

    Raises:
        Rejected: latitude and longitude are swapped, or metres without a zone.
    """
    for batch in batches:
        if options.to in batch.schema.names:
            yield batch
            continue
        points = _points(batch, options)
        made = position(batch).filter(points.is_valid())
        if len(made):
            tell("rows-point", made, pc.drop_null(points)[0].as_py())
        yield batch.append_column(pa.field(options.to, pa.string()), points)


def _points(batch: pa.RecordBatch, options: Options) -> pa.Array:
    found = batch.column(options.lat), batch.column(options.lon)
    lat, lon = (degrees(column) for column in found)
    if options.crs == "EPSG:4326":
        _refuse(batch, found[0], lat, lon)
    else:
        turned = to_degrees(lon, lat, options.crs)
        lon, lat = (pc.coalesce(*pair) for pair in zip(turned, (lon, lat), strict=True))
    return _join(lat, lon)


def _join(lat: pa.Array, lon: pa.Array) -> pa.Array:
    parts = (western_digits(plain(part)) for part in (lon, lat))
    none = pc.or_(is_blank(lat), is_blank(lon))
    joined = pc.binary_join_element_wise(*parts, ",")
    return pc.if_else(none, pa.scalar(None, pa.string()), joined)


def _refuse(batch: pa.RecordBatch, shown: pa.Array, lat: pa.Array, lon: pa.Array) -> None:
    """Stop where a pair cannot be latitude and longitude.

    Raises:
        Rejected: with the first rows.
    """
    north, east = pc.abs(read_numbers(lat)), pc.abs(read_numbers(lon))
    metres = pc.and_(pc.greater(north, _METRES), pc.greater(east, _METRES))
    swapped = pc.and_(pc.greater(north, 90), pc.less_equal(east, 90))
    problems = [
        *_problems("point-metres", batch, shown, metres),
        *_problems("point-swapped", batch, shown, swapped),
    ]
    if problems:
        raise Rejected(*problems)


def _problems(code: str, batch: pa.RecordBatch, shown: pa.Array, mask: pa.Array) -> list[Problem]:
    mask = pc.fill_null(mask, False)
    rows = zip(position(batch).filter(mask)[:_SHOWN_ROWS], shown.filter(mask), strict=False)
    return [Problem(code, row=row.as_py(), value=value.as_py()) for row, value in rows]
