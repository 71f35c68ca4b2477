"""The table that ``check`` works on: a clean register of ten columns, and the same with errors.

About 150 bytes a row, UTF-8, every text quoted: a key of letters and digits, Thai names, two codes
by pattern, a list of districts, a day, a whole number and two decimals in bounds, a truth value.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

_SEED = 2569
_KINDS = ("ตลาดนัด", "ตลาดสด", "ตลาดน้ำ", "ถนนคนเดิน", "ตลาดชุมชน")
_PLACES = ("บ้านเหนือ", "บ้านใต้", "ท่าช้าง", "หนองบัว", "โพธิ์ทอง", "ศรีสวัสดิ์")
_DISTRICTS = ("เมืองนครพนม", "ธาตุพนม", "เรณูนคร", "ท่าอุเทน", "บ้านแพง", "ศรีสงคราม", "นาหว้า")
_NOTHING_WRONG, _SOME, _ALL = "clean", "some", "all"
#: How many rows of each kind of table are wrong: one in so many, 0 for none.
SPOILT = {_NOTHING_WRONG: 0, _SOME: 100, _ALL: 1}
SCHEMA = {
    "name": "register", "primaryKey": ["code"],
    "fields": [
        {"name": "code", "type": "string", "title": "รหัส",
         "constraints": {"required": True, "unique": True, "pattern": "NP[0-9]{8}"}},
        {"name": "name", "type": "string", "title": "ชื่อ", "constraints": {"required": True}},
        {"name": "subdistrict", "type": "string", "title": "รหัสตำบล",
         "constraints": {"pattern": "48[0-9]{4}"}},
        {"name": "district", "type": "string", "title": "อำเภอ",
         "constraints": {"enum": list(_DISTRICTS)}},
        {"name": "road", "type": "string", "title": "ทางหลวง",
         "constraints": {"pattern": "R[0-9]{3}K[0-9]{3}M[0-9]{2}"}},
        {"name": "opened", "type": "date", "title": "วันที่เปิด",
         "constraints": {"minimum": "1990-01-01"}},
        {"name": "stalls", "type": "integer", "title": "จำนวนแผง",
         "constraints": {"minimum": 0, "maximum": 5000}},
        {"name": "income", "type": "number", "title": "รายได้", "constraints": {"minimum": 0}},
        {"name": "share", "type": "number", "title": "สัดส่วน",
         "constraints": {"minimum": 0, "maximum": 1}},
        {"name": "open", "type": "boolean", "title": "เปิดอยู่"},
    ],
}  # fmt: skip
#: What stands in a row that is wrong, column by column.
_WRONG = ("np", "", "48", "นครพนม", "R1", "2567-2-30", "9999", "-1", "1.5", "ไม่")


def write(folder: Path, rows: int, kind: str) -> None:
    """Write ``register.csv`` and ``register.json``.

    Args:
        folder: to write to.
        rows: of the table.
        kind: one of ``SPOILT``.
    """
    (folder / "register.json").write_text(json.dumps(SCHEMA, ensure_ascii=False), "utf-8")
    fields = SCHEMA["fields"]
    assert isinstance(fields, list)
    schema = pa.schema([(field["name"], pa.string()) for field in fields])
    with pa_csv.CSVWriter(folder / "register.csv", schema) as writer:
        for start in range(0, rows, 100_000):
            writer.write_batch(_batch(start, min(100_000, rows - start), schema, SPOILT[kind]))


def _batch(start: int, rows: int, schema: pa.Schema, each: int) -> pa.RecordBatch:
    chance = np.random.Generator(np.random.PCG64([_SEED, start]))

    def one_of(words: tuple[str, ...]) -> list[str]:
        return [words[index] for index in chance.integers(0, len(words), rows)]

    def number(most: int) -> list[int]:
        return [int(item) for item in chance.integers(0, most, rows)]

    numbers, first = range(start, start + rows), date(1990, 1, 1)
    kinds, places = one_of(_KINDS), one_of(_PLACES)
    columns = [
        [f"NP{item:08}" for item in numbers],
        [f"{kind}{place} {item}" for kind, place, item in zip(kinds, places, numbers, strict=True)],
        [f"48{item:04}" for item in number(10_000)],
        one_of(_DISTRICTS),
        [f"R{a:03}K{b:03}M{c:02}" for a, b, c in
         zip(number(1_000), number(1_000), number(100), strict=True)],
        [str(first + timedelta(days=item)) for item in number(13_000)],
        [str(item) for item in number(5_000)],
        [f"{item:.2f}" for item in chance.uniform(0, 1e7, rows)],
        [f"{item:.4f}" for item in chance.uniform(0, 1, rows)],
        one_of(("true", "false")),
    ]  # fmt: skip
    if each:
        for at in range(0, rows, each):
            for column, wrong in zip(columns, _WRONG, strict=True):
                column[at] = f"{wrong}{start + at}" if wrong and each == 1 else wrong
    return pa.RecordBatch.from_arrays([pa.array(column) for column in columns], schema=schema)
