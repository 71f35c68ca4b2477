"""Personal data: precision and recall on the labelled set, and seconds on clean rows.

Precision and recall count cells of findings that stop a release, over columns of fictional persons
and of real-looking numbers that are none (``benchmarks/_personal.py``). The time is that of
examining 1,000,000 clean rows × 10 columns of text, beside DuckDB copying the same Parquet.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks._measure import ratio
from benchmarks._personal import labelled, mistakes, scores
from flows.privacy import Heading
from flows.privacy.examine import examine
from flows.privacy.words import squeezed
from flows.sources import POSITION

_BATCH = 50_000
_DISTINCT = 50_000


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=2562, help="of the labelled set")


def main(given: argparse.Namespace) -> None:
    """Score, then time."""
    for kind, score in scores(labelled(given.seed)).items():
        print(f"  {kind:14} precision {score.precision:.3f}  recall {score.recall:.3f}"
              f"  ({score.right} right, {score.wrong} wrong, {score.missed} missed)")  # fmt: skip
    for mistake in mistakes(labelled(given.seed)):
        print(f"  ! {mistake}")
    with tempfile.TemporaryDirectory(prefix="samdao-bench-") as scratch:
        path = Path(scratch) / "clean.parquet"
        columns = _write(path, given.rows)
        ours, copy = _ours(path, columns), _copy(path)
    print(f"  {given.rows:,} clean rows × {len(columns)} columns: {ours:.2f} s;"
          f" DuckDB copies them in {copy:.2f} s, ratio {ratio(ours, copy)}")  # fmt: skip


def _write(path: Path, rows: int) -> list[str]:
    """Clean text: codes, names of places, amounts, dates, coordinates, sentences."""
    numbers = [i % _DISTINCT for i in range(rows)]
    columns = {
        "id": [str(i) for i in range(rows)],
        "code": [f"A{i:08d}" for i in range(rows)],
        "place": [f"ชื่อสถานที่ {i}" for i in numbers],
        "amount": [f"{i * 7 % 1_000_003}.{i % 100:02d}" for i in range(rows)],
        "date": [f"2024-{1 + i % 12:02d}-{1 + i % 28:02d}" for i in numbers],
        "province": [f"จังหวัด{i % 77}" for i in numbers],
        "lat": [f"{13 + i % 500_000 / 1e6:.6f}" for i in range(rows)],
        "lon": [f"{100 + i % 500_000 / 1e6:.6f}" for i in range(rows)],
        "kind": ["กขค"[i % 3] for i in range(rows)],
        "text": [f"ถนนสายที่ {i} ตำบลบ้านใหม่ อำเภอเมือง" for i in range(rows)],
    }
    table = pa.table({POSITION: pa.array(range(2, rows + 2), pa.int64()), **columns})
    pq.write_table(table, path, compression="lz4")
    return list(columns)


def _ours(path: Path, columns: list[str]) -> float:
    headed = [Heading(name, squeezed(name)) for name in columns]
    start = time.perf_counter()
    with pq.ParquetFile(path) as file:
        found = examine(file.iter_batches(batch_size=_BATCH), headed)
    seconds = time.perf_counter() - start
    assert found == (), "clean rows have nobody in them"
    return seconds


def _copy(path: Path) -> float:
    target = path.with_name("copy.parquet")
    start = time.perf_counter()
    with duckdb.connect() as connection:
        connection.execute(f"COPY (FROM '{path}') TO '{target}' (FORMAT parquet)")
    return time.perf_counter() - start
