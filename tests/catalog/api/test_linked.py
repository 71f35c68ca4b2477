"""Permanent URIs of rows: the row itself, in the form that is asked for."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import Graph, Literal, URIRef

from catalog.api.linked import FORMS, lookup, negotiate
from catalog.names import row_key
from catalog.schema import parse_schema
from catalog.table import write_table

from .conftest import HARD_KEYS, PLACES

ID = "https://si-sawat.example/id/si_sawat/places/places/"
NAME = URIRef("http://schema.org/name")
SYNTAXES = {"ttl": "turtle", "jsonld": "json-ld", "rdf": "xml", "nt": "nt"}


def _name(number: int) -> Literal:
    return Literal(f"ที่ {number}", lang="th")


@pytest.mark.parametrize(("number", "key"), list(enumerate(HARD_KEYS, 1)))
def test_every_key_finds_its_own_row(client, number, key):
    path = PLACES.row_path("places", key)
    found = client.get(path, headers={"Accept": "application/json"}).json()
    assert (found["code"], found["name"]) == (key, f"ที่ {number}")


@pytest.mark.parametrize("form", SYNTAXES)
@pytest.mark.parametrize(("number", "key"), [(1, "ม01"), (4, "5.1"), (5, "a.ttl"), (2, "ก/ข")])
def test_a_row_in_rdf_is_about_its_permanent_uri(client, form, number, key):
    path = PLACES.row_path("places", key)
    answer = client.get(path, headers={"Accept": FORMS[form]})
    assert answer.headers["content-type"].partition(";")[0] == FORMS[form]
    graph = Graph().parse(data=answer.content, format=SYNTAXES[form])
    assert graph.value(URIRef(ID + row_key(key)), NAME) == _name(number)
    by_ending = client.get(f"{path}.{form}")
    assert by_ending.content == answer.content
    assert by_ending.headers["content-location"] == answer.headers["content-location"]


def test_all_syntaxes_are_one_graph_with_its_source(client):
    path = PLACES.row_path("places", "ม01")
    graphs = {
        frozenset(Graph().parse(data=client.get(f"{path}.{form}").content, format=syntax))
        for form, syntax in SYNTAXES.items()
    }
    assert len(graphs) == 1
    said = {str(predicate) for _, predicate, _ in next(iter(graphs))}
    assert "http://purl.org/dc/terms/source" in said, "where the row is from goes with it"


def test_a_key_that_looks_like_an_ending_goes_before_it(client):
    whole = client.get("/id/si_sawat/places/places/a.ttl", headers={"Accept": "application/json"})
    assert whole.json()["code"] == "a.ttl"
    ending = client.get("/id/si_sawat/places/places/a.json")
    assert ending.json()["code"] == "a"


def test_keys_of_several_columns_are_compared_by_their_types(client):
    path = PLACES.row_path("visits", "ม01", "2024", "12.25")
    assert client.get(f"{path}.json").json() == {"place": "ม01", "year": 2024, "share": 12.25}
    for wrong in (("ม01", "02024", "12.25"), ("ม01", "2024", "12.250"), ("ม01", "2024"),
                  ("ม01", "สองพัน", "12.25"), ("ก/ข", "2023", "0.50")):  # fmt: skip
        assert client.get(PLACES.row_path("visits", *wrong)).status_code == 404


def test_browsers_get_a_page_that_names_the_other_forms(client):
    path = PLACES.row_path("places", "ม01")
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    answer = client.get(path, headers={"Accept": accept})
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "ที่ 1" in answer.text
    assert f'<{path}.ttl>; rel="alternate"; type="text/turtle"' in answer.headers["link"]
    assert "Accept" in answer.headers["vary"]
    by_ending = client.get(f"{path}.html", headers={"Accept": "text/turtle"})
    assert by_ending.headers["content-type"] == "text/html; charset=utf-8"
    assert "ที่ 1" in by_ending.text


def test_what_the_client_has_is_not_sent_again(client):
    path = PLACES.row_path("places", "ม01") + ".ttl"
    first = client.get(path)
    assert first.headers["access-control-allow-origin"] == "*"
    again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.head(path).headers["etag"] == first.headers["etag"]


@pytest.mark.parametrize(
    "path",
    ["/id/si_sawat/places/places/nothing", "/id/si_sawat/places/nothing/a",
     "/id/si_sawat/nothing/places/a", "/id/si_sawat/tax_shops/shops/x",
     "/id/SI/places/places/a", "/id/si_sawat/places/places/%FF%FE", "/id/si_sawat/places/places/",
     "/id/si_sawat/places/places/" + "x" * 5000],
)  # fmt: skip
def test_what_is_not_there_is_not_found(client, path):
    assert client.get(path, headers={"Accept": "text/turtle"}).status_code == 404


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("*/*", "html"),
        ("text/turtle", "ttl"),
        ("application/ld+json;q=0.9, text/turtle;q=0.4", "jsonld"),
        ("text/html;q=0.2, application/rdf+xml", "rdf"),
        ("application/n-triples, */*;q=0.1", "nt"),
        ("application/json, */*", "json"),
        ("text/turtle;q=0.9, */*", "html"),
        ("application/*", "jsonld"),
        ("TEXT/Turtle; Q=1.0; charset=utf-8", "ttl"),
        ("text/html;q=0, text/turtle;q=0.1", "ttl"),
        ("application/pdf", "html"),
        ("", "html"),
        ("text/turtle;q=most, application/json;q=0.1", "json"),
        ("application/rdf+xml,text/rdf+n3;q=0.9,application/xhtml+xml;q=0.5,*/*;q=0.1", "rdf"),
    ],
)
def test_the_best_liked_form_is_given(accept, form):
    assert negotiate(accept) == form


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.text(), st.integers(-(2**40), 2**40)), min_size=1, max_size=30, unique=True
    ),
    st.data(),
)
def test_lookup_finds_the_row_that_a_plain_search_finds(tmp_path_factory, rows, data):
    schema = parse_schema(
        {"primaryKey": ["text", "number"],
         "fields": [{"name": "text", "type": "string"}, {"name": "number", "type": "integer"}]},
        "x",
    )  # fmt: skip
    path = tmp_path_factory.mktemp("lookup") / "x.parquet"
    columns = [pa.array(list(values)) for values in zip(*rows, strict=True)]
    batch = pa.RecordBatch.from_arrays(columns, schema.names)
    table = write_table(path, "x", schema, [batch.cast(pa.schema(
        [("text", pa.string()), ("number", pa.int64())]))])  # fmt: skip
    wanted = data.draw(st.sampled_from(rows))
    found = lookup(pq.ParquetFile(path), schema, [pa.scalar(value) for value in wanted])
    assert found.schema == table.arrow
    assert tuple(found.to_pylist()[0].values()) == wanted
    strange = [pa.scalar(wanted[0] + "x"), pa.scalar(wanted[1])]
    if (wanted[0] + "x", wanted[1]) not in rows:
        assert lookup(pq.ParquetFile(path), schema, strange) is None


def test_only_row_groups_that_may_have_the_key_are_read(tmp_path, monkeypatch):
    schema = parse_schema(
        {"primaryKey": ["n"], "fields": [{"name": "n", "type": "integer"}, {"name": "t"}]}, "x"
    )
    path = tmp_path / "x.parquet"
    numbers = pa.array(range(250_000))
    batch = pa.RecordBatch.from_arrays([numbers, numbers.cast(pa.string())], ["n", "t"])
    write_table(path, "x", schema, [batch])
    file, read = pq.ParquetFile(path), []
    whole = pq.ParquetFile.read_row_group

    def noted(self, number, columns=None):
        read.append((number, columns))
        return whole(self, number, columns=columns)

    monkeypatch.setattr(pq.ParquetFile, "read_row_group", noted)
    assert lookup(file, schema, [pa.scalar(240_001)])["t"].to_pylist() == ["240001"]
    assert read == [(2, ["n"]), (2, None)]


def test_json_is_the_row_itself(client):
    answer = client.get(PLACES.row_path("places", "ม01") + ".json")
    assert answer.headers["content-type"] == "application/json"
    assert set(json.loads(answer.content)) == {"code", "name", "point"}
