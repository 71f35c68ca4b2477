from __future__ import annotations

import datetime as dt
import gzip
import ssl
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from catalog import __version__
from catalog.problem import OutsideError, Rejected
from flows.sources._file import FileOptions, pull

THAI = "จังหวัด,ประชากร\nนครพนม,717040\n".encode()


class Script:
    """What the server answers, path by path, and what it was asked."""

    def __init__(self):
        self.answers = {}
        self.asked = []
        self.base = ""


@pytest.fixture
def script(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    script = Script()
    server = serve(script)
    script.base = f"http://127.0.0.1:{server.server_port}"
    yield script
    server.shutdown()
    server.server_close()


def serve(script, context=None):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            script.asked.append((self.path, dict(self.headers)))
            script.answers[self.path](self)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
    return server


def answer(status=200, body=THAI, length=None, **headers):
    def send(handler):
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body) if length is None else length))
        handler.end_headers()
        handler.wfile.write(body)

    return send


def conditional(etag):
    def send(handler):
        if handler.headers.get("If-None-Match") == etag:
            handler.send_response(304)
            handler.end_headers()
        else:
            answer(ETag=etag, Last_Modified="Fri, 20 Nov 2026 05:00:00 GMT")(handler)

    return send


def outside(options, shelf):
    with pytest.raises(OutsideError) as caught:
        pull(options, shelf)
    (problem,) = caught.value.problems
    assert problem.words("th")
    return problem


def test_file_is_fetched_with_name_and_contact(script, shelf):
    script.answers["/a.csv"] = answer()

    found = pull(FileOptions(url=f"{script.base}/a.csv"), shelf(contact="it@example.go.th"))

    assert found.path.read_bytes() == THAI
    assert found.address == f"{script.base}/a.csv"
    asked = script.asked[0][1]
    assert asked["User-Agent"] == f"samdao/{__version__} (+it@example.go.th)"
    assert asked["Accept-Encoding"] == "identity"


def test_unchanged_file_is_not_sent_again(script, shelf):
    script.answers["/a.csv"] = conditional('"v1"')
    options = FileOptions(url=f"{script.base}/a.csv")
    first = pull(options, shelf())
    later = first.retrieved_at + dt.timedelta(days=1)

    again = pull(options, shelf(known=first, now=lambda: later))

    assert (first.etag, first.last_modified) == ('"v1"', "Fri, 20 Nov 2026 05:00:00 GMT")
    assert again == replace(first, retrieved_at=later)
    assert script.asked[1][1]["If-None-Match"] == '"v1"'
    assert script.asked[1][1]["If-Modified-Since"] == "Fri, 20 Nov 2026 05:00:00 GMT"


@pytest.mark.parametrize("lost", ["evidence", "address"])
def test_nothing_is_asked_conditionally_without_the_bytes_of_before(script, shelf, lost):
    script.answers["/a.csv"] = conditional('"v1"')
    options = FileOptions(url=f"{script.base}/a.csv")
    first = pull(options, shelf())
    if lost == "evidence":
        first.path.unlink()
    else:
        first = replace(first, address="https://example.org/other.csv")

    again = pull(options, shelf(known=first))

    assert "If-None-Match" not in script.asked[1][1]
    assert again.path.read_bytes() == THAI


@pytest.mark.parametrize(
    ("status", "passing"), [(404, False), (403, False), (429, True), (500, True), (503, True)]
)
def test_status_tells_whether_trying_again_may_help(script, shelf, status, passing):
    script.answers["/a.csv"] = answer(status, b"", Retry_After="120")

    problem = outside(FileOptions(url=f"{script.base}/a.csv"), shelf())

    assert problem.code == "source-status"
    assert problem.params == {"status": status, "passing": passing, "retry_after": "120"}


def test_problem_never_shows_the_query(script, shelf):
    script.answers["/a.csv?key=secret"] = answer(404, b"")

    problem = outside(FileOptions(url=f"{script.base}/a.csv?key=secret"), shelf())

    assert "secret" not in problem.words("th")


