"""Text to typed values: every type, every text that is none, and Frictionless as the oracle."""
# ruff: noqa: DTZ001, DTZ007 - moments without a zone are what is tested

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, time
from decimal import Decimal

import frictionless
import pyarrow as pa
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from catalog.cast import arrow_schema, cast, plain
from catalog.schema import parse_schema


def cast_texts(field: dict, texts: list[str | None], crs: str | None = None):
    """Values of one column, and the rows that a problem names."""
    schema = parse_schema({"fields": [{"name": "x", **field}]}, "test")
    kind = pa.binary() if any(isinstance(text, bytes) for text in texts) else pa.string()
    batch = pa.record_batch(
        {"_row": pa.array(range(1, len(texts) + 1), pa.int64()), "x": pa.array(texts, kind)}
    )
    values, problems = cast(batch, schema, crs)
    values.validate(full=True)
    assert values.schema.equals(arrow_schema(schema))
    assert {problem.code for problem in problems} <= {"type-error"}
    return values.column(0).to_pylist(), [problem.row for problem in problems]


def one(field: dict, text: str):
    (value,), wrong = cast_texts(field, [text])
    return None if wrong else value


GOOD = [
    ({"type": "string"}, " ที่ ", " ที่ "),
    ({"type": "any"}, "ก", "ก"),
    ({"type": "integer"}, "007", 7),
    ({"type": "integer"}, "+5", 5),
    ({"type": "integer"}, "-0", 0),
    ({"type": "integer"}, "9223372036854775807", 2**63 - 1),
    ({"type": "integer"}, "-9223372036854775808", -(2**63)),
    ({"type": "integer"}, "0000000000000000000000001", 1),
    ({"type": "integer", "groupChar": ","}, "15,686", 15686),
    ({"type": "integer", "bareNumber": False}, "32 หน่วยงาน", 32),
    ({"type": "number"}, "0.1", 0.1),
    ({"type": "number"}, ".5", 0.5),
    ({"type": "number"}, "5.", 5.0),
    ({"type": "number"}, "1e3", 1000.0),
    ({"type": "number"}, "123456789012345", 123456789012345.0),
    ({"type": "number"}, "100000000000000000000", 1e20),
    ({"type": "number"}, "0.10000000000000000000", 0.1),
    ({"type": "number", "groupChar": ".", "decimalChar": ","}, "1.234,5", 1234.5),
    ({"type": "number", "bareNumber": False}, "ราคา -5.5 บาท", -5.5),
    ({"type": "number", "bareNumber": False}, "บ.5", 5.0),
    ({"type": "number", "bareNumber": False}, "฿.50", 0.5),
    ({"type": "number", "bareNumber": False}, "25%", 25.0),
    ({"type": "number", "decimalPlaces": 2}, "1234567890123456789012345.6",
     Decimal("1234567890123456789012345.60")),
    ({"type": "number", "decimalPlaces": 2}, "1.500", Decimal("1.50")),
    ({"type": "number", "decimalPlaces": 2}, "-.5", Decimal("-0.50")),
    ({"type": "number", "decimalPlaces": 2}, "1.5e3", Decimal("1500.00")),
    ({"type": "boolean"}, "TRUE", True),
    ({"type": "boolean"}, "0", False),
    ({"type": "boolean", "trueValues": ["ใช่"], "falseValues": ["ไม่ใช่"]}, "ไม่ใช่", False),
    ({"type": "date"}, "2024-02-29", date(2024, 2, 29)),
    ({"type": "date"}, "0001-01-01", date(1, 1, 1)),
    ({"type": "date", "format": "%d/%m/%Y"}, "29/02/2024", date(2024, 2, 29)),
    ({"type": "date", "format": "%d/%m/%Y"}, "1/2/2024", date(2024, 2, 1)),
    ({"type": "date", "format": "%d %b %y"}, "01 Feb 24", date(2024, 2, 1)),
    ({"type": "time"}, "23:59:59.5", time(23, 59, 59, 500000)),
    ({"type": "time", "format": "%H.%M"}, "08.30", time(8, 30)),
    ({"type": "datetime"}, "2024-01-01T08:30:00", datetime(2024, 1, 1, 8, 30)),
    ({"type": "datetime"}, "2024-01-01 08:30:00.123456", datetime(2024, 1, 1, 8, 30, 0, 123456)),
    ({"type": "datetime", "timezone": "Asia/Bangkok"}, "2024-01-01T08:30:00+07:00",
     datetime(2024, 1, 1, 1, 30, tzinfo=UTC)),
    ({"type": "datetime", "timezone": "UTC"}, "2024-01-01T08:30:00Z",
     datetime(2024, 1, 1, 8, 30, tzinfo=UTC)),
    ({"type": "datetime", "format": "%d/%m/%Y %H:%M:%S.%f"}, "01/02/2024 08:30:00.25",
     datetime(2024, 2, 1, 8, 30, 0, 250000)),
    ({"type": "datetime", "timezone": "UTC", "format": "%Y-%m-%d %H:%M %z"},
     "2024-01-01 08:30 +0700", datetime(2024, 1, 1, 1, 30, tzinfo=UTC)),
    ({"type": "year"}, "2567", 2567),
    ({"type": "yearmonth"}, "2024-05", "2024-05"),
    ({"type": "duration"}, "P1Y2M3DT4H5M6.5S", "P1Y2M3DT4H5M6.5S"),
    ({"type": "object"}, '{ "จังหวัด" : [1, 2.50] }', '{"จังหวัด":[1,2.5]}'),
    ({"type": "array"}, "[1, null]", "[1,null]"),
    ({"type": "list"}, "ก,ข", '["ก","ข"]'),
    ({"type": "list", "delimiter": ";"}, "ก;ข,ค", '["ก","ข,ค"]'),
]  # fmt: skip

