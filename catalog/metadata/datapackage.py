"""Data Package v2 (``datapackage.json``): one resource per table, its CSV with its schema.

The schema is that of the files as written (dates and numbers in their default spelling, an empty
cell for null). The other formats of a table hold the same rows, so they are no resources of their
own, or a reader would meet each table a dozen times: they stand under ``alternates`` of the
table's resource, in the words of a resource. Standard: https://datapackage.org/standard/ (2.0).
"""

from __future__ import annotations

from typing import Any

from catalog.formats._text import written_schema
from catalog.metadata._files import file_format, table_title
from catalog.names import LATEST, DatasetId
from catalog.release import Described, SealedFile, TableFacts, json_bytes
from catalog.spec import Words

FILES = {"datapackage.json": "application/vnd.datapackage+json"}
_PROFILE = "https://datapackage.org/profiles/2.0/{}.json"
#: Formats a table is read from, best first; every release has the last one.
_READ = ("csv", "tsv", "parquet")
_TEXT: dict[str, dict[str, Any]] = {
    "csv": {"encoding": "utf-8"},
    "tsv": {"encoding": "utf-8", "dialect": {"delimiter": "\t"}},
}


def build(described: Described) -> dict[str, Any]:
    """The package's descriptor."""
    spec = described.spec
    return {
        "$schema": _PROFILE.format("datapackage"),
        "name": spec.id.ckan_name,
        "id": described.uri,
        **_words("title", spec.title),
        **_words("description", spec.description),
        **_words("notice", spec.notice),
        "version": described.label,
        "homepage": described.uri,
        "keywords": list(spec.keywords),
        **_licences(described),
        "sources": [_source(described)],
        "contributors": [
            {"title": spec.office.name.th, "roles": ["publisher"]},
            {"title": spec.contact.name, "email": str(spec.contact.email), "roles": ["contact"]},
        ],
        "resources": [_resource(described, table) for table in described.facts.tables],
    }


def write(described: Described) -> dict[str, bytes]:
    """The file of a release."""
    return {"datapackage.json": json_bytes(build(described))}


def _words(name: str, words: Words | None) -> dict[str, str]:
    """A property in Thai, and in English where there is any."""
    if words is None:
        return {}
    return {name: words.th} | ({f"{name}_en": words.en} if words.en else {})


def _licences(described: Described) -> dict[str, Any]:
    """The licence, under the Open Definition's name where it knows it, and what the source says.

    The standard has no licence that nobody stated: then there is no ``licenses``.
    """
    spec = described.spec
    licence = spec.term("licence")
    said: dict[str, Any] = {}
    if licence.more["uri"]:
        name = licence.more.get("opendefinition") or licence.name.upper()
        said["licenses"] = [{"name": name, "title": licence.th, "path": licence.more["uri"]}]
    stated = spec.provenance.licence_statement or Words(th=licence.th, en=licence.en)
    return said | _words("rights", stated) | _words("attribution", spec.attribution)


def _source(described: Described) -> dict[str, str]:
    provenance = described.spec.provenance
    source = _words("title", provenance.source)
    return source | ({"path": provenance.url} if provenance.url else {})


def _resource(described: Described, table: TableFacts) -> dict[str, Any]:
    """A table: the file it is best read from, with its schema; the others beside it."""
    files = described.table_files(table.name)
    read = min(files, key=lambda file: _READ.index(str(file.format)) if file.format in _READ else 9)
    return {
        "$schema": _PROFILE.format("dataresource"),
        "name": table.name,
        "type": "table",
        **_words("title", table_title(described, table.name)),
        **_file(read),
        **_TEXT.get(str(read.format), {}),
        "schema": _schema(described, table),
        "alternates": [_file(file) for file in files if file is not read],
    }


def _file(file: SealedFile) -> dict[str, Any]:
    return {
        "path": file.name,
        "format": file_format(file).extension.rpartition(".")[2],
        "mediatype": file.media_type,
        "bytes": file.size,
        "hash": f"sha256:{file.sha256}",
    }


def _schema(described: Described, table: TableFacts) -> dict[str, Any]:
    """The Table Schema of the files as written, its foreign keys naming resources of this package.

    Keys into other datasets have no place in the standard: they stand under
    ``externalForeignKeys``, as the standard's recipe for keys between packages has them.
    """
    schema = table.table_schema
    written = written_schema(schema)
    written.pop("fieldsMatch", None)  # a file has exactly the schema's columns, in their order
    for name in ("foreignKeys", "externalForeignKeys"):
        written.pop(name, None)
    inside, outside = [], []
    for key in schema.foreign_keys:
        resource, fields = key.reference.resource, list(key.reference.fields)
        if resource.count("/") != 2:
            reference = {"resource": resource, "fields": fields}
            inside.append({"fields": list(key.fields), "reference": reference})
            continue
        package, _, name = resource.rpartition("/")
        path = DatasetId.parse(package).file_path(LATEST, "datapackage.json")
        reference = {"package": described.base + path, "resource": name, "fields": fields}
        outside.append({"fields": list(key.fields), "reference": reference})
    keys = {"foreignKeys": inside, "externalForeignKeys": outside}
    head = {"$schema": _PROFILE.format("tableschema")}
    return head | written | {name: found for name, found in keys.items() if found}
