"""What a check found: exact counts, and the first examples in the order of the table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from catalog.problem import Problem

#: Problems that are named one by one; all are counted.
LIMIT = 1_000


@dataclass(frozen=True, slots=True, order=True)
class Example:
    """A problem at its place in the table.

    Attributes:
        order: row of the table, from 0.
        rank: what comes first in a row: its cells from left to right, then its keys.
        problem: with the row in the source.
    """

    order: int
    rank: tuple[int, int]
    problem: Problem = field(compare=False)


Group = tuple[str, str | None]


class Findings:
    """Gathers examples and counts of one table.

    Args:
        limit: examples that are kept.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self.limit = limit
        self._counts: dict[Group, int] = {}
        self._firsts: dict[Group, Example] = {}
        self._examples: list[Example] = []

    def count(self, code: str, field: str | None, number: int) -> None:
        """Count rows of a code and a field."""
        group = (code, field)
        self._counts[group] = self._counts.get(group, 0) + number

    def show(self, examples: Iterable[Example]) -> None:
        """Add examples, which are kept as far as they are among the first, or first of a kind."""
        given = sorted(examples)
        for example in given:
            group = (example.problem.code, example.problem.field)
            known = self._firsts.get(group)
            if known is None or example < known:
                self._firsts[group] = example
        self._examples = sorted([*self._examples, *given])[: self.limit]

    @property
    def until(self) -> int | None:
        """The row from which on there are enough examples; ``None`` while there are not."""
        if len(self._examples) < self.limit:
            return None
        return self._examples[-1].order if self._examples else 0

    def known(self, code: str, field: str | None) -> bool:
        """Whether there is an example of a code and a field."""
        return (code, field) in self._firsts

    def problems(self) -> Iterator[Problem]:
        """The first ``limit`` problems in order, then the first of each kind that is not among
        them; each says how many rows have it (``params["count"]``).
        """  # noqa: D205
        shown = {(e.problem.code, e.problem.field) for e in self._examples}
        rest = [first for group, first in self._firsts.items() if group not in shown]
        for example in [*self._examples, *sorted(rest)]:
            problem = example.problem
            count = self._counts[problem.code, problem.field]
            yield replace(problem, params={**problem.params, "count": count})
