"""CKAN as a source: a small site on loopback that answers as CKAN does, and a real one."""

from __future__ import annotations

import hashlib
import json
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pydantic import ValidationError

from catalog.problem import DeclarationError, OutsideError, Rejected
from flows.sources import _ckan_api
from flows.sources import ckan as source

ID = "5a4dfd1a-4ee9-4a4e-9b9f-0f3f0f1d2c3b"
CSV = "จังหวัด,ประชากร\nนครพนม,717040\n".encode()
#: Records as PostgreSQL writes them into CKAN's answer: numbers with the digits that they have.
RECORDS = (
    '{"จังหวัด,ชื่อ":"นครพนม","ร้อยละ":1.10,"เลข":12345678901234567890,"ว่าง":null,"ย่อ":""}',
    '{"จังหวัด,ชื่อ":"เลย","ร้อยละ":0.5,"เลข":2,"ว่าง":null,"ย่อ":"ลย"}',
    '{"จังหวัด,ชื่อ":"น่าน","ร้อยละ":null,"เลข":3,"ว่าง":"x","ย่อ":"นน"}',
)
FIELDS = [{"id": "_id", "type": "int"}] + [
    {"id": name, "type": "text"} for name in ("จังหวัด,ชื่อ", "ร้อยละ", "เลข", "ว่าง", "ย่อ")
]


class Portal:
    """What the site holds, and what it was asked."""

    def __init__(self):
        self.asked = []
        self.files = {}
        self.resources = [{"id": ID, "name": "ประชากร", "datastore_active": True, "url": ""}]
        self.records = list(RECORDS)
        self.most = 32_000
        self.busy = 0
        self.moved = ""
        self.base = ""
        self.totals = None

    def act(self, action, asked):
        if action == "package_show" and asked["id"] == "population":
            return {"name": "population", "resources": self.resources}
        if action == "resource_show":
            found = [item for item in self.resources if item["id"] == asked["id"]]
            return found[0] if found else None
        if action == "datastore_search" and asked["resource_id"] == ID:
            return self.search(asked)
        return None

    def search(self, asked):
        first, count = asked.get("offset", 0), min(asked["limit"], self.most)
        total = self.totals.pop(0) if self.totals else len(self.records)
        page = self.records[first : first + count] if asked.get("sort") == "_id" else []
        said = {"resource_id": ID, "fields": FIELDS, "total": total, "limit": count}
        return json.dumps(said)[:-1] + ', "records": [' + ", \n ".join(page) + "]}"


