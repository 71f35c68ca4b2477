"""CKAN's Action API, read-only: ``/api/3/action/NAME`` and ``/api/action/NAME``, GET and POST.

Programs that speak to a CKAN site ask here. Unknown parameters are ignored, as CKAN does; errors
have CKAN's form (``success: false`` and ``error.__type``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from catalog import __version__
from catalog.api import base_of, index_of
from catalog.metadata import ckan
from catalog.names import DatasetId
from catalog.release import Described, Release

router = APIRouter()
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class ActionError(Exception):
    """An error in CKAN's form.

    Args:
        kind: ``error.__type``.
        status: HTTP status that CKAN answers with.
        message: what is wrong.
        fields: messages by field, for a validation error.
    """

    def __init__(
        self, kind: str, status: int, message: str, fields: Mapping[str, list[str]] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        body: dict[str, Any] = {"__type": kind}
        self.body = body | (dict(fields) if fields else {"message": message})


def _not_found() -> ActionError:
    return ActionError("Not Found Error", 404, "Not found")


def _required(name: str) -> ActionError:
    return ActionError("Validation Error", 409, "missing", {name: ["Missing value"]})


def package_list(request: Request, given: Mapping[str, Any]) -> list[str]:
    """Names of all published datasets (``limit``, ``offset``)."""
    names = sorted(id.ckan_name for id in index_of(request).published_ids())
    start = _whole(given, "offset", 0)
    limit = _whole(given, "limit", len(names))
    return names[start : start + limit]


def package_show(request: Request, given: Mapping[str, Any]) -> dict[str, Any]:
    """One dataset, by name or id."""
    wanted = given.get("id") or given.get("name_or_id")
    if not wanted:
        raise _required("id")
    release = _find(request, str(wanted))
    if release is None:
        raise _not_found()
    return ckan.build(live(request, release))


def status_show(request: Request, given: Mapping[str, Any]) -> dict[str, Any]:
    """What answers here; extensions as GD Catalog's software names them."""
    return {
        "ckan_version": "2.10.7",
        "error_emails_to": None,
        "extensions": ["thai_gdc"],
        "locale_default": "th",
        "site_description": "",
        "site_title": "samdao",
        "site_url": base_of(request),
        "samdao_version": __version__,
        "thaigdc_catalog_type": "area_based",
    }


_ACTIONS: dict[str, Callable[[Request, Mapping[str, Any]], Any]] = {
    "package_list": package_list,
    "package_show": package_show,
    "status_show": status_show,
}


def live(request: Request, release: Release) -> Described:
    """A release as the live catalogue describes it."""
    return Described(
        spec=release.spec,
        facts=release.facts,
        base=base_of(request),
        version=release.version,
        issued=release.published_at or release.sealed_at,
        modified=release.published_at or release.sealed_at,
    )


def _find(request: Request, wanted: str) -> Release | None:
    index = index_of(request)
    try:
        return index.published(DatasetId.from_ckan_name(wanted))
    except ValueError:
        id = index.by_uuid(wanted)
        return index.published(id) if id else None


@router.api_route("/api/3/action/{name}", methods=["GET", "POST"], include_in_schema=False)
@router.api_route("/api/action/{name}", methods=["GET", "POST"], include_in_schema=False)
async def action(request: Request, name: str) -> JSONResponse:
    """Answer one action."""
    from starlette.concurrency import run_in_threadpool

    help_url = f"{base_of(request)}/api/3/action/help_show?name={name}"
    try:
        if name not in _ACTIONS:
            message = f"Action name not known: {name}"
            return JSONResponse(f"Bad request - {message}", status_code=400)
        result = await run_in_threadpool(_ACTIONS[name], request, await _given(request))
    except ActionError as error:
        body = {"help": help_url, "success": False, "error": error.body}
        return JSONResponse(body, status_code=error.status)
    return JSONResponse({"help": help_url, "success": True, "result": result})


async def _given(request: Request) -> Mapping[str, Any]:
    """Parameters of the query, and of the body: JSON or a form."""
    given: dict[str, Any] = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0]
    if request.method != "POST":
        return given
    if kind in _FORMS:
        return given | dict(await request.form())
    raw = await request.body()
    if not raw:
        return given
    import json

    try:
        body = json.loads(raw)
    except ValueError as error:
        raise ActionError("Bad request", 400, f"JSON Error: {error}") from error
    if not isinstance(body, dict):
        raise ActionError("Bad request", 400, "Request data JSON decoded to no object")
    return given | body


def _whole(given: Mapping[str, Any], name: str, default: int) -> int:
    try:
        value = int(given.get(name, default))
    except (TypeError, ValueError) as error:
        fields = {name: ["Invalid integer"]}
        raise ActionError("Validation Error", 409, "invalid", fields) from error
    if value < 0:
        raise ActionError("Validation Error", 409, "invalid", {name: ["Must be a natural number"]})
    return value
