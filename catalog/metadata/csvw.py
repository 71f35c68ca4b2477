"""CSV on the Web metadata (``csv-metadata.json``): a table group over the release's CSV files.

It is the mapping that the release's RDF files follow, told so that any CSVW processor makes the
same triples of the CSV: subject from the primary key (else from the row's number), property from
a field's ``rdfType``, class of a row from the schema's, links by ``linkTo`` and to the rows that
foreign keys point to. What CSVW cannot
make of a CSV cell is marked ``suppressOutput``, so that no processor says anything else of it:
shapes and points (WKT literals with their coordinates in RDF) and lists (JSON in RDF, for their
order). Standard: W3C Metadata Vocabulary for Tabular Data, 2015.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from catalog.formats import About
from catalog.formats._csvw import Column, columns, iri, row_base, row_class
from catalog.formats._row_links import several
from catalog.metadata._files import table_title
from catalog.metadata._graph import language_of
from catalog.release import Described, TableFacts, json_bytes
from catalog.schema import SchemaField, TableSchema
from catalog.spec import Words

FILES = {"csv-metadata.json": "application/csvm+json"}
#: As the CSV files are written. The standard's default takes a row that begins with ``#`` for a
#: comment and has no word for "no comments": U+001E is what no row begins with.
_DIALECT = {
    "encoding": "utf-8", "lineTerminators": ["\r\n"], "quoteChar": '"', "doubleQuote": True,
    "delimiter": ",", "header": True, "headerRowCount": 1, "commentPrefix": "\u001e",
    "skipBlankRows": False, "skipInitialSpace": False, "trim": False,
}  # fmt: skip


def build(described: Described) -> dict[str, Any]:
    """The metadata document; without ``tables`` where nothing was written as CSV."""
    spec = described.spec
    head: dict[str, Any] = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "th"}],
        "@id": described.uri,
        "dc:title": _words(spec.title),
        "dc:description": _words(spec.description),
        "dc:publisher": {"@id": f"{spec.office.uri_base}/office/{spec.office.id}"},
        "dc:source": _words(spec.provenance.source),
        "dcat:keyword": [
            {"@value": word, "@language": language_of(word)} for word in spec.keywords
        ],
        "dcat:version": described.label,
    }
    head |= _rights(described)
    if spec.notice:
        head["skos:note"] = _words(spec.notice)
    tables = [_table(described, table) for table in _in_csv(described)]
    return head | ({"dialect": _DIALECT, "tables": tables} if tables else {})


def write(described: Described) -> dict[str, bytes]:
    """The file of a release; none where no table was written as CSV."""
    body = build(described)
    return {"csv-metadata.json": json_bytes(body)} if "tables" in body else {}


def _in_csv(described: Described) -> list[TableFacts]:
    names = {file.table for file in described.facts.files if file.format == "csv"}
    return [table for table in described.facts.tables if table.name in names]


def _rights(described: Described) -> dict[str, Any]:
    """The licence; where none was stated, or more was said of it, the words."""
    spec = described.spec
    licence = spec.term("licence")
    stated = spec.provenance.licence_statement or Words(th=licence.th, en=licence.en)
    said: dict[str, Any] = {"dc:rights": _words(stated)}
    if licence.more["uri"]:
        said["dc:license"] = {"@id": licence.more["uri"]}
    return said


def _table(described: Described, facts: TableFacts) -> dict[str, Any]:
    schema = facts.table_schema
    schemas = {each.name: each.table_schema for each in described.facts.tables}
    about = About(described.spec, facts.name, schema, described.facts.edition, schemas)
    said = [_column(column, schema) for column in columns(schema, about.table_uri, schemas)]
    body: dict[str, Any] = {
        "aboutUrl": _subject(about),
        "columns": [*said, *_virtual(about, facts)],
    }
    if schema.primary_key:
        body["primaryKey"] = list(schema.primary_key)
    if keys := _foreign_keys(described, facts.name, schema):
        body["foreignKeys"] = keys
    return {
        "@id": about.table_uri,
        "url": f"{facts.name}.csv",
        "dc:title": _words(table_title(described, facts.name)),
        "tableSchema": body,
    }


def _subject(about: About) -> str:
    """URI template of a row's subject (RFC 6570, level 1)."""
    if about.schema.primary_key:
        return row_base(about) + ",".join(f"{{{name}}}" for name in about.schema.primary_key)
    return row_base(about) + "{_sourceRow}"


