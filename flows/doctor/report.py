"""What was found, told: as a dictionary for JSON, and as a page that stands by itself.

The page has no scripts and loads nothing; it reads on a phone, prints on A4, and follows the same
order as the work: what is to be decided, what was found, what would be declared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from catalog.problem import Level
from catalog.speech import phrases
from flows.doctor import Diagnosis, Finding, Remedy
from flows.doctor._proposal_ask import Ask, alike, how_to_answer
from flows.doctor.declaring import dataset_text, office_text, one_line, schema_text
from flows.doctor.examine import Examination, TableExam
from flows.doctor.naming import column_names
from flows.doctor.proposal import Proposal

#: How much a level weighs, the heaviest first.
LEVELS = (Level.ERROR, Level.WARNING, Level.NOTE)
LANGUAGES = ("th", "en")


@dataclass(frozen=True, slots=True)
class Report:
    """An examination with the declaration that was made of it.

    Attributes:
        exam: what was found.
        proposal: what would be declared; ``None`` where nothing could be proposed, or where the
            dataset is declared already.
    """

    exam: Examination
    proposal: Proposal | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All of them, those that the trial added last."""
        relaxed = self.proposal.relaxed if self.proposal else ()
        return (*self.exam.all_findings, *relaxed)

    @property
    def ok(self) -> bool:
        """Whether nothing stops publication."""
        rehearsal = self.exam.rehearsal
        if rehearsal is not None:
            return rehearsal.exit_code == 0
        stuck = self.proposal is not None and not self.proposal.waits and not self.proposal.passes
        return not self.exam.stopping and not stuck and bool(self.exam.tables)

    def counts(self) -> dict[str, int]:
        """How many findings of each level."""
        found = Counter(item.problem.level for item in self.findings)
        return {str(level): found[level] for level in LEVELS}

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        exam = self.exam
        body: dict[str, Any] = {
            "file": exam.file, "size": exam.size, "sha256": exam.sha256, "ok": self.ok,
            "counts": self.counts(), "findings": [_finding(item) for item in exam.findings],
            "tables": [self._table(table) for table in exam.tables],
        }  # fmt: skip
        if exam.rehearsal is not None:
            body["rehearsal"] = exam.rehearsal.as_dict()
        if self.proposal is not None:
            body["questions"] = [_question(group) for group in alike(self.proposal.open)]
            body["proposal"] = _proposal(self.proposal)
        return body

    def _table(self, table: TableExam) -> dict[str, Any]:
        names = column_names(table.labels, tuple(d.means for d in table.diagnoses))
        return {
            "name": table.name, "kind": table.layout.kind, "options": dict(table.layout.options),
            "title": table.layout.title, "rows": table.rows,
            "notes": [{"row": row, "text": text} for row, text in table.layout.notes],
            "keys": [list(key) for key in table.keys],
            "findings": [_finding(item, table) for item in table.findings],
            "columns": [
                _column(diagnosis, name, table)
                for diagnosis, name in zip(table.diagnoses, names, strict=True)
            ],
        }  # fmt: skip

    def page(self, lang: str) -> str:
        """The page in ``th`` or ``en``."""
        words = {key: said[lang] for key, said in phrases("flows", "doctor").items()}
        body = self.as_dict()
        page: str = _environment().get_template("report.html").render(
            lang=lang, report=body, say=words, levels=[str(level) for level in LEVELS],
            share=_share,
        )  # fmt: skip
        return page


def _question(group: Sequence[Ask]) -> dict[str, Any]:
    """A question, put once for all columns that it is asked of."""
    first = group[0]
    return {
        "name": how_to_answer(group), "names": [ask.name for ask in group],
        "words": dict(first.words), "likely": first.likely,
        "choices": [{"name": name, "words": dict(words)} for name, words in first.choices],
        "answer": f"--answer {how_to_answer(group)}=…",
    }  # fmt: skip


def _column(found: Diagnosis, name: str, table: TableExam) -> dict[str, Any]:
    column = found.column
    return {
        "label": column.label, "name": name, "type": found.type, "format": found.format,
        "properties": dict(found.properties), "constraints": dict(found.constraints),
        "missing": list(found.missing), "means": found.means, "evidence": round(found.evidence, 4),
        "rows": column.rows, "empty": column.empty, "distinct": column.values.num_rows,
        "repairs": [{"name": step, "options": dict(options)} for step, options in found.repairs],
        "findings": [_finding(item, table) for item in found.findings],
    }  # fmt: skip


def _finding(found: Finding, table: TableExam | None = None) -> dict[str, Any]:
    problem = found.problem
    body: dict[str, Any] = problem.as_dict() | {"count": found.count}
    body["where"] = {lang: problem.where(lang) for lang in LANGUAGES}
    body["examples"] = [
        {"row": item.row, "before": item.before, "after": item.after} for item in found.examples
    ]
    body["remedies"] = [_remedy(item) for item in found.remedies]
    if found.question:
        body["question"] = {
            "code": found.question.code, "likely": found.question.likely,
            "choices": [{"name": c.name, "words": dict(c.words)} for c in found.question.choices],
        }  # fmt: skip
    if table is not None and table.name is not None:
        body["mended"] = (problem.code, problem.field) in table.mended
    return body


def _remedy(item: Remedy) -> dict[str, Any]:
    return {"kind": item.kind, "name": item.name, "value": item.value,
            "words": remedy_words(item)}  # fmt: skip


def remedy_words(item: Remedy) -> dict[str, str]:
    """What a declaration will say, by language."""
    value = "" if item.value in (None, {}, []) else one_line(item.value)
    said = phrases("flows", "doctor")[f"remedy.{item.kind}"]
    return {
        lang: said[lang].format(name=item.name, value=f" {value}" if value else "")
        for lang in LANGUAGES
    }


def _proposal(made: Proposal) -> dict[str, Any]:
    return {
        "id": str(made.id), "passes": made.passes, "waits": made.waits,
        "relaxed": [_finding(item) for item in made.relaxed],
        "problems": [problem.as_dict() for problem in made.problems],
        "files": files(made),
    }  # fmt: skip


def files(made: Proposal) -> dict[str, str]:
    """Name and text of every file that would be written."""
    folder = f"datasets/{made.id.office}"
    found = {f"{folder}/{made.id.dataset}/dataset.yaml": dataset_text(made)}
    found |= {f"schemas/{name}.json": schema_text(body) for name, body in made.schemas.items()}
    if made.office is not None:
        found[f"{folder}/office.yaml"] = office_text(made.office)
    return found


def by_weight(findings: Iterable[Finding]) -> list[Finding]:
    """Findings, the heaviest first; those of one level as they were found."""
    return sorted(findings, key=lambda item: LEVELS.index(item.problem.level))


def _share(column: Mapping[str, Any]) -> str:
    """How full a column is, in per cent; never 100 where a cell is empty."""
    rows, empty = column["rows"], column["empty"]
    if not rows:
        return "—"
    share = 100 * (rows - empty) / rows
    return f"{min(share, 99.9):.1f} %" if empty else "100 %"


@cache
def _environment() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("flows.doctor"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
