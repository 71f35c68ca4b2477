"""DCAT-AP 3: the dataset, its distributions and its publisher, as Turtle and JSON-LD.

Nodes have names (fragments of the dataset's URI), never blank ones, so that two builds are the
same bytes and a harvester sees the same nodes again. Values from controlled lists are typed, and
placed in their list, where they stand, as the SHACL shapes ask (DCAT-AP 3.0.1: shapes, ranges,
controlled vocabularies). Data whose source states no licence has no ``dct:license``; its
``dct:rights`` says so. Standard: SEMIC DCAT-AP 3.0.1, W3C DCAT 3.
"""

from __future__ import annotations

from catalog.metadata._files import file_format, file_title
from catalog.metadata._graph import Graph, Node, language_of, text
from catalog.places import place_name
from catalog.release import Described, SealedFile
from catalog.spec import Words
from catalog.vocabulary import term

FILES = {"dcat.ttl": "text/turtle", "dcat.jsonld": "application/ld+json"}

EU = "http://publications.europa.eu/resource/authority/"
PREFIXES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "odrs": "http://schema.theodi.org/odrs#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_IANA = "https://www.iana.org/assignments/media-types/"
#: The shapes want the algorithm under https, where SPDX's own documents have http.
_SHA256 = "https://spdx.org/rdf/terms#checksumAlgorithm_sha256"


def build(described: Described) -> Graph:
    """The dataset as an RDF graph."""
    graph = Graph(PREFIXES)
    dataset = _dataset(graph, described)
    rights, licence = _rights(graph, described), _licence(graph, described)
    for file in described.facts.files:
        if file.table:
            distribution = _distribution(graph, described, file)
            distribution.add("dct:rights", rights)
            distribution.add("dct:license", *licence)
            dataset.add("dcat:distribution", distribution)
    return graph


def write(described: Described) -> dict[str, bytes]:
    """The files of a release."""
    graph = build(described)
    return {name: graph.serialize(media_type) for name, media_type in FILES.items()}


def _dataset(graph: Graph, described: Described) -> Node:
    """The dataset itself."""
    spec = described.spec
    node = graph.node(described.uri, "dcat:Dataset")
    node.words("dct:title", spec.title).words("dct:description", spec.description)
    node.words("skos:note", spec.notice)
    node.add("dcat:keyword", *(text(word, language_of(word)) for word in spec.keywords))
    node.add("dct:identifier", text(described.uri)).add("dcat:version", text(described.label))
    page = described.base + spec.id.version_path(described.label)
    node.add("dcat:landingPage", graph.node(page, "foaf:Document"))
    theme = spec.term("theme")
    label = Words(th=theme.th, en=theme.en)
    node.add("dcat:theme", _concept(graph, "data-theme", theme.more["code"], label))
    node.add("dct:language", *_languages(graph, described))
    node.add("dct:accrualPeriodicity", _frequency(graph, described))
    access = _listed(graph, "access-right", "PUBLIC", "dct:RightsStatement")
    node.add("dct:accessRights", access)
    node.add("dct:publisher", _publisher(graph, described))
    node.add("dcat:contactPoint", _contact(graph, described))
    node.add("dct:provenance", _provenance(graph, described))
    node.add("dct:spatial", *_places(graph, described))
    node.add("dct:temporal", *_period(graph, described))
    return _moments(node, described)


def _publisher(graph: Graph, described: Described) -> Node:
    """The office as an agent."""
    office = described.spec.office
    node = graph.node(f"{office.uri_base}/office/{office.id}", "foaf:Agent", "foaf:Organization")
    node.words("foaf:name", office.name)
    if office.homepage:
        node.add("foaf:homepage", graph.node(office.homepage, "foaf:Document"))
    return node


def _contact(graph: Graph, described: Described) -> Node:
    contact = described.spec.contact
    node = graph.node(f"{described.uri}#contact", "vcard:Kind")
    node.words("vcard:fn", Words(th=contact.name))
    return node.link("vcard:hasEmail", f"mailto:{contact.email}")


def _provenance(graph: Graph, described: Described) -> Node:
    """Where the data was taken from."""
    source = described.spec.provenance
    node = graph.node(f"{described.uri}#provenance", "dct:ProvenanceStatement")
    node.words("rdfs:label", source.source).words("skos:note", source.note)
    return node.link("rdfs:seeAlso", source.url) if source.url else node


def _languages(graph: Graph, described: Described) -> list[Node]:
    return [
        _listed(graph, "language", term("languages", name).more["eu"], "dct:LinguisticSystem")
        for name in described.spec.languages
    ]


def _frequency(graph: Graph, described: Described) -> Node:
    """The EU's word for every so many units; OTHER where it has none."""
    frequency = described.spec.frequency
    unit = term("frequencies", frequency.unit).more
    several = unit.get("every", {}).get(frequency.interval, "OTHER")
    code = unit["eu"] if frequency.interval == 1 else several
    return _listed(graph, "frequency", code, "dct:Frequency")


