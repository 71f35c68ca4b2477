"""The verbs ``doctor`` and ``new``: a file from an office examined, and declared.

``flows.cli`` registers them. Nothing is guessed: where no terminal can be asked, open questions end
the call with exit code 2 and the options that answer them.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from catalog.problem import DeclarationError, Problem, Rejected
from flows.terminal import answer as answer_json
from flows.terminal import help_of, language

if TYPE_CHECKING:
    from flows.doctor.examine import Desk, Examination
    from flows.doctor.proposal import Around, Ask, Proposal
    from flows.world import World

_JSON = click.option("--json", "as_json", is_flag=True, help=help_of("opt.json"))
_SHEET = click.option("--sheet", metavar="NAME", help=help_of("opt.sheet"))
#: Answers to the doctor's questions.
ANSWERS = click.option(
    "--answer", "answers", multiple=True, metavar="NAME=ANSWER", help=help_of("opt.answer")
)


@click.argument("file", metavar="FILE|ID")
@click.option(
    "--html", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help=help_of("opt.html"),
)  # fmt: skip
@_SHEET
@ANSWERS
@_JSON
def doctor(
    file: str, html: Path | None, sheet: str | None, answers: tuple[str, ...], as_json: bool
) -> None:
    """Examine a file, or the source of a declared dataset."""
    from flows.doctor.report import Report
    from flows.world import open_world

    world = open_world()
    with _desk(world) as desk:
        report = _declared(file, world, desk) or _loose(
            Report, Path(file), world, desk, sheet, given(answers)
        )
        if html:
            html.write_text(report.page(language()), "utf-8")
        if as_json:
            answer_json(report.as_dict())
        else:
            from flows.doctor import telling

            telling.report(report)
            if html:
                click.echo(f"{telling.word('say.written')}  {html}")
        sys.exit(0 if report.ok else 1)


@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--id", "id_", required=True, metavar="OFFICE/DATASET", help=help_of("opt.id"))
@ANSWERS
@click.option("--yes", is_flag=True, help=help_of("opt.yes"))
@click.option("--force", is_flag=True, help=help_of("opt.force"))
@_SHEET
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
    help=help_of("opt.declare_out"),
)  # fmt: skip
@_JSON
def new(
    file: Path, id_: str, answers: tuple[str, ...], yes: bool, force: bool, sheet: str | None,
    out: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Declare a dataset from a file."""
    from flows.doctor import telling
    from flows.doctor.declaring import write
    from flows.doctor.examine import examine
    from flows.world import open_world

    world = open_world()
    around = _around(id_, world, out)
    with _desk(world) as desk:
        exam = examine(file, desk, sheet)
        _refuse(exam)
        made = _decided(exam, around, given(answers), desk, yes)
        if not made.passes:
            raise Rejected(*(p.at(place=exam.file) for p in made.problems))
        done = write(made, file, world, force=force, out=out)
    if as_json:
        answer_json({"id": str(done.id), "files": [str(path) for path in done.files],
                     "notes": [note.as_dict() for note in done.notes]})  # fmt: skip
    else:
        telling.findings(made.relaxed)
        telling.written(done)


@contextmanager
def _desk(world: World) -> Iterator[Desk]:
    from flows.doctor.examine import Desk

    with tempfile.TemporaryDirectory(prefix="samdao-doctor-") as scratch:
        yield Desk(Path(scratch), world.now, world.settings.max_source_bytes)


def _declared(file: str, world: World, desk: Desk) -> Any:
    """The report on a declared dataset; nothing where the words name a file."""
    from flows.doctor.declared import examine_declared
    from flows.doctor.report import Report

    if Path(file).exists() or file.count("/") != 1 or Path(file).suffix:
        return None
    return Report(examine_declared(world.declarations.find(file), world, desk))


