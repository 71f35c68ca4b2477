"""RDF: one graph in four files, with the names, types and links that the mapping says."""

from __future__ import annotations

import json as parser
import re
from dataclasses import replace
from urllib.parse import quote

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import RDF, Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic

from catalog.cast import plain
from catalog.certify import certify
from catalog.csvw import Fetched, csv2rdf
from catalog.formats import csv, jsonld, nt, rdf, ttl
from catalog.formats._csvw import subjects
from catalog.metadata import csvw as metadata_csvw
from catalog.release import Facts, SealedFile, TableFacts, sealed_view
from catalog.schema import parse_schema

BASE = "https://data.nakhonphanom.go.th"
TABLE = f"{BASE}/dataset/nakhon_phanom/places/t/places"
COL = Namespace(f"{TABLE}#")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")
GEO = Namespace("http://www.opengis.net/ont/geosparql#")
WGS84 = Namespace("http://www.w3.org/2003/01/geo/wgs84_pos#")
DCTERMS = Namespace("http://purl.org/dc/terms/")
SCHEMA = Namespace("http://schema.org/")
RDFS = Namespace("http://www.w3.org/2000/01/rdf-schema#")
SYNTAX = {nt: "nt", ttl: "turtle", rdf: "xml", jsonld: "json-ld"}


def graph(table, form=ttl) -> Graph:
    return Graph().parse(table.write(form)[0], format=SYNTAX[form])


def row(key: str) -> URIRef:
    return URIRef(f"{BASE}/id/nakhon_phanom/places/places/{key}")


def literal(text: str, kind: str) -> Literal:
    return Literal(text, datatype=XSD[kind], normalize=False)


def quads(table, form) -> set[str]:
    """The triples that Oxigraph finds in a file."""
    path, _ = table.write(form)
    syntax = pyoxigraph.RdfFormat.from_media_type(form.FORMAT.media_type)
    return {str(triple) for triple in pyoxigraph.parse(path=str(path), format=syntax)}


def test_the_four_files_are_one_graph_for_two_parsers(everything) -> None:
    graphs = [graph(everything, form) for form in SYNTAX]
    assert len(graphs[0]) > 70
    assert all(isomorphic(graphs[0], other) for other in graphs[1:])
    stores = [quads(everything, form) for form in SYNTAX]
    assert stores[0] == stores[1] == stores[2] == stores[3]
    assert len(stores[0]) == len(graphs[0])


def test_columns_may_be_called_as_prefixes_and_keywords_are(made) -> None:
    fields = dict.fromkeys(("schema", "geo", "row", "type", "id", "http", "csvw"), "string")
    table = made(fields, [["ก"] * 7, ["ข"] * 6 + [""]], primaryKey=["id"])
    stores = [quads(table, form) for form in SYNTAX]
    assert stores[0] == stores[1] == stores[2] == stores[3]
    for form in SYNTAX:
        assert table.round_trip(form)["http"].to_pylist() == ["ก", "ข"]


KINDS = parse_schema(
    {"fields": [{"name": "code", "type": "string"}], "primaryKey": ["code"]}, "kinds"
)
PLANS = parse_schema(
    {"fields": [{"name": "year", "type": "integer"}, {"name": "no", "type": "string"}],
     "primaryKey": ["year", "no"]}, "plans",
)  # fmt: skip
KEYS = [
    {"fields": ["kind"], "reference": {"resource": "kinds", "fields": ["code"]}},
    {"fields": ["parent"], "reference": {"fields": ["code"]}},
    {"fields": ["no", "year"], "reference": {"resource": "plans", "fields": ["no", "year"]}},
    {"fields": ["other"], "reference": {"resource": "a/b/c", "fields": ["code"]}},
]


@pytest.fixture
def keyed(made):
    fields = {
        "code": "string", "kind": "string", "parent": "string", "no": "string", "year": "integer",
        "other": "string",
    }  # fmt: skip
    rows = [["1", "ตลาด น้ำ/1", "", "ก", "2567", "x"], ["2", "", "1", "", "2568", "y"]]
    table = made(fields, rows, primaryKey=["code"], foreignKeys=KEYS)
    schemas = {"kinds": KINDS, "plans": PLANS, "places": table.about.schema}
    return replace(table, about=replace(table.about, schemas=schemas))


