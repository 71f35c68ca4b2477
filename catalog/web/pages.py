"""Pages for people, in Thai at their own address and in English under ``/en``.

Every page works without scripts. What a page shows is worked out in ``catalog.web.view``; the
templates only place it.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar

import jinja2
import pyarrow as pa
from fastapi import APIRouter, FastAPI, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from catalog import search
from catalog.api import base_of, index_of, store_of
from catalog.names import DatasetId
from catalog.release import Release, State
from catalog.vocabulary import term
from catalog.web import speech
from catalog.web.assets import style_mark
from catalog.web.maps import draw
from catalog.web.view import PAGE_ROWS, Row, dataset_view, open_table, preview

router = APIRouter(include_in_schema=False)
_LANGUAGES = ("th", "en")
View = TypeVar("View", bound=Callable[..., Response])


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )


def render(request: Request, template: str, status: int = 200, **shown: Any) -> HTMLResponse:
    """A page in the language of its address."""
    lang = language(request)
    path = request.url.path
    bare = path.removeprefix("/en") or "/" if lang == "en" else path
    query = f"?{request.url.query}" if request.url.query else ""
    prefix = "/en" if lang == "en" else ""
    html = (
        _templates()
        .get_template(template)
        .render(
            lang=lang,
            t=partial(speech.word, lang=lang),
            day=partial(speech.day, lang=lang),
            size=partial(speech.size, lang=lang),
            number=speech.number,
            clip=speech.clip,
            term=term,
            to=lambda target: prefix + target,
            other_path=("" if lang == "en" else "/en") + bare + query,
            other_lang="th" if lang == "en" else "en",
            here=base_of(request) + path,
            base=base_of(request),
            style=f"/static/site.css?{style_mark()}",
            **shown,
        )
    )
    return HTMLResponse(html, status_code=status, headers={"Content-Language": lang})


def language(request: Request) -> str:
    """``en`` under ``/en``, else ``th``."""
    path = request.url.path
    return "en" if path == "/en" or path.startswith("/en/") else "th"


def _page(path: str) -> Callable[[View], View]:
    """Route a page at its address and, in English, under ``/en``."""

    def register(function: View) -> View:
        for prefix in ("", "/en"):
            router.get(prefix + path)(function)
        return function

    return register


@_page("/")
def home(request: Request, q: str = "", office: str = "", theme: str = "") -> HTMLResponse:
    """Search, and all datasets by office and theme."""
    everything = list(index_of(request).all_published())
    shown = _matching(request, everything, q.strip(), office, theme)
    lang = language(request)
    collate = speech.collation()
    offices = {release.id.office: release.spec.office for release in everything}
    return render(
        request,
        "home.html",
        query=q.strip(),
        office=office,
        theme=theme,
        datasets=shown,
        total=len(everything),
        offices=sorted(offices.values(), key=lambda o: collate(o.name.words(lang))),
        by_office=Counter(release.id.office for release in everything),
        themes=sorted(
            Counter(release.spec.theme for release in everything).items(),
            key=lambda item: collate(term("themes", item[0]).words(lang)),
        ),
        filtered=bool(q.strip() or office or theme),
    )


def _matching(
    request: Request, everything: Sequence[Release], query: str, office: str, theme: str
) -> Sequence[Release]:
    """Releases that a search finds, best first; all of them by title where nothing is asked."""
    kept = [
        release
        for release in everything
        if office in ("", release.id.office) and theme in ("", release.spec.theme)
    ]
    if not query:
        collate, lang = speech.collation(), language(request)
        return sorted(kept, key=lambda release: collate(release.spec.title.words(lang)))
    with index_of(request).database.read() as connection:
        found = search.find(connection, query)
    by_id = {release.id: release for release in kept}
    return [by_id[id] for id in found if id in by_id]


@_page("/dataset/{office}/{dataset}")
def dataset(request: Request, office: str, dataset: str) -> HTMLResponse:
    """The published release of a dataset."""
    return _dataset_page(request, _release(request, office, dataset))


@_page("/dataset/{office}/{dataset}/v/{version}")
def dataset_version(request: Request, office: str, dataset: str, version: str) -> HTMLResponse:
    """One version (or edition) of a dataset."""
    return _dataset_page(request, _release(request, office, dataset, version))


def _dataset_page(request: Request, release: Release) -> HTMLResponse:
    with tempfile.TemporaryDirectory(prefix="samdao-") as scratch:
        view = dataset_view(
            release, index_of(request), store_of(request), language(request), Path(scratch)
        )
    return render(request, "dataset.html", view=view, release=release, spec=release.spec)


@_page("/dataset/{office}/{dataset}/t/{table}")
def table(request: Request, office: str, dataset: str, table: str, page: int = 1) -> Response:
    """A whole table, page by page; machines are shown to the file they want."""
    release = _release(request, office, dataset)
    facts = _table_facts(release, table)
    if "text/turtle" in request.headers.get("accept", ""):
        return RedirectResponse(release.id.file_path("latest", f"{table}.ttl"), 303)
    pages = max(-(-facts.rows // PAGE_ROWS), 1)
    page = min(max(page, 1), pages)
    first = (page - 1) * PAGE_ROWS
    with tempfile.TemporaryDirectory(prefix="samdao-") as scratch:
        found = preview(
            release, open_table(release, table, store_of(request), Path(scratch)),
            language(request), first, PAGE_ROWS,
        )  # fmt: skip
    return render(
        request, "table.html", release=release, spec=release.spec, facts=facts, preview=found,
        page=page, pages=pages, first=first,
    )  # fmt: skip


@_page("/dataset/{office}/{dataset}/t/{table}/map.svg")
def map_picture(request: Request, office: str, dataset: str, table: str) -> Response:
    """The table's map as a picture; kept by edition, which the address names."""
    release = _release(request, office, dataset)
    facts = _table_facts(release, table)
    if not facts.box:
        raise HTTPException(404)
    etag = f'"{release.facts.edition}-map"'
    headers = {"ETag": etag, "Cache-Control": "public, max-age=86400"}
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    with tempfile.TemporaryDirectory(prefix="samdao-") as scratch:
        found = open_table(release, table, store_of(request), Path(scratch))
        picture = draw(found, release.spec.title.words(language(request)))
    return Response(picture, media_type="image/svg+xml", headers=headers)


