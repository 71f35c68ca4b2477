"""Types and constraints of the Table Schema, and its keys as Frictionless reads them.

The engine (``flows/checks/_engine``) finds what Frictionless 5 would find, bar the deliberate
differences in ``docs/check-differences.md``, in one pass where the table is clean. Foreign keys,
``uniqueKeys`` and nulls inside of a composite key are held by ``flows.checks.keys``.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from catalog.problem import Problem
from catalog.table import sql_name
from flows.checks import Checked
from flows.checks._engine import Relation, check_table
from flows.checks._engine.plan import compile_plan
from flows.checks._engine.sql import text
from flows.sources import POSITION

STAGE = "text"
#: Problems that are named one by one; all are counted, each says how many there are of its kind.
LIMIT = 1_000


def check(table: Checked) -> Iterator[Problem]:
    """Hold every cell against its field, and keys against each other."""
    with _staged(table) as path:
        shape = pq.read_schema(path)
        binary = frozenset(field.name for field in shape if pa.types.is_binary(field.type))
        plan = compile_plan(table.schema, table.columns, binary)
        if not plan.columns:
            return
        relation = _relation(path, [column.name for column in plan.columns])
        _, problems = check_table(relation, plan, table.schema, path.parent, LIMIT)
    yield from problems


def _relation(path: Path, names: list[str]) -> Relation:
    staged = f"read_parquet({text(str(path))}, file_row_number = true)"
    place = ("file_row_number", sql_name(POSITION))
    return Relation(staged, tuple(map(sql_name, names)), place)


@contextmanager
def _staged(table: Checked) -> Iterator[Path]:
    """The repaired text on disk; written there where it is not yet."""
    if table.staged is not None:
        yield table.staged
        return
    with tempfile.TemporaryDirectory(prefix="samdao-") as folder:
        path, batches = Path(folder) / "text.parquet", table.open()
        first = next(batches)
        with pq.ParquetWriter(path, first.schema) as writer:
            writer.write_batch(first)
            for batch in batches:
                writer.write_batch(batch)
        yield path
