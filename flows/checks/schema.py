"""Types and constraints of the Table Schema, in Frictionless's words.

Frictionless 5.21 is the judge for now; this contract is what a faster engine takes over. What it
cannot read (exclusive bounds, ``list``, geometry, foreign keys) is held elsewhere: by the cast and
by ``flows.checks.keys``.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pyarrow as pa

from catalog.problem import Problem
from catalog.schema import SchemaField
from flows.checks import Checked

STAGE = "text"
#: Problems that are named one by one; a file with more is wrong as a whole.
LIMIT = 1_000
_UNKNOWN_TO_FRICTIONLESS = frozenset({"list", "geopoint", "geojson"})
_OURS = ("exclusiveMinimum", "exclusiveMaximum", "jsonSchema")
#: Codes that say again what the reader or the repair runner has said of labels.
_SAID_BEFORE = frozenset({"extra-label", "missing-label", "incorrect-label"})


def check(table: Checked) -> Iterator[Problem]:
    """Hold every cell against its field, and keys against each other."""
    import frictionless

    resource = frictionless.Resource(
        data=partial(_rows, table),  # gone through anew: Frictionless reads a sample first
        format="inline",
        schema=frictionless.Schema.from_descriptor(_descriptor(table)),
        detector=frictionless.Detector(schema_sync=False),
    )
    report = resource.validate(limit_errors=LIMIT)
    errors = [error for task in report.tasks for error in (*task.errors, *report.errors)]
    numbered = [error.row_number for error in errors if getattr(error, "row_number", None)]
    positions = table.positions(number - 2 for number in numbered)
    for error in errors:
        if error.type not in _SAID_BEFORE:
            yield _problem(table, error, positions)


def _problem(table: Checked, error: Any, positions: dict[int, int]) -> Problem:
    number = getattr(error, "row_number", None)
    cell = getattr(error, "cell", None)
    name = getattr(error, "field_name", None) or None
    known = table.schema.by_name.get(str(name))
    return Problem(
        error.type,
        row=positions.get(number - 2) if number else None,
        field=name,
        value=str(cell)[:100] if cell is not None else None,
        params={"note": error.note, "type": known and known.type},
    )


def _rows(table: Checked) -> Iterator[list[Any]]:
    """Header and rows as Frictionless takes them, in the schema's order."""
    names = [field.name for field in table.schema.fields if _checked(table, field)]
    yield names
    for batch in table.open():
        columns = (_column(batch, table.schema.by_name[name]) for name in names)
        yield from map(list, zip(*columns, strict=True))


def _column(batch: pa.RecordBatch, field: SchemaField) -> list[Any]:
    # Frictionless takes None for «no value» only where missingValues has the empty text.
    return [cell if cell is not None else "" for cell in batch.column(field.name).to_pylist()]


def _checked(table: Checked, field: SchemaField) -> bool:
    return field.name in table.columns and field.type not in {"geopoint", "geojson"}


def _descriptor(table: Checked) -> dict[str, Any]:
    """The schema without what Frictionless 5 refuses or others hold."""
    body = table.schema.as_json()
    body.pop("foreignKeys", None)
    body.pop("fieldsMatch", None)
    fields = []
    for field in table.schema.fields:
        if not _checked(table, field):
            continue
        plain = field.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        if field.type in _UNKNOWN_TO_FRICTIONLESS:
            plain["type"] = "string"
        constraints = plain.get("constraints", {})
        plain["constraints"] = {k: v for k, v in constraints.items() if k not in _OURS}
        fields.append(plain)
    body["fields"] = fields
    body.setdefault("missingValues", [""])
    return body
