"""How the families say what they found: findings, questions and choices from templates by code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from catalog.problem import Level, Problem
from flows.doctor import EXAMPLES, Choice, Example, Finding, Question, Remedy

LANGUAGES = ("th", "en")
#: Characters of a value that are shown.
_SHOWN = 100


def note(code: str, **said: Any) -> Finding:
    """Something that is only told. Takes what ``finding`` takes."""
    return finding(code, Level.NOTE, **said)


def warning(code: str, **said: Any) -> Finding:
    """Something that is mended or asked about. Takes what ``finding`` takes."""
    return finding(code, Level.WARNING, **said)


def error(code: str, **said: Any) -> Finding:
    """Something that stops publication. Takes what ``finding`` takes."""
    return finding(code, Level.ERROR, **said)


def finding(
    code: str,
    level: Level,
    *,
    place: str | None = None,
    field: str | None = None,
    row: int | None = None,
    examples: Sequence[tuple[int | None, str]] = (),
    count: int | None = None,
    remedies: Sequence[Remedy] = (),
    question: Question | None = None,
    **params: Any,
) -> Finding:
    """A finding; its row and value are those of the first example.

    Args:
        code: of the template.
        level: how much it weighs.
        place: sheet or part of the file.
        field: header label.
        row: the first one, where there is nothing to show of it.
        examples: rows and values, the first first.
        count: how many there are; as many as examples if not given.
        remedies: what the declaration will say because of it.
        question: what has to be asked instead.
        params: what else the template names.
    """
    at, value = examples[0] if examples else (row, None)
    many = max(len(examples), 1) if count is None else count
    facts = {"count": f"{many:,}", **params}
    problem = Problem(
        code, row=at, field=field, value=cut(value), place=place, params=facts, level=level
    )
    shown = tuple(Example(number, cut(text) or "") for number, text in examples[:EXAMPLES])
    return Finding(problem, many, shown, tuple(remedies), question)


def cut(value: str | None) -> str | None:
    """A value as it is shown: on one line, a hundred characters."""
    return None if value is None else " ".join(value.split())[:_SHOWN]


def ask(code: str, *choices: Choice, likely: str | None = None) -> Question:
    """A question, by the code of its words."""
    return Question(code, choices, likely)


def choice(name: str, code: str, *remedies: Remedy, **params: Any) -> Choice:
    """An answer, by the code of its words."""
    said = Problem(code, params=params)
    return Choice(name, {lang: said.title(lang) for lang in LANGUAGES}, remedies)


def option(name: str, value: Any) -> Remedy:
    """The remedy that is an option of the reader."""
    return Remedy("option", name, value)


def rows(name: str, **options: Any) -> Remedy:
    """The remedy that is a repair of the table's rows; columns by their header labels."""
    return Remedy("rows", name, options)
