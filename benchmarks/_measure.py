"""Seconds, processor seconds and peak memory of a command, and how they are printed.

Every contender runs in a process of its own, so that neither warms the other up and each peak is
its own; processes that it starts count with it. On a machine that others use too, compare the
processor's seconds and the ratios of one run, not the clock of two.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).parents[1]
_KIB = 1024


@dataclass(frozen=True, slots=True)
class Measured:
    """What a process took.

    Attributes:
        seconds: by the clock.
        cpu: of all its threads and processes, in seconds.
        peak: most memory at a time, in bytes: what all its processes hold, pages that they share
            counted once, looked at four times a second; or what the first one ever held, if that
            is more.
        said: what it printed, parsed as JSON where it is JSON.
        exit_code: as the process ended.
    """

    seconds: float
    cpu: float
    peak: int
    said: Any = None
    exit_code: int = 0

    def __str__(self) -> str:
        return f"{self.seconds:8.2f} s {self.cpu:8.2f} s cpu {self.peak / 1e6:8.0f} MB"


@dataclass
class Watch:
    """Seconds by name, as they pass: inside of a contender's process.

    Attributes:
        seconds: what was measured, by name.
    """

    seconds: dict[str, float] = field(default_factory=dict)

    def time(self, name: str, work: Any, *given: Any) -> Any:
        """Do some work and add its time to ``name``."""
        start = time.perf_counter()
        try:
            return work(*given)
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start


def run(*command: str, env: Mapping[str, str] | None = None) -> Measured:
    """Run ``python -m …`` and measure it.

    Args:
        command: module and arguments; JSON on its output is given back parsed.
        env: variables beside those of this process.

    Raises:
        RuntimeError: it ended with an exit code of neither 0 nor 1.
    """
    whole = dict(os.environ) | dict(env or {})
    # Compiled modules are kept, as on any machine; some environments switch that off.
    whole.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", *command], stdout=output, cwd=ROOT, env=whole
        )
        gauge = _Gauge(process.pid)
        gauge.start()
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        gauge.stop()
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        said = output.read().decode()
    if process.returncode not in (0, 1):
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {said[-500:]}")
    cpu = used.ru_utime + used.ru_stime + gauge.cpu_of_others
    peak = max(used.ru_maxrss * _KIB, gauge.peak)
    return Measured(seconds, cpu, peak, _parsed(said), process.returncode)


class _Gauge(threading.Thread):
    """Looks at a process and all that it started, now and then.

    Attributes:
        peak: most memory at a time, in bytes (PSS).
        cpu_of_others: processor seconds of all but the first process.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.first = psutil.Process(pid)
        self.peak = 0
        self._cpu: dict[int, float] = {}
        self._ended = threading.Event()

    @property
    def cpu_of_others(self) -> float:
        return sum(self._cpu.values())

    def run(self) -> None:
        # The kernel takes a millisecond and more to count pages: not more often than this.
        while not self._ended.wait(0.25):
            with contextlib.suppress(psutil.Error):
                others = self.first.children(recursive=True)
                self.peak = max(self.peak, _memory(self.first) + sum(map(_memory, others)))
                self._cpu |= {process.pid: _cpu(process) for process in others}

    def stop(self) -> None:
        self._ended.set()
        self.join()


def _memory(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:
        return 0  # it has just ended


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _parsed(said: str) -> Any:
    try:
        return json.loads(said)
    except ValueError:
        return said


def machine() -> str:
    """A line on the machine: cores, and how busy it is with other things."""
    cores = len(os.sched_getaffinity(0))
    load = os.getloadavg()[0]
    busy = " (busy with other things: trust ratios, not seconds)" if load > cores / 2 else ""
    return f"Python {platform.python_version()}, {cores} cores, load {load:.1f}{busy}"


def ratio(ours: float, peer: float) -> str:
    """How many times faster or smaller ours is: ``4.3×``."""
    return f"{peer / ours:.1f}×" if ours > 0 else "—"


def verdict(found: float, goal: float, unit: str) -> str:
    """Whether a figure reaches its goal."""
    return f"goal ≤ {goal:g} {unit}: {'met' if found <= goal else 'NOT met'}"
