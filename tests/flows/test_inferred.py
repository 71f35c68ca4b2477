"""Converting a file that nobody has described."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest


@pytest.fixture
def convert(samdao, tmp_path):
    def run(file: Path, *words: str):
        return samdao("convert", str(file), "--out", str(tmp_path / "out"), "--json", *words)

    return run


def test_types_are_found_and_thai_dates_and_digits_repaired(convert, tmp_path):
    path = tmp_path / "ตลาด.csv"
    rows = "".join(f"{n:05},ตลาด {n},{n} ม.ค. 2566,๑{n}\n" for n in range(1, 10))
    path.write_bytes(f"รหัส,ชื่อตลาด,วันที่เปิด,จำนวนแผง\n{rows}".encode("cp874"))
    done = convert(path, "--to", "csv,parquet,xlsx")
    assert done.exit_code == 0, done.output
    written = json.loads(done.output)
    assert [file["format"] for file in written["files"]] == ["csv", "parquet", "xlsx"]
    first = pq.read_table(tmp_path / "out" / "ตลาด.parquet").to_pylist()[0]
    values = [str(value) for value in first.values()]
    assert values == ["00001", "ตลาด 1", "2023-01-01", "11"]


def test_a_real_file_becomes_any_format(convert, shared, tmp_path):
    path = shared / "data" / "real" / "temples-kalasin.csv"
    done = convert(path, "--to", "json")
    assert done.exit_code == 0, done.output
    rows = json.loads((tmp_path / "out" / "temples-kalasin.json").read_text("utf-8"))
    assert len(rows) == json.loads(done.output)["rows"] > 500


def test_a_question_without_a_likely_answer_is_asked(convert, tmp_path):
    path = tmp_path / "x.csv"
    lines = "".join(f"{n},{y}\n" for n, y in enumerate(["2566", "2023"] * 20))
    path.write_text(f"ลำดับ,ปี\n{lines}", "utf-8")
    done = convert(path, "--to", "csv")
    assert done.exit_code in (1, 2)
    assert "ปี" in done.output or "year" in done.output
    assert not (tmp_path / "out").exists()


def test_a_missing_file_is_told(convert, tmp_path):
    done = convert(tmp_path / "lost.csv")
    assert done.exit_code == 2
    assert "lost.csv" in done.output
