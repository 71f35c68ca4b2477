"""CKAN's Action API: answers and errors in CKAN's form, to CKAN's own clients."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import ckanapi
import pytest
import uvicorn

from catalog.metadata.ckan import resource_id
from catalog.web.app import create_app

from .conftest import BASE, MARKETS, PLACES

NAMES = ["si_sawat--markets", "si_sawat--places"]


@pytest.fixture(scope="module")
def remote(catalogue) -> Iterator[ckanapi.RemoteCKAN]:
    """The real client, speaking to our server on a loopback port."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(16)
        port = listening.getsockname()[1]
        config = uvicorn.Config(create_app(catalogue.settings), log_level="error")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        with ckanapi.RemoteCKAN(f"http://127.0.0.1:{port}", user_agent="samdao-tests") as ckan:
            yield ckan
        server.should_exit = True
        thread.join(timeout=10)


def _ask(client, action: str, **given: Any) -> Any:
    answer = client.get(f"/api/3/action/{action}", params=given)
    body = answer.json()
    assert (answer.status_code, body["success"]) == (200, True), body
    assert body["help"] == f"{BASE}/api/3/action/help_show?name={action}"
    return body["result"]


def _error(client, action: str, **given: Any) -> tuple[int, dict[str, Any]]:
    answer = client.get(f"/api/3/action/{action}", params=given)
    body = answer.json()
    assert body["success"] is False
    return answer.status_code, body["error"]


# ---- with CKAN's own client


def test_ckans_client_lists_and_shows(remote):
    assert remote.action.package_list() == NAMES
    package = remote.action.package_show(id="si_sawat--places")
    assert package["title"] == "สถานที่สำคัญ"
    by_id = remote.action.package_show(id=package["id"])
    assert by_id == package
    assert remote.action.status_show()["site_title"] == "samdao"


def test_ckans_client_by_get_too(catalogue, remote):
    with ckanapi.RemoteCKAN(remote.address, get_only=True) as ckan:
        assert ckan.action.package_list() == NAMES
        assert ckan.action.package_show(id=NAMES[0])["name"] == NAMES[0]


def test_ckans_client_understands_our_errors(remote):
    with pytest.raises(ckanapi.NotFound):
        remote.action.package_show(id="si_sawat--tax_shops")
    with pytest.raises(ckanapi.ValidationError) as error:
        remote.action.package_show()
    assert error.value.error_dict["name_or_id"] == ["Missing value"]
    with pytest.raises(ckanapi.SearchQueryError):
        remote.action.package_search(sort="title sideways")
    with pytest.raises(ckanapi.CKANAPIError):
        remote.action.package_create(name="x")


def test_what_ckanapis_dump_asks_is_answered(remote):
    """``ckanapi dump datasets|organizations|groups|users --all`` and its options."""
    asked = {"include_private": True, "include_drafts": True, "include_deleted": True}
    for name in remote.action.package_list(**asked):
        package = remote.action.package_show(id=name, include_datasets=False)
        for resource in package["resources"]:
            assert resource["format"]
            assert remote.action.resource_view_list(id=resource["id"], limit=0) == []
    for kind in ("organization", "group"):
        for name in getattr(remote.action, f"{kind}_list")():
            shown = getattr(remote.action, f"{kind}_show")(
                id=name, include_datasets=False, include_users=True, include_password_hash=True
            )
            assert shown["name"] == name
    assert remote.action.user_list() == []


def test_a_harvester_pages_until_nothing_is_left(remote):
    """As ckanext-harvest's CKAN harvester does: by id, until an empty page."""
    found, start = [], 0
    while page := remote.action.package_search(rows=1, start=start, sort="id asc")["results"]:
        found += page
        start += len(page)
    assert sorted(package["name"] for package in found) == NAMES
    assert [package["id"] for package in found] == sorted(package["id"] for package in found)
    for package in found:
        assert (package["type"], package["state"]) == ("dataset", "active")
        assert len(package["metadata_modified"]) == len("2026-11-21T02:00:00.000000")


# ---- datasets


def test_a_package_says_what_was_declared(client, catalogue):
    package = _ask(client, "package_show", id="si_sawat--markets")
    assert (package["title"], package["owner_org"]) == ("ตลาดชุมชน", package["organization"]["id"])
    assert [tag["name"] for tag in package["tags"]] == ["ตลาด", "เศรษฐกิจชุมชน"]
    assert (package["license_id"], package["isopen"]) == ("cc-by", True)
    assert package["groups"][0]["name"] == "economy"
    assert package["update_frequency_unit"] == "เดือน"
    assert package["version"] == "2026-11-21.1"
    assert package["num_resources"] == len(package["resources"])
    assert {"key": "title_en", "value": "Community markets"} in package["extras"]
    unlicensed = _ask(client, "package_show", id="si_sawat--places")
    assert (unlicensed["license_id"], unlicensed["isopen"]) == ("notspecified", False)


