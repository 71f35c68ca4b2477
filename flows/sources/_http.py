"""HTTP(S) sources, fetched with good manners.

TLS is verified, the User-Agent has a contact, every wait has an end, the body is bounded and
complete or refused. What was fetched before is asked for conditionally (RFC 9110 §13).
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit

from catalog import __version__
from catalog.problem import OutsideError, Problem, Rejected
from flows.sources import Pulled, Shelf
from flows.sources._evidence import CHUNK, keep, stored, too_large

if TYPE_CHECKING:
    import httpx

#: Seconds to wait for a connection, for the next bytes, and for the whole of a body.
CONNECT_SECONDS, READ_SECONDS, WHOLE_SECONDS = 15.0, 60.0, 3600.0
MAX_REDIRECTS = 5
#: Statuses after which the same request may pass later (RFC 9110 §15, RFC 6585 §4).
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})


def user_agent(contact: str = "") -> str:
    """How samdao names itself to servers, with whom to write to."""
    return f"samdao/{__version__} (+{contact})" if contact else f"samdao/{__version__}"


def fetch(url: str, shelf: Shelf, bound: int | None = None) -> Pulled:
    """Fetch an address into the evidence folder.

    Args:
        url: ``http`` or ``https``.
        shelf: ``known`` is asked for conditionally if its bytes are still there.
        bound: greatest size in bytes, where narrower than the shelf's.

    Raises:
        OutsideError: unreachable, refused, cut short, redirected too often or away from TLS;
            ``params`` has ``passing`` (may the same request pass later), ``status`` and
            ``retry_after`` where the server gave them.
        Rejected: over the bound.
    """
    known = _usable(url, shelf)
    with _translated(url), _client(shelf) as client:
        with client.stream("GET", url, headers=_conditions(known)) as response:
            if response.status_code == 304 and known:
                path = shelf.evidence / known.sha256
                return replace(known, path=path, retrieved_at=shelf.now())
            if response.status_code != 200:
                _refuse(url, response)
            path, sha256, size = keep(_body(url, response), shelf, url, bound)
        etag, modified = (response.headers.get(name) for name in ("etag", "last-modified"))
        return Pulled(path, sha256, size, url, shelf.now(), etag, modified)


def ask(url: str, shelf: Shelf, body: Mapping[str, object], bound: int) -> tuple[int, bytes]:
    """Ask an API: a JSON object to it, whatever it says back.

    Args:
        url: ``http`` or ``https``.
        shelf: gives the contact.
        body: what is asked.
        bound: greatest size of an answer, bytes.

    Returns:
        The status and the bytes of the answer; statuses after which the same may pass later
        (busy, broken down) are raised.

    Raises:
        OutsideError: as ``fetch``.
        Rejected: over the bound.
    """
    with (
        _translated(url),
        _client(shelf) as client,
        # A redirected POST would become a GET without its question.
        client.stream("POST", url, json=body, follow_redirects=False) as response,
    ):
        if response.is_redirect:
            raise _outside("source-redirect", url, passing=False)
        if response.status_code in _PASSING:
            _refuse(url, response)
        answer = bytearray()
        for chunk in _body(url, response):
            answer += chunk
            if len(answer) > bound:
                raise Rejected(too_large(url, bound))
        return response.status_code, bytes(answer)


def _client(shelf: Shelf) -> httpx.Client:
    import httpx

    # Identity: the bytes that are hashed are the file's, and Content-Length counts them.
    headers = {"User-Agent": user_agent(shelf.contact), "Accept-Encoding": "identity"}
    return httpx.Client(
        headers=headers,
        timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
        follow_redirects=True,
        max_redirects=MAX_REDIRECTS,
        event_hooks={"request": [_Downgrade()]},
    )


class _Downgrade:
    """Refuses a redirect that leaves TLS: what was promised to be verified would not be."""

    def __init__(self) -> None:
        self.secure = False

    def __call__(self, request: httpx.Request) -> None:
        if self.secure and request.url.scheme != "https":
            raise _outside("source-redirect", str(request.url), passing=False)
        self.secure = request.url.scheme == "https"


def _usable(url: str, shelf: Shelf) -> Pulled | None:
    known = shelf.known
    if not known or known.address != url or not (known.etag or known.last_modified):
        return None
    return known if stored(shelf, known.sha256, known.size) else None


def _conditions(known: Pulled | None) -> dict[str, str]:
    if known is None:
        return {}
    asked = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in asked.items() if value}


def _body(url: str, response: httpx.Response) -> Iterator[bytes]:
    import httpx

    end = time.monotonic() + WHOLE_SECONDS
    try:
        for chunk in response.iter_bytes(CHUNK):
            yield chunk
            if time.monotonic() > end:
                raise _outside("source-unreachable", url, reason="timeout", passing=True)
    except httpx.RemoteProtocolError as error:
        raise _outside("source-truncated", url, passing=True) from error
    length = response.headers.get("content-length", "")
    if length.isdigit() and int(length) != response.num_bytes_downloaded:
        raise _outside("source-truncated", url, passing=True)


def _refuse(url: str, response: httpx.Response) -> NoReturn:
    status = response.status_code
    params: dict[str, object] = {"status": status, "passing": status in _PASSING}
    if "retry-after" in response.headers:
        params["retry_after"] = response.headers["retry-after"]
    raise _outside("source-status", url, **params)


@contextmanager
def _translated(url: str) -> Iterator[None]:
    import httpx

    try:
        yield
    except httpx.TooManyRedirects as error:
        raise _outside("source-redirect", url, passing=False) from error
    except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
        raise _outside("source-redirect", url, passing=False) from error
    except httpx.HTTPError as error:
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            raise _outside("source-tls", url, passing=False) from error
        reason = str(error) or type(error).__name__
        raise _outside("source-unreachable", url, reason=reason, passing=True) from error


def _outside(code: str, url: str, **params: object) -> OutsideError:
    # A query may hold a key that somebody pasted: problems are shown and logged without it.
    shown = urlsplit(url)._replace(query="", fragment="").geturl()
    return OutsideError(Problem(code, place=shown, params=params))
