"""Our check beside Frictionless 5, on schemas and tables that Hypothesis makes of nasty text.

Where they differ, the difference has to be one of ``docs/check-differences.md``: each is said here
anew, in Python, and nothing else passes.
"""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from tests.flows.checks.peer import ours, theirs

MANY = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
NASTY = [
    "", " ", "  ", "\t", "\u00a0", "-", "n/a", "None", "null", "0", "1", "-1", "+1", "01", "1.0",
    "1.", ".5", "-0", "-0.0", "1e3", "1E-2", "1_000", "1,000", "1 000", " 1", "1 ", "๑๒", "１２",
    "inf", "-inf", "Infinity", "NaN", "nan", "sNaN", "0x1F", "true", "TRUE", "True", "yes", "false",
    "9223372036854775807", "9223372036854775808", "1234567890.1234567", "0.1000000000000000055511",
    "2024-01-05", "2024-1-5", "2024-02-30", "2567-02-29", "0000-01-01", "0001-01-01", "9999-12-31",
    "10000-01-01", "2024-01-05T10:00:00", "2024-01-05 10:00:00", "2024-01-05T10:00:00Z",
    "2024-01-05T10:00:00+07:00", "2024-01-05T10:00:00.5", "2024-01-05T24:00:00", "20240105",
    "05/01/2024", "10:00:00", "10:00", "24:00:00", "10:00:00.123", "10:00:00Z", "2024", "999",
    "๒๕๖๗", "+999", "2024-05", "2024-5", "2024-13", "P1Y", "P1M", "P30D", "PT", "P", "PT5M", "-P1D",
    "P1W", "P0.5D", "104.5,17.2", "104.5, 17.2", "181,0", "180,90", "1,2,3", "a,b", "[104.5,17.2]",
    '{"lon":104.5,"lat":17.2}', "{}", "[]", '{"a":1}', "[1,2]", '{"a":NaN}', '"x"', "{", "[1,",
    '{"type":"Point","coordinates":[104.5,17.2]}', '{"type":"Feature","geometry":null}',
    "a@b.co", "a@b", "http://a.example/x?y=1", "http://a b", "mailto:x@y.z", "ftp:", "aGVsbG8=",
    "123e4567-e89b-12d3-a456-426614174000", "POINT (1 2)", "ที่", "นํ้า", "น้ำ", "abc", "ABC", "a", "aa",
    "a\nb", "a\n", "\na", "é", "e\u0301", "\u200b", "x" * 50, "'", '"', "\\", "%", "]",
]  # fmt: skip
CELLS = st.one_of(st.sampled_from(NASTY), st.text(max_size=4))
PATTERNS = [
    "[0-9]+",
    r"\d+",
    "a|b",
    "(a|b)",
    "[ก-๙]+",
    r"\w+",
    r"\W+",
    r"\S*",
    r"[^\d]+",
    ".",
    "a?",
    ".*",
    "(?P<x>a)(?P=x)",
    "(?=a).*",
    "a{1,3}?",
    r"\s*",
    r"[^\w\s]",
    "^a$",
    r"\bab?c",
    "(?i:abc)",
    "",
]
BOUNDS = {
    "integer": [0, 1, "1", 1000], "number": [0, 0.5, "1", 1000], "year": [2000, "2024"],
    "date": ["2024-01-05"], "time": ["10:00:00"], "datetime": ["2024-01-05T10:00:00"],
    "yearmonth": ["2024-05"],
}  # fmt: skip
FORMATS = {
    "string": ["default", "email", "uri", "uuid", "binary"],
    "date": ["default", "any", "%d/%m/%Y", "%Y%m%d", "%Y-%m"], "time": ["default", "%H:%M"],
    "datetime": ["default", "%Y-%m-%dT%H:%M:%S", "any"],
    "geopoint": ["default", "array", "object"],
}  # fmt: skip
TYPES = [
    "string", "integer", "number", "boolean", "date", "time", "datetime", "year", "yearmonth",
    "duration", "geopoint", "geojson", "object", "array", "list", "any",
]  # fmt: skip


@st.composite
def fields(draw, name):
    """A field of any type, with constraints that Frictionless knows for it."""
    type_ = draw(st.sampled_from(TYPES))
    body = {"name": name, "type": type_}
    if type_ in FORMATS:
        body["format"] = draw(st.sampled_from(FORMATS[type_]))
    body |= draw(st.sampled_from(_properties(type_)))
    constraints = {"required": True} if draw(st.booleans()) else {}
    if type_ in BOUNDS and body.get("format", "default") == "default":
        for bound in draw(st.sets(st.sampled_from(["minimum", "maximum"]))):
            constraints[bound] = draw(st.sampled_from(BOUNDS[type_]))
        if draw(st.booleans()):
            constraints["enum"] = draw(st.lists(st.sampled_from(BOUNDS[type_]), min_size=1))
    if type_ in ("string", "array", "object", "list"):
        for bound in draw(st.sets(st.sampled_from(["minLength", "maxLength"]))):
            constraints[bound] = draw(st.integers(0, 4))
    if type_ == "string":
        if draw(st.booleans()):
            constraints["pattern"] = draw(st.sampled_from(PATTERNS))
        elif draw(st.booleans()):
            constraints["enum"] = draw(st.lists(CELLS, min_size=1, max_size=4))
    if type_ not in ("object", "array", "list", "geojson") and draw(st.booleans()):
        constraints["unique"] = True
    if draw(st.booleans()):
        body["missingValues"] = draw(st.sampled_from([["", "-"], ["-"], [], ["n/a", "1"]]))
    return body | {"constraints": constraints}


