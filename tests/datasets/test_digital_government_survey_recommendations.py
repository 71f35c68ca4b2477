"""Facts of the recommendations on digital government, and that their damaged text is mended."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pytest
import yaml

from catalog.registry import variant

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "datasets" / "digital_government_survey" / "digital_recommendations"
SEED = ROOT / ".." / "shared" / "seeds" / "002_116b258c48170f60.txt"
DECLARED = yaml.safe_load((FOLDER / "dataset.yaml").read_text("utf-8"))["tables"]
MARK = "[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]"


def rows(file: str) -> list[dict[str, str]]:
    with (FOLDER / file).open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def recommendations() -> list[tuple[str, str, str, str]]:
    """Dimension, topic number, number, text as found; what is printed once is carried down."""
    found, dimension, topic = [], "", ""
    for row in rows("recommendations.csv"):
        dimension, topic = row["มิติ"] or dimension, row["หัวข้อ"] or topic
        found.append((dimension, topic, row["ข้อ"], row["ข้อเสนอแนะ"]))
    return found


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def mended(table: str, field: str, found: list[str]) -> list[str]:
    """A column after the repairs that are declared for it."""
    values = pa.array(found, pa.string())
    positions = pa.array(range(len(found)), pa.int64())
    for step in DECLARED[table]["repairs"][field]:
        name, options = (step, {}) if isinstance(step, str) else next(iter(step.items()))
        module = variant("flows.repairs", name)
        chosen = module.Options.model_validate(options)
        survey = getattr(module, "survey", lambda *_: None)
        values = module.repair(values, chosen, survey(iter([(positions, values)]), chosen))
    return list(values.to_pylist())


@pytest.fixture(scope="module")
def texts() -> dict[tuple[str, str, str], str]:
    """The mended recommendations by dimension, topic and number."""
    found = recommendations()
    repaired = mended("recommendations", "recommendation", [row[3] for row in found])
    return {row[:3]: text for row, text in zip(found, repaired, strict=True)}


def test_69_recommendations_stand_in_six_dimensions() -> None:
    counts = Counter(dimension for dimension, *_ in recommendations())

    assert counts == {"1:": 10, "2:": 10, "3:": 21, "4:": 9, "5:": 15, "6:": 4}


def test_numbers_repeat_in_dimension_2_and_the_topic_tells_them_apart() -> None:
    second = [row[1:3] for row in recommendations() if row[0] == "2:"]

    assert [number for _, number in second] == [
        "1.", "2.", "3.", "4.", "4.", "5.", "6.", "5.", "6.", "7.",
    ]  # fmt: skip
    assert len(set(second)) == 10


def test_weights_of_the_dimensions_add_up_to_100_percent() -> None:
    weights = [row["ค่าน้้าหนัก"] for row in rows("dimensions.csv")]

    assert weights == [f"ร้อยละ {weight}" for weight in (20, 20, 30, 10, 15, 5)]
    assert sum(map(int, mended("dimensions", "weight", weights))) == 100


def test_source_keeps_the_damage_of_the_document() -> None:
    first = recommendations()[0][3]

    assert first.startswith("ส่งเสริมให้ส ำนักงำนจังหวัดจัดท ำแผนเพื่อรองรับกำรพัฒนำด้ำนรัฐบำลดจิิทลั")


@pytest.mark.parametrize(
    ("key", "whole"),
    [
        (
            ("1:", "1)", "1."),
            (
                "ส่งเสริมให้สำนักงานจังหวัดจัดทำแผนเพื่อรองรับการพัฒนาด้านรัฐบาลดิจิทัลของหน่วยงาน "
                "โดยนำนโยบายจากหน่วยงานต้นสังกัดมาเป็นแนวทางในการจัดทำแผนงาน "
                "เพื่อขับเคลื่อนจังหวัดสู่การเป็น Smart City"
            ),
        ),
        (
            ("2:", "1)", "2."),
            (
                "พิจารณาเพิ่มตำแหน่งงานผู้ปฏิบัติงานเฉพาะด้านเทคโนโลยี (Technologist) "
                "สำหรับสำนักงานจังหวัดตามความเหมาะสม"
            ),
        ),
        (
            ("4:", "2)", "7."),
            (
                "ส่งเสริมให้สำนักงานจังหวัดใช้งานระบบดิจิทัลที่เป็นระบบกลาง แทนการพัฒนาระบบขึ้นมาเอง "
                "เพื่อช่วยให้เกิดการบูรณาการข้อมูลที่จำเป็นสำหรับการดำเนินงานของภาครัฐในองค์รวม "
                "และลดการลงทุนที่ซ้ำซ้อน ทำให้การบริหารงบประมาณของประเทศเป็นไปอย่างมีประสิทธิภาพ"
            ),
        ),
        (
            ("5:", "1)", "6."),
            "ส่งเสริมให้สำนักงานจังหวัดมีกระบวนการตรวจสอบข้อมูลที่สำรองไว้ เพื่อให้มั่นใจว่าข้อมูลสามารถใช้งานได้ตามปกติ",
        ),
        (
            ("6:", "3)", "3."),
            (
                "ส่งเสริมให้สำนักงานจังหวัดพิจารณานำเทคโนโลยีด้านความมั่นคง (Trusted Protocol) "
                "เช่น Block Chain มาปรับใช้ให้เหมาะสมตามภารกิจของหน่วยงาน "
                "เพื่อการจัดเก็บข้อมูลได้อย่างปลอดภัย และข้อมูลที่จัดเก็บมีความถูกต้องและเป็นปัจจุบัน"
            ),
        ),
    ],
)
def test_declared_repairs_make_a_recommendation_whole(
    texts: dict[tuple[str, str, str], str], key: tuple[str, str, str], whole: str
) -> None:
    assert texts[key] == whole


def test_no_mended_recommendation_has_a_mark_where_thai_can_have_none(
    texts: dict[tuple[str, str, str], str],
) -> None:
    impossible = re.compile(
        f"(^|[^ก-ฮ\u0e31\u0e34-\u0e4e]){MARK}|({MARK})\\2|[\u0e48-\u0e4b]{MARK}| [าำะ]|  "
        "|กำร|ควำม|หนว่|ขอ้|กบั|เพือ่"
    )

    assert {
        key: found[0] for key, text in texts.items() if (found := impossible.search(text))
    } == {}


def test_words_that_the_document_itself_misspells_are_kept(
    texts: dict[tuple[str, str, str], str],
) -> None:
    assert "ความมั่งคงปลอดภัยทางไซเบอร์" in texts["5:", "1)", "7."]
    assert "ปรับปรุงการคุณภาพของบริการ" in texts["3:", "3)", "15."]


def test_names_of_dimensions_and_topics_are_mended() -> None:
    names = mended("dimensions", "name_th", [row["ชื่อ"] for row in rows("dimensions.csv")])
    printed = [row["ชื่อหัวข้อ"] for row in rows("recommendations.csv") if row["ชื่อหัวข้อ"]]
    topics = mended("recommendations", "topic", printed)

    assert names[1] == "ศักยภาพเจ้าหน้าที่ภาครัฐด้านดิจิทัล"
    assert names[5] == "เทคโนโลยีดิจิทัลและการนำไปใช้"
    assert len(topics) == 20
    assert topics[0] == "Digital Government Policy"
    assert topics[16:18] == [
        "เทคโนโลยีการเชื่อมต่อ/การสื่อสาร (Connectivity) เช่น Mobile, IoT, QR Code เป็นต้น",
        (
            "เทคโนโลยีอัจฉริยะ (Intelligence) เช่น AI, Big Data Analytic, Machine Learning, "
            "Deep Learning, Robotics"
        ),
    ]


def test_nothing_of_the_document_is_lost_but_its_title_and_foot() -> None:
    if not SEED.exists():
        pytest.skip("the text of the document is not beside this checkout")
    rest = squeezed(SEED.read_text("utf-8"))
    for dimension, topic, number, text in recommendations():
        assert rest.count(squeezed(number + text)) == 1, (dimension, topic, number)
        rest = rest.replace(squeezed(number + text), "")
    for row in rows("recommendations.csv"):
        rest = rest.replace(squeezed(row["หัวข้อ"] + row["ชื่อหัวข้อ"]), "") if row["หัวข้อ"] else rest
    for called, number, name, english, weight, note in map(dict.values, rows("dimensions.csv")):
        rest = rest.replace(squeezed(f"{called}{number}{name}{english}ค่าน้้าหนัก{weight}"), "")
        rest = rest.replace(squeezed(f"หมำยเหตุ:{note}"), "") if note else rest

    title = "ข้อเสนอแนะเพ่ือยกระดับการพัฒนารัฐบาลดิจิทัลของหน่วยงาน"
    assert rest == title + "ข้อเสนอแนะสำหรับสำนักงำนปลัดกระทรวงมหำดไทย-5"
