"""What people see when something is not there or fails; machines get JSON."""

from __future__ import annotations

import re

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse

from catalog.api import index_of
from catalog.release import Release
from catalog.web import speech
from catalog.web.finding import nearest
from catalog.web.rendering import LANGUAGES, bare_path, render

#: Addresses that programs ask; a browser that asks them says that it wants a page.
_FOR_MACHINES = ("/files/", "/id/")


class Withdrawn(HTTPException):
    """A version that was taken back: 410, with the reason and what there is instead.

    Args:
        release: the version.
        has_latest: whether another version is published now.
    """

    def __init__(self, release: Release, has_latest: bool) -> None:
        super().__init__(410)
        self.release = release
        self.has_latest = has_latest


def add_error_pages(app: FastAPI) -> None:
    """Answer errors of every room of the application."""

    @app.exception_handler(404)
    async def _missing(request: Request, error: HTTPException) -> Response:
        return _trouble(request, "not_found", 404, suggest=True)

    @app.exception_handler(410)
    async def _gone(request: Request, error: HTTPException) -> Response:
        return _trouble(request, "gone", 410, error if isinstance(error, Withdrawn) else None)

    @app.exception_handler(500)
    async def _failed(request: Request, error: Exception) -> Response:
        return _trouble(request, "trouble", 500)


def _trouble(
    request: Request, key: str, status: int, withdrawn: Withdrawn | None = None,
    suggest: bool = False,
) -> Response:  # fmt: skip
    if wants_json(request):
        said = {lang: speech.word(key, lang) for lang in LANGUAGES}
        return JSONResponse({"success": False, "error": said}, status_code=status)
    near = nearest(index_of(request).all_published(), _words(request)) if suggest else ()
    return render(request, "error.html", status, key=key, near=near, withdrawn=withdrawn)


def wants_json(request: Request) -> bool:
    """Whether a program asks: always under ``/api/``, for files and rows unless a page is wanted.

    Elsewhere a page is the answer, unless JSON is asked for and a page is not.
    """
    accepted = request.headers.get("accept", "")
    path = bare_path(request)
    if path.startswith("/api/"):
        return True
    if "text/html" in accepted:
        return False
    return path.startswith(_FOR_MACHINES) or "application/json" in accepted


def _words(request: Request) -> str:
    """What an address seems to ask for: the words of its last part that has letters."""
    parts = [part for part in bare_path(request).split("/") if re.search(r"[a-z]{3}", part)]
    asked = parts[2:3] if len(parts) > 2 and parts[0] in ("dataset", "files", "id") else parts[-1:]
    return re.sub(r"[^a-z0-9]+", " ", "".join(asked).lower()).strip()