def _places(graph: Graph, described: Described) -> list[Node]:
    """The places declared, and the box around what is drawn.

    The country is the EU list's; provinces and districts are in no list that DCAT-AP knows, so
    they are named here with their ISO 3166-2 or DOPA code.
    """
    found = []
    for place in described.spec.coverage.places:
        if place == "TH":
            node = _listed(graph, "country", "THA", "dct:Location")
        else:
            node = graph.node(f"{described.uri}#place-{place}", "dct:Location")
            node.add("dct:identifier", text(place))
        found.append(node.words("skos:prefLabel", place_name(place)))
    return found + _extent(graph, described)


def _extent(graph: Graph, described: Described) -> list[Node]:
    """The box of the geometry of all tables, longitude before latitude (OGC:CRS84)."""
    boxes = [table.box for table in described.facts.tables if table.box]
    if not boxes:
        return []
    west, south = min(box[0] for box in boxes), min(box[1] for box in boxes)
    east, north = max(box[2] for box in boxes), max(box[3] for box in boxes)
    ring = f"{west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south}"
    node = graph.node(f"{described.uri}#extent", "dct:Location")
    return [node.typed("dcat:bbox", f"POLYGON (({ring}))", "geo:wktLiteral")]


def _period(graph: Graph, described: Described) -> list[Node]:
    """The time that the data describes; an open end is not said."""
    period = described.spec.temporal
    if not (period.start or period.end):
        return []
    node = graph.node(f"{described.uri}#period", "dct:PeriodOfTime")
    for name, day in (("dcat:startDate", period.start), ("dcat:endDate", period.end)):
        if day:
            node.typed(name, day.isoformat(), "xsd:date")
    return [node]


def _rights(graph: Graph, described: Described) -> Node:
    """What the source says about reuse, in its words or the licence's, and how to credit it."""
    spec = described.spec
    licence = spec.term("licence")
    stated = spec.provenance.licence_statement or Words(th=licence.th, en=licence.en)
    node = graph.node(f"{described.uri}#rights", "dct:RightsStatement")
    return node.words("rdfs:label", stated).words("odrs:attributionText", spec.attribution)


def _licence(graph: Graph, described: Described) -> list[Node]:
    """The licence as the EU's list names it, else by its own address; nothing if none is stated."""
    licence = described.spec.term("licence")
    address, eu = licence.more["uri"], licence.more["eu"]
    if not address:
        return []
    if not eu:
        node = graph.node(address, "dct:LicenseDocument")
    else:
        node = _listed(graph, "licence", eu, "dct:LicenseDocument")
        node.link("skos:exactMatch", address)
    return [node.words("rdfs:label", Words(th=licence.th, en=licence.en))]


def _distribution(graph: Graph, described: Described, file: SealedFile) -> Node:
    """One file, with what it is."""
    form = file_format(file)
    node = graph.node(f"{described.uri}#{file.name}", "dcat:Distribution")
    node.words("dct:title", file_title(described, file)).words("dct:description", form.title)
    url = described.file_url(file.name)
    node.link("dcat:accessURL", url).link("dcat:downloadURL", url)
    node.add("dcat:mediaType", graph.node(_IANA + form.media_type, "dct:MediaType"))
    if form.eu_file_type:
        kind = _listed(graph, "file-type", form.eu_file_type, "dct:MediaTypeOrExtent")
        node.add("dct:format", kind)
    node.typed("dcat:byteSize", str(file.size), "xsd:nonNegativeInteger")
    node.add("spdx:checksum", _checksum(graph, described, file))
    stable = Words(th="เปิดให้ใช้ต่อเนื่องระยะยาว", en="stable")
    node.add("dcatap:availability", _concept(graph, "planned-availability", "STABLE", stable))
    return _moments(node, described)


def _checksum(graph: Graph, described: Described, file: SealedFile) -> Node:
    algorithm = graph.node(_SHA256, "spdx:ChecksumAlgorithm")
    algorithm.link("owl:sameAs", PREFIXES["spdx"] + "checksumAlgorithm_sha256")
    node = graph.node(f"{described.uri}#{file.name}-sha256", "spdx:Checksum")
    node.add("spdx:algorithm", algorithm)
    return node.typed("spdx:checksumValue", file.sha256, "xsd:hexBinary")


def _moments(node: Node, described: Described) -> Node:
    """Issued and modified, in live answers; sealed files know no clock."""
    for name, when in (("dct:issued", described.issued), ("dct:modified", described.modified)):
        if when:
            node.typed(name, when.isoformat(timespec="seconds"), "xsd:dateTime")
    return node


def _listed(graph: Graph, table: str, code: str, kind: str) -> Node:
    """An entry of an EU authority table, which stands in its list."""
    return graph.node(f"{EU}{table}/{code}", kind).link("skos:inScheme", EU + table)


def _concept(graph: Graph, table: str, code: str, label: Words) -> Node:
    return _listed(graph, table, code, "skos:Concept").words("skos:prefLabel", label)
