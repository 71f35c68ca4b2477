"""CSVW: the metadata says of the CSV what the RDF files say, triple by triple."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from catalog.csvw import Fetched, csv2rdf
from catalog.metadata import csvw

from .conftest import BUNDLED
from .csvw_rdf import CSVW, triples

GEO = "http://www.opengis.net/ont/geosparql#wktLiteral"
WGS84 = "http://www.w3.org/2003/01/geo/wgs84_pos#"


def _plain(iri: str) -> str:
    """RFC 3986 §6.2.2.2: ``%2E`` and ``.`` are the same; no URI template can write the first."""
    return iri.replace("%2E", ".")


def _written(folder: Path) -> set[tuple]:
    """What the N-Triples of a release say of rows."""
    import pyoxigraph as ox

    found = set()
    for table in json.loads((folder / "csv-metadata.json").read_text("utf-8"))["tables"]:
        path = folder / table["url"].replace(".csv", ".nt")
        for triple in ox.parse(path=path, format=ox.RdfFormat.N_TRIPLES):
            value = triple.object
            if triple.subject.value == table["@id"]:
                continue
            found.add((_plain(triple.subject.value), triple.predicate.value, _term(value)))
    return found


def _term(value) -> tuple:
    if hasattr(value, "datatype"):
        return (value.value, value.language, value.datatype.value)
    return (value.value,)


def _beyond_csvw(triple: tuple) -> bool:
    """Shapes, coordinates and lists, which ``suppressOutput`` leaves to the RDF files."""
    _, predicate, term = triple
    return predicate.startswith(WGS84) or term[-1] in (GEO, CSVW + "JSON")


@pytest.mark.parametrize("name", BUNDLED)
def test_the_csv_converted_by_its_metadata_is_the_rdf_that_was_written(bundled, name):
    folder = bundled(name).folder
    converted = {(_plain(s), p, o) for s, p, o in triples(folder / "csv-metadata.json")}
    written = _written(folder)
    assert converted - written == set()
    assert {triple for triple in written - converted if not _beyond_csvw(triple)} == set()
    assert len(converted) > len(bundled(name).described.facts.tables)


@pytest.mark.parametrize("name", BUNDLED)
def test_the_general_processor_makes_the_same_triples(bundled, name):
    folder = bundled(name).folder
    base = "https://release.example/"

    def fetch(url: str) -> Fetched | None:
        path = folder / url.removeprefix(base)
        kind = "application/csvm+json" if path.suffix == ".json" else "text/csv"
        return Fetched(path.read_bytes(), {"content-type": kind}) if path.exists() else None

    found = csv2rdf(f"{base}csv-metadata.json", fetch, minimal=True)
    converted = {
        (_plain(t.subject.value), t.predicate.value, _term(t.object)) for t in found.triples
    }
    assert list(found.warnings) == []
    written = _written(folder)
    assert converted - written == set()
    assert {triple for triple in written - converted if not _beyond_csvw(triple)} == set()


def _table(described) -> dict:
    return csvw.build(described)["tables"][0]["tableSchema"]


def test_a_row_is_named_by_its_key_or_else_by_its_number(describe):
    fields = [{"name": "year", "type": "year"}, {"name": "code", "type": "string"}]
    keyed = {"fields": fields, "primaryKey": ["year", "code"]}
    base = "https://data.nakhonphanom.go.th"
    found = _table(describe({"places": {"schema": keyed}}))
    assert found["aboutUrl"] == f"{base}/id/nakhon_phanom/places/places/{{year}},{{code}}"
    assert found["primaryKey"] == ["year", "code"]
    found = _table(describe())
    assert found["aboutUrl"] == (
        f"{base}/files/nakhon_phanom/places/3f2a9c41d0be/places.csv#row={{_sourceRow}}"
    )
    assert found["columns"][-1] == {
        "virtual": True, "propertyUrl": "rdf:type", "valueUrl": "http://www.w3.org/ns/csvw#Row",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ({"type": "string"}, {"datatype": "string", "lang": "th"}),
        ({"type": "string", "lang": "zxx"}, {"datatype": "string"}),
        ({"type": "string", "format": "uri"}, {"datatype": "anyURI"}),
        ({"type": "integer"}, {"datatype": "integer"}),
        ({"type": "number"}, {"datatype": "double"}),
        ({"type": "number", "decimalPlaces": 2}, {"datatype": "decimal"}),
        ({"type": "datetime"}, {"datatype": "dateTime"}),
        ({"type": "yearmonth"}, {"datatype": "gYearMonth"}),
        ({"type": "object"}, {"datatype": "json"}),
        ({"type": "geojson"}, {"datatype": "json", "suppressOutput": True}),
        ({"type": "geopoint"}, {"datatype": "string", "suppressOutput": True}),
        (
            {"type": "list", "delimiter": ";"},
            {"datatype": "string", "separator": ";", "suppressOutput": True},
        ),
    ],
)
def test_cells_are_typed_as_in_rdf(describe, field, said):
    column = _table(describe({"places": {"schema": {"fields": [{"name": "x", **field}]}}}))
    known = ("datatype", "lang", "separator", "suppressOutput")
    assert {key: column["columns"][0][key] for key in known if key in column["columns"][0]} == said


def test_a_property_is_the_fields_own_and_a_class_is_none(describe):
    fields = [
        {"name": "name", "type": "string", "rdfType": "schema:name"},
        {"name": "kind", "type": "string", "rdfType": "schema:Place"},
    ]
    name, kind, *_ = _table(describe({"places": {"schema": {"fields": fields}}}))["columns"]
    assert name["propertyUrl"] == "http://schema.org/name"
    assert kind["propertyUrl"] == (
        "https://data.nakhonphanom.go.th/dataset/nakhon_phanom/places/t/places#kind"
    )


def test_a_link_is_said_only_where_no_row_would_get_half_an_address(describe):
    fields = [{"name": "iso", "type": "string", "linkTo": "https://x.example/{iso}"}]
    link = {"virtual": True, "propertyUrl": "rdfs:seeAlso", "valueUrl": "https://x.example/{iso}"}
    schema = {"fields": fields}
    assert link in _table(describe({"places": {"schema": schema}}))["columns"]
    with_nulls = {"places": {"schema": schema, "nulls": {"iso": 3}}}
    assert link not in _table(describe(with_nulls))["columns"]


def test_keys_between_tables_of_the_group_name_their_files(describe):
    key = {"fields": ["code"], "reference": {"resource": "kinds", "fields": ["code"]}}
    outside = {"fields": ["code"], "reference": {"resource": "a/b/c", "fields": ["code"]}}
    schema = {"fields": [{"name": "code"}], "foreignKeys": [key, outside]}
    found = _table(describe({"places": {"schema": schema}, "kinds": {}}))
    reference = {"resource": "kinds.csv", "columnReference": ["code"]}
    assert found["foreignKeys"] == [{"columnReference": ["code"], "reference": reference}]


def test_a_key_into_another_table_is_a_link_to_its_row(describe):
    key = {"fields": ["kind"], "reference": {"resource": "kinds", "fields": ["code"]}}
    pair = {"fields": ["no", "year"], "reference": {"resource": "plans", "fields": ["no", "year"]}}
    fields = [{"name": name, "type": "string"} for name in ("kind", "year", "no")]
    kinds = {"fields": [{"name": "code", "type": "string"}], "primaryKey": ["code"]}
    plans = {"fields": fields[1:], "primaryKey": ["year", "no"]}
    places = {"fields": fields, "foreignKeys": [key, pair]}
    tables = {"places": {"schema": places}, "kinds": {"schema": kinds}, "plans": {"schema": plans}}
    columns = _table(describe(tables))["columns"]
    base = "https://data.nakhonphanom.go.th/id/nakhon_phanom/places"
    assert columns[0]["valueUrl"] == f"{base}/kinds/{{kind}}"
    assert "valueUrl" not in columns[1]
    assert columns[-1]["valueUrl"] == f"{base}/plans/{{year}},{{no}}"
    assert columns[-1]["propertyUrl"].endswith("/t/places#plans")
    tables["plans"]["schema"] = plans | {"primaryKey": ["no"]}
    assert _table(describe(tables))["columns"][-1]["propertyUrl"] == "rdf:type"


def test_a_row_that_begins_with_a_hash_is_no_comment(describe):
    assert csvw.build(describe())["dialect"]["commentPrefix"] not in ("#", "")


def test_a_release_without_csv_has_no_csvw_file(describe):
    assert csvw.write(describe(form=("parquet",))) == {}
