"""Publishing the bundled datasets from nothing, and again when nothing has changed.

Both are the command that people type, ``samdao publish --all``, in a home of its own. Seconds of a
dataset are those between start and end in the catalogue's book of runs; several run at a time.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks._measure import Measured, ratio, run, verdict
from catalog.database import Database
from catalog.index import CatalogIndex

_FIRST, _AGAIN = 60.0, 5.0  # goals in seconds, on two cores


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("ids", nargs="*", metavar="ID", help="datasets; all if none")
    parser.add_argument("--datasets", type=Path, help="folder of declarations")
    parser.add_argument("--schemas", type=Path, help="folder of schemas")


def main(given: argparse.Namespace) -> None:
    """Publish twice, print."""
    folders = {"SAMDAO_DATASETS": given.datasets, "SAMDAO_SCHEMAS": given.schemas}
    env = {name: str(path.resolve()) for name, path in folders.items() if path}
    with tempfile.TemporaryDirectory(prefix="samdao-bench-") as home:
        env["SAMDAO_HOME"] = home
        wanted = given.ids or ["--all"]
        first = run("flows.cli", "publish", *wanted, "--json", env=env)
        took = _seconds_of_runs(home)
        again = run("flows.cli", "publish", *wanted, "--json", env=env)
        took_again = _seconds_of_runs(home)
    for id, seconds in sorted(took.items(), key=lambda item: -item[1]):
        print(f"  {id:52} {seconds:7.2f} s  again {took_again[id]:7.3f} s")
    _print("from nothing", first, _FIRST)
    _print("again", again, _AGAIN)
    print(f"  ratio {ratio(again.seconds, first.seconds)}")


def _print(name: str, measured: Measured, goal: float) -> None:
    kinds = Counter(receipt["kind"] for receipt in _receipts(measured.said))
    found = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    print(f"{name:14} {measured}  {found}; {verdict(measured.seconds, goal, 's')}")


def _receipts(said: Any) -> list[dict[str, Any]]:
    """The command's answer: a list of receipts, or an object that holds one."""
    found: list[dict[str, Any]] = said if isinstance(said, list) else said["receipts"]
    return found


def _seconds_of_runs(home: str) -> dict[str, float]:
    index = CatalogIndex(Database(f"sqlite:///{home}/catalog.db"))
    return {
        id: (row.ended_at - row.started_at).total_seconds()
        for id, row in index.last_runs().items()
        if row.ended_at
    }