@pytest.fixture
def portal(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setattr(_ckan_api, "_WAITS", (0.0, 0.0))
    portal = Portal()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            action = self.path.rpartition("/")[2]
            portal.asked.append((action, asked))
            if portal.moved:
                return self.say(301, b"", Location=portal.moved)
            if portal.busy:
                portal.busy -= 1
                return self.say(503, b"busy", Retry_After="0")
            result = portal.act(action, asked)
            if result is None:
                error = {"__type": "Not Found Error", "message": "ไม่พบ"}
                return self.say(404, json.dumps({"success": False, "error": error}).encode())
            text = result if isinstance(result, str) else json.dumps(result)
            return self.say(200, f'{{"help": "…", "success": true, "result": {text}}}'.encode())

        def do_GET(self):
            portal.asked.append(("GET", self.headers.get("If-None-Match")))
            content = portal.files.get(self.path)
            if content is None:
                return self.say(404, b"")
            tag = f'"{hashlib.md5(content).hexdigest()}"'
            if self.headers.get("If-None-Match") == tag:
                return self.say(304, b"", ETag=tag)
            return self.say(200, content, ETag=tag)

        def say(self, status, body, **headers):
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
    portal.base = f"http://127.0.0.1:{server.server_port}"
    yield portal
    server.shutdown()
    server.server_close()


@pytest.fixture
def taken(portal, shelf):
    """The table that a pull and a read of a declaration give."""

    def take(known=None, **said):
        options = source.Options(**({"site": portal.base, "dataset": "population"} | said))
        pulled = source.pull(options, shelf(known=known))
        return pulled, source.read(pulled, options)

    return take


def problem_of(kind, action):
    with pytest.raises(kind) as caught:
        action()
    return caught.value.problems[0]


@pytest.mark.parametrize("page", [1, 2, 3, 10_000])
def test_datastore_comes_page_by_page_as_the_database_has_it(
    taken, rows, portal, monkeypatch, page
):
    monkeypatch.setattr(_ckan_api, "PAGE", page)

    pulled, table = taken()

    assert table.columns == ("จังหวัด,ชื่อ", "ร้อยละ", "เลข", "ว่าง", "ย่อ")
    assert rows(table)[0] == {
        "_row": 1, "จังหวัด,ชื่อ": "นครพนม", "ร้อยละ": "1.10", "เลข": "12345678901234567890",
        "ว่าง": None, "ย่อ": "",
    }  # fmt: skip
    assert [row["จังหวัด,ชื่อ"] for row in rows(table)] == ["นครพนม", "เลย", "น่าน"]
    pages = [asked for action, asked in portal.asked if asked.get("sort")]
    assert [asked["offset"] for asked in pages] == list(range(0, 3, page))
    assert all("_id" not in asked["fields"] for asked in pages)
    assert pulled.address == f"{portal.base}/datastore/dump/{ID}"


def test_site_that_gives_shorter_pages_is_read_whole(taken, rows, portal):
    portal.most = 2

    assert len(rows(taken()[1])) == 3


def test_same_table_gives_the_same_evidence(taken, portal):
    first = taken()[0]
    assert taken()[0].sha256 == first.sha256
    portal.records[1] = portal.records[1].replace("0.5", "0.50")

    assert taken()[0].sha256 != first.sha256


def test_table_that_changes_meanwhile_is_asked_for_later(taken, portal):
    portal.totals = [3, 4]

    problem = problem_of(OutsideError, taken)

    assert (problem.code, problem.params["passing"]) == ("ckan-changing", True)


def test_empty_table_is_empty(taken, portal):
    portal.records = []

    assert problem_of(Rejected, taken).code == "source-empty"


def test_busy_site_is_asked_again_and_given_up_in_the_end(taken, rows, portal):
    portal.busy = 2
    assert len(rows(taken()[1])) == 3
    portal.busy = 99

    problem = problem_of(OutsideError, taken)

    assert (problem.code, problem.params["passing"]) == ("source-status", True)
    assert portal.busy == 96


def test_site_that_moved_is_told_to_be_declared_where_it_is(taken, portal):
    portal.moved = f"{portal.base}/elsewhere"

    assert problem_of(OutsideError, taken).code == "source-redirect"
    assert len(portal.asked) == 1


def test_pages_are_bounded_all_together(taken):
    assert problem_of(Rejected, lambda: taken(max_bytes=200)).code == "source-too-large"


# ---- files


@pytest.fixture
def file(portal):
    """A file of the resource, which has no table."""

    def put(content=CSV, path="/ข้อมูล.csv", **said):
        from urllib.parse import quote

        portal.files[quote(path)] = content
        portal.resources[0] |= {"datastore_active": False, "url": portal.base + quote(path), **said}

    return put


def test_file_is_read_as_its_ending_says(taken, rows, file):
    file()

    pulled, table = taken()

    assert pulled.path.read_bytes() == CSV
    assert rows(table) == [{"_row": 2, "จังหวัด": "นครพนม", "ประชากร": "717040"}]


def test_file_is_read_as_declared_though_there_is_a_table(taken, rows, file):
    file("หัวเรื่อง\nก;ข\n1;2\n".encode("cp874"), "/download/1", datastore_active=True)

    table = taken(reads={"kind": "csv", "encoding": "tis-620", "skip": 1, "delimiter": ";"})[1]

    assert rows(table) == [{"_row": 3, "ก": "1", "ข": "2"}]


def test_unchanged_file_is_not_sent_again(taken, file, portal):
    file()
    first = taken()[0]

    again = taken(known=first)[0]

    assert again == first
    assert portal.asked[-1] == ("GET", first.etag)


def test_file_whose_hash_is_known_is_not_even_asked_for(taken, file, portal):
    file(hash=hashlib.sha256(CSV).hexdigest())
    first = taken()[0]
    before = len(portal.asked)

    again = taken(known=first)[0]

    assert again == first
    assert [action for action, _ in portal.asked[before:]] == ["package_show"]


@pytest.mark.parametrize("method", ["md5", "sha1", "sha256"])
@pytest.mark.parametrize("prefix", [False, True])
def test_file_is_held_against_its_hash(taken, file, method, prefix):
    right = hashlib.new(method, CSV).hexdigest()
    file(hash=f"{method}:{right}" if prefix else right)
    assert taken()[0].path.read_bytes() == CSV
    file(hash=hashlib.new(method, b"old").hexdigest())

    problem = problem_of(OutsideError, taken)

    assert (problem.code, problem.params["passing"]) == ("ckan-hash", True)


@pytest.mark.parametrize("told", ["", "abc", "not a hash", None])
def test_what_is_no_hash_says_nothing(taken, file, told):
    file(hash=told)

    assert taken()[0].path.read_bytes() == CSV


def test_file_of_no_kind_asks_for_its_reader(taken, file):
    file(path="/download/7")

    problem = problem_of(Rejected, taken)

    assert (problem.code, problem.params["ending"]) == ("ckan-kind", "—")


@pytest.mark.parametrize(
    "url",
    ["", "ftp://example.org/a.csv", "file:///etc/passwd", "http://localhost:1/a.csv",
     "http://10.0.0.1/a.csv", "http://169.254.169.254/latest", "http://user:secret@h/a.csv"],
)  # fmt: skip
def test_address_that_a_portal_may_not_point_to_is_not_fetched(taken, file, portal, url):
    file()
    portal.resources[0]["url"] = url
    if not url:  # the site's own front page, which is no file
        problem = problem_of(OutsideError, taken)
        assert problem.code == "source-status"
        return

    problem = problem_of(OutsideError, taken)

    assert problem.code == "ckan-file-address"
    assert "secret" not in problem.words("th")


def test_web_page_in_the_place_of_a_file_is_refused(taken, file):
    file(b"<!doctype html><p>sign in")

    assert problem_of(Rejected, taken).code == "source-html"


# ---- which resource


def test_resource_is_found_by_name_by_id_and_by_itself(taken, portal):
    assert taken(resource="ประชากร")[0].size == taken(resource=ID)[0].size
    assert taken(dataset=None, resource=ID)[0].size > 0
    assert portal.asked[-3][0] == "resource_show"


def test_unknown_resource_is_refused_with_the_nearest(taken):
    problem = problem_of(DeclarationError, lambda: taken(resource="ประชากรร"))

    assert (problem.code, problem.params["nearest"]) == ("ckan-no-resource", "ประชากร")


def test_several_that_fit_are_listed(taken, portal):
    portal.resources.append({"id": str(uuid.uuid4()), "name": "ปี 2567", "url": ""})

    problem = problem_of(DeclarationError, taken)

    assert (problem.code, problem.params["known"]) == ("ckan-which", "ประชากร, ปี 2567")


def test_unknown_dataset_is_told_in_the_sites_words(taken):
    problem = problem_of(OutsideError, lambda: taken(dataset="nothing"))

    assert (problem.code, problem.params["reason"]) == ("ckan-refused", "ไม่พบ")
    assert not problem.params["passing"]


@pytest.mark.parametrize(
    "answer", ["<!doctype html>", "[]", "{}", '{"success": true}', '{"success": false}', "{" * 5000]
)
def test_site_that_is_no_ckan_is_told(taken, portal, monkeypatch, answer):
    monkeypatch.setattr(_ckan_api, "ask", lambda url, shelf, asked, bound: (200, answer.encode()))

    assert problem_of(OutsideError, taken).code == "ckan-no-api"


@pytest.mark.parametrize("records", ["7", '{"a": 1}', "[1", '"x"'])
def test_answers_of_another_shape_are_told(taken, portal, monkeypatch, records):
    monkeypatch.setattr(
        Portal,
        "search",
        lambda self, asked: (
            f'{{"fields": {json.dumps(FIELDS)}, "total": 1, "records": '
            + ("[]" if not asked["limit"] else records)
            + "}"
        ),
    )

    assert problem_of(OutsideError, taken).code == "ckan-no-api"


@pytest.mark.parametrize(
    "said",
    [
        {"site": "data.go.th", "dataset": "a"}, {"site": "https://u:p@data.go.th", "dataset": "a"},
        {"site": "https://data.go.th"}, {"site": "https://data.go.th", "resource": "ชื่อ"},
        {"site": "https://data.go.th", "dataset": "a/../b"},
        {"site": "https://data.go.th", "dataset": "a", "reads": {"kind": "cvs"}},
        {"site": "https://data.go.th", "dataset": "a", "reads": {"kind": "csv", "sheet": 1}},
        {"site": "https://data.go.th", "dataset": "a", "reads": {"kind": "csv", "path": "a"}},
        {"site": "https://data.go.th", "dataset": "a", "reads": {"kind": "sql", "table": "a"}},
    ],
)  # fmt: skip
def test_options_that_make_no_sense_are_refused(said):
    with pytest.raises(ValidationError):
        source.Options(**said)


# ---- a real site


@pytest.fixture(scope="module")
def published(ckan):
    """A resource of a real CKAN with a table of 25 rows, and one with a file."""
    from ckanapi import RemoteCKAN

    url, token = ckan
    name = f"samdao-source-{uuid.uuid4().hex[:8]}"
    with RemoteCKAN(url, apikey=token) as site:
        office = site.action.organization_create(name=f"{name}-office")
        said = {"name": name, "title": name, "owner_org": office["id"], "notes": "ทดสอบ"}
        dataset = site.action.package_create(**said, **_wanted(site))
        table = site.action.datastore_create(
            resource={"package_id": dataset["id"], "name": "ตาราง", "format": "CSV"},
            fields=[{"id": "รหัส", "type": "text"}, {"id": "เงิน", "type": "numeric"},
                    {"id": "วัน", "type": "timestamp"}],
            records=[{"รหัส": f"{n:03}", "เงิน": f"{n}.10", "วัน": "2024-02-29T00:00:00"}
                     for n in range(25)],
            force=True,
        )  # fmt: skip
        file = site.call_action(
            "resource_create",
            {"package_id": dataset["id"], "name": "ไฟล์", "format": "CSV"},
            files={"upload": ("ข้อมูล.csv", CSV)},
        )  # fmt: skip
        yield url, name, table["resource_id"], file["id"]
        site.action.dataset_purge(id=name)
        site.action.organization_purge(id=office["id"])


def _wanted(site):
    """What a site with the fields of GD Catalog asks for beside."""
    from ckanapi.errors import CKANAPIError

    try:
        site.action.scheming_dataset_schema_show(type="dataset")
    except CKANAPIError:
        return {}
    return {
        "data_type": "ข้อมูลสถิติ", "maintainer": "กอง", "maintainer_email": "a@example.go.th",
        "tag_string": "test", "objective": ["อื่นๆ"], "update_frequency_unit": "ปี",
        "update_frequency_interval": "1", "geo_coverage": "ไม่มี", "data_source": "กอง",
        "data_format": ["CSV"], "data_category": "ข้อมูลสาธารณะ", "license_id": "Open Data Common",
        "private": False, "allow_harvest": "False",
    }  # fmt: skip


@pytest.mark.ckan
def test_table_of_a_real_site_is_read_exactly(published, shelf, rows, monkeypatch):
    url, _, table, _ = published
    monkeypatch.setattr(_ckan_api, "PAGE", 10)
    options = source.Options(site=url, resource=table)

    found = rows(source.read(source.pull(options, shelf()), options))

    assert len(found) == 25
    assert found[7] == {"_row": 8, "รหัส": "007", "เงิน": "7.10", "วัน": "2024-02-29T00:00:00.000"}


@pytest.mark.ckan
def test_file_of_a_real_site_is_read_and_asked_for_conditionally(published, shelf, rows):
    url, name, _, _ = published
    options = source.Options(site=url, dataset=name, resource="ไฟล์", reads={"kind": "csv"})

    first = source.pull(options, shelf())
    again = source.pull(options, shelf(known=first))

    assert rows(source.read(first, options))[0]["จังหวัด"] == "นครพนม"
    assert again.sha256 == first.sha256


@pytest.mark.ckan
def test_real_site_tells_what_it_does_not_have(published, shelf):
    options = source.Options(site=published[0], dataset="no-such-dataset")

    assert problem_of(OutsideError, lambda: source.pull(options, shelf())).code == "ckan-refused"
