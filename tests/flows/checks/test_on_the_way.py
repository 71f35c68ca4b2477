"""What a schema asks of rows stops a publication, with the source's row and the office's words."""

from __future__ import annotations

import json
from pathlib import Path


def _ask(province: Path, **more) -> None:
    path = province / "schemas" / "markets.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | more), "utf-8")


def test_a_broken_rule_is_told_with_its_row_in_the_offices_words(samdao, province):
    rule = {
        "expression": "stalls >= 10",
        "th": "ตลาดต้องมีอย่างน้อย 10 แผง",
        "en": "10 stalls at least",
    }
    _ask(province, rules=[rule])
    told = samdao("check", "si_sawat/markets", lang="th")
    assert told.exit_code == 1
    assert "ตลาดต้องมีอย่างน้อย 10 แผง" in told.output
    assert "stalls=8" in told.output
    assert "แถว 4" in told.output
    assert "10 stalls at least" in samdao("check", "si_sawat/markets").output


def test_rules_that_hold_stop_nothing(samdao, province):
    rules = [{"expression": "stalls > 0 and opened < '2026-11-20'", "th": "ก"}]
    _ask(province, rules=rules, monotone=[{"fields": "code", "strict": True}])
    assert samdao("check", "si_sawat/markets").exit_code == 0


def test_a_rule_that_cannot_be_read_is_a_wrong_declaration(samdao, province):
    _ask(province, rules=[{"expression": "stals > 0", "th": "ก"}])
    told = samdao("check", "si_sawat/markets")
    assert told.exit_code == 2
    assert "stalls" in told.output
    assert "markets" in told.output


def test_a_rule_that_only_warns_is_told_and_stops_nothing(samdao, province):
    rule = {"expression": "stalls >= 10", "th": "ควรมีอย่างน้อย 10 แผง", "level": "warning"}
    _ask(province, rules=[rule])
    told = samdao("check", "si_sawat/markets", lang="th")
    assert told.exit_code == 0
    assert "ควรมีอย่างน้อย 10 แผง" in told.output


def test_a_province_that_does_not_exist_is_told_with_the_nearest(samdao, province):
    schema = json.loads((province / "schemas" / "markets.json").read_text("utf-8"))
    schema["fields"][3] |= {"code": "province"}
    _ask(province, fields=schema["fields"])
    told = samdao("check", "si_sawat/markets", "--json")
    assert told.exit_code == 1
    (told,) = json.loads(told.stdout)
    problems = [p for p in told["problems"] if p["code"] == "place-code"]
    assert [(p["row"], p["value"]) for p in problems] == [(2, "120"), (3, "1250"), (4, "8")]
    assert "12 Nonthaburi" in problems[0]["words"]["en"]["title"]
