"""The rows of a staged table behind its columns: in DuckDB, and as figures in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from catalog.cast import POSITION
from flows.doctor import Column, Diagnosis
from flows.doctor._column_mend import mended
from flows.doctor._values_view import View
from flows.repairs._arrow import differs
from flows.repairs._rows import read_numbers

Figures: TypeAlias = npt.NDArray[np.float64]
Read: TypeAlias = Callable[[pa.Array], pa.Array]
_MEMORY = "512MB"
_BATCH_ROWS = 50_000


@contextmanager
def database(staged: Path) -> Iterator[Any]:
    """A DuckDB connection whose view ``t`` is the staged table; it spills beside it."""
    import duckdb

    with duckdb.connect(config={"memory_limit": _MEMORY}) as connection:
        spill = str(staged.with_name("spill")).replace("'", "''")
        connection.execute(f"SET temp_directory = '{spill}'")
        source = str(staged).replace("'", "''")
        connection.execute(f"CREATE VIEW t AS SELECT * FROM read_parquet('{source}')")
        yield connection


def mended_views(connection: Any, columns: Sequence[Column], found: Sequence[Diagnosis]) -> None:
    """A view ``m``: the table with its columns as their repairs leave them; empty texts are null.

    Args:
        connection: with the view ``t``.
        columns: those of interest.
        found: the diagnosis of each.
    """
    selected, joins = [POSITION], []
    for column, diagnosis in zip(columns, found, strict=True):
        name = column.name
        pairs = _changed(column, diagnosis)
        if pairs is None:
            selected.append(f"nullif(t.{name}, '') AS {name}")
            continue
        connection.register(f"map_{name}", pairs)
        joins.append(f"LEFT JOIN map_{name} ON t.{name} = map_{name}.old")
        selected.append(
            f"CASE WHEN map_{name}.old IS NULL THEN nullif(t.{name}, '') "
            f"ELSE nullif(map_{name}.new, '') END AS {name}"
        )
    chosen = ", ".join(selected).replace(POSITION, f"t.{POSITION}", 1)
    connection.execute(f"CREATE OR REPLACE VIEW m AS SELECT {chosen} FROM t {' '.join(joins)}")


def _changed(column: Column, diagnosis: Diagnosis) -> pa.Table | None:
    """Texts that repairs change, and what they become; ``None`` where there are none."""
    if not diagnosis.repairs or not column.values.num_rows:
        return None
    seen = View(column.values, column.label)
    after = mended(seen, diagnosis.repairs)
    mask = differs(seen.texts, after)
    if not mask.true_count:
        return None
    return pa.table({"old": seen.texts.filter(mask), "new": after.filter(mask)})


def figures(
    staged: Path, columns: Sequence[Column], rows: int | None = None, read: Read | None = None
) -> Iterator[tuple[pa.Array, Figures]]:
    """Positions, and the columns' figures side by side (rows × columns); NaN where there is none.

    Args:
        staged: the table.
        columns: of numbers.
        rows: how many of the first ones; all if not given.
        read: what is done to the texts before they are read as numbers.
    """
    names = [column.name for column in columns]
    left = rows
    with pq.ParquetFile(staged) as file:
        for batch in file.iter_batches(batch_size=_BATCH_ROWS, columns=[POSITION, *names]):
            part = batch if left is None else batch.slice(0, left)
            texts = (part.column(name) for name in names)
            arrays = (read_numbers(read(text) if read else text) for text in texts)
            stacked = [np.asarray(a.to_numpy(zero_copy_only=False), np.float64) for a in arrays]
            yield part.column(POSITION), np.column_stack(stacked)
            left = None if left is None else left - part.num_rows
            if left is not None and left <= 0:
                return
