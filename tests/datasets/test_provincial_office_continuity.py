"""A provincial office's continuity chart: the damaged text, and what the declared repairs read."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
OFFICE = ROOT / "datasets" / "provincial_office"
SEED = ROOT / ".." / "shared" / "seeds" / "000_d77b01d9818c6815.txt"

#: Marks that the PDF moved or tore off their letters: vowels above and below, tones, thanthakhat.
MARKS = "ัิีึืฺุู็่้๊๋์ํ"
READINGS = {
    "continuity_missions": "mission",
    "continuity_systems": "system",
    "continuity_scenarios": "scenario",
    "continuity_measures": "measure",
}


def source(dataset: str) -> list[dict[str, str]]:
    """Rows of the one source file as it lies, damage included."""
    (path,) = (OFFICE / dataset).glob("*.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def rows(read: Any) -> Any:
    """Gives the repaired rows of a dataset's one table."""
    return lambda dataset: read(f"provincial_office/{dataset}", dataset.removeprefix("continuity_"))


def _letters_and_marks(text: str) -> tuple[str, list[str]]:
    """Letters in order, and marks in none: what displacing marks and line breaks leaves alone."""
    joined = text.removeprefix("• ").removesuffix("*").replace(" า", "ำ").replace("ำ", "า")
    letters = "".join(c for c in joined if c not in MARKS and not c.isspace())
    return letters, sorted(c for c in joined if c in MARKS)


@pytest.mark.parametrize("dataset", READINGS)
def test_readings_use_the_letters_found_and_no_others(dataset: str, rows: Any) -> None:
    name = READINGS[dataset]
    for row in rows(dataset):
        assert _letters_and_marks(row[name]) == _letters_and_marks(row[f"{name}_as_found"])
        assert "\n" not in row[name]


@pytest.mark.parametrize("dataset", READINGS)
def test_text_as_found_stays_as_found(dataset: str, rows: Any) -> None:
    kept = [row[f"{READINGS[dataset]}_as_found"] for row in rows(dataset)]
    (label,) = (n for n in source(dataset)[0] if n.endswith("ตามที่พบ") and "หยุด" not in n)
    assert kept == [row[label] for row in source(dataset)]
    assert kept == [row[label.removesuffix("ตามที่พบ")] for row in source(dataset)]


def test_five_missions_may_be_interrupted_for_hours_a_day_or_a_week(rows: Any) -> None:
    found = {row["mission"]: row["maximum_interruption"] for row in rows("continuity_missions")}
    assert found == {
        "ประสานความร่วมมือหน่วยงานภาครัฐและเอกชนภายในจังหวัด": "P1D",
        "ให้คำปรึกษาราชการของจังหวัด และเป็นศูนย์กลางข้อมูลข่าวสารและระเบียบปฏิบัติราชการ": "P7D",
        "สนับสนุนให้การบริหารราชการของผู้ว่าราชการจังหวัดและของส่วนราชการต่าง ๆ": "PT4H",
        "บริหารงานให้เกิดประสิทธิภาพและประสิทธิผล": "P1D",
        "ให้บริการแก่ภาครัฐ ภาคเอกชน และประชาชนให้ได้รับความพึงพอใจ": "PT4H",
    }


