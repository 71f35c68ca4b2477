"""What a proposal asks of a person, and what the answers come to.

A question has a name that a command gives with its answer (``--answer licence=cc-by-4.0``,
``--answer month.era=be``). Questions of the dataset are those that a file cannot answer; questions
of columns come with findings. A likely answer is offered, never taken unless a person says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from catalog.problem import DeclarationError, Problem, codes, template
from catalog.registry import nearest
from catalog.speech import phrases
from catalog.vocabulary import terms
from flows.doctor import Choice, Finding, Question, Remedy
from flows.doctor.examine import TableExam

Words = Mapping[str, str]

#: Questions of the dataset, with the closed list that the answer is taken from.
_OF_DATASET: Mapping[str, str | None] = {
    "title": None, "description": None, "licence": "licences", "theme": "themes",
    "frequency": "frequencies", "objective": "objectives",
}  # fmt: skip
#: Questions of an office that is not declared yet.
_OF_OFFICE = ("office.name", "office.uri_base", "contact.name", "contact.email")
#: The question about personal data, and the answer that names a ground in words of so many letters.
PERSONAL, LAWFUL, _REASON = "personal", "lawful_basis", 10
_TREATMENTS: Mapping[str, Any] = {"drop": None, "mask": None, "public_officer": True}
#: What may be answered, and is not asked.
OPTIONAL = ("title_en", "description_en", "keywords", "source", "source_en", "url",
            "office.name_en", "office.province")  # fmt: skip
_SHAPES = {
    "office.uri_base": re.compile(r"https?://\S+"), "url": re.compile(r"https?://\S+"),
    "contact.email": re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"),
    "office.province": re.compile(r"\d{2}"),
}  # fmt: skip
_LISTS = {**{name: listed for name, listed in _OF_DATASET.items() if listed}}


@dataclass(frozen=True, slots=True)
class Ask:
    """A question as a person sees it.

    Attributes:
        name: what ``--answer`` calls it.
        words: the question, by language.
        choices: answers that there are, each with its words; none where any text is one.
        likely: the answer that the evidence speaks for.
        finding: what it comes from, if it is about values.
        sensitive: about personal data: a person has to say it, whatever is likely.
        table: number of the table that it is about, from 0; ``None`` for the dataset.
    """

    name: str
    words: Words
    choices: tuple[tuple[str, Words], ...] = ()
    likely: str | None = None
    finding: Finding | None = None
    sensitive: bool = False
    table: int | None = None

    @property
    def silent(self) -> bool:
        """Whether nothing was found that asks it: it may be answered, and need not be."""
        return self.finding is not None and self.finding.problem.code == PERSONAL


def alike(asks: Iterable[Ask]) -> tuple[tuple[Ask, ...], ...]:
    """Questions of one code with the same answers: one answer may do for all their columns."""
    groups: dict[Any, list[Ask]] = {}
    for ask in asks:
        code = ask.name.rpartition(".")[2] if ask.finding else ask.name
        groups.setdefault((code, tuple(name for name, _ in ask.choices)), []).append(ask)
    return tuple(map(tuple, groups.values()))


def how_to_answer(group: Sequence[Ask]) -> str:
    """The name that an answer to all of a group's questions is given."""
    first = group[0].name
    return f"*.{first.rpartition('.')[2]}" if group[1:] else first


def of_dataset(likely: Mapping[str, str], new_office: bool) -> Iterator[Ask]:
    """What no file can say.

    Args:
        likely: answers that the file speaks for, by name.
        new_office: whether the office has to be declared too.
    """
    for name in (*(_OF_OFFICE if new_office else ()), *_OF_DATASET):
        listed = _LISTS.get(name)
        known = terms(listed).values() if listed else ()
        choices = tuple((term.name, {"th": term.th, "en": term.en}) for term in known)
        yield Ask(name, phrases("flows", "doctor")[f"ask.{name}"], choices, likely.get(name))


def of_tables(exams: Sequence[TableExam], names: Sequence[Mapping[str, str]]) -> Iterator[Ask]:
    """What findings ask.

    Args:
        exams: the tables.
        names: of each table: header label to field name; ``""`` to the table's own name.
    """
    for number, exam in enumerate(exams):
        for found in exam.all_findings:
            if found.question is not None:
                name = _called(found.problem.field or "", found.question.code, number, names)
                yield _of_finding(found, name, number)


def of_privacy(
    exams: Sequence[TableExam], names: Sequence[Mapping[str, str]], asked: Sequence[Ask]
) -> Iterator[Ask]:
    """What may be said about personal data in every column where it is not asked.

    Some of it shows only beside other columns, when the table is tried.
    """
    known = {ask.name for ask in asked}
    words: Mapping[str, Any] = template(PERSONAL)
    said: Mapping[str, Words] = words["choices"]
    choices = tuple(
        Choice(name, said[name], (Remedy("treatment", name, value),))
        for name, value in _TREATMENTS.items()
    )
    for number, exam in enumerate(exams):
        for label in exam.labels:
            name = _called(label, PERSONAL, number, names)
            found = Finding(Problem(PERSONAL, field=label), question=Question(PERSONAL, choices))
            if name not in known:
                yield _of_finding(found, name, number)


