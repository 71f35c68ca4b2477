"""The verbs ``doctor`` and ``new``, as people call them, over the fictional province."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT

PAGE = ROOT / "docs" / "doctor.md"
ANSWERS = {
    "title": "สระน้ำสาธารณะ", "description": "หนึ่งแถวต่อหนึ่งสระ", "licence": "cc-by-4.0",
    "theme": "environment", "frequency": "year",
}  # fmt: skip


@pytest.fixture
def ponds(tmp_path: Path) -> Path:
    """The file of the officers' page."""
    (body,) = re.findall(r"^```csv\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    path = tmp_path / "ponds.csv"
    path.write_text(body, "utf-8")
    return path


def answered(**more: str) -> list[str]:
    return [
        word for name, said in (ANSWERS | more).items() for word in ("--answer", f"{name}={said}")
    ]


def new(samdao, ponds: Path, *words: str, id: str = "si_sawat/ponds", **more: str):
    return samdao("new", str(ponds), "--id", id, "--yes", *answered(**more), *words, lang="th")


def tree(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


# ---- doctor


def test_the_doctor_tells_what_ails_a_file_and_what_mends_it(samdao, ponds):
    result = samdao("doctor", str(ponds), lang="th")
    assert result.exit_code == 0
    text = result.stdout
    assert "ความจุ (ลบ.ม.): จำนวนเต็ม" in text
    assert "วันที่ขุด: วันที่" in text
    assert "จังหวัด" in text
    assert "ร่างคำประกาศ" in text
    assert "ลองทำตามร่างนี้กับแฟ้มทั้งแฟ้มแล้ว ผ่านการตรวจ" in text
    assert "✓ ไม่มีสิ่งที่ทำให้เผยแพร่ไม่ได้" in text


def test_the_doctor_speaks_english(samdao, ponds):
    text = samdao("doctor", str(ponds)).stdout
    assert "Nothing stops publication" in text
    assert "What would be declared" in text


def test_the_report_as_json_has_all_of_it(samdao, ponds):
    body = json.loads(samdao("doctor", str(ponds), "--json").stdout)
    assert (body["ok"], body["file"], len(body["sha256"])) == (True, "ponds.csv", 64)
    (table,) = body["tables"]
    assert table["rows"] == 3
    columns = {column["label"]: column for column in table["columns"]}
    assert columns["ความจุ (ลบ.ม.)"]["type"] == "integer"
    assert columns["วันที่ขุด"]["type"] == "date"
    assert columns["ความจุ (ลบ.ม.)"]["rows"] == 3
    found = [item for column in table["columns"] for item in column["findings"]]
    assert found
    assert all({"code", "count", "words", "examples", "remedies"} <= set(item) for item in found)
    assert body["proposal"]["passes"]
    assert "datasets/office/ponds/dataset.yaml" in body["proposal"]["files"]
    assert {"licence", "title"} <= {ask["name"] for ask in body["questions"]}


@pytest.mark.parametrize("lang", ["th", "en"])
def test_the_report_as_a_page_stands_by_itself(samdao, ponds, tmp_path, lang):
    target = tmp_path / "report.html"
    assert samdao("doctor", str(ponds), "--html", str(target), lang=lang).exit_code == 0
    text = target.read_text("utf-8")
    assert f'<html lang="{lang}">' in text
    assert "ความจุ (ลบ.ม.)" in text
    assert not re.search(r"<script|<link|src=|https?://(?!data)\S+\.(css|js|woff)|@import", text)
    assert text.count("<h1>") == 1


def test_values_of_the_file_cannot_become_markup(samdao, tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text('ชื่อ,จำนวน\n"<script>alert(1)</script> ",1\nข ,2\n', "utf-8")
    target = tmp_path / "report.html"
    samdao("doctor", str(path), "--html", str(target))
    assert "<script>" not in target.read_text("utf-8")


def test_a_file_that_is_not_there_is_told(samdao):
    result = samdao("doctor", "nowhere.csv", lang="th")
    assert result.exit_code == 2
    assert "nowhere.csv" in result.output


def test_a_file_that_cannot_be_read_stops_publication(samdao, tmp_path):
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"PK\x03\x04 nothing of the kind")
    result = samdao("doctor", str(path), "--json")
    assert result.exit_code == 1
    body = json.loads(result.stdout)
    assert not body["ok"]
    assert body["findings"][0]["level"] == "error"


def test_a_sheet_that_is_not_there_names_those_that_are(samdao, ponds):
    result = samdao("doctor", str(ponds), "--sheet", "งบ")
    assert result.exit_code == 2
    assert "งบ" in result.output


def test_a_declared_dataset_is_told_what_its_repairs_mend(samdao, province):
    body = json.loads(samdao("doctor", "si_sawat/markets", "--json").stdout)
    assert body["ok"]
    (table,) = body["tables"]
    assert table["name"] == "markets"
    found = [item for column in table["columns"] for item in column["findings"]]
    mendable = [item for item in found if any(r["kind"] == "repair" for r in item["remedies"])]
    assert mendable
    assert all(item["mended"] for item in mendable)
    text = samdao("doctor", "si_sawat/markets", lang="th").stdout
    assert "คำประกาศที่มีอยู่แก้ให้แล้ว" in text


def test_a_declared_dataset_that_stops_ends_with_one(samdao, province):
    source = province / "datasets" / "si_sawat" / "markets" / "markets.csv"
    source.write_text(source.read_text("utf-8") + "ต9,ตลาดใหม่,ไม่ใช่วันที่,5\n", "utf-8")
    result = samdao("doctor", "si_sawat/markets", "--json")
    assert result.exit_code == 1
    assert not json.loads(result.stdout)["rehearsal"]["ok"]


# ---- new


def test_new_declares_what_then_passes(samdao, ponds, province):
    result = new(samdao, ponds)
    assert result.exit_code == 0, result.output
    folder = province / "datasets" / "si_sawat" / "ponds"
    assert (folder / "ponds.csv").read_bytes() == ponds.read_bytes()
    body = yaml.safe_load((folder / "dataset.yaml").read_text("utf-8"))
    assert body["title"] == {"th": "สระน้ำสาธารณะ"}
    assert body["tables"]["ponds"]["source"]["path"] == "ponds.csv"
    schema = json.loads((province / "schemas" / "ponds.json").read_text("utf-8"))
    types = {field["title"]: field["type"] for field in schema["fields"]}
    assert types["วันที่ขุด"] == "date"
    assert samdao("check", "si_sawat/ponds").exit_code == 0
    assert "waits for approval" in samdao("publish", "si_sawat/ponds").stdout


def test_without_a_terminal_every_open_question_is_told_with_its_option(samdao, ponds, province):
    before = tree(province)
    result = samdao("new", str(ponds), "--id", "si_sawat/ponds", lang="th")
    assert result.exit_code == 2
    asked = re.findall(r"--answer ([\w.*-]+)=…", result.output)
    assert {"title", "description", "licence", "theme", "frequency", "objective"} <= set(asked)
    assert "cc-by-4.0" in result.output
    assert tree(province) == before


def test_yes_never_answers_for_the_licence(samdao, ponds, province):
    given = [f"{n}={s}" for n, s in ANSWERS.items() if n != "licence"]
    result = samdao("new", str(ponds), "--id", "si_sawat/ponds", "--yes",
                    *(w for said in given for w in ("--answer", said)))  # fmt: skip
    assert result.exit_code == 2
    assert re.findall(r"--answer ([\w.*-]+)=…", result.output) == ["licence"]


def test_questions_are_asked_at_a_terminal(samdao, ponds, province, monkeypatch):
    import click

    from flows import verbs_doctor

    said = {"licence": "cc0-1.0", "title": "สระ", "description": "สระน้ำ", "theme": "environment",
            "frequency": "year", "objective": "mission"}  # fmt: skip
    asked = []

    def prompt(text, default=None, **more):
        asked.append(default)
        return list(said.values())[len(asked) - 1] if default is None else default

    names = []
    monkeypatch.setattr(verbs_doctor, "_somebody_there", lambda: True)
    monkeypatch.setattr(click, "prompt", prompt)
    from flows.doctor import telling

    monkeypatch.setattr(
        telling, "ask_person", lambda ask: names.append(ask.name) or said.get(ask.name, ask.likely)
    )
    result = samdao("new", str(ponds), "--id", "si_sawat/ponds", lang="th")
    assert result.exit_code == 0, result.output
    assert {"licence", "title"} <= set(names)
    text = (province / "datasets/si_sawat/ponds/dataset.yaml").read_text("utf-8")
    assert "licence: cc0-1.0" in text


def test_an_answer_at_the_terminal_may_be_a_number_and_has_to_be_a_choice(monkeypatch):
    from flows.doctor import telling
    from flows.doctor.proposal import Ask

    answers = iter(["nonsense", "2"])
    monkeypatch.setattr(telling.click, "prompt", lambda *given, **more: next(answers))
    words = {"th": "ก", "en": "a"}
    assert telling.ask_person(Ask("x", words, (("one", words), ("two", words)))) == "two"


def test_what_is_there_is_not_written_over_unless_forced(samdao, ponds, province):
    assert new(samdao, ponds).exit_code == 0
    path = province / "datasets" / "si_sawat" / "ponds" / "dataset.yaml"
    before = path.read_text("utf-8")
    again = new(samdao, ponds, title="ชื่อใหม่")
    assert again.exit_code == 2
    assert "--force" in again.output
    assert path.read_text("utf-8") == before
    (path.parent / "LICENSE").write_text("kept", "utf-8")
    assert new(samdao, ponds, "--force", title="ชื่อใหม่").exit_code == 0
    assert "ชื่อใหม่" in path.read_text("utf-8")
    assert (path.parent / "LICENSE").read_text("utf-8") == "kept"


def test_another_schema_of_that_name_is_not_written_over(samdao, ponds, province):
    result = new(samdao, ponds, id="si_sawat/shops")
    assert result.exit_code == 2
    assert "shops" in result.output
    assert not (province / "datasets" / "si_sawat" / "shops").exists()


def test_a_new_office_is_declared_beside_its_first_dataset(samdao, ponds, province):
    missing = new(samdao, ponds, id="ban_suan/ponds")
    assert missing.exit_code == 2
    assert "office.uri_base" in missing.output
    more = {"office.name": "เทศบาลตำบลบ้านสวน (สมมติ)", "office.uri_base": "https://ban-suan.example",
            "contact.name": "กองช่าง", "contact.email": "data@ban-suan.example"}  # fmt: skip
    assert new(samdao, ponds, id="ban_suan/ponds", **more).exit_code == 0
    office = yaml.safe_load((province / "datasets/ban_suan/office.yaml").read_text("utf-8"))
    assert office["name"] == {"th": "เทศบาลตำบลบ้านสวน (สมมติ)"}
    assert samdao("check", "ban_suan/ponds").exit_code == 0


def test_another_folder_may_be_written_to(samdao, ponds, tmp_path, province):
    before = tree(province)
    more = {"office.name": "บ้านสวน", "office.uri_base": "https://ban-suan.example",
            "contact.name": "กองช่าง", "contact.email": "data@ban-suan.example"}  # fmt: skip
    out = tmp_path / "out"
    assert new(samdao, ponds, "--out", str(out), **more).exit_code == 0
    assert {"schemas/ponds.json", "datasets/si_sawat/office.yaml"} <= tree(out)
    assert tree(province) == before


@pytest.mark.parametrize("id", ["ponds", "Si Sawat/ponds", "si_sawat/สระ", "si-sawat/ponds"])
def test_an_id_that_is_none_is_told(samdao, ponds, id):
    result = new(samdao, ponds, id=id)
    assert result.exit_code == 2
    assert id in result.output


def test_an_answer_without_an_equals_sign_is_told(samdao, ponds):
    result = samdao("new", str(ponds), "--id", "si_sawat/ponds", "--answer", "licence")
    assert result.exit_code == 2
    assert "NAME=ANSWER" in result.output


def test_what_does_not_pass_leaves_no_trace(samdao, ponds, province, monkeypatch):
    from catalog.problem import Problem
    from flows import rehearse
    from flows.rehearse import Rehearsal

    before = tree(province)
    stopped = lambda id, world: Rehearsal(id, problems=(Problem("blank-row"),), exit_code=1)  # noqa: E731
    monkeypatch.setattr(rehearse, "rehearse", stopped)
    assert new(samdao, ponds).exit_code == 1
    assert tree(province) == before


def test_killed_while_writing_leaves_no_dataset(samdao, ponds, province, monkeypatch):
    from flows.doctor import declaring

    before = {path for path in tree(province) if not path.startswith("schemas/")}

    def broken(*given):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(declaring, "_move", broken)
    assert new(samdao, ponds).exit_code == 3
    assert {path for path in tree(province) if not path.startswith("schemas/")} == before
    assert samdao("list").exit_code == 0


# ---- the page


def test_the_walk_of_the_page_runs(samdao, ponds, monkeypatch):
    monkeypatch.chdir(ponds.parent)
    blocks = re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.splitlines() if line]
    assert len(lines) > 4
    for line in lines:
        result = samdao(*shlex.split(line)[1:], lang="th")
        assert result.exit_code == 0, f"{line}\n{result.output}"
