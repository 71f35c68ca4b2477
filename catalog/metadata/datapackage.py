"""Data Package v2 (``datapackage.json``): one resource per table, the CSV with its schema.

Other formats of a table are resources too, without schema, so that a reader sees each once.
Standard: https://datapackage.org/standard/data-package/ (2.0).
"""

from __future__ import annotations

from typing import Any

from catalog.release import Described, SealedFile, json_bytes

FILES = {"datapackage.json": "application/vnd.datapackage+json"}
_PROFILE = "https://datapackage.org/profiles/2.0/{}.json"


def build(described: Described) -> dict[str, Any]:
    """The package's descriptor."""
    spec = described.spec
    licence = spec.term("licence")
    return {
        "$schema": _PROFILE.format("datapackage"),
        "name": spec.id.ckan_name,
        "id": described.uri,
        "title": spec.title.th,
        "title_en": spec.title.words("en"),
        "description": spec.description.th,
        "description_en": spec.description.words("en"),
        "version": described.label,
        "homepage": described.uri,
        "keywords": list(spec.keywords),
        "licenses": [_licence(licence.name, licence.th, licence.more["uri"])]
        if licence.more["uri"]
        else [],
        "sources": [_source(described)],
        "contributors": [
            {"title": spec.office.name.th, "roles": ["publisher"]},
            {"title": spec.contact.name, "email": spec.contact.email, "roles": ["contact"]},
        ],
        "resources": [
            resource
            for table in described.facts.tables
            for file in described.table_files(table.name)
            if (resource := _resource(described, file, table.schema))
        ],
    }


def write(described: Described) -> dict[str, bytes]:
    """The file of a release."""
    return {"datapackage.json": json_bytes(build(described))}


def _licence(name: str, title: str, path: str) -> dict[str, str]:
    return {"name": name.upper(), "title": title, "path": path}


def _source(described: Described) -> dict[str, str]:
    provenance = described.spec.provenance
    source = {"title": provenance.source.th}
    return source | ({"path": provenance.url} if provenance.url else {})


def _resource(described: Described, file: SealedFile, schema: Any) -> dict[str, Any]:
    extension = file.name.partition(".")[2]
    resource = {
        "name": file.name.replace(".", "-"),
        "path": file.name,
        "format": extension,
        "mediatype": file.media_type,
        "bytes": file.size,
        "hash": f"sha256:{file.sha256}",
    }
    if file.format != "csv":
        return resource
    tabular = {"$schema": _PROFILE.format("dataresource"), "type": "table", "encoding": "utf-8"}
    return tabular | resource | {"schema": {"$schema": _PROFILE.format("tableschema"), **schema}}