WRONG = [
    ({"type": "integer"}, ["", "๑๒", "1_000", " 5", "5 ", "1.0", "9223372036854775808", "x", "-"]),
    ({"type": "integer", "groupChar": ","}, ["1.5"]),
    ({"type": "number"}, ["NaN", "INF", "inf", "-Infinity", "๑.๕", "1,5", "1_0", ".", "e5", "1e999",
                          "1e-400", "1e-310", "0.12345678901234567", "12345678901234567"]),
    ({"type": "number", "decimalChar": ","}, ["1.5"]),
    ({"type": "number", "bareNumber": False}, ["บาท", "5 m2", "1 2"]),
    ({"type": "number", "decimalPlaces": 2}, ["1.505", "1e99", "9" * 37, "x", "1.5e-3"]),
    ({"type": "boolean"}, ["yes", "tRUE", "2", "จริง"]),
    ({"type": "date"}, ["2023-02-29", "2024-02-30", "2567-02-29", "0000-01-01", "2024-1-5",
                        "2024-13-01", "๒๐๒๔-๐๑-๐๑", "01/02/2024"]),
    ({"type": "date", "format": "%d/%m/%Y"}, ["31/02/2024", "2024-01-01", "๑/๒/๒๐๒๔",
                                              "01/01/0000"]),
    ({"type": "date", "format": "%d/%m/%y"}, ["31/02/24"]),
    ({"type": "time"}, ["24:00:00", "8:30:00", "08:30", "08:60:00", "08:30:00Z"]),
    ({"type": "datetime"}, ["2024-02-30T00:00:00", "2024-01-01", "2024-01-01T00:00:00Z",
                            "2024-01-01T25:00:00", "0000-01-01T00:00:00"]),
    ({"type": "datetime", "timezone": "UTC"}, ["2024-01-01T00:00:00", "2024-01-01T00:00:00+99:00",
                                               "0001-01-01T00:00:00+07:00"]),
    ({"type": "datetime", "timezone": "UTC", "format": "%Y-%m-%d"}, ["2024-01-01"]),
    ({"type": "year"}, ["24", "-2024", "20245", "๒๕๖๗"]),
    ({"type": "yearmonth"}, ["2024-13", "2024-1", "2024", "2024-05-01"]),
    ({"type": "duration"}, ["P", "PT", "P1H", "1Y", "PT1D"]),
    ({"type": "object"}, ["[1]", "{", '{"a": NaN}', '{"a": 1e999}', '{"a": "\\ud800"}']),
    ({"type": "array"}, ["{}", "1", "[" * 100_000]),
    ({"type": "geopoint"}, ["181, 0", "0, 91", "100.5", "13.7 100.5", "๑๐๐, ๑๓", "1e999, 0"]),
    ({"type": "geojson"}, ["x", "{}", '{"type":"Point","coordinates":["a",1]}',
                           '{"type":"Point","coordinates":[200,1]}']),
]  # fmt: skip


@pytest.mark.parametrize(("field", "text", "value"), GOOD)
def test_text_becomes_its_value(field: dict, text: str, value: object) -> None:
    found = one(field, text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("field", "text"), [(field, text) for field, texts in WRONG for text in texts]
)
def test_text_that_is_not_of_its_type_is_named_and_never_guessed(field: dict, text: str) -> None:
    values, wrong = cast_texts({**field, "missingValues": []}, [text])
    assert (values, wrong) == ([None], [1])


