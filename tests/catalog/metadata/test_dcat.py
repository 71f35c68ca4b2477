"""DCAT-AP 3: shapes hold, both syntaxes are one graph, and the bytes are always the same."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path

import pytest
from rdflib import RDF, Graph, Literal, Namespace, URIRef

from catalog.metadata import dcat

from .conftest import BUNDLED

DCT = Namespace("http://purl.org/dc/terms/")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
SKOS = Namespace("http://www.w3.org/2004/02/skos/core#")
SH = Namespace("http://www.w3.org/ns/shacl#")
EU = "http://publications.europa.eu/resource/authority/"
DATASET = URIRef("https://data.nakhonphanom.go.th/dataset/nakhon_phanom/places")


@cache
def _shapes(folder: Path, *names: str) -> Graph:
    graph = Graph()
    for name in names:
        graph.parse(folder / "dcat-ap" / name)
    return graph


@cache
def _generated(folder: Path) -> Graph:
    """The shapes' generated form, which forgets to say which of its nodes are properties."""
    graph = Graph() + _shapes(folder, "dcat-ap-SHACL.ttl", "dcat-ap-SHACL-ranges.ttl")
    for shape in set(graph.objects(None, SH.property)):
        if (shape, SH.path, None) in graph:
            graph.add((shape, RDF.type, SH.PropertyShape))
        else:
            graph.remove((None, SH.property, shape))
    return graph


@cache
def _vocabularies(folder: Path) -> Graph:
    graph = Graph()
    for file in (folder / "eu-vocabularies").iterdir():
        graph.parse(file)
    return graph


def _with_vocabularies(data: Graph, folder: Path) -> Graph:
    """The data, with what the authority tables say of the things that are named in it."""
    listed, graph = _vocabularies(folder), Graph() + data
    for thing in set(data.objects()):
        graph += listed.triples((thing, None, None))
    return graph


def violations(data: Graph, conformance: Path) -> list[str]:
    """What the shapes of DCAT-AP 3.0.1 find wrong; warnings and recommendations are not asked."""
    listed = _with_vocabularies(data, conformance)
    return _found(data, _shapes(conformance, "shapes.ttl", "range.ttl")) + _found(
        listed, _shapes(conformance, "mdr-vocabularies.shape.ttl")
    )


def _found(graph: Graph, shapes: Graph) -> list[str]:
    from pyshacl import validate

    found = []
    _, report, _ = validate(graph, shacl_graph=shapes, do_owl_imports=False, inplace=True)
    for one in report.objects(report.value(None, RDF.type, SH.ValidationReport), SH.result):
        if report.value(one, SH.resultSeverity) == SH.Violation:
            said = (SH.focusNode, SH.resultPath, SH.value, SH.resultMessage)
            found.append(" ".join(str(report.value(one, name)) for name in said))
    return found


@pytest.fixture
def conformance(shared) -> Path:
    return shared / "conformance"


def _graph(described) -> Graph:
    return Graph().parse(data=dcat.write(described)["dcat.ttl"], format="turtle")


@pytest.mark.parametrize("name", BUNDLED)
def test_no_shape_of_dcat_ap_is_violated(bundled, conformance, name):
    data = Graph().parse(bundled(name).folder / "dcat.ttl")
    assert len(list(data.subjects(RDF.type, DCAT.Distribution))) > 5
    assert violations(data, conformance) == []


def test_the_shapes_would_see_what_is_wrong(describe, conformance):
    data = _graph(describe())
    assert violations(data, conformance) == []
    data.remove((DATASET, DCT.title, None))
    place = URIRef(EU + "frequency/ANNUAL")
    data.remove((place, RDF.type, None))
    data.remove((None, DCAT.mediaType, None))
    node = next(data.subjects(RDF.type, DCAT.Distribution))
    data.add((node, DCAT.mediaType, URIRef("https://x.example/csv")))
    assert len(violations(data, conformance)) >= 3


def test_a_live_description_without_a_licence_conforms_too(describe, conformance):
    live = describe(
        live=True, licence="not-stated", form=("csv", "parquet", "jsonl", "shp"),
        coverage={"level": "district", "places": ["TH", "TH-4801", "TH-480102"]},
        frequency={"unit": "month", "interval": 7}, temporal={"start": "2023-01-01"},
        notice={"th": "ชุดสาธิต", "en": "A demonstration"}, languages=["th", "en"],
        tables={"places": {"box": (99.0, 14.0, 100.5, 15.25)}},
    )  # fmt: skip
    data = _graph(live)
    assert violations(data, conformance) == []
    assert _found(data, _generated(conformance)) == [], "the generated form of the shapes, too"


@pytest.mark.parametrize("name", BUNDLED)
def test_turtle_and_json_ld_are_the_same_graph(bundled, name):
    folder = bundled(name).folder
    turtle, json_ld = Graph().parse(folder / "dcat.ttl"), Graph().parse(folder / "dcat.jsonld")
    assert set(turtle) == set(json_ld)
    assert not any(type(node).__name__ == "BNode" for triple in turtle for node in triple)


def test_two_builds_are_the_same_bytes(bundled):
    described = bundled("provincial_administration/administrative_boundaries").described
    assert dcat.write(described) == dcat.write(described)


def test_describing_a_dataset_takes_a_fraction_of_its_publication(bundled):
    described = bundled("provincial_administration/administrative_boundaries").described
    dcat.write(described)
    started = time.perf_counter()
    dcat.write(described)
    assert time.perf_counter() - started < 0.3


