"""Files: the bytes that were sealed, by version, edition or latest, whole or in part."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from catalog.settings import Settings
from catalog.web.app import create_app

from .conftest import BASE, MARKETS, PLACES, SHOPS

LATEST = "/files/si_sawat/markets/latest/markets.csv"
OLD = "/files/si_sawat/markets/2026-11-20.1/markets.csv"
NEW = "/files/si_sawat/markets/2026-11-21.1/markets.csv"


@pytest.fixture(scope="module", params=["folder", "elsewhere"])
def any_store(request, catalogue, client) -> TestClient:
    """The catalogue over a local folder, and over the same files through fsspec."""
    if request.param == "folder":
        return client
    url = (catalogue.settings.home / "store").as_uri()
    settings = Settings(**(catalogue.settings.model_dump() | {"store": url}))
    return TestClient(create_app(settings), base_url=BASE)


def test_a_file_is_served_as_sealed_with_its_hash_and_type(any_store, catalogue):
    answer = any_store.get(LATEST)
    sealed = catalogue.index.published(MARKETS).facts.file("markets.csv")
    assert hashlib.sha256(answer.content).hexdigest() == sealed.sha256
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-length"] == str(sealed.size)
    digest = b64encode(hashlib.sha256(answer.content).digest()).decode()
    assert answer.headers["repr-digest"] == f"sha-256=:{digest}:"
    assert "ตลาดใหม่" in answer.text
    assert answer.headers["accept-ranges"] == "bytes"


def test_latest_is_asked_for_anew_and_a_version_is_kept(any_store):
    latest, version = any_store.get(LATEST), any_store.get(NEW)
    assert latest.content == version.content
    assert latest.headers["cache-control"] == "no-cache"
    assert latest.headers["content-location"] == NEW
    assert version.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert latest.headers["x-samdao-version"] == "2026-11-21.1"


def test_an_old_version_stays_and_its_edition_names_it_too(client, catalogue):
    old = client.get(OLD)
    assert old.status_code == 200
    assert "ตลาดใหม่" not in old.text
    first = catalogue.index.release(MARKETS, "2026-11-20.1")
    by_edition = client.get(f"/files/si_sawat/markets/{first.facts.edition}/markets.csv")
    assert by_edition.content == old.content
    assert "immutable" in by_edition.headers["cache-control"]


def test_the_manifest_is_what_was_signed(client, catalogue):
    answer = client.get("/files/si_sawat/markets/latest/manifest.json")
    signed = catalogue.index.published(MARKETS).manifest_sha256
    assert hashlib.sha256(answer.content).hexdigest() == signed
    assert answer.headers["content-type"] == "application/json"


def test_every_file_of_a_release_is_had(client, catalogue):
    for id in (MARKETS, PLACES):
        release = catalogue.index.published(id)
        for file in release.facts.files:
            answer = client.get(id.file_path("latest", file.name))
            assert hashlib.sha256(answer.content).hexdigest() == file.sha256, file.name
            served = answer.headers["content-type"]
            assert served.partition(";")[0] == file.media_type
            assert served.endswith("charset=utf-8") == file.media_type.startswith("text/")


@pytest.mark.parametrize("known", ["{}", "W/{}", '"other", {}', "*"])
def test_what_the_client_has_is_not_sent_again(any_store, known):
    etag = any_store.head(LATEST).headers["etag"]
    answer = any_store.get(LATEST, headers={"If-None-Match": known.format(etag)})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == etag
    assert any_store.get(LATEST, headers={"If-None-Match": '"other"'}).status_code == 200


def test_dates_count_where_no_hash_is_given(client):
    date = client.head(LATEST).headers["last-modified"]
    assert date == "Sat, 21 Nov 2026 02:00:00 GMT"
    assert client.get(LATEST, headers={"If-Modified-Since": date}).status_code == 304
    older = {"If-Modified-Since": "Fri, 20 Nov 2026 02:00:00 GMT"}
    assert client.get(LATEST, headers=older).status_code == 200
    stale = {"If-Modified-Since": date, "If-None-Match": '"other"'}
    assert client.get(LATEST, headers=stale).status_code == 200, "hashes go before dates"
    assert client.get(LATEST, headers={"If-Modified-Since": "เมื่อวาน".encode()}).status_code == 200


@pytest.mark.parametrize(
    ("asked", "part"),
    [("bytes=0-3", slice(0, 4)), ("bytes=10-", slice(10, None)), ("bytes=-5", slice(-5, None)),
     ("bytes=3-999999", slice(3, None)), ("bytes=-999999", slice(None))],
)  # fmt: skip
def test_a_part_of_a_file_is_that_part(any_store, asked, part):
    whole = any_store.get(LATEST).content
    answer = any_store.get(LATEST, headers={"Range": asked})
    assert (answer.status_code, answer.content) == (206, whole[part])
    start = whole.index(answer.content)
    said = f"bytes {start}-{start + len(answer.content) - 1}/{len(whole)}"
    assert answer.headers["content-range"] == said
    assert answer.headers["content-length"] == str(len(answer.content))


def test_a_part_beyond_the_end_is_refused(any_store):
    size = len(any_store.get(LATEST).content)
    answer = any_store.get(LATEST, headers={"Range": f"bytes={size}-"})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{size}"


def test_a_part_of_what_has_changed_since_is_the_whole(any_store):
    etag = any_store.head(LATEST).headers["etag"]
    same = any_store.get(LATEST, headers={"Range": "bytes=0-3", "If-Range": etag})
    other = any_store.get(LATEST, headers={"Range": "bytes=0-3", "If-Range": '"other"'})
    assert (same.status_code, other.status_code) == (206, 200)
    assert len(other.content) > 4


def test_head_tells_all_but_the_bytes(any_store):
    head, get = any_store.head(LATEST), any_store.get(LATEST)
    assert head.content == b""
    told = ("content-length", "content-type", "etag", "last-modified", "repr-digest")
    assert [head.headers[name] for name in told] == [get.headers[name] for name in told]


def test_pages_from_elsewhere_may_read(client):
    answer = client.get(LATEST, headers={"Origin": "https://elsewhere.example"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "Content-Range" in answer.headers["access-control-expose-headers"]
    asked = client.options(LATEST, headers={"Access-Control-Request-Method": "GET"})
    assert asked.status_code == 204
    assert "Range" in asked.headers["access-control-allow-headers"]


def test_a_csv_names_its_metadata_and_its_licence(client):
    links = client.get(LATEST).headers["link"]
    assert '</files/si_sawat/markets/latest/csv-metadata.json>; rel="describedby"' in links
    assert '<https://creativecommons.org/licenses/by/4.0/>; rel="license"' in links
    assert (
        'rel="license"' not in client.get(PLACES.file_path("latest", "places.csv")).headers["link"]
    )


@pytest.mark.parametrize(
    "path",
    [
        "/files/si_sawat/markets/latest/nothing.csv",
        "/files/si_sawat/markets/2026-11-22.1/markets.csv",
        "/files/si_sawat/markets/000000000000/markets.csv",
        "/files/si_sawat/nothing/latest/markets.csv",
        "/files/si_sawat/tax_shops/latest/shops.csv",
        "/files/si_sawat/tax_shops/2026-11-21.1/shops.csv",
        "/files/si_sawat/markets/latest/..%2F..%2F..%2F..%2Fcatalog.db",
        "/files/si_sawat/markets/latest/%2e%2e/manifest.json",
        "/files/..%2f..%2f/markets/latest/markets.csv",
        "/files/si_sawat/markets/../latest/catalog.db",
        "/files/si_sawat/markets/latest/markets.csv%00",
        "/files/SI_SAWAT/markets/latest/markets.csv",
        "/files/si_sawat/markets/latest/ตลาด.csv",
    ],
)
def test_what_is_not_public_is_not_there(any_store, path):
    answer = any_store.get(path)
    assert answer.status_code == 404
    assert b"SQLite" not in answer.content


def test_a_release_that_waits_for_approval_exists_but_not_for_the_public(catalogue):
    assert catalogue.index.newest(SHOPS).version is not None
    assert catalogue.index.published(SHOPS) is None


def test_what_was_withdrawn_is_gone(client, catalogue, monkeypatch):
    from catalog.index import CatalogIndex
    from catalog.release import State

    release = replace(catalogue.index.published(MARKETS), state=State.WITHDRAWN)
    monkeypatch.setattr(CatalogIndex, "published", lambda *_: None)
    monkeypatch.setattr(CatalogIndex, "newest", lambda *_: release)
    assert client.get(LATEST).status_code == 410
    monkeypatch.setattr(CatalogIndex, "release", lambda *_: release)
    assert client.get(NEW).status_code == 410
