"""Where the metadata of a tabular file is found (Model §5, «Locating Metadata»)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from catalog.csvw.template import expand

#: What ``/.well-known/csvm`` says where a site has none (Model §5.3).
_DEFAULT_PLACES = ("{+url}-metadata.json", "csv-metadata.json")
_LINK = re.compile(r'<([^>]*)>((?:\s*;\s*[\w*]+\s*=\s*(?:"[^"]*"|[^\s;,"]+))*)')
_PARAMETER = re.compile(r';\s*([\w*]+)\s*=\s*(?:"([^"]*)"|([^\s;,"]+))')
_METADATA_TYPES = frozenset({"application/csvm+json", "application/ld+json", "application/json"})


@dataclass(frozen=True, slots=True)
class Fetched:
    """What stands at an address.

    Attributes:
        data: its bytes.
        headers: of the answer, names in lower case: ``link`` and ``content-type`` are used.
    """

    data: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


#: Gives what stands at an absolute address, or ``None`` where there is nothing.
Fetch = Callable[[str], Fetched | None]


def candidates(url: str, headers: Mapping[str, str], fetch: Fetch) -> Iterator[str]:
    """Addresses at which metadata of a file may stand, in the order of the standard.

    Args:
        url: of the tabular file.
        headers: of the answer that gave it.
        fetch: asked for the site's own list of places.
    """
    yield from _linked(url, headers.get("link", ""))
    listed = fetch(urljoin(url, "/.well-known/csvm"))
    places = listed.data.decode("utf-8", "replace").split() if listed else _DEFAULT_PLACES
    for place in places:
        yield urljoin(url, expand(place, {"url": url}))


def _linked(url: str, header: str) -> Iterator[str]:
    """Link headers of relation ``describedby`` (RFC 8288); the last of them counts most."""
    found = []
    for target, rest in _LINK.findall(header):
        given = {name.lower(): quoted or plain for name, quoted, plain in _PARAMETER.findall(rest)}
        described = "describedby" in given.get("rel", "").split()
        if described and given.get("type", "application/json") in _METADATA_TYPES:
            found.append(urljoin(url, target))
    yield from reversed(found)


def describes(metadata: Mapping[str, Any], url: str, base: str) -> bool:
    """Whether a metadata document names a tabular file, as it has to."""
    tables = metadata.get("tables")
    listed = tables if isinstance(tables, list) else [metadata]
    return any(
        isinstance(table, Mapping)
        and isinstance(table.get("url"), str)
        and urljoin(base, table["url"]) == url
        for table in listed
    )