def _called(label: str, code: str, number: int, names: Sequence[Mapping[str, str]]) -> str:
    """A question's name: column and code, and the table before them where there are several."""
    table = names[number][""]
    column = names[number].get(label, table)
    prefix = f"{table}." if len(names) > 1 and column != table else ""
    return f"{prefix}{column}.{code}"


def _lawful() -> tuple[str, Words]:
    return LAWFUL, phrases("flows", "doctor")["personal.lawful_basis"]


def _of_finding(found: Finding, name: str, table: int) -> Ask:
    assert found.question is not None
    question = found.question
    known = question.code if question.code in codes() else found.problem.code
    asked = replace(found.problem, code=known)
    choices = tuple((choice.name, choice.words) for choice in question.choices)
    sensitive = any(
        item.kind == "treatment" for choice in question.choices for item in choice.remedies
    )
    return Ask(
        name, {lang: asked.title(lang) for lang in ("th", "en")},
        (*choices, _lawful()) if sensitive else choices, question.likely, found, sensitive,
        table,
    )  # fmt: skip


def chosen(ask: Ask, answer: str) -> Choice:
    """The answer to a finding's question, with what a declaration says because of it."""
    assert ask.finding is not None
    assert ask.finding.question is not None
    name, _, reason = answer.partition(":")
    if ask.sensitive and name == LAWFUL:
        remedy = Remedy("treatment", LAWFUL, reason.strip())
        return Choice(LAWFUL, {"th": reason, "en": reason}, (remedy,))
    return next(c for c in ask.finding.question.choices if c.name == answer)


def checked(asks: Sequence[Ask], answers: Mapping[str, str]) -> dict[str, str]:
    """Answers under the names of their questions.

    Raises:
        DeclarationError: an answer to nothing that is asked, or none of the choices; every one.
    """
    by_name = {ask.name: ask for ask in asks}
    answers = _spread(answers, by_name)
    found, problems = dict[str, str](), list[Problem]()
    for name, answer in answers.items():
        ask = by_name.get(name)
        if ask is None and name not in (*OPTIONAL, *_OF_OFFICE, *_OF_DATASET):
            known = [*by_name, *OPTIONAL]
            params = {"nearest": nearest(name, known) or "—", "known": ", ".join(known)}
            problems.append(Problem("answer-unknown", value=name, params=params))
            continue
        problem = _invalid(name, answer.strip(), ask)
        if problem:
            problems.append(problem)
        found[name] = answer.strip()
    if problems:
        raise DeclarationError(*problems)
    return found


def _spread(answers: Mapping[str, str], asks: Mapping[str, Ask]) -> dict[str, str]:
    """``*.code=answer`` said of every question of that code that has no answer of its own.

    Where none is asked, it says nothing: the same words may go with every file of a series.
    """
    found: dict[str, str] = {}
    for name, said in answers.items():
        if name.startswith("*."):
            meant = (o for o, ask in asks.items() if o.endswith(name[1:]) and not ask.silent)
            found |= dict.fromkeys(meant, said)
    return found | {name: said for name, said in answers.items() if not name.startswith("*.")}


def _invalid(name: str, answer: str, ask: Ask | None) -> Problem | None:
    """Why an answer cannot be taken."""
    known = [choice for choice, _ in ask.choices] if ask else list(terms(_LISTS[name])) if (
        name in _LISTS) else []  # fmt: skip
    given, colon, reason = answer.partition(":")
    if given == LAWFUL and len(reason.strip()) < _REASON:
        example = phrases("flows", "doctor")["example.lawful_basis"]["th"]
        return Problem("answer-invalid", place=name, value=answer,
                       params={"nearest": example, "known": example})  # fmt: skip
    if name != "frequency" and given != LAWFUL:
        given += colon + reason
    if known and given not in known:
        params = {"nearest": nearest(given, known) or "—", "known": ", ".join(known)}
        return Problem("answer-invalid", place=name, value=answer, params=params)
    if not answer or (name in _SHAPES and not _SHAPES[name].fullmatch(answer)):
        example = phrases("flows", "doctor").get(f"example.{name}", {"th": "—"})["th"]
        params = {"nearest": example, "known": example}
        return Problem("answer-invalid", place=name, value=answer or "—", params=params)
    return None


def likely_theme(text: str) -> str | None:
    """The theme that most words of a text speak for."""
    plain = text.casefold()
    weights = {
        theme: sum(plain.count(str(word).casefold()) for word in words)
        for theme, words in _theme_words().items()
    }
    best = max(weights, key=lambda theme: weights[theme])
    return best if weights[best] else None


@cache
def _theme_words() -> Mapping[str, Sequence[str]]:
    source = files("flows") / "data" / "theme_words.yaml"
    loaded: Mapping[str, Sequence[str]] = yaml.load(source.read_bytes(), Loader=yaml.CSafeLoader)
    return loaded