def test_a_dataset_was_created_at_its_first_release_and_modified_at_its_last(client):
    package = _ask(client, "package_show", id="si_sawat--markets")
    assert package["metadata_created"] == "2026-11-20T02:00:00.000000"
    assert package["metadata_modified"] == "2026-11-21T02:00:00.000000"


def test_every_resource_is_had_at_its_address_and_by_its_id(client, catalogue):
    package = _ask(client, "package_show", id="si_sawat--places")
    files = catalogue.index.published(PLACES).facts.files
    for place, resource in enumerate(package["resources"]):
        assert resource["position"] == place
        assert resource["package_id"] == package["id"]
        assert _ask(client, "resource_show", id=resource["id"]) == resource
        file = next(f for f in files if resource["url"].endswith("/" + f.name))
        answer = client.get(resource["url"])
        assert len(answer.content) == resource["size"]
        assert resource["hash"] == f"sha256:{file.sha256}"
    assert UUID(package["id"]).version == 5


def test_a_resource_keeps_its_id_from_release_to_release_and_goes_with_its_dataset(
    client, catalogue, monkeypatch
):
    from catalog.index import CatalogIndex

    id = resource_id(MARKETS, "markets.csv")
    assert _ask(client, "resource_show", id=id)["last_modified"] == "2026-11-21T02:00:00.000000"
    assert _error(client, "resource_show", id=id[:-1]) == (
        404, {"__type": "Not Found Error", "message": "Not found"},
    )  # fmt: skip
    monkeypatch.setattr(CatalogIndex, "published", lambda *_: None)
    assert _error(client, "resource_show", id=id)[0] == 404


def test_lists_are_paged(client):
    assert _ask(client, "package_list", limit=1) == NAMES[:1]
    assert _ask(client, "package_list", limit=1, offset=1) == NAMES[1:]
    assert _ask(client, "package_list", offset=5) == []
    newest = _ask(client, "current_package_list_with_resources", limit=1)
    assert [package["name"] for package in newest] == ["si_sawat--markets"]
    assert newest[0]["resources"]


# ---- search


@pytest.mark.parametrize(
    ("query", "names"),
    [("", NAMES), ("*:*", NAMES), ("ตลาด", NAMES[:1]), ("สถานที่", NAMES[1:]),
     ("fictional", NAMES), ("ไม่มีคำนี้", []), ("ตลาด สถานที่", [])],
)  # fmt: skip
def test_search_finds_what_has_the_words(client, query, names):
    found = _ask(client, "package_search", q=query)
    assert sorted(package["name"] for package in found["results"]) == names
    assert found["count"] == len(names)
    assert (found["facets"], found["search_facets"]) == ({}, {})


def test_search_gives_datasets_as_they_are_shown(client):
    [package] = _ask(client, "package_search", q="ตลาด")["results"]
    assert package == _ask(client, "package_show", id=package["name"])


@pytest.mark.parametrize(
    ("sort", "names"),
    [("name asc", NAMES), ("name desc", NAMES[::-1]), ("title asc", NAMES),
     ("title_string desc", NAMES[::-1]), ("metadata_modified asc", NAMES[::-1]),
     ("score desc, metadata_modified desc", NAMES), ("score desc, name desc", NAMES[::-1]),
     ("nothing asc, name desc", NAMES[::-1])],
)  # fmt: skip
def test_search_is_sorted_as_asked(client, sort, names):
    found = _ask(client, "package_search", sort=sort)
    assert [package["name"] for package in found["results"]] == names
    assert found["sort"] == sort


def test_search_is_paged_and_counts_all(client):
    found = _ask(client, "package_search", rows=1, start=1, sort="name asc")
    assert (found["count"], [p["name"] for p in found["results"]]) == (2, NAMES[1:])
    assert _ask(client, "package_search", rows=0) | {"sort": ""} == {
        "count": 2, "facets": {}, "results": [], "search_facets": {}, "sort": "",
    }  # fmt: skip
    assert _ask(client, "package_search", start=99)["results"] == []
    assert len(_ask(client, "package_search", rows=999999)["results"]) == 2


def test_a_filter_that_is_not_known_is_refused_rather_than_ignored(client):
    status, error = _error(client, "package_search", fq="organization:opdc")
    assert (status, error["__type"]) == (400, "Search Query Error")


# ---- organisations, groups, keywords, licences


def test_offices_are_organisations(client):
    assert _ask(client, "organization_list") == ["si_sawat"]
    [short] = _ask(client, "organization_list", all_fields="true")
    assert (short["package_count"], short["is_organization"]) == (2, True)
    shown = _ask(client, "organization_show", id="si_sawat")
    assert shown["title"] == "สำนักงานจังหวัดศรีสวัสดิ์ (สมมติ)"
    assert "packages" not in shown
    assert _ask(client, "organization_show", id=short["id"]) == shown
    whole = _ask(client, "organization_show", id="si_sawat", include_datasets="true")
    assert [package["name"] for package in whole["packages"]] == NAMES
    assert _error(client, "organization_show", id="opdc")[0] == 404
    package = _ask(client, "package_show", id=NAMES[0])
    assert package["organization"].items() <= shown.items()


