"""The command, verb by verb, by what it does to the fictional province."""

from __future__ import annotations

import csv
import io
import json
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import click
import httpx
import openpyxl
import pytest
from sqlalchemy import text

from catalog.database import Database
from catalog.names import DatasetId
from catalog.requests import Requests
from flows.cli import main

from .conftest import MARKETS, add_market

ID, SHOPS = "si_sawat/markets", "si_sawat/tax_shops"
THAI = re.compile(r"[\u0e00-\u0e7f]")
VERSION = r"\d{4}-\d{2}-\d{2}\.1"


def _json(result):
    return json.loads(result.stdout)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def database(home: Path):
    home.mkdir(exist_ok=True)
    return Database(f"sqlite:///{home / 'catalog.db'}")


# ---- list, show, status


def test_list_names_every_dataset_with_its_title(samdao):
    lines = samdao("list", lang="th").stdout.splitlines()
    assert [line.split(maxsplit=1) for line in lines] == [
        [ID, "ตลาดชุมชน"], [SHOPS, "ร้านค้าในตลาดที่จดทะเบียน"],
    ]  # fmt: skip
    assert "Community markets" in samdao("list").stdout


def test_list_gives_licence_and_tables_as_json(samdao):
    assert _json(samdao("list", "--json"))[0] == {
        "id": ID, "title": "Community markets", "licence": "cc-by-4.0", "tables": ["markets"],
    }  # fmt: skip


def test_list_tells_of_a_wrong_declaration_and_goes_on(samdao, markets):
    path = markets / "dataset.yaml"
    path.write_text(path.read_text("utf-8").replace("licence:", "license:"), "utf-8")
    result = samdao("list", lang="th")
    assert result.exit_code == 0
    assert "✗ si_sawat/markets/dataset.yaml:9 license: ไม่รู้จักคีย์ license" in result.stdout
    assert "ร้านค้าในตลาดที่จดทะเบียน" in result.stdout
    assert _json(samdao("list", "--json"))[0]["problems"][0]["code"] == "key-unknown"


def test_list_of_an_empty_folder_says_so(samdao, tmp_path):
    (tmp_path / "empty").mkdir()
    env = {"SAMDAO_DATASETS": str(tmp_path / "empty")}
    assert samdao("list", lang="th", **env).stdout == "ไม่มีชุดข้อมูล\n"
    assert _json(samdao("list", "--json", **env)) == []


def test_show_tells_office_licence_tables_and_releases(samdao):
    before = samdao("show", ID, lang="th").stdout
    assert "สำนักงานจังหวัดศรีสวัสดิ์ (สมมติ)" in before
    assert "ครีเอทีฟคอมมอนส์ แสดงที่มา 4.0 · อนุมัติล่วงหน้าได้" in before
    assert "markets: csv → markets" in before
    assert "ยังไม่เผยแพร่" in before
    samdao("publish", ID)
    assert re.search(rf"{VERSION}  รอผู้ตรวจสอบและผู้อนุมัติ", samdao("show", ID, lang="th").stdout)
    told = _json(samdao("show", ID, "--json"))
    assert told["spec"]["tables"]["markets"]["expect"]["rows"] == [1, 10]
    assert [release["state"] for release in told["releases"]] == ["submitted"]
    assert re.fullmatch(r"[0-9a-f]{12}", told["releases"][0]["edition"])


@pytest.mark.parametrize("verb", ["show", "check", "publish", "submit", "review", "approve"])
def test_a_dataset_that_does_not_exist_is_met_with_the_nearest_name(samdao, verb):
    result = samdao(verb, "si_sawat/market", lang="th")
    assert result.exit_code == 2
    assert "✗ si_sawat/market: ไม่มีชุดข้อมูลชื่อ si_sawat/market" in result.stderr
    assert "ที่ใกล้เคียงคือ si_sawat/markets" in result.stderr


def test_status_says_what_waits_for_whom(samdao):
    assert "ยังไม่เผยแพร่" in samdao("status", lang="th").stdout
    samdao("publish", ID)
    waiting = samdao("status", lang="th").stdout
    assert re.search(rf"{ID} +รอผู้ตรวจสอบและผู้อนุมัติ\n", waiting)
    assert "สมุดบันทึก 1 รายการ ครบถ้วนถูกต้อง" in waiting
    samdao("review", ID)
    assert "reviewed; waits for the approver" in samdao("status").stdout


