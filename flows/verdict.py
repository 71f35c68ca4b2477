"""What checking a loose file came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalog.problem import Problem
from flows.tally import tallies


@dataclass(frozen=True, slots=True)
class Verdict:
    """What checking a file came to.

    Attributes:
        ok: whether it may be published as it is.
        rows: of the table; 0 where it may not.
        repairs: what was changed.
        problems: errors, warnings and notes.
    """

    ok: bool
    rows: int
    repairs: tuple[Mapping[str, Any], ...]
    problems: tuple[Problem, ...]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "ok": self.ok, "rows": self.rows, "repairs": list(self.repairs),
            "problems": [problem.as_dict() for problem in self.problems],
            "tallies": [tally.as_dict() for tally in tallies(self.problems)],
        }  # fmt: skip