@pytest.mark.parametrize("status", [204, 206, 304])
def test_only_a_whole_file_will_do(script, shelf, status):
    script.answers["/a.csv"] = answer(status, b"")

    assert outside(FileOptions(url=f"{script.base}/a.csv"), shelf()).code == "source-status"


def test_body_shorter_than_said_is_refused_and_leaves_nothing(script, shelf):
    script.answers["/a.csv"] = answer(length=len(THAI) + 10)
    shelf = shelf()

    problem = outside(FileOptions(url=f"{script.base}/a.csv"), shelf)

    assert (problem.code, problem.params["passing"]) == ("source-truncated", True)
    assert [entry.name for entry in shelf.evidence.iterdir()] == [".parts"]
    assert not list((shelf.evidence / ".parts").iterdir())


def test_body_is_bounded_while_it_streams(script, shelf):
    def endless(handler):
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b"x" * 65536)
        except OSError:
            pass

    script.answers["/a.csv"] = endless
    shelf = shelf(max_bytes=300_000)

    with pytest.raises(Rejected) as caught:
        pull(FileOptions(url=f"{script.base}/a.csv"), shelf)

    assert caught.value.problems[0].code == "source-too-large"
    assert not list((shelf.evidence / ".parts").iterdir())


def test_packed_answer_is_bounded_unpacked(script, shelf):
    script.answers["/a.csv"] = answer(body=gzip.compress(bytes(1 << 20)), Content_Encoding="gzip")

    with pytest.raises(Rejected) as caught:
        pull(FileOptions(url=f"{script.base}/a.csv", max_bytes=100_000), shelf())

    assert caught.value.problems[0].code == "source-too-large"


def test_redirects_are_followed_to_the_file(script, shelf):
    script.answers["/old"] = answer(302, b"", Location="/a.csv")
    script.answers["/a.csv"] = answer()

    found = pull(FileOptions(url=f"{script.base}/old"), shelf())

    assert found.path.read_bytes() == THAI
    assert found.address == f"{script.base}/old"


@pytest.mark.parametrize("target", ["/loop", "file:///etc/passwd", "ftp://127.0.0.1/a.csv"])
def test_redirects_end_and_stay_on_the_web(script, shelf, target):
    script.answers["/loop"] = answer(302, b"", Location=target)

    problem = outside(FileOptions(url=f"{script.base}/loop"), shelf())

    assert (problem.code, problem.params["passing"]) == ("source-redirect", False)
    assert len(script.asked) <= 6


def test_server_that_is_down_may_come_back(script, shelf):
    base = script.base.rsplit(":", 1)[0]

    problem = outside(FileOptions(url=f"{base}:1/a.csv"), shelf())

    assert (problem.code, problem.params["passing"]) == ("source-unreachable", True)


@pytest.fixture
def certificate(tmp_path):
    """A certificate for 127.0.0.1 that no authority signed, and its server's context."""
    x509 = pytest.importorskip("cryptography.x509")
    import ipaddress

    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "server.pem"
    pem.write_bytes(
        signed.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return pem, context


def test_certificate_of_nobody_is_refused(script, shelf, certificate):
    _, context = certificate
    script.answers["/a.csv"] = answer()
    server = serve(script, context)

    problem = outside(FileOptions(url=f"https://127.0.0.1:{server.server_port}/a.csv"), shelf())
    server.shutdown()
    server.server_close()

    assert (problem.code, problem.params["passing"]) == ("source-tls", False)
    assert script.asked == []


def test_redirect_away_from_tls_is_refused(script, shelf, certificate, monkeypatch):
    pem, context = certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    script.answers["/a.csv"] = answer()
    script.answers["/old"] = answer(302, b"", Location=f"{script.base}/a.csv")
    server = serve(script, context)
    base = f"https://127.0.0.1:{server.server_port}"

    found = pull(FileOptions(url=f"{base}/a.csv"), shelf())
    problem = outside(FileOptions(url=f"{base}/old"), shelf())
    server.shutdown()
    server.server_close()

    assert found.path.read_bytes() == THAI
    assert problem.code == "source-redirect"
