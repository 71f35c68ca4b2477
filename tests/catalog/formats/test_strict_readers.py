"""The readers of the certificate know only their subset, and say so of everything else."""

from __future__ import annotations

import gzip
import zlib

import pytest

from catalog.certify import certify
from catalog.formats import csv, csv_gz, json, jsonl, jsonld, nt, rdf, ttl, xml

FORMS = [csv_gz, json, jsonl, jsonld, nt, rdf, ttl, xml]


@pytest.fixture
def table(made):
    fields = {"code": "string", "name": "string", "people": "integer", "open": "boolean"}
    rows = [["1", 'ก "ข" \\ & <ค>\n', "12", "true"], ["2", "", "", "false"], ["3", "ง", "7", ""]]
    return made(fields, rows, primaryKey=["code"])


@pytest.mark.parametrize(
    ("form", "good", "bad"),
    [
        (nt, b'"12"^^', b'"12"@th^^'), (nt, b" .\n", b" . # x\n"), (nt, b'\\"', b'"'),
        (nt, b"\\\\", b"\\q"), (nt, b'"12"^^<', b'"12"^^<x'), (nt, b"#people>", b"#peoplf>"),
        (nt, b"@th", b"@en"), (nt, b"places/2>", b"places/1>"), (nt, b'"\xe0', b'"\xff'),
        (ttl, b" ;\n    col:people", b" .\n    col:people"), (ttl, b"col:people", b"cox:people"),
        (ttl, b"    col:open", b"   col:open"), (ttl, b"@prefix col", b"@prefix cox"),
        (ttl, b"true", b"True"), (ttl, b" 12 ", b" 12.0 "),
        (rdf, b"</col:people>", b"</col:name>"), (rdf, b"&lt;", b"&lx;"), (rdf, b"&lt;", b"<"),
        (rdf, b"</col:open>", b"</col:open>x"), (rdf, b"</rdf:RDF>\n", b""),
        (rdf, b"<col:people", b"<!-- --><col:people"), (rdf, b'lang="th"', b'lang="en"'),
        (xml, b"</people>", b"</name>"), (xml, b"&amp;", b"&"), (xml, b"</row>\n", b"</row>x\n"),
        (xml, b"<people>12</people>", b""), (xml, b'nil="true"', b'nil="no"'),
        (xml, b"</table>\n", b""), (xml, b"<people>", b"<people/><people>"),
        (json, b'"people":12,', b""), (json, b'"people":12', b'"people":12,"people":12'),
        (json, b'"people":12', b'"people":"12"'), (json, b"true", b'"true"'),
        (json, b'{"code":"2"', b'{"code":"2","more":1'),
        (jsonl, b'"people":12,', b""), (jsonl, b"}\n", b"}"), (jsonl, b"\n", b"\nx\n"),
        (jsonld, b'#people"', b'#peoplf"'), (jsonld, b"integer", b"string"),
        (jsonld, b'"@language":"th"', b'"@language":"en"'), (jsonld, b"\n]}\n", b"\n]"),
        (jsonld, b"places/2", b"places/1"),
    ],
)  # fmt: skip
def test_what_is_not_as_it_should_be_is_noticed(table, form, good, bad) -> None:
    path, _ = table.write(form)
    assert certify(table.table, form, path).ok
    whole = path.read_bytes()
    assert good in whole
    path.write_bytes(whole.replace(good, bad, 1) if good in _HEADS else _last(whole, good, bad))
    assert not certify(table.table, form, path).ok


_HEADS = (b"@prefix col", b'#people"', b"integer", b'"@language":"th"')


def _last(whole: bytes, good: bytes, bad: bytes) -> bytes:
    start, _, end = whole.rpartition(good)
    return start + bad + end


@pytest.mark.parametrize("form", FORMS)
def test_one_bit_anywhere_in_the_rows_is_noticed(table, form) -> None:
    path, _ = table.write(form)
    whole = path.read_bytes()
    first = {nt: b"places/places/1", ttl: b"places/places/1", rdf: b"places/places/1",
             jsonld: b"places/places/1", xml: b"<row>"}  # fmt: skip
    start = whole.index(first[form]) if form in first else 0
    unseen = []
    for place in range(start, len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        if certify(table.table, form, path).ok:
            unseen.append(place)
    # The header of gzip carries a time and a system that change nothing of what is inside.
    assert [place for place in unseen if form is not csv_gz or place >= 10] == []


def test_a_column_called_row_is_no_row(made) -> None:
    table = made({"row": "string", "name": "string"}, [["1", "ก"], ["", "ข"]])
    assert table.round_trip(xml)["row"].to_pylist() == ["1", None]


@pytest.mark.parametrize("form", [csv_gz, jsonl, jsonld, nt, rdf, ttl, xml, json])
def test_rows_that_fall_into_several_chunks_hold(made, form, monkeypatch) -> None:
    from catalog.formats import _chunks

    monkeypatch.setattr(_chunks.chunks, "__defaults__", (64,))
    rows = [[str(number), "นครพนม\n" * (number % 3), ""] for number in range(50)]
    table = made({"code": "string", "name": "string", "no": "string"}, rows, primaryKey=["code"])
    assert table.round_trip(form).num_rows == 50


def test_gzip_holds_the_very_bytes_of_the_csv_and_no_time(table) -> None:
    plain, _ = table.write(csv)
    path, _ = table.write(csv_gz)
    whole = path.read_bytes()
    assert gzip.decompress(whole) == plain.read_bytes()
    assert whole[4:8] == bytes(4)
    assert not whole[3]  # no name, no comment
    assert int.from_bytes(whole[-8:-4], "little") == zlib.crc32(plain.read_bytes())
