"""What the ways of writing RDF share: the words about the table, and names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa

from catalog.formats import About
from catalog.formats._about import statements
from catalog.formats._csvw import (
    Part,
    columns,
    iri,
    parts,
    prefixes,
    row_base,
    split_iri,
    subjects,
)
from catalog.formats._fit import LEGAL_CHARACTERS, Tally, fit
from catalog.formats._stream import batches
from catalog.table import Table

#: U+FFFE and control characters cannot stand in RDF/XML; all RDF files are to be one graph.
STEPS = (LEGAL_CHARACTERS,)
_WORDS = {
    "title": "dcterms:title",
    "description": "dcterms:description",
    "licence": "dcterms:rights",
    "attribution": "schema:creditText",
    "source": "dcterms:source",
    "notice": "skos:note",
    "edition": "owl:versionInfo",
}
_LINKS = {"licence": "dcterms:license", "source": "dcterms:source"}
_COLUMN_PREFIX = "col"


def said_of_table(about: About) -> list[Part]:
    """What the file says of itself; the subject is the table's URI.

    A source or licence with an address is named by it, one without by its words.
    """
    found = [
        Part(iri("rdf:type"), iri("csvw:Table")),
        Part(iri("dcterms:isPartOf"), about.uri),
    ]
    for one in statements(about):
        if one.key in _LINKS and one.uri:
            found.append(Part(iri(_LINKS[one.key]), iri(one.uri)))
            continue
        if one.key == "edition":
            found.append(Part(iri(_WORDS[one.key]), str(one.th), iri("xsd:string")))
            continue
        words = (("th", one.th), ("en", one.en))
        found += [Part(iri(_WORDS[one.key]), text, None, lang) for lang, text in words if text]
    return found


def said_of_rows(
    table: Table, about: About, tally: Tally
) -> Iterator[tuple[pa.StringArray, list[Part]]]:
    """Subjects and what is said of them, batch by batch."""
    first, base = 0, row_base(about)
    for batch in batches(table):
        fitted = fit(batch, about.schema.fields, STEPS, tally)
        yield (
            subjects(fitted, about.schema, base, first),
            list(parts(fitted, about.schema, about.table_uri, about.schemas)),
        )
        first += batch.num_rows


def namespaces(about: About) -> dict[str, str]:
    """Prefix to namespace, of every property and datatype in the file."""
    used = {split_iri(column.predicate)[0] for column in columns(about.schema, about.table_uri)}
    used |= {split_iri(part.predicate)[0] for part in said_of_table(about)}
    always = {"csvw", "dcterms", "geo", "rdf", "rdfs", "wgs84", "xsd"}
    found = {
        prefix: space for prefix, space in prefixes().items() if prefix in always or space in used
    }
    found[_COLUMN_PREFIX] = f"{about.table_uri}#"
    others = sorted(used - set(found.values()))
    return found | {f"ns{number}": space for number, space in enumerate(others, 1)}


def mapped(values: pa.StringArray | str, change: Callable[[Any], Any]) -> Any:
    """A change of texts applied to an array, or to the one text that stands for every row."""
    if isinstance(values, str):
        return change(pa.array([values]))[0].as_py()
    return change(values)


def held(batch: pa.RecordBatch, table: Table) -> pa.RecordBatch:
    """Every value as it is, but for control characters."""
    return fit(batch, table.schema.fields, STEPS)
