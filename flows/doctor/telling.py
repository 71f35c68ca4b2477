"""The report on a terminal: the verdict, what was found, what is asked, what would be declared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import click

from catalog.problem import Level
from catalog.speech import phrases
from flows.doctor import Diagnosis, Finding
from flows.doctor._proposal_ask import alike, how_to_answer
from flows.doctor.declaring import Written, dataset_text
from flows.doctor.examine import TableExam
from flows.doctor.proposal import Ask, Proposal
from flows.doctor.report import LEVELS, Report, by_weight, remedy_words
from flows.terminal import language, tell_problems

_COLOURS = {Level.ERROR: "red", Level.WARNING: "yellow", Level.NOTE: "blue"}
_MARKS = {Level.ERROR: "✗", Level.WARNING: "!", Level.NOTE: "·"}
#: Findings of one column, and choices of one question, that are shown on a terminal.
_SHOWN = 12


def word(key: str, **facts: object) -> str:
    """A phrase of the doctor in the locale's language."""
    return phrases("flows", "doctor")[key][language()].format(**facts)


def report(found: Report) -> None:
    """The whole report."""
    exam = found.exam
    counts = found.counts()
    told = " · ".join(f"{counts[str(level)]:,} {word(f'report.{level}')}" for level in LEVELS)
    click.echo(f"{click.style(exam.file, bold=True)}  {told}")
    findings(exam.findings)
    for number, table in enumerate(exam.tables, 1):
        _table(table, number)
    if exam.rehearsal is not None:
        click.echo(f"\n{click.style(word('report.rehearsal'), bold=True)}")
        tell_problems(exam.rehearsal.problems, err=False)
    if found.proposal is not None:
        _proposal(found.proposal)
    key = "report.ok_declared" if exam.rehearsal is not None else "report.ok"
    said = word(key) if found.ok else word("report.stopped")
    mark, colour = ("✓", "green") if found.ok else ("✗", "red")
    asked = len(alike(found.proposal.open)) if found.proposal else 0
    more = f" · {word('report.asks', count=asked)}" if asked else ""
    click.echo(f"\n{click.style(f'{mark} {said}', fg=colour)}{more}")


def findings(items: Iterable[Finding], table: TableExam | None = None, indent: str = "") -> None:
    """Findings, the heaviest first, each with one example and what mends it."""
    heavy = by_weight(items)
    for found in heavy[:_SHOWN]:
        problem = found.problem
        mark = click.style(_MARKS[problem.level], fg=_COLOURS[problem.level])
        count = f"  {found.count:,} {word('report.cells')}" if found.count > 1 else ""
        row = f" ({word('report.first_row')} {problem.row})" if problem.row else ""
        click.echo(f"{indent}{mark} {_line(problem.title(language()))}{count}{row}")
        for example in found.examples[:1]:
            after = f" → “{_line(example.after)}”" if example.after is not None else ""
            click.echo(f"{indent}    “{_line(example.before)}”{after}")
        if table is not None and (problem.code, problem.field) in table.mended:
            click.echo(f"{indent}    ✓ {word('report.mended')}")
        elif found.remedies:
            said = "; ".join(remedy_words(item)[language()] for item in found.remedies)
            click.echo(f"{indent}    → {said}")
        else:
            click.echo(f"{indent}    → {problem.next_step(language())}")
    if len(heavy) > _SHOWN:
        click.echo(f"{indent}  … +{len(heavy) - _SHOWN}")


def _line(text: str) -> str:
    """A value on one line of the terminal, its line breaks shown."""
    return "".join("↵" if char == "\n" else char for char in text if char != "\r")


def _table(table: TableExam, number: int) -> None:
    options = ", ".join(f"{name} {value}" for name, value in table.layout.options.items())
    size = f"{table.rows:,} {word('report.rows')} × {len(table.labels):,} {word('report.columns')}"
    name = click.style(f"{word('report.table')} {table.name or number}", bold=True)
    click.echo(f"\n{name}  {size}  ({', '.join(filter(None, (table.layout.kind, options)))})")
    if table.layout.title:
        click.echo(f"  {word('report.title_row')}: {table.layout.title}")
    findings(table.findings, table, "  ")
    for diagnosis in table.diagnoses:
        _column(diagnosis, table)


def _column(found: Diagnosis, table: TableExam) -> None:
    label = " ".join(found.column.label.split())
    said = word(f"type.{found.type}")
    unit = f" ({found.properties['unit']})" if "unit" in found.properties else ""
    click.echo(f"  {click.style(label, bold=True)}: {said}{unit}")
    findings(found.findings, table, "    ")


def _proposal(made: Proposal) -> None:
    click.echo(f"\n{click.style(word('report.proposal'), bold=True)}")
    click.echo("\n".join(f"  {line}" for line in dataset_text(made).splitlines()))
    findings(made.relaxed)
    passes = "report.passes" if made.passes else "report.waits" if made.waits else "report.fails"
    click.echo(word(passes))
    tell_problems(made.problems, err=False)
    for group in alike(ask for ask in made.open if ask.finding):
        question(group)
    for ask in made.open:
        if not ask.finding:
            likely = f"  ({word('report.likely')} {ask.likely})" if ask.likely else ""
            click.echo(f"? {ask.words[language()]}{likely}  --answer {ask.name}=…")


def question(group: Sequence[Ask]) -> None:
    """A question of one column or of several, with its answers and how to give one."""
    ask = group[0]
    more = f" {word('report.more', count=len(group) - 1)}" if group[1:] else ""
    click.echo(f"? {_line(ask.words[language()])}{more}")
    for name, words in ask.choices:
        likely = f"  ({word('report.likely')})" if name == ask.likely else ""
        click.echo(f"    {name:20} {words[language()]}{likely}")
    if not ask.choices and ask.likely:
        click.echo(f"    {word('report.likely')}: {ask.likely}")
    click.echo(f"    --answer {how_to_answer(group)}=…")


def written(done: Written) -> None:
    """Files that were written, and what to do next."""
    for path in done.files:
        click.echo(f"{word('say.written')}  {path}")
    tell_problems(done.notes)
    click.echo(f"{word('say.next')}: samdao check {done.id}")


def same_for(others: Sequence[Ask]) -> bool:
    """Whether the answer just given is that of the same question about other columns too."""
    return click.confirm(word("say.same", count=len(others)), default=True)


def ask_person(ask: Ask) -> str:
    """Put a question to the person at the terminal until the answer is one."""
    question([ask])
    known = [name for name, _ in ask.choices]
    while True:
        said: str = click.prompt("", default=ask.likely, prompt_suffix="> ", type=str).strip()
        number = int(said) if said.isdigit() and 0 < int(said) <= len(known) else 0
        if number and said not in known:
            return known[number - 1]
        if said and (not known or said.split(":")[0] in known):
            return said
        click.echo(word("say.again", known=", ".join(known) or "…"))