def test_status_tells_what_went_wrong_in_the_last_run_and_what_to_do(samdao, markets):
    add_market(markets, "ม05,ตลาด,เมื่อวาน,1")
    samdao("publish", ID)
    told = samdao("status", lang="th").stdout
    assert "✗ ค่า เมื่อวาน ไม่ใช่ชนิด date" in told
    assert "→ แก้ค่าในแถวนี้" in told
    row = _json(samdao("status", "--json"))["datasets"][0]
    assert (row["outcome"], row["problems"][0]["row"], row["state"]) == ("rejected", 5, None)


@pytest.mark.usefixtures("unattended")
def test_status_says_that_the_old_release_is_still_public(samdao, markets):
    samdao("publish", ID)
    add_market(markets, "ม04,ตลาดใหม่,1 ม.ค. 2569,40")
    samdao("submit", ID)
    told = samdao("status").stdout
    assert "waits for the reviewer and the approver · the release before is still publ" in told
    row = _json(samdao("status", "--json"))["datasets"][0]
    assert (row["state"], row["published"], row["running"]) == ("submitted", True, False)


def test_status_finds_a_ledger_that_was_tampered_with(samdao, database):
    samdao("publish", ID)
    samdao("review", ID)
    with database.write() as connection:  # who has the file can take its guards away
        guards = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'ledger'"
        for guard in connection.execute(text(guards)).scalars().all():
            connection.execute(text(f'DROP TRIGGER "{guard}"'))
        connection.execute(text("UPDATE ledger SET actor = 'someone' WHERE seq = 1"))
    assert "สมุดบันทึกถูกแก้ไขที่รายการ 1" in samdao("status", lang="th").stdout
    assert _json(samdao("status", "--json"))["ledger"] == {"entries": 2, "broken_at": 1}


def test_a_run_that_was_killed_is_told(samdao, database):
    samdao("publish", ID)
    with database.write() as connection:
        connection.execute(text("UPDATE run SET ended_at = NULL, outcome = NULL"))
    assert "ถูกตัดกลางคัน" in samdao("status", lang="th").stdout


# ---- check, publish


def test_check_tells_repairs_with_examples_and_writes_nothing(samdao, home):
    result = samdao("check", ID, lang="th")
    assert result.exit_code == 0
    assert "เปลี่ยนเลขไทยเป็นเลขอารบิกในคอลัมน์ stalls 1 ช่อง  “๑๒๐” → “120”" in result.stdout
    assert "si_sawat/markets › markets: 3 แถว · เพิ่ม 3 ลบ 0 แก้ 0" in result.stdout
    assert "ผ่านการตรวจ · จะเผยแพร่รุ่นใหม่" in result.stdout
    assert not home.exists()


def test_check_names_a_bad_value_by_its_line_and_ends_with_1(samdao, markets, home):
    add_market(markets, "ม05,ตลาด,เมื่อวาน,1")
    result = samdao("check", ID, lang="th")
    assert result.exit_code == 1
    assert "✗ si_sawat/markets › markets › แถว 5 › opened: ค่า เมื่อวาน" in result.stderr
    told = _json(samdao("check", ID, "--json"))[0]
    assert (told["ok"], told["problems"][0]["code"]) == (False, "type-error")
    assert {change["repair"] for change in told["repairs"]} >= {"thai_date", "thousands"}
    assert not home.exists()


def test_check_of_several_ends_with_the_gravest_code(samdao, markets):
    add_market(markets, "ม05,ตลาด,เมื่อวาน,1")
    shops = markets.parent / "tax_shops" / "dataset.yaml"
    shops.write_text(shops.read_text("utf-8").replace("shops.csv", "shop.csv"), "utf-8")
    assert samdao("check", ID, SHOPS).exit_code == 3
    assert samdao("check").exit_code == 2


