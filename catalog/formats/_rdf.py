"""What the three ways of writing RDF share: the words about the table, names, and reading back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
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
from catalog.formats._text import from_text, from_wkt
from catalog.schema import SchemaField
from catalog.table import BATCH_ROWS, Table

#: U+FFFE and control characters cannot stand in RDF/XML; the three files are to be one graph.
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
            list(parts(fitted, about.schema, about.table_uri)),
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


def read_graph(path: Path, table: Table, syntax: str) -> Iterator[pa.RecordBatch]:
    """Read the rows back with Oxigraph's parser.

    Args:
        path: the file, in which the triples of a row stand together.
        table: what it was written from.
        syntax: media type.

    Raises:
        ValueError: a subject that is not its row's, or a property that is no column's.
    """
    from pyoxigraph import RdfFormat, parse

    triples = parse(path=str(path), format=RdfFormat.from_media_type(syntax))
    reader = _Reader(table)
    rows = reader.rows(triples)
    first = 0
    while some := list(islice(rows, BATCH_ROWS)):
        batch = reader.typed(some)
        expected = subjects(batch, table.schema, reader.base, first)
        if expected.to_pylist() != [subject for subject, _ in some]:
            raise ValueError("a subject is not the one of its row")
        first += len(some)
        yield batch


class _Reader:
    """Rows from triples; the table's URI is learnt from the triples that come first."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.base = ""
        self.places: dict[tuple[str, str], int] = {}
        self.beside = frozenset({iri("wgs84:lat"), iri("wgs84:long")})
        self.part_of = iri("dcterms:isPartOf")

    def rows(self, triples: Any) -> Iterator[tuple[str, list[str | None]]]:
        """Subject and texts of each row."""
        width = len(self.table.schema.fields)
        current, about = "", ""
        row: list[str | None] = [None] * width
        for triple in triples:
            subject = triple.subject.value
            if not about and triple.predicate.value == self.part_of:
                about = subject
                self._learn(about)
            if subject == about or not self.places:
                continue
            if subject != current:
                if current:
                    yield current, row
                current, row = subject, [None] * width
                self.base = self.base or subject[: subject.rfind("=") + 1]
            self._place(triple, row)
        if current:
            yield current, row

    def _learn(self, table_uri: str) -> None:
        schema = self.table.schema
        self.places = {}
        for place, column in enumerate(columns(schema, table_uri)):
            # Language tags have no case (RFC 5646 §2.1.1); readers give them in small letters.
            kind = column.lang.lower() if column.lang else str(column.datatype)
            self.places[column.predicate, kind] = place
            if column.field.type == "duration":
                self.places[column.predicate, iri("xsd:string")] = place
        if schema.primary_key:
            start, _, office, dataset, _, name = table_uri.rsplit("/", 5)
            self.base = f"{start}/id/{office}/{dataset}/{name}/"

    def _place(self, triple: Any, row: list[str | None]) -> None:
        value = triple.object
        kind = getattr(value, "language", None) or getattr(value, "datatype", None)
        if kind is None:
            return  # a link: a class or something outside, which no column holds
        name = kind.lower() if isinstance(kind, str) else kind.value
        place = self.places.get((triple.predicate.value, name))
        if place is not None:
            row[place] = value.value
        elif triple.predicate.value not in self.beside:
            raise ValueError(f"no column is {triple.predicate.value}")

    def typed(self, some: list[tuple[str, list[str | None]]]) -> pa.RecordBatch:
        """The rows as the canonical table types them."""
        texts = zip(*(row for _, row in some), strict=True)
        pairs = zip(texts, self.table.schema.fields, strict=True)
        made = [_typed(pa.array(values, pa.string()), field) for values, field in pairs]
        return pa.RecordBatch.from_arrays(made, schema=self.table.arrow)


def _typed(text: pa.StringArray, field: SchemaField) -> pa.Array:
    if field.is_geometry:
        return from_wkt(text)
    return text if field.type == "list" else from_text(text, field)
