"""A table as RDF: one mapping, which N-Triples, Turtle and RDF/XML all write.

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

from catalog.cast import plain
from catalog.formats import About
from catalog.formats._text import degrees, to_text, to_wkt
from catalog.schema import SchemaField, TableSchema

LANG = "th"
#: CSVW's source number of the first row: the header has number 1.
FIRST_ROW = 2
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
    """

    field: SchemaField
    predicate: str
    datatype: str | None
    lang: str | None


@dataclass(frozen=True, slots=True)
class Part:
    """Triples with one property: an object for each row, null where there is none.

    Attributes:
        predicate: IRI.
        values: texts of literals, or IRIs; one text stands for every row.
        datatype: IRI of the literals' datatype.
        lang: language of the literals; with neither, ``values`` are IRIs.
    """

    predicate: str
    values: pa.StringArray | str
    datatype: str | None = None
    lang: str | None = None

    @property
    def is_link(self) -> bool:
        """Whether the objects are IRIs."""
        return self.datatype is None and self.lang is None

    @property
    def is_plain(self) -> bool:
        """Whether the literals are plain texts, which are written without their datatype."""
        return self.datatype == iri("xsd:string")


def columns(schema: TableSchema, table_uri: str) -> tuple[Column, ...]:
    """How each column is said."""
    found: list[Column] = []
    taken: set[tuple[str, str | None, str | None]] = set()
    for field in schema.fields:
        datatype, lang = _kind(field)
        kinds = {(datatype, lang and lang.lower())}
        if field.type == "duration":
            kinds.add((iri("xsd:string"), None))
        predicate = _property(field)
        if predicate is None or {(predicate, *kind) for kind in kinds} & taken:
            predicate = f"{table_uri}#{field.name}"
        taken |= {(predicate, *kind) for kind in kinds}
        found.append(Column(field, predicate, datatype, lang))
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
    texts = [_key_text(batch.column(name), schema.by_name[name]) for name in schema.primary_key]
    # ``.`` and ``..`` are no path segments (``names.row_key``); other dots stand as they are.
    keys = [
        pc.replace_substring_regex(
            pc.replace_substring_regex(encoded(pc.fill_null(one, "")), r"\A\.(\.?)\z", r"%2E\1"),
            r"\A%2E\.\z",
            "%2E%2E",
        )
        for one in texts
    ]
    key = pc.binary_join_element_wise(*keys, ",")
    return pc.binary_join_element_wise(base, key, "")


def _key_text(column: pa.Array, field: SchemaField) -> pa.StringArray:
    """Keys as addresses spell them: as ``catalog.cast.plain``, vectorised where it can be."""
    if pa.types.is_string(column.type):
        return column
    if field.type in ("integer", "boolean", "date"):
        return to_text(column, field)
    return pa.array([plain(value) for value in column.to_pylist()], pa.string())


def encoded(text: pa.StringArray) -> pa.StringArray:
    """Percent-encoded but for unreserved characters (RFC 3986 §2.3); null stays null."""
    plain = pc.match_substring_regex(text, pattern=r"\A[A-Za-z0-9_.~-]*\z")
    if pc.all(pc.fill_null(plain, True)).as_py():
        return text
    whole = pc.dictionary_encode(text)
    distinct = [quote(value, safe="") for value in whole.dictionary.to_pylist()]
    return pa.array(distinct, pa.string()).take(whole.indices)


def parts(batch: pa.RecordBatch, schema: TableSchema, table_uri: str) -> Iterator[Part]:
    """Everything that is said of the rows of a batch."""
    if kind := row_class(schema):
        yield Part(iri("rdf:type"), kind)
    said = columns(schema, table_uri)
    for values, column in zip(batch.columns, said, strict=True):
        yield from _column_parts(values, column)
        if column.field.link_to:
            yield Part(iri("rdfs:seeAlso"), _links(batch, schema, column.field.link_to))
    yield from _coordinates(batch, schema, {column.predicate for column in said})


def _column_parts(values: pa.Array, column: Column) -> Iterator[Part]:
    field = column.field
    if field.is_geometry:
        text = to_wkt(values)
    elif field.type == "list":
        text = values
    else:
        text = to_text(values, field)
    if field.type != "duration":
        yield Part(column.predicate, text, column.datatype, column.lang)
        return
    # ISO 8601 knows weeks and fractions of hours, XML Schema does not: those stay plain text.
    known = pc.match_substring_regex(text, pattern=_XSD_DURATION)
    nothing = pa.scalar(None, pa.string())
    yield Part(column.predicate, pc.if_else(known, text, nothing), column.datatype)
    yield Part(column.predicate, pc.if_else(known, nothing, text), iri("xsd:string"))


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
    import shapely

    from catalog.geometry import shapes

    found = shapes(batch.column(field.name))
    decimal = iri("xsd:decimal")
    yield Part(iri("wgs84:lat"), degrees(shapely.get_y(found)), decimal)
    yield Part(iri("wgs84:long"), degrees(shapely.get_x(found)), decimal)
