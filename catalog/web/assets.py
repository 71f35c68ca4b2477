"""Style sheet, fonts: our own from the package, others' from what set-up installed.

Fonts come from pinned packages (``package-lock.json``), never from a copy here or from elsewhere at
run time. Where set-up has not brought them, pages use the reader's own Thai fonts.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.responses import Response
from starlette.types import Scope

_STATIC = Path(__file__).parent / "static"
_YEAR = "public, max-age=31536000, immutable"


class _Kept(StaticFiles):
    """Files that browsers may keep: their addresses change with their content or version."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = _YEAR
        return response


def mount_assets(app: FastAPI, root: Path) -> None:
    """Serve ``/static`` and, where they were installed, ``/fonts``.

    Args:
        app: the application.
        root: the folder that has ``node_modules``.
    """
    app.mount("/static", _Kept(directory=_STATIC), name="static")
    fonts = root / "node_modules" / "@fontsource"
    if fonts.is_dir():
        app.mount("/fonts", _Kept(directory=fonts), name="fonts")


@cache
def style_mark() -> str:
    """Part of the style sheet's address that changes with its content."""
    return hashlib.sha256((_STATIC / "site.css").read_bytes()).hexdigest()[:10]
