"""A table with eight ailments repaired, beside the clean read of the same file.

The read gives every batch of the source as text and does nothing to it. The repaired run reads,
repairs, counts every change with examples, and stages the Parquet that the check reads.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks import _repairs
from benchmarks._measure import run, verdict

_GOAL = 3.0  # times the clean read


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--each", action="store_true", help="seconds of each repair as well")


def main(given: argparse.Namespace) -> None:
    """Read, stage, repair, print."""
    with tempfile.TemporaryDirectory(prefix="samdao-bench-") as scratch:
        source = Path(scratch) / "dirty.csv"
        _repairs.write_dirty(source, given.rows)
        size = source.stat().st_size
        names = ["read", "staged", "repaired", *(["each"] if given.each else [])]
        found = {name: run("benchmarks._repairs", scratch, name) for name in names}
    print(f"{given.rows:,} rows × {len(_repairs.FIELDS)} columns, {size / 1e6:.0f} MB")
    for name, measured in found.items():
        print(f"  {name:10} {measured.said['seconds']:8.2f} s alone; with the start {measured}")
    for name, count in found["repaired"].said["changed"].items():
        print(f"    {name:24} {count:>12,} changed")
    for name, seconds in found["each"].said["repairs"].items() if given.each else ():
        print(f"    {name:24} {seconds:12.2f} s of one core")
    times = found["repaired"].said["seconds"] / found["read"].said["seconds"]
    work = found["repaired"].cpu / found["read"].cpu
    print(f"  beside the read, ratio {times:.1f}× by the clock, {work:.1f}× in processor time")
    print(f"  {verdict(times, _GOAL, 'times the clean read')}")
