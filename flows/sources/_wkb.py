"""Geometry that comes as WKB, with or without a reference system inside (EWKB)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from catalog.problem import Problem, Rejected
from flows.sources import BATCH_ROWS
from flows.sources._crs import unknown

_LISTED = 100


def plain(column: pa.Array, first: int, label: str) -> pa.Array:
    """ISO WKB, little-endian, of (extended) WKB; null stays null.

    Args:
        column: binary.
        first: row of its first value, for a problem.
        label: of the column, for a problem.

    Raises:
        Rejected: a value that is no geometry, with its row.
    """
    import shapely

    shapes = _shapes(column, first, label)
    return pa.array(
        shapely.to_wkb(shapes, output_dimension=3, byte_order=1, flavor="iso"), pa.binary()
    )


def reference(path: Path, label: str, declared: str | None) -> tuple[str | None, list[Problem]]:
    """The reference system of a stored column of extended WKB.

    Args:
        path: a Parquet file.
        label: the column.
        declared: what the declaration says, which stands.

    Raises:
        Rejected: several systems in one column, or a value that is no geometry.
    """
    import shapely

    if declared:
        return declared, []
    found: set[int] = set()
    with pq.ParquetFile(path) as stored:
        first = 1
        for batch in stored.iter_batches(BATCH_ROWS, columns=[label]):
            column = batch.column(label)
            known = np.asarray(column.is_valid())
            shapes = _shapes(column, first, label)
            found |= {int(srid) for srid in np.unique(shapely.get_srid(shapes[known]))}
            first += len(batch)
    if len(found) > 1:
        params = {"systems": ", ".join(f"EPSG:{srid}" for srid in sorted(found))}
        raise Rejected(Problem("geometry-several-crs", field=label, params=params))
    srid = found.pop() if found else 0
    return (f"EPSG:{srid}", []) if srid else (None, [unknown("SRID 0")])


def _shapes(column: pa.Array, first: int, label: str) -> np.ndarray:
    import shapely

    raw = np.empty(len(column), dtype=object)
    raw[:] = column.to_pylist()
    try:
        return np.asarray(shapely.from_wkb(raw), dtype=object)
    except (shapely.errors.GEOSException, NotImplementedError):
        raise Rejected(*_bad(raw, first, label)) from None


def _bad(raw: np.ndarray, first: int, label: str) -> list[Problem]:
    """Problems of the first rows that are no geometry."""
    import shapely

    found = []
    for row, value in enumerate(raw, first):
        try:
            shapely.from_wkb(value)
        except (shapely.errors.GEOSException, NotImplementedError) as error:
            params = {"reason": str(error)[:100]}
            found.append(Problem("geometry-invalid", row=row, field=label, params=params))
            if len(found) == _LISTED:
                break
    return found
