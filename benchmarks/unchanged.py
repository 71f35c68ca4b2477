"""A refresh of many datasets of which none has changed, beside the publishing of them.

Tiny datasets, each a folder with its own declaration and source file. The first run publishes them
in CSV alone; the second reads each declaration, hashes each source, finds each run key as it was.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks import _data
from benchmarks._measure import Measured, ratio, run, verdict

_GOAL = 10.0  # seconds for 1,000


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--count", type=int, default=1_000, help="datasets")


def main(given: argparse.Namespace) -> None:
    """Publish once, refresh once, print."""
    with tempfile.TemporaryDirectory(prefix="samdao-bench-") as scratch:
        folder = Path(scratch)
        _data.many(folder, given.count)
        env = {
            "SAMDAO_HOME": str(folder / "home"),
            "SAMDAO_DATASETS": str(folder / "datasets"),
            "SAMDAO_SCHEMAS": str(folder / "schemas"),
        }
        first = run("flows.cli", "publish", "--all", env=env)
        again = run("flows.cli", "publish", "--all", env=env)
    _print("published", first, given.count)
    _print("unchanged", again, given.count)
    print(f"  ratio {ratio(again.seconds, first.seconds)}")
    if given.count == 1_000:
        print(f"  {verdict(again.seconds, _GOAL, 's')}")


def _print(name: str, measured: Measured, count: int) -> None:
    lines = len(measured.said.splitlines())
    each = measured.seconds / count * 1000
    print(f"{name:10} {measured}  {each:7.1f} ms each, {lines} receipts")