def test_foreign_keys_are_links_to_the_rows_they_mean(keyed) -> None:
    found = graph(keyed)
    rows = f"{BASE}/id/nakhon_phanom/places"
    kind = quote("ตลาด น้ำ/1", safe="")
    assert found.value(row("1"), COL.kind) == URIRef(f"{rows}/kinds/{kind}")
    assert found.value(row("2"), COL.parent) == row("1")
    assert found.value(row("1"), COL.plans) == URIRef(f"{rows}/plans/2567,{quote('ก')}")
    assert found.value(row("2"), COL.plans) is None
    assert found.value(row("1"), COL.year) == Literal(2567)
    assert found.value(row("1"), COL.other) == Literal("x", lang="th")
    stores = [quads(keyed, form) for form in SYNTAX]
    assert stores[0] == stores[1] == stores[2] == stores[3]


@pytest.mark.parametrize("form", SYNTAX)
def test_keys_come_back_from_links(keyed, form) -> None:
    read = keyed.round_trip(form).to_pylist()
    assert [row["kind"] for row in read] == ["ตลาด น้ำ/1", None]
    assert [row["parent"] for row in read] == [None, "1"]


@pytest.mark.parametrize("form", SYNTAX)
def test_a_link_to_another_table_is_noticed(keyed, form) -> None:
    path, _ = keyed.write(form)
    path.write_bytes(path.read_bytes().replace(b"places/kinds/", b"places/kindz/"))
    assert not certify(keyed.table, form, path).ok


def test_without_the_other_tables_key_a_foreign_key_stays_a_literal(keyed) -> None:
    alone = replace(keyed, about=replace(keyed.about, schemas={}))
    found = graph(alone)
    assert found.value(row("1"), COL.kind) == Literal("ตลาด น้ำ/1", lang="th")
    assert found.value(row("2"), COL.parent) == row("1")
    assert alone.round_trip(ttl)["kind"].to_pylist() == ["ตลาด น้ำ/1", None]


@pytest.mark.parametrize("form", SYNTAX)
@pytest.mark.parametrize(
    "damage",
    [(b"wgs84_pos#l", b"wgs84_pos#m"), (b"104.78", b"104.79"), (b"Place", b"Plaza"),
     (b"x.example/P1", b"x.example/P2")],
)  # fmt: skip
def test_what_stands_beside_the_columns_must_follow_from_them(made, form, damage) -> None:
    fields = {"code": {"type": "string", "linkTo": "https://x.example/{code}"}, "at": "geopoint"}
    table = made(fields, [["P1", "104.78, 17.41"]], primaryKey=["code"], rdfType="schema:Place")
    path, _ = table.write(form)
    assert certify(table.table, form, path).ok
    whole = path.read_bytes()
    start, end, rest = whole.rpartition(damage[0])
    assert end or form in (ttl, rdf)
    path.write_bytes(start + damage[1] + rest if end else whole[:-9])
    assert not certify(table.table, form, path).ok


def test_json_ld_is_a_record_to_a_line_for_programs_that_know_no_rdf(made) -> None:
    fields = {"code": "string", "people": "integer", "open": "boolean", "share": "number"}
    path, _ = made(fields, [["48", "717040", "true", "0.1"]], primaryKey=["code"]).write(jsonld)
    last = parser.loads(path.read_text("utf-8"))["@graph"][-1]
    assert last == {
        "@id": str(row("48")), "code": "48", "people": 717040, "open": True, "share": "0.1",
    }  # fmt: skip


texts = st.text(st.characters(codec="utf-8"), max_size=6)


