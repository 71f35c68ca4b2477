"""Many small tables, each in every format and read back, beside the textbook's way.

A province's true load: 1,000 tables of 200 rows. Ours casts each table, writes every format that
there is and certifies it, on all cores; the textbook's (``_textbook.py``) writes its formats of the
same tables with the libraries that tutorials name, in one process, and reads nothing back.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks import _data
from benchmarks._measure import ratio, run, verdict

_TABLES, _SECONDS = 1_000, 60.0  # the goal, on two cores


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--tables", type=int, default=50)
    parser.add_argument("--rows", type=int, default=200)


def main(given: argparse.Namespace) -> None:
    """Make the tables, go both ways, print."""
    with tempfile.TemporaryDirectory(prefix="samdao-bench-") as scratch:
        _data.register(Path(scratch), given.tables * given.rows)
        sizes = ("--tables", str(given.tables), "--rows", str(given.rows))
        ours = run("benchmarks._small_tables", scratch, *sizes)
        book = run("benchmarks._small_tables", scratch, *sizes, "--textbook")
    print(f"{given.tables:,} tables of {given.rows} rows × 10 columns")
    print(f"\n  {'milliseconds a table':20} {'write':>9} {'certify':>9} {'textbook':>9}  ratio")
    for name, written in sorted(ours.said["written"].items()):
        certified, peer = ours.said["certified"][name], book.said.get(name)
        line = f"  {name:20}" + "".join(
            f" {seconds / given.tables * 1e3:9.2f}" for seconds in (written, certified)
        )
        if peer is not None:
            line += f" {peer / given.tables * 1e3:9.2f}  {ratio(written, peer)}"
        print(line)
    print(f"\nours     {ours}  every format, read back")
    print(f"textbook {book}  {len(book.said)} formats")
    if given.tables == _TABLES:
        print(f"  {verdict(ours.seconds, _SECONDS, 's')}")
    print(f"  ratio {ratio(ours.seconds, book.seconds)}")
