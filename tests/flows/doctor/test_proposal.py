"""Proposals made of hand-made diagnoses: what is declared, what is asked, what is given up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import yaml

from catalog.names import DatasetId
from catalog.problem import DeclarationError, Level, Problem, codes
from catalog.spec import OfficeSpec
from flows.doctor import Choice, Column, Diagnosis, Finding, Layout, Question, Remedy
from flows.doctor.declaring import dataset_text, schema_text
from flows.doctor.examine import Desk, Examination, TableExam
from flows.doctor.proposal import Around, propose
from flows.sources import POSITION

ID = DatasetId("si_sawat", "wells")
OFFICE = OfficeSpec.model_validate({
    "id": "si_sawat", "name": {"th": "สำนักงานจังหวัดศรีสวัสดิ์ (สมมติ)"}, "province": "71",
    "uri_base": "https://si-sawat.example",
    "contact": {"name": "กลุ่มงานข้อมูล", "email": "data@si-sawat.example"},
})  # fmt: skip
AROUND = Around(ID, OFFICE, frozenset({"provincial_administration/administrative_boundaries"}))
WELLS = {
    "รหัส": ["บ1", "บ2", "บ3", "บ4"],
    "จังหวัด": ["กาญจนบุรี", "นครพนม", "กาญจนบุรี", "นครพนม"],
    "ปี": ["2560", "2561", "2562", "2562"],
    "ความลึก (เมตร)": ["1,200.5", "8", "-", "12"],
}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "desk", lambda: datetime(2026, 11, 20, tzinfo=UTC), 10**9)


def diagnosed(column: Column, said: Mapping[str, Any]) -> Diagnosis:
    return Diagnosis(column, **({"type": "string"} | dict(said)))


def table(
    folder: Path, cells: Mapping[str, list[str | None]], said: Mapping[str, Any],
    keys: tuple[tuple[str, ...], ...] = (), findings: tuple[Finding, ...] = (),
    title: str | None = None, notes: tuple[tuple[int, str], ...] = (), name: str = "t0",
) -> TableExam:  # fmt: skip
    """A table as an examination gives it: cells by label, what was said of each label."""
    folder.mkdir(exist_ok=True)
    rows = len(next(iter(cells.values())))
    staged = folder / f"{name}.parquet"
    columns = {POSITION: pa.array(range(2, rows + 2), pa.int64())}
    columns |= {f"c{at}": pa.array(v, pa.string()) for at, v in enumerate(cells.values())}
    pq.write_table(pa.table(columns), staged)
    diagnoses = []
    for at, (label, values) in enumerate(cells.items()):
        counted = pc.value_counts(pa.array([v for v in values if v], pa.string()))
        distinct = pa.table({"value": counted.field(0), "rows": counted.field(1),
                             "first": pa.array(range(2, 2 + len(counted)))})  # fmt: skip
        empty = sum(not value for value in values)
        column = Column(label, at, distinct, rows, empty, staged)
        diagnoses.append(diagnosed(column, said.get(label, {})))
    layout = Layout("csv", {}, title=title, notes=notes, rows=rows)
    return TableExam(layout, tuple(cells), staged, rows, tuple(diagnoses), findings, keys)


def wells(folder: Path, **more: Any) -> Examination:
    said = {
        "รหัส": {"means": "id", "constraints": {"required": True, "unique": True}},
        "จังหวัด": {"means": "province", "repairs": (("place", {"to": "code"}),)},
        "ปี": {"type": "year", "means": "year", "repairs": (("thai_year", {}),)},
        "ความลึก (เมตร)": {
            "type": "number", "properties": {"unit": "m"}, "missing": ("", "-"),
            "repairs": (("thousands", {"brackets": "leave"}),),
        },
    } | more.pop("said", {})  # fmt: skip
    exam = table(folder, WELLS, said, **({"keys": (("รหัส",),)} | more))
    return Examination("wells.csv", folder / "wells.csv", 99, "0" * 64, (exam,))


def field(made: Any, name: str) -> dict[str, Any]:
    body = made.schemas["wells"]
    return next(item for item in body["fields"] if item["name"] == name)


# ---- what is declared


def test_a_proposal_passes_and_says_what_the_columns_hold(desk, tmp_path):
    made = propose(wells(tmp_path), AROUND, {}, desk)
    assert made.passes
    assert made.schemas["wells"]["primaryKey"] == ["id"]
    assert field(made, "id")["constraints"] == {"required": True, "unique": True}
    assert field(made, "year") == {
        "name": "year", "type": "year", "title": "ปี", "title_en": "Year", "alias": "YEAR",
    }  # fmt: skip
    depth = made.schemas["wells"]["fields"][3]
    assert (depth["type"], depth["unit"], depth["missingValues"]) == ("number", "m", ["", "-"])
    typed = made.trials[0].typed
    assert typed.head(4).column(depth["name"]).to_pylist() == [1200.5, 8.0, None, 12.0]
    assert typed.head(4).column("year").to_pylist() == [2017, 2018, 2019, 2019]


def test_repairs_that_the_type_asks_for_are_not_written_again(desk, tmp_path):
    made = propose(wells(tmp_path), AROUND, {}, desk)
    assert made.body["tables"]["wells"]["repairs"] == {"province": [{"place": {"to": "code"}}]}


def test_places_years_and_kind_come_from_the_values(desk, tmp_path):
    body = propose(wells(tmp_path), AROUND, {}, desk).body
    assert body["coverage"] == {"level": "province", "places": ["TH-48", "TH-71"]}
    assert body["temporal"] == {"start": date(2017, 1, 1), "end": date(2019, 12, 31)}
    assert body["data_type"] == "record"


def test_a_column_of_place_codes_refers_to_the_declared_table_of_places(desk, tmp_path):
    made = propose(wells(tmp_path), AROUND, {}, desk)
    resource = "provincial_administration/administrative_boundaries/provinces"
    assert made.schemas["wells"]["foreignKeys"] == [
        {"fields": ["province"], "reference": {"resource": resource, "fields": ["province_code"]}}
    ]
    alone = propose(wells(tmp_path), Around(ID, OFFICE), {}, desk)
    assert "foreignKeys" not in alone.schemas["wells"]


def test_repairs_of_rows_name_fields_where_findings_name_labels(desk, tmp_path):
    fill = Remedy("rows", "fill_down", {"columns": ["จังหวัด"]})
    found = Finding(Problem("blank-row", level=Level.WARNING), remedies=(fill,))
    made = propose(wells(tmp_path, findings=(found, found)), AROUND, {}, desk)
    assert made.body["tables"]["wells"]["repairs"]["*"] == [
        {"fill_down": {"columns": ["province"]}}
    ]


def test_the_words_around_the_table_become_title_and_source(desk, tmp_path):
    exam = wells(tmp_path, title="บ่อน้ำสาธารณะ ปี 2562", notes=((9, "ที่มา: กองช่าง"),))
    made = propose(exam, AROUND, {}, desk)
    likely = {ask.name: ask.likely for ask in made.asks}
    assert likely["title"] == "บ่อน้ำสาธารณะ ปี 2562"
    assert made.body["provenance"] == {"source": {"th": "กองช่าง"}}


def test_several_tables_get_names_and_schemas_of_their_own(desk, tmp_path):
    first = table(tmp_path, {"จำนวน": ["1", "2"]}, {"จำนวน": {"type": "integer"}}, title="ตลาด")
    second = table(tmp_path, {"ชื่อ": ["ก", "ข"]}, {}, name="t1")
    exam = Examination("two.csv", tmp_path / "two.csv", 1, "0" * 64, (first, second))
    made = propose(exam, AROUND, {}, desk)
    assert list(made.body["tables"]) == ["market", "table_2"]
    assert list(made.schemas) == ["wells_market", "wells_table_2"]
    assert made.body["tables"]["market"]["title"] == {"th": "ตลาด"}


# ---- what is given up


def test_a_column_that_is_not_of_its_type_becomes_text_and_says_so(desk, tmp_path):
    said = {"รหัส": {"type": "integer", "constraints": {"minimum": 1}}}
    made = propose(wells(tmp_path, said=said, keys=()), AROUND, {}, desk)
    assert made.passes
    code = made.schemas["wells"]["fields"][0]
    assert code["type"] == "string"
    assert "constraints" not in code
    (found,) = [item for item in made.relaxed if item.problem.code == "doctor-relaxed-type"]
    assert (found.problem.value, found.problem.field, found.count) == ("บ1", "รหัส", 4)


def test_a_constraint_that_does_not_hold_is_dropped_and_the_others_stay(desk, tmp_path):
    said = {"รหัส": {"constraints": {"required": True, "pattern": "บ[12]"}}}
    made = propose(wells(tmp_path, said=said, keys=()), AROUND, {}, desk)
    assert made.schemas["wells"]["fields"][0]["constraints"] == {"required": True}
    assert [item.problem.code for item in made.relaxed] == ["doctor-relaxed-constraint"]


def test_a_key_that_repeats_is_no_key(desk, tmp_path):
    made = propose(wells(tmp_path, keys=(("จังหวัด",),)), AROUND, {}, desk)
    assert made.passes
    assert "primaryKey" not in made.schemas["wells"]
    assert "doctor-relaxed-key" in [item.problem.code for item in made.relaxed]


def test_what_a_repair_refuses_to_guess_is_never_relaxed(desk, tmp_path):
    cells = {"ปี": ["2560", "2018", "2561", "2019"]}
    said = {"ปี": {"type": "year", "repairs": (("thai_year", {}),)}}
    exam = Examination("y.csv", None, 1, "0", (table(tmp_path, cells, said),))
    made = propose(exam, AROUND, {}, desk)
    assert not made.passes
    assert made.problems[0].field == "year"
    assert made.relaxed == ()


# ---- what is asked


ERA = Question("era-mixed", (
    Choice("be", {"th": "พ.ศ. ทุกแถว", "en": "Buddhist"},
           (Remedy("repair", "thai_year", {"era": "be"}),)),
    Choice("text", {"th": "เก็บเป็นข้อความ", "en": "keep as text"},
           (Remedy("field", "type", "string"),)),
), likely="be")  # fmt: skip


def asking(**more: Any) -> dict[str, Any]:
    problem = Problem("era-mixed", field="ปี", row=2, level=Level.WARNING)
    return {"ปี": {"type": "year", "repairs": (("thai_year", {}),), "means": "year",
                   "findings": (Finding(problem, question=ERA),)} | more}  # fmt: skip


def test_a_table_that_waits_for_an_answer_is_not_tried(desk, tmp_path):
    made = propose(wells(tmp_path, said=asking()), AROUND, {}, desk)
    assert made.waits
    assert not made.passes
    assert "year.era-mixed" in [ask.name for ask in made.open]


def test_an_answer_changes_what_is_declared(desk, tmp_path):
    exam = wells(tmp_path, said=asking())
    made = propose(exam, AROUND, {"year.era-mixed": "be"}, desk)
    assert made.passes
    repairs = made.body["tables"]["wells"]["repairs"]
    assert repairs["year"] == [{"thai_year": {"era": "be"}}]
    text = propose(exam, AROUND, {"year.era-mixed": "text"}, desk)
    assert field(text, "year")["type"] == "string"


def test_likely_answers_are_only_assumed_to_try(desk, tmp_path):
    made = propose(wells(tmp_path, said=asking()), AROUND, {}, desk, assume=True)
    assert made.passes
    assert "year.era-mixed" in [ask.name for ask in made.open]


def test_a_star_answers_every_question_of_a_code_but_those_with_their_own(desk, tmp_path):
    more = asking()["ปี"]
    problem = Problem("era-mixed", field="รหัส", level=Level.WARNING)
    other = {"type": "string", "repairs": (), "means": "id"}
    said = {"ปี": more, "รหัส": {**other, "findings": (Finding(problem, question=ERA),)}}
    given = {"*.era-mixed": "text", "year.era-mixed": "be", "*.nothing-asked": "x"}
    made = propose(wells(tmp_path, said=said), AROUND, given, desk)
    assert made.answers == {"year.era-mixed": "be", "id.era-mixed": "text"}


def test_an_answer_that_is_none_of_the_choices_names_those_there_are(desk, tmp_path):
    exam = wells(tmp_path, said=asking())
    with pytest.raises(DeclarationError) as caught:
        propose(exam, AROUND, {"year.era-mixed": "bee", "licence": "cc-by"}, desk)
    told = {problem.place: problem for problem in caught.value.problems}
    assert told["year.era-mixed"].params["known"] == "be, text"
    assert told["licence"].params["nearest"] == "cc-by-4.0"


def test_an_answer_to_nothing_that_is_asked_is_refused(desk, tmp_path):
    with pytest.raises(DeclarationError) as caught:
        propose(wells(tmp_path), AROUND, {"licens": "cc-by-4.0"}, desk)
    assert caught.value.problems[0].code == "answer-unknown"


def test_personal_data_that_is_dropped_is_in_no_table_and_no_key(desk, tmp_path):
    choice = Choice("drop", {"th": "ไม่เผยแพร่", "en": "drop"}, (Remedy("treatment", "drop"),))
    problem = Problem("era-mixed", field="รหัส", level=Level.ERROR)
    question = Question("personal", (choice,), "drop")
    said = {"รหัส": {"findings": (Finding(problem, question=question),), "means": "citizen_id"}}
    made = propose(wells(tmp_path, said=said), AROUND, {"citizen_id.personal": "drop"}, desk)
    assert made.passes
    assert made.body["tables"]["wells"]["privacy"] == {"citizen_id": "drop"}
    assert "primaryKey" not in made.schemas["wells"]
    assert "citizen_id" not in made.trials[0].typed.schema.names
    assert next(ask for ask in made.asks if ask.name == "citizen_id.personal").sensitive


PEOPLE = {
    "ชื่อ-สกุล": ["นายสมชาย ใจดี", "นางสาวสมศรี มีสุข", "นายสมหมาย รักดี", "นางสมใจ งามดี"],
    "โทรศัพท์": ["081-234-5678", "089-876-5432", "062-345-6789", "081-111-2222"],
}


def test_personal_data_that_shows_only_in_the_trial_is_asked_about(desk, tmp_path):
    exam = Examination("p.csv", None, 1, "0", (table(tmp_path, PEOPLE, {}),))
    made = propose(exam, AROUND, {}, desk)
    assert not made.passes
    asked = [ask.name for ask in made.open if ask.finding]
    assert "phone.personal" in asked
    answers = dict.fromkeys(asked, "drop")
    answers[asked[0]] = "mask"
    settled = propose(exam, AROUND, answers, desk)
    assert settled.passes
    assert settled.body["tables"]["wells"]["privacy"][asked[0].partition(".")[0]] == "mask"


def test_one_answer_for_all_personal_data_leaves_other_columns_alone(desk, tmp_path):
    cells = PEOPLE | {"จำนวน": ["120", "340", "77", "81"]}
    said = {"จำนวน": {"type": "integer"}}
    exam = Examination("p.csv", None, 1, "0", (table(tmp_path, cells, said),))
    made = propose(exam, AROUND, {"*.personal": "drop"}, desk)
    assert made.passes
    assert "count" not in made.body["tables"]["wells"]["privacy"]
    assert made.trials[0].typed.schema.names == ("count",)


def test_a_lawful_ground_has_to_be_told_in_words(desk, tmp_path):
    exam = Examination("p.csv", None, 1, "0", (table(tmp_path, PEOPLE, {}),))
    with pytest.raises(DeclarationError):
        propose(exam, AROUND, {"phone.personal": "lawful_basis:ok"}, desk)
    ground = "lawful_basis:ผู้ประกอบการยินยอมให้เผยแพร่"
    made = propose(exam, AROUND, {"*.personal": ground}, desk)
    assert made.passes
    assert {"lawful_basis": "ผู้ประกอบการยินยอมให้เผยแพร่"} in [
        *made.body["tables"]["wells"]["privacy"].values()
    ]


def test_a_new_office_is_asked_about_and_an_old_one_is_not(desk, tmp_path):
    names = [ask.name for ask in propose(wells(tmp_path), Around(ID), {}, desk).open]
    assert names[:4] == ["office.name", "office.uri_base", "contact.name", "contact.email"]
    old = [ask.name for ask in propose(wells(tmp_path), AROUND, {}, desk).open]
    assert old == ["title", "description", "licence", "theme", "frequency", "objective"]


def test_a_file_without_a_table_cannot_be_declared(desk):
    with pytest.raises(DeclarationError) as caught:
        propose(Examination("x.csv", None, 1, "0"), AROUND, {}, desk)
    assert caught.value.problems[0].code == "nothing-to-declare"


# ---- how it is written


ANSWERS = {"title": "บ่อน้ำ", "description": "บ่อน้ำสาธารณะ หนึ่งแถวต่อหนึ่งบ่อ", "theme": "environment",
           "licence": "cc-by-4.0", "frequency": "month:3", "objective": "mission"}  # fmt: skip


def test_the_declaration_reads_like_those_of_the_house(desk, tmp_path):
    made = propose(wells(tmp_path), AROUND, ANSWERS, desk)
    assert made.open == ()
    assert (
        dataset_text(made)
        == """\
