"""Answers for machines: files, CKAN's Action API, linked data."""

from __future__ import annotations

from typing import cast

from fastapi import Request

from catalog.index import CatalogIndex
from catalog.settings import Settings
from catalog.store import Store


def index_of(request: Request) -> CatalogIndex:
    """The catalogue's index."""
    return cast("CatalogIndex", request.app.state.index)


def store_of(request: Request) -> Store:
    """Where files lie."""
    return cast("Store", request.app.state.store)


def base_of(request: Request) -> str:
    """The address that serves: as set, else as the client called it."""
    settings = cast("Settings", request.app.state.settings)
    return (settings.base_url or str(request.base_url)).rstrip("/")
