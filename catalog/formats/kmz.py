"""KMZ: the KML document zipped, ``doc.kml`` the first of the archive."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pyarrow as pa

from catalog.formats import About, Format, kml
from catalog.formats._zip import Package
from catalog.problem import Problem
from catalog.spec import Words
from catalog.table import Table

FORMAT = Format(
    name="kmz",
    title=Words(th="KMZ", en="KMZ"),
    extension="kmz",
    media_type="application/vnd.google-earth.kmz",
    eu_file_type="KMZ",
    ckan="KMZ",
    gdcatalog="อื่นๆ",
    stars_dga=3,
    stars_nectec=0,
    geometry="needs",
)
_DOCUMENT = "doc.kml"
refuse = kml.refuse
held = kml.held


def write(table: Table, about: About, target: Path) -> tuple[Problem, ...]:
    """Write the document, deflated as it comes."""
    with Package(target) as archive, archive.stream(_DOCUMENT) as document:
        return kml.write_to(document, table, about)


def read(path: Path, table: Table) -> Iterator[pa.RecordBatch]:
    """Read the document inside, without unpacking it."""
    with ZipFile(path) as archive, archive.open(_DOCUMENT) as source:
        yield from kml.read_from(source, table)
