"""Files of releases: by version, edition or ``latest``, with their true extension.

A version's files never change and may be kept for ever; ``latest`` is asked for anew each time, by
ETag. Ranges are served (RFC 9110 §14), so that a broken download goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from email.utils import format_datetime
from typing import Annotated

from fastapi import APIRouter, Header, HTTPException, Request, Response
from fastapi.responses import FileResponse, StreamingResponse

from catalog.api import index_of, store_of
from catalog.names import LATEST, DatasetId, FileName
from catalog.release import MANIFEST, Release, SealedFile, State

router = APIRouter()
_PUBLIC = frozenset({State.PUBLISHED, State.SUPERSEDED})
_CHUNK = 1 << 18


@router.api_route("/files/{office}/{dataset}/{label}/{name}", methods=["GET", "HEAD"], name="file")
def file(
    request: Request, office: str, dataset: str, label: str, name: str,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:  # fmt: skip
    """One file of a public release."""
    release, sealed = find(request, office, dataset, label, name)
    etag = f'"{sealed.sha256[:32]}"'
    headers = {
        "ETag": etag,
        "Cache-Control": "no-cache" if label == LATEST else "public, max-age=31536000, immutable",
        "Access-Control-Allow-Origin": "*",
        "Content-Disposition": f'inline; filename="{dataset}-{name}"',
        "Repr-Digest": f"sha-256=:{_base64(sealed.sha256)}:",
        "X-Samdao-Version": str(release.version),
    }
    if if_none_match and etag in {tag.strip() for tag in if_none_match.split(",")}:
        return Response(status_code=304, headers=headers)
    media_type = _with_charset(sealed.media_type)
    path = store_of(request).path(release.id, release.version, name)
    if path is not None:
        headers["Last-Modified"] = _http_date(release.published_at or release.sealed_at)
        return FileResponse(path, media_type=media_type, headers=headers)
    opened = store_of(request).open(release.id, release.version, name)

    def chunks() -> Iterator[bytes]:
        with opened:
            while chunk := opened.read(_CHUNK):
                yield chunk

    headers["Content-Length"] = str(sealed.size)
    return StreamingResponse(chunks(), media_type=media_type, headers=headers)


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


def _with_charset(media_type: str) -> str:
    """Text is UTF-8, and says so: Thai read as Latin-1 is rubbish."""
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def _http_date(when: datetime) -> str:
    from datetime import UTC

    return format_datetime(when.astimezone(UTC), usegmt=True)


def _base64(hexadecimal: str) -> str:
    from base64 import b64encode

    return b64encode(bytes.fromhex(hexadecimal)).decode()
