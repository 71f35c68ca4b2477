"""CKAN's words for a dataset (``package_show``), with the GD Catalog fields beside them.

Ids are derived from permanent names, so that they are the same on every machine and for ever; the
set of keys is that of CKAN 2.10 and later.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from catalog.index import stable_uuid
from catalog.metadata import gdcatalog
from catalog.release import Described, SealedFile
from catalog.spec import OfficeSpec

FILES: dict[str, str] = {}


def build(described: Described) -> dict[str, Any]:
    """A package as ``package_show`` gives it."""
    spec = described.spec
    id = stable_uuid(str(spec.id))
    licence = spec.term("licence")
    resources = [
        resource(described, file, position)
        for position, file in enumerate(file for file in described.facts.files if file.table)
    ]
    tags = [tag(word) for word in sorted(spec.keywords)]
    return {
        "author": spec.office.name.th,
        "author_email": str(spec.office.contact.email),
        "creator_user_id": stable_uuid("user", spec.id.office),
        "extras": [{"key": "uri", "value": described.uri}],
        "groups": [group(spec.theme)],
        "id": id,
        "isopen": bool(licence.more["open"]),
        "license_id": licence.more["ckan"],
        "license_title": licence.th,
        "license_url": licence.more["uri"],
        "maintainer": spec.contact.name,
        "maintainer_email": str(spec.contact.email),
        "metadata_created": moment(described.issued),
        "metadata_modified": moment(described.modified),
        "name": spec.id.ckan_name,
        "notes": spec.description.th,
        "num_resources": len(resources),
        "num_tags": len(tags),
        "organization": organization(spec.office),
        "owner_org": stable_uuid("office", spec.id.office),
        "private": False,
        "relationships_as_object": [],
        "relationships_as_subject": [],
        "resources": resources,
        "state": "active",
        "tags": tags,
        "title": spec.title.th,
        "type": "dataset",
        "url": described.base + spec.id.path,
        "version": described.label,
    } | gdcatalog.fields(described)


def resource(described: Described, file: SealedFile, position: int) -> dict[str, Any]:
    """One file as a CKAN resource."""
    from catalog.formats import formats

    spec = described.spec
    assert file.table is not None
    assert file.format is not None
    form = formats()[file.format]
    title = spec.tables[file.table].title or spec.title
    return {
        "cache_last_updated": None,
        "cache_url": None,
        "created": moment(described.issued),
        "datastore_active": False,
        "description": form.title.th,
        "format": form.ckan,
        "hash": f"sha256:{file.sha256}",
        "id": stable_uuid(str(spec.id), file.name),
        "last_modified": moment(described.modified),
        "metadata_modified": moment(described.modified),
        "mimetype": file.media_type,
        "mimetype_inner": None,
        "name": f"{title.th} ({form.title.th})",
        "package_id": stable_uuid(str(spec.id)),
        "position": position,
        "resource_type": "file",
        "size": file.size,
        "state": "active",
        "url": described.base + spec.id.file_path("latest", file.name),
        "url_type": None,
    }


def organization(office: OfficeSpec) -> dict[str, Any]:
    """An office as a CKAN organization."""
    return {
        "approval_status": "approved",
        "created": moment(None),
        "description": office.description.th if office.description else "",
        "id": stable_uuid("office", office.id),
        "image_url": "",
        "is_organization": True,
        "name": office.id,
        "state": "active",
        "title": office.name.th,
        "type": "organization",
    }


def group(theme: str) -> dict[str, Any]:
    """A theme as a CKAN group."""
    from catalog.vocabulary import term

    found = term("themes", theme)
    return {
        "description": found.en,
        "display_name": found.th,
        "id": stable_uuid("theme", theme),
        "image_display_url": "",
        "name": theme,
        "title": found.th,
    }


def tag(word: str) -> dict[str, Any]:
    """A keyword as a CKAN tag."""
    return {
        "display_name": word,
        "id": stable_uuid("tag", word),
        "name": word,
        "state": "active",
        "vocabulary_id": None,
    }


def moment(when: datetime | None) -> str:
    """A time as CKAN writes it: naive UTC at fixed width, which harvesters compare as text."""
    return (
        (when or datetime(1970, 1, 1, tzinfo=UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
    )
