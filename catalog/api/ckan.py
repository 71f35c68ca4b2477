"""CKAN's Action API, read-only: ``/api/3/action/NAME`` and ``/api/action/NAME``, GET and POST.

Programs that speak to a CKAN site ask here. Parameters come in the query, as a form or as JSON;
unknown ones are ignored, as CKAN does; errors have CKAN's form (``success: false`` with
``error.__type``), and what is no call at all gets a bare JSON text with status 400.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl, quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from catalog.api import base_of
from catalog.api._actions import ACTIONS
from catalog.api._given import ActionError

router = APIRouter(include_in_schema=False)
_FORM, _PARTS = "application/x-www-form-urlencoded", "multipart/form-data"
#: Parameters of a read-only API are short; more than this is no question.
_MOST_BYTES = 1 << 20
_ANYBODY = {"Access-Control-Allow-Origin": "*"}
_MAY = _ANYBODY | {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, X-CKAN-API-Key",
    "Access-Control-Max-Age": "86400",
}


class _NoCall(Exception):  # noqa: N818  (it is an answer)
    """What was sent is no call of an action."""


@router.get("/api/3")
@router.get("/api/3/")
def version() -> dict[str, int]:
    """The version of the API."""
    return {"version": 3}


@router.options("/api/3/action/{name}")
@router.options("/api/action/{name}")
def allowed(name: str) -> Response:
    """What a page from elsewhere may ask (CORS)."""
    return Response(status_code=204, headers=_MAY)


@router.api_route("/api/3/action/{name}", methods=["GET", "HEAD", "POST"])
@router.api_route("/api/action/{name}", methods=["GET", "HEAD", "POST"])
async def action(request: Request, name: str) -> JSONResponse:
    """Answer one action."""
    body = {"help": f"{base_of(request)}/api/3/action/help_show?name={quote(name)}"}
    try:
        if name not in ACTIONS:
            raise _NoCall(f"Action name not known: {name}")
        result = await run_in_threadpool(ACTIONS[name], request, await _given(request))
    except _NoCall as error:
        return JSONResponse(f"Bad request: {error}", 400, headers=_ANYBODY)
    except ActionError as error:
        failed = body | {"success": False, "error": error.body}
        return JSONResponse(failed, error.status, headers=_ANYBODY)
    return JSONResponse(body | {"success": True, "result": result}, headers=_ANYBODY)


async def _given(request: Request) -> Mapping[str, Any]:
    """Parameters of the query, and of the body where there is one."""
    given: dict[str, Any] = dict(request.query_params)
    if request.method != "POST":
        return given
    raw = await _body(request)
    if not raw:
        return given
    header = request.headers.get("content-type", "")
    kind = header.partition(";")[0].strip().lower()
    if kind == _PARTS:
        return given | _parts(raw, header)
    return given | (_form(raw) if kind == _FORM else _object(raw))


async def _body(request: Request) -> bytes:
    """What was sent, if it is not too long."""
    held = bytearray()
    async for chunk in request.stream():
        held += chunk
        if len(held) > _MOST_BYTES:
            raise _NoCall("Request data is too long")
    return bytes(held)


def _parts(raw: bytes, header: str) -> dict[str, Any]:
    """Fields of a form in parts (RFC 7578); files have no place in a question."""
    head = b"Content-Type: " + header.encode("ascii", "replace") + b"\r\n\r\n"
    form = BytesParser(policy=HTTP).parsebytes(head + raw)
    found: dict[str, Any] = {}
    for part in form.iter_parts() if form.is_multipart() else ():
        name = part.get_param("name", header="content-disposition")
        if part.get_filename() is not None or not isinstance(name, str):
            raise _NoCall("Form Error: a part is a file or has no name")
        payload = part.get_payload(decode=True)
        found[name] = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    return found


def _form(raw: bytes) -> dict[str, Any]:
    try:
        return dict(parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=100))
    except ValueError as error:
        raise _NoCall(f"Form Error: {error}") from error


def _object(raw: bytes) -> dict[str, Any]:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise _NoCall(f"JSON Error: {error}") from error
    if not isinstance(found, dict):
        raise _NoCall("JSON Error: Request data JSON decoded to no dictionary")
    return found
