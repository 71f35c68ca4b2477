"""Our answers held against a real CKAN's, key by key and type by type (CKAN_URL)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import ckanapi
import pytest

pytestmark = pytest.mark.ckan

#: What ours may have beside a real CKAN's keys: fields of GD Catalog, and who answers.
OUR_OWN = {"samdao_version", "thaigdc_catalog_type", "thaigdc_version", "resource_disaggregate"}


@pytest.fixture(scope="module")
def real(ckan) -> Iterator[ckanapi.RemoteCKAN]:
    """A real CKAN that holds a dataset as ours are: one made for this test, and removed."""
    url, token = ckan
    mark = uuid4().hex[:8]
    with ckanapi.RemoteCKAN(url, apikey=token, user_agent="samdao-tests") as site:
        office = site.action.organization_create(name=f"office-{mark}", title="สำนักงาน")
        theme = site.action.group_create(name=f"theme-{mark}", title="ภาครัฐ")
        package = site.action.package_create(
            **_like_gdcatalog(), name=f"contract-{mark}", title=f"ตลาด {mark}",
            owner_org=office["id"], groups=[{"name": theme["name"]}], tags=[{"name": "markets"}],
            author="ก", author_email="a@x.example", url="https://x.example", version="1",
            notes="ข", license_id="cc-by",
            resources=[{
                "name": "ตลาด (CSV)", "url": "https://x.example/a.csv", "format": "CSV",
                "mimetype": "text/csv", "size": 12, "hash": "sha256:00", "description": "CSV",
                "last_modified": "2026-11-20T02:00:00.000000",
            }],
        )  # fmt: skip
        site.made = (package, office, theme)
        yield site
        site.action.dataset_purge(id=package["id"])
        site.action.organization_purge(id=office["id"])
        site.action.group_purge(id=theme["id"])


def _like_gdcatalog() -> dict[str, Any]:
    """What a GD Catalog asks for; a plain CKAN takes the contact and leaves the rest."""
    return {
        "maintainer": "ค", "maintainer_email": "m@x.example", "tag_string": "markets",
        "data_type": "ข้อมูลระเบียน", "objective": ["ไม่ทราบ"], "data_format": ["CSV"],
        "update_frequency_unit": "ปี", "update_frequency_interval": "1", "geo_coverage": "จังหวัด",
        "data_source": "ทะเบียน", "data_category": "ข้อมูลสาธารณะ", "data_language": ["ไทย"],
        "data_classification": "เปิดเผย", "allow_harvest": "True",
        "accessible_condition": "ไม่มีการจำกัดการเข้าถึงข้อมูล",
    }  # fmt: skip


def _kinds(value: Any) -> Any:
    """Types of a JSON value, of every key, and of the first item of a list."""
    if isinstance(value, dict):
        return {key: _kinds(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_kinds(value[0])] if value else []
    return type(value).__name__


def _differences(ours: Any, theirs: Any, at: str = "") -> list[str]:
    """Keys that only one has, and values of other types; null goes with anything."""
    if "NoneType" in (ours, theirs) or (isinstance(ours, list) and [] in (ours, theirs)):
        return []
    if isinstance(ours, dict) and isinstance(theirs, dict):
        lacking = [f"{at}.{key} is lacking" for key in theirs if key not in ours]
        return lacking + [
            found
            for key in ours.keys() & theirs.keys()
            for found in _differences(ours[key], theirs[key], f"{at}.{key}")
        ]
    if isinstance(ours, list) and isinstance(theirs, list):
        return _differences(ours[0], theirs[0], f"{at}[]")
    return [] if ours == theirs else [f"{at} is {ours}, not {theirs}"]


def _ours(client, action: str, **given: Any) -> Any:
    return client.get(f"/api/3/action/{action}", params=given).json()["result"]


def test_packages_and_their_resources_have_ckans_keys_and_types(client, real):
    ours = _ours(client, "package_show", id="si_sawat--markets")
    theirs = real.action.package_show(id=real.made[0]["id"])
    assert _differences(_kinds(ours), _kinds(theirs)) == []
    plain = {key for key in theirs if key not in ("resources", "organization", "groups", "tags")}
    assert len(plain) > 20, "the comparison is of something"
    assert set(ours["resources"][0]) - set(theirs["resources"][0]) <= OUR_OWN


@pytest.mark.parametrize(
    ("action", "ours", "theirs"),
    [
        ("package_list", {}, {}),
        ("status_show", {}, {}),
        ("tag_list", {}, {}),
        ("license_list", {}, {}),
        ("organization_list", {}, {}),
        ("organization_list", {"all_fields": True}, {"all_fields": True}),
        ("group_list", {"all_fields": True}, {"all_fields": True}),
        ("organization_show", {"id": "si_sawat"}, {"id": 1}),
        ("group_show", {"id": "economy"}, {"id": 2}),
        ("group_package_show", {"id": "economy"}, {"id": 2}),
        ("package_search", {"q": "ตลาด"}, {"q": "ตลาด"}),
        ("current_package_list_with_resources", {"limit": 1}, {"limit": 1}),
    ],
)
def test_answers_have_ckans_keys_and_types(client, real, action, ours, theirs):
    if isinstance(theirs.get("id"), int):
        theirs = {"id": real.made[theirs["id"]]["name"]}
    own = _kinds(_ours(client, action, **ours))
    other = _kinds(getattr(real.action, action)(**theirs))
    assert _differences(own, other) == []
    if action == "status_show":
        assert set(own) - set(other) <= OUR_OWN


@pytest.mark.parametrize(
    ("action", "given"),
    [
        ("package_show", {}),
        ("package_show", {"id": "nothing"}),
        ("package_list", {"limit": "x"}),
        ("package_list", {"limit": -1}),
        ("package_search", {"start": -1}),
        ("package_search", {"sort": "title sideways"}),
        ("organization_show", {}),
        ("organization_show", {"id": "nothing"}),
        ("group_show", {"id": "nothing"}),
        ("resource_show", {}),
        ("resource_show", {"id": "nothing"}),
        ("resource_view_list", {}),
        ("help_show", {}),
        ("help_show", {"name": "nothing"}),
        ("no_such_action", {}),
    ],
)
def test_errors_have_ckans_status_and_type(client, real, action, given):
    ours = client.get(f"/api/3/action/{action}", params=given)
    theirs = real.session.get(f"{real.address}/api/3/action/{action}", params=given)
    assert ours.status_code == theirs.status_code
    mine, other = ours.json(), theirs.json()
    assert type(mine) is type(other)
    if isinstance(other, dict):
        assert set(mine["error"]) == set(other["error"])
        assert mine["error"]["__type"] == other["error"]["__type"]