def test_the_csv_by_its_metadata_is_the_graph_whatever_it_holds(made) -> None:
    fields = {"code": "string", "name": "string", "people": "integer"}
    key = {"fields": ["name"], "reference": {"fields": ["code"]}}

    @settings(max_examples=30, deadline=None)
    @given(st.lists(st.tuples(texts, texts, st.integers(-9, 9)), max_size=4), st.booleans())
    def check(rows, linked) -> None:
        # A CSV cell that is empty is null for CSVW, and no template can write %2E for a dot.
        rows = [r for r in rows if r[0] not in ("", ".", "..") and r[1] not in ("", ".", "..")]
        rows = [r for r in rows if not set("".join(r[:2])) & CONTROLS]
        more = {"foreignKeys": [key]} if linked else {}
        table = made(fields, [[*r[:2], str(r[2])] for r in rows], primaryKey=["code"], **more)
        written = {t for t in quads(table, nt) if not t.startswith(f"<{TABLE}>")}
        assert written == converted(table)

    check()


#: What stands in the CSV as it is, but in RDF as U+FFFD, and line ends, which CSV readers change.
CONTROLS = {*map(chr, range(32)), "\ufffe", "\uffff"}


def converted(table) -> set[str]:
    """What the general processor makes of our CSV by our metadata."""
    facts = TableFacts("places", table.about.schema.as_json(), table.table.rows)
    described = sealed_view(
        table.about.dataset,
        Facts(
            table.about.edition + "0" * 52,
            "1",
            (facts,),
            (SealedFile("places.csv", 1, "0" * 64, "text/csv", "places", "csv"),),
        ),
    )
    files = metadata_csvw.write(described)
    data = table.write(csv)[0].read_bytes()

    def fetch(url: str) -> Fetched | None:
        if url.endswith(".json"):
            return Fetched(files["csv-metadata.json"], {"content-type": "application/csvm+json"})
        return Fetched(data, {"content-type": "text/csv"})

    found = csv2rdf("https://x.example/csv-metadata.json", fetch, minimal=True)
    return {str(triple) for triple in found.triples}


def test_values_are_typed_and_texts_have_a_language(made) -> None:
    fields = {
        "code": {"type": "string", "lang": "zxx"}, "name": "string",
        "name_en": {"type": "string", "lang": "en"}, "people": "integer", "share": "number",
        "area": {"type": "number", "decimalPlaces": 2}, "open": "boolean", "founded": "date",
        "year": "year", "month": "yearmonth", "lasting": "duration", "page": {"type": "string",
        "format": "uri"}, "other": "any",
    }  # fmt: skip
    values = ["048", "นครพนม", "Nakhon Phanom", "717040", "0.1", "5512.70", "true", "2024-02-29",
              "2024", "2024-05", "P1Y", "http://x.example/", "ก"]  # fmt: skip
    found = graph(made(fields, [values], primaryKey=["code"]))
    said = {str(p).rpartition("#")[2]: o for p, o in found.predicate_objects(row("048"))}
    assert said["code"] == Literal("048")
    assert said["name"] == Literal("นครพนม", lang="th")
    assert said["name_en"] == Literal("Nakhon Phanom", lang="en")
    assert said["people"] == Literal(717040)
    assert said["area"].n3() == literal("5512.70", "decimal").n3()
    kinds = {name: str(value.datatype).rpartition("#")[2] for name, value in said.items()}
    assert {name: kind for name, kind in kinds.items() if kind != "None"} == {
        "people": "integer", "share": "double", "area": "decimal", "open": "boolean",
        "founded": "date", "year": "gYear", "month": "gYearMonth", "lasting": "duration",
        "page": "anyURI",
    }  # fmt: skip
    assert said["other"] == Literal("ก")


def test_a_duration_that_xml_schema_does_not_know_is_plain_text(made) -> None:
    rows = [["1", "P1W"], ["2", "PT1.5H"], ["3", "P1DT2H"], ["4", "PT1.5S"]]
    table = made({"code": "string", "lasting": "duration"}, rows, primaryKey=["code"])
    found = graph(table)
    kinds = [found.value(row(key), COL.lasting).datatype for key in "1234"]
    assert kinds == [None, None, XSD.duration, XSD.duration]
    assert table.round_trip(ttl)["lasting"].to_pylist() == ["P1W", "PT1.5H", "P1DT2H", "PT1.5S"]