def test_publish_without_approval_waits(samdao):
    result = samdao("publish", ID, lang="th")
    assert result.exit_code == 0
    assert re.search(rf"{ID} +{VERSION} +รออนุมัติ  3 แถว", result.stdout)
    assert _json(samdao("show", ID, "--json"))["releases"][0]["published_at"] is None


@pytest.mark.usefixtures("unattended")
def test_publish_goes_the_whole_way_and_the_second_time_changes_nothing(samdao, home):
    first = _json(samdao("publish", ID, "--json"))[0]
    assert (first["kind"], first["rows"], first["built"]) == ("PUBLISHED", {"markets": 3}, True)
    folder = home / "store" / ID / first["version"]
    assert (folder / "markets.csv").read_text("utf-8").startswith("code,name,opened,stalls")
    again = samdao("publish", ID, lang="th")
    assert (again.exit_code, "ไม่เปลี่ยนแปลง" in again.stdout) == (0, True)
    assert [path.name for path in folder.parent.iterdir()] == [first["version"]]


@pytest.mark.usefixtures("unattended")
def test_publish_all_goes_in_the_order_of_references(samdao, province):
    shops = province / "datasets" / SHOPS / "dataset.yaml"
    shops.write_text(shops.read_text("utf-8").replace("every_release", "standing"), "utf-8")
    told = _json(samdao("publish", "--all", "--jobs", "1", "--json"))
    assert [(one["id"], one["kind"]) for one in told] == [(ID, "PUBLISHED"), (SHOPS, "PUBLISHED")]


def test_publish_goes_on_after_a_failure_and_ends_with_its_code(samdao, markets):
    add_market(markets, "ม05,ตลาด,เมื่อวาน,1")
    result = samdao("publish", "--all", "--jobs", "1", lang="th")
    assert result.exit_code == 1
    assert re.search(rf"{ID} +ไม่สำเร็จ", result.stdout)
    assert re.search(rf"{SHOPS} +ไม่สำเร็จ", result.stdout), "it refers to the first"
    assert "ยังไม่มีตารางอ้างอิง si_sawat/markets/markets" in result.stderr


@pytest.mark.usefixtures("unattended")
def test_publish_due_leaves_out_what_ran_lately(samdao):
    samdao("publish", ID)
    due = _json(samdao("publish", "--due", "--dry-run", "--json"))
    assert [one["id"] for one in due] == [SHOPS]
    samdao("publish", SHOPS)
    assert samdao("publish", "--due", lang="th").stdout == "ไม่มีชุดข้อมูลที่ถึงกำหนด\n"
    assert _json(samdao("publish", "--due", "--json")) == []


def test_publish_dry_run_tells_and_writes_nothing(samdao, home):
    result = samdao("publish", ID, "--dry-run")
    assert (result.exit_code, home.exists()) == (0, False)
    assert "passes · would publish a new release" in result.stdout
    assert _json(samdao("publish", ID, "--dry-run", "--json"))[0]["changes"]["markets"]["rows"] == 3


def test_publish_of_nothing_says_what_can_be_named(samdao):
    result = samdao("publish", lang="th")
    assert result.exit_code == 2
    assert "--all (ทุกชุด) หรือ --due (เฉพาะที่ถึงกำหนด)" in result.stderr
    assert _json(samdao("publish", "--json"))["problems"][0]["code"] == "usage-which"


# ---- approval


def _deeds(database):
    with database.read() as connection:
        rows = connection.execute(text("SELECT action, actor FROM ledger ORDER BY seq"))
        return [(row.action, row.actor) for row in rows]


def test_review_and_approval_lead_to_publication_each_signed_by_name(samdao, database):
    samdao("submit", ID, "--as", "สมศรี")
    assert "ตรวจสอบแล้ว รอผู้อนุมัติ" in samdao("review", ID, "--as", "สมชาย", lang="th").stdout
    approved = samdao("approve", ID, lang="th", SAMDAO_ACTOR="ผู้ว่าราชการจังหวัด")
    assert "อนุมัติแล้ว รอเผยแพร่" in approved.stdout
    assert f"ขั้นต่อไป: samdao publish {ID}" in approved.stdout
    assert "เผยแพร่แล้ว" in samdao("publish", ID, "--as", "สมศรี", lang="th").stdout
    assert _deeds(database) == [
        ("submit", "สมศรี"), ("review", "สมชาย"), ("approve", "ผู้ว่าราชการจังหวัด"),
        ("publish", "สมศรี"),
    ]  # fmt: skip


