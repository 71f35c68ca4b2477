"""A clean CSV file told at a look: only where the whole way says the same."""

from __future__ import annotations

import json
import subprocess
import sys

import duckdb
import pyarrow as pa
import pytest

from catalog.schema import parse_schema
from flows import quick
from flows.checks._engine.plan import compile_plan
from flows.loose import validate as whole_way
from flows.repairs import _plan
from tests.conftest import ROOT

FIELDS = [
    {"name": "code", "type": "string", "title": "รหัส", "title_en": "Code",
     "constraints": {"required": True, "unique": True, "pattern": "N[0-9]{3}"}},
    {"name": "market", "type": "string", "title": "ตลาด", "constraints": {"required": True}},
    {"name": "opened", "type": "date", "title": "เปิดเมื่อ"},
    {"name": "stalls", "type": "integer", "title": "แผง", "constraints": {"minimum": 0}},
    {"name": "share", "type": "number", "title": "สัดส่วน", "missingValues": ["", "-"]},
    {"name": "open", "type": "boolean", "title": "เปิดอยู่"},
    {"name": "founded", "type": "year", "title": "ปีที่ตั้ง"},
]  # fmt: skip
HEADER = "รหัส,market,opened,stalls,share,open,founded"
CLEAN = "N001,ตลาดเช้า,2024-01-05,12,0.5,true,1999"


@pytest.fixture
def asked(world, tmp_path, monkeypatch):
    """Asks both ways of a file with the given lines: at a look, and the whole way."""
    monkeypatch.setenv("SAMDAO_DATASETS", str(world.settings.datasets))
    monkeypatch.setenv("SAMDAO_SCHEMAS", str(world.settings.schemas))

    def ask(*lines, repairs=True, **more):
        schema, file = tmp_path / "s.json", tmp_path / "t.csv"
        body = {"primaryKey": ["code"], "fields": FIELDS, **more}
        schema.write_text(json.dumps(body, ensure_ascii=False), "utf-8")
        file.write_text("\n".join([HEADER, *lines, ""]), "utf-8")
        given = (str(file), str(schema), None, (), repairs)
        return quick.validate(*given), whole_way(world, *given)

    return ask


def test_a_clean_file_is_told_at_a_look_what_the_whole_way_tells(asked):
    rows = [CLEAN, "N002,ตลาดบ่าย,,,-,,", "N003,x y,1850-12-31,0,-1.25,false,0999"]
    at_a_look, whole = asked(*rows)
    assert at_a_look is not None
    assert at_a_look.as_dict() == whole.as_dict()
    assert at_a_look.rows == 3


@pytest.mark.parametrize(
    "row",
    [
        "N002,ตลาด  เช้า,,,,,", "N002, ตลาด,,,,,", "N002,ตลาด\u00a0เช้า,,,,,", "N002,ตลาด,,๑๒,,,",
        'N002,ตลาด,,"1,200",,,', "N002,ตลาด,2567-01-05,,,,", "N002,ตลาด,,,,,2567",
        "N002,ตลาด,5 ม.ค. 2567,,,,", "N002,ตลาด,,, -,,", "N002,โทร 081-234-5678,,,,,",
        "N002,a@b.co.th,,,,,", "N002,1-1017-00230-70-5,,,,,", "N001,ตลาด,,,,,", "N002,,,,,,",
        "X,ตลาด,,,,,",
        "N002,ตลาด,,-1,,,", "", "N002,ตลาด",
    ],
)  # fmt: skip
def test_what_the_whole_way_would_repair_remark_or_refuse_is_left_to_it(asked, row):
    at_a_look, _ = asked(CLEAN, row)
    assert at_a_look is None


def test_without_repairs_blanks_are_values(asked):
    at_a_look, whole = asked(CLEAN, "N002,ตลาด  เช้า,,,,,", repairs=False)
    assert at_a_look is not None
    assert at_a_look.as_dict() == whole.as_dict()


@pytest.mark.parametrize(
    "more",
    [
        {"uniqueKeys": [["market"]]}, {"rules": [{"expression": "stalls > 1", "th": "ก"}]},
        {"primaryKey": ["code", "market", "opened"]}, {"fieldsMatch": "subset"},
    ],
)  # fmt: skip
def test_a_schema_that_asks_for_more_goes_the_whole_way(asked, more):
    at_a_look, _ = asked(CLEAN, **more)
    assert at_a_look is None


TEXTS = [
    "true", "false", "TRUE", "1", "0", "yes", "12", "-12", "+5", "007", "1234", "12.50", "-0.5",
    "1e5", "2024-01-05", "1450-01-05", "2567-01-05", "0001-01-01", "2299-12-31", "2701-01-01",
    "2024-01-05T10:00:00", "2024-01-05 10:00:00", "2567-01-05T10:00:00", "2024-01-05T10:00:00.5",
    "10:00:00", "23:59:59.25", "2024", "2567", "0567", "1500", "2024-05", "2567-05", "0999-12",
    "P1Y2M", "ตลาด เช้า", "a,b", "104.5,17.2", "x", "นํ้า", "เเม่", "๑", "-", "−5", "5-", "(5)",
    "10.30",
]  # fmt: skip


@pytest.mark.parametrize(
    "type_",
    ["string", "any", "integer", "number", "boolean", "date", "time", "datetime", "year",
     "yearmonth", "duration", "list"],
)  # fmt: skip
def test_repairs_found_by_type_leave_alone_what_is_surely_good(type_):
    schema = parse_schema({"fields": [{"name": "a", "type": type_}]}, "test")
    (column,) = compile_plan(schema, ["a"], repaired=False).columns
    asked = f"SELECT a FROM (SELECT unnest(?) AS a) WHERE {column.filled}"
    good = [text for (text,) in duckdb.execute(asked, [TEXTS]).fetchall()]
    assert good
    for several in ([text] for text in good):
        rows = [("v", text) for text in several]
        assert _repaired(schema, rows) == [text for _, text in rows]
    assert _repaired(schema, [("v", text) for text in good]) == good


def _repaired(schema, rows):
    """Texts of a column after the repairs that its type asks for."""
    values = pa.array([text for _, text in rows], pa.string())
    for step in _plan._found_by_type(schema.fields[0]):
        made = _plan._step(step, declared=False)
        decision = None
        if hasattr(made.module, "survey"):
            places = pa.array(range(len(values)), pa.int64())
            decision = made.module.survey(iter([(places, values)]), made.options)
        values = made.module.repair(values, made.options, decision)
    return values.to_pylist()


def test_nothing_heavy_is_imported_for_a_clean_file(tmp_path):
    (tmp_path / "s.json").write_text(json.dumps({"fields": FIELDS}), "utf-8")
    (tmp_path / "t.csv").write_text(f"{HEADER}\n{CLEAN}\n", "utf-8")
    script = (
        "import sys; from flows import quick\n"
        "assert quick.validate('t.csv', 's.json', None, (), True).rows == 1\n"
        "print(sorted({'pandas', 'geopandas', 'frictionless', 'prefect', 'sqlalchemy'}"
        " & set(sys.modules)))"
    )
    environment = {"PYTHONPATH": str(ROOT), "SAMDAO_SCHEMAS": str(tmp_path),
                   "SAMDAO_DATASETS": str(tmp_path), "PATH": ""}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.strip() == "[]", done.stderr
