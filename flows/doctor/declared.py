"""The sources of a declared dataset, examined: what ails them, and what is mended already.

Mended is what a second look at the columns, as they are after the declared repairs, does not find
any more; what the declaration answers for; and what is about rows or the reader, if declared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import pyarrow as pa

from catalog.problem import SamdaoError
from catalog.registry import variant
from catalog.schema import GEOMETRY_TYPES, TableSchema
from catalog.spec import TableSpec
from flows.doctor import Finding, Layout
from flows.doctor.examine import (
    SALT,
    Desk,
    Examination,
    TableExam,
    examine_table,
    refused,
    stage,
)
from flows.sources import POSITION, RawTable, Shelf

if TYPE_CHECKING:
    from catalog.names import DatasetId
    from flows.world import World


def examine_declared(id: DatasetId, world: World, desk: Desk) -> Examination:
    """Examine the sources of a declared dataset.

    Args:
        id: the dataset.
        world: where it is declared.
        desk: what to work with.

    Raises:
        SamdaoError: the declaration is wrong, or a source cannot be reached.
    """
    from flows.rehearse import rehearse

    dataset = world.declarations.dataset(id)
    shelf = Shelf(world.declarations.folder(id), desk.folder("evidence"), None, desk.now,
                  desk.max_bytes, str(dataset.contact.email))  # fmt: skip
    tables, findings, size = [], list[Finding](), 0
    for name, spec in dataset.tables.items():
        desk.tell(name)
        source = variant("flows.sources", spec.source.kind)
        options = source.Options.model_validate(spec.source.options)
        pulled = source.pull(options, shelf)
        size += pulled.size
        layout = Layout(spec.source.kind, spec.source.options)
        try:
            exam = examine_table(layout, source.read(pulled, options), desk, name)
        except SamdaoError as error:
            findings += refused(error.at(table=name))
            continue
        schema = world.declarations.schema(spec.table_schema)
        tables.append(_held_against(exam, name, schema, spec, desk))
    rehearsal = rehearse(id, world)
    return Examination(str(id), None, size, "", tuple(tables), tuple(findings), rehearsal)


def _held_against(
    exam: TableExam, name: str, schema: TableSchema, spec: TableSpec, desk: Desk
) -> TableExam:
    """The same examination, knowing what the declaration already mends."""
    from flows.repairs._plan import make_plan

    try:
        plan = make_plan(exam.raw(), schema, spec)
        left = _left(exam, name, schema, spec, desk)
    except SamdaoError:
        return replace(exam, name=name)  # the rehearsal tells what stops it
    named: dict[str, list[str]] = {}
    for label, column in plan.names:
        named.setdefault(label, []).append(column)
    steps = {step.name for step in plan.tables}
    mended = {
        (found.problem.code, found.problem.field)
        for found in exam.all_findings
        if _gone(found, named.get(found.problem.field or "", []), left, spec)
        or _declared(found, steps, spec)
    }
    return replace(exam, name=name, mended=frozenset(mended))


def _left(
    exam: TableExam, name: str, schema: TableSchema, spec: TableSpec, desk: Desk
) -> set[tuple[str, str]]:
    """What still ails the columns after the declared repairs: code and field name.

    Raises:
        SamdaoError: the table cannot be repaired as declared.
    """
    from flows.doctor import columns as columns_room
    from flows.privacy.cover import veiled
    from flows.privacy.protect import protect, veil_by_headers
    from flows.repair import repair

    target = desk.folder("declared") / f"{name}.parquet"
    with veiled(veil_by_headers(schema, spec)):
        repaired = repair(exam.raw(), schema, spec, target)
    repaired = protect(repaired, schema, spec, SALT)
    text = tuple(n for n in repaired.columns if schema.by_name[n].type not in GEOMETRY_TYPES)
    staged = target.with_name(f"{name}.again.parquet")
    stage(RawTable(text, lambda: _only(repaired.open(), text)), staged)
    return {
        (found.problem.code, column.label)
        for column in columns_room.columns(staged, text, None)
        for found in columns_room.diagnose(column).findings
    }


def _only(batches: Iterator[pa.RecordBatch], names: tuple[str, ...]) -> Iterator[pa.RecordBatch]:
    return (batch.select([POSITION, *names]) for batch in batches)


def _gone(found: Finding, columns: list[str], left: set[tuple[str, str]], spec: TableSpec) -> bool:
    """Whether a finding about values is not there any more, or is answered for."""
    if not columns or not (found.remedies or found.question):
        return False
    answered = all(any(fnmatchcase(c, key) for key in spec.privacy) for c in columns)
    return answered or not any((found.problem.code, column) in left for column in columns)


def _declared(found: Finding, steps: set[str], spec: TableSpec) -> bool:
    """Whether what mends the rows, or the reading, is declared."""
    options = spec.source.options
    return bool(found.remedies) and all(
        (item.kind == "rows" and item.name in steps)
        or (item.kind == "option" and item.name in options)
        for item in found.remedies
    )
