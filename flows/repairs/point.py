"""Latitude and longitude in two columns as one point.

Changes: adds the column ``to`` with ``lon,lat``, the text that Table Schema's ``geopoint`` has by
default; the two columns stay (list them under ``ignore`` to leave them out). Where one is empty,
so is the point.
Refuses to guess: a latitude over 90 degrees beside a longitude that would be one stops the run with
its rows: the two are swapped. Any other text goes into the point as it is, for the check to name.
Undone by: reading the two columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict

from catalog.problem import Problem, Rejected
from flows.repairs import Scope, Tell
from flows.repairs._arrow import is_blank, plain, western_digits
from flows.repairs._rows import find, position, read_numbers

SCOPE: Scope = "table"
_SHOWN_ROWS = 5


class Options(BaseModel):
    """Which columns make the point.

    Attributes:
        lat: column of latitudes, in degrees.
        lon: column of longitudes.
        to: name of the column of points.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    lat: str
    lon: str
    to: str = "point"


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
        Rejected: latitude and longitude are swapped.
    """
    for batch in batches:
        if options.to in batch.schema.names:
            yield batch
            continue
        lat, lon = batch.column(options.lat), batch.column(options.lon)
        _refuse_swapped(batch, lat, lon)
        points = _join(lat, lon)
        made = position(batch).filter(points.is_valid())
        if len(made):
            tell("rows-point", made, pc.drop_null(points)[0].as_py())
        yield batch.append_column(pa.field(options.to, pa.string()), points)


def _join(lat: pa.Array, lon: pa.Array) -> pa.Array:
    parts = (western_digits(plain(part)) for part in (lon, lat))
    none = pc.or_(is_blank(lat), is_blank(lon))
    joined = pc.binary_join_element_wise(*parts, ",")
    return pc.if_else(none, pa.scalar(None, pa.string()), joined)


def _refuse_swapped(batch: pa.RecordBatch, lat: pa.Array, lon: pa.Array) -> None:
    north, east = pc.abs(read_numbers(lat)), pc.abs(read_numbers(lon))
    swapped = pc.fill_null(pc.and_(pc.greater(north, 90), pc.less_equal(east, 90)), False)
    if not pc.any(swapped).as_py():
        return
    rows = zip(position(batch).filter(swapped)[:_SHOWN_ROWS], lat.filter(swapped), strict=False)
    raise Rejected(
        *(Problem("point-swapped", row=row.as_py(), value=value.as_py()) for row, value in rows)
    )
