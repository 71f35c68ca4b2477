"""A table's columns: their distinct values, and what each of them holds.

``columns`` reads each column of a staged table once, of large tables with DuckDB, which spills to
disk where it has to; ``diagnose`` looks at the distinct values. A judgement is tried before it is
given: the proposed repairs run over the values, and the caster that will cast them casts them. What
then does not fit is an exception, told by row, and asked about; nothing is dropped. A column whose
exceptions are too many is text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from catalog.cast import POSITION
from catalog.problem import Level
from catalog.registry import names, variant
from catalog.table import sql_name
from flows.doctor import Choice, Column, Diagnosis, Finding, Question, Remedy
from flows.doctor._column_find import AS_TEXT, ask, found, of_field, repair
from flows.doctor._column_mend import Draft, joined, mended, misfits
from flows.doctor._column_role import Role, as_text, few, role_of
from flows.doctor._column_types import settle
from flows.doctor._column_veil import covered
from flows.doctor._values_view import Flags, view

SIGNS = "flows.doctor.signs"
#: Distinct values of tables with more rows are laid on disk and mapped, so that memory stays flat.
_IN_MEMORY_ROWS = 500_000
#: Tables with more rows are read by DuckDB, which holds no column whole.
_SMALL_ROWS = 50_000
_MEMORY = "512MB"
_VALUES = pa.schema([("value", pa.string()), ("rows", pa.int64()), ("first", pa.int64())])


def columns(staged: Path, labels: Sequence[str], geometry: str | None = None) -> tuple[Column, ...]:
    """The columns of a table with their distinct values.

    Args:
        staged: Parquet of the table: ``_row``, then text columns ``c0``, ``c1``…
        labels: header labels in order.
        geometry: label of the geometry column, which has no values to look at.

    Returns:
        One for each label. Texts of nothing but blanks are among ``values``, for they have to be
        mended, and count as ``empty``; empty texts and nulls are only counted.
    """
    with pq.ParquetFile(staged) as file:
        rows = file.metadata.num_rows
        if rows <= _SMALL_ROWS:
            return tuple(
                _column(partial(_grouped, file), rows, label, index, staged, label == geometry)
                for index, label in enumerate(labels)
            )
    return _spilled(staged, rows, labels, geometry)


def _spilled(
    staged: Path, rows: int, labels: Sequence[str], geometry: str | None
) -> tuple[Column, ...]:
    """The columns of a large table: DuckDB spills to disk what does not fit."""
    import duckdb

    with duckdb.connect(config={"memory_limit": _MEMORY}) as database:
        database.execute("SET preserve_insertion_order = false")
        database.execute(f"SET temp_directory = {_quoted(staged.with_name('spill'))}")
        # Else every column's query reads what the file says of all of them.
        database.execute("SET parquet_metadata_cache = true")
        return tuple(
            _column(partial(_queried, database, staged), rows, label, index, staged,
                    label == geometry)
            for index, label in enumerate(labels)
        )  # fmt: skip


def _column(
    distinct: Callable[[str, Path | None], pa.Table], rows: int, label: str, index: int,
    staged: Path, geometry: bool,
) -> Column:  # fmt: skip
    if geometry:
        return Column(label, index, _VALUES.empty_table(), rows, 0, staged, geometry=True)
    target = staged.with_name(f"{staged.name}.c{index}.arrow")
    values = distinct(f"c{index}", target if rows > _IN_MEMORY_ROWS else None)
    column = Column(label, index, values, rows, 0, staged)
    seen = view(column)
    filled = int(seen.counts.sum()) - seen.rows(seen.blank)
    return replace(column, empty=rows - filled)


def _grouped(file: pq.ParquetFile, name: str, target: Path | None) -> pa.Table:
    """Distinct values of a small table: a query costs more than they do."""
    table = file.read(columns=[POSITION, name])
    some = table.filter(pc.greater(pc.binary_length(table.column(name)), 0))
    found = some.group_by(name, use_threads=False).aggregate(
        [(POSITION, "count"), (POSITION, "min")]
    )
    chosen = found.select([name, f"{POSITION}_count", f"{POSITION}_min"])
    return chosen.rename_columns(_VALUES.names).sort_by("first").cast(_VALUES)


def _queried(database: Any, staged: Path, name: str, target: Path | None) -> pa.Table:
    """Distinct values by DuckDB, mapped from a file beside the table where there are many."""
    column = sql_name(name)
    reader = database.sql(
        f"SELECT {column} AS value, count(*) AS rows, min(_row) AS first "
        f"FROM read_parquet({_quoted(staged)}) "
        f"WHERE {column} IS NOT NULL AND {column} <> '' GROUP BY 1 ORDER BY first"
    ).to_arrow_reader(50_000)
    return _kept(reader, target)


def _kept(reader: pa.RecordBatchReader, target: Path | None) -> pa.Table:
    """Distinct values in memory, or mapped from a file beside the staged table."""
    if target is None:
        return reader.read_all().cast(_VALUES)
    with pa.OSFile(str(target), "wb") as file, pa.ipc.new_file(file, _VALUES) as writer:
        for batch in reader:
            writer.write_table(pa.Table.from_batches([batch]).cast(_VALUES))
    return pa.ipc.open_file(pa.memory_map(str(target))).read_all()


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def diagnose(column: Column) -> Diagnosis:
    """What a column holds and what ails it.

    The repairs make every value fit the type but those that a question is about: each answer says
    what is done with them.
    """
    role = role_of(column)
    made = _made(column, role)
    if made is None:
        role = as_text(column)
        made = _made(column, role)
        assert made is not None  # every value is a text
    draft, findings, bad = made
    seen = view(column)
    filled = column.rows - column.empty
    findings = covered(column.label, tuple(_complete(item, draft) for item in findings))
    return Diagnosis(
        column=column, type=draft.type, format=draft.format, properties=draft.properties,
        constraints=draft.constraints, repairs=draft.steps, findings=findings,
        evidence=1.0 - seen.rows(bad) / filled if filled else 1.0,
        means=role.facts.get("level") or (role.meaning.key if role.meaning else None),
    )  # fmt: skip


def _made(column: Column, role: Role) -> tuple[Draft, tuple[Finding, ...], Flags] | None:
    """Draft, findings and misfits; ``None`` where the kind does not hold after all."""
    findings = tuple(_signs(column))
    draft = Draft().take(item for finding in findings for item in finding.remedies)
    settle(draft, column, role)
    seen = view(column)
    bad = _wrong(column, draft, mended(seen, draft.steps))
    if not bad.any():
        return draft, findings, bad
    answered = draft.copy().take(_likely(findings))
    left = bad & _wrong(column, answered, mended(seen, answered.steps))
    left &= ~_emptied(column, role, findings)
    if not left.any():
        return draft, findings, bad
    if not few(seen, left, seen.rest):
        return None
    return draft, (*findings, *_exceptions(column, draft, left)), bad


def _wrong(column: Column, draft: Draft, values: pa.Array) -> Flags:
    return misfits(draft, values) if len(view(column)) else np.zeros(0, dtype=bool)


def _signs(column: Column) -> Iterator[Finding]:
    for name in names(SIGNS):
        yield from variant(SIGNS, name).examine(column)


def _likely(findings: Iterable[Finding]) -> Iterator[Remedy]:
    """What the likely answers declare, and the first ones where none is likely."""
    for finding in findings:
        if finding.question and finding.question.choices:
            choices = {choice.name: choice for choice in finding.question.choices}
            first = finding.question.choices[0]
            yield from choices.get(finding.question.likely or "", first).remedies


def _emptied(column: Column, role: Role, findings: Iterable[Finding]) -> Flags:
    """Texts that a repair of rows will have emptied, or that stop publication anyway."""
    gone = np.zeros(len(view(column)), dtype=bool)
    for finding in findings:
        if finding.problem.code == "cells-below-detection":
            gone |= role.facts["below"]
        if finding.problem.code == "cells-header":
            gone |= view(column).header
        if finding.problem.level is Level.ERROR:
            gone |= role.fits
    return gone


def _exceptions(column: Column, draft: Draft, left: Flags) -> Iterator[Finding]:
    """The few values that are not of the column's type."""
    seen = view(column)
    words = pc.unique(seen.kept(left)).to_pylist()
    question = ask("odd-values", {
        "empty": [repair("missing", words=words)], "text": [*AS_TEXT, of_field("format", None)],
        "source": [],
    })  # fmt: skip
    yield from found(column, left, code="cells-odd", question=question, type=draft.type,
                     words=", ".join(words[:5]))  # fmt: skip


