"""How the command behaves whatever the verb: help by locale, errors as words and exit codes.

Exit codes: 0 done, 1 data rejected, 2 usage or declaration wrong, 3 the world outside failed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from catalog.problem import Problem, SamdaoError
from flows.terminal import answer, help_of, long_help_of, say, tell_problems, translated

USAGE, OUTSIDE, INTERRUPTED, PIPE_CLOSED = 2, 3, 130, 141


class _Formatter(click.HelpFormatter):
    """Help with the headings and remarks of the library in the locale's language too."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The line that says how a verb is called."""
        super().write_usage(prog, args, prefix or f"{say('help.usage')} ")

    @contextmanager
    def section(self, name: str) -> Iterator[None]:
        """A part of the help with its heading."""
        with super().section(translated(name)):
            yield

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """A list of options or verbs."""
        super().write_dl([(name, translated(said)) for name, said in rows], col_max, col_spacing)


class _Context(click.Context):
    formatter_class = _Formatter


class Verb(click.Command):
    """One verb."""

    context_class = _Context


class Verbs(click.Group):
    """The group of verbs: whatever goes wrong becomes words with a next step, never a traceback."""

    context_class = _Context
    command_class = Verb

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Verbs in the order of a dataset's way."""
        return list(self.commands)

    def main(self, *given: Any, **more: Any) -> Any:
        """Run the command; ends the process with the exit code."""
        words = given[0] if given else more.get("args")
        as_json = "--json" in (sys.argv[1:] if words is None else words)
        more["standalone_mode"] = False
        try:
            code = super().main(*given, **more)
        except click.Abort:
            code = INTERRUPTED
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.format_message(), err=True)
            code = USAGE
        except click.UsageError as error:
            code = _tell((_usage_problem(error),), USAGE, as_json)
        sys.exit(code if isinstance(code, int) else 0)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a verb."""
        as_json = "--json" in ctx.args
        try:
            return super().invoke(ctx)
        except SamdaoError as error:
            ctx.exit(_tell(error.problems, error.exit_code, as_json))
        except BrokenPipeError:
            # Whoever read our output has gone (`samdao list | head`): that is no error.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(PIPE_CLOSED)
        except OSError as error:
            ctx.exit(_tell((_disk_problem(error),), OUTSIDE, as_json))
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except Exception as error:  # noqa: BLE001  (a defect of ours is told like everything else)
            ctx.exit(_tell((_unforeseen(error),), OUTSIDE, as_json))


def verb(group: Verbs, name: str) -> Callable[[Callable[..., Any]], click.Command]:
    """A verb of the command, with its help in the locale's language."""
    return group.command(name, help=long_help_of(name), short_help=help_of(name))


def _tell(problems: tuple[Problem, ...], code: int, as_json: bool) -> int:
    if as_json:
        answer({"problems": [problem.as_dict() for problem in problems]})
    else:
        tell_problems(problems)
    return code


def _disk_problem(error: OSError) -> Problem:
    where = str(error.filename) if error.filename else None
    return Problem("disk-error", value=where, params={"reason": error.strerror or str(error)})


def _unforeseen(error: Exception) -> Problem:
    """A defect of ours: one sentence for the person, the traceback for the log."""
    import logging

    from flows.log import LOG

    logging.raiseExceptions = False  # a log that cannot be written must not be one more traceback
    if LOG.handlers:
        LOG.error("unforeseen", exc_info=error)
    return Problem("unforeseen", params={"reason": f"{type(error).__name__}: {error}"[:300]})


def _usage_problem(error: click.UsageError) -> Problem:
    """A slip of the pen on the command line, with what to type next."""
    path = error.ctx.command_path if error.ctx else "samdao"
    params: dict[str, Any] = {"help": f"{path} --help"}
    if isinstance(error, click.exceptions.NoSuchCommand):
        return _unknown("usage-verb", path, error.command_name, error.possibilities, params)
    if isinstance(error, click.NoSuchOption):
        return _unknown("usage-option", path, error.option_name, error.possibilities, params)
    if isinstance(error, click.MissingParameter) and error.param and error.ctx:
        named = error.param.make_metavar(error.ctx)
        flag = error.param.opts[0] if isinstance(error.param, click.Option) else named
        return Problem("usage-missing", place=path, value=flag, params=params)
    params["reason"] = error.format_message()
    return Problem("usage-wrong", place=path, params=params)


def _unknown(
    code: str, path: str, name: str, near: Iterable[str] | None, params: dict[str, Any]
) -> Problem:
    """A name that is not there, with those that were probably meant."""
    if near:
        code, params = f"{code}-near", params | {"nearest": ", ".join(near)}
    return Problem(code, place=path, value=name, params=params)
