"""Types, constraints and keys of a CSV file: our engine beside Frictionless and DuckDB's copy.

Three tables of ten columns: clean, one row in a hundred wrong in every column, and all of them.
Each is checked in process; the clean one by the whole commands too, and DuckDB copies it to
Parquet. Of the last table Frictionless is given fewer rows (``--slow-rows``), and its seconds count
for as many more (marked ``~``): it keeps every error in memory. Peaks tell whether memory grows
with rows: give several sizes.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks import _register
from benchmarks._measure import Measured, ratio, run

_WORDS = {
    "clean": "clean", "some": "1 row in 100 wrong", "all": "every row wrong",
}  # fmt: skip


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000])
    parser.add_argument("--slow-rows", type=int, default=50_000)
    parser.add_argument("--alone", action="store_true", help="without Frictionless")


def main(given: argparse.Namespace) -> None:
    """Go through sizes and tables, print."""
    for rows in given.rows:
        print(f"{rows:,} rows × 10 columns")
        for kind in _register.SPOILT:
            with tempfile.TemporaryDirectory(prefix="samdao-bench-") as scratch:
                _Table(Path(scratch), rows, kind).compare(given.slow_rows, given.alone)


@dataclass(frozen=True)
class _Table:
    folder: Path
    rows: int
    kind: str

    def compare(self, slow_rows: int, alone: bool) -> None:
        """Check it in every way, print."""
        _register.write(self.folder, self.rows, self.kind)
        size = (self.folder / "register.csv").stat().st_size
        print(f"  {_WORDS[self.kind]} ({size / 1e6:.0f} MB)")
        ours = run("benchmarks._check", str(self.folder), "ours")
        print(f"    ours               {_told(ours)}")
        if self.kind == "clean":
            copy = run("benchmarks._check", str(self.folder), "copy")
            print(f"    DuckDB's copy      {_told(copy)}  "
                  f"ratio {ratio(ours.said['seconds'], copy.said['seconds'])}")  # fmt: skip
        if not alone:
            self._beside_frictionless(ours, slow_rows)

    def _beside_frictionless(self, ours: Measured, slow_rows: int) -> None:
        times = 1.0
        if self.kind == "all" and slow_rows < self.rows:
            times = self.rows / slow_rows
            _register.write(self.folder, slow_rows, self.kind)
        peer = run("benchmarks._check", str(self.folder), "frictionless", "0")
        seconds = peer.said["seconds"] * times
        mark = "~" if times > 1 else ""
        print(f"    Frictionless       {_told(peer)}  "
              f"ratio {mark}{ratio(ours.said['seconds'], seconds)}")  # fmt: skip
        if self.kind == "clean":
            self._commands()
        else:
            same = ours.said["where"] == peer.said["where"]
            print(f"    the first {min(ours.said['found'], peer.said['found']):,} problems are "
                  f"{'the same' if same else 'NOT the same'}")  # fmt: skip

    def _commands(self) -> None:
        """The whole commands, from nothing to an answer."""
        source, schema = str(self.folder / "register.csv"), str(self.folder / "register.json")
        env = {"SAMDAO_HOME": str(self.folder), "SAMDAO_DATASETS": str(self.folder),
               "SAMDAO_SCHEMAS": str(self.folder)}  # fmt: skip
        ours = run("flows.cli", "validate", source, "--schema", schema, env=env)
        peer = run("frictionless", "validate", source, "--schema", schema, "--trusted")
        print(f"    samdao validate    {ours}")
        print(f"    frictionless valid.{peer}  ratio {ratio(ours.seconds, peer.seconds)}")


def _told(measured: Measured) -> str:
    return (f"{measured.said['seconds']:8.2f} s {measured.cpu:8.2f} s cpu "
            f"{measured.peak / 1e6:8.0f} MB")  # fmt: skip
