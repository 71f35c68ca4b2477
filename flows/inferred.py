"""``samdao convert`` without a schema: the doctor says what a file holds, its formats follow.

Likely answers are taken where the evidence speaks for one; a question that has none, and anything
about personal data, is asked instead of guessed.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from catalog.names import DatasetId
from catalog.problem import DeclarationError, Problem, Rejected
from catalog.table import Table
from flows.doctor.examine import Desk, Examination, examine
from flows.doctor.proposal import Around, Proposal, propose
from flows.loose import chosen_formats, loose_dataset, write_formats
from flows.world import World


def convert(
    world: World, file: str, to: str | None, out: str, answers: Mapping[str, str]
) -> dict[str, Any]:
    """Examine a file and write its tables in other formats.

    Args:
        world: its clock and bounds.
        file: the file.
        to: formats separated by commas; every format if ``None``.
        out: folder to write to, made if it is not there.
        answers: to the doctor's questions, by name.

    Returns:
        As ``flows.loose.convert``; ``rows`` of all tables.

    Raises:
        SamdaoError: the file is rejected, a question is open, or a format does not exist.
    """
    path, wanted, target = Path(file), chosen_formats(to), Path(out)
    with tempfile.TemporaryDirectory(prefix="samdao-") as scratch:
        desk = Desk(Path(scratch), world.now, world.settings.max_source_bytes)
        tables = _tables(examine(path, desk), answers, desk)
        target.mkdir(parents=True, exist_ok=True)
        stem = path.name.partition(".")[0]
        written = [
            write_formats(
                loose_dataset(path, table.schema), table, wanted, target,
                stem if len(tables) == 1 else f"{stem}.{table.name}",
            )
            for table in tables
        ]  # fmt: skip
    return {
        "rows": sum(each["rows"] for each in written),
        "files": [file for each in written for file in each["files"]],
        "omissions": [gap for each in written for gap in each["omissions"]],
    }


def _tables(exam: Examination, answers: Mapping[str, str], desk: Desk) -> tuple[Table, ...]:
    """The typed tables of a file.

    Raises:
        DeclarationError: a question about values has no likely answer.
        Rejected: a table does not pass.
    """
    stopping = [found.problem for found in exam.stopping if found.question is None]
    if stopping:
        raise Rejected(*(problem.at(place=exam.file) for problem in stopping))
    around = Around(DatasetId("office", "loose"))
    made = propose(exam, around, answers, desk, assume=True)
    if not made.passes:
        raise _refused(made, exam.file)
    return tuple(trial.typed for trial in made.trials if trial.typed)


def _refused(made: Proposal, file: str) -> Rejected | DeclarationError:
    from flows.verbs_doctor import open_question

    asks = [ask for ask in made.open if ask.finding and not ask.likely]
    if asks:
        return DeclarationError(*(open_question([ask]) for ask in asks))
    problems = made.problems or (Problem("nothing-to-declare", place=file),)
    return Rejected(*(problem.at(place=file) for problem in problems))
