"""The tables that benchmarks work on: the same bytes for the same number of rows.

Made, not found: names of a market register as provinces keep them, with Thai text, codes with
leading zeros, days, whole and decimal numbers, truth values and a point, some of it as dirty as
source files are.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from catalog.names import DatasetId

REGISTER = DatasetId("bench", "register")
_SEED = 2569
_KINDS = ("ตลาดนัด", "ตลาดสด", "ตลาดน้ำ", "ตลาดนํ้า", "ถนนคนเดิน", "ตลาดชุมชน")  # 4th: a common slip
_PLACES = ("บ้านเหนือ", "บ้านใต้", "ท่าช้าง", "หนองบัว", "โพธิ์ทอง", "ศรีสวัสดิ์", "ห้วยใหญ่", "นาแก")
_NOTES = (
    "เปิดทุกวันเสาร์และอาทิตย์ เวลา 06.00–12.00 น.", "อยู่ติดที่ว่าการอำเภอ มีที่จอดรถ",
    "สินค้าเกษตรปลอดสาร อาหารพื้นเมือง และผ้าทอ", "ย้ายมาจากริมแม่น้ำ \"เดิม\" เมื่อปีที่แล้ว",
    "ปิดชั่วคราว, ซ่อมหลังคา",
)  # fmt: skip
_DISTRICTS = ("เมืองนครพนม", "ธาตุพนม", "เรณูนคร", "ท่าอุเทน", "บ้านแพง", "ศรีสงคราม", "นาหว้า")

OFFICE = """\
name: {th: สำนักงานจังหวัดสมมติ, en: A fictional provincial office}
uri_base: https://bench.example
contact: {name: กลุ่มงานข้อมูลสารสนเทศ, email: data@bench.example}
demonstration: true
"""
DATASET = """\
title: {{th: {title}, en: Register of markets}}
description: {{th: ทะเบียนตลาดที่สร้างขึ้นเพื่อวัดความเร็ว, en: A register made for measuring.}}
keywords: [ตลาด]
theme: economy
data_type: record
objective: [public_service]
frequency: {{unit: year, interval: 1}}
coverage: {{level: subdistrict, places: [TH-48]}}
licence: cc-by-4.0
provenance: {{source: {{th: สร้างขึ้น, en: Made}}}}
tables:
  {table}:
    schema: {schema}
    source: {{kind: csv, path: {path}}}
{more}approval: standing
"""
FIELDS: tuple[dict[str, object], ...] = (
    {"name": "code", "type": "string", "title": "รหัส", "title_en": "Code",
     "constraints": {"required": True, "pattern": "[0-9]{8}"}},
    {"name": "name", "type": "string", "title": "ชื่อตลาด", "title_en": "Market",
     "constraints": {"required": True}},
    {"name": "district", "type": "string", "title": "อำเภอ", "title_en": "District",
     "constraints": {"enum": list(_DISTRICTS)}},
    {"name": "note", "type": "string", "title": "หมายเหตุ", "title_en": "Note"},
    {"name": "opened", "type": "date", "title": "วันที่เปิด", "title_en": "Opened on"},
    {"name": "stalls", "type": "integer", "title": "จำนวนแผง", "title_en": "Stalls",
     "constraints": {"minimum": 0}},
    {"name": "income", "type": "number", "title": "รายได้", "title_en": "Income"},
    {"name": "share", "type": "number", "title": "สัดส่วน", "title_en": "Share",
     "constraints": {"minimum": 0, "maximum": 1}},
    {"name": "open", "type": "boolean", "title": "เปิดอยู่", "title_en": "Open"},
    {"name": "place", "type": "geopoint", "title": "พิกัด", "title_en": "Place"},
)  # fmt: skip


def register(folder: Path, rows: int, formats: tuple[str, ...] = ()) -> None:
    """Declare one dataset of one table of ten columns, and make its source file.

    Args:
        folder: gets ``datasets/`` and ``schemas/``.
        rows: of the table.
        formats: to write; all if empty.
    """
    home = _office(folder) / REGISTER.dataset
    home.mkdir(parents=True)
    more = f"    formats: [{', '.join(formats)}]\n" if formats else ""
    text = DATASET.format(
        title="ทะเบียนตลาด", table="markets", schema="markets", path="markets.csv", more=more
    )
    (home / "dataset.yaml").write_text(text, "utf-8")
    _schema(folder, "markets", FIELDS)
    write_csv(home / "markets.csv", rows)


def many(folder: Path, count: int) -> None:
    """Declare many tiny datasets of three columns and five rows each, in CSV only."""
    office = _office(folder)
    _schema(folder, "tiny", (FIELDS[0], FIELDS[1], FIELDS[5]))
    for number in range(count):
        home = office / f"tiny_{number:05}"
        home.mkdir(parents=True)
        text = DATASET.format(
            title=f"ทะเบียนตลาด {number}", table="markets", schema="tiny", path="markets.csv",
            more="    formats: [csv]\n",
        )  # fmt: skip
        (home / "dataset.yaml").write_text(text, "utf-8")
        lines = (f"{number:05}{row:03},{_KINDS[row]},{number + row}\n" for row in range(5))
        (home / "markets.csv").write_text("code,name,stalls\n" + "".join(lines), "utf-8")


def _office(folder: Path) -> Path:
    office = folder / "datasets" / REGISTER.office
    office.mkdir(parents=True)
    (office / "office.yaml").write_text(OFFICE, "utf-8")
    return office


def _schema(folder: Path, name: str, fields: tuple[dict[str, object], ...]) -> None:
    (folder / "schemas").mkdir(exist_ok=True)
    body = {"name": name, "primaryKey": ["code"], "fields": fields}
    path = folder / "schemas" / f"{name}.json"
    path.write_text(json.dumps(body, ensure_ascii=False, indent=1), "utf-8")


def write_csv(path: Path, rows: int) -> None:
    """A source file of ten columns, about 150 bytes a row, UTF-8."""
    schema = pa.schema([(str(field["name"]), pa.string()) for field in FIELDS])
    with pa_csv.CSVWriter(path, schema) as writer:
        for start in range(0, rows, 100_000):
            writer.write_batch(_batch(start, min(100_000, rows - start), schema))


def _batch(start: int, rows: int, schema: pa.Schema) -> pa.RecordBatch:
    chance = np.random.Generator(np.random.PCG64([_SEED, start]))

    def one_of(words: tuple[str, ...]) -> list[str]:
        return [words[index] for index in chance.integers(0, len(words), rows)]

    numbers = range(start, start + rows)
    first = date(1990, 1, 1)
    longitudes, latitudes = chance.uniform(104, 105, rows), chance.uniform(16.8, 18, rows)
    columns = [
        [f"{number:08}" for number in numbers],
        [f"{kind}{place} {number}" for kind, place, number in
         zip(one_of(_KINDS), one_of(_PLACES), numbers, strict=True)],
        one_of(_DISTRICTS),
        one_of((*_NOTES, "")),
        [str(first + timedelta(days=int(day))) for day in chance.integers(0, 13_000, rows)],
        [str(stalls) for stalls in chance.integers(1, 5_000, rows)],
        [f"{income:.2f}" for income in chance.uniform(0, 1e7, rows)],
        [f"{share:.4f}" for share in chance.uniform(0, 1, rows)],
        one_of(("true", "false")),
        [f"{x:.6f},{y:.6f}" for x, y in zip(longitudes, latitudes, strict=True)],
    ]  # fmt: skip
    return pa.RecordBatch.from_arrays([pa.array(column) for column in columns], schema=schema)