@pytest.mark.usefixtures("unattended")
def test_submit_never_publishes_even_under_a_standing_order(samdao):
    assert _json(samdao("submit", ID, "--json"))["kind"] == "SUBMITTED"
    assert _json(samdao("status", "--json"))["datasets"][0]["published"] is False
    assert _json(samdao("publish", ID, "--json"))[0]["kind"] == "PUBLISHED"


def test_a_returned_release_says_why_until_it_is_submitted_again(samdao):
    samdao("submit", ID)
    told = _json(samdao("reject", ID, "--reason", "ชื่อตลาดผิด", "--json"))
    assert told["state"] == "draft"
    again = samdao("publish", ID, lang="th").stdout
    assert "ถูกส่งคืน ต้องแก้ก่อน" in again
    assert "ชื่อตลาดผิด" in again
    assert "(ชื่อตลาดผิด)" in samdao("show", ID, lang="th").stdout
    assert _json(samdao("submit", ID, "--json"))["kind"] == "SUBMITTED"
    assert _json(samdao("approve", ID, "--json"))["state"] == "approved"


def test_a_mended_dataset_is_a_new_release_and_the_returned_one_stays_returned(samdao, markets):
    samdao("submit", ID)
    samdao("reject", ID, "--reason", "ขาดตลาดใหม่")
    add_market(markets, "ม04,ตลาดใหม่,1 ม.ค. 2569,40")
    told = _json(samdao("submit", ID, "--json"))
    assert (told["kind"], told["rows"]) == ("SUBMITTED", {"markets": 4})
    releases = _json(samdao("show", ID, "--json"))["releases"]
    assert [release["state"] for release in releases] == ["submitted", "draft"]


def test_reject_wants_a_reason(samdao):
    samdao("submit", ID)
    result = samdao("reject", ID, lang="th")
    assert result.exit_code == 2
    assert "ยังไม่ได้บอก --reason" in result.stderr
    assert "samdao reject --help" in result.stderr


def test_a_standing_order_lets_refreshes_through(samdao, markets, database):
    samdao("submit", ID)
    ordered = samdao("approve", ID, "--standing", "--reason", "ทุกเดือน", "--as", "ผู้ว่าฯ", lang="th")
    assert "ออกคำสั่งอนุมัติล่วงหน้าแล้ว" in ordered.stdout
    assert _json(samdao("publish", ID, "--json"))[0]["kind"] == "PUBLISHED"
    add_market(markets, "ม04,ตลาดใหม่,1 ม.ค. 2569,40")
    assert _json(samdao("publish", ID, "--json"))[0]["kind"] == "PUBLISHED"
    assert ("order", "ผู้ว่าฯ") in _deeds(database)


def test_a_dataset_that_is_approved_release_by_release_takes_no_standing_order(samdao, province):
    shops = province / "datasets" / ID / "dataset.yaml"
    shops.write_text(shops.read_text("utf-8").replace("standing", "every_release"), "utf-8")
    samdao("submit", ID)
    result = samdao("approve", ID, "--standing", lang="th")
    assert result.exit_code == 2
    assert "ออกคำสั่งอนุมัติล่วงหน้าไม่ได้" in result.stderr


@pytest.mark.parametrize("verb", [("review",), ("approve",), ("reject", "--reason", "ผิด")])
def test_where_nothing_waits_nothing_is_signed(samdao, verb):
    result = samdao(*verb, ID, lang="th")
    assert result.exit_code == 2
    assert "ไม่มีรุ่นที่รอการลงนาม" in result.stderr
    assert f"samdao submit {ID}" in result.stderr


# ---- validate, convert


def test_validate_repairs_and_passes_a_loose_file(samdao, markets):
    file = str(markets / "markets.csv")
    result = samdao("validate", file, "--schema", "markets", lang="th")
    assert (result.exit_code, f"{file}: ผ่านการตรวจ (3 แถว)" in result.stdout) == (0, True)
    told = _json(samdao("validate", file, "--schema", "markets", "--json"))
    assert (told["ok"], told["rows"], told["problems"]) == (True, 3, [])
    assert {change["table"] for change in told["repairs"]} == {file}


