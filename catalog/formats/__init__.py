"""The formats a release is written in: one module per format, one contract.

The contract. A module ``catalog/formats/<name>.py`` has

    FORMAT                       a ``Format``: suffix, media type, stars, what it does with geometry
    refuse(table)                -> a ``Problem`` (level note) that says why this table cannot be
                                    held, or ``None``; the manifest records it, never silence
    write(table, about, target)  -> problems (warnings, notes) of what was changed to fit: text
                                    cut, columns renamed; streams, memory flat in rows
    read(path, table)            -> iterator of batches in the table's Arrow schema: the file read
                                    back, for the certificate, by another reader where there is one
    held(batch, table)           -> the batch as this format holds it (``same`` where it holds all);
                                    what ``read`` gives must equal it, value by value

A file is a function of (table, about): no clock, no path, no random part; times inside ZIP, XLSX
and ODS containers are ``FIXED_TIME``. Each file carries licence, attribution, edition and source
where the format has a place for them; otherwise the files beside it do. Registered by file name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

import pyarrow as pa

from catalog.names import DatasetId
from catalog.registry import names, variant
from catalog.schema import TableSchema
from catalog.spec import DatasetSpec, TableSpec, Words
from catalog.table import Table
from catalog.vocabulary import Term

#: The time that containers carry: ZIP knows nothing before 1980 (APPNOTE 4.4.6).
FIXED_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Format:
    """What a format is.

    Attributes:
        name: the module's name, which declarations use.
        title: what people call it.
        extension: after the table's name, ``shp.zip``; served under it.
        media_type: IANA media type.
        eu_file_type: concept of the EU authority table ``file-type`` (``CSV``), if there is one.
        ckan: what CKAN's ``format`` of a resource says.
        gdcatalog: value of GD Catalog's closed list ``data_format``; ``อื่นๆ`` where it has none.
        stars_dga: stars by DGA's list (CSV, ODS, XML, JSON, KML, SHP, KMZ: 3; RDF: 4 or 5).
        stars_nectec: stars by NECTEC's scorer (ckanext-dquality), for the extension as served.
        geometry: ``needs`` geometry, ``holds`` it as such, or writes it as ``text``.
        machine_readable, proprietary: as MQA's lists have it.
    """

    name: str
    title: Words
    extension: str
    media_type: str
    eu_file_type: str | None
    ckan: str
    gdcatalog: str
    stars_dga: int
    stars_nectec: int
    geometry: Literal["needs", "holds", "text"]
    machine_readable: bool = True
    proprietary: bool = False


@dataclass(frozen=True, slots=True)
class About:
    """What a file says of itself beside its rows.

    Attributes:
        dataset: the declaration.
        table: the table's name.
        schema: what the columns mean.
        edition: 12 hex digits of the run key; the version is a clock reading and stays outside.
        schemas: of the dataset's tables by name: what foreign keys may point into.
    """

    dataset: DatasetSpec
    table: str
    schema: TableSchema
    edition: str
    schemas: Mapping[str, TableSchema] = field(default_factory=dict)

    @property
    def id(self) -> DatasetId:
        """The dataset's id."""
        return self.dataset.id

    @property
    def spec(self) -> TableSpec:
        """The table's declaration."""
        return self.dataset.tables[self.table]

    @property
    def licence(self) -> Term:
        """The licence's term: ``more["uri"]`` is ``None`` where none was stated."""
        return self.dataset.term("licence")

    def title(self, lang: str) -> str:
        """The dataset's title, with the table's where the dataset has several."""
        whole = self.dataset.title.words(lang)
        own = self.spec.title
        return f"{whole}: {own.words(lang)}" if own and len(self.dataset.tables) > 1 else whole

    def attribution(self, lang: str) -> str:
        """How to credit the data: as declared, else office and source."""
        if self.dataset.attribution:
            return self.dataset.attribution.words(lang)
        source = self.dataset.provenance.source.words(lang)
        return f"{self.dataset.office.name.words(lang)} — {source}"

    @property
    def uri(self) -> str:
        """The dataset's permanent URI."""
        return self.dataset.office.uri_base + self.id.path

    @property
    def table_uri(self) -> str:
        """The table's permanent URI."""
        return self.dataset.office.uri_base + self.id.table_path(self.table)

    def file_uri(self, file: str) -> str:
        """A sealed file's permanent URI, by edition."""
        return self.dataset.office.uri_base + self.id.file_path(self.edition, file)


def same(batch: pa.RecordBatch, table: Table) -> pa.RecordBatch:
    """``held`` of a format that holds every value as it is."""
    return batch


@cache
def formats() -> dict[str, Format]:
    """Every format there is, by name, sorted."""
    return {name: variant(__name__, name).FORMAT for name in names(__name__)}
