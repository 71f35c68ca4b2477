"""CSV on the Web metadata (``csv-metadata.json``): a table group over the release's CSV files.

The mapping to RDF that the release's RDF files follow: subject from the primary key, property from
a field's ``rdfType``, class of the row from the schema's. Standard: W3C Tabular Metadata, 2015.
"""

from __future__ import annotations

from typing import Any

from catalog.release import Described, TableFacts, json_bytes
from catalog.schema import SchemaField, TableSchema

FILES = {"csv-metadata.json": "application/csvm+json"}
_DATATYPES = {
    "integer": "integer", "number": "double", "boolean": "boolean", "date": "date",
    "time": "time", "datetime": "dateTime", "year": "gYear", "yearmonth": "gYearMonth",
    "duration": "duration", "object": "json", "array": "json", "list": "json",
    "geojson": "json", "geopoint": "string",
}  # fmt: skip


def build(described: Described) -> dict[str, Any]:
    """The metadata document."""
    spec = described.spec
    licence = spec.term("licence").more["uri"]
    head: dict[str, Any] = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "th"}],
        "@id": described.uri,
        "dc:title": _words(spec.title.th, spec.title.en),
        "dc:description": _words(spec.description.th, spec.description.en),
        "dc:publisher": {"@id": f"{spec.office.uri_base}/office/{spec.office.id}"},
        "dc:source": _words(spec.provenance.source.th, spec.provenance.source.en),
        "dcat:keyword": [{"@value": word, "@language": "th"} for word in spec.keywords],
    }
    if licence:
        head["dc:license"] = {"@id": licence}
    return head | {"tables": [_table(described, table) for table in described.facts.tables]}


def write(described: Described) -> dict[str, bytes]:
    """The file of a release."""
    return {"csv-metadata.json": json_bytes(build(described))}


def _table(described: Described, facts: TableFacts) -> dict[str, Any]:
    schema = facts.table_schema
    spec = described.spec
    base = spec.office.uri_base
    columns = [_column(described, facts.name, schema, field) for field in schema.fields]
    if schema.rdf_type:
        columns.append({"virtual": True, "propertyUrl": "rdf:type", "valueUrl": schema.rdf_type})
    body: dict[str, Any] = {"columns": columns}
    if schema.primary_key:
        key = ",".join(f"{{{name}}}" for name in schema.primary_key)
        body["primaryKey"] = list(schema.primary_key)
        body["aboutUrl"] = f"{base}/id/{spec.id}/{facts.name}/{key}"
    return {
        "@id": base + spec.id.table_path(facts.name),
        "url": f"{facts.name}.csv",
        "dialect": {"header": True, "encoding": "utf-8", "lineTerminators": ["\r\n"]},
        "tableSchema": body,
    }


def _column(
    described: Described, table: str, schema: TableSchema, field: SchemaField
) -> dict[str, Any]:
    """A column; texts have a language instead of a datatype."""
    column: dict[str, Any] = {
        "name": field.name,
        "titles": [field.name],
        "dc:title": _words(field.words("th"), field.title_en),
        "required": field.constraints.required or field.name in schema.primary_key,
    }
    if field.description:
        column["dc:description"] = _words(field.description, field.description_en)
    if field.rdf_type:
        column["propertyUrl"] = field.rdf_type
    if field.link_to:
        column["valueUrl"] = field.link_to
    if field.type in ("string", "any"):
        return column | {"lang": field.lang or "th", "datatype": "string"}
    return column | {"datatype": _DATATYPES[field.type]}


def _words(th: str, en: str | None) -> Any:
    words = [{"@value": th, "@language": "th"}]
    return [*words, {"@value": en, "@language": "en"}] if en else words[0]