def row_page(request: Request, release: Release, table: str, found: pa.Table, key: str) -> Response:
    """The page of one row."""
    facts = _table_facts(release, table)
    lang = language(request)
    record = found.to_pylist()[0]
    cells = [
        (field, speech.cell(record[field.name], field, lang)) for field in facts.table_schema.fields
    ]
    page = render(
        request, "row.html", release=release, spec=release.spec, facts=facts, cells=cells,
        row=Row([], f"/id/{release.id}/{table}/{key}"),
    )  # fmt: skip
    page.headers["Vary"] = "Accept"
    return page


@_page("/office/{office}")
def office_page(request: Request, office: str) -> Response:
    """An office: its datasets."""
    return RedirectResponse(f"{'/en' if language(request) == 'en' else ''}/?office={office}", 303)


def _release(request: Request, office: str, dataset: str, label: str = "latest") -> Release:
    try:
        release = index_of(request).release(DatasetId(office, dataset), label)
    except ValueError as error:
        raise HTTPException(404) from error
    if release is None or release.state not in (
        State.PUBLISHED, State.SUPERSEDED, State.WITHDRAWN,
    ):  # fmt: skip
        raise HTTPException(404)
    if release.state is State.WITHDRAWN:
        raise HTTPException(410)
    return release


def _table_facts(release: Release, table: str) -> Any:
    facts = next((facts for facts in release.facts.tables if facts.name == table), None)
    if facts is None:
        raise HTTPException(404)
    return facts


def add_error_pages(app: FastAPI) -> None:
    """What people see when something is not there or fails; machines get JSON."""

    @app.exception_handler(404)
    @app.exception_handler(410)
    async def _missing(request: Request, error: HTTPException) -> Response:
        return _trouble(request, "gone" if error.status_code == 410 else "not_found",
                        error.status_code)  # fmt: skip

    @app.exception_handler(500)
    async def _failed(request: Request, error: Exception) -> Response:
        return _trouble(request, "trouble", 500)


def _trouble(request: Request, key: str, status: int) -> Response:
    if request.url.path.startswith(("/api/", "/files/")):
        from fastapi.responses import JSONResponse

        said = {lang: speech.word(key, lang) for lang in _LANGUAGES}
        return JSONResponse({"success": False, "error": said}, status_code=status)
    return render(request, "error.html", status, key=key)
