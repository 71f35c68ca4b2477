"""Pages for people, in Thai at their own address and in English under ``/en``.

Every page works without scripts. What a page shows is worked out in ``view``, ``grid``, ``record``
and ``finding``; the templates only place it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlencode

import pyarrow as pa
from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from catalog.api import index_of, store_of
from catalog.api.linked import find_row
from catalog.names import LATEST, DatasetId
from catalog.release import Release, State, TableFacts
from catalog.web.changes import before, table_changes
from catalog.web.downloads import downloads
from catalog.web.errors import Withdrawn, add_error_pages
from catalog.web.finding import find, wanted, whole
from catalog.web.grid import grid, open_table
from catalog.web.maps import draw
from catalog.web.outlines import find_outlines, has_areas, outlines
from catalog.web.paging import turn
from catalog.web.record import row_view
from catalog.web.rendering import answer, language, localised, render
from catalog.web.view import PUBLIC, dataset_view, table_path, table_title

__all__ = ["add_error_pages", "router", "row_page"]

router = APIRouter(include_in_schema=False)
View = TypeVar("View", bound=Callable[..., Response])
#: A picture's own styles, and nothing else (it knows dark and light by itself).
_PICTURE = "default-src 'none'; style-src 'unsafe-inline'"
_VERSIONED = "/dataset/{office}/{dataset}/v/{version}"
_TABLE = "/dataset/{office}/{dataset}/t/{table}"


def _page(*paths: str) -> Callable[[View], View]:
    """Route a page at its addresses and, in English, under ``/en``."""

    def register(function: View) -> View:
        for path in paths:
            for prefix in ("", "/en"):
                address = (prefix + path).removesuffix("/") or "/"
                router.api_route(address, methods=["GET", "HEAD"])(function)
        return function

    return register


@_page("/")
def home(
    request: Request, q: str = "", office: str = "", theme: str = "", page: str = "1"
) -> Response:
    """Search, and all datasets by office and theme."""
    index = index_of(request)
    everything = tuple(index.all_published())
    lang = language(request)
    found = find(index.database, everything, wanted(q, office, theme, page), lang)
    offices = {release.id.office: release.spec.office for release in everything}
    return render(
        request, "home.html", found=found, total=len(everything), offices=len(offices),
        office=offices.get(found.wanted.office),
    )  # fmt: skip


@_page("/dataset/{office}/{dataset}", _VERSIONED)
def dataset(request: Request, office: str, dataset: str, version: str = LATEST) -> Response:
    """The published release of a dataset, or one version (or edition) of it."""
    release = _release(request, office, dataset, version)
    with tempfile.TemporaryDirectory(prefix="samdao-") as scratch:
        view = dataset_view(
            release, index_of(request), store_of(request), language(request), Path(scratch),
            datetime.now(UTC),
        )  # fmt: skip
    return render(request, "dataset.html", view=view, release=release, spec=release.spec)


@_page("/dataset/{office}/{dataset}/changes", _VERSIONED + "/changes")
def changes(request: Request, office: str, dataset: str, version: str = LATEST) -> Response:
    """What changed in a release, with the first rows of it."""
    release = _release(request, office, dataset, version)
    earlier = before(release, index_of(request).releases(release.id))
    tables = table_changes(release, language(request))
    return render(request, "changes.html", release=release, spec=release.spec, tables=tables,
                  before=earlier)  # fmt: skip


@_page(_TABLE, _VERSIONED + "/t/{table}")
def table(
    request: Request, office: str, dataset: str, table: str, version: str = LATEST,
    page: str = "1", columns: str = "1",
) -> Response:  # fmt: skip
    """A whole table, page by page; machines are shown to the file they want."""
    release = _release(request, office, dataset, version)
    facts = _table_facts(release, table)
    if "text/turtle" in request.headers.get("accept", ""):
        return RedirectResponse(release.id.file_path(release.version, f"{table}.ttl"), 303)
    lang = language(request)
    with tempfile.TemporaryDirectory(prefix="samdao-") as scratch:
        opened = open_table(release, table, store_of(request), Path(scratch))
        pages = turn(opened, whole(page), whole(columns))
        shown = grid(release, opened, lang, pages.rows, pages.columns)
    return render(
        request, "table.html", release=release, spec=release.spec, facts=facts, grid=shown,
        pages=pages, name=table_title(release, facts, lang), files=downloads(release, table),
        path=table_path(release, table),
    )  # fmt: skip


@_page(_TABLE + "/columns", _VERSIONED + "/t/{table}/columns")
def columns(
    request: Request, office: str, dataset: str, table: str, version: str = LATEST
) -> Response:
    """What each column of a table means."""
    release = _release(request, office, dataset, version)
    facts = _table_facts(release, table)
    return render(
        request, "columns.html", release=release, spec=release.spec, facts=facts,
        name=table_title(release, facts, language(request)), path=table_path(release, table),
    )  # fmt: skip


@_page(_TABLE + "/map.svg", _VERSIONED + "/t/{table}/map.svg")
def map_picture(
    request: Request, office: str, dataset: str, table: str, version: str = LATEST
) -> Response:
    """The table's map as a picture; the address that pages use names the edition."""
    release = _release(request, office, dataset, version)
    facts = _table_facts(release, table)
    if not facts.box:
        raise HTTPException(404)
    index, store = index_of(request), store_of(request)
    with tempfile.TemporaryDirectory(prefix="samdao-") as scratch:
        under = None if has_areas(facts) else outlines(find_outlines(index), store, Path(scratch))
        opened = open_table(release, table, store, Path(scratch))
        drawn = draw(opened, release.spec.title.words(language(request)), under)
    headers = {"Cache-Control": "public, max-age=86400", "Content-Security-Policy": _PICTURE}
    return answer(request, drawn, "image/svg+xml", headers=headers)


