"""The step «repair»: a table as its source has it becomes one that can be checked.

Header labels become field names; repairs of rows run as declared under ``"*"``; then the values of
each text column go through the repairs under ``"*"``, and through the column's own: the declared
list, or those that its type asks for (``flows/repairs/_plan.py``). One pass reads, repairs and
stages; where a repair has to know its whole column first, it goes by the first batch and the table
is read again if the rest says otherwise (``flows/repairs/_run.py``). Every change is counted, with
examples. Memory does not grow with rows.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from catalog.problem import Problem, Rejected
from catalog.schema import TableSchema
from catalog.spec import TableSpec
from flows.privacy import Privacy
from flows.repairs import LABEL
from flows.repairs._changes import ChangesFile
from flows.repairs._plan import Plan, make_plan
from flows.repairs._report import Change, Report
from flows.repairs._run import ColumnRun
from flows.sources import BATCH_ROWS, POSITION, RawTable

Batches: TypeAlias = Iterator[pa.RecordBatch]
#: What surveys found: decisions by column, and by place in its chain.
Decisions: TypeAlias = Mapping[str, Mapping[int, Any]]


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
        privacy: what was found and done about personal data, once it was looked for.
    """

    columns: tuple[str, ...]
    path: Path
    rows: int
    changes: tuple[Change, ...]
    notes: tuple[Problem, ...]
    crs: str | None = None
    privacy: Privacy | None = None

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
            **({"privacy": self.privacy.as_dict()} if self.privacy else {}),
        }


def repair(
    raw: RawTable, schema: TableSchema, spec: TableSpec, target: Path, changes: Path | None = None
) -> Repaired:
    """Repair a table and stage it.

    Args:
        raw: text columns as the source has them.
        schema: the fields that they stand for.
        spec: labels, columns to ignore, repairs.
        target: Parquet to write; it appears when it is whole.
        changes: Parquet for every single change (row, field, before, after, repair), if wanted.

    Raises:
        Rejected: columns that nobody knows, or an ambiguity that a repair may not guess.
        DeclarationError: a repair that cannot be used as declared.
    """
    plan = make_plan(raw, schema, spec)
    part = target.with_name(f"{target.name}.part")
    known: Decisions = {}
    try:
        while (done := _pass(raw, plan, known, part, changes)).wrong:
            known = done.decisions
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return Repaired(
        plan.columns,
        target,
        done.rows,
        done.report.changes,
        (*raw.findings, *plan.notes, *done.report.notes),
        raw.crs,
    )


@dataclass(frozen=True, slots=True)
class _Pass:
    """What a pass over the rows gave.

    Attributes:
        rows: staged.
        report: what was changed.
        decisions: of the surveys of whole columns.
        wrong: a column was repaired by a guess that its whole does not bear out.
    """

    rows: int
    report: Report
    decisions: Decisions
    wrong: bool


def _pass(raw: RawTable, plan: Plan, known: Decisions, part: Path, changes: Path | None) -> _Pass:
    """Read, repair and stage the rows.

    Raises:
        Rejected: every ambiguity of every column.
    """
    with _recorded(changes) as file:
        report = Report(plan.columns, file)
        runs = {
            name: ColumnRun(name, chain, known.get(name, {}), report, record=file is not None)
            for name, chain in plan.chains.items()
        }
        try:
            rows = _write(part, plan, runs, _table_repaired(raw, plan, report), file)
            verdicts = {name: run.finish() for name, run in runs.items()}
        finally:
            for run in runs.values():
                run.close()
        wrong = not all(verdict.right for verdict in verdicts.values())
        problems = [problem for verdict in verdicts.values() for problem in verdict.problems]
        if problems and not wrong:
            raise Rejected(*problems)
    decisions = {name: verdict.decisions for name, verdict in verdicts.items()}
    return _Pass(rows, report, decisions, wrong)


def _recorded(changes: Path | None) -> AbstractContextManager[ChangesFile | None]:
    return ChangesFile(changes) if changes else nullcontext()


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


def _write(
    path: Path, plan: Plan, runs: Mapping[str, ColumnRun], batches: Batches,
    changes: ChangesFile | None,
) -> int:  # fmt: skip
    """Repair the columns and write the staged Parquet; gives the number of rows.

    While the columns of a batch are repaired, one core each as they do not know each other, the
    batch before is written and the next one is read.
    """
    stage = _Stage(path, plan, runs)
    with stage, ThreadPoolExecutor(os.cpu_count()) as pool:
        under_way: list[Future[pa.Array]] = []
        for batch in batches:
            done = [task.result() for task in under_way]
            _record(plan, runs, changes)
            under_way = [pool.submit(_values, runs, n, batch) for n in (POSITION, *plan.columns)]
            stage.write(done)
        stage.write([task.result() for task in under_way])
        _record(plan, runs, changes)
    return stage.rows


class _Stage:
    """The staged Parquet; opened when its first batch is known.

    Args:
        path: to write.
        plan: with the columns.
        runs: which know what repeats itself: only there a dictionary pays.
    """

    def __init__(self, path: Path, plan: Plan, runs: Mapping[str, ColumnRun]) -> None:
        text = [pa.field(n, pa.string() if n in runs else pa.binary()) for n in plan.columns]
        self._schema = pa.schema([pa.field(POSITION, pa.int64()), *text])
        self._path, self._runs = path, runs
        self._writer: Any = None
        self.rows = 0

    def __enter__(self) -> _Stage:
        return self

    def __exit__(self, *error: object) -> None:
        if self._writer is None:
            self._writer = self._open()
        self._writer.close()

    def write(self, columns: list[pa.Array]) -> None:
        """Write a batch, if there is one."""
        if not columns:
            return
        if self._writer is None:
            self._writer = self._open()
        self._writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=self._schema))
        self.rows += len(columns[0])

    def _open(self) -> pq.ParquetWriter:
        repeating = [name for name, run in self._runs.items() if run.repeats]
        return pq.ParquetWriter(
            self._path, self._schema, compression="lz4", use_dictionary=repeating,
            write_statistics=False,
        )  # fmt: skip


def _values(runs: Mapping[str, ColumnRun], name: str, batch: pa.RecordBatch) -> pa.Array:
    """A batch's values of one column; geometry and positions are as they were."""
    return runs[name](batch) if name in runs else batch.column(name)


def _record(plan: Plan, runs: Mapping[str, ColumnRun], changes: ChangesFile | None) -> None:
    """Write every change of the last batch, column by column."""
    if changes is None:
        return
    for name in plan.columns:
        for changed in runs[name].changed if name in runs else ():
            changes.add(changed)