def test_validate_without_repairs_names_file_and_line(samdao, markets):
    file = str(markets / "markets.csv")
    result = samdao("validate", file, "--schema", "markets", "--no-repairs", lang="th")
    assert result.exit_code == 1
    assert f"✗ {file} › แถว 2 › opened: ค่า ๒๙ ก.พ. ๒๕๖๗ ไม่ใช่ชนิด date" in result.stderr
    told = _json(samdao("validate", file, "--schema", "markets", "--no-repairs", "--json"))
    assert [problem["row"] for problem in told["problems"]] == [2, 2, 3, 3, 4]


def test_validate_takes_a_schema_file_and_options_of_the_reader(samdao, markets, province):
    file = markets / "semicolons.txt"
    file.write_text("ชื่อเรื่อง\nshop;market\nร้านส้ม;ม01\n", "utf-8")
    schema = str(province / "schemas" / "shops.json")
    options = ("--kind", "csv", "--set", "skip=1", "--set", "delimiter=;")
    result = samdao("validate", str(file), "--schema", schema, *options, lang="th")
    assert (result.exit_code, "ผ่านการตรวจ (1 แถว)" in result.stdout) == (0, True)
    assert "ไม่ได้ตรวจว่าค่าใน market มีในตาราง si_sawat/markets/markets" in result.stderr


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--schema", "market"), "schema-missing"),
        (("--schema", "markets", "--kind", "cvs"), "name-unknown"),
        (("--schema", "markets", "--set", "hedder=2"), "option-unknown"),
        (("--schema", "markets", "--set", "header=x"), "option-invalid"),
        (("--schema", "markets", "--set", "header"), "option-malformed"),
        (("--schema", "markets", "--set", "names=["), "option-malformed"),
        (("--schema", "markets", "--set", "path=other.csv"), "option-unknown"),
        ((), "usage-missing"),
    ],
)
def test_validate_called_wrongly_ends_with_2_and_the_right_spelling(samdao, markets, words, code):
    file = str(markets / "markets.csv")
    result = samdao("validate", file, *words, "--json")
    assert result.exit_code == 2
    assert [problem["code"] for problem in _json(result)["problems"]] == [code]
    assert THAI.search(samdao("validate", file, *words, lang="th").stderr)


def test_validate_of_a_file_that_is_not_there(samdao):
    result = samdao("validate", "ไม่มี.csv", "--schema", "markets", lang="th")
    assert (result.exit_code, "ไม่พบไฟล์ ไม่มี.csv" in result.stderr) == (2, True)
    assert samdao("validate", __file__, "--schema", "markets").exit_code == 2, "what kind is .py?"


def test_convert_writes_each_format_with_the_same_rows(samdao, markets, tmp_path):
    out = tmp_path / "out"
    told = _json(samdao(
        "convert", str(markets / "markets.csv"), "--schema", "markets", "--out", str(out),
        "--to", "csv,json,xlsx,parquet", "--json",
    ))  # fmt: skip
    assert [Path(file["path"]).name for file in told["files"]] == [
        "markets.csv", "markets.json", "markets.xlsx", "markets.parquet",
    ]  # fmt: skip
    assert {path.name for path in out.iterdir()} == {Path(f["path"]).name for f in told["files"]}
    rows = list(csv.DictReader(io.StringIO((out / "markets.csv").read_text("utf-8"))))
    assert rows[0] == {
        "code": "ม01", "name": "ตลาดนํ้าบ้านเหนือ", "opened": "2024-02-29", "stalls": "120",
    }  # fmt: skip
    assert json.loads((out / "markets.json").read_text("utf-8"))[1]["stalls"] == 1250
    sheet = openpyxl.load_workbook(out / "markets.xlsx").worksheets[0]
    assert sheet.cell(2, 3).value == datetime(2024, 2, 29)  # noqa: DTZ001
    for file in told["files"]:
        assert Path(file["path"]).stat().st_size == file["size"]


