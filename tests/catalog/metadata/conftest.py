"""Described releases: every bundled dataset as its files are sealed, and small ones as needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from catalog import metadata
from catalog.cast import cast
from catalog.formats import About, formats
from catalog.names import DatasetId
from catalog.registry import variant
from catalog.release import (
    Described,
    Facts,
    SealedFile,
    TableFacts,
    seal_file,
    sealed_view,
    table_facts,
)
from catalog.schema import parse_schema
from catalog.spec import DatasetSpec
from catalog.table import Table, write_table
from flows.declare import Declarations
from flows.repair import repair
from flows.sources import Shelf

ROOT = Path(__file__).parents[3]
DECLARATIONS = Declarations(ROOT / "datasets", ROOT / "schemas")
BUNDLED = [str(id) for id in DECLARATIONS.ids()]
RUN_KEY = "3f2a9c41d0be" + "0" * 52
#: Formats that tests read; the others are described without being written.
_WRITTEN = ("csv", "nt", "parquet")


@dataclass(frozen=True)
class Sealed:
    """A release's folder, with its metadata, and how it is described."""

    folder: Path
    described: Described


@pytest.fixture(scope="session")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Sealed]:
    """Gives a bundled dataset by its id: its CSV and N-Triples really written, metadata sealed."""
    evidence = tmp_path_factory.mktemp("evidence")

    @cache
    def sealed(name: str) -> Sealed:
        id = DatasetId.parse(name)
        folder = tmp_path_factory.mktemp(id.ckan_name)
        spec = DECLARATIONS.dataset(id)
        tables = [_table(spec, table, folder, evidence) for table in spec.tables]
        files = [file for table in tables for file in _files(spec, table, folder)]
        facts = Facts(RUN_KEY, "1", tuple(table_facts(table) for table in tables), tuple(files))
        described = sealed_view(spec, facts)
        for file, (_, data) in metadata.sealed_files(described).items():
            (folder / file).write_bytes(data)
        return Sealed(folder, described)

    return sealed


def _table(spec: DatasetSpec, name: str, folder: Path, evidence: Path) -> Table:
    declared = spec.tables[name]
    schema = DECLARATIONS.schema(declared.table_schema)
    kind = variant("flows.sources", declared.source.kind)
    options = kind.Options.model_validate(declared.source.options)
    shelf = Shelf(
        DECLARATIONS.folder(spec.id), evidence, None, lambda: datetime.now(UTC), 1 << 26
    )  # fmt: skip
    repaired = repair(
        kind.read(kind.pull(options, shelf), options), schema, declared,
        evidence / f"{spec.id.ckan_name}-{name}.parquet",
    )  # fmt: skip
    batches = (cast(batch, schema, repaired.crs)[0] for batch in repaired.open())
    return write_table(folder / f"{name}.parquet", name, schema, batches)


def _files(spec: DatasetSpec, table: Table, folder: Path) -> list[SealedFile]:
    schemas = {name: DECLARATIONS.schema(each.table_schema) for name, each in spec.tables.items()}
    about = About(spec, table.name, table.schema, RUN_KEY[:12], schemas)
    found = []
    for name, form in formats().items():
        module, path = variant("catalog.formats", name), folder / f"{table.name}.{form.extension}"
        if module.refuse(table) is not None:
            continue
        if name not in _WRITTEN:
            found.append(
                SealedFile(path.name, 1, "0" * 64, form.media_type, table.name, name)
            )  # fmt: skip
            continue
        if name != "parquet":
            module.write(table, about, path)
        found.append(seal_file(path, form.media_type, table.name, name))
    return found


Describe = Callable[..., Described]


@pytest.fixture
def describe() -> Describe:
    """Describes a release that was never written: ``describe(licence="mit", tables={…})``."""

    def made(
        tables: dict[str, dict[str, Any]] | None = None, form: tuple[str, ...] = ("csv", "kml"),
        live: bool = False, **declared: Any,
    ) -> Described:  # fmt: skip
        tables = tables or {"places": {}}
        contact = {"name": "ศูนย์ข้อมูลจังหวัด", "email": "data@example.go.th"}
        spec = DatasetSpec.model_validate(
            {
                "id": "nakhon_phanom/places",
                "office": {
                    "id": "nakhon_phanom",
                    "name": {"th": "สำนักงานจังหวัดนครพนม", "en": "Nakhon Phanom Office"},
                    "uri_base": "https://data.nakhonphanom.go.th",
                    "contact": contact,
                },
                "title": {"th": "สถานที่", "en": "Places"},
                "description": {"th": "ตารางสำหรับการทดสอบ"},
                "keywords": ["สถานที่", "places"],
                "theme": "government",
                "data_type": "record",
                "objective": ["public_service"],
                "frequency": {"unit": "year"},
                "coverage": {"level": "province", "places": ["TH-48"]},
                "licence": "cc-by-4.0",
                "contact": contact,
                "provenance": {"source": {"th": "ทะเบียนสถานที่ของจังหวัด"}},
                "tables": {
                    name: {"schema": name, "source": {"kind": "csv"}} for name in tables
                },
            }
            | declared
        )  # fmt: skip
        found = [_described_table(name, given) for name, given in tables.items()]
        files = tuple(
            SealedFile(f"{table.name}.{formats()[name].extension}", 7, "a1" * 32,
                       formats()[name].media_type, table.name, name)
            for table in found
            for name in form
        )  # fmt: skip
        described = sealed_view(spec, Facts(RUN_KEY, "1", tuple(found), files))
        when = datetime(2026, 11, 20, 20, 30, tzinfo=UTC)
        return replace(described, issued=when, modified=when) if live else described

    return made


def _described_table(name: str, given: dict[str, Any]) -> TableFacts:
    schema = {"fields": [{"name": "code", "type": "string"}]} | given.get("schema", {})
    parsed = parse_schema(schema, name)
    return TableFacts(name, parsed.as_json(), 1, given.get("box"), (), given.get("nulls", {}))
