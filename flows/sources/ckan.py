"""A resource of a CKAN site (data.go.th, GD Catalog, any other).

Its table in the DataStore, page by page, where it has one: numbers as the database has them, null
apart from empty text. Otherwise, or where ``reads`` says how, its file: fetched, held against the
hash that the site tells of it, and read as its own kind. The DataStore does not say when a table
changed: it is read each time, and the hash of what it gave tells. A file is asked for
conditionally.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urljoin, urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from catalog.problem import DeclarationError, OutsideError, Problem, Rejected
from catalog.registry import names, nearest, variant
from flows.sources import Pulled, RawTable, Shelf
from flows.sources._ckan_api import Site, datastore
from flows.sources._endings import ENDINGS
from flows.sources._evidence import keep, stored
from flows.sources._file import FileOptions, web

__all__ = ["Options", "pull", "read"]

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)
#: How evidence of the DataStore begins; no file of a resource does.
_DATASTORE = b'{"ckan":'
#: Hashes that sites tell, by their length in hexadecimal digits.
_HASHES = {32: "md5", 40: "sha1", 64: "sha256"}
_CHUNK = 1 << 20
#: What an option of a reader may be, which its own model checks.
_Option = str | bool | int | tuple[str | int, ...]


class Options(BaseModel):
    """Which resource, and how its file is laid out where the file is read.

    Attributes:
        site: address of the site, ``https://data.go.th``.
        dataset: name or id of the dataset.
        resource: id of the resource, or its name in the dataset; may be left out where the dataset
            has one only.
        reads: kind and options of the file, ``{kind: csv, encoding: tis-620}``; then the file is
            read, also where there is a table in the DataStore.
        max_bytes: a bound narrower than the server's own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    site: str
    dataset: str | None = Field(default=None, pattern=r"^[\w-]+$")
    resource: str | None = Field(default=None, min_length=1)
    reads: Mapping[str, _Option] | None = None
    max_bytes: int | None = Field(default=None, ge=1)

    _web = field_validator("site")(web)

    @field_validator("reads")
    @classmethod
    def _kind(cls, reads: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        if reads is not None:
            file_options(reads)
        return reads

    @model_validator(mode="after")
    def _named(self) -> Options:
        if self.dataset is None and not _UUID.match(self.resource or ""):
            raise ValueError("give the dataset, or the id of the resource")
        return self


def file_options(reads: Mapping[str, Any]) -> FileOptions:
    """Options of the reader of a file.

    Args:
        reads: ``kind`` and its options, without the place of the file.

    Raises:
        ValueError: no such kind of file, or options that it does not take.
    """
    kind, rest = reads.get("kind"), {k: v for k, v in reads.items() if k != "kind"}
    known = [name for name in names("flows.sources") if name not in ("ckan", "sql")]
    if kind not in known:
        raise ValueError(f"kind is one of: {', '.join(known)}")
    if {"path", "url"} & rest.keys():
        raise ValueError("where the file is, the site says")
    options = variant("flows.sources", str(kind)).Options
    try:
        found: FileOptions = options.model_validate({"path": "resource", **rest})
    except ValidationError as error:
        said = error.errors()[0]
        raise ValueError(f"{'.'.join(map(str, said['loc']))}: {said['msg']}") from error
    return found


def pull(options: Options, shelf: Shelf) -> Pulled:
    """Bring a resource into the evidence folder.

    Args:
        options: where it is.
        shelf: what may be used of the world; ``known`` makes the request for a file conditional.

    Raises:
        OutsideError: unreachable, refused, changed while it was read, or a file with another hash
            than the site tells.
        DeclarationError: no such resource, several of the name.
        Rejected: over the size bound.
    """
    site = Site(options.site.rstrip("/"), shelf)
    resource = _resource(site, options)
    if options.reads is None and resource.get("datastore_active"):
        address = f"{site.address}/datastore/dump/{resource['id']}"
        path, sha256, size = keep(
            datastore(site, str(resource["id"])), shelf, address, options.max_bytes
        )
        return Pulled(path, sha256, size, address, shelf.now())
    return _file(site, resource, options, shelf)


def _resource(site: Site, options: Options) -> Mapping[str, Any]:
    """The resource's metadata."""
    if options.dataset is None:
        found = site.result("resource_show", id=options.resource)
        among = [found] if isinstance(found, dict) else []
    else:
        dataset = site.result("package_show", id=options.dataset)
        among = [item for item in dataset.get("resources", ()) if isinstance(item, dict)]
    wanted = options.resource
    chosen = [item for item in among if wanted in (None, item.get("id"), item.get("name"))]
    if len(chosen) == 1:
        return chosen[0]
    labels = [str(item.get("name") or item.get("id")) for item in among]
    params = {"nearest": nearest(wanted or "", labels) or "—", "known": ", ".join(labels) or "—"}
    place = f"{site.address}/dataset/{options.dataset}"
    code = "ckan-no-resource" if not chosen else "ckan-which"
    raise DeclarationError(Problem(code, place=place, value=wanted or "—", params=params))


def _file(site: Site, resource: Mapping[str, Any], options: Options, shelf: Shelf) -> Pulled:
    """The resource's file, conditionally, held against its hash."""
    from flows.sources._http import fetch

    url = _address(site, resource)
    told = re.sub(r"^\w+:", "", str(resource.get("hash") or "")).lower()
    method = _HASHES.get(len(told)) if re.fullmatch("[0-9a-f]+", told) else None
    known = shelf.known
    same = known is not None and known.address == url and told == known.sha256
    if known and same and stored(shelf, known.sha256, known.size):
        path = shelf.evidence / known.sha256
        return replace(known, path=path, retrieved_at=shelf.now())
    pulled = fetch(url, shelf, options.max_bytes)
    if method is not None and _hash(pulled, method) != told:
        params = {"passing": True}
        raise OutsideError(Problem("ckan-hash", place=_shown(url), params=params))
    return pulled


def _hash(pulled: Pulled, method: str) -> str:
    if method == "sha256":
        return pulled.sha256
    digest = hashlib.new(method, usedforsecurity=False)
    with pulled.path.open("rb") as source:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _address(site: Site, resource: Mapping[str, Any]) -> str:
    """Where the file is, as the site says; never a place that only this machine can reach.

    Raises:
        OutsideError: no address of the web.
    """
    home = urlsplit(site.address)
    url = urljoin(f"{site.address}/", str(resource.get("url") or ""))
    found = urlsplit(url)
    if found.hostname == home.hostname and home.scheme == "https" and found.scheme == "http":
        # A site behind a proxy often does not know that it is served with TLS.
        url = found._replace(scheme="https", netloc=home.netloc).geturl()
        found = urlsplit(url)
    try:
        web(url)
    except ValueError as error:
        raise _no_address(url) from error
    if found.hostname != home.hostname and _is_inside(str(found.hostname)):
        raise _no_address(url)
    return url


def _no_address(url: str) -> OutsideError:
    return OutsideError(Problem("ckan-file-address", place=_shown(url), params={"passing": False}))


def _is_inside(host: str) -> bool:
    """Whether a host is this machine or in its own network: nothing that a portal may point to."""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal"))


def _shown(url: str) -> str:
    found = urlsplit(url)
    host = (found.netloc or "").rpartition("@")[2]
    return found._replace(netloc=host, query="", fragment="").geturl()[:200] or "—"


def read(pulled: Pulled, options: Options) -> RawTable:
    """Read what a resource gave.

    Args:
        pulled: the table of the DataStore, or the file.
        options: ``reads``, or else the file's ending, says what kind of file it is.

    Raises:
        Rejected: a file whose kind nobody says; and whatever its reader refuses.
    """
    with pulled.path.open("rb") as source:
        table = source.read(len(_DATASTORE)) == _DATASTORE
    if table and options.reads is None:
        reads: Mapping[str, Any] = {"kind": "json", "records": "/records"}
    elif options.reads is not None:
        reads = options.reads
    else:
        ending = PurePosixPath(urlsplit(pulled.address).path).suffix.lower()
        kind = ENDINGS.get(ending)
        if kind is None or kind == "sql":
            params = {"ending": ending or "—"}
            raise Rejected(Problem("ckan-kind", place=_shown(pulled.address), params=params))
        reads = {"kind": kind}
    raw: RawTable = variant("flows.sources", str(reads["kind"])).read(pulled, file_options(reads))
    return raw