def _loose(
    report: Any, path: Path, world: World, desk: Desk, sheet: str | None,
    answers: Mapping[str, str],
) -> Any:  # fmt: skip
    """The report on a file, with what would be declared of it."""
    from catalog.names import DatasetId
    from flows.doctor.examine import examine
    from flows.doctor.naming import free_name
    from flows.doctor.proposal import Around, propose

    exam = examine(path, desk, sheet)
    if not exam.tables:
        return report(exam)
    id = DatasetId("office", free_name(path.name.partition(".")[0])[:50].strip("_"))
    around = Around(id, None, frozenset(map(str, world.declarations.ids())))
    return report(exam, propose(exam, around, answers, desk, assume=True))


def _around(id_: str, world: World, out: Path | None) -> Around:
    from catalog.names import DatasetId
    from flows.declare import Declarations
    from flows.doctor.proposal import Around

    try:
        id = DatasetId.parse(id_)
    except ValueError as error:
        raise DeclarationError(
            Problem("dataset-id-invalid", place="--id", value=id_, params={"reason": str(error)})
        ) from error
    declared = Declarations(out / "datasets", out / "schemas") if out else world.declarations
    known = (declared.datasets / id.office / "office.yaml").exists()
    office = declared.office(id.office) if known else None
    return Around(id, office, frozenset(map(str, world.declarations.ids())))


def given(answers: tuple[str, ...]) -> dict[str, str]:
    """``name=answer`` as names and answers.

    Raises:
        DeclarationError: no equals sign.
    """
    found = {}
    for text in answers:
        name, equals, said = text.partition("=")
        if not equals or not name.strip():
            raise DeclarationError(Problem("answer-malformed", place="--answer", value=text))
        found[name.strip()] = said.strip()
    return found


def _refuse(exam: Examination) -> None:
    """End here where a finding stops publication and no answer could change that.

    Raises:
        Rejected: with those findings.
    """
    stopping = [found.problem for found in exam.stopping if found.question is None]
    if stopping:
        raise Rejected(*(problem.at(place=exam.file) for problem in stopping))


def _decided(
    exam: Examination, around: Around, answers: dict[str, str], desk: Desk, yes: bool
) -> Proposal:
    """The proposal with every question answered: as given, as likely, or at the terminal.

    Raises:
        DeclarationError: questions are open and there is nobody to ask.
    """
    from flows.doctor.proposal import propose

    made = propose(exam, around, answers, desk)
    while made.open:
        before = dict(answers)
        if yes:
            answers |= {ask.name: ask.likely for ask in made.open
                        if ask.likely and _may_assume(ask)}  # fmt: skip
        if answers == before:
            _ask(made.open, answers)
        made = propose(exam, around, answers, desk)
    return made


def _may_assume(ask: Ask) -> bool:
    """Whether a likely answer may be taken because the person said so beforehand."""
    return not ask.sensitive and ask.name != "licence"


def _ask(asks: tuple[Ask, ...], answers: dict[str, str]) -> None:
    """Ask the person at the terminal; where there is none, say what would answer.

    Raises:
        DeclarationError: nobody to ask.
    """
    from flows.doctor._proposal_ask import alike

    groups = alike(asks)
    if not _somebody_there():
        raise DeclarationError(*map(open_question, groups))
    from flows.doctor import telling

    for first, *others in groups:
        answers[first.name] = said = telling.ask_person(first)
        if others and telling.same_for(others):
            answers |= {ask.name: said for ask in others}
        else:
            answers |= {ask.name: telling.ask_person(ask) for ask in others}


def _somebody_there() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def open_question(group: Sequence[Ask]) -> Problem:
    """Questions of one kind that nobody has answered, as a problem with the option that does."""
    from flows.doctor._proposal_ask import how_to_answer

    first, *others = group
    known = ", ".join(name for name, _ in first.choices)
    likely = f"→ {first.likely}" if first.likely else ""
    params = {"question": dict(first.words), "more": len(others),
              "known": "; ".join(filter(None, (known, likely))) or "…"}  # fmt: skip
    code = "answer-needed-several" if others else "answer-needed"
    return Problem(code, value=how_to_answer(group), params=params)
