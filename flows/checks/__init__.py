"""What a table must fulfil before anything is published: one module per kind of check.

The contract. A module ``flows/checks/<kind>.py`` has

    STAGE                        "text": sees the repaired text; "typed": sees the canonical table
    check(table)                 -> iterator of ``Problem``; nothing is raised for bad data

where ``table`` is a ``Checked``: the table and what it is held against. Problems carry row (as the
source counts it) and field; the caller fills in dataset and table. Checks of stage "typed" run on
tables that passed those of stage "text". Where many rows have the same problem, a check names the
first ones only; each says in ``params["count"]`` how many rows there are (``flows.tally``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pyarrow as pa

from catalog.registry import names, variant
from catalog.schema import TableSchema
from catalog.spec import TableSpec
from catalog.table import Table
from flows.privacy import Found
from flows.sources import POSITION

Stage = Literal["text", "typed"]


@dataclass(frozen=True, slots=True)
class Checked:
    """A table on its way, and what it must fulfil.

    Attributes:
        columns: field names as the source has them, in its order.
        open: gives the repaired text anew at each call: ``_row`` and text columns (WKB for
            geometry).
        schema: the Table Schema it is held against.
        spec: the declaration of the table.
        typed: the canonical table, at stage "typed"; its rows are those of ``open``, in order.
        references: canonical tables that foreign keys name, by the name they use (``""`` is the
            table itself).
        personal: personal data that was found and that no declaration answers for; ``None`` where
            nobody looked yet.
        staged: the Parquet file that ``open`` reads, where there is one: checks that are queries
            read it directly.
    """

    columns: tuple[str, ...]
    open: Callable[[], Iterator[pa.RecordBatch]]
    schema: TableSchema
    spec: TableSpec
    typed: Table | None = None
    references: Mapping[str, Table] = field(default_factory=dict)
    personal: tuple[Found, ...] | None = None
    staged: Path | None = None

    def positions(self, indices: Iterable[int]) -> dict[int, int]:
        """Where rows stand in the source.

        Args:
            indices: rows of the table, from 0.
        """
        wanted = sorted(set(indices))
        found: dict[int, int] = {}
        start = 0
        for batch in self.open():
            here = [index for index in wanted if start <= index < start + batch.num_rows]
            rows = batch.column(POSITION).take(pa.array([i - start for i in here], pa.int64()))
            found |= dict(zip(here, rows.to_pylist(), strict=True))
            start += batch.num_rows
            if len(found) == len(wanted):
                break
        return found


def modules(stage: Stage) -> Iterator[Callable[[Checked], Iterator]]:  # type: ignore[type-arg]
    """The checks of a stage, by name."""
    for name in names(__name__):
        module = variant(__name__, name)
        if stage == module.STAGE:
            yield module.check
