"""The W3C's own tests of csv2rdf (CSVW test suite, RDF; those with even numbers)."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from catalog.csvw import Fetched, csv2rdf

BASE = "http://www.w3.org/2013/csvw/tests/"
SUITE = Path(__file__).parents[4] / "shared" / "conformance" / "csvw"
#: What the suite's server says at /.well-known/csvm.
PLACES = b"{+url}-metadata.json\ncsv-metadata.json\n{+url}.json\ncsvm.json\n"


@cache
def entries() -> tuple[dict[str, Any], ...]:
    manifest = SUITE / "manifest-rdf-even-positive.jsonld"
    return tuple(json.loads(manifest.read_text("utf-8"))["entries"]) if manifest.is_file() else ()


def server(entry: dict[str, Any]) -> Callable[[str], Fetched | None]:
    """The suite's web server, from its folder, as a test sees it."""

    def fetch(url: str) -> Fetched | None:
        if url == "http://www.w3.org/.well-known/csvm":
            return Fetched(PLACES)
        if not url.startswith(BASE):
            return None
        asked = url.removeprefix(BASE).partition("#")[0]
        plain, _, query = asked.partition("?")
        if query and asked != entry["action"]:
            return None
        path = SUITE / plain
        link = entry.get("httpLink") if asked == entry["action"] else None
        return (
            Fetched(path.read_bytes(), {"link": link} if link else {}) if path.is_file() else None
        )

    return fetch


def canonical(triples: list[ox.Triple]) -> ox.Dataset:
    """A graph whose blank nodes have the names of RDFC-1.0: equal if isomorphic."""
    dataset = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry["id"].rpartition("#")[2])
def test_the_graph_is_the_one_that_the_w3c_expects(entry):
    option = entry["option"]
    override = option.get("metadata")
    found = csv2rdf(
        BASE + entry["action"], server(entry), metadata=override and BASE + override,
        minimal=bool(option.get("minimal")),
    )  # fmt: skip
    got = canonical(list(found.triples))
    expected = (SUITE / entry["result"]).read_bytes()
    parsed = ox.parse(input=expected, format=ox.RdfFormat.TURTLE, base_iri=BASE + entry["result"])
    assert got == canonical([quad.triple for quad in parsed])
    assert bool(found.warnings) or "Warnings" not in entry["type"], "what was wrong is told"


def test_the_suite_is_there_where_reference_data_is(shared):
    assert len(entries()) == 102
