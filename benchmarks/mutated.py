"""Harmed files through the doctor: a report or a clear refusal each, in ten seconds.

Bytes flipped, cut, doubled and re-encoded, quotes opened, archives that unpack to gigabytes,
entities that laugh a billion times, 100,000 columns, a cell of 10 MB, NULs. Whatever ends in a
traceback, hangs, or takes more memory than ``--memory`` is printed with its number: ``--only N``
makes it again. ``--verb validate`` holds the same files against a schema instead.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from benchmarks._harmed import SOURCES
from benchmarks._measure import ROOT
from benchmarks._mutants import make

#: Processor seconds that a file may take.
BOUND = 10.0
#: Seconds by the clock after which nobody waits: a busy machine is slow, a file that sleeps hangs.
_CLOCK = 12 * BOUND
_HARM = frozenset({"traceback", "hang", "died"})


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--files", type=int, default=1_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--only", type=int, nargs="+")
    parser.add_argument("--verb", choices=("doctor", "validate"), default="doctor")
    parser.add_argument("--memory", type=int, default=2_000, help="MB that a process may take")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--codes", action="store_true", help="count the reasons of refusals")


def main(given: argparse.Namespace) -> None:
    """Examine them all, print what came of them."""
    numbers = given.only or range(given.first, given.first + given.files)
    counts: Counter[str] = Counter()
    codes: Counter[str] = Counter()
    slowest, peak = 0.0, 0
    for told in examined(numbers, given.verb, given.processes):
        bad = told["ended"] in _HARM or told["peak"] > given.memory * 1e6
        counts[told["ended"]] += 1
        codes.update([told["said"]] if told["ended"] == "refused" else ())
        slowest, peak = max(slowest, told["seconds"]), max(peak, told["peak"])
        if bad or given.only:
            print(f"  {told['number']}: {told['ended']} {told['file']} {told['seconds']:.1f} s "
                  f"{told['peak'] / 1e6:.0f} MB\n{told['said']}")  # fmt: skip
    for code, count in codes.most_common() if given.codes else ():
        print(f"  {count:6,} {code}")
    said = ", ".join(f"{name} {count:,}" for name, count in counts.most_common())
    print(f"{counts.total():,} files: {said}; slowest {slowest:.1f} s, peak {peak / 1e6:.0f} MB")


def examined(
    numbers: Iterable[int], verb: str = "doctor", processes: int = 2
) -> Iterator[dict[str, Any]]:
    """What came of each mutant, as it comes.

    Args:
        numbers: of the mutants.
        verb: ``doctor`` or ``validate``.
        processes: how many at a time.
    """
    waiting: queue.Queue[int] = queue.Queue()
    for number in numbers:
        waiting.put(number)
    done: queue.Queue[dict[str, Any] | None] = queue.Queue()
    with tempfile.TemporaryDirectory(prefix="samdao-mutants-") as folder:
        make(Path(folder), *SOURCES.get(verb, ()))
        workers = [
            threading.Thread(target=_work, args=(waiting, done, verb, folder))
            for _ in range(processes)
        ]
        for worker in workers:
            worker.start()
        left = len(workers)
        while left:
            told = done.get()
            if told is None:
                left -= 1
            else:
                yield told


def _work(
    waiting: queue.Queue[int], done: queue.Queue[dict[str, Any] | None], verb: str, folder: str
) -> None:
    """Feed one process; one that hangs or dies is replaced by another."""
    worker = None
    try:
        while True:
            number = waiting.get_nowait()
            worker = worker or _Worker(verb, folder)
            told = worker.ask(number)
            if told["ended"] in ("hang", "died"):
                worker.end()
                worker = None
            done.put(told)
    except queue.Empty:
        if worker:
            worker.end()
    finally:
        done.put(None)


@dataclass(slots=True)
class _Worker:
    """A process that examines mutants, and what it says on the side."""

    verb: str
    folder: str
    side: IO[bytes] = field(default_factory=tempfile.TemporaryFile)
    process: subprocess.Popen[str] = field(init=False)

    def __post_init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks._harmed", self.verb, self.folder], cwd=ROOT,
            text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.side,
        )  # fmt: skip

    def ask(self, number: int) -> dict[str, Any]:
        """What came of a mutant."""
        assert self.process.stdin
        assert self.process.stdout
        told: dict[str, Any] = {"number": number, "file": "", "seconds": BOUND, "peak": 0}
        answer: list[str] = []
        reader = threading.Thread(target=lambda out: answer.append(out.readline()),
                                  args=(self.process.stdout,), daemon=True)  # fmt: skip
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(f"{number}\n")
            self.process.stdin.flush()
        reader.start()
        reader.join(_CLOCK)
        if not answer:
            self.process.send_signal(signal.SIGUSR1)  # it says where it is
            return told | {"ended": "hang", "said": self._said()}
        if not answer[0]:  # its output ended: it is no more
            return told | {"ended": "died", "said": self._said()}
        found: dict[str, Any] = json.loads(answer[0])
        return found | {"ended": "hang"} if found["seconds"] > BOUND else found

    def end(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.wait()
        self.side.close()

    def _said(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(1)
        self.side.seek(0)
        return self.side.read().decode("utf-8", "replace")[-4_000:]
