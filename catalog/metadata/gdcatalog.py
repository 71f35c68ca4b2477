"""GD Catalog (2.2.4): the 14 core fields and the optional ones that are known.

Source: the catalogue software's own field list, versions 2.1.0 and 2.2.4. Stored strings come from
the closed lists in ``catalog/data/vocabularies``. The software asks some fields of some types of
data only (bounds of geodata, years of statistics): others do not have them. Bounds are named as
the software names them: ``north_bound_longitude`` holds a latitude. Years and days are CE.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from catalog.metadata._files import file_format, file_title
from catalog.release import Described, SealedFile, json_bytes
from catalog.vocabulary import term

FILES = {"gdcatalog.json": "application/json"}
#: The word of every closed list for what it has no entry for; ``<field>_other`` then says what.
OTHER = "อื่นๆ"
_ANYONE = "ไม่มีการจำกัดการเข้าถึงข้อมูล"
_BANGKOK = ZoneInfo("Asia/Bangkok")
#: Frequencies of which "every so many" says nothing.
_NO_INTERVAL = frozenset({"never", "unknown", "other", "realtime"})


def build(described: Described) -> dict[str, Any]:
    """The dataset as a GD Catalog entry, resources included."""
    spec = described.spec
    licence = spec.term("licence")
    entry = {
        "name": spec.id.ckan_name,
        "title": spec.title.th,
        "owner_org": spec.id.office,
        "maintainer": spec.contact.name,
        "maintainer_email": str(spec.contact.email),
        "tag_string": ",".join(spec.keywords),
        "notes": notes(described),
        "license_id": licence.more["gdcatalog"],
        "url": described.uri,
        **fields(described),
    }
    if licence.more["gdcatalog"] == OTHER:
        entry["license_id_other"] = licence.th
    files = (file for file in described.facts.files if file.table)
    return entry | {"resources": [_resource(described, file) for file in files]}


def write(described: Described) -> dict[str, bytes]:
    """The file of a release."""
    return {"gdcatalog.json": json_bytes(build(described))}


def notes(described: Described) -> str:
    """The description, with the sentence that stands at the head of the dataset's page."""
    said = (described.spec.description, described.spec.notice)
    return "\n\n".join(words.th for words in said if words)


def fields(described: Described) -> dict[str, Any]:
    """The fields that GD Catalog adds to CKAN's own, those for the dataset's type included."""
    spec = described.spec
    classification = spec.term("classification")
    found = {
        "data_type": spec.term("data_type").th,
        "objective": [term("objectives", name).th for name in spec.objective],
        "update_frequency_unit": term("frequencies", spec.frequency.unit).th,
        "geo_coverage": term("coverages", spec.coverage.level).th,
        "data_source": spec.provenance.source.th,
        **_formats(described),
        "data_category": classification.more["category"],
        "data_classification": classification.th,
        "data_language": [term("languages", name).th for name in spec.languages],
        "accessible_condition": _ANYONE,
        "allow_harvest": "True",
    }
    if spec.frequency.unit not in _NO_INTERVAL:
        found["update_frequency_interval"] = str(spec.frequency.interval)
    if described.modified:
        found["last_updated_date"] = _day(described.modified)
    of_type = {"geospatial": _geospatial, "statistics": _statistics}.get(spec.data_type)
    return found | (of_type(described) if of_type else {})


def _formats(described: Described) -> dict[str, Any]:
    """``data_format``, and the names of formats that the closed list lacks (KML, GeoJSON, ODS…)."""
    written = [file_format(file) for file in described.facts.files if file.format]
    stored = sorted({form.gdcatalog for form in written})
    lacking = sorted({form.ckan for form in written if form.gdcatalog == OTHER})
    return {"data_format": stored} | ({"data_format_other": ", ".join(lacking)} if lacking else {})


def _geospatial(described: Described) -> dict[str, str]:
    """Fields of geodata: the box, the time that is shown, the day of release."""
    found: dict[str, str] = {}
    boxes = [table.box for table in described.facts.tables if table.box]
    if boxes:
        found |= {
            "west_bound_longitude": str(min(box[0] for box in boxes)),
            "east_bound_longitude": str(max(box[2] for box in boxes)),
            "north_bound_longitude": str(max(box[3] for box in boxes)),
            "south_bound_longitude": str(min(box[1] for box in boxes)),
        }
    period = described.spec.temporal
    if period.start or period.end:
        ends = (day.isoformat() if day else ".." for day in (period.start, period.end))
        found["reference_period"] = "/".join(ends)
    if described.modified:
        found["data_release_date"] = _day(described.modified)
    return found


def _statistics(described: Described) -> dict[str, str]:
    """Fields of statistics: the first and the last year that they are about."""
    period = described.spec.temporal
    years = {"first_year_of_data": period.start, "last_year_of_data": period.end}
    return {name: str(day.year) for name, day in years.items() if day}


def _resource(described: Described, file: SealedFile) -> dict[str, Any]:
    form = file_format(file)
    said = {
        "name": file_title(described, file).th,
        "url": described.file_url(file.name),
        "format": form.ckan,
        "description": form.title.th,
        "resource_accessible_condition": _ANYONE,
    }
    if described.modified:
        said["resource_last_updated_date"] = _day(described.modified)
    if described.spec.data_type == "statistics":
        said |= {f"resource_{name}": year for name, year in _statistics(described).items()}
    return said


def _day(when: datetime) -> str:
    """A day as the calendar in Thailand had it, CE."""
    return when.astimezone(_BANGKOK).date().isoformat()
