"""JSON and JSON Lines: records with real types."""

from __future__ import annotations

import json as parser

import pandas
import pytest

from catalog.certify import certify
from catalog.formats import json, jsonl

FIELDS = {
    "code": "string", "people": "integer", "area": {"type": "number", "decimalPlaces": 2},
    "open": "boolean", "details": "object", "at": "geopoint", "shape": "geojson", "tags": "list",
}  # fmt: skip
ROW = ["048", "717040", "5512.70", "true", '{"ก": [1, 2.50]}', "104.78, 17.41",
       {"type": "Point", "coordinates": [104.78, 17.41]}, "ก,ข"]  # fmt: skip


def test_values_have_their_json_types(made) -> None:
    path, _ = made(FIELDS, [ROW, ["049", *[""] * 5, None, ""]]).write(json)
    first, second = parser.loads(path.read_text("utf-8"))
    assert first == {
        "code": "048", "people": 717040, "area": 5512.7, "open": True, "details": {"ก": [1, 2.5]},
        "at": "104.78,17.41", "shape": {"type": "Point", "coordinates": [104.78, 17.41]},
        "tags": ["ก", "ข"],
    }  # fmt: skip
    assert second == dict.fromkeys(FIELDS) | {"code": "049"}


def test_pandas_reads_the_array(made) -> None:
    path, _ = made({"code": "string", "people": "integer"}, [["ก", "1"], ["ข", "2"]]).write(json)
    frame = pandas.read_json(path)
    assert frame["people"].tolist() == [1, 2]


def test_an_empty_table_is_an_empty_array(made) -> None:
    path, _ = made({"code": "string"}, []).write(json)
    assert parser.loads(path.read_text("utf-8")) == []
    path, _ = made({"code": "string"}, []).write(jsonl)
    assert path.read_bytes() == b""


def test_json_lines_has_one_record_to_a_line(made) -> None:
    path, _ = made({"code": "string"}, [["ก\nข"], ["ค"]]).write(jsonl)
    assert path.read_text("utf-8").splitlines() == ['{"code":"ก\\nข"}', '{"code":"ค"}']


def test_control_characters_and_decimals_come_back_exactly(made) -> None:
    fields = {"text": "string", "amount": {"type": "number", "decimalPlaces": 2}}
    text = "".join(map(chr, range(32))) + '\x7f\u2028"\\ก'
    amount = "123456789012345678901234567890.12"
    table = made(fields, [[text, amount]])
    read = table.round_trip(json)
    assert read["text"].to_pylist() == [text]
    assert str(read["amount"][0]) == amount


@pytest.mark.parametrize("damage", [(b"]", b" "), (b'{"code"', b'{"cod3"'), (b"},", b"} ;")])
def test_broken_structure_is_noticed(made, damage) -> None:
    table = made({"code": "string"}, [["ก"], ["ข"]])
    path, _ = table.write(json)
    path.write_bytes(path.read_bytes().replace(*damage, 1))
    assert not certify(table.table, json, path).ok


def test_records_longer_than_a_chunk_are_read(made) -> None:
    long = "นครพนม" * 400_000
    table = made({"code": "string", "name": "string"}, [["1", long], ["2", "ก"]])
    for form in (json, jsonl):
        assert table.round_trip(form)["name"].to_pylist() == [long, "ก"]
