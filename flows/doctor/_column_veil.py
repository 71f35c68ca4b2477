"""What is told of a column with personal data never prints a value of it in full (PDPA)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from catalog.problem import Level
from catalog.registry import names, variant
from flows.doctor import Diagnosis, Example, Finding
from flows.privacy.cover import Veil

_KINDS = "flows.privacy.kinds"
#: Counts that are too small are shown: they are nobody's value.
_SHOWN = frozenset({"small_cell"})


def kind_of(findings: Iterable[Finding]) -> str | None:
    """The kind of personal data that findings say a column holds; ``None`` for none."""
    for finding in findings:
        kind = _kind_of_code().get(finding.problem.code)
        if kind and kind not in _SHOWN and finding.problem.level is not Level.NOTE:
            return kind
    return None


def personal(diagnoses: Iterable[Diagnosis]) -> frozenset[str]:
    """Labels of columns that hold personal data."""
    return frozenset(d.column.label for d in diagnoses if kind_of(d.findings))


def covered(label: str, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Findings of a column with its values covered; those of privacy are covered already.

    In a column that is not personal, ids, mailboxes and telephone numbers inside of texts are.
    """
    kind = kind_of(findings)
    veil = Veil({label: kind} if kind else {})
    return tuple(_covered(label, finding, veil) for finding in findings)


def _covered(label: str, finding: Finding, veil: Veil) -> Finding:
    if finding.problem.code in _kind_of_code():
        return finding
    examples = tuple(
        Example(one.row, veil.text(label, one.before) or "", veil.text(label, one.after))
        for one in finding.examples
    )
    problem = veil.problem(finding.problem)
    if label in veil.columns and examples and "example" in problem.params:
        problem = replace(problem, params={**problem.params, "example": examples[0].before})
    return replace(finding, problem=problem, examples=examples)


@cache
def _kind_of_code() -> dict[str, str]:
    return {code: kind for kind in names(_KINDS) for code in variant(_KINDS, kind).CODES}
