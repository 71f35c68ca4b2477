"""A table as RDF: one mapping, which N-Triples, Turtle, RDF/XML and JSON-LD all write.

It is that of CSV on the Web (csv2rdf, minimal mode) over the table's CSV:

- the subject of a row is ``/id/<office>/<dataset>/<table>/<key>`` from the primary key, and
  without one the row of the sealed CSV (RFC 7111: ``….csv#row=2`` is the first after the header);
- the property of a column is its ``rdfType`` where that names a property (its last part begins
  with a small letter, as ``schema:name``), else ``<table>#<column>``. Where a second column would
  say the same with the same datatype and language it keeps its own, or nobody could tell them
  apart;
- values are typed by XML Schema; texts have the column's language (``lang``, Thai if it says
  none; ``zxx`` is for codes, which are of no language), but not ``any`` nor string formats
  (``uri``, ``email``…); JSON is ``csvw:JSON``; null is no triple;
- the class of a row is the schema's ``rdfType``; a row without a key is a ``csvw:Row`` too;
- shapes are GeoSPARQL ``wktLiteral``s; points of the mapped column have ``wgs84:lat`` and
  ``wgs84:long`` beside;
- a foreign key of one field, into the whole primary key of a table of the same dataset, is a link
  to that table's row instead of the bare value (in CSVW: ``valueUrl``). One of several fields is
  a link beside them, by the property ``<table>#<other table>``;
- ``linkTo`` gives ``rdfs:seeAlso`` to the thing outside (in CSVW: a virtual column with a
  ``valueUrl``). A template with a null in it gives nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from urllib.parse import quote

import pyarrow as pa
import pyarrow.compute as pc
import yaml

from catalog.formats import About
from catalog.formats._points import coordinates
from catalog.formats._row_links import Schemas, encoded, joined_keys, several, targets, usable
from catalog.formats._text import degrees, to_text, to_wkt
from catalog.schema import SchemaField, TableSchema

LANG = "th"
#: CSVW's source number of the first row: the header has number 1.
FIRST_ROW = 2
_NO_SCHEMAS: Schemas = {}
_LOCAL = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*\Z")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_VARIABLE = re.compile(r"\{([A-Za-z0-9_]+)\}")
_XSD_DURATION = (
    r"\A-?P(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?"
    r"(?:T(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?)?\z"
)
_DATATYPES = {
    "integer": "xsd:integer", "number": "xsd:double", "boolean": "xsd:boolean",
    "date": "xsd:date", "time": "xsd:time", "datetime": "xsd:dateTime", "year": "xsd:gYear",
    "yearmonth": "xsd:gYearMonth", "duration": "xsd:duration", "object": "csvw:JSON",
    "array": "csvw:JSON", "list": "csvw:JSON", "geopoint": "geo:wktLiteral",
    "geojson": "geo:wktLiteral",
}  # fmt: skip


@cache
def prefixes() -> Mapping[str, str]:
    """Known prefixes and their namespaces."""
    source = files("catalog") / "data" / "prefixes.yaml"
    known: Mapping[str, str] = yaml.load(source.read_bytes(), Loader=yaml.CSafeLoader)
    return known


def iri(name: str) -> str:
    """An IRI from a prefixed name or an IRI; characters that no IRI has are percent-encoded."""
    prefix, colon, rest = name.partition(":")
    whole = prefixes()[prefix] + rest if colon and prefix in prefixes() else name
    return quote(whole, safe=":/?#[]@!$&'()*+,;=%-._~")


def split_iri(name: str) -> tuple[str, str]:
    """Namespace and local name, parted so that the local name may be an XML name."""
    at = max(name.rfind("#"), name.rfind("/")) + 1
    return name[:at], name[at:]


@dataclass(frozen=True, slots=True)
class Column:
    """How a column is said in RDF.

    Attributes:
        field: the column.
        predicate: IRI of its property.
        datatype: IRI of the values' datatype; ``None`` where they have a language.
        lang: language of the values.
        target: what the IRIs of the rows begin with that the values are keys of; ``None`` where
            the values are literals.
    """

    field: SchemaField
    predicate: str
    datatype: str | None
    lang: str | None
    target: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Triples with one property: an object for each row, null where there is none.

    Attributes:
        predicate: IRI.
        values: texts of literals, or IRIs; one text stands for every row.
        datatype: IRI of the literals' datatype.
        lang: language of the literals; with neither, ``values`` are IRIs.
        key: a name that no other part of the table has; JSON-LD writes it.
    """

    predicate: str
    values: pa.StringArray | str
    datatype: str | None = None
    lang: str | None = None
    key: str = ""

    @property
    def is_link(self) -> bool:
        """Whether the objects are IRIs."""
        return self.datatype is None and self.lang is None

    @property
    def is_plain(self) -> bool:
        """Whether the literals are plain texts, which are written without their datatype."""
        return self.datatype == iri("xsd:string")