def _column(column: Column, schema: TableSchema) -> dict[str, Any]:
    """A column; texts have a language instead of a datatype."""
    field = column.field
    said: dict[str, Any] = {
        "name": field.name,
        "titles": {"und": [field.name]},  # a header of machine names is of no language
        "dc:title": _words(Words(th=field.words("th"), en=field.title_en)),
        "required": field.constraints.required or field.name in schema.primary_key,
        "propertyUrl": column.predicate,
    }
    if field.description:
        said["dc:description"] = _words(Words(th=field.description, en=field.description_en))
    return said | _cell(column)


def _cell(column: Column) -> dict[str, Any]:
    """How the cells of a column are read; keys into other tables are links to their rows."""
    field = column.field
    if column.target:
        return {"datatype": _local(column), "valueUrl": f"{column.target}{{{field.name}}}"}
    if field.type == "list":
        separator = (field.model_extra or {}).get("delimiter", ",")
        return {"datatype": "string", "separator": separator, "suppressOutput": True}
    if field.is_geometry:
        return {"datatype": _geometry(field), "suppressOutput": True}
    if column.lang:
        return {"datatype": "string", "lang": column.lang}
    return {"datatype": _local(column)}


def _local(column: Column) -> str:
    """A datatype by CSVW's name; texts with a language are strings."""
    space, _, local = str(column.datatype or iri("xsd:string")).rpartition("#")
    return "json" if space == iri("csvw:").rstrip("#") else local


def _geometry(field: SchemaField) -> str:
    """Shapes stand in CSV as GeoJSON, points as ``lon,lat`` unless their format says otherwise."""
    return "string" if field.type == "geopoint" and field.format == "default" else "json"


def _virtual(about: About, facts: TableFacts) -> Iterator[dict[str, Any]]:
    """What is said of every row beside its cells: its class, and things outside.

    A template with a null in it gives no link in RDF, but half an address in CSVW: such a column
    is left out.
    """
    schema = about.schema
    if kind := row_class(schema):
        yield {"virtual": True, "propertyUrl": "rdf:type", "valueUrl": kind}
    for field in schema.fields:
        named = [name for name in schema.names if f"{{{name}}}" in (field.link_to or "")]
        if field.link_to and not any(facts.nulls.get(name) for name in named):
            yield {"virtual": True, "propertyUrl": "rdfs:seeAlso", "valueUrl": field.link_to}
    for key in several(schema, about.table_uri, about.schemas):
        if not any(facts.nulls.get(name) for name in key.fields):
            row = key.target + ",".join(f"{{{name}}}" for name in key.fields)
            yield {"virtual": True, "propertyUrl": key.predicate, "valueUrl": row}


def _foreign_keys(described: Described, table: str, schema: TableSchema) -> list[Mapping[str, Any]]:
    """Keys into tables of this group; others have no place in CSVW."""
    here = {facts.name for facts in _in_csv(described)}
    return [
        {
            "columnReference": list(key.fields),
            "reference": {
                "resource": f"{key.reference.resource or table}.csv",
                "columnReference": list(key.reference.fields),
            },
        }
        for key in schema.foreign_keys
        if (key.reference.resource or table) in here
    ]


def _words(words: Words) -> Any:
    said = [{"@value": words.th, "@language": "th"}]
    return [*said, {"@value": words.en, "@language": "en"}] if words.en else said[0]
