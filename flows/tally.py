"""How many rows have a problem, by kind: for reports, terminal and workbooks.

Checks name the first problems one by one and say in each how many rows there are of its kind
(``params["count"]``, exact). Problems that say no number count as one each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

from catalog.problem import Level, Problem

_Kind: TypeAlias = tuple[str, Level, str | None, str | None, str | None]


@dataclass(frozen=True, slots=True)
class Tally:
    """Problems of one kind.

    Attributes:
        code: of the words.
        level: how much it weighs.
        dataset, table, field: where; ``None`` where it is about no field, or not known.
        count: rows that have it, exact.
        first_row: the first of them as the source counts rows; ``None`` where none is known.
        example: the first problem.
    """

    code: str
    level: Level
    dataset: str | None
    table: str | None
    field: str | None
    count: int
    first_row: int | None
    example: Problem

    def has(self, problem: Problem) -> bool:
        """Whether a problem is of this kind."""
        return _kind(problem) == (self.code, self.level, self.dataset, self.table, self.field)

    def as_dict(self) -> Mapping[str, Any]:
        """For JSON; without what is not known."""
        facts = asdict(self) | {"level": str(self.level), "example": None}
        return {name: value for name, value in facts.items() if value is not None}


def tallies(problems: Iterable[Problem]) -> tuple[Tally, ...]:
    """Problems by code, table and field, in the order in which the kinds appear.

    Args:
        problems: as checks give them.
    """
    kinds: dict[_Kind, list[Problem]] = {}
    for problem in problems:
        kinds.setdefault(_kind(problem), []).append(problem)
    return tuple(_tally(*kind, found) for kind, found in kinds.items())


def _kind(problem: Problem) -> _Kind:
    return problem.code, problem.level, problem.dataset, problem.table, problem.field


def _tally(
    code: str, level: Level, dataset: str | None, table: str | None, field: str | None,
    found: list[Problem],
) -> Tally:  # fmt: skip
    said = [number for p in found if isinstance(number := p.params.get("count"), int)]
    rows = [problem.row for problem in found if problem.row is not None]
    first = min(rows, default=None)
    example = next(problem for problem in found if problem.row == first or first is None)
    return Tally(code, level, dataset, table, field, max([len(found), *said]), first, example)