def columns(
    schema: TableSchema, table_uri: str, schemas: Schemas = _NO_SCHEMAS
) -> tuple[Column, ...]:
    """How each column is said.

    Args:
        schema: the table's.
        table_uri: its permanent URI.
        schemas: of the dataset's tables, by name: keys into tables not among them stay literals.
            Properties do not depend on it.
    """
    found: list[Column] = []
    keyed = targets(schema, table_uri)
    known = usable(schema, table_uri, schemas)
    taken: set[tuple[str, str | None, str | None]] = {
        (iri(name), None, None) for name in ("rdf:type", "rdfs:seeAlso")
    }
    for field in schema.fields:
        datatype, lang = _kind(field)
        kinds = {(datatype, lang and lang.lower())}
        if field.type == "duration":
            kinds.add((iri("xsd:string"), None))
        if field.name in keyed:
            kinds.add((None, None))
        predicate = _property(field)
        if predicate is None or {(predicate, *kind) for kind in kinds} & taken:
            predicate = f"{table_uri}#{field.name}"
        taken |= {(predicate, *kind) for kind in kinds}
        target = keyed[field.name] if field.name in known else None
        found.append(Column(field, predicate, datatype, lang, target))
    return tuple(found)


def _kind(field: SchemaField) -> tuple[str | None, str | None]:
    if field.type == "number" and field.decimal_places is not None:
        return iri("xsd:decimal"), None
    if known := _DATATYPES.get(field.type):
        return iri(known), None
    if field.type == "string" and field.format == "default" and field.lang != "zxx":
        return None, field.lang or LANG
    return iri("xsd:anyURI" if field.format == "uri" else "xsd:string"), None


def _property(field: SchemaField) -> str | None:
    """The property that ``rdfType`` names; a class (capital letter) is none."""
    whole = _absolute(field.rdf_type)
    if whole is None:
        return None
    local = split_iri(whole)[1]
    return whole if _LOCAL.match(local) and not local[0].isupper() else None


def row_class(schema: TableSchema) -> str | None:
    """IRI of the class of a row."""
    known = _absolute(schema.rdf_type)
    return known or (None if schema.primary_key else iri("csvw:Row"))


def _absolute(name: str | None) -> str | None:
    """A declared name as an IRI; ``None`` where it is none, for RDF files have no relative ones."""
    return iri(name) if name and _SCHEME.match(name) else None


def row_base(about: About) -> str:
    """What every row's IRI begins with."""
    if about.schema.primary_key:
        whole = about.id.row_path(about.table, "")
        return f"{about.dataset.office.uri_base}{whole}"
    return about.file_uri(f"{about.table}.csv") + "#row="