def test_themes_are_groups(client):
    assert sorted(_ask(client, "group_list")) == ["economy", "regions"]
    assert _ask(client, "group_list", sort="name desc") == ["regions", "economy"]
    shown = _ask(client, "group_show", id="economy", include_datasets="true")
    assert (shown["title"], shown["package_count"]) == ("เศรษฐกิจและการเงิน", 1)
    assert [package["name"] for package in shown["packages"]] == ["si_sawat--markets"]
    assert _ask(client, "group_package_show", id=shown["id"]) == shown["packages"]
    assert _error(client, "group_show", id="health")[0] == 404
    assert _error(client, "group_list", sort="colour")[1]["sort"]


def test_keywords_are_tags(client):
    assert _ask(client, "tag_list") == ["ตลาด", "สถานที่", "เศรษฐกิจชุมชน", "แผนที่"]
    assert _ask(client, "tag_list", query="ที่") == ["สถานที่", "แผนที่"]
    [tag] = _ask(client, "tag_list", query="ตลาด", all_fields=True)
    assert tag["display_name"] == "ตลาด"


def test_licences_are_listed_once_for_each_id(client):
    found = {licence["id"]: licence for licence in _ask(client, "license_list")}
    assert len(found) == len(_ask(client, "license_list"))
    assert found["cc-by"]["url"] == "https://creativecommons.org/licenses/by/4.0/"
    assert found["cc-by"]["od_conformance"] == "approved"
    assert found["notspecified"]["od_conformance"] == "not reviewed"
    for name in NAMES:
        assert _ask(client, "package_show", id=name)["license_id"] in found


# ---- how actions are called


@pytest.mark.parametrize("path", ["/api/3/action/package_show", "/api/action/package_show"])
@pytest.mark.parametrize(
    "sent",
    [
        {"json": {"id": NAMES[0]}},
        {"data": {"id": NAMES[0]}},
        {"files": {"id": (None, NAMES[0])}},
        {"params": {"id": NAMES[0]}},
        {"content": f'{{"id": "{NAMES[0]}"}}'},
        {"params": {"id": "other"}, "json": {"id": NAMES[0], "unknown": [1]}},
    ],
)
def test_parameters_come_in_any_way(client, path, sent):
    answer = client.post(path, **sent)
    assert answer.json()["result"]["name"] == NAMES[0]
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    "sent",
    [{"content": "{bad"}, {"json": ["x"]}, {"json": "x"}, {"content": b"\xff\xfe"},
     {"content": "[" * 100_000}, {"content": b"1" * 2_000_000},
     {"data": {str(n): "x" for n in range(101)}},
     {"files": {"id": ("name.txt", b"x")}}],
)  # fmt: skip
def test_what_is_no_call_is_told_so(client, sent):
    answer = client.post("/api/3/action/package_list", **sent)
    assert answer.status_code == 400
    assert answer.json().startswith("Bad request: ")


def test_an_action_that_is_not_there_is_told_so(client):
    answer = client.get("/api/3/action/package_destroy")
    assert answer.status_code == 400
    assert answer.json() == "Bad request: Action name not known: package_destroy"


@pytest.mark.parametrize(
    ("action", "given", "field", "said"),
    [
        ("package_show", {}, "name_or_id", "Missing value"),
        ("resource_show", {}, "id", "Missing value"),
        ("organization_show", {}, "id", "Missing value"),
        ("package_list", {"limit": "x"}, "limit", "Invalid integer"),
        ("package_list", {"limit": -1}, "limit", "Must be a natural number"),
        ("package_search", {"start": "-1"}, "start", "Must be a natural number"),
        ("package_search", {"rows": "1.5"}, "rows", "Invalid integer"),
        ("help_show", {}, "name", "Missing value"),
    ],
)
def test_a_wrong_parameter_is_named(client, action, given, field, said):
    status, error = _error(client, action, **given)
    assert (status, error) == (409, {"__type": "Validation Error", field: [said]})


def test_a_dataset_that_is_not_public_is_not_found(client):
    for wanted in ("si_sawat--tax_shops", "nothing", "UPPER--x", "a" * 500, "' OR 1=1 --"):
        status, error = _error(client, "package_show", id=wanted)
        assert (status, error) == (404, {"__type": "Not Found Error", "message": "Not found"})


def test_help_tells_what_an_action_does(client):
    assert "by name or id" in _ask(client, "help_show", name="package_show")
    assert _error(client, "help_show", name="nothing")[0] == 404
    assert client.get("/api/3").json() == {"version": 3}


def test_a_page_from_elsewhere_may_ask(client):
    answer = client.options("/api/3/action/package_show")
    assert answer.status_code == 204
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert client.head("/api/3/action/package_list").status_code == 200
