from __future__ import annotations

import hashlib
import string
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from catalog.problem import Problem, Rejected, template
from flows.sources import Pulled, RawTable, Shelf

NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


@pytest.fixture
def pulled(tmp_path: Path) -> Callable[[bytes | str | Path], Pulled]:
    """A pulled file with the given bytes (text is UTF-8), named by its hash as evidence is."""

    def make(content: bytes | str | Path) -> Pulled:
        if isinstance(content, Path):
            content = content.read_bytes()
        data = content.encode() if isinstance(content, str) else content
        sha256 = hashlib.sha256(data).hexdigest()
        path = tmp_path / "evidence" / sha256
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        return Pulled(path, sha256, len(data), "ไฟล์", NOON)

    return make


@pytest.fixture
def shelf(tmp_path: Path) -> Callable[..., Shelf]:
    """A shelf over the test's folder, noon of a day."""

    def make(**changed: Any) -> Shelf:
        facts: dict[str, Any] = {
            "folder": tmp_path / "declared", "evidence": tmp_path / "evidence", "known": None,
            "now": lambda: NOON, "max_bytes": 1 << 20,
        }  # fmt: skip
        (tmp_path / "declared").mkdir(exist_ok=True)
        return Shelf(**(facts | changed))

    return make


@pytest.fixture
def rows() -> Callable[[RawTable], list[dict[str, Any]]]:
    """All rows of a table, as dictionaries."""

    def read(table: RawTable) -> list[dict[str, Any]]:
        return pa.Table.from_batches(list(table.open())).to_pylist()

    return read


@pytest.fixture
def refused() -> Callable[[Callable[[], Any]], tuple[Problem, ...]]:
    """The problems with which a call refuses the data; each has words in both languages."""

    def call(action: Callable[[], Any]) -> tuple[Problem, ...]:
        with pytest.raises(Rejected) as caught:
            action()
        for problem in caught.value.problems:
            facts = {name: getattr(problem, name) for name in ("row", "field", "value", "place")}
            for text in template(problem.code).values():
                named = {name for _, name, _, _ in string.Formatter().parse(text) if name}
                assert all((facts | dict(problem.params)).get(name) is not None for name in named)
        return caught.value.problems

    return call
