"""Personal data on the way of a dataset: what stops it, what lets it pass, what is told of it."""

from __future__ import annotations

import json
import random
import shutil

import pyarrow.parquet as pq
import pytest
from pydantic import SecretStr

from benchmarks._personal import citizen_id, dashed, mobile
from catalog.names import DatasetId
from catalog.problem import DeclarationError, Rejected
from catalog.settings import load_settings
from flows import way
from flows.publish import publish
from flows.rehearse import rehearse
from flows.returned import give_back
from flows.world import World

DRAW = random.Random(71)
IDS = [citizen_id(DRAW) for _ in range(6)]
PHONES = [mobile(DRAW) for _ in range(6)]
BORN = ["2530-01-12", "2499-05-03", "2544-12-30", "2516-07-07", "2501-02-14", "2538-09-09"]
AID = DatasetId("si_sawat", "aid")
FIELDS = [
    {"name": "seq", "type": "integer", "title": "ลำดับ", "constraints": {"required": True}},
    {"name": "person_id", "type": "string", "title": "เลขประจำตัวประชาชน"},
    {"name": "who", "type": "string", "title": "ชื่อ-สกุล"},
    {"name": "phone", "type": "string", "title": "โทรศัพท์"},
    {"name": "born", "type": "date", "title": "วันเกิด"},
    {"name": "amount", "type": "integer", "title": "จำนวนเงิน (บาท)"},
]


@pytest.fixture
def aid(province, unattended):
    """A dataset of six fictional persons who were given money; declares nothing about them."""
    base = province / "datasets" / "si_sawat"
    folder = base / "aid"
    shutil.copytree(base / "markets", folder)
    schema = {"name": "aid", "title": "ผู้รับเงินช่วยเหลือ", "primaryKey": ["seq"], "fields": FIELDS}
    (province / "schemas" / "aid.json").write_text(json.dumps(schema), "utf-8")
    lines = [",".join(field["title"] for field in FIELDS)]
    lines += [
        f"{i + 1},{dashed(IDS[i])},นายสมชาย ใจดี{i},{PHONES[i]},{BORN[i]},{3000 + i}"
        for i in range(6)
    ]
    (folder / "markets.csv").write_text("\n".join(lines) + "\n", "utf-8")
    text = (folder / "dataset.yaml").read_text("utf-8")
    head = text[: text.index("tables:")]

    def declare(privacy: str = "", repairs: str = "{}") -> None:
        table = (
            "tables:\n  people:\n    schema: aid\n    source: {kind: csv, path: markets.csv}\n"
            f"    repairs: {repairs}\n{privacy}approval: standing\n"
        )
        (folder / "dataset.yaml").write_text(head + table, "utf-8")

    declare()
    declare.folder = folder
    return declare


def salted(world: World) -> World:
    settings = world.settings.model_copy(update={"salt": SecretStr("ความลับของจังหวัดสมมติ")})
    return World(settings, actor=world.actor, now=world.now)


def every_text(world: World, release) -> str:
    folder = world.store.path(release.id, release.version, "x").parent
    return "\n".join(p.read_bytes().decode("utf-8", "replace") for p in sorted(folder.iterdir()))


def unseen(text: str) -> bool:
    """Whether none of the persons' numbers and dates of birth stands in a text."""
    whole = [*IDS, *map(dashed, IDS), *PHONES, *BORN]
    return not [value for value in whole if value in text]


TREATED = """    privacy:
      person_id: {hash: {length: 16}}
      who: {mask: {whole: true}}
      phone: drop
      born: {generalise: {to: year}}
"""


def test_a_table_of_persons_stops_with_every_kind_and_no_value(world, aid):
    with pytest.raises(Rejected) as stopped:
        publish(AID, world)
    told = {(p.field, p.code) for p in stopped.value.problems}
    assert told == {
        ("person_id", "privacy-citizen-id"), ("who", "privacy-name-beside"),
        ("phone", "privacy-phone"), ("born", "privacy-birth-date"),
    }  # fmt: skip
    assert unseen(str([p.as_dict() for p in stopped.value.problems]))
    assert world.index.published(AID) is None


def test_the_treated_edition_is_published_and_has_nobody_in_it(world, aid):
    aid(TREATED)
    world = salted(world)
    publish(AID, world)
    release = world.index.published(AID)
    path = world.store.path(AID, release.version, "people.parquet")
    rows = pq.read_table(path).to_pylist()
    assert set(rows[0]) == {"seq", "person_id", "who", "born", "amount"}
    assert (rows[0]["who"], rows[0]["born"], len(rows[0]["person_id"])) == ("ส****", 1987, 16)
    assert len({row["person_id"] for row in rows}) == 6
    assert unseen(every_text(world, release))


