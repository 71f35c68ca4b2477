"""A file diagnosed whole, as XLSX, XLS, ODS and CSV, beside merely reading or checking it.

Diagnosed is every cell: encoding, layout, types, what ails each column, keys, personal data. Beside
it stand openpyxl, which only reads the XLSX, and Frictionless, which guesses the types of the CSV
from a sample and checks every row against them. XLS holds 65,536 rows at the most.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks import _doctor
from benchmarks._measure import ratio, run, verdict

_GOAL = 5.0  # seconds for an XLSX of 100,000 rows
_PEERS = {"xlsx": "openpyxl", "csv": "frictionless"}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--rows", type=int, default=100_000)


def main(given: argparse.Namespace) -> None:
    """Write the files, diagnose each, print."""
    with tempfile.TemporaryDirectory(prefix="samdao-bench-") as scratch:
        files = _doctor.write_files(Path(scratch), given.rows)
        for kind, path in files.items():
            ours = run("benchmarks._doctor", str(path), "ours")
            seconds = ours.said["seconds"]
            print(f"{kind:5} {path.stat().st_size / 1e6:6.1f} MB  {ours}  {ours.said['found']} "
                  f"findings, {seconds:.2f} s alone")  # fmt: skip
            if kind in _PEERS:
                peer = run("benchmarks._doctor", str(path), _PEERS[kind])
                print(f"      {_PEERS[kind]:12} {peer}  ratio {ratio(ours.cpu, peer.cpu)}")
            if kind == "xlsx":
                print(f"      {verdict(seconds, _GOAL, 'seconds')}")