def test_systems_are_read_and_only_the_marked_one_has_an_owner(rows: Any) -> None:
    owners = {row["system"]: row["owner"] for row in rows("continuity_systems")}
    assert {name: owner for name, owner in owners.items() if owner} == {
        "App ศูนย์ดำรงธรรม แจ้งเบาะแส/ร้องเรียน": "กระทรวงมหาดไทย"
    }
    assert list(owners) == [
        "ระบบการจัดการเรื่องราวร้องทุกข์",
        "ระบบสารบรรณอิเล็กทรอนิกส์ (Smart e-Office)",
        "ระบบสารสนเทศทรัพยากรบุคคลระดับจังหวัด (DPIS)",
        "ระบบสนับสนุนการกำกับติดตามผลการดำเนินงานโครงการและงบประมาณ",
        "ระบบจองห้องประชุม/ลงทะเบียนออนไลน์",
        "ระบบฐานข้อมูลสารสนเทศ",
        "ระบบฐานข้อมูลแผนงานโครงการพระราชดำริ",
        "ระบบเฝ้าระวังและเตือนภัยสภาพอากาศ",
        "ฐานข้อมูลโทรศัพท์หน่วยงาน",
        "ศูนย์ดำรงธรรมออนไลน์ รับเรื่องร้องเรียนจังหวัด",
        "App ศูนย์ดำรงธรรม แจ้งเบาะแส/ร้องเรียน",
        "ระบบติดตาม ประเมินผล แผนงาน โครงการตามแผนปฏิบัติราชการประจำปีของจังหวัด/กลุ่มจังหวัด",
        "ระบบฐานข้อมูลกลางกระทรวง มท. และจังหวัด (POC)",
    ]


def test_five_of_seven_scenarios_are_ticked(rows: Any) -> None:
    covered = {row["scenario"]: row["covered"] for row in rows("continuity_scenarios")}
    assert covered == {
        "อุทกภัย": True,
        "อัคคีภัย": True,
        "แผ่นดินไหว": False,
        "ชุมนุมประท้วง/จลาจล": True,
        "ก่อการร้าย": False,
        "ไฟฟ้าดับเป็นวงกว้าง": True,
        "โรคระบาดต่อเนื่อง": True,
    }
    marks = [row["แผนรองรับสถานการณ์"] for row in source("continuity_scenarios")]
    assert marks == [*"\uf052\uf052\uf0a3\uf052\uf0a3\uf052\uf052"]


def test_sixteen_measures_stand_under_five_resources(rows: Any) -> None:
    measures: dict[str, list[str]] = {}
    for row in rows("continuity_measures"):
        measures.setdefault(row["resource"], []).append(row["measure"])
    assert measures == {
        "อาคาร/สถานที่": [
            "สถานที่ปฏิบัติงานสำรอง:....",
            "ทำงานที่บ้าน",
            "เหลื่อมเวลาปฏิบัติราชการ",
            "จัดประชุมออนไลน์",
            "ให้บริการ e-Service",
        ],
        "วัสดุอุปกรณ์": [
            "เตรียม notebook และอุปกรณ์เครือข่ายสำรอง",
            "ยืมจากส่วนราชการในสังกัด",
            "สำรองยานพาหนะ ไว้ที่สถานที่ปฏิบัติงานสำรอง",
        ],
        "เทคโนโลยีสารสนเทศและข้อมูล": [
            "จัดเก็บข้อมูลสำรอง",
            "จัดเก็บข้อมูลในฐานข้อมูลกลาง",
            "เคลื่อนย้าย Server ไปยังพื้นที่ปลอดภัย",
            "เปิดระบบ VPN Work From Home",
        ],
        "บุคลากร": [
            "ใช้บุคลากรสำรองทดแทน/บุคลากรนอกกลุ่มงาน",
            "จัดเตรียมพนักงานขับรถยนต์เพื่อติดต่อประสานงานกับบุคคลและส่วนราชการอื่น ๆ",
        ],
        "ผู้ให้บริการ/ผู้มีส่วนได้ส่วนเสีย": [
            "ใช้ระบบ e-สารบรรณ",
            "เช่าเครื่องกำเนิดไฟฟ้า/สำรองข้อมูล/กู้คืนระบบ",
        ],
    }


@pytest.mark.parametrize("dataset", READINGS)
def test_every_text_as_found_stands_in_the_document(dataset: str) -> None:
    if not SEED.exists():
        pytest.skip("the document that was transcribed is not at hand")
    document = _without_blank_lines(SEED.read_text("utf-8"))
    for row in source(dataset):
        mark = row.get("แผนรองรับสถานการณ์", "")
        texts = [mark + row[name] for name in row if name.endswith("ตามที่พบ")]
        assert [text for text in texts if _without_blank_lines(text) not in document] == []


def _without_blank_lines(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip())
