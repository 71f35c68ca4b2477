"""Frictionless alone on a source file, beside our reading, repairing, checking and casting of it.

For information: the check is Frictionless's own for now, so ours is the same work with what comes
before and after it. Peaks tell whether memory grows with rows: give several sizes.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks import _data
from benchmarks._measure import ratio, run


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000])


def main(given: argparse.Namespace) -> None:
    """Go both ways with each size, print."""
    for rows in given.rows:
        with tempfile.TemporaryDirectory(prefix="samdao-bench-") as scratch:
            _data.register(Path(scratch), rows)
            peer = run("benchmarks._check", scratch, "frictionless")
            ours = run("benchmarks._check", scratch, "ours")
        print(f"{rows:,} rows × 10 columns")
        print(f"  frictionless alone  {peer}")
        print(f"  ours                {ours}")
        for name, seconds in ours.said.items():
            print(f"    {name:12} {seconds:8.2f} s")
        print(f"  check alone, ratio {ratio(ours.said['check'], peer.said['check'])}; "
              f"memory, ratio {ratio(ours.peak, peer.peak)}")  # fmt: skip
