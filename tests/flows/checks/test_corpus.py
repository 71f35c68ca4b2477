"""The datasets of this repository and tables as the standard shows them, through both checks.

The datasets are clean, so every seventh row of them is spoilt first: both have to say the same of
what was spoilt, down to Frictionless's words.
"""

from __future__ import annotations

import json
from itertools import cycle
from pathlib import Path

import pytest

from tests.flows.checks.peer import notes, ours, peer_notes, problems, theirs

ROOT = Path(__file__).parents[3]
#: Properties that Frictionless 5 refuses, or that others of our checks hold.
_OTHERS = ("foreignKeys", "fieldsMatch", "uniqueKeys", "rules", "sums")
_SPOILT = cycle(["", "x", "-5", "2024-13-45", "ที่นี่", "99999999999", "1e400", "a,b", " "])


def _schemas():
    return sorted((ROOT / "schemas").glob("*.json"))


def _plain(path):
    """A schema without what Frictionless cannot read, and without geometry (WKB in our tables)."""
    from catalog.schema import load_schema
    from flows.checks._engine.constraints import declared

    schema = load_schema(path)
    keep = {"name", "type", "format", "missingValues", "trueValues", "falseValues"}
    fields = []
    for field in schema.fields:
        body = {k: v for k, v in field.model_dump(mode="json", by_alias=True).items() if k in keep}
        held = {k: v for k, v in declared(field).items() if k not in ("categories", "jsonSchema")}
        held = {k: v for k, v in held.items() if not k.startswith("exclusive")}
        fields.append({k: v for k, v in body.items() if v is not None} | {"constraints": held})
    key = list(schema.primary_key)
    return {"fields": fields, "missingValues": list(schema.missing_values)} | (
        {"primaryKey": key} if key else {}
    )


_GOOD = {
    "string": "คำ", "integer": "7", "number": "7.5", "boolean": "true", "date": "2024-01-05",
    "time": "10:00:00", "datetime": "2024-01-05T10:00:00", "year": "2024", "yearmonth": "2024-05",
    "duration": "P1D", "geopoint": "104.5,17.2", "array": "[]", "object": "{}", "any": "คำ",
    "geojson": '{"type":"Point","coordinates":[104.5,17.2]}', "list": "a,b",
}  # fmt: skip


def _good(field, at):
    held = field["constraints"]
    if held.get("enum"):
        return str(held["enum"][at % len(held["enum"])])
    if field["type"] in ("integer", "number") and "minimum" in held:
        return str(held["minimum"])
    return _GOOD[field["type"]]


@pytest.mark.parametrize("path", _schemas(), ids=lambda path: path.stem)
def test_every_schema_of_the_repository_with_spoilt_rows(path):
    body = _plain(path)
    rows = [[_good(field, at) for field in body["fields"]] for at in range(21)]
    for at in range(0, 21, 7):
        rows[at] = [next(_SPOILT) for _ in body["fields"]]
    rows.append([""] * len(body["fields"]))
    we, they = ours(body, rows), theirs(body, rows)
    unread = {(row, field) for code, row, field in we - they if code == "type-error"}
    blank = {
        (code, row, field) for code, row, field in we - they
        if code == "constraint-error" and rows[row - 2][_at(body, field)].strip() == ""
    }  # fmt: skip
    assert {p for p in we - they if p[0] == "type-error"} | blank == we - they
    for row, field in unread:  # a number or date that no 64 bits hold, or that ISO 8601 has not
        assert rows[row - 2][_at(body, field)] in ("1e400", "99999999999", "2024-13-45", " ")
    assert {p for p in they - we if (p[1], p[2]) not in unread} <= {
        p for p in they - we if p[0] == "primary-key" and unread
    }
    assert ("blank-row", 23, None) in we & they


def _at(body, name):
    return [field["name"] for field in body["fields"]].index(name)


#: Tables as the pages of Table Schema and of Frictionless show them; all of it is read alike.
SPEC = json.loads(r"""[
 [{"fields": [{"name": "id", "type": "integer"}, {"name": "age", "type": "integer",
    "constraints": {"required": true, "minimum": 18}}, {"name": "name", "type": "string",
    "constraints": {"minLength": 2, "pattern": "[A-Z].*"}}], "primaryKey": ["id"]},
  [["1", "39", "Paul"], ["2", "17", "Jen"], ["2", "", "j"], ["x", "20", ""], ["", "", ""]]],
 [{"missingValues": ["", "NaN", "-"], "fields": [{"name": "v", "type": "number"},
    {"name": "d", "type": "date", "format": "%d/%m/%Y"}]},
  [["NaN", "05/01/2024"], ["-", "5/1/2024"], ["n/a", "31/02/2024"], ["2.5", "2024-01-05"]]],
 [{"fields": [{"name": "price", "type": "number", "bareNumber": false, "decimalChar": ",",
    "groupChar": "."}, {"name": "share", "type": "number", "bareNumber": false}]},
  [["1.234,50", "95%"], ["EUR 5,0", "%"], ["5.5,5,5", "12"]]],
 [{"fields": [{"name": "ok", "type": "boolean", "trueValues": ["yes"], "falseValues": ["no"]},
    {"name": "kind", "type": "string", "constraints": {"enum": ["a", "b"], "unique": true}}]},
  [["yes", "a"], ["true", "b"], ["no", "a"], ["No", "c"], ["", ""], ["yes", "a"]]],
 [{"fields": [{"name": "at", "type": "geopoint"}, {"name": "by", "type": "geopoint",
    "format": "array"}, {"name": "to", "type": "geopoint", "format": "object"}]},
  [["90.50, 45.50", "[90.5, 45.5]", "{\"lon\": 90.5, \"lat\": 45.5}"],
   ["190,0", "[0, 91]", "{\"lon\": 1}"], ["x", "1,2", "[1,2]"]]],
 [{"fields": [{"name": "l", "type": "list", "itemType": "integer",
    "constraints": {"maxLength": 2}}, {"name": "y", "type": "yearmonth",
    "constraints": {"minimum": "2020-02"}}]},
  [["1,2", "2020-02"], ["1,a", "2020-01"], ["1,2,3", "2020-13"], ["", ""]]],
 [{"fields": [{"name": "mail", "type": "string", "format": "email"},
    {"name": "page", "type": "string", "format": "uri"},
    {"name": "key", "type": "string", "format": "uuid"}]},
  [["a@b.co", "https://a.example/b", "95ecc380-afe9-11e4-9b6c-751b66dd541e"],
   ["a@", "a.example", "95ecc380"], ["ก@ข.ไทย", "http://ไทย", ""]]]
]""")  # fmt: skip


@pytest.mark.parametrize(("body", "rows"), SPEC)
def test_tables_of_the_standard_are_told_in_frictionless_s_words(body, rows):
    told = peer_notes(body, rows)
    assert told
    # A row's unique column is read first there; the order within a row is all that differs.
    assert sorted(notes(body, rows), key=str) == sorted(told, key=str)
    assert [row for _, row, _, _ in notes(body, rows)] == [row for _, row, _, _ in told]


def test_each_problem_says_how_many_rows_are_of_its_kind():
    body, rows = SPEC[0]
    counts = {(p.code, p.field): p.params["count"] for p in problems(body, rows)}
    assert counts["constraint-error", "age"] == 2
    assert counts["primary-key", None] == 3
