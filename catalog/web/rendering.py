"""A page as an answer: template, language, address, and how long a browser may keep it."""

from __future__ import annotations

import gzip
import hashlib
from functools import cache, partial
from pathlib import Path
from typing import Any

import jinja2
from fastapi import Request, Response

from catalog.api import base_of
from catalog.vocabulary import term
from catalog.web import speech
from catalog.web.assets import style_mark
from catalog.web.cells import unit_of

LANGUAGES = ("th", "en")
#: Smaller answers are not worth the work of compressing.
_WORTH = 1_000


@cache
def templates() -> jinja2.Environment:
    """The templates; everything put into them is escaped, a name they do not know is an error."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )


def language(request: Request) -> str:
    """``en`` under ``/en``, else ``th``."""
    path = request.url.path
    return "en" if path == "/en" or path.startswith("/en/") else "th"


def localised(path: str, lang: str) -> str:
    """A page's address in a language: English ones stand under ``/en``."""
    if lang != "en":
        return path
    return f"/en{path.removeprefix('/')}" if path == "/" or path.startswith("/?") else f"/en{path}"


def bare_path(request: Request) -> str:
    """The address without its language, as the client wrote it (percent-encoded)."""
    path = str(request.url.path)
    raw = request.scope.get("raw_path")
    if raw:
        path = raw.decode("ascii", "replace").partition("?")[0]
    return (path.removeprefix("/en") or "/") if language(request) == "en" else path


def render(request: Request, template: str, status: int = 200, **shown: Any) -> Response:
    """A page in the language of its address.

    Args:
        request: what was asked.
        template: file in ``templates/``.
        status: HTTP status.
        shown: what the template places.
    """
    lang = language(request)
    other = "th" if lang == "en" else "en"
    path = bare_path(request)
    query = f"?{request.url.query}" if request.url.query else ""
    html = templates().get_template(template).render(
        lang=lang,
        t=partial(speech.word, lang=lang),
        said=partial(speech.said, lang=lang),
        day=partial(speech.day, lang=lang),
        period=partial(speech.period, lang=lang),
        size=partial(speech.size, lang=lang),
        number=speech.number,
        clip=speech.clip,
        term=term,
        unit_of=unit_of,
        to=partial(localised, lang=lang),
        other_lang=other,
        other_path=localised(path, other) + query,
        here=base_of(request) + localised(path, lang),
        base=base_of(request),
        style=f"/static/site.css?{style_mark()}",
        **shown,
    )  # fmt: skip
    headers = {"Content-Language": lang}
    return answer(request, html.encode(), "text/html; charset=utf-8", status, headers)


def answer(
    request: Request, body: bytes, media_type: str, status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    """Bytes with an ETag of their content, small on the wire.

    A browser asks each time whether what it has still holds (``no-cache``), so that nobody reads
    yesterday's page after a publication, and mostly hears 304 (RFC 9110 §13.1.2). The tag is weak:
    it is the same whether compressed or not.
    """
    etag = f'W/"{hashlib.sha256(body).hexdigest()[:24]}"'
    kept = {"ETag": etag, "Cache-Control": "public, no-cache", "Vary": "Accept-Encoding"}
    kept |= headers or {}
    asked = request.headers.get("if-none-match", "")
    if status == 200 and etag in {tag.strip() for tag in asked.split(",")}:
        return Response(status_code=304, headers=kept)
    if len(body) >= _WORTH and "gzip" in request.headers.get("accept-encoding", ""):
        body = gzip.compress(body, 6, mtime=0)
        kept["Content-Encoding"] = "gzip"
    return Response(body, status, kept, media_type)
