"""Many small tables in every format, in a process of its own: ours, or the textbook's way.

``python -m benchmarks._small_tables FOLDER --tables N --rows R`` cuts the source file declared in
``FOLDER`` into tables, casts each, writes it in every format and reads each file back, on all
cores; it prints seconds by format, ``written`` and ``certified``, over all tables and processes.
With ``--textbook`` each table is written as ``_textbook.py`` does it, and nothing is read back.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv

from benchmarks._data import REGISTER
from benchmarks._measure import Watch
from benchmarks._textbook import FORMATS, Textbook
from catalog.cast import cast
from catalog.certify import certify
from catalog.formats import About, formats
from catalog.registry import variant
from catalog.settings import Settings
from catalog.table import Table, write_table
from flows import processes
from flows.world import World

_EDITION = "0" * 12


def _world(folder: Path) -> World:
    return World(
        Settings(home=folder / "home", datasets=folder / "datasets", schemas=folder / "schemas")
    )


def _cut(folder: Path, tables: range, rows: int) -> Iterator[pa.RecordBatch]:
    """The source file's texts, a table's rows at a time; their numbers in front."""
    source = folder / "datasets" / str(REGISTER) / "markets.csv"
    names = pa_csv.open_csv(source).schema.names
    kinds = pa_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()))
    whole = pa_csv.read_csv(source, convert_options=kinds).combine_chunks()
    for number in tables:
        (batch,) = whole.slice(number * rows, rows).to_batches()
        numbers = pa.array(range(1, batch.num_rows + 1), pa.int64())
        yield pa.RecordBatch.from_arrays([numbers, *batch.columns], names=["_row", *names])


def ours(folder: Path, tables: range, rows: int) -> tuple[dict[str, float], dict[str, float]]:
    """Seconds by format, to write and to certify some tables."""
    declared = _world(folder).declarations
    schema = declared.schema("markets")
    about = About(declared.dataset(REGISTER), "markets", schema, _EDITION)
    written, certified = Watch(), Watch()
    for batch in _cut(folder, tables, rows):
        with tempfile.TemporaryDirectory(dir=folder) as desk:
            path = Path(desk) / "markets.parquet"
            table = written.time("parquet", _table, path, batch, schema)
            for name, form in formats().items():
                module, file = variant("catalog.formats", name), path
                if module.refuse(table):
                    continue
                if name != "parquet":
                    file = path.with_name(f"markets.{form.extension}")
                    written.time(name, module.write, table, about, file)
                found = certified.time(name, certify, table, module, file)
                assert found.ok, found
    return written.seconds, certified.seconds


def _table(path: Path, batch: pa.RecordBatch, schema: Any) -> Table:
    typed, problems = cast(batch, schema)
    assert not problems
    return write_table(path, "markets", schema, [typed])


def textbook(folder: Path, tables: int, rows: int) -> dict[str, float]:
    """Seconds by format of the textbook's way."""
    import pandas as pd

    warnings.simplefilter("ignore")
    watch = Watch()
    kinds: Any = {"code": str, "stalls": "Int64", "income": "float64", "share": "float64"}
    whole = pd.read_csv(
        Textbook(folder, None).source, dtype=kinds | {"open": "bool"}, parse_dates=["opened"]
    )
    for number in range(tables):
        book = Textbook(folder, rows)
        book.frame = whole.iloc[number * rows : (number + 1) * rows]
        for form in FORMATS:
            watch.time(form, book.write, form)
    return watch.seconds


def main() -> None:
    """Go one way and say what took how long."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tables", type=int, required=True)
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--textbook", action="store_true")
    given = parser.parse_args()
    if given.textbook:
        print(json.dumps(textbook(given.folder, given.tables, given.rows)))
        return
    written: Counter[str] = Counter()
    certified: Counter[str] = Counter()
    jobs = processes.cores()
    with processes.pool(jobs) as pool:
        parts = [range(job, given.tables, jobs) for job in range(jobs)]
        for one, other in pool.map(ours, [given.folder] * jobs, parts, [given.rows] * jobs):
            written.update(one)
            certified.update(other)
    print(json.dumps({"written": written, "certified": certified}))


if __name__ == "__main__":
    main()
