"""GD Catalog (2.2.4): the 14 core fields and the optional ones that are known.

Source: the catalogue software's own field list, versions 2.1.0 and 2.2.4. Stored strings come from
the closed lists in ``catalog/data/vocabularies``. Bounds are named as the software names them:
``north_bound_longitude`` holds a latitude.
"""

from __future__ import annotations

from typing import Any

from catalog.release import Described, json_bytes
from catalog.vocabulary import term

FILES = {"gdcatalog.json": "application/json"}
_OTHER = "อื่นๆ"


def build(described: Described) -> dict[str, Any]:
    """The dataset as a GD Catalog entry, resources included."""
    spec = described.spec
    return {
        "name": spec.id.ckan_name,
        "title": spec.title.th,
        "owner_org": spec.id.office,
        "maintainer": spec.contact.name,
        "maintainer_email": str(spec.contact.email),
        "tag_string": ",".join(spec.keywords),
        "notes": spec.description.th,
        "license_id": spec.term("licence").more["gdcatalog"],
        "url": described.uri,
        **fields(described),
        "resources": [
            {
                "name": file.name,
                "url": described.file_url(file.name),
                "format": _format(file.format).ckan,
                "description": _format(file.format).title.th,
            }
            for file in described.facts.files
            if file.format
        ],
    }


def write(described: Described) -> dict[str, bytes]:
    """The file of a release."""
    return {"gdcatalog.json": json_bytes(build(described))}


def fields(described: Described) -> dict[str, Any]:
    """The fields that GD Catalog adds to CKAN's own."""
    spec = described.spec
    classification = spec.term("classification")
    licence = spec.term("licence")
    written = [_format(file.format) for file in described.facts.files if file.format]
    stored = sorted({form.gdcatalog for form in written})
    found = {
        "data_type": spec.term("data_type").th,
        "objective": [term("objectives", name).th for name in spec.objective],
        "update_frequency_unit": term("frequencies", spec.frequency.unit).th,
        "update_frequency_interval": str(spec.frequency.interval),
        "geo_coverage": term("coverages", spec.coverage.level).th,
        "data_source": spec.provenance.source.th,
        "data_format": stored,
        "data_category": classification.more["category"],
        "data_classification": classification.th,
        "data_language": [term("languages", name).th for name in spec.languages],
        "accessible_condition": "ไม่มีการจำกัดการเข้าถึงข้อมูล",
        "allow_harvest": "True",
    }
    if _OTHER in stored:
        names = sorted({form.ckan for form in written if form.gdcatalog == _OTHER})
        found["data_format_other"] = ", ".join(names)
    if licence.more["gdcatalog"] == _OTHER:
        found["license_id_other"] = licence.th
    return found | _bounds(described)


def _bounds(described: Described) -> dict[str, str]:
    """The bounding box of geodata (fields of type G only)."""
    boxes = [table.box for table in described.facts.tables if table.box]
    if not boxes or described.spec.data_type != "geospatial":
        return {}
    west, south = min(box[0] for box in boxes), min(box[1] for box in boxes)
    east, north = max(box[2] for box in boxes), max(box[3] for box in boxes)
    return {
        "west_bound_longitude": str(west),
        "east_bound_longitude": str(east),
        "north_bound_longitude": str(north),
        "south_bound_longitude": str(south),
    }


def _format(name: str | None) -> Any:
    from catalog.formats import formats

    return formats()[str(name)]