def test_the_report_tells_each_treatment_with_kind_count_and_words(world, aid):
    aid(TREATED)
    world = salted(world)
    publish(AID, world)
    release = world.index.published(AID)
    report = json.loads(world.store.path(AID, release.version, "report.json").read_bytes())
    told = {item["column"]: item for item in report["tables"]["people"]["privacy"]["treatments"]}
    assert {name: (item["treatment"], item["count"]) for name, item in told.items()} == {
        "person_id": ("hash", 6), "who": ("mask", 6), "phone": ("drop", 6),
        "born": ("generalise", 6),
    }  # fmt: skip
    assert told["person_id"]["kinds"] == ["citizen_id"]
    assert "ยังเป็นข้อมูลส่วนบุคคล" in told["person_id"]["words"]["th"]


def test_codes_are_refused_without_the_salt(world, aid):
    aid(TREATED)
    with pytest.raises(Rejected) as stopped:
        publish(AID, world)
    assert [p.code for p in stopped.value.problems] == ["privacy-no-salt"]


def test_another_salt_makes_another_release(world, aid):
    aid(TREATED)
    first = publish(AID, salted(world))
    again = publish(AID, salted(world))
    other = world.settings.model_copy(update={"salt": SecretStr("อีกความลับหนึ่งของจังหวัด")})
    third = publish(AID, World(other, actor=world.actor, now=world.now))
    assert (first.built, again.built, third.built) == (True, False, True)


def test_a_treatment_that_leaves_something_is_found_out(world, aid):
    folder = aid.folder
    text = (folder / "markets.csv").read_text("utf-8")
    (folder / "markets.csv").write_text(text.replace("ใจดี0", f"ใจดี {dashed(IDS[1])}"), "utf-8")
    aid(TREATED.replace("{mask: {whole: true}}", "{generalise: {to: year}}").replace(
        "who: {generalise: {to: year}}", "who: {public_officer: true}"))  # fmt: skip
    with pytest.raises(Rejected) as stopped:
        publish(AID, salted(world))
    left = [(p.field, p.code) for p in stopped.value.problems]
    assert left == [("who", "privacy-citizen-id")], "public duty makes no ids public"


def test_lawful_basis_and_public_duty_answer_and_are_reported(world, aid):
    aid("""    privacy:
      person_id: drop
      who: {public_officer: true}
      phone: {public_officer: true}
      born: {lawful_basis: กฎหมายกำหนดให้ประกาศวันเกิดของผู้สมัครรับเลือกตั้ง}
""")
    publish(AID, world)
    release = world.index.published(AID)
    report = json.loads(world.store.path(AID, release.version, "report.json").read_bytes())
    told = {item["column"]: item for item in report["tables"]["people"]["privacy"]["declared"]}
    assert told["who"]["basis"] == "public_officer"
    assert told["born"]["basis"].startswith("กฎหมายกำหนด")
    package = json.loads(world.store.path(AID, release.version, "datapackage.json").read_bytes())
    fields = {f["name"]: f for f in package["resources"][0]["schema"]["fields"]}
    assert fields["who"]["publicOfficer"] is True


def test_other_checks_and_repairs_tell_no_value_of_a_personal_column(world, aid, province):
    schema = json.loads((province / "schemas" / "aid.json").read_text("utf-8"))
    schema["fields"][1]["constraints"] = {"pattern": "[A-Z]+"}
    schema["fields"][3]["type"] = "integer"
    schema["fields"][3]["constraints"] = {"maximum": 5}
    (province / "schemas" / "aid.json").write_text(json.dumps(schema), "utf-8")
    folder = aid.folder
    text = (folder / "markets.csv").read_text("utf-8")
    (folder / "markets.csv").write_text(text.replace(f",{PHONES[0]}", f",x{PHONES[0]} "), "utf-8")
    swap = json.dumps({dashed(IDS[0]): dashed(IDS[5])})
    aid(repairs=f"{{'*': [trim], person_id: [{{replace: {{values: {swap}}}}}]}}")
    with pytest.raises(Rejected) as stopped:
        publish(AID, world)
    told = [p for p in stopped.value.problems if not p.code.startswith("privacy-")]
    assert {p.field for p in told} >= {"person_id", "phone"}
    assert unseen(str([p.as_dict() for p in stopped.value.problems]))
    found = rehearse(AID, world)
    assert any(change["column"] == "person_id" for change in found.repairs)
    assert unseen(json.dumps(found.as_dict(), ensure_ascii=False))


