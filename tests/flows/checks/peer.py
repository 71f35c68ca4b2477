"""The same small table through our check and through Frictionless, as sets that can be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import frictionless
import pyarrow as pa

from catalog.problem import Problem
from catalog.schema import parse_schema
from flows.checks import Checked
from flows.checks.schema import check

V2 = "https://datapackage.org/profiles/2.0/tableschema.json"
Rows = Sequence[Sequence[str | None]]
#: Code, row of the source, field.
Places = set[tuple[str, int | None, str | None]]


def checked(body: Mapping[str, Any], rows: Rows, first: int = 2, binary: bytes = b"") -> Checked:
    """A table of text whose rows stand from ``first`` on in their source."""
    schema = parse_schema(dict(body), "test")
    columns = [pa.array([row[at] for row in rows], pa.string()) for at in range(len(schema.names))]
    places = pa.array(range(first, first + len(rows)), pa.int64())
    batch = pa.record_batch([places, *columns], names=["_row", *schema.names])
    return Checked(schema.names, lambda: iter([batch]), schema, None)  # type: ignore[arg-type]


def problems(body: Mapping[str, Any], rows: Rows) -> list[Problem]:
    """What our check says."""
    return list(check(checked(body, rows)))


def ours(body: Mapping[str, Any], rows: Rows) -> Places:
    """What our check says, as places."""
    return {(p.code, p.row, p.field) for p in problems(body, rows)}


def notes(body: Mapping[str, Any], rows: Rows) -> list[tuple[str, int | None, str | None, str]]:
    """What our check says, with Frictionless's words."""
    return [(p.code, p.row, p.field, p.params["note"]) for p in problems(body, rows)]


def peer_notes(
    body: Mapping[str, Any], rows: Rows
) -> list[tuple[str, int | None, str | None, str]]:
    """What Frictionless says of the same table, in its order."""
    schema = frictionless.Schema.from_descriptor({"$schema": V2, **body})
    names = [field.name for field in schema.fields]
    resource = frictionless.Resource(
        data=[names, *map(list, rows)],
        schema=schema,
        detector=frictionless.Detector(schema_sync=False),
    )
    report = resource.validate(limit_errors=0)
    errors = [error for task in report.tasks for error in task.errors]
    return [
        (e.type, getattr(e, "row_number", None), getattr(e, "field_name", None) or None, e.note)
        for e in errors
    ]


def theirs(body: Mapping[str, Any], rows: Rows) -> Places:
    """What Frictionless says of the same table, as places."""
    return {told[:3] for told in peer_notes(body, rows)}
