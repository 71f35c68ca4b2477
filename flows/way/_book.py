"""A run's lock, its line in the book of runs, and what ended it."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from catalog.names import DatasetId
from catalog.problem import OutsideError, Problem, SamdaoError
from flows.log import LOG
from flows.world import World


@contextmanager
def recorded(id: DatasetId, world: World) -> Iterator[Path]:
    """A run with its lock, its desk, and its line in the catalogue's book of runs."""
    with world.alone(id) as desk, booked(id, world):
        yield desk


@contextmanager
def booked(id: DatasetId, world: World) -> Iterator[None]:
    """Write down a run's start and whatever ends it."""
    with world.index.run(id, world.now()) as record:
        try:
            with translated(id):
                yield
            record["outcome"] = "done"
        except SamdaoError as error:
            report = {"problems": [problem.as_dict() for problem in error.problems[:100]]}
            record |= {"outcome": type(error).__name__.lower()[:12], "report": report}
            raise
        except Exception as error:
            problem = unforeseen(id, error)
            record |= {"outcome": "unforeseen", "report": {"problems": [problem.as_dict()]}}
            raise OutsideError(problem) from error
        finally:
            record["ended_at"] = world.now()


def unforeseen(id: DatasetId, error: Exception) -> Problem:
    """A defect of ours, told without a traceback; the log has that."""
    LOG.error("unforeseen, dataset %s", id, exc_info=error)
    reason = f"{type(error).__name__}: {error}"[:300]
    return Problem("unforeseen", dataset=str(id), params={"reason": reason})


@contextmanager
def translated(id: DatasetId) -> Iterator[None]:
    """What the operating system refuses, as an error with a next step.

    Raises:
        OutsideError: disk full, no rights, any other refusal.
    """
    try:
        yield
    except OSError as error:
        code = "disk-full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "disk-error"
        params = {"reason": error.strerror or str(error)}
        where = str(error.filename) if error.filename else None
        raise OutsideError(Problem(code, dataset=str(id), value=where, params=params)) from error


@contextmanager
def at(**address: str) -> Iterator[None]:
    """Fill in where an error happened."""
    try:
        yield
    except SamdaoError as error:
        raise error.at(**address) from error