def test_convert_says_which_formats_cannot_hold_the_table_and_why(samdao, markets, tmp_path):
    words = ("convert", str(markets / "markets.csv"), "--schema", "markets", "--to", "geojson,csv")
    result = samdao(*words, "--out", str(tmp_path / "out"), lang="th")
    assert result.exit_code == 0
    assert "เว้นไว้  geojson: " in result.stdout
    assert "ไม่มีคอลัมน์พิกัดหรือรูปร่าง" in result.stdout
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["markets.csv"]


def test_convert_of_bad_data_writes_no_file(samdao, markets, tmp_path):
    add_market(markets, "ม05,ตลาด,เมื่อวาน,1")
    words = ("convert", str(markets / "markets.csv"), "--schema", "markets", "--to", "csv")
    result = samdao(*words, "--out", str(tmp_path / "out"), lang="th")
    assert (result.exit_code, list((tmp_path / "out").iterdir())) == (1, [])
    assert "แถว 5 › opened" in result.stderr


def test_convert_to_a_format_that_does_not_exist(samdao, markets, tmp_path):
    words = ("convert", str(markets / "markets.csv"), "--schema", "markets", "--to", "cvs")
    result = samdao(*words, "--out", str(tmp_path / "out"), lang="th")
    assert result.exit_code == 2
    assert "ที่ใกล้เคียงคือ csv" in result.stderr
    assert not (tmp_path / "out").exists()


# ---- how it speaks


@pytest.mark.parametrize(
    ("env", "thai"),
    [
        ({"LANG": "th_TH.UTF-8"}, True),
        ({"LANG": "en_US.UTF-8"}, False),
        ({"LANG": "C.UTF-8"}, False),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "th_TH.UTF-8"}, True),
        ({"LANG": "th_TH.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, False),
        ({"LANG": "en_US.UTF-8", "SAMDAO_LANG": "th"}, True),
        ({"LANG": "th_TH.UTF-8", "SAMDAO_LANG": "en"}, False),
        ({}, False),
    ],
)
def test_messages_follow_the_locale(samdao, env, thai):
    asked = {"LANG": None, "LC_ALL": None, "LC_MESSAGES": None, "SAMDAO_LANG": None, **env}
    lang = asked.pop("SAMDAO_LANG")
    assert bool(THAI.search(samdao("show", "no/such", lang=lang, **asked).stderr)) is thai


@pytest.fixture(scope="module")
def helps() -> dict[str, dict[str, str]]:
    """Help of the command and of each verb, by language, as a new process shows it."""
    code = (
        "import json; from flows.cli import main\n"
        "def said(command, name, parent=None):\n"
        "    return command.get_help(command.context_class(command, parent, name))\n"
        "top = main.context_class(main, None, 'samdao', max_content_width=100)\n"
        "each = {name: said(verb, name, top) for name, verb in main.commands.items()}\n"
        "print(json.dumps({'': said(main, 'samdao'), **each}))"
    )
    found = {}
    for lang in ("th", "en"):
        env = os.environ | {"SAMDAO_LANG": lang}
        done = subprocess.run(
            [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
        )
        found[lang] = json.loads(done.stdout)
    return found


VERBS = (
    "list", "show", "status", "doctor", "new", "check", "publish", "submit", "review", "approve",
    "reject", "validate", "template", "convert", "csv2rdf", "serve", "worker",
)  # fmt: skip


def test_the_verbs_are_those_of_a_datasets_way(helps):
    assert tuple(main.commands) == VERBS
    listed = [line.split()[0] for line in helps["en"][""].partition("Commands:\n")[2].splitlines()
              if line[:3].strip()]  # fmt: skip
    assert tuple(listed) == VERBS


@pytest.mark.parametrize("verb", ["", *VERBS])
def test_help_is_whole_in_both_languages(helps, verb):
    thai, english = helps["th"][verb], helps["en"][verb]
    assert english.startswith("Usage: samdao")
    assert not THAI.search(english)
    assert thai.startswith("วิธีใช้: samdao")
    untranslated = ("Usage:", "Options:", "Commands:", "Show", "[required]", "[default:")
    assert not [words for words in untranslated if words in thai]


@pytest.mark.parametrize("verb", VERBS)
def test_every_option_says_what_it_does(helps, verb):
    options = [item for item in main.commands[verb].params if isinstance(item, click.Option)]
    for lang, is_said in (("th", THAI), ("en", re.compile(r"[A-Z]"))):
        body = " ".join(helps[lang][verb].split())
        for option in options:
            said = body.partition(option.opts[0])[2]
            assert is_said.search(said), f"{option.opts[0]} in {lang}"


@pytest.mark.parametrize("verb", ["", *VERBS])
def test_thai_help_breaks_no_line_inside_a_letter(helps, verb):
    marks = re.compile(r"^\s*[\u0e31\u0e33-\u0e3a\u0e47-\u0e4e]")
    assert not [line for line in helps["th"][verb].splitlines() if marks.match(line)]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("publsh",), "usage-verb-near", "publish"),
        (("zzzz",), "usage-verb", "samdao --help"),
        (("publish", "--dryrun"), "usage-option-near", "--dry-run"),
        (("show",), "usage-missing", "ID"),
        (("serve", "--port", "99999"), "usage-wrong", "99999"),
        (("publish", "--all", "--jobs", "0"), "usage-wrong", "--jobs"),
        (("list", "extra"), "usage-wrong", "extra"),
    ],
)
def test_a_slip_of_the_pen_is_told_in_the_readers_language(samdao, words, code, said):
    result = samdao(*words, lang="th")
    assert result.exit_code == 2
    assert said in result.stderr
    assert THAI.search(result.stderr)
    assert not THAI.search(samdao(*words).stderr)
    if words[0] in ("publish", "show", "list"):
        assert _json(samdao(*words, "--json"))["problems"][0]["code"] == code


