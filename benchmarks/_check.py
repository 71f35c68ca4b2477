"""The contenders of ``check``, each in a process of its own.

``python -m benchmarks._check FOLDER frictionless|ours`` prints seconds by step as JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks._data import REGISTER
from benchmarks._measure import Watch
from benchmarks._textbook import Textbook


def ours(folder: Path, watch: Watch) -> None:
    """Pull to cast, as ``samdao check`` goes."""
    from catalog.settings import Settings
    from flows import way
    from flows.world import World

    settings = Settings(
        home=folder / "home", datasets=folder / "datasets", schemas=folder / "schemas"
    )
    world, desk = World(settings), folder / "desk"
    desk.mkdir()
    work = watch.time("declare", way.declare, REGISTER, world, desk)
    sources = watch.time("pull", way.pull, work, world)
    repaired = watch.time("repair", way.repair, work, sources)
    checks = watch.time("check", way.check, work, repaired)
    watch.time("cast", way.cast, work, checks)


def main() -> None:
    """Do it, print."""
    folder, watch = Path(sys.argv[1]), Watch()
    if sys.argv[2] == "ours":
        ours(folder, watch)
    else:
        watch.time("check", Textbook(folder, None).check)
    print(json.dumps(watch.seconds))


if __name__ == "__main__":
    main()