def _properties(type_):
    return {
        "number": [{}, {"decimalChar": ","}, {"groupChar": ","}, {"bareNumber": False},
                   {"decimalChar": ",", "groupChar": "."}],
        "integer": [{}, {"bareNumber": False}],
        "boolean": [{}, {"trueValues": ["yes", "1"], "falseValues": ["no", "0"]}],
        "list": [{}, {"itemType": "integer"}, {"delimiter": ";"}],
    }.get(type_, [{}])  # fmt: skip


@st.composite
def tables(draw):
    """A schema and rows for it."""
    declared = [draw(fields(name)) for name in "abc"[: draw(st.integers(1, 3))]]
    body = {"fields": declared}
    hashable = [
        f["name"] for f in declared if f["type"] not in ("object", "array", "list", "geojson")
    ]
    if hashable and draw(st.booleans()):
        body["primaryKey"] = draw(st.sampled_from([hashable[:1], hashable]))
    if draw(st.booleans()):
        body["missingValues"] = draw(st.sampled_from([["", "-"], ["-", "n/a"]]))
    rows = draw(st.lists(st.tuples(*[CELLS] * len(declared)), min_size=1, max_size=8))
    return body, rows


#: What has a canonical value, said without the cast; Frictionless reads more than that.
CANONICAL = {
    "integer": r"[+-]?[0-9]{1,19}", "year": "[0-9]{4}", "yearmonth": "[0-9]{4}-[0-9]{2}",
    "date": "[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "time": r"([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(\.[0-9]+)?",
    "datetime": r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(\.[0-9]+)?",
    "number": r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?",
    "duration": r"-?P([0-9.,]+[YMWD])*(T([0-9.,]+[HMS])+)?",
}  # fmt: skip


def _is_documented(field, text):
    """Whether a text that Frictionless reads is one of those that we deliberately do not."""
    type_, form = field["type"], field.get("format", "default")
    if type_ in ("geojson", "geopoint"):
        return True  # their canonical form is WKB: what shapely takes is tested beside
    if type_ in ("object", "array"):
        return "NaN" in text or "Infinity" in text
    if type_ in ("string", "any", "boolean", "list"):
        return False
    if form != "default":
        return form == "any" or bool(re.search(r"[^\x00-\x7f]", text))
    if type_ in ("integer", "number") and field.get("bareNumber") is False:
        return True  # what may stand around a bare number is tested beside
    if type_ == "number":
        text = text.replace(field.get("groupChar", "") or "\0", "")
        text = text.replace(field.get("decimalChar", "."), ".")
        if len(re.sub(r"[^0-9]", "", text)) > 15:
            return True
    if type_ == "integer" and len(text) > 18:
        return True
    return re.fullmatch(CANONICAL[type_], text, re.ASCII) is None


def _unexplained(body, rows, extra, lacking):
    """Differences that no documented one explains."""
    by_name = {field["name"]: (at, field) for at, field in enumerate(body["fields"])}
    unread = set()
    for code, row, name in sorted(extra, key=str):
        if name is None or code == "unique-error":
            continue
        at, field = by_name[name]
        text = rows[row - 2][at]
        if code == "type-error" and _is_documented(field, text):
            unread.add((row, name))
        elif (
            code == "constraint-error"
            and field["constraints"].get("required")
            and (all(unicodedata.category(sign)[0] in "ZC" for sign in text))
        ):
            continue
        else:
            yield code, row, name, text
    for code, row, name in sorted(lacking, key=str):
        if code == "constraint-error" and (row, name) in unread:
            continue
        if code in ("unique-error", "primary-key") and unread:
            continue
        yield code, row, name, "not found by us"
    if not unread:
        yield from (item for item in extra if item[0] in ("unique-error", "primary-key"))


@MANY
@given(tables())
def test_findings_are_frictionless_s_but_for_documented_differences(case):
    body, rows = case
    we = ours(body, rows)
    try:
        they = theirs(body, rows)
    except (TypeError, ArithmeticError):  # it compares what cannot be compared, as NaN with a bound
        reject()
    assert list(_unexplained(body, rows, we - they, they - we)) == []


@pytest.mark.parametrize("type_", TYPES)
def test_every_nasty_text_as_every_type(type_):
    body = {"fields": [{"name": "a", "type": type_, "constraints": {}}, {"name": "b"}]}
    rows = [(text, "x") for text in NASTY]
    we, they = ours(body, rows), theirs(body, rows)
    assert list(_unexplained(body, rows, we - they, they - we)) == []
