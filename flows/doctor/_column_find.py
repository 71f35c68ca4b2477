"""Findings and questions made of masks over a column's distinct texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from catalog.problem import Level, Problem, template
from flows.doctor import EXAMPLES, Choice, Column, Example, Finding, Question, Remedy
from flows.doctor._values_view import Flags, view

_SHOWN = 100


def found(
    column: Column, mask: Flags | None, *, code: str, level: Level = Level.WARNING,
    after: pa.Array | None = None, remedies: Sequence[Remedy] = (),
    question: Question | None = None, **params: Any,
) -> Iterator[Finding]:  # fmt: skip
    """One finding about the marked texts; none where nothing is marked.

    Args:
        column: they are of.
        mask: over its distinct texts; ``None`` for a finding about the column as a whole.
        code: key of its words.
        level: how much it weighs.
        after: the distinct texts once mended, all of them.
        remedies: what mends it.
        question: what has to be asked.
        params: more facts for the words; ``count`` and ``example`` are always there.
    """
    if mask is None:
        problem = Problem(code, field=column.label, level=level, params={**params})
        yield Finding(problem, column.rows, (), tuple(remedies), question)
        return
    if not mask.any():
        return
    count, examples = view(column).rows(mask), _examples(column, mask, after)
    facts = {"count": count, "example": visible(examples[0].before), **params}
    problem = Problem(
        code, row=examples[0].row, field=column.label, value=examples[0].before,
        params=facts, level=level,
    )  # fmt: skip
    yield Finding(problem, count, examples, tuple(remedies), question)


def ask(code: str, answers: Mapping[str, Sequence[Remedy]], likely: str | None = None) -> Question:
    """A question whose answers have their words under ``choices`` of its code.

    Args:
        code: of the question.
        answers: name of each answer, and what it declares.
        likely: the answer that the evidence speaks for.
    """
    words: Mapping[str, Any] = template(code)
    said = words["choices"]
    choices = tuple(Choice(name, said[name], tuple(what)) for name, what in answers.items())
    return Question(code, choices, likely)


def repair(name: str, **options: Any) -> Remedy:
    """A repair of the column."""
    return Remedy("repair", name, options)


def of_field(name: str, value: Any) -> Remedy:
    """A property of the field."""
    return Remedy("field", name, value)


#: The answer that leaves a column as text, whatever else was thought of it.
AS_TEXT = (of_field("type", "string"), of_field("decimalPlaces", None))


def visible(text: str) -> str:
    """A text on one line for a sentence: what cannot be seen is named."""
    shown = text.replace("\r\n", "↵").replace("\n", "↵").replace("\t", "⇥").replace("\xa0", "␣")
    return "".join(
        f"<U+{ord(char):04X}>" if not char.isprintable() or char == "\ufffd" else char
        for char in shown
    )[:_SHOWN]


def _examples(column: Column, mask: Flags, after: pa.Array | None) -> tuple[Example, ...]:
    seen = view(column)
    places = np.flatnonzero(mask)[:EXAMPLES]
    mended = [None] * len(places) if after is None else [after[int(at)].as_py() for at in places]
    return tuple(
        Example(int(seen.first[at]), seen.texts[int(at)].as_py()[:_SHOWN],
                None if after is None else (new or "")[:_SHOWN])
        for at, new in zip(places, mended, strict=True)
    )  # fmt: skip