def test_alone_it_shows_its_help_and_ends_with_2(samdao):
    result = samdao()
    assert (result.exit_code, "publish" in result.stderr) == (2, True)


def test_it_tells_its_version(samdao):
    from catalog import __version__

    assert samdao("--version").stdout == f"{__version__}\n"


@pytest.mark.parametrize(
    "words",
    [
        ("list",), ("show", ID), ("status",), ("check", ID), ("publish", ID, "--dry-run"),
        ("publish", ID), ("submit", ID), ("review", ID), ("approve", ID),
        ("reject", ID, "--reason", "x"), ("show", "no/such"), ("approve", SHOPS),
        ("validate", "none.csv", "--schema", "markets"),
        ("convert", "none.csv", "--schema", "markets", "--out", "out"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_every_verb_that_reports_answers_json_and_nothing_else(
    samdao, words, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    samdao("submit", ID)
    result = samdao(*words, "--json", lang="th")
    assert _json(result) is not None
    assert result.stderr == ""
    assert not re.search(r"\\u0e", result.stdout), "Thai stays readable"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SAMDAO_DATASETS", "/no/such/folder"),
        ("SAMDAO_SCHEMAS", "/no/such/folder"),
        ("SAMDAO_DATABASE_URL", "mysql://x"),
        ("SAMDAO_BASE_URL", "catalogue"),
        ("SAMDAO_LANG", "fr"),
    ],
)
def test_a_wrong_setting_ends_with_2_and_names_the_variable(samdao, name, value):
    env = {"SAMDAO_LANG": "th", name: value}
    result = samdao("list", lang=env.pop("SAMDAO_LANG"), **env)
    assert result.exit_code == 2
    assert f"✗ {name}: " in result.stderr
    assert value in result.stderr


def test_a_defect_of_ours_is_one_sentence_and_a_log(samdao, monkeypatch, tmp_path):
    def fail(*_: object):
        raise RuntimeError("ตกใจ")

    log = logging.getLogger("samdao")
    handler = logging.FileHandler(tmp_path / "log", encoding="utf-8")
    monkeypatch.setattr(log, "handlers", [handler])
    monkeypatch.setattr("flows.rehearse.rehearse", fail)
    result = samdao("check", ID, lang="th")
    handler.close()
    assert result.exit_code == 3
    assert "RuntimeError: ตกใจ" in result.stderr
    assert len(result.stderr.splitlines()) == 2
    assert "Traceback" in (tmp_path / "log").read_text("utf-8")


def test_an_interrupted_verb_ends_as_shells_expect(samdao, monkeypatch):
    def interrupt(*_: object):
        raise KeyboardInterrupt

    monkeypatch.setattr("flows.rehearse.rehearse", interrupt)
    assert samdao("check", ID).exit_code == 130


def test_a_home_that_cannot_be_written_is_told(samdao, tmp_path):
    (tmp_path / "file").write_text("")
    result = samdao("publish", ID, lang="th", SAMDAO_HOME=str(tmp_path / "file"))
    assert (result.exit_code, "SAMDAO_HOME" in result.stderr) == (2, True)
    result = samdao("publish", ID, lang="th", SAMDAO_HOME=str(tmp_path / "file" / "home"))
    assert result.exit_code == 3
    assert "file/home" in result.stderr


def test_it_starts_light(samdao):
    """Help must not wait for libraries: they are imported by the verbs that need them."""
    heavy = {
        "alembic", "duckdb", "fastapi", "frictionless", "geopandas", "httpx", "lxml", "numpy",
        "pandas", "prefect", "pyarrow", "pydantic", "rdflib", "rich", "shapely", "sqlalchemy",
    }  # fmt: skip
    code = "import sys, flows.cli; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert heavy & set(done.stdout.split()) == set()


def test_it_starts_quickly():
    """Under 0.4 s of work; the machine may be busy, so the processor's time is counted."""
    spent = []
    for _ in range(3):
        command = [sys.executable, "-m", "flows.cli", "--help"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        spent.append(used.ru_utime + used.ru_stime)
    assert min(spent) < 0.4


# ---- serve, worker


@pytest.fixture
def start(samdao, tmp_path):
    """Start the command as a process of its own, over the province."""
    started = []

    def run(*words: str, **streams) -> subprocess.Popen:
        env = os.environ | {"SAMDAO_LANG": "th"}
        given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
        command = [sys.executable, "-m", "flows.cli", *words]
        process = subprocess.Popen(command, env=env, cwd=tmp_path, text=True, **given)
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def _until(true, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come to pass in time"
        time.sleep(0.05)


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def _ask(database, key: str):
    queue = Requests(database)
    queue.ask("publish", DatasetId(*ID.split("/")), "สมศรี", key, datetime.now(UTC))
    return lambda: queue.ask("publish", MARKETS, "สมศรี", key, datetime.now(UTC)).state == "done"


@pytest.mark.usefixtures("unattended")
def test_serve_answers_works_for_its_pages_and_ends_when_told(start, database):
    done = _ask(database, "form-1")
    process = start("serve", "--port", "0")
    line = process.stdout.readline()
    url = re.fullmatch(r"บัญชีข้อมูลเปิดอยู่ที่ (http://127\.0\.0\.1:\d+)\n", line)[1]
    assert httpx.get(url, timeout=30).status_code == 200
    _until(done)
    assert "ตลาดชุมชน" in httpx.get(f"{url}/dataset/{ID}", timeout=30).text
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    assert not _answers(url), "its processes have ended with it"
    assert "Traceback" not in process.stderr.read()


def test_serve_leaves_nothing_running_when_it_is_killed(start):
    process = start("serve", "--port", "0")
    url = process.stdout.readline().split()[-1]
    process.kill()
    _until(lambda: not _answers(url))


def test_serve_on_a_port_that_is_taken_ends_with_3(samdao):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = samdao("serve", "--port", port, lang="th")
    assert result.exit_code == 3
    assert f"เปิดพอร์ต {port} ไม่ได้" in result.stderr
    assert "เลือกพอร์ตอื่นด้วย --port หรือ PORT=" in result.stderr


@pytest.mark.usefixtures("unattended")
def test_worker_carries_out_what_waits_and_ends_when_told(start, database):
    done = _ask(database, "form-2")
    process = start("worker")
    _until(done)
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    assert process.stderr.read() == ""


def test_a_reader_that_goes_away_is_no_error(start):
    process = start("list")
    process.stdout.close()
    assert process.wait(60) == 141
    assert process.stderr.read() == ""