# ร่างโดย samdao new จากแฟ้ม wells.csv — อ่านทวนก่อนเผยแพร่
title: {th: บ่อน้ำ}
description: {th: บ่อน้ำสาธารณะ หนึ่งแถวต่อหนึ่งบ่อ}
keywords: [บ่อน้ำ, จังหวัด]
theme: environment
data_type: record
objective: [mission]
frequency: {unit: month, interval: 3}
coverage: {level: province, places: [TH-48, TH-71]}
temporal: {start: 2017-01-01, end: 2019-12-31}
licence: cc-by-4.0
provenance: {source: {th: แฟ้ม wells.csv}}
tables:
  wells:
    schema: wells
    source: {kind: csv, path: wells.csv}
    repairs: {province: [{place: {to: code}}]}
"""
    )


def test_what_is_written_is_read_back_the_same(desk, tmp_path):
    made = propose(wells(tmp_path, said=asking()), AROUND, ANSWERS | {"year.era-mixed": "be"}, desk)
    text = dataset_text(made)
    assert yaml.safe_load(text) == made.body
    body = made.schemas["wells"]
    assert yaml.safe_load(schema_text(body)) == body | {
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json"
    }


def test_open_questions_stand_in_the_draft_as_comments(desk, tmp_path):
    text = dataset_text(propose(wells(tmp_path), AROUND, {}, desk))
    assert "# ยังต้องตอบ: --answer licence=…" in text
    assert "licence:" not in [line[:8] for line in text.splitlines()]


def test_every_code_of_the_proposal_has_an_example():
    from catalog.problem import template

    for code in ("doctor-relaxed-type", "doctor-relaxed-constraint", "doctor-relaxed-key"):
        assert code in codes()
        assert template(code)["example"]
