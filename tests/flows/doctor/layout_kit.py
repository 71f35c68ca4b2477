"""What the tests of layouts share: a file's layouts, each read back as it says."""

from __future__ import annotations

import string
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from catalog.problem import Problem, template
from catalog.registry import variant
from flows.doctor import Layout
from flows.doctor.layout import layouts
from flows.doctor.layouts._reader import pulled


@dataclass(frozen=True)
class Got:
    """A layout, and the table that its reader gives."""

    layout: Layout
    columns: tuple[str, ...]
    table: pa.Table

    @property
    def cells(self) -> list[list[Any]]:
        return [list(row.values())[1:] for row in self.table.to_pylist()]

    @property
    def lines(self) -> list[int]:
        return self.table.column("_row").to_pylist()

    @property
    def codes(self) -> set[str]:
        return {finding.problem.code for finding in self.layout.findings}

    def finding(self, code: str) -> Any:
        (found,) = [found for found in self.layout.findings if found.problem.code == code]
        return found

    def remedies(self, code: str) -> dict[str, Any]:
        return {remedy.name: remedy.value for remedy in self.finding(code).remedies}


def read_back(path: Path, layout: Layout) -> Got:
    source = variant("flows.sources", layout.kind)
    raw = source.read(pulled(path), source.Options(path="แฟ้ม", **layout.options))
    table = pa.Table.from_batches(list(raw.open()))
    assert table.num_rows == layout.rows
    return Got(layout, raw.columns, table)


def doctored(path: Path) -> list[Got]:
    """Every table of a file; all that is said of it has words in both languages."""
    found = layouts(path)
    for layout in found:
        for finding in layout.findings:
            assert _unknown_facts(finding.problem) == set()
            if finding.question:
                assert template(finding.question.code)["th"]
                names = [choice.name for choice in finding.question.choices]
                assert finding.question.likely in (None, *names)
    return [read_back(path, layout) for layout in found]


def _unknown_facts(problem: Problem) -> set[str]:
    """What the words of a problem name and it does not know."""
    known = {
        name for name in ("row", "field", "value", "place") if getattr(problem, name) is not None
    }
    texts = [text for key, text in template(problem.code).items() if key != "example"]
    named = {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}
    return named - known - set(problem.params)


def single(path: Path) -> Got:
    (found,) = doctored(path)
    return found