def subjects(batch: pa.RecordBatch, schema: TableSchema, base: str, first: int) -> pa.StringArray:
    """IRIs of the rows.

    Args:
        batch: canonical rows.
        schema: what the columns mean.
        base: what every row's IRI begins with.
        first: place of the batch's first row in the table, from 0.
    """
    if not schema.primary_key:
        number = pa.array(range(first + FIRST_ROW, first + FIRST_ROW + batch.num_rows))
        return pc.binary_join_element_wise(base, number.cast(pa.string()), "")
    keys = [(batch.column(name), schema.by_name[name]) for name in schema.primary_key]
    return joined_keys(base, keys, null="")


def parts(
    batch: pa.RecordBatch, schema: TableSchema, table_uri: str, schemas: Schemas = _NO_SCHEMAS
) -> Iterator[Part]:
    """Everything that is said of the rows of a batch."""
    if kind := row_class(schema):
        yield Part(iri("rdf:type"), kind, key="@type")
    for values, column in zip(batch.columns, columns(schema, table_uri, schemas), strict=True):
        yield from _column_parts(values, column)
    yield from beside(batch, schema, table_uri, schemas)


def beside(
    batch: pa.RecordBatch, schema: TableSchema, table_uri: str, schemas: Schemas = _NO_SCHEMAS
) -> Iterator[Part]:
    """What is said of rows beside their class and columns, and follows from these."""
    for field in schema.fields:
        if field.link_to:
            values = _links(batch, schema, field.link_to)
            yield Part(iri("rdfs:seeAlso"), values, key=f"{field.name}.see")
    for key in several(schema, table_uri, schemas):
        pairs = [(batch.column(name), schema.by_name[name]) for name in key.fields]
        values = joined_keys(key.target, pairs)
        yield Part(key.predicate, values, key=key.predicate.rpartition("#")[2] + ".row")
    said = columns(schema, table_uri)
    yield from _coordinates(batch, schema, {column.predicate for column in said})


def _column_parts(values: pa.Array, column: Column) -> Iterator[Part]:
    field = column.field
    if column.target:
        yield Part(column.predicate, joined_keys(column.target, [(values, field)]), key=field.name)
        return
    if field.is_geometry:
        text = to_wkt(values)
    elif field.type == "list":
        text = values
    else:
        text = to_text(values, field)
    if field.type != "duration":
        yield Part(column.predicate, text, column.datatype, column.lang, field.name)
        return
    # ISO 8601 knows weeks and fractions of hours, XML Schema does not: those stay plain text.
    known = pc.match_substring_regex(text, pattern=_XSD_DURATION)
    nothing = pa.scalar(None, pa.string())
    periods, others = pc.if_else(known, text, nothing), pc.if_else(known, nothing, text)
    yield Part(column.predicate, periods, column.datatype, key=field.name)
    yield Part(column.predicate, others, iri("xsd:string"), key=f"{field.name}.text")


def _links(batch: pa.RecordBatch, schema: TableSchema, template: str) -> pa.StringArray:
    """A URI template (RFC 6570, level 1) filled in for each row; null where a value is."""
    pieces: list[pa.Array | str] = [""]
    for place, piece in enumerate(_VARIABLE.split(template)):
        if place % 2:
            pieces.append(encoded(to_text(batch.column(piece), schema.by_name[piece])))
        else:
            pieces.append(iri(piece))
    return pc.binary_join_element_wise(*pieces, "")


def _coordinates(batch: pa.RecordBatch, schema: TableSchema, taken: set[str]) -> Iterator[Part]:
    """Latitude and longitude of the points of the mapped column, unless columns say them."""
    field = schema.geometry
    if field is None or {iri("wgs84:lat"), iri("wgs84:long")} & taken:
        return
    lon, lat = coordinates(batch.column(field.name))
    decimal = iri("xsd:decimal")
    yield Part(iri("wgs84:lat"), degrees(lat), decimal, key=f"{field.name}.lat")
    yield Part(iri("wgs84:long"), degrees(lon), decimal, key=f"{field.name}.long")