def test_what_is_given_back_has_rejected_rows_without_the_persons(world, aid, tmp_path):
    lines = (aid.folder / "markets.csv").read_text("utf-8").replace(",3000\n", ",สามพัน\n")
    (aid.folder / "markets.csv").write_text(lines, "utf-8")
    desk = tmp_path / "desk"
    desk.mkdir()
    work = way.declare(AID, world, desk)
    sources = way.pull(work, world)
    with pytest.raises(Rejected) as stopped:
        way.check(work, way.repair(work, sources))
    written = give_back(work, sources, stopped.value.problems, tmp_path / "back")
    rejected = next(path for path in written if path.name.endswith(".rejected.csv"))
    said = rejected.read_text("utf-8-sig")
    assert "สามพัน" in said
    assert "08x" in said or "09x" in said or "06x" in said
    assert unseen("\n".join(p.read_text("utf-8-sig") for p in written if p.suffix != ".xlsx"))


def test_an_ambiguity_of_dates_of_birth_tells_none_of_them(world, aid):
    folder = aid.folder
    lines = (folder / "markets.csv").read_text("utf-8").splitlines()
    lines[1] = lines[1].replace(BORN[0], "12/01/2530")
    lines[2] = lines[2].replace(BORN[1], "03/05/1956")
    (folder / "markets.csv").write_text("\n".join(lines) + "\n", "utf-8")
    aid(repairs="{born: [thai_date]}")
    with pytest.raises(Rejected) as stopped:
        publish(AID, world)
    said = str([p.as_dict() for p in stopped.value.problems])
    assert "12/01/2530" not in said
    assert "03/05/1956" not in said


@pytest.mark.parametrize(
    ("privacy", "code"),
    [
        ("      who: blur\n", "name-unknown"),
        ("      whom: drop\n", "name-unknown"),
        ("      who: {round: {decimal: 2}}\n", "key-unknown"),
        ("      seq: drop\n", "privacy-drops-key"),
        ("      who: {public_officer: true, lawful_basis: ตามกฎหมายว่าด้วยข้อมูล}\n", "value-invalid"),
        ("      amount: {suppress: {beside: [costs]}}\n", "name-unknown"),
    ],
)  # fmt: skip
def test_a_wrong_declaration_is_told_with_its_place(world, aid, privacy, code):
    aid("    privacy:\n" + privacy)
    with pytest.raises(DeclarationError) as wrong:
        publish(AID, world)
    assert code in {p.code for p in wrong.value.problems}
    assert "privacy" in str(wrong.value.problems[0].place)


def test_small_cells_are_suppressed_on_the_way(world, aid, province):
    fields = [
        {"name": "amphoe", "type": "string", "title": "อำเภอ"},
        {"name": "male", "type": "integer", "title": "ผู้ป่วยชาย", "unit": "คน"},
        {"name": "female", "type": "integer", "title": "ผู้ป่วยหญิง", "unit": "คน"},
        {"name": "all", "type": "integer", "title": "ผู้ป่วยรวม", "unit": "คน"},
    ]
    schema = {"name": "aid", "title": "ผู้ป่วย", "fields": fields}
    (province / "schemas" / "aid.json").write_text(json.dumps(schema), "utf-8")
    rows = ["อำเภอ,ผู้ป่วยชาย,ผู้ป่วยหญิง,ผู้ป่วยรวม", "ก,3,40,43", "ข,20,12,32", "ค,30,0,30"]
    (aid.folder / "markets.csv").write_text("\n".join(rows) + "\n", "utf-8")
    aid()
    with pytest.raises(Rejected) as stopped:
        publish(AID, world)
    assert [(p.field, p.code) for p in stopped.value.problems] == [("male", "privacy-small-cell")]
    aid("    privacy:\n      male: {suppress: {beside: [female], total: all}}\n")
    publish(AID, world)
    release = world.index.published(AID)
    left = pq.read_table(world.store.path(AID, release.version, "people.parquet")).to_pylist()
    assert left[0]["male"] is None
    assert (left[0]["female"], left[0]["all"]) in [(None, 43), (40, None)]
    assert left[1] == {"amphoe": "ข", "male": 20, "female": 12, "all": 32}
    assert left[2]["female"] == 0


def test_a_pattern_of_columns_answers_for_small_cells_alone(world, aid, province):
    aid("    privacy:\n      '*o*': {lawful_basis: เผยแพร่ตามประกาศของหน่วยงานอยู่แล้ว}\n")
    with pytest.raises(Rejected) as stopped:
        publish(AID, world)
    assert {p.field for p in stopped.value.problems} == {"person_id", "who", "phone", "born"}


def test_a_salt_that_is_too_short_is_refused_and_not_shown(monkeypatch):
    monkeypatch.setenv("SAMDAO_SALT", "สั้นไป")
    with pytest.raises(DeclarationError) as wrong:
        load_settings()
    assert wrong.value.problems[0].place == "SAMDAO_SALT"
    assert "สั้นไป" not in str([p.as_dict() for p in wrong.value.problems])


def test_a_salt_is_not_in_what_settings_print():
    settings = load_settings(salt="ความลับของจังหวัดสมมติ")
    assert "ความลับ" not in repr(settings)
    assert "ความลับ" not in settings.model_dump_json()
