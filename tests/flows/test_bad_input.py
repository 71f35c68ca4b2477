"""Bad input through the command: words with a place and a next step, a code, no harm done."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import openpyxl
import pytest
from fastapi.testclient import TestClient

from catalog.settings import load_settings
from catalog.web.app import create_app

ID = "si_sawat/markets"
THAI = re.compile(r"[\u0e00-\u0e7f]")
HEAD = "รหัส,ชื่อตลาด,วันที่เปิด,จำนวนแผง\n"
ROWS = "ม01,ตลาดน้ำ,1 ม.ค. 2566,12\nม02,ตลาดเช้า,2 ม.ค. 2566,8\n"

pytestmark = pytest.mark.usefixtures("unattended")


@pytest.fixture
def published(samdao, tmp_path: Path) -> Callable[[], None]:
    """A first release is served; call it to assert that this same release still is."""
    assert samdao("publish", ID).exit_code == 0
    web = TestClient(create_app(load_settings()))
    file = f"/files/{ID}/latest/markets.csv"
    first = web.get(file)
    assert first.status_code == 200
    assert "ตลาดน้ำบ้านเหนือ" in first.text

    def stands() -> None:
        now = web.get(file)
        assert now.content == first.content
        assert now.headers["X-Samdao-Version"] == first.headers["X-Samdao-Version"]
        assert web.get(f"/dataset/{ID}").status_code == 200
        versions = [path.name for path in (tmp_path / "home" / "store" / ID).iterdir()]
        assert versions == [first.headers["X-Samdao-Version"]], "no trace of another release"
        work = tmp_path / "home" / "work"
        assert not [path for path in work.rglob("*") if path.is_file()], "the desk is cleared"

    return stands


@pytest.fixture
def refused(samdao, published):
    """``publish`` ends with a code, a problem and a place; the old release stands."""

    def check(code: int, problem: str, place: str, *words: str) -> None:
        result = samdao("publish", ID, lang="th")
        assert result.exit_code == code, result.output
        first, step = result.stderr.splitlines()[:2]
        assert first.startswith("✗ ")
        assert place in first
        assert [word for word in words if word not in result.stderr] == []
        assert step.startswith("  → ")
        assert THAI.search(step), "the next step is said in Thai"
        told = json.loads(samdao("publish", ID, "--json").stdout)
        told = told["problems"] if isinstance(told, dict) else told[0]["problems"]
        assert told[0]["code"] == problem
        assert told[0]["words"]["en"]["next"]
        published()

    return check


@pytest.fixture
def source(markets: Path) -> Path:
    return markets / "markets.csv"


def _declare(markets: Path, old: str, new: str) -> None:
    path = markets / "dataset.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


# ---- files


def test_a_source_that_is_missing(refused, source):
    source.rename(source.with_name("market.csv"))
    place = "si_sawat/markets › markets"
    refused(3, "source-missing", place, "markets.csv", "ชื่อที่ใกล้เคียง market.csv")


def test_a_source_that_was_cut_inside_a_quoted_cell(refused, source):
    source.write_text(HEAD + 'ม01,"ตลาดน้ำ,1 ม.ค. 2566,12\n', "utf-8")
    refused(1, "csv-quotes", "si_sawat/markets › markets › แถว 2", "ไม่เข้าคู่กัน")


def test_a_source_that_was_cut_inside_a_row(refused, source):
    source.write_text(HEAD + ROWS + "ม03,ตลาดริมท", "utf-8")
    refused(1, "missing-cell", "แถว 4", "มี 2 ช่อง", "4 ช่อง")


def test_a_web_page_instead_of_csv(refused, source):
    page = "<!DOCTYPE html>\n<html lang=th><title>เข้าสู่ระบบ</title><form>…</form></html>"
    source.write_text(page, "utf-8")
    refused(1, "source-html", "si_sawat/markets › markets", "หน้าเว็บ (HTML)", "เบราว์เซอร์")


def test_a_workbook_called_csv(refused, source):
    openpyxl.Workbook().save(source)
    refused(1, "source-wrong-kind", "si_sawat/markets › markets", "XLSX", "kind")


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\r\n \r\n"])
def test_an_empty_file(refused, source, content):
    source.write_bytes(content)
    refused(1, "source-empty", "si_sawat/markets › markets", "ว่างเปล่า")


def test_a_file_with_nothing_but_its_header(refused, source):
    source.write_text(HEAD, "utf-8")
    refused(1, "expect-rows", "si_sawat/markets › markets", "มี 0 แถว")


def test_an_empty_sheet(refused, markets):
    openpyxl.Workbook().save(markets / "markets.xlsx")
    _declare(markets, "kind: csv, path: markets.csv", "kind: xlsx, path: markets.xlsx")
    refused(1, "sheet-empty", "si_sawat/markets › markets", "แผ่นงาน «Sheet»")


def test_a_sheet_that_does_not_exist(refused, markets):
    book = openpyxl.Workbook()
    book.active.title = "ตลาด ปี 2566"
    book.active.append(HEAD.strip().split(","))
    book.save(markets / "markets.xlsx")
    declared = "kind: xlsx, path: markets.xlsx, sheet: ตลาด ปี 2567"
    _declare(markets, "kind: csv, path: markets.csv", declared)
    refused(1, "sheet-missing", "si_sawat/markets › markets", "ชื่อที่ใกล้เคียง ตลาด ปี 2566")


def test_bytes_that_are_in_no_encoding_of_thai(refused, source):
    source.write_bytes(HEAD.encode() + b"\xc1\xff\xfe01,\xb5\xc5\xd2\xb4,1,2\n")
    refused(1, "text-undecodable", "แถว 2", "บรรทัด 2", "encoding")


def test_an_encoding_that_is_declared_wrongly(refused, markets, source):
    source.write_text(HEAD + ROWS, "cp874")
    _declare(markets, "path: markets.csv", "path: markets.csv, encoding: utf-8")
    refused(1, "text-undecodable", "แถว 1", "ไม่ใช่ UTF-8", "encoding")


def test_two_encodings_in_one_file(refused, source):
    source.write_bytes((HEAD + ROWS).encode() + "ม03,ตลาดริมทาง,3 ม.ค. 2566,4\n".encode("cp874"))
    refused(1, "text-mixed", "แถว 4", "ทั้ง UTF-8 และ TIS-620 ปนกัน")


def test_a_column_that_nobody_declared(refused, source):
    source.write_text((HEAD + ROWS).replace("จำนวนแผง", "แผงลอย"), "utf-8")
    refused(1, "missing-label", "stalls", "จำนวนแผง", "แผงลอย")


# ---- declarations


def test_a_schema_that_does_not_exist(refused, markets):
    _declare(markets, "schema: markets", "schema: market")
    place = "si_sawat/markets/dataset.yaml:13 tables.markets.schema"
    refused(2, "schema-missing", place, "market.json", "ที่ใกล้เคียงคือ markets")


def test_a_schema_that_is_not_json(refused, province):
    (province / "schemas" / "markets.json").write_text('{"fields": [', "utf-8")
    refused(2, "schema-invalid", "markets.json")


def test_a_mistyped_key(refused, markets):
    _declare(markets, "licence:", "license:")
    place = "si_sawat/markets/dataset.yaml:9 license"
    refused(2, "key-unknown", place, "สะกดเป็น licence หรือไม่")


def test_yaml_that_cannot_be_read(refused, markets):
    _declare(markets, "objective: [public_service]", "objective: [public_service")
    refused(2, "declaration-not-yaml", "si_sawat/markets/dataset.yaml:7", "YAML")


def test_a_declaration_that_is_not_utf8(refused, markets):
    path = markets / "dataset.yaml"
    path.write_bytes(path.read_text("utf-8").encode("cp874", "replace"))
    refused(2, "declaration-not-utf8", "si_sawat/markets/dataset.yaml", "UTF-8")


def test_a_path_that_leaves_the_datasets_folder(refused, markets):
    _declare(markets, "path: markets.csv", "path: ../../../schemas/markets.json")
    place = "si_sawat/markets/dataset.yaml:14 tables.markets.source.path"
    refused(2, "value-invalid", place, "../../../schemas/markets.json")


def test_a_link_that_leaves_the_datasets_folder(refused, source, province):
    source.unlink()
    source.symlink_to(province / "schemas" / "markets.json")
    refused(2, "source-escapes", "si_sawat/markets › markets", "นอกโฟลเดอร์")


# ---- the world outside


class _Answers(BaseHTTPRequestHandler):
    """A server that answers as it is told, on the loopback alone."""

    def __init__(self, status: int, body: bytes, length: int, *given: object) -> None:
        self.status, self.body, self.length = status, body, length
        super().__init__(*given)

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.send_header("Content-Type", "text/csv")
        self.send_header("Content-Length", str(self.length))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *given: object) -> None:
        """Say nothing."""


@contextmanager
def _server(status: int, body: bytes, length: int | None = None) -> Iterator[str]:
    handler = partial(_Answers, status, body, len(body) if length is None else length)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/markets.csv"
    finally:
        server.shutdown()
        server.server_close()


def _from(markets: Path, url: str) -> None:
    _declare(markets, "path: markets.csv", f'url: "{url}"')


def test_a_host_that_refuses(refused, markets):
    with _server(200, b"") as url:
        pass  # nothing listens there now
    _from(markets, url)
    refused(3, "source-unreachable", "si_sawat/markets › markets", url, "ลองใหม่ภายหลัง")


def test_a_server_that_cannot_just_now(refused, markets):
    with _server(503, "งดบริการ".encode()) as url:
        _from(markets, url)
        refused(3, "source-status", "si_sawat/markets › markets", url, "รหัสตอบกลับ 503")


def test_a_server_that_stops_in_the_middle(refused, markets):
    body = (HEAD + ROWS).encode()
    with _server(200, body, len(body) + 40) as url:
        _from(markets, url)
        refused(3, "source-truncated", "si_sawat/markets › markets", url, "ขาดกลางทาง")


def test_a_sign_in_page_where_the_file_was(refused, markets):
    with _server(200, b"<html><body>please sign in</body></html>") as url:
        _from(markets, url)
        refused(1, "source-html", "si_sawat/markets › markets", "หน้าเข้าสู่ระบบ")


def test_more_bytes_than_allowed(refused, markets, monkeypatch):
    monkeypatch.setenv("SAMDAO_MAX_SOURCE_BYTES", "100")
    with _server(200, (HEAD + ROWS).encode()) as url:
        _from(markets, url)
        refused(1, "source-too-large", "si_sawat/markets › markets", url, "100 ไบต์")


def test_the_next_good_source_is_published_again(samdao, refused, source):
    """A refused run leaves nothing in the way of the next."""
    good = source.read_text("utf-8")
    source.write_bytes(b"")
    refused(1, "source-empty", "si_sawat/markets")
    source.write_text(good + "ม04,ตลาดใหม่,1 ม.ค. 2569,40\n", "utf-8")
    told = json.loads(samdao("publish", ID, "--json").stdout)[0]
    assert (told["kind"], told["changes"]["markets"]["added"]) == ("PUBLISHED", 1)
