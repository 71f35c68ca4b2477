"""N-Triples of a register, beside rdflib and morph-kgc on the same mapping.

Nine columns, of which the texts are Thai, a triple for each value. rdflib keeps the whole graph in
memory, so it is measured on fewer rows and compared by the row. morph-kgc wants versions of its own
of pandas and others: give it an environment of its own (``python -m venv V; V/bin/pip install
morph-kgc``) and ``--morph V/bin/python``; without it its line is left out. Ours starts from the
canonical table, which is where the work starts in a release; the others from the CSV.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
from pathlib import Path

from benchmarks._measure import ratio, run

_GOALS = {"rdflib": 100.0, "morph-kgc": 5.0}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--slow-rows", type=int, default=20_000, help="rows for rdflib")
    parser.add_argument("--morph", type=Path, help="Python of an environment with morph-kgc")


def main(given: argparse.Namespace) -> None:
    """Prepare, write, compare, print."""
    with tempfile.TemporaryDirectory(prefix="samdao-bench-") as scratch:
        large, small = Path(scratch) / "large", Path(scratch) / "small"
        for folder, rows in ((large, given.rows), (small, given.slow_rows)):
            folder.mkdir()
            run("benchmarks._triples", str(folder), "prepare", str(rows))
        ours = run("benchmarks._triples", str(large), "ours")
        slow = run("benchmarks._triples", str(small), "rdflib")
        scale = given.rows / given.slow_rows
        used = {"ours": ours.said["cpu"], "rdflib": slow.said["cpu"] * scale}
        if given.morph:
            used["morph-kgc"] = _morph(given.morph, large)
        size = (large / "ours.nt").stat().st_size
    print(f"{given.rows:,} rows × 9 columns, {size / 1e6:.0f} MB of N-Triples")
    print(f"  ours       {ours.said['seconds']:8.2f} s {used['ours']:8.2f} s cpu; whole {ours}")
    print(f"  rdflib    ~{slow.said['seconds'] * scale:8.2f} s {used['rdflib']:8.2f} s cpu")
    for name, goal in _GOALS.items():
        if name in used:
            found = ratio(used["ours"], used[name])
            print(f"  {name}, processor: ratio {found}; to reach: {goal:.0f}×")


def _morph(python: Path, folder: Path) -> float:
    """Seconds of the processor that morph-kgc takes, its start left out as ours is."""
    start = _children()
    subprocess.run([python, "-c", "import morph_kgc"], check=True)
    imported = _children() - start
    config = [python, "-m", "morph_kgc", str(folder / "morph.ini")]
    subprocess.run(config, check=True, stdout=subprocess.DEVNULL)
    return _children() - start - 2 * imported


def _children() -> float:
    times = os.times()
    return times.children_user + times.children_system
