"""A dirty register and the contenders of ``repairs``, each in a process of its own.

``python -m benchmarks._repairs FOLDER read|staged|repaired|each`` prints JSON: seconds, and what
was changed.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

_SEED, _BATCH = 2569, 100_000
_KINDS = ("ตลาดนัด", "ตลาดสด", "ตลาดนํ้า", "ตลาดน้ำ", "ถนนคนเดิน", "ตลาดชุมชน", "ตลาด  กลาง", "เเหล่งสินค้า")
_PLACES = ("บ้านเหนือ", "บ้านใต้", "ท่าช้าง", "หนองบัว", "โพธิ์ทอง", "ศรีสวัสดิ์", "ห้วยใหญ่", "นาแก ")
_NOTES = (
    "เปิดทุกวันเสาร์และอาทิตย์ เวลา 06.00–12.00 น.", "อยู่ติดที่ว่าการอำเภอ มีที่จอดรถ", "-",
    "สินค้าเกษตรปลอดสาร อาหารพื้นเมือง และผ้าทอ", "ไม่มีข้อมูล", "",
)  # fmt: skip
_PROVINCES = ("นครพนม", "จ.สกลนคร", "จังหวัดมุกดาหาร", "หนองคาย", "Udon Thani", "TH-38", "กทม.")
_MONTHS = ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.",
           "พ.ย.", "ธ.ค.")  # fmt: skip
_THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")

FIELDS = {
    "code": "string", "name": "string", "province": "string", "note": "string", "opened": "date",
    "founded": "year", "stalls": "integer", "income": "number", "share": "number",
    "place": "geopoint",
}  # fmt: skip
#: Ailments: blanks, spelling, words for nothing, places, dates, years, Thai digits, groups.
REPAIRS: dict[str, Any] = {
    "*": ["drop_blank_rows", "thai_text"],
    "province": ["trim", {"place": {"level": "province"}}],
    "note": ["trim", "missing"],
}


def write_dirty(path: Path, rows: int) -> None:
    """A source file of ten columns with eight ailments, about 200 bytes a row, UTF-8."""
    schema = pa.schema([(name, pa.string()) for name in FIELDS])
    with pa_csv.CSVWriter(path, schema) as writer:
        for start in range(0, rows, _BATCH):
            writer.write_batch(_batch(start, min(_BATCH, rows - start), schema))


def _batch(start: int, rows: int, schema: pa.Schema) -> pa.RecordBatch:
    chance = np.random.Generator(np.random.PCG64([_SEED, start]))

    def one_of(words: tuple[str, ...]) -> list[str]:
        return [words[index] for index in chance.integers(0, len(words), rows)]

    numbers, first = range(start, start + rows), date(1990, 1, 1)
    days = [first + timedelta(days=int(day)) for day in chance.integers(0, 13_000, rows)]
    stalls = [str(count) for count in chance.integers(1, 5_000, rows)]
    longitudes, latitudes = chance.uniform(104, 105, rows), chance.uniform(16.8, 18, rows)
    columns = [
        [f"{number:08}" for number in numbers],
        [f"{kind}{place} {number}" for kind, place, number in
         zip(one_of(_KINDS), one_of(_PLACES), numbers, strict=True)],
        one_of(_PROVINCES),
        one_of(_NOTES),
        [f"{day.day} {_MONTHS[day.month - 1]} {day.year + 543}" for day in days],
        [f"พ.ศ. {year}" for year in chance.integers(2500, 2567, rows)],
        [count.translate(_THAI) if index % 4 == 0 else count for index, count in enumerate(stalls)],
        [f"{income:,.2f}" for income in chance.uniform(0, 1e7, rows)],
        [f"{share:.4f}" for share in chance.uniform(0, 1, rows)],
        [f"{x:.6f},{y:.6f}" for x, y in zip(longitudes, latitudes, strict=True)],
    ]  # fmt: skip
    return pa.RecordBatch.from_arrays([pa.array(column) for column in columns], schema=schema)


def _raw(folder: Path) -> Any:
    from catalog.evidence import Pulled
    from flows.sources import csv

    path = folder / "dirty.csv"
    pulled = Pulled(path, "0" * 64, path.stat().st_size, path.name, datetime.now(UTC))
    return csv.read(pulled, csv.Options(path=path.name))


def _run(folder: Path, repairs: dict[str, Any]) -> dict[str, Any]:
    from catalog.schema import TableSchema
    from catalog.spec import TableSpec
    from flows.repair import repair

    fields = [{"name": name, "type": type_} for name, type_ in FIELDS.items()]
    schema = TableSchema.model_validate({"fields": fields})
    spec = TableSpec.model_validate({"schema": "x", "source": {"kind": "csv"}, "repairs": repairs})
    start = time.perf_counter()
    done = repair(_raw(folder), schema, spec, folder / "staged.parquet")
    seconds = time.perf_counter() - start
    changed = {f"{c.column or '*'} {c.repair}": c.count for c in done.changes}
    return {"seconds": seconds, "changed": changed}


def read(folder: Path) -> dict[str, Any]:
    """The clean read: every batch of the source, and nothing done to it."""
    start = time.perf_counter()
    rows = sum(batch.num_rows for batch in _raw(folder).open())
    return {"seconds": time.perf_counter() - start, "rows": rows}


def staged(folder: Path) -> dict[str, Any]:
    """Read and laid down as it is: every column's list of repairs is empty."""
    return _run(folder, {name: [] for name in FIELDS})


def repaired(folder: Path) -> dict[str, Any]:
    """Read, repaired, counted, laid down."""
    return _run(folder, REPAIRS)


def each(folder: Path) -> dict[str, Any]:
    """Seconds inside of each repair, summed over columns and batches, one core."""
    from flows.repairs import _plan

    seconds: dict[str, float] = {}
    plain_step = _plan._step

    def timed_step(*given: Any, **named: Any) -> Any:
        step = plain_step(*given, **named)
        return replace(step, module=cast("Any", _Timed(step.module, step.name, seconds)))

    _plan._step = timed_step
    return _run(folder, REPAIRS) | {"repairs": seconds}


class _Timed:
    """A repair's module with a watch on it."""

    def __init__(self, module: Any, name: str, seconds: dict[str, float]) -> None:
        self._module, self._name, self._seconds = module, name, seconds

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._module, name)
        if name != "repair" or self._module.SCOPE == "table":
            return found

        def timed(*given: Any) -> Any:
            start = time.thread_time()
            try:
                return found(*given)
            finally:
                spent = time.thread_time() - start
                self._seconds[self._name] = self._seconds.get(self._name, 0.0) + spent

        return timed


_CONTENDERS = {"read": read, "staged": staged, "repaired": repaired, "each": each}


def main() -> None:
    """Do it, print."""
    folder, what = Path(sys.argv[1]), sys.argv[2]
    print(json.dumps(_CONTENDERS[what](folder), ensure_ascii=False))


if __name__ == "__main__":
    main()
