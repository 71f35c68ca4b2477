"""Files of releases: by version, edition or ``latest``, with their true extension.

A version's files never change and may be kept for ever; ``latest`` is asked for anew each time, by
ETag, and says which version it is (``Content-Location``). Ranges are served (RFC 9110 §14), so
that a broken download goes on where it stopped and DuckDB reads what it needs of a Parquet file.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from io import BufferedIOBase

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import FileResponse, StreamingResponse

from catalog.api import index_of, store_of
from catalog.names import LATEST, DatasetId, FileName
from catalog.release import MANIFEST, Release, SealedFile, State

router = APIRouter()
_PUBLIC = frozenset({State.PUBLISHED, State.SUPERSEDED})
_CHUNK = 1 << 18
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})\Z")
_PATH = "/files/{office}/{dataset}/{label}/{name}"
_SHOWN = (
    "Accept-Ranges", "Content-Disposition", "Content-Location", "Content-Range", "ETag", "Link",
    "Repr-Digest", "X-Samdao-Version",
)  # fmt: skip
_MAY = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "If-Match, If-Modified-Since, If-None-Match, If-Range, Range",
    "Access-Control-Max-Age": "86400",
}


@router.options(_PATH, include_in_schema=False)
def allowed(name: str) -> Response:
    """What a page from elsewhere may ask (CORS)."""
    return Response(status_code=204, headers=_MAY)


@router.api_route(_PATH, methods=["GET", "HEAD"], name="file")
def file(request: Request, office: str, dataset: str, label: str, name: str) -> Response:
    """One file of a public release."""
    release, sealed = find(request, office, dataset, label, name)
    headers = _headers(release, sealed, label)
    if _unchanged(request.headers, headers):
        return Response(status_code=304, headers=headers)
    media_type = _with_charset(sealed.media_type)
    path = store_of(request).path(release.id, release.version, name)
    if path is not None:
        return FileResponse(path, media_type=media_type, headers=headers)
    opened = store_of(request).open(release.id, release.version, name)
    return _stream(opened, request, headers | {"Content-Type": media_type})


def find(
    request: Request, office: str, dataset: str, label: str, name: str
) -> tuple[Release, SealedFile]:
    """A file of a release that the public may see.

    Raises:
        HTTPException: 404 for what does not exist or is not public; 410 for what was withdrawn.
    """
    try:
        id = DatasetId(office, dataset)
        FileName.parse(name)
    except ValueError as error:
        raise HTTPException(404) from error
    release = index_of(request).release(id, label)
    if release is None and label == LATEST:
        release = index_of(request).newest(id)
    if release is None:
        raise HTTPException(404)
    if release.state is State.WITHDRAWN:
        raise HTTPException(410)
    sealed = release.facts.file(name)
    if name == MANIFEST:
        sealed = SealedFile(MANIFEST, -1, release.manifest_sha256, "application/json")
    if release.state not in _PUBLIC or sealed is None:
        raise HTTPException(404)
    return release, sealed


def _headers(release: Release, sealed: SealedFile, label: str) -> dict[str, str]:
    """What is said of a file beside its bytes; its hash is what tells two of them apart."""
    id, name = release.id, sealed.name
    lasting = "public, max-age=31536000, immutable"
    digest = b64encode(bytes.fromhex(sealed.sha256)).decode()
    return {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": ", ".join(_SHOWN),
        "Cache-Control": "no-cache" if label == LATEST else lasting,
        "Content-Disposition": f'inline; filename="{id.dataset}-{name}"',
        "Content-Location": id.file_path(release.version, name),
        "ETag": f'"{sealed.sha256[:32]}"',
        "Last-Modified": _http_date(release.published_at or release.sealed_at),
        "Link": ", ".join(_links(release, sealed, label)),
        "Repr-Digest": f"sha-256=:{digest}:",
        "X-Samdao-Version": str(release.version),
    }


def _links(release: Release, sealed: SealedFile, label: str) -> Iterator[str]:
    """The licence, and for CSV the metadata that says how to read it (CSVW §5.2)."""
    address = release.spec.term("licence").more["uri"]
    if address:
        yield f'<{address}>; rel="license"'
    manifest = release.id.file_path(label, MANIFEST)
    yield f'<{manifest}>; rel="collection"; type="application/json"'
    if sealed.format == "csv":
        metadata = release.id.file_path(label, "csv-metadata.json")
        yield f'<{metadata}>; rel="describedby"; type="application/csvm+json"'


def _unchanged(asked: Mapping[str, str], headers: Mapping[str, str]) -> bool:
    """Whether the client has these bytes already (RFC 9110 §13.1: hashes before dates)."""
    known = asked.get("if-none-match")
    if known is not None:
        tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
        return bool(tags & {headers["ETag"], "*"})
    since = asked.get("if-modified-since")
    try:
        return since is not None and _moment(headers["Last-Modified"]) <= _moment(since)
    except ValueError:
        return False


def _moment(http_date: str) -> datetime:
    when = parsedate_to_datetime(http_date)
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _stream(opened: BufferedIOBase, request: Request, headers: dict[str, str]) -> Response:
    """A file of a store elsewhere, or one range of it; of several ranges, the whole file."""
    size = opened.seek(0, 2)
    start, end = 0, size
    headers |= {"Accept-Ranges": "bytes"}
    wanted = _RANGE.match(request.headers.get("range", ""))
    if wanted and any(wanted.groups()) and request.headers.get("if-range") in (
        None, headers["ETag"], headers["Last-Modified"],
    ):  # fmt: skip
        start, end = _bounds(wanted[1], wanted[2], size)
        if start >= end:
            opened.close()
            return Response(status_code=416, headers={"Content-Range": f"bytes */{size}"})
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    headers["Content-Length"] = str(end - start)
    status = 206 if "Content-Range" in headers else 200
    if request.method == "HEAD":
        opened.close()
        return Response(status_code=status, headers=headers)
    return StreamingResponse(_chunks(opened, start, end), status, headers)


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    """Start and end of a range, as ``slice`` has them."""
    if not first:
        return max(size - int(last), 0), size
    return int(first), min(int(last) + 1, size) if last else size


def _chunks(opened: BufferedIOBase, start: int, end: int) -> Iterator[bytes]:
    with opened:
        opened.seek(start)
        while start < end and (chunk := opened.read(min(_CHUNK, end - start))):
            start += len(chunk)
            yield chunk


def _with_charset(media_type: str) -> str:
    """Text is UTF-8, and says so: Thai read as Latin-1 is rubbish."""
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def _http_date(when: datetime) -> str:
    return format_datetime(when.astimezone(UTC), usegmt=True)
