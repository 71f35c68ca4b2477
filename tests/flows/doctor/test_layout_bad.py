"""Whatever bytes come: layouts, or a refusal in words; and every code has its words and example."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
import xlsxwriter
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.problem import Rejected, template
from flows.doctor.layout import layouts

ROOT = Path(__file__).parents[3]
WORDS = ROOT / "catalog" / "words" / "doctor_layout.yaml"
#: Codes that are made of a reference system's name.
MADE = {f"doctor-choice-epsg-{code}" for code in (4326, 32647, 32648, 24047, 24048)}
PIECES = [
    b"\n", b"\r\n", b"\r", b",", b";", b"\t", b'"', b"''", b"\0", b"\xef\xbb\xbf", b"\xff\xfe",
    b"{", b"[", b"]", b"1", b"2565", "รวม".encode(), "จังหวัด".encode("cp874"), b"- ", b"#VALUE!",
    "ที่มา : ก".encode(), b"PK\x03\x04", b"\x1f\x8b", b"<kml>", "à¸ˆ".encode(), b" " * 5, b"x" * 300,
    b"SQLite format 3\0",
]  # fmt: skip


def given_up_in_words(path: Path) -> None:
    """Examine a file; a refusal has to have words."""
    try:
        assert layouts(path)
    except Rejected as refused:
        for problem in refused.problems:
            assert template(problem.code)["th"]


@settings(max_examples=300, deadline=10_000, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=12), max_size=60))
def test_any_bytes_give_layouts_or_a_refusal(tmp_path_factory, pieces):
    path = tmp_path_factory.getbasetemp() / "ใดๆ.csv"
    path.write_bytes(b"".join(pieces))
    given_up_in_words(path)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A workbook and a zipped text of some size, to be damaged."""
    folder = tmp_path_factory.mktemp("whole")
    path = folder / "สมุด.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        for name in ("ก", "ข"):
            sheet = workbook.add_worksheet(name)
            for row in range(30):
                sheet.write_row(row, 0, [f"แถว {row}", row, row / 3])
            sheet.merge_range("A2:A5", "ผสาน")
    return path.read_bytes()


@pytest.mark.parametrize("seed", range(40))
def test_damaged_workbook_gives_layouts_or_a_refusal(whole, tmp_path, seed):
    chance = random.Random(seed)
    data = bytearray(whole)
    for _ in range(chance.randint(1, 6)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    if seed % 4 == 0:
        data = data[: chance.randrange(len(data))]
    path = tmp_path / "สมุด.xlsx"
    path.write_bytes(data)
    given_up_in_words(path)


@pytest.mark.parametrize("seed", range(25))
def test_damaged_real_workbook_gives_layouts_or_a_refusal(shared, tmp_path, seed):
    chance = random.Random(seed)
    data = bytearray((shared / "data" / "real" / "oae-cassava-forecast-2560.xls").read_bytes())
    for _ in range(chance.randint(1, 40)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    path = tmp_path / "ก.xls"
    path.write_bytes(data[: chance.randrange(len(data))] if seed % 5 == 0 else data)
    given_up_in_words(path)


@pytest.mark.parametrize(
    "content",
    [
        b",".join([b"x"] * 100_000) + b"\n1,2\n", b'a,"' + b"x" * (10 << 20) + b'"\n1,2\n',
        b"a,b\n" + b"\n,\n" * 3000 + b"1,2\n", b"[" * 100_000, b'{"a":' * 50_000,
        b"\x1f\x8b\x08" + b"\0" * 50, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    ],
    ids=["wide", "long cell", "blank rows", "brackets", "braces", "gzip", "ole"],
)  # fmt: skip
def test_monstrous_files_end_in_words(tmp_path, content):
    path = tmp_path / "ใหญ่.csv"
    path.write_bytes(content)
    given_up_in_words(path)


def test_every_code_has_words_and_an_example_and_is_used():
    words = yaml.safe_load(WORDS.read_bytes())
    sources = [*(ROOT / "flows" / "doctor" / "layouts").glob("*.py")]
    sources.append(ROOT / "flows" / "doctor" / "layout.py")
    text = "".join(path.read_text("utf-8") for path in sources)
    used = set(re.findall(r'"(doctor-[a-z0-9-]+)"', text)) | MADE

    assert used == set(words)
    assert [code for code, said in words.items() if not said.get("example")] == []
