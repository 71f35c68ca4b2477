"""One process that examines mutants as they are named on its input, and says what came of each.

A line in is a number; a line out is JSON: how it ended, processor seconds (of all threads and
processes: the same however busy the machine is), peak memory of the process so far.
"""

from __future__ import annotations

import faulthandler
import json
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks._mutants import Corpus, corpus, mutant
from catalog.names import DatasetId
from catalog.problem import Problem, SamdaoError
from catalog.settings import Settings
from flows import loose
from flows.doctor.examine import Desk, examine
from flows.doctor.proposal import Around, propose
from flows.doctor.report import Report
from flows.world import World

ROOT = Path(__file__).parents[1]
_KIB = 1024
_BYTES = 200_000_000
#: Beyond it a process fails by itself, before it takes the machine along.
_MOST_MEMORY = 8 << 30
_AROUND = Around(DatasetId("office", "mutant"))
_PROVINCE = ROOT / "tests" / "fixtures" / "province"
#: The table, and its schema, that verbs work on which ask for a certain one; the others take any.
SOURCES = {"validate": (_PROVINCE / "datasets" / "si_sawat" / "markets" / "markets.csv",
                        _PROVINCE / "schemas" / "markets.json")}  # fmt: skip
#: What an examination or a verdict says: the problems that it refuses the file for, if it does.
Examined = Sequence[Problem]


def doctored(path: Path, scratch: Path) -> Examined:
    """All that ``samdao doctor`` does with a file, told in every way.

    Args:
        path: the file.
        scratch: a folder for what is laid aside.
    """
    desk = Desk(scratch, lambda: datetime.now(UTC), _BYTES)
    exam = examine(path, desk)
    made = propose(exam, _AROUND, {}, desk, assume=True) if exam.tables else None
    report = Report(exam, made)
    json.dumps(report.as_dict(), ensure_ascii=False).encode()
    report.page("th").encode()
    return () if exam.tables else [found.problem for found in exam.stopping]


def validated(path: Path, scratch: Path) -> Examined:
    """``samdao validate`` of a file, against the fictional province's schema of markets.

    Args:
        path: the file.
        scratch: a folder for what is laid aside.
    """
    world = World(Settings(home=scratch, datasets=_PROVINCE / "datasets",
                           schemas=_PROVINCE / "schemas", max_source_bytes=_BYTES))  # fmt: skip
    verdict = loose.validate(world, str(path), "markets", None, (), repairs=True)
    json.dumps(verdict.as_dict(), ensure_ascii=False).encode()
    return () if verdict.ok else verdict.problems


VERBS: dict[str, Callable[[Path, Path], Examined]] = {"doctor": doctored, "validate": validated}


def tried(number: int, verb: str, sources: Corpus) -> dict[str, object]:
    """Make a mutant, examine it, and say what came of it.

    Args:
        number: of the mutant.
        verb: one of ``VERBS``.
        sources: what mutants are made from.
    """
    with tempfile.TemporaryDirectory(prefix="samdao-mutant-") as scratch:
        ending, data = mutant(number, sources)
        path = Path(scratch) / f"m{number}{ending}"
        path.write_bytes(data)
        del data
        start = _seconds()
        ended, said = _ended(path, Path(scratch) / "desk", VERBS[verb])
    return {
        "number": number, "file": path.name, "ended": ended, "said": said,
        "seconds": _seconds() - start,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KIB,
    }  # fmt: skip


def _ended(path: Path, scratch: Path, look: Callable[[Path, Path], Examined]) -> tuple[str, str]:
    try:
        problems = look(path, scratch)
        for problem in problems:
            problem.as_dict()
    except SamdaoError as error:
        problems = error.problems
    except Exception:  # noqa: BLE001  (what is looked for)
        return "traceback", traceback.format_exc(limit=-10)
    return ("refused", problems[0].code) if problems else ("report", "")


def _seconds() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def main() -> None:
    """Work until the input ends."""
    faulthandler.enable()
    faulthandler.register(signal.SIGUSR1)
    resource.setrlimit(resource.RLIMIT_DATA, (_MOST_MEMORY, _MOST_MEMORY))
    verb, made = sys.argv[1:]
    folders = [] if verb in SOURCES else [ROOT / "datasets", ROOT.parent / "shared" / "data"]
    sources = corpus(Path(made), *folders)
    for line in sys.stdin:
        print(json.dumps(tried(int(line), verb, sources)), flush=True)


if __name__ == "__main__":
    main()
