"""CKAN's words for a dataset (``package_show``), with the GD Catalog fields beside them.

Ids are derived from permanent names, so that they are the same on every machine and for ever; the
set of keys is that of CKAN 2.10 to 2.12.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from catalog.index import stable_uuid
from catalog.metadata import gdcatalog
from catalog.metadata._files import file_format, file_title
from catalog.names import DatasetId
from catalog.release import Described, SealedFile
from catalog.spec import OfficeSpec
from catalog.vocabulary import Term, term

FILES: dict[str, str] = {}
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def build(described: Described) -> dict[str, Any]:
    """A package as ``package_show`` gives it."""
    spec = described.spec
    licence = spec.term("licence")
    files = [file for file in described.facts.files if file.table]
    tags = [tag(word) for word in sorted(spec.keywords)]
    return {
        "author": spec.office.name.th,
        "author_email": str(spec.office.contact.email),
        "creator_user_id": stable_uuid("user", spec.id.office),
        "extras": _extras(described),
        "groups": [group(spec.theme)],
        "id": package_id(spec.id),
        "isopen": bool(licence.more["open"]),
        "license_id": licence.more["ckan"],
        "license_title": licence.th,
        "license_url": licence.more["uri"] or "",
        "maintainer": spec.contact.name,
        "maintainer_email": str(spec.contact.email),
        "metadata_created": moment(described.issued),
        "metadata_modified": moment(described.modified),
        "name": spec.id.ckan_name,
        "notes": gdcatalog.notes(described),
        "num_resources": len(files),
        "num_tags": len(tags),
        "organization": organization(spec.office),
        "owner_org": organization_id(spec.id.office),
        "private": False,
        "relationships_as_object": [],
        "relationships_as_subject": [],
        "resources": [resource(described, file, place) for place, file in enumerate(files)],
        "state": "active",
        "tags": tags,
        "title": spec.title.th,
        "type": "dataset",
        "url": described.base + spec.id.path,
        "version": described.label,
        "disaggregate": [],  # GD Catalog gives a list of several choices even where it is empty
    } | gdcatalog.fields(described)


def _extras(described: Described) -> list[dict[str, str]]:
    """What CKAN has no field for; ``uri`` is what ckanext-dcat takes for the dataset's name."""
    spec = described.spec
    said = {"uri": described.uri, "publisher_uri": _publisher_uri(spec.office)}
    period = {"temporal_start": spec.temporal.start, "temporal_end": spec.temporal.end}
    said |= {name: day.isoformat() for name, day in period.items() if day}
    words = {"title_en": spec.title.en, "notes_en": spec.description.en}
    said |= {name: text for name, text in words.items() if text}
    return [{"key": key, "value": said[key]} for key in sorted(said)]


def _publisher_uri(office: OfficeSpec) -> str:
    return f"{office.uri_base}/office/{office.id}"


def resource(described: Described, file: SealedFile, position: int) -> dict[str, Any]:
    """One file as a CKAN resource.

    Args:
        described: the dataset.
        file: one of its files that hold a table.
        position: its place among them, from 0.
    """
    spec, form = described.spec, file_format(file)
    return {
        "cache_last_updated": None,
        "cache_url": None,
        "created": moment(described.issued),
        "datastore_active": False,
        "description": form.title.th,
        "format": form.ckan,
        "hash": f"sha256:{file.sha256}",
        "id": resource_id(spec.id, file.name),
        "last_modified": moment(described.modified),
        "metadata_modified": moment(described.modified),
        "mimetype": file.media_type,
        "mimetype_inner": None,
        "name": file_title(described, file).th,
        "package_id": package_id(spec.id),
        "position": position,
        "resource_disaggregate": [],
        "resource_type": None,
        "size": file.size,
        "state": "active",
        "url": described.base + spec.id.file_path("latest", file.name),
        "url_type": None,
    }


def organization(office: OfficeSpec) -> dict[str, Any]:
    """An office as CKAN shows it inside of a package."""
    return {
        "approval_status": "approved",
        "created": moment(None),
        "description": office.description.th if office.description else "",
        "id": organization_id(office.id),
        "image_url": "",
        "is_organization": True,
        "name": office.id,
        "state": "active",
        "title": office.name.th,
        "type": "organization",
    }


def group(theme: str) -> dict[str, Any]:
    """A theme as CKAN shows a group inside of a package."""
    found = term("themes", theme)
    return {
        "description": found.en,
        "display_name": found.th,
        "id": group_id(theme),
        "image_display_url": "",
        "name": theme,
        "title": found.th,
    }


def whole_organization(office: OfficeSpec, packages: int) -> dict[str, Any]:
    """An office as ``organization_show`` gives it.

    Args:
        office: the office.
        packages: how many datasets it has published.
    """
    return organization(office) | _whole(office.name.th, packages)


def whole_group(theme: str, packages: int) -> dict[str, Any]:
    """A theme as ``group_show`` gives it.

    Args:
        theme: its name.
        packages: how many published datasets are about it.
    """
    alone = {
        "approval_status": "approved", "created": moment(None), "image_url": "",
        "is_organization": False, "state": "active", "type": "group",
    }  # fmt: skip
    return group(theme) | alone | _whole(term("themes", theme).th, packages)


def _whole(title: str, packages: int) -> dict[str, Any]:
    return {
        "display_name": title, "image_display_url": "", "num_followers": 0,
        "package_count": packages,
    }  # fmt: skip


def tag(word: str) -> dict[str, Any]:
    """A keyword as a CKAN tag."""
    return {
        "display_name": word,
        "id": stable_uuid("tag", word),
        "name": word,
        "state": "active",
        "vocabulary_id": None,
    }


def licences(known: Iterable[Term]) -> list[dict[str, Any]]:
    """Licences as ``license_list`` gives them: one for each of CKAN's ids.

    Args:
        known: terms of the list of licences; of those that CKAN has one id for, the first counts.
    """
    found: dict[str, dict[str, Any]] = {}
    for licence in known:
        found.setdefault(licence.more["ckan"], _licence(licence))
    return list(found.values())


def _licence(licence: Term) -> dict[str, Any]:
    is_open = bool(licence.more["open"])
    return {
        "domain_content": str(is_open),
        "domain_data": str(is_open),
        "domain_software": "False",
        "family": "",
        "id": licence.more["ckan"],
        "is_generic": str(licence.more["uri"] is None),
        "maintainer": "",
        "od_conformance": "approved" if is_open else "not reviewed",
        "osd_conformance": "not reviewed",
        "status": "active",
        "title": licence.th,
        "url": licence.more["uri"] or "",
    }


def package_id(id: DatasetId) -> str:
    """CKAN's id of a dataset."""
    return stable_uuid(str(id))


def resource_id(id: DatasetId, file: str) -> str:
    """CKAN's id of a dataset's file: the same for every release."""
    return stable_uuid(str(id), file)


def organization_id(office: str) -> str:
    """CKAN's id of an office."""
    return stable_uuid("office", office)


def group_id(theme: str) -> str:
    """CKAN's id of a theme."""
    return stable_uuid("theme", theme)


def moment(when: datetime | None) -> str:
    """A time as CKAN writes it: naive UTC at fixed width, which harvesters compare as text."""
    return (when or _NEVER).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
