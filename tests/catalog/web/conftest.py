"""A small published catalogue of the fictional province, made once: what pages are tried on."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from fastapi import FastAPI
from fastapi.testclient import TestClient

from catalog.names import DatasetId
from catalog.release import State
from flows.publish import publish
from flows.world import World

FIXTURES = Path(__file__).parents[2] / "fixtures"
OFFICE = "si_sawat"
#: What a hostile source may hold; nothing of it may reach a page as markup.
HOSTILE = "<script>alert(1)</script>"
BREAKOUT = '"><img src=x onerror=alert(1)>'
WELLS, WIDE = 120, 45
REASON = "พบเลขบัตรประชาชน"


@dataclass(frozen=True)
class Site:
    """A catalogue with its pages."""

    world: World
    app: FastAPI
    client: TestClient
    first_version: str
    withdrawn_version: str


def _field(name: str, th: str, en: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    alias = name.upper()[:10]
    return {"name": name, "type": kind, "title": th, "title_en": en, "alias": alias} | more


SCHEMAS: dict[str, dict[str, Any]] = {
    "wells": {
        "primaryKey": ["code"],
        "fields": [
            _field("code", "รหัสบ่อ", "Well code", lang="zxx", constraints={"required": True}),
            _field("name_th", "ชื่อบ่อ", "Well, in Thai", lang="th"),
            _field("name_en", "ชื่อบ่อภาษาอังกฤษ", "Well, in English", lang="en"),
            _field("kind", "ชนิดบ่อ", "Kind", lang="zxx", categories=[
                {"value": "dug", "label": "บ่อขุด", "label_en": "dug well"},
                {"value": "bored", "label": "บ่อเจาะ", "label_en": "bored well"},
            ]),
            _field("dug", "ปีที่ขุด (ค.ศ.)", "Year dug", "year"),
            _field("depth", "ความลึก", "Depth", "number", unit="m"),
            _field("location", "ตำแหน่ง", "Location", "geopoint"),
        ],
    },
    "areas": {
        "primaryKey": ["province_code"],
        "fields": [
            _field("province_code", "รหัสจังหวัด", "Province code", lang="zxx"),
            _field("name_th", "ชื่อจังหวัด", "Province", lang="th"),
            _field("geometry", "แนวเขต", "Boundary", "geojson"),
        ],
    },
    "wide": {
        "primaryKey": ["id"],
        "fields": [
            _field("id", "เลขที่", "Number", "integer"),
            *(_field(f"c{n}", f"จำนวนที่ {n}", f"Count {n}", "integer", unit="ตัว",
                     description="จำนวนสัตว์ในตำบล") for n in range(1, WIDE)),
        ],
    },
}  # fmt: skip


def _wells() -> str:
    lines = ["code,name_th,name_en,kind,dug,depth,location"]
    for n in range(1, WELLS + 1):
        name = HOSTILE if n == 1 else f"บ่อน้ำบ้านเหนือ {n}"
        lines.append(
            f"บ/{n},{name},North Village {n},{'dug' if n % 2 else 'bored'},2024,{n}.5,"
            f'"99.{n:03d},14.{n:03d}"'
        )
    return "\n".join(lines) + "\n"


def _areas() -> str:
    def square(code: str, name: str, west: float) -> dict[str, Any]:
        ring = [[west, 13.9], [west + 1, 13.9], [west + 1, 14.9], [west, 14.9], [west, 13.9]]
        return {
            "type": "Feature",
            "properties": {"province_code": code, "name_th": name},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }

    found = [square("71", "ศรีสวัสดิ์", 98.5), square("72", "ศรีสุข", 99.5)]
    return json.dumps({"type": "FeatureCollection", "features": found}, ensure_ascii=False)


def _wide() -> str:
    names = [field["name"] for field in SCHEMAS["wide"]["fields"]]
    rows = [",".join(str(row * len(names) + n) for n in range(len(names))) for row in range(12)]
    return "\n".join([",".join(names), *rows]) + "\n"


def _declaration(name: str, th: str, source: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "title": {"th": th},
        "description": {"th": f"{th} {BREAKOUT}", "en": f"Said of it: {BREAKOUT}"},
        "keywords": ["ทดสอบ"],
        "theme": "environment",
        "data_type": "record",
        "objective": ["mission"],
        "frequency": {"unit": "month"},
        "coverage": {"level": "subdistrict", "places": ["TH-71"]},
        "licence": "not-stated",
        "provenance": {"source": {"th": "สมุดทะเบียน (สมมติ)"}},
        "tables": {name: {"schema": name, "source": source}},
        "approval": "standing",
    } | more


DATASETS = {
    "wells": (
        "wells.csv", _wells(),
        _declaration("wells", f"บ่อน้ำ {HOSTILE}", {"kind": "csv", "path": "wells.csv"}),
    ),
    "areas": (
        "areas.geojson", _areas(),
        _declaration("areas", "แนวเขตจังหวัดสมมติ", {"kind": "geojson", "path": "areas.geojson"}),
    ),
    "wide": (
        "wide.csv", _wide(),
        _declaration("wide", "จำนวนสัตว์รายตำบล", {"kind": "csv", "path": "wide.csv"}),
    ),
}  # fmt: skip


def _declare(root: Path) -> None:
    shutil.copytree(FIXTURES / "province", root)
    office = root / "datasets" / OFFICE / "office.yaml"
    office.write_text(office.read_text("utf-8") + "demonstration: true\n", "utf-8")
    for name, schema in SCHEMAS.items():
        (root / "schemas" / f"{name}.json").write_text(json.dumps(schema), "utf-8")
    for name, (file, data, declaration) in DATASETS.items():
        folder = root / "datasets" / OFFICE / name
        folder.mkdir()
        (folder / file).write_text(data, "utf-8")
        (folder / "dataset.yaml").write_text(yaml.safe_dump(declaration), "utf-8")


def _on(world: World, day: int) -> World:
    return World(world.settings, now=lambda: datetime(2026, 11, day, 2, 0, tzinfo=UTC))


def _publish(world: World, name: str) -> str:
    outcome = publish(DatasetId(OFFICE, name), world)
    assert outcome.version, outcome
    return outcome.version


def _grow(root: Path, line: str) -> None:
    source = root / "datasets" / OFFICE / "markets" / "markets.csv"
    source.write_text(source.read_text("utf-8") + line + "\n", "utf-8")


def _mend(root: Path, was: str, now: str) -> None:
    source = root / "datasets" / OFFICE / "markets" / "markets.csv"
    source.write_text(source.read_text("utf-8").replace(was, now), "utf-8")


def _withdraw(world: World, name: str, version: str) -> None:
    """As a withdrawal will leave the record; there is no verb for it yet."""
    from sqlalchemy import update

    from catalog.database import releases

    with world.index.database.write() as connection:
        connection.execute(
            update(releases)
            .where(releases.c.dataset_id == f"{OFFICE}/{name}", releases.c.version == version)
            .values(state=State.WITHDRAWN, reason=REASON)
        )


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The catalogue: four datasets, one of them with an old and a withdrawn version."""
    from catalog.settings import Settings
    from catalog.web.app import create_app

    home = tmp_path_factory.mktemp("web")
    root = home / "province"
    _declare(root)
    settings = Settings(
        home=home / "home", datasets=root / "datasets", schemas=root / "schemas", base_url=None
    )
    world = World(settings)
    for name in DATASETS:
        _publish(_on(world, 20), name)
    first = _publish(_on(world, 20), "markets")
    _grow(root, "ม04,ตลาดใหม่,1/2/2561,30")
    second = _publish(_on(world, 21), "markets")
    _withdraw(world, "markets", second)
    _grow(root, "ม05,ตลาดกลาง,1/2/2562,45")
    _mend(root, "15/8/2560,8", "15/8/2560,9")
    _publish(_on(world, 22), "markets")
    app = create_app(settings)
    return Site(world, app, TestClient(app, raise_server_exceptions=False), first, second)


@pytest.fixture(scope="session")
def address(site: Site) -> Iterator[str]:
    """The catalogue served on a port of its own, for a real browser."""
    import uvicorn

    server = uvicorn.Server(uvicorn.Config(site.app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=10)
