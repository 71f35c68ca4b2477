"""A table of ten columns from its source file to every format, beside the textbook's way.

Ours: read, repair, check, cast, write every format there is, read each back and compare it
(certify), seal and publish; once as ``samdao publish`` does it, and once with one format after the
other in one process, for the seconds of each. The textbook's (``_textbook.py``): Frictionless
once, then pandas, geopandas, openpyxl, odfpy and rdflib, each format written and never read back.
RDF by rdflib and ODS by odfpy take minutes; they are measured on fewer rows (``--slow-rows``), in
processes of their own, and scaled: such lines are marked ``~``, and the peak is then too small.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Mapping
from pathlib import Path

from benchmarks import _data
from benchmarks._measure import Measured, ratio, run, verdict
from benchmarks._textbook import FORMATS, SLOW

_SECONDS, _PEAK = 60.0, 1.5e9  # goals at 100,000 rows
#: Ours by its ending, where the textbook calls it otherwise.
_ENDINGS = {"shp": "shp.zip"}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument(
        "--slow-rows", type=int, default=10_000, help="rows of the textbook's slow formats"
    )
    parser.add_argument(
        "--skip", nargs="*", default=(), choices=(*FORMATS, "all"), help="formats of the textbook"
    )


def main(given: argparse.Namespace) -> None:
    """Make the table, go both ways, print."""
    with tempfile.TemporaryDirectory(prefix="samdao-bench-") as scratch:
        folder = Path(scratch)
        _data.register(folder, given.rows)
        source = folder / "datasets" / str(_data.REGISTER) / "markets.csv"
        print(f"{given.rows:,} rows × 10 columns, {source.stat().st_size / 1e6:.1f} MB of CSV")
        ours = run("benchmarks._ours", scratch)
        _print_whole(ours, given.rows)
        skipped = FORMATS if "all" in given.skip else given.skip
        wanted = [form for form in FORMATS if form not in skipped]
        book = _Textbook(folder, given.rows, min(given.slow_rows, given.rows), wanted)
        apart = run("benchmarks._ours", scratch, "--apart")
    _print_formats(apart, book)
    if wanted:
        _print_both(ours, book)


class _Textbook:
    """What the textbook's way took.

    Attributes:
        seconds: by format, scaled where measured on fewer rows; with ``check``, ``read`` and
            ``graph``, the building of rdflib's.
        scaled: formats whose seconds are scaled.
        runs: each process.
    """

    def __init__(self, folder: Path, rows: int, slow_rows: int, wanted: list[str]) -> None:
        quick = [form for form in wanted if form not in SLOW or slow_rows == rows]
        graphs = [form for form in wanted if form not in quick and form != "ods"]
        parts = [quick, graphs, [form for form in wanted if form not in (*quick, *graphs)]]
        self.seconds: dict[str, float] = {}
        self.scaled = frozenset({*parts[1], *parts[2]})
        self.runs: list[Measured] = []
        for part in filter(None, parts):
            more = ("--check",) if part is quick else ("--rows", str(slow_rows))
            done = run("benchmarks._textbook", str(folder), *part, *more)
            scale = 1.0 if part is quick else rows / slow_rows
            took: Mapping[str, float] = done.said
            self.runs.append(done)
            counted = took.keys() if part is quick else took.keys() - {"read"}
            self.seconds |= {name: took[name] * scale for name in took if name in counted}

    @property
    def peak(self) -> int:
        """The largest of its processes, in bytes."""
        return max(run.peak for run in self.runs)


def _print_whole(ours: Measured, rows: int) -> None:
    print(f"ours {ours}  {ours.said['kind']}")
    for name, seconds in ours.said["steps"].items():
        print(f"  {name:16} {seconds:8.2f} s")
    if rows == 100_000:
        print(f"  {verdict(ours.seconds, _SECONDS, 's')}")
        print(f"  {verdict(ours.peak / 1e9, _PEAK / 1e9, 'GB')}")


def _print_formats(apart: Measured, book: _Textbook) -> None:
    """Each format, written one after the other in one process."""
    print(f"\n  {'alone':10} {'size':>9} {'certify':>10} {'write':>10} {'textbook':>12}  ratio")
    theirs = {_ENDINGS.get(form, form): form for form in FORMATS}
    # The canonical table is Parquet already: what it takes to write it is the cast.
    written = apart.said["formats"] | {"parquet": apart.said["steps"]["cast"]}
    for ending, seconds in sorted(written.items()):
        size, proof = apart.said["sizes"].get(ending, 0), apart.said["certified"].get(ending, 0.0)
        line = f"  {ending:10} {size / 1e6:6.1f} MB {proof:8.2f} s {seconds:8.2f} s"
        form = theirs.get(ending, "")
        if form in book.seconds:
            mark = "~" if form in book.scaled else " "
            peer = book.seconds[form]
            line += f" {mark}{peer:9.2f} s  {ratio(seconds, peer)}"
        print(line)


def _print_both(ours: Measured, book: _Textbook) -> None:
    total, proof = sum(book.seconds.values()), ours.said["steps"]["certify"]
    print("\n  whole                  ours     textbook   ratio")
    for name, seconds in (("with reading back", ours.seconds), ("without", ours.seconds - proof)):
        print(f"  {name:17} {seconds:7.1f} s   {total:8.1f} s   {ratio(seconds, total)}")
    print(f"  {'peak memory':17} {ours.peak / 1e6:6.0f} MB   {book.peak / 1e6:7.0f} MB   "
          f"{ratio(ours.peak, book.peak)}")  # fmt: skip
