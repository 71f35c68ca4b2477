"""Our way, in a process of its own: a source file to a published release, each step timed.

``python -m benchmarks._ours FOLDER`` publishes the dataset declared in ``FOLDER`` from nothing and
prints a JSON object: seconds by ``steps``, by ``formats``, and by format ``certified``. With
``--apart`` one format is written and read back after the other, in this process: only then are the
seconds of a format its own.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from benchmarks._data import REGISTER
from benchmarks._measure import Watch
from catalog.settings import Settings
from flows import way
from flows.publish import publish
from flows.way import _emit
from flows.world import World


@dataclass
class Timed:
    """A runner of steps that looks at the clock: ``flows.publish`` calls each step through it."""

    steps: Watch = field(default_factory=Watch)
    formats: Watch = field(default_factory=Watch)
    certified: Watch = field(default_factory=Watch)
    apart: bool = False
    _since: float = 0.0

    def __call__(self, step: Callable[..., Any], *given: Any) -> Any:
        """Run a step."""
        self._since = time.perf_counter()
        if self.apart and step is way.certify:
            return self.steps.time("certify", self._one_by_one, *given)
        return self.steps.time(step.__name__, step, *given)

    def next_file(self, name: str) -> None:
        """Told by ``emit`` of each file that it has written."""
        now = time.perf_counter()
        self.formats.seconds[name.partition(".")[2]] = now - self._since
        self._since = now

    def _one_by_one(self, work: Any, tables: Any, emitted: Any) -> Any:
        return tuple(
            certificate
            for file in emitted.files
            for certificate in self.certified.time(
                file.name.partition(".")[2], way.certify, work, tables,
                replace(emitted, files=(file,)),
            )
        )  # fmt: skip


def main() -> None:
    """Publish once and say what took how long."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--apart", action="store_true")
    given = parser.parse_args()
    folder, timed = given.folder, Timed(apart=given.apart)
    if given.apart:
        _emit.LARGE = sys.maxsize
    settings = Settings(
        home=folder / f"home-{given.apart}", datasets=folder / "datasets",
        schemas=folder / "schemas",
    )  # fmt: skip
    outcome = publish(REGISTER, World(settings, tell=timed.next_file), timed)
    release = settings.home / "store" / str(REGISTER) / outcome.version
    answer = {
        "kind": outcome.kind, "rows": outcome.rows, "steps": timed.steps.seconds,
        "formats": timed.formats.seconds, "certified": timed.certified.seconds,
        "sizes": {
            path.name.partition(".")[2]: path.stat().st_size for path in release.glob("markets.*")
        },
    }  # fmt: skip
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
