"""Small tables, cast as the pipeline casts them, for the checks of stage «typed»."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from catalog.cast import POSITION, cast
from catalog.registry import variant
from catalog.schema import parse_schema
from catalog.spec import TableSpec
from catalog.table import Table, write_table
from flows.checks import Checked

SPEC = {"schema": "made", "source": {"kind": "csv"}}
#: Line of the first row below a header of one line.
FIRST = 2


def table(
    folder: Path, fields: Sequence[Mapping[str, Any]], rows: Sequence[Sequence[str | None]],
    name: str = "made", references: Mapping[str, Table] | None = None, spec: Any = (),
    **schema: Any,
) -> Checked:  # fmt: skip
    """A table of texts, checked against its types; batches of two rows."""
    parsed = parse_schema({"fields": list(fields), **schema}, "made.json")
    texts = pa.table(
        {POSITION: pa.array(range(FIRST, FIRST + len(rows)), pa.int64())}
        | {
            field.name: pa.array([row[i] for row in rows], pa.string())
            for i, field in enumerate(parsed.fields)
        }
    )
    found = [cast(batch, parsed) for batch in texts.to_batches(max_chunksize=2)]
    assert [p for _, problems in found for p in problems] == []
    typed = write_table(folder / f"{name}.parquet", name, parsed, (batch for batch, _ in found))
    return Checked(
        columns=parsed.names,
        open=lambda: iter(texts.to_batches(max_chunksize=2)),
        schema=parsed,
        spec=TableSpec.model_validate({**SPEC, **dict(spec)}),
        typed=typed,
        references=references or {},
    )


def found(kind: str, checked: Checked) -> list[Any]:
    """What a check finds."""
    return list(variant("flows.checks", kind).check(checked))


def short(kind: str, checked: Checked) -> list[tuple[Any, ...]]:
    """What a check finds: code, row, field, value."""
    return [(p.code, p.row, p.field, p.value) for p in found(kind, checked)]


def field(name: str, type: str = "string", **more: Any) -> dict[str, Any]:
    """A field's descriptor."""
    return {"name": name, "type": type, **more}
