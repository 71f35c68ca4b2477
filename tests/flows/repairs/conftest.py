"""Repairs called as the runner calls them, on plain lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from catalog.registry import variant
from flows.repairs import LABEL

SHARED = Path(__file__).parents[3] / ".." / "shared"
ROOM = "flows.repairs"
Told = list[tuple[str, list[int], str, bool]]


def repair_column(name: str, texts: list[str | None], others: Any = (), /, **options: Any) -> Any:
    """The texts after one repair; rows are counted from 1, two batches."""
    module = variant(ROOM, name)
    chosen = module.Options.model_validate(options)
    values = pa.array(texts, pa.string())
    beside = [pa.array(other, pa.string()) for other in others]
    rows = pa.array(range(1, len(texts) + 1), pa.int64())
    decision = None
    if hasattr(module, "survey"):
        half = len(texts) // 2
        cuts = [(rows[:half], values[:half]), (rows[half:], values[half:])]
        decision = module.survey(iter(cuts), chosen)
    return module.repair(values, chosen, decision, *beside).to_pylist()


def batches_of(columns: dict[str, list[Any]], size: int = 2, **labels: str) -> Iterator[Any]:
    """Batches of a table; ``_row`` counts from 2, as below a header."""
    length = len(next(iter(columns.values())))
    schema = pa.schema(
        [
            pa.field("_row", pa.int64()),
            *(pa.field(n, pa.string(), metadata={LABEL: labels.get(n, n)}) for n in columns),
        ]
    )
    arrays = [pa.array(range(2, length + 2)), *columns.values()]
    whole = pa.RecordBatch.from_arrays(
        [pa.array(values, field.type) for values, field in zip(arrays, schema, strict=True)],
        schema=schema,
    )
    for start in range(0, length, size):
        yield whole.slice(start, size)


def repair_rows(
    name: str, batches: Iterator[Any], /, **options: Any
) -> tuple[dict[str, Any], Told]:
    """A table after one repair of rows, and what was told."""
    module = variant(ROOM, name)
    chosen = module.Options.model_validate(options)
    told: Told = []

    def tell(what: str, rows: Any, example: str = "", *, changed: bool = True) -> None:
        told.append((what, rows.to_pylist(), example, changed))

    found = list(module.repair(batches, chosen, tell))
    return (pa.Table.from_batches(found).to_pydict() if found else {}), told


@pytest.fixture(scope="session")
def mend() -> Callable[..., list[str | None]]:
    """``mend("trim", [...], option=…)``."""
    return repair_column


@pytest.fixture(scope="session")
def table() -> Callable[..., Iterator[Any]]:
    """``table({"a": [...]}, size=2, a="label")``."""
    return batches_of


@pytest.fixture(scope="session")
def mend_rows() -> Callable[..., tuple[dict[str, Any], Told]]:
    """``mend_rows("fill_down", table({...}), columns=[…])``."""
    return repair_rows


@pytest.fixture(scope="session")
def seed() -> Callable[[str], list[str]]:
    """Lines of a source document by its number, ``seed("002")``."""

    def lines(number: str) -> list[str]:
        found = [*(SHARED / "seeds").glob(f"{number}_*.txt")]
        if not found:
            pytest.skip("the source documents are not on this machine")
        return found[0].read_text("utf-8").split("\n")

    return lines
