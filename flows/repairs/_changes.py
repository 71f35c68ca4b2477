"""Every change of a run, one to a row: what makes each of them reversible.

Written as Parquet while the rows pass, so memory does not grow with changes.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq

from flows.repairs._plan import Step

#: Position in the source, field (null for a repair of rows), text before and after, repair.
SCHEMA = pa.schema(
    [
        ("row", pa.int64()),
        ("field", pa.string()),
        ("before", pa.string()),
        ("after", pa.string()),
        ("repair", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class Changed:
    """Changes of one repair in one batch; without a field, rows that it changed or took out."""

    repair: str
    field: str | None
    rows: pa.Array
    before: pa.Array
    after: pa.Array


def changed_rows(
    step: Step, name: str, mask: pa.Array, rows: pa.Array, before: pa.Array, after: pa.Array
) -> Changed:
    """The changes that a mask marks."""
    return Changed(step.name, name, rows.filter(mask), before.filter(mask), after.filter(mask))


class ChangesFile:
    """A Parquet of changes; it appears when it is whole.

    Args:
        path: to write.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._part = path, path.with_name(f"{path.name}.part")
        self._writer = pq.ParquetWriter(self._part, SCHEMA, compression="zstd")
        self._lock = threading.Lock()

    def __enter__(self) -> ChangesFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._writer.close()
        if kind is None:
            self._part.replace(self._path)
        self._part.unlink(missing_ok=True)

    def add(self, changed: Changed) -> None:
        """Write the changes of a repair in a batch."""
        length = len(changed.rows)
        columns = [
            changed.rows,
            pa.repeat(pa.scalar(changed.field, pa.string()), length),
            changed.before,
            changed.after,
            pa.repeat(pa.scalar(changed.repair), length),
        ]
        with self._lock:
            self._writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=SCHEMA))