def test_places_are_named_and_the_country_is_the_eu_lists(describe):
    places = ["TH", "TH-48", "TH-4801", "TH-480102", "TH-99"]
    graph = _graph(describe(coverage={"level": "province", "places": places}))
    spatial = set(graph.objects(DATASET, DCT.spatial))
    assert spatial == {
        URIRef(EU + "country/THA"), *(URIRef(f"{DATASET}#place-{place}") for place in places[1:]),
    }  # fmt: skip
    labels = set(graph.objects(URIRef(f"{DATASET}#place-TH-48"), SKOS.prefLabel))
    assert labels == {Literal("นครพนม", lang="th"), Literal("Nakhon Phanom", lang="en")}
    district = URIRef(f"{DATASET}#place-TH-4801")
    assert Literal("เมืองนครพนม", lang="th") in set(graph.objects(district, SKOS.prefLabel))
    unknown = URIRef(f"{DATASET}#place-TH-99")
    assert graph.value(unknown, SKOS.prefLabel) == Literal("TH-99", lang="th")


def test_the_box_is_around_all_tables_with_longitude_first(describe):
    tables = {"north": {"box": (99.0, 17.5, 100.0, 18.0)}, "south": {"box": (98.5, 7.0, 99.5, 8.0)}}
    graph = _graph(describe(tables=tables))
    box = str(graph.value(URIRef(f"{DATASET}#extent"), DCAT.bbox))
    assert box == "POLYGON ((98.5 7.0, 100.0 7.0, 100.0 18.0, 98.5 18.0, 98.5 7.0))"


def test_an_open_period_says_only_its_start(describe):
    graph = _graph(describe(temporal={"start": "2021-10-01"}))
    period = graph.value(DATASET, DCT.temporal)
    assert str(graph.value(period, DCAT.startDate)) == "2021-10-01"
    assert graph.value(period, DCAT.endDate) is None
    assert _graph(describe()).value(DATASET, DCT.temporal) is None


@pytest.mark.parametrize(
    ("unit", "interval", "code"),
    [("year", 1, "ANNUAL"), ("year", 2, "BIENNIAL"), ("month", 3, "QUARTERLY"),
     ("week", 2, "BIWEEKLY"), ("day", 1, "DAILY"), ("day", 11, "OTHER"), ("never", 1, "NEVER")],
)  # fmt: skip
def test_every_so_many_units_is_the_eu_lists_word_for_it(describe, unit, interval, code):
    graph = _graph(describe(frequency={"unit": unit, "interval": interval}))
    assert graph.value(DATASET, DCT.accrualPeriodicity) == URIRef(EU + f"frequency/{code}")


def test_every_word_for_a_frequency_is_in_the_eus_list(conformance):
    from catalog.vocabulary import terms

    listed = set(_vocabularies(conformance).subjects(SKOS.inScheme, URIRef(EU + "frequency")))
    for term in terms("frequencies").values():
        for code in (term.more["eu"], *term.more.get("every", {}).values()):
            assert URIRef(EU + f"frequency/{code}") in listed, code


def test_a_licence_of_the_eus_list_is_named_by_it_and_matched_to_its_own_address(describe):
    graph = _graph(describe(licence="cc-by-4.0"))
    [licence] = set(graph.objects(None, DCT.license))
    assert licence == URIRef(EU + "licence/CC_BY_4_0")
    own = URIRef("https://creativecommons.org/licenses/by/4.0/")
    assert graph.value(licence, SKOS.exactMatch) == own
    [licence] = set(_graph(describe(licence="mit")).objects(None, DCT.license))
    assert licence == URIRef("https://opensource.org/license/mit")


def test_a_licence_that_nobody_stated_is_not_made_up(describe):
    said = {"source": {"th": "ก"}, "licence_statement": {"th": "ไม่ระบุไว้", "en": "none stated"}}
    graph = _graph(describe(licence="not-stated", provenance=said))
    assert list(graph.objects(None, DCT.license)) == []
    [rights] = set(graph.objects(None, DCT.rights))
    label = URIRef("http://www.w3.org/2000/01/rdf-schema#label")
    assert set(graph.objects(rights, label)) == {
        Literal("ไม่ระบุไว้", lang="th"), Literal("none stated", lang="en"),
    }  # fmt: skip


def test_keywords_have_the_language_that_they_are_in(describe):
    found = set(_graph(describe()).objects(DATASET, DCAT.keyword))
    assert found == {Literal("สถานที่", lang="th"), Literal("places", lang="en")}


def test_sealed_files_know_no_clock_and_live_answers_do(describe):
    assert _graph(describe()).value(DATASET, DCT.issued) is None
    issued = _graph(describe(live=True)).value(DATASET, DCT.issued)
    assert issued.toPython().isoformat() == "2026-11-20T20:30:00+00:00"


def test_rows_and_datasets_in_any_syntax_are_one_graph(describe):
    graph = dcat.build(describe())
    triples = {
        media_type: set(Graph().parse(data=graph.serialize(media_type), format=name))
        for media_type, name in (
            ("text/turtle", "turtle"), ("application/rdf+xml", "xml"),
            ("application/n-triples", "nt"), ("application/ld+json", "json-ld"),
        )
    }  # fmt: skip
    assert len({frozenset(found) for found in triples.values()}) == 1
