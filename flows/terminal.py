"""What the command says: words by locale, colour and progress only where a terminal looks."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from catalog.problem import Level, Problem
from catalog.speech import locale_language, phrases

LANG = locale_language()
#: Problems shown one by one; the rest is counted.
SHOWN = 20
_COLOURS = {Level.ERROR: "red", Level.WARNING: "yellow", Level.NOTE: "blue"}
_MARKS = {Level.ERROR: "✗", Level.WARNING: "!", Level.NOTE: "·"}


def say(key: str, **facts: Any) -> str:
    """A phrase of the command in the locale's language."""
    return phrases("flows", "cli")[key][LANG].format(**facts)


def help_of(key: str) -> str:
    """Help of a verb or option; braces in it are only braces."""
    return phrases("flows", "cli")[key][LANG]


def answer(body: Any) -> None:
    """JSON for machines, on standard output."""
    click.echo(json.dumps(body, ensure_ascii=False, indent=2, default=str))


def tell_problems(problems: Iterable[Problem], err: bool = True) -> None:
    """Problems for people: mark, address, words, next step."""
    found = list(problems)
    for problem in found[:SHOWN]:
        mark = click.style(_MARKS[problem.level], fg=_COLOURS[problem.level])
        where = click.style(problem.address, bold=True)
        click.echo(f"{mark} {where}: {problem.title(LANG)}", err=err)
        click.echo(f"  → {problem.next_step(LANG)}", err=err)
    if len(found) > SHOWN:
        click.echo(say("say.more", count=len(found) - SHOWN), err=err)


@contextmanager
def progress(total: int) -> Iterator[Any]:
    """A bar on standard error where a terminal looks; gives ``advance(text)``."""
    if not sys.stderr.isatty() or total < 2:
        yield lambda text: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
    )  # fmt: skip
    from rich.console import Console

    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda text: bar.update(task, advance=1, description=text)