def test_minus_zero_is_zero() -> None:
    assert math.copysign(1, one({"type": "number"}, "-0.0")) == 1


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ({"type": "geopoint"}, "100.5018, 13.7563"),
        ({"type": "geopoint", "format": "array"}, "[100.5018, 13.7563]"),
        ({"type": "geopoint", "format": "object"}, '{"lon": 100.5018, "lat": 13.7563}'),
        ({"type": "geopoint", "format": "object"}, '{"lat": "13.7563", "lon": "100.5018"}'),
        ({"type": "geojson"}, '{"type": "Point", "coordinates": [100.5018, 13.7563]}'),
    ],
)
def test_every_spelling_of_a_point_gives_the_same_point(field: dict, text: str) -> None:
    assert shapely.from_wkb(one(field, text)).equals(shapely.Point(100.5018, 13.7563))


def test_empty_geometry_is_null_and_no_error() -> None:
    texts = ['{"type":"Point","coordinates":[]}', '{"type":"MultiPolygon","coordinates":[[]]}']
    assert cast_texts({"type": "geojson"}, texts) == ([None, None], [])
    assert cast_texts({"type": "geojson"}, [shapely.Point().wkb, b"broken"]) == ([None, None], [2])


def test_polygon_is_no_geopoint() -> None:
    shapes = [shapely.Point(100, 13).wkb, shapely.box(100, 13, 101, 14).wkb]
    values, wrong = cast_texts({"type": "geopoint"}, shapes)
    assert (values[1], wrong) == (None, [2])


def test_missing_values_are_null_and_everything_else_is_a_value() -> None:
    texts = ["", "-", "ไม่มี", None]
    assert cast_texts({"type": "string"}, texts) == ([None, "-", "ไม่มี", None], [])
    assert cast_texts({"type": "string", "missingValues": ["-"]}, texts) == (
        ["", None, "ไม่มี", None], [],
    )  # fmt: skip
    assert cast_texts({"type": "string", "missingValues": []}, texts)[0][0] == ""
    assert cast_texts({"type": "integer", "missingValues": ["-", ""]}, texts[:2]) == (
        [None, None], [],
    )  # fmt: skip


def test_columns_follow_the_schema_and_absent_ones_are_null() -> None:
    schema = parse_schema({"fields": [{"name": "a", "type": "integer"}, {"name": "b"}]}, "test")
    batch = pa.record_batch({"b": ["ข"], "_row": pa.array([9], pa.int64())})
    values, problems = cast(batch, schema)
    assert values.to_pylist() == [{"a": None, "b": "ข"}]
    assert problems == ()


def test_problem_carries_the_row_of_the_source_and_the_text_as_found() -> None:
    schema = parse_schema({"fields": [{"name": "n", "type": "integer"}]}, "test")
    batch = pa.record_batch({"_row": pa.array([7, 12], pa.int64()), "n": ["1", "๑๒" * 99]})
    (problem,) = cast(batch, schema)[1]
    assert (problem.row, problem.field, problem.value) == (12, "n", ("๑๒" * 99)[:100])
    assert problem.params["type"] == "integer"


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, None), (True, "true"), (5.0, "5"), (0.1, "0.1"), (7, "7"),
     (date(2024, 1, 5), "2024-01-05")],
)  # fmt: skip
def test_plain_text_of_a_value(value: object, text: str | None) -> None:
    assert plain(value) == text


# What is a value here is the same value for Frictionless 5; what is a value for Frictionless and
# none here must be one of these, each on purpose (docs/canonical-table.md).
_DIGITS = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def _number_is_stricter(text: str) -> bool:
    if not _DIGITS.fullmatch(text):
        return True  # padding, underscores, Thai digits, NaN, Infinity
    digits = re.sub(r"[eE].*|\D", "", text).strip("0")
    size = abs(Decimal(text))
    return len(digits) > 15 or (size != 0 and not Decimal("2.3e-308") < size < Decimal("1.7e308"))


STRICTER = {
    "integer": lambda text: not re.fullmatch(r"[+-]?[0-9]+", text)
    or not -(2**63) <= int(text) < 2**63,
    "number": _number_is_stricter,
    "boolean": lambda text: False,
    "date": lambda text: not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text),
    "time": lambda text: not re.fullmatch(r"[0-9]{2}(:[0-9]{2}){2}(\.[0-9]{1,6})?", text)
    or text.startswith("24"),
    "datetime": lambda text: not re.fullmatch(
        r"[0-9]{4}(-[0-9]{2}){2}[T ][0-9]{2}(:[0-9]{2}){2}(\.[0-9]{1,6})?", text
    )
    or text[11:13] == "24",
    "year": lambda text: not re.fullmatch(r"[0-9]{4}", text),
    "yearmonth": lambda text: not re.fullmatch(r"[0-9]{4}-[0-9]{2}", text),
    "duration": lambda text: not text.isascii()
    or not re.fullmatch(r"-?P[0-9.,YMWDTHS]*[YMWDHS]", text),
    "array": lambda text: "NaN" in text or "Infinity" in text or "e" in text.lower(),
    "geopoint": lambda text: not re.fullmatch(
        rf"\s*{_DIGITS.pattern}\s*,\s*{_DIGITS.pattern}\s*", text
    )
    or re.search(r"(^|,)\s*[+-]?\.", text) is not None,
}  # fmt: skip