def test_subjects_are_the_permanent_names_of_rows(made) -> None:
    fields = {"office": "string", "number": "integer", "name": "string"}
    rows = [["กรม ก/ข,ค", "1", "ก"], ["a.b", "2", "ข"]]
    table = made(fields, rows, primaryKey=["office", "number"])
    expected = [
        table.about.dataset.office.uri_base + table.about.id.row_path("places", key, number)
        for key, number in (("กรม ก/ข,ค", "1"), ("a.b", "2"))
    ]
    found = graph(table)
    assert sorted(str(s) for s in found.subjects(COL.name)) == sorted(expected)
    assert f"{BASE}/id/nakhon_phanom/places/places/a.b,2" in expected


def test_rows_without_a_key_are_rows_of_the_sealed_csv(made) -> None:
    table = made({"name": "string"}, [["ก"], ["-"]], missingValues=["-"])
    found = graph(table)
    start = f"{BASE}/files/nakhon_phanom/places/3f2a9c41d0be/places.csv#row="
    assert found.value(URIRef(f"{start}2"), COL.name) == Literal("ก", lang="th")
    kinds = set(found.subjects(RDF.type, URIRef("http://www.w3.org/ns/csvw#Row")))
    assert kinds == {URIRef(f"{start}2"), URIRef(f"{start}3")}


def test_rdf_type_names_properties_and_classes(made) -> None:
    fields = {
        "code": "string",
        "name": {"type": "string", "rdfType": "schema:name"},
        "name_en": {"type": "string", "rdfType": "http://schema.org/name", "lang": "en"},
        "nick": {"type": "string", "rdfType": "schema:name"},
        "kind": {"type": "string", "rdfType": "http://schema.org/Place"},
    }
    rows = [["1", "นครพนม", "Nakhon Phanom", "เมืองพญานาค", "จังหวัด"]]
    table = made(fields, rows, primaryKey=["code"], rdfType="schema:AdministrativeArea")
    found = graph(table)
    assert found.value(row("1"), RDF.type) == SCHEMA.AdministrativeArea
    names = {Literal("นครพนม", lang="th"), Literal("Nakhon Phanom", lang="en")}
    assert set(found.objects(row("1"), SCHEMA.name)) == names
    assert found.value(row("1"), COL.nick) == Literal("เมืองพญานาค", lang="th")
    assert found.value(row("1"), COL.kind) == Literal("จังหวัด", lang="th")
    for form in SYNTAX:
        assert table.round_trip(form).num_rows == 1


def test_links_lead_outside_and_the_value_stays(made) -> None:
    fields = {
        "code": "string",
        "wikidata": {
            "type": "string",
            "lang": "zxx",
            "linkTo": "http://www.wikidata.org/entity/{wikidata}",
        },
        "name": {"type": "string", "linkTo": "https://x.example/{code}/{name}"},
    }
    table = made(
        fields,
        [["48", "Q1000", "นคร พนม"], ["49", "-", "-"]],
        primaryKey=["code"],
        missingValues=["-"],
    )
    found = graph(table)
    assert set(found.objects(row("48"), RDFS.seeAlso)) == {
        URIRef("http://www.wikidata.org/entity/Q1000"),
        URIRef("https://x.example/48/%E0%B8%99%E0%B8%84%E0%B8%A3%20%E0%B8%9E%E0%B8%99%E0%B8%A1"),
    }
    assert found.value(row("48"), COL.wikidata) == Literal("Q1000")
    assert list(found.objects(row("49"), RDFS.seeAlso)) == []


def test_shapes_are_geosparql_and_points_have_coordinates(made) -> None:
    fields = {"code": "string", "at": "geopoint"}
    found = graph(made(fields, [["1", "104.78, 17.41"], ["2", ""]], primaryKey=["code"]))
    shape = found.value(row("1"), COL["at"])
    assert (str(shape), shape.datatype) == ("POINT (104.78 17.41)", GEO.wktLiteral)
    assert found.value(row("1"), WGS84.lat).n3() == literal("17.41", "decimal").n3()
    assert str(found.value(row("1"), WGS84.long)) == "104.78"
    assert found.value(row("2"), WGS84.lat) is None


def test_polygons_have_no_coordinates_of_a_point(everything) -> None:
    assert list(graph(everything).subjects(WGS84.lat)) == []