@_page("/office/{office}")
def office_page(request: Request, office: str) -> Response:
    """An office: its datasets."""
    query = urlencode({"office": office})
    return RedirectResponse(localised(f"/?{query}", language(request)), 303)


@router.api_route("/en/id/{office}/{dataset}/{table}/{key:path}", methods=["GET", "HEAD"])
def row_in_english(request: Request, office: str, dataset: str, table: str, key: str) -> Response:
    """The English page of a row; its permanent address is the one without ``/en``."""
    raw = request.scope["raw_path"].decode().rsplit(f"/{table}/", 1)[-1]
    release, found = find_row(request, office, dataset, table, raw)
    return row_page(request, release, table, found, raw)


def row_page(request: Request, release: Release, table: str, found: pa.Table, key: str) -> Response:
    """The page of one row.

    Args:
        request: what was asked; its address says the language.
        release: the release that has the row.
        table: name of the table.
        found: the row, as a table of one row.
        key: the last part of its address, as it is written there.
    """
    facts = _table_facts(release, table)
    lang = language(request)
    view = row_view(release, facts, found.to_pylist()[0], key, lang, index_of(request))
    page = render(
        request, "row.html", release=release, spec=release.spec, facts=facts, row=view,
        name=table_title(release, facts, lang), path=table_path(release, table),
    )  # fmt: skip
    page.headers["Vary"] = "Accept, Accept-Encoding"
    return page


def _release(request: Request, office: str, dataset: str, version: str) -> Release:
    """The release that an address names.

    Raises:
        HTTPException: 404 for what does not exist or is not public.
        Withdrawn: for what was taken back.
    """
    index = index_of(request)
    try:
        id = DatasetId(office, dataset)
    except ValueError as error:
        raise HTTPException(404) from error
    release = index.release(id, version)
    if release is None and version == LATEST:
        public = (found for found in index.releases(id) if found.state is State.WITHDRAWN)
        release = next(public, None)
    if release is None or release.state not in PUBLIC:
        raise HTTPException(404)
    if release.state is State.WITHDRAWN:
        raise Withdrawn(release, index.published(id) is not None)
    return release


def _table_facts(release: Release, table: str) -> TableFacts:
    facts = next((facts for facts in release.facts.tables if facts.name == table), None)
    if facts is None:
        raise HTTPException(404)
    return facts
