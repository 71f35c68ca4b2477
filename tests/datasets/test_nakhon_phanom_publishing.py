"""Nakhon Phanom's guideline on its website: the transcription against the document's own facts."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
OFFICE = ROOT / "datasets" / "nakhon_phanom"
SEED = ROOT / ".." / "shared" / "seeds" / "001_ea139409875e9751.txt"

TOPIC, PUBLISHER = "ชื่อเรื่อง", "ผู้รับผิดชอบนำข้อมูลขึ้นเผยแพร่บนเว็บไซต์"
REVIEWER, PROVIDER = "ผู้ตรวจสอบข้อมูล", "ผู้รับผิดชอบในการให้ข้อมูล"


def rows(file: str) -> list[dict[str, str]]:
    """Rows of a source file as it lies, damage included."""
    with (OFFICE / file).open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def duties() -> list[dict[str, str]]:
    """Rows of the matrix without its blank lines and repeated headings."""
    return [row for row in rows("publishing_duties/duties.csv") if row["ลำดับ"].isdigit()]


@pytest.fixture(scope="module")
def seed() -> str:
    if not SEED.exists():
        pytest.skip("the document that was transcribed is not at hand")
    return SEED.read_text("utf-8")


def test_cell_of_ten_topics_keeps_ten_publishers_ten_reviewers_and_nine_providers() -> None:
    lists = Counter(row["คอลัมน์"] for row in rows("publishing_duties/ten_topics_cell.csv"))
    assert lists == {TOPIC: 10, PUBLISHER: 10, REVIEWER: 10, PROVIDER: 9}


def test_no_provider_is_guessed_for_the_ten_topics() -> None:
    unknown = [int(row["ลำดับ"]) for row in duties() if not row[PROVIDER]]
    assert unknown == list(range(12, 22))


def test_matrix_has_67_topics_and_2_headings_with_duties_of_their_own() -> None:
    assert [int(row["ลำดับ"]) for row in duties()] == list(range(1, 70))
    headings = [row[TOPIC] for row in duties() if row["รูปแบบในเอกสาร"] == "หัวข้อตัวหนา"]
    assert headings == ["กฎ/ระเบียบ/ข้อบังคับ", "โครงการอันเนื่องมาจากพระราชดำริ"]


def test_matrix_keeps_its_dirt_for_the_repairs() -> None:
    found = rows("publishing_duties/duties.csv")
    assert sum(row[TOPIC] == TOPIC for row in found) == 4  # headings of pages two to five
    assert sum(not any(row.values()) for row in found) == 4
    assert sum(row[TOPIC].startswith("- ") for row in found) == 63


def test_repaired_matrix_names_menu_and_heading_of_every_topic(read: Any) -> None:
    found = read("nakhon_phanom/publishing_duties", "duties")
    places = {row["number"]: (row["page"], row["menu"], row["heading"]) for row in found}
    assert places[1] == ("หน้าหลัก", "เมนูบน “เกี่ยวกับจังหวัด”", "เมนูบน “เกี่ยวกับจังหวัด”")
    assert places[27] == ("หน้าหลัก", "เมนูบน “เกี่ยวกับจังหวัด”", "คณะผู้บริหาร")
    assert places[41] == ("หน้าหลัก", "เมนู “ข่าวสาร/กิจกรรม”", "เอกสารรายงาน")
    assert places[69] == ("หน้าหลัก", "เมนู “ติดต่อจังหวัด”", "เมนู “ติดต่อจังหวัด”")
    assert len(places) == 69
    assert [row["number"] for row in found if row["provider"] is None] == [*range(12, 22)]


def test_repaired_terms_have_numbers_and_no_markup(read: Any) -> None:
    terms = read("nakhon_phanom/publishing_terms", "terms")
    assert terms[2] == {
        "number": 3,
        "term": "ผู้อนุมัติให้เผยแพร่ข้อมูลบนเว็บไซต์",
        "definition": "ผู้ว่าราชการจังหวัดนครพนม",
    }
    steps = read("nakhon_phanom/publishing_terms", "steps")
    assert [row["number"] for row in steps] == [1, 2, 3, 4]
    kinds = read("nakhon_phanom/publishing_terms", "data_kinds")
    assert [(row["number"], row["extensions"]) for row in kinds] == [
        (1, '[".txt",".doc",".docx"]'),
        (2, '[".bmp",".gif",".jpg"]'),
        (3, '[".wav",".mp3",".au"]'),
        (4, '[".avi"]'),
    ]
    assert [row["number"] for row in read("nakhon_phanom/publishing_rules", "rules")] == [
        *range(1, 11)
    ]


def test_meetings_are_reviewed_by_every_division_and_the_owner() -> None:
    (row,) = (row for row in duties() if row[TOPIC] == "- เอกสารการประชุม/สัมมนา")
    assert row[REVIEWER] == ("ผอ.กลุ่มงานทุกกลุ่มงาน/หน.หน่วยตรวจสอบภายใน/หน.หน่วยงานเจ้าของเรื่อง")
    assert row[PROVIDER] == "กลุ่มงานทุกกลุ่มงาน/หน่วยงานเจ้าของเรื่อง"


def test_the_approver_is_the_governor() -> None:
    defined = {row["คำ"]: row["คำจำกัดความ"] for row in rows("publishing_terms/terms.csv")}
    assert defined["**ผู้อนุมัติให้เผยแพร่ข้อมูลบนเว็บไซต์**"] == ("หมายถึง ผู้ว่าราชการจังหวัดนครพนม")
    roles = [term for term in defined if term.startswith("**ผู้")]
    assert (len(roles), len(defined)) == (4, 5)


def test_rules_and_steps_keep_their_thai_numbers() -> None:
    assert [row["ข้อ"] for row in rows("publishing_rules/rules.csv")] == [
        "๑)", "๒)", "๓)", "๔)", "๕)", "๖)", "๗)", "๘)", "๙)", "๑๐)",
    ]  # fmt: skip
    assert [row["ขั้นตอน"] for row in rows("publishing_terms/steps.csv")] == [
        "ขั้นตอนที่ ๑", "ขั้นตอนที่ ๒", "ขั้นตอนที่ ๓", "ขั้นตอนที่ ๔",
    ]  # fmt: skip


@pytest.mark.parametrize("dataset", ["publishing_duties", "publishing_terms", "publishing_rules"])
def test_no_licence_is_claimed(dataset: str) -> None:
    declared = yaml.safe_load((OFFICE / dataset / "dataset.yaml").read_text("utf-8"))
    assert declared["licence"] == "not-stated"
    assert declared["provenance"]["licence_statement"]["en"] == "The document states no licence"


def test_every_text_stands_in_the_document(seed: str) -> None:
    document = _letters(seed)
    texts = [
        *(row[column] for row in duties() for column in (TOPIC, PUBLISHER, REVIEWER, PROVIDER)),
        *(row["ข้อความ"] for row in rows("publishing_duties/ten_topics_cell.csv")),
        *(" ".join(row.values())[1:] for row in rows("publishing_terms/terms.csv")),
        *(" ".join(row.values()) for row in rows("publishing_terms/steps.csv")),
        *(f"{row['ลำดับ']} {row['ประเภทข้อมูล']} {row['คำอธิบาย']}"
          for row in rows("publishing_terms/data_kinds.csv")),
        *(" ".join(row.values()) for row in rows("publishing_rules/rules.csv")),
    ]  # fmt: skip
    assert [text for text in texts if _letters(text) not in document] == []


def test_the_whole_matrix_is_transcribed(seed: str) -> None:
    matrix = seed[seed.index("## แผนผังเว็บไซต์จังหวัดนครพนมและมอบหมาย") :]
    topics = "\n".join(line.split("\t")[0] for line in matrix.splitlines() if "\t" in line)
    dashes = len(re.findall(r"(?<![^\s>])- ", topics))
    assert dashes == sum(row[TOPIC].startswith("- ") for row in duties())


def _letters(text: str) -> str:
    """Letters alone: markup and white space are the extraction's, not the document's."""
    return re.sub(r"<[^>]+>|\*|\s", "", text)