def test_the_table_says_title_licence_source_and_what_it_is_part_of_once(everything) -> None:
    found = graph(everything)
    table = URIRef(TABLE)
    assert set(found.objects(table, DCTERMS.title)) == {
        Literal("สถานที่ & แหล่ง <ทดสอบ>", lang="th"), Literal("Places", lang="en"),
    }  # fmt: skip
    assert found.value(table, DCTERMS.license) == URIRef(
        "https://creativecommons.org/licenses/by/4.0/"
    )
    assert found.value(table, DCTERMS.source) == URIRef(f"{BASE}/source?a=1&b=2")
    assert found.value(table, DCTERMS.isPartOf) == URIRef(f"{BASE}/dataset/nakhon_phanom/places")
    assert list(found.subjects(DCTERMS.license)) == [table]


def test_a_licence_that_nobody_granted_is_words_and_no_address(made) -> None:
    found = graph(made({"name": "string"}, [["ก"]], licence="not-stated"))
    assert list(found.objects(None, DCTERMS.license)) == []
    assert Literal("ไม่ระบุสัญญาอนุญาต", lang="th") in set(found.objects(URIRef(TABLE), DCTERMS.rights))


def test_null_is_no_triple_and_the_empty_text_is_one(made) -> None:
    fields = {"code": "string", "name": "string"}
    found = graph(made(fields, [["1", ""], ["2", "-"]], primaryKey=["code"], missingValues=["-"]))
    assert found.value(row("1"), COL.name) == Literal("", lang="th")
    assert found.value(row("2"), COL.name) is None


def test_turtle_is_grouped_by_subject_with_prefixes(made) -> None:
    fields = {"code": {"type": "string", "lang": "zxx"}, "people": "integer", "name": "string"}
    path, _ = made(fields, [["48", "717040", "ก"]], primaryKey=["code"]).write(ttl)
    last = re.split(r"\n(?=<)", path.read_text("utf-8"))[-1]
    assert last == (
        f'<{row("48")}>\n    col:code "48" ;\n    col:people 717040 ;\n    col:name "ก"@th .\n'
    )


@pytest.mark.parametrize("form", SYNTAX)
def test_another_subject_is_noticed(made, form) -> None:
    table = made({"code": "string", "name": "string"}, [["4801", "ก"]], primaryKey=["code"])
    path, _ = table.write(form)
    path.write_bytes(path.read_bytes().replace(b"places/4801", b"places/4802"))
    with pytest.raises(ValueError, match="subject"):
        list(form.read(path, table.table))


def test_a_class_or_property_without_a_scheme_is_not_used(made) -> None:
    fields = {"code": "string", "name": {"type": "string", "rdfType": "label"}}
    table = made(fields, [["1", "ก"]], primaryKey=["code"], rdfType="Province")
    found = graph(table)
    assert found.value(row("1"), RDF.type) is None
    assert found.value(row("1"), COL.name) == Literal("ก", lang="th")


def test_a_duration_and_a_text_of_one_property_stay_apart(made) -> None:
    fields = {
        "code": "string",
        "lasting": {"type": "duration", "rdfType": "schema:duration"},
        "words": {"type": "any", "rdfType": "schema:duration"},
    }
    table = made(fields, [["1", "P1W", "หนึ่งสัปดาห์"]], primaryKey=["code"])
    read = table.round_trip(nt).to_pylist()[0]
    assert (read["lasting"], read["words"]) == ("P1W", "หนึ่งสัปดาห์")


@pytest.mark.parametrize(
    "name",
    ["code", "people", "share", "budget", "open", "founded", "opens_at", "seen_at", "updated_at",
     "fiscal_year", "reported_month", "tags"],
)  # fmt: skip
def test_subjects_spell_keys_as_pages_do(everything, name) -> None:
    schema = everything.about.schema.model_copy(update={"primary_key": (name,)})
    batch = next(everything.table.batches())
    base = f"{BASE}/id/nakhon_phanom/places/places/"
    keys = [plain(value) or "" for value in batch.column(name).to_pylist()]
    expected = [BASE + everything.about.id.row_path("places", key) for key in keys]
    assert subjects(batch, schema, base, 0).to_pylist() == expected
