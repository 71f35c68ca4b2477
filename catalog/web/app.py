"""The application: routes of the catalogue, each room with its own router."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import FastAPI, Request, Response

from catalog import __version__
from catalog.api import ckan, files, linked
from catalog.database import Database
from catalog.index import CatalogIndex
from catalog.settings import Settings, load_settings
from catalog.store import Store
from catalog.web import pages
from catalog.web.assets import mount_assets

#: What every answer carries. Scripts come from here alone; pages work without any.
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


def create_app(settings: Settings | None = None) -> FastAPI:
    """The catalogue as an ASGI application.

    Args:
        settings: from the environment if ``None``.
    """
    settings = settings or load_settings()
    app = FastAPI(title="samdao", version=__version__, docs_url=None, redoc_url=None)
    app.state.settings = settings
    app.state.index = CatalogIndex(Database(settings.database))
    app.state.store = Store(settings.store_url)
    app.include_router(files.router)
    app.include_router(ckan.router)
    app.include_router(linked.router)
    app.include_router(pages.router)
    mount_assets(app, Path(__file__).parents[2])
    pages.add_error_pages(app)

    @app.middleware("http")
    async def _guard(
        request: Request, answer: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        response = await answer(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    @app.get("/health", include_in_schema=False)
    def _health() -> dict[str, str]:
        return {"status": "ok", "version": __version__}

    return app
