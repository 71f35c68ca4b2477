"""What the command says: words by locale, colour and progress only where a terminal looks."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

import click

from catalog.problem import Level, Problem
from catalog.speech import locale_language, phrases
from flows.tally import Tally, tallies

language = locale_language
#: Problems shown one by one; the rest is counted.
SHOWN = 20
#: Rows of one kind of problem that are shown one by one; where there are more, one stands for all.
FEW = 3
_COLOURS = {Level.ERROR: "red", Level.WARNING: "yellow", Level.NOTE: "blue"}
_MARKS = {Level.ERROR: "✗", Level.WARNING: "!", Level.NOTE: "·"}


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    return phrases("flows", "cli")


def say(key: str, **facts: Any) -> str:
    """A phrase of the command in the locale's language."""
    return _words()[key][language()].format(**facts)


def help_of(key: str) -> str:
    """Help of a verb or option; braces in it are only braces."""
    return _words()[key][language()]


def long_help_of(name: str) -> str:
    """Help of a verb with its examples, where it has some; the library keeps their lines."""
    examples = _words().get(f"{name}.examples")
    return f"{help_of(name)}\n\n\b\n{examples[language()]}" if examples else help_of(name)


def translated(text: str) -> str:
    """A text of the command-line library with its own words (``library.…``) translated."""
    for key, words in _words().items():
        if key.startswith("library."):
            text = text.replace(words["en"], words[language()])
    return text


def answer(body: Any) -> None:
    """JSON for machines, on standard output."""
    click.echo(json.dumps(body, ensure_ascii=False, indent=2, default=str))


def tell_problems(problems: Iterable[Problem], err: bool = True) -> None:
    """Problems for people: mark, address, words, next step."""
    lang, found = language(), list(problems)
    groups = [group for kind in tallies(found) for group in _told_of(kind, found)]
    for problem, kind in groups[:SHOWN]:
        mark = click.style(_MARKS[problem.level], fg=_COLOURS[problem.level])
        where = problem.where(lang)
        address = f"{click.style(where, bold=True)}: " if where else ""
        click.echo(f"{mark} {address}{problem.title(lang)}", err=err)
        click.echo(f"  → {problem.next_step(lang)}", err=err)
        if kind is not None:
            alike = say("say.alike", count=f"{kind.count:,}", row=kind.first_row)
            click.echo(f"  = {alike}", err=err)
    if len(groups) > SHOWN:
        click.echo(say("say.more", count=len(groups) - SHOWN), err=err)


def _told_of(kind: Tally, found: list[Problem]) -> Iterator[tuple[Problem, Tally | None]]:
    """What is said of a kind: each problem, or the first where many rows have it, and how many."""
    if kind.count > FEW and kind.first_row is not None:
        yield kind.example, kind
        return
    yield from ((problem, None) for problem in found if kind.has(problem))


@contextmanager
def progress(total: int) -> Iterator[Any]:
    """A bar on standard error where a terminal looks; gives ``advance(text)``."""
    if not sys.stderr.isatty() or total < 2:
        yield lambda text: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda text: bar.update(task, advance=1, description=text)
