"""Types and constraints of a whole table: fast where it is clean, exact where it is not.

A Table Schema is compiled to SQL (``plan.py``; types, formats, constraints and patterns have a
module each). The first pass counts, on every core and within a bound of memory, the cells that are
not surely good and the keys that may repeat (``scan.py``); a clean table costs this one pass. Else
a second one judges those cells exactly, each distinct text once, by Frictionless's own reader of
the field, the canonical cast and the standard (``cells.py``, ``judge.py``, ``standard.py``), and
tells repeated keys apart by value (``keys.py``). Counts are exact; examples are bounded
(``found.py``).

The findings are those of Frictionless 5 on the same table, the same codes at the same rows and
fields, but for the differences that ``docs/check-differences.md`` lists.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from catalog.problem import Problem
from catalog.schema import TableSchema
from flows.checks._engine.plan import Plan
from flows.checks._engine.scan import Look, look, measured, session
from flows.checks._engine.source import Relation, direct, seems_doubtful, set_aside

__all__ = ["Look", "Plan", "Relation", "check_table"]


def check_table(
    relation: Relation, plan: Plan, schema: TableSchema, folder: Path, limit: int
) -> tuple[Look, tuple[Problem, ...]]:
    """Check a table.

    Args:
        relation: the table, as text.
        plan: the schema, compiled for it.
        schema: the same as it was declared.
        folder: where to spill.
        limit: problems that are named one by one.

    Returns:
        What the first pass saw, and the problems in the order of rows.
    """
    with session(folder) as connection:
        source = direct(relation, plan)
        if not source.placed and seems_doubtful(connection, relation, plan):
            source = set_aside(connection, relation, plan)
        seen = look(connection, source, plan)
        if seen.clean:
            return seen, ()
        if not source.placed:
            source = set_aside(connection, relation, plan)
            seen = replace(seen, measured=measured(connection, source))
        # What follows needs Frictionless, Arrow and NumPy; a clean table does not.
        from flows.checks._engine.cells import judge_cells
        from flows.checks._engine.found import Findings
        from flows.checks._engine.judge import Judge
        from flows.checks._engine.keys import tell_keys

        keyed = {column for key in seen.repeated for column in key}
        judges = {
            column.name: Judge(column.field, schema, keyed=column in keyed)
            for column in {*seen.doubtful, *keyed}
            if not column.binary
        }
        findings = Findings(limit)
        if seen.doubtful or seen.blank:
            judge_cells(connection, source, seen, judges, findings)
        tell_keys(connection, source, plan, seen, judges, findings)
        return seen, tuple(findings.problems())