def _complete(finding: Finding, draft: Draft) -> Finding:
    """The finding with answers whose repairs say all that the declaration has to say.

    An answer's repair stands instead of the one of that name, so it has to hold its options too.
    """
    if finding.question is None:
        return finding
    choices = tuple(
        Choice(choice.name, choice.words, tuple(_with(item, draft) for item in choice.remedies))
        for choice in finding.question.choices
    )
    question = Question(finding.question.code, choices, finding.question.likely)
    return replace(finding, question=question)


def _with(item: Remedy, draft: Draft) -> Remedy:
    if item.kind != "repair" or item.name not in draft.repairs:
        return item
    return Remedy(item.kind, item.name, joined(draft.repairs[item.name], item.value or {}))


def answered(diagnosis: Diagnosis, choices: Iterable[Choice]) -> Diagnosis:
    """The diagnosis once questions about it are answered.

    Args:
        diagnosis: of a column.
        choices: answers to questions of its findings.
    """
    known = {name: dict(options) for name, options in diagnosis.repairs}
    draft = Draft(diagnosis.type, diagnosis.format, dict(diagnosis.properties),
                  dict(diagnosis.constraints), known)  # fmt: skip
    draft.take(item for choice in choices for item in choice.remedies)
    return replace(
        diagnosis, type=draft.type, format=draft.format, properties=draft.properties,
        constraints=draft.constraints, repairs=draft.steps,
    )  # fmt: skip
