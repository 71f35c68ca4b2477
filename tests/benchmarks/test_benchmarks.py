"""Each benchmark runs on a small size and prints a ratio; what it measures is not held here."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from benchmarks import _data
from catalog.registry import names
from tests.conftest import FIXTURES, ROOT

_PROVINCE = FIXTURES / "province"
SMALL = {
    "all_formats": ("--rows", "60", "--slow-rows", "30"),
    "bundle": (
        "si_sawat/markets", "--datasets", str(_PROVINCE / "datasets"),
        "--schemas", str(_PROVINCE / "schemas"),
    ),
    "check": ("--rows", "60"),
    "doctor": ("--rows", "60"),
    "mutated": ("--files", "3", "--first", "1"),
    "privacy": ("--rows", "60"),
    "repairs": ("--rows", "60", "--each"),
    "small_tables": ("--tables", "2", "--rows", "20"),
    "triples": ("--rows", "60"),
    "unchanged": ("--count", "3"),
}  # fmt: skip


def _run(name: str, *options: str) -> str:
    environment = {key: value for key, value in os.environ.items() if "SAMDAO" not in key}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", name, *options],
        capture_output=True, check=False, cwd=ROOT, env=environment, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def formats_said() -> str:
    return _run("all_formats", *SMALL["all_formats"])


def test_every_benchmark_is_tried_and_told_of():
    readme = (ROOT / "benchmarks" / "README.md").read_text("utf-8")
    assert set(SMALL) == set(names("benchmarks"))
    assert [name for name in SMALL if f"python -m benchmarks {name}" not in readme] == []


@pytest.mark.slow
def test_all_formats_are_set_beside_the_textbooks(formats_said):
    lines = [line.split() for line in formats_said.splitlines()]
    compared = {line[0] for line in lines if line and re.fullmatch(r"\d+\.\d×", line[-1])}
    assert compared >= {
        "csv", "json", "xml", "parquet", "xlsx", "ods", "geojson", "kml", "shp.zip", "gpkg",
        "ttl", "rdf", "nt",
    }  # fmt: skip
    assert "certify" in {line[0] for line in lines if len(line) == 3}, "apart from writing"


@pytest.mark.slow
def test_what_was_measured_on_fewer_rows_is_marked(formats_said):
    scaled = {line.split()[0] for line in formats_said.splitlines() if "~" in line}
    assert scaled == {"nt", "ttl", "rdf", "ods"}


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(SMALL) - {"all_formats", "mutated"}))
def test_a_benchmark_prints_its_ratio(name):
    assert re.search(r"ratio \d+\.\d×", _run(name, *SMALL[name]))


@pytest.mark.slow
def test_harmed_files_are_counted_by_what_came_of_them():
    said = _run("mutated", *SMALL["mutated"])
    assert re.search(r"3 files: .*(report|refused) \d", said)


def test_the_made_table_is_the_same_every_time(tmp_path):
    for name in ("one", "other"):
        _data.write_csv(tmp_path / name, 500)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
    second = (tmp_path / "one").read_text("utf-8").splitlines()[2]
    assert second.startswith('"00000001"'), "codes keep their leading zeros"