_NEAR = {
    "integer": r"[+\- ]?[0-9๑_]{1,22}",
    "number": r"[+\- ]?[0-9]{0,17}\.?[0-9๒]{0,9}([eE][+-]?[0-9]{1,3})?",
    "boolean": r"true|True|TRUE|1|false|False|FALSE|0|yes",
    "date": r"[0-2][0-9]{3}-[01]?[0-9]-[0-3]?[0-9]",
    "time": r"[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\.[0-9]{1,7})?(Z|\+07:00)?",
    "datetime": r"[0-2][0-9]{3}-[01][0-9]-[0-3][0-9][T ]"
    r"[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\.[0-9]{1,7})?Z?",
    "year": r"-?[0-9๑]{3,5}",
    "yearmonth": r"[0-9]{4}-[01]?[0-9]",
    "duration": r"-?P([0-9]{1,2}(\.[0-9])?[YMWD]){0,3}(T([0-9]{1,2}(\.[0-9])?[HMS]){0,3})?",
    "array": r"\[[0-9]{0,2}(, ?[0-9]\.?[0-9]?)?\]",
    "geopoint": r" ?-?[0-9]{1,3}(\.[0-9]{1,9})? ?, ?-?[0-9]{1,2}\.?[0-9]{0,3}",
}  # fmt: skip


def _agrees(kind: str, ours: object, theirs: object) -> bool:
    if kind == "number":
        return Decimal(repr(ours)) == theirs
    if kind == "yearmonth":
        return ours == f"{theirs.year:04}-{theirs.month:02}"
    if kind in ("duration", "array"):
        return True  # kept as text here: that both take it is the claim
    if kind == "geopoint":
        here = shapely.get_coordinates(shapely.from_wkb(ours))[0]
        return all(
            abs(Decimal(a) - b) <= Decimal("5.1e-8") for a, b in zip(here, theirs, strict=True)
        )
    return ours == theirs  # fmt: skip


@pytest.mark.parametrize("kind", STRICTER)
def test_agrees_with_frictionless_bar_what_is_stricter_on_purpose(kind: str) -> None:
    field = frictionless.Field.from_descriptor({"name": "x", "type": kind})

    @settings(max_examples=120, deadline=None, derandomize=True)
    @given(st.from_regex(_NEAR[kind], fullmatch=True) | st.text(max_size=6))
    @example("24:00:00")
    @example("0000-01-01")
    def compare(text: str) -> None:
        theirs, notes = field.read_cell(text)
        ours = one({"type": kind}, text)
        if ours is not None:
            assert notes is None
            assert _agrees(kind, ours, theirs)
        elif theirs is not None and not notes:
            assert STRICTER[kind](text), f"Frictionless reads {text!r} as {theirs!r}"

    compare()


@given(
    st.lists(
        st.none() | st.dates(date(1, 1, 1)).map(lambda day: f"{day.day}/{day.month}/{day.year:04}")
    )
)
@settings(deadline=None, max_examples=100)
def test_patterned_dates_are_read_as_pythons_strptime_reads_them(texts: list[str | None]) -> None:
    # %Y of a year below 1000 comes unpadded from some C libraries: strptime refuses it there.
    texts = [
        None if text is None else re.sub(r"\d+\Z", lambda m: m[0].zfill(4), text) for text in texts
    ]
    expected = [text and datetime.strptime(text, "%d/%m/%Y").date() for text in texts]
    assert cast_texts({"type": "date", "format": "%d/%m/%Y"}, texts) == (expected, [])


@pytest.mark.parametrize("text", ["442.83883879102001", "0.1234567890123456", "9007199254740992"])
def test_a_float64s_own_print_is_held_however_long(text: str) -> None:
    values, wrong = cast_texts({"type": "number"}, [text])
    assert (values, wrong) == ([float(text)], [])


def test_geometry_under_a_field_that_is_none_has_no_value():
    wkb = shapely.to_wkb(shapely.Point(104.78, 17.41))
    for kind in ("string", "integer", "date"):
        assert cast_texts({"type": kind}, [wkb, None]) == ([None, None], [1])
