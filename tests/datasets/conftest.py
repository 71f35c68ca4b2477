"""Reads bundled datasets as their declarations say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from catalog.cast import cast
from catalog.names import DatasetId
from catalog.registry import variant
from flows.declare import Declarations
from flows.repair import repair
from flows.sources import Shelf

ROOT = Path(__file__).parents[2]
Rows = list[dict[str, Any]]


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str, str], Rows]:
    """Gives a table's rows after its repairs, typed; a value that is not of its type fails."""
    declarations = Declarations(ROOT / "datasets", ROOT / "schemas")

    def rows(dataset: str, table: str) -> Rows:
        id = DatasetId.parse(dataset)
        spec = declarations.dataset(id).tables[table]
        schema = declarations.schema(spec.table_schema)
        kind = variant("flows.sources", spec.source.kind)
        options = kind.Options.model_validate(spec.source.options)
        shelf = Shelf(declarations.folder(id), tmp_path, None, lambda: datetime.now(UTC), 1 << 20)
        raw = kind.read(kind.pull(options, shelf), options)
        found: Rows = []
        for batch in repair(raw, schema, spec, tmp_path / f"{table}.parquet").open():
            typed, problems = cast(batch, schema)
            assert problems == ()
            found += typed.to_pylist()
        return found

    return rows
