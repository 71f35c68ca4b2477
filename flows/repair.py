"""The step «repair»: a table as its source has it becomes one that can be checked.

Header labels become field names; repairs of rows run as declared under ``"*"``; then the values of
each text column go through the repairs under ``"*"``, and through the column's own: the declared
list, or those that its type asks for (``flows/repairs/_plan.py``). Where a repair has to see its
whole column before it may touch a value, the rows are laid aside once and read again. Every change
is counted, with examples. Memory does not grow with rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from catalog.problem import Problem, Rejected
from catalog.schema import TableSchema
from catalog.spec import TableSpec
from flows.repairs import LABEL
from flows.repairs._plan import Plan, Step, make_plan
from flows.repairs._report import Change, Report
from flows.sources import BATCH_ROWS, POSITION, RawTable

Batches: TypeAlias = Iterator[pa.RecordBatch]
#: Opens the rows anew; of some columns, or of all.
Open: TypeAlias = Callable[[list[str] | None], Batches]
#: What surveys found: decision by column and place in its chain.
Decisions: TypeAlias = Mapping[tuple[str, int], Any]


@dataclass(frozen=True, slots=True)
class Repaired:
    """A repaired table, staged for the check.

    Attributes:
        columns: field names in the order of the source.
        path: Parquet with ``_row`` (int64), text columns, and WKB for geometry.
        rows: their number.
        changes: what was changed, counted.
        notes: what an officer should know.
        crs: reference system of WKB columns, as the source has it.
    """

    columns: tuple[str, ...]
    path: Path
    rows: int
    changes: tuple[Change, ...]
    notes: tuple[Problem, ...]
    crs: str | None = None

    def open(self) -> Batches:
        """The batches anew: ``_row``, then the columns."""
        with pq.ParquetFile(self.path) as file:
            yield from file.iter_batches(batch_size=BATCH_ROWS)

    def as_dict(self) -> dict[str, Any]:
        """For ``report.json``."""
        return {
            "rows": self.rows,
            "columns": list(self.columns),
            "changes": [change.as_dict() for change in self.changes],
            "notes": [note.as_dict() for note in self.notes],
        }


def repair(raw: RawTable, schema: TableSchema, spec: TableSpec, target: Path) -> Repaired:
    """Repair a table and stage it.

    Args:
        raw: text columns as the source has them.
        schema: the fields that they stand for.
        spec: labels, columns to ignore, repairs.
        target: Parquet to write; it appears when it is whole.

    Raises:
        Rejected: columns that nobody knows, or an ambiguity that a repair may not guess.
        DeclarationError: a repair that cannot be used as declared.
    """
    plan = make_plan(raw, schema, spec)
    report = Report(plan.columns)
    aside = target.with_name(f"{target.name}.rows.part")
    part = target.with_name(f"{target.name}.part")
    try:
        open_rows = _lay_aside(raw, plan, report, aside)
        decisions = _survey(plan, open_rows)
        rows = _write(part, plan, _repaired(plan, decisions, open_rows(None), report))
        part.replace(target)
    finally:
        aside.unlink(missing_ok=True)
        part.unlink(missing_ok=True)
    return Repaired(
        plan.columns,
        target,
        rows,
        report.changes,
        (*raw.findings, *plan.notes, *report.notes),
        raw.crs,
    )


def _lay_aside(raw: RawTable, plan: Plan, report: Report, aside: Path) -> Open:
    """The rows after the repairs of rows, read again from disk where surveys need them twice."""
    batches = _table_repaired(raw, plan, report)
    if not plan.surveys:
        return lambda names: batches
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    first = next(batches, None)
    if first is None:
        return lambda names: iter(())
    with (
        pa.OSFile(str(aside), "wb") as file,
        pa.ipc.new_file(file, first.schema, options=options) as writer,
    ):
        writer.write_batch(first)
        for batch in batches:
            writer.write_batch(batch)
    return lambda names: _read_aside(aside, first.schema, names)


def _read_aside(path: Path, schema: pa.Schema, names: list[str] | None) -> Batches:
    wanted = None if names is None else sorted(schema.get_field_index(name) for name in names)
    options = pa.ipc.IpcReadOptions(included_fields=wanted)
    with pa.OSFile(str(path), "rb") as file, pa.ipc.open_file(file, options=options) as reader:
        for index in range(reader.num_record_batches):
            yield reader.get_batch(index)


def _table_repaired(raw: RawTable, plan: Plan, report: Report) -> Batches:
    """The source's rows under their fields' names, after the repairs of rows."""
    batches = _renamed(raw, plan)
    for index, step in enumerate(plan.tables):
        batches = step.module.repair(batches, step.options, report.teller(index, step))
    return batches


def _renamed(raw: RawTable, plan: Plan) -> Batches:
    """Batches with names for labels; each field remembers its label."""
    fields = [pa.field(POSITION, pa.int64())]
    for label, name in plan.names:
        type_ = pa.binary() if label == raw.geometry else pa.string()
        fields.append(pa.field(name, type_, metadata={LABEL: label}))
    schema = pa.schema(fields)
    order = [0, *(1 + raw.columns.index(label) for label, _ in plan.names)]
    for batch in raw.open():
        columns = [batch.column(index) for index in order]
        arrays = [
            column if column.type == field.type else column.cast(field.type)
            for column, field in zip(columns, schema, strict=True)
        ]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def _survey(plan: Plan, open_rows: Open) -> Decisions:
    """What each repair that has to see its whole column decides.

    Raises:
        Rejected: every ambiguity of every column.
    """
    decisions: dict[tuple[str, int], Any] = {}
    problems: list[Problem] = []
    for name, chain in plan.chains.items():
        for index, step in enumerate(chain):
            if not hasattr(step.module, "survey"):
                continue
            column = _column(name, chain[:index], decisions, open_rows)
            try:
                decisions[name, index] = step.module.survey(column, step.options)
            except Rejected as error:
                problems += error.at(field=name).problems
                break
    if problems:
        raise Rejected(*problems)
    return decisions


def _column(
    name: str, before: tuple[Step, ...], decisions: Decisions, open_rows: Open
) -> Iterator[tuple[pa.Array, pa.Array]]:
    """Positions and values of a column after some of its repairs, batch by batch."""
    others = {other for step in before for other in step.beside}
    for batch in open_rows([POSITION, *{name, *others}]):
        values = batch.column(name)
        for index, step in enumerate(before):
            values = _apply(step, values, decisions.get((name, index)), batch)
        yield batch.column(POSITION), values


def _apply(step: Step, values: pa.Array, decision: Any, batch: pa.RecordBatch) -> pa.Array:
    others = [batch.column(name) for name in step.beside]
    found: pa.Array = step.module.repair(values, step.options, decision, *others)
    return found


def _repaired(plan: Plan, decisions: Decisions, batches: Batches, report: Report) -> Batches:
    """Batches whose values are repaired, with the columns of the result.

    Columns do not know each other, and Arrow's kernels let other threads run: one core each.
    """
    with ThreadPoolExecutor() as pool:
        for batch in batches:
            repaired = partial(_values, plan, decisions, report, batch)
            columns = [batch.column(POSITION), *pool.map(repaired, plan.columns)]
            yield pa.RecordBatch.from_arrays(columns, names=[POSITION, *plan.columns])


def _values(
    plan: Plan, decisions: Decisions, report: Report, batch: pa.RecordBatch, name: str
) -> pa.Array:
    """A batch's values of one column after all of its repairs."""
    values = batch.column(name)
    for index, step in enumerate(plan.chains.get(name, ())):
        after = _apply(step, values, decisions.get((name, index)), batch)
        report.compare((name, index), step, batch.column(POSITION), values, after)
        values = after
    return values


def _write(path: Path, plan: Plan, batches: Batches) -> int:
    """Write the staged Parquet; gives the number of rows."""
    text = [pa.field(n, pa.string() if n in plan.chains else pa.binary()) for n in plan.columns]
    schema = pa.schema([pa.field(POSITION, pa.int64()), *text])
    rows = 0
    with pq.ParquetWriter(path, schema, compression="lz4") as writer:
        for batch in batches:
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows
