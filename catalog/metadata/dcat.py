"""DCAT-AP 3: the dataset, its distributions and its publisher, as Turtle and JSON-LD.

Nodes have names (fragments of the dataset's URI), never blank ones, so that two builds are the
same bytes. Values from controlled lists are typed where they stand, as the SHACL shapes ask
(DCAT-AP 3.0.1, shapes and range shapes). Standard: SEMIC DCAT-AP 3.0.1.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from catalog.release import Described, SealedFile
from catalog.spec import Words
from catalog.vocabulary import term

if TYPE_CHECKING:
    from rdflib import Graph, URIRef

FILES = {"dcat.ttl": "text/turtle", "dcat.jsonld": "application/ld+json"}

EU = "http://publications.europa.eu/resource/authority/"
_IANA = "https://www.iana.org/assignments/media-types/"
_CONTEXT = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "locn": "http://www.w3.org/ns/locn#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "geo": "http://www.opengis.net/ont/geosparql#",
}


def build(described: Described) -> Graph:
    """The dataset as an RDF graph."""
    from rdflib import Graph

    graph = Graph()
    for prefix, uri in _CONTEXT.items():
        graph.bind(prefix, uri)
    writer = _Writer(graph, described)
    writer.dataset()
    for file in described.facts.files:
        if file.table:
            writer.distribution(file)
    return graph


def write(described: Described) -> dict[str, bytes]:
    """The files of a release."""
    graph = build(described)
    return {"dcat.ttl": turtle(graph), "dcat.jsonld": json_ld(graph)}


def turtle(graph: Graph) -> bytes:
    """Turtle, in an order that depends on the graph alone."""
    written: bytes = graph.serialize(format="turtle", encoding="utf-8")
    return written


def json_ld(graph: Graph) -> bytes:
    """JSON-LD with a short context, nodes and keys sorted."""
    import json

    from catalog.release import json_bytes

    text = graph.serialize(format="json-ld", context=_CONTEXT, sort_keys=True)
    body = json.loads(text)
    return json_bytes(_sorted(body))


def _sorted(value: Any) -> Any:
    """Arrays of nodes and values have no order in RDF: give them one."""
    import json

    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return sorted((_sorted(item) for item in value), key=lambda item: json.dumps(item))
    return value


class _Writer:
    """Puts one dataset into a graph."""

    def __init__(self, graph: Graph, described: Described) -> None:
        from rdflib import URIRef

        self.graph, self.described = graph, described
        self.spec = described.spec
        self.node = URIRef(described.uri)

    def dataset(self) -> None:
        """The dataset itself, its publisher, contact, place and time."""
        spec, add = self.spec, self._add
        add(self.node, "rdf:type", self._uri("dcat:Dataset"))
        self._words(self.node, "dct:title", spec.title)
        self._words(self.node, "dct:description", spec.description)
        for word in spec.keywords:
            add(self.node, "dcat:keyword", self._literal(word, "th"))
        add(self.node, "dct:identifier", self._literal(self.described.uri))
        add(self.node, "dcat:version", self._literal(self.described.label))
        add(self.node, "dcat:landingPage", self._typed(self.described.uri, "foaf:Document"))
        add(self.node, "dcat:theme", self._concept("data-theme", spec.term("theme").more["code"],
                                                   spec.term("theme").en))  # fmt: skip
        for name in spec.languages:
            language = term("languages", name)
            node = self._typed(EU + f"language/{language.more['eu']}", "dct:LinguisticSystem")
            add(self.node, "dct:language", node)
        frequency = term("frequencies", spec.frequency.unit)
        add(self.node, "dct:accrualPeriodicity",
            self._typed(EU + f"frequency/{frequency.more['eu']}", "dct:Frequency"))  # fmt: skip
        add(self.node, "dct:accessRights",
            self._typed(EU + "access-right/PUBLIC", "dct:RightsStatement"))  # fmt: skip
        add(self.node, "dct:publisher", self.publisher())
        add(self.node, "dcat:contactPoint", self._contact())
        add(self.node, "dct:provenance", self._provenance())
        self._place()
        self._time()
        self._moments(self.node)

    def publisher(self) -> URIRef:
        """The office as an agent."""
        office = self.spec.office
        node = self._typed(f"{office.uri_base}/office/{office.id}", "foaf:Agent")
        self._words(node, "foaf:name", office.name)
        return node

    def distribution(self, file: SealedFile) -> None:
        """One file, with what it is and under which terms it is had."""
        from rdflib import RDF, Literal, URIRef
        from rdflib.namespace import XSD

        from catalog.formats import formats

        form = formats()[str(file.format)]
        node = URIRef(f"{self.described.uri}#{file.name}")
        url = URIRef(self.described.file_url(file.name))
        self.graph.add((node, RDF.type, self._uri("dcat:Distribution")))
        self._add(self.node, "dcat:distribution", node)
        self._words(node, "dct:title", Words(th=f"{self.spec.title.th} ({form.title.th})"))
        self._words(node, "dct:description", form.title)
        self._add(node, "dcat:accessURL", self._typed(str(url), "rdfs:Resource"))
        self._add(node, "dcat:downloadURL", url)
        self._add(node, "dcat:mediaType", self._typed(_IANA + form.media_type, "dct:MediaType"))
        if form.eu_file_type:
            kind = self._typed(EU + f"file-type/{form.eu_file_type}", "dct:MediaTypeOrExtent")
            self._add(node, "dct:format", kind)
        size = Literal(str(file.size), datatype=XSD.nonNegativeInteger)
        self._add(node, "dcat:byteSize", size)
        self._add(node, "spdx:checksum", self._checksum(file))
        self._add(node, "dcatap:availability",
                  self._concept("planned-availability", "STABLE", "stable"))  # fmt: skip
        self._licence(node)
        self._moments(node)

    def _licence(self, node: URIRef) -> None:
        """The licence; where none was stated, the rights statement says so and no licence stands."""
        licence = self.spec.term("licence")
        rights = self._typed(f"{self.described.uri}#rights", "dct:RightsStatement")
        stated = self.spec.provenance.licence_statement
        self._words(rights, "rdfs:label", stated or Words(th=licence.th, en=licence.en))
        self._add(node, "dct:rights", rights)
        if not licence.more["uri"]:
            return
        eu = licence.more["eu"]
        document = self._typed(EU + f"licence/{eu}" if eu else licence.more["uri"],
                               "dct:LicenseDocument")  # fmt: skip
        if eu:
            from rdflib import URIRef

            self._add(document, "skos:exactMatch", URIRef(licence.more["uri"]))
        self._add(node, "dct:license", document)

    def _checksum(self, file: SealedFile) -> URIRef:
        from rdflib import Literal
        from rdflib.namespace import XSD

        node = self._typed(f"{self.described.uri}#{file.name}-sha256", "spdx:Checksum")
        algorithm = "http://spdx.org/rdf/terms#checksumAlgorithm_sha256"
        self._add(node, "spdx:algorithm", self._typed(algorithm, "spdx:ChecksumAlgorithm"))
        self._add(node, "spdx:checksumValue", Literal(file.sha256, datatype=XSD.hexBinary))
        return node

    def _contact(self) -> URIRef:
        from rdflib import URIRef

        node = self._typed(f"{self.described.uri}#contact", "vcard:Kind")
        self._words(node, "vcard:fn", Words(th=self.spec.contact.name))
        self._add(node, "vcard:hasEmail", URIRef(f"mailto:{self.spec.contact.email}"))
        return node

    def _provenance(self) -> URIRef:
        node = self._typed(f"{self.described.uri}#provenance", "dct:ProvenanceStatement")
        self._words(node, "rdfs:label", self.spec.provenance.source)
        return node

    def _place(self) -> None:
        """Thailand, and the box of what is drawn."""
        from rdflib import Literal
        from rdflib.namespace import Namespace

        country = self._typed(EU + "country/THA", "dct:Location")
        self._add(self.node, "dct:spatial", country)
        boxes = [table.box for table in self.described.facts.tables if table.box]
        if not boxes:
            return
        west, south = min(box[0] for box in boxes), min(box[1] for box in boxes)
        east, north = max(box[2] for box in boxes), max(box[3] for box in boxes)
        wkt = Namespace("http://www.opengis.net/ont/geosparql#").wktLiteral
        ring = f"{west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south}"
        place = self._typed(f"{self.described.uri}#place", "dct:Location")
        self._add(place, "dcat:bbox", Literal(f"POLYGON (({ring}))", datatype=wkt))
        self._add(self.node, "dct:spatial", place)

    def _time(self) -> None:
        from rdflib import Literal
        from rdflib.namespace import XSD

        period = self.spec.temporal
        if not (period.start or period.end):
            return
        node = self._typed(f"{self.described.uri}#period", "dct:PeriodOfTime")
        for name, day in (("dcat:startDate", period.start), ("dcat:endDate", period.end)):
            if day:
                self._add(node, name, Literal(day.isoformat(), datatype=XSD.date))
        self._add(self.node, "dct:temporal", node)

    def _moments(self, node: URIRef) -> None:
        """Issued and modified, in live answers; sealed files know no clock."""
        from rdflib import Literal
        from rdflib.namespace import XSD

        moments: tuple[tuple[str, datetime | None], ...] = (
            ("dct:issued", self.described.issued),
            ("dct:modified", self.described.modified),
        )
        for name, when in moments:
            if when:
                text = when.isoformat(timespec="seconds")
                self._add(node, name, Literal(text, datatype=XSD.dateTime))

    def _words(self, node: URIRef, name: str, words: Words) -> None:
        self._add(node, name, self._literal(words.th, "th"))
        if words.en:
            self._add(node, name, self._literal(words.en, "en"))

    def _concept(self, scheme: str, code: str, label: str) -> URIRef:
        node = self._typed(EU + f"{scheme}/{code}", "skos:Concept")
        self._add(node, "skos:prefLabel", self._literal(label, "en"))
        return node

    def _typed(self, uri: str, kind: str) -> URIRef:
        from rdflib import RDF, URIRef

        node = URIRef(uri)
        self.graph.add((node, RDF.type, self._uri(kind)))
        return node

    def _literal(self, text: str, lang: str | None = None) -> Any:
        from rdflib import Literal

        return Literal(text, lang=lang)

    def _uri(self, name: str) -> URIRef:
        from rdflib import RDF, URIRef

        prefix, _, local = name.partition(":")
        return RDF.type if name == "rdf:type" else URIRef(_CONTEXT[prefix] + local)

    def _add(self, node: URIRef, name: str, value: Any) -> None:
        self.graph.add((node, self._uri(name), value))
