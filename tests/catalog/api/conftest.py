"""A published catalogue, made once: the fictional province with more, served in this process."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from catalog.names import DatasetId
from catalog.settings import Settings
from catalog.web.app import create_app
from flows.publish import publish
from flows.world import World

FIXTURES = Path(__file__).parents[2] / "fixtures" / "province"
BASE = "https://open.si-sawat.example"
MARKETS = DatasetId("si_sawat", "markets")
SHOPS = DatasetId("si_sawat", "tax_shops")
PLACES = DatasetId("si_sawat", "places")
#: Keys that are hard to write into an address; each is told apart from the others.
HARD_KEYS = (
    "ม01", "ก/ข", "a,b", "5.1", "a.ttl", "a", ".", "..", "x%2Fy", "x+y", "x y", 'ง"๕', "?q=1#z",
)  # fmt: skip

_DATASET = """
title: {th: สถานที่สำคัญ, en: Places of note}
description: {th: สถานที่ของจังหวัดศรีสวัสดิ์ (สมมติ), en: Places of the fictional province.}
keywords: [สถานที่, แผนที่]
theme: regions
data_type: geospatial
objective: [public_service]
frequency: {unit: year}
coverage: {level: coordinates, places: [TH-71]}
temporal: {start: 2020-01-01, end: 2024-12-31}
licence: not-stated
provenance: {source: {th: แบบสำรวจ (สมมติ), en: Survey (fictional)}}
tables:
  places: {schema: places, source: {kind: csv, path: places.csv}}
  visits:
    schema: visits
    title: {th: จำนวนผู้มาเยือน, en: Visitors}
    source: {kind: csv, path: visits.csv}
approval: standing
"""
_SCHEMAS = {
    "places": {
        "primaryKey": ["code"],
        "rdfType": "http://schema.org/Place",
        "fields": [
            {"name": "code", "type": "string", "title": "รหัส", "alias": "CODE", "lang": "zxx"},
            {"name": "name", "type": "string", "title": "ชื่อ", "alias": "NAME",
             "rdfType": "http://schema.org/name"},
            {"name": "point", "type": "geopoint", "title": "พิกัด", "alias": "POINT"},
        ],
    },
    "visits": {
        "primaryKey": ["place", "year", "share"],
        "foreignKeys": [
            {"fields": ["place"], "reference": {"resource": "places", "fields": ["code"]}}
        ],
        "fields": [
            {"name": "place", "type": "string", "title": "สถานที่", "alias": "PLACE"},
            {"name": "year", "type": "integer", "title": "ปี", "alias": "YEAR"},
            {"name": "share", "type": "number", "decimalPlaces": 2, "title": "ส่วน",
             "alias": "SHARE"},
        ],
    },
}  # fmt: skip


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The published world: markets twice, places with two tables, shops waiting for approval."""
    province = tmp_path_factory.mktemp("province")
    shutil.copytree(FIXTURES, province, dirs_exist_ok=True)
    _add_places(province)
    office = province / "datasets" / "si_sawat" / "office.yaml"
    office.write_text(office.read_text("utf-8") + "demonstration: true\n", "utf-8")
    settings = Settings(
        home=tmp_path_factory.mktemp("home"), datasets=province / "datasets",
        schemas=province / "schemas", base_url=BASE,
    )  # fmt: skip
    day = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
    publish(MARKETS, World(settings, now=lambda: day))
    publish(PLACES, World(settings, now=lambda: day + timedelta(hours=1)))
    source = province / "datasets" / "si_sawat" / "markets" / "markets.csv"
    source.write_text(source.read_text("utf-8") + "ม04,ตลาดใหม่,1 มกราคม 2567,4\n", "utf-8")
    world = World(settings, now=lambda: day + timedelta(days=1))
    publish(MARKETS, world)
    publish(SHOPS, world)
    return world


def _add_places(province: Path) -> None:
    folder = province / "datasets" / "si_sawat" / "places"
    folder.mkdir()
    (folder / "dataset.yaml").write_text(_DATASET, "utf-8")
    for name, schema in _SCHEMAS.items():
        text = json.dumps({"name": name, **schema}, ensure_ascii=False)
        (province / "schemas" / f"{name}.json").write_text(text, "utf-8")
    quoted = [key.replace('"', '""') for key in HARD_KEYS]
    lines = [f'"{key}",ที่ {n},"99.{n:02},14.5"\r\n' for n, key in enumerate(quoted, 1)]
    (folder / "places.csv").write_text("code,name,point\r\n" + "".join(lines), "utf-8")
    visits = "place,year,share\nม01,2023,0.50\nม01,2024,12.25\nก/ข,2024,0.50\n"
    (folder / "visits.csv").write_text(visits, "utf-8")


@pytest.fixture(scope="session")
def client(catalogue: World) -> TestClient:
    """Asks the application, which follows no redirects."""
    return TestClient(create_app(catalogue.settings), base_url=BASE, follow_redirects=False)
