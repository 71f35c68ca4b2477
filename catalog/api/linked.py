"""What a permanent URI gives: a row, a dataset, as page, Turtle or JSON-LD, as the client asks.

``/id/<office>/<dataset>/<table>/<key>`` answers with the row's own description (the thing is a
record, an information resource), by content negotiation (RFC 9110 §12) or by ending.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from fastapi import APIRouter, HTTPException, Request, Response

from catalog.api import index_of, store_of
from catalog.cast import plain
from catalog.formats import About, formats
from catalog.names import DatasetId, read_row_key
from catalog.registry import variant
from catalog.release import Release
from catalog.table import Table, write_table

router = APIRouter()
#: Media types that a row is had in, best first, and how each is made.
_OFFERS = {
    "text/html": "html",
    "text/turtle": "ttl",
    "application/ld+json": "jsonld",
    "application/rdf+xml": "rdf",
    "application/n-triples": "nt",
    "application/json": "json",
}
_ENDINGS = {".ttl": "ttl", ".jsonld": "jsonld", ".rdf": "rdf", ".nt": "nt", ".json": "json"}


@router.get("/id/{office}/{dataset}/{table}/{key:path}", include_in_schema=False)
def row(request: Request, office: str, dataset: str, table: str, key: str) -> Response:
    """One row of the published release, by its primary key."""
    raw = request.scope["raw_path"].decode().rsplit(f"/{table}/", 1)[-1]
    raw, form = _ending(raw, request.headers.get("accept", "*/*"))
    release, found = find_row(request, office, dataset, table, raw)
    if form == "html":
        from catalog.web.pages import row_page

        return row_page(request, release, table, found, raw)
    data, media_type = describe_row(release, table, found, form)
    headers = {"Vary": "Accept", "Access-Control-Allow-Origin": "*"}
    return Response(data, media_type=media_type, headers=headers)


def find_row(
    request: Request, office: str, dataset: str, table: str, key: str
) -> tuple[Release, pa.Table]:
    """The row that a key names, as a table of one row.

    Raises:
        HTTPException: 404 where dataset, table or key is not there.
    """
    try:
        release = index_of(request).published(DatasetId(office, dataset))
    except ValueError as error:
        raise HTTPException(404) from error
    facts = next((f for f in release.facts.tables if f.name == table), None) if release else None
    if release is None or facts is None or not facts.table_schema.primary_key:
        raise HTTPException(404)
    with tempfile.TemporaryDirectory(prefix="samdao-") as scratch:
        path = store_of(request).fetch(
            release.id, release.version, f"{table}.parquet", Path(scratch)
        )
        found = _lookup(Table(path, table), read_row_key(key))
    if found is None:
        raise HTTPException(404)
    return release, found


def _lookup(table: Table, values: tuple[str, ...]) -> pa.Table | None:
    """The row with that key; keys are compared as text, as they stand in the URI."""
    key = table.schema.primary_key
    if len(values) != len(key):
        return None
    for batch in table.batches():
        same: Any = None
        for name, value in zip(key, values, strict=True):
            text = pa.array([plain(item) for item in batch.column(name).to_pylist()], pa.string())
            here = pc.equal(text, value)
            same = here if same is None else pc.and_(same, here)
        index = pc.index(same, True).as_py()
        if index >= 0:
            return pa.Table.from_batches([batch.slice(index, 1)])
    return None


def describe_row(
    release: Release, table: str, found: pa.Table, form: str
) -> tuple[bytes, str]:
    """One row written by the same writers as the release's files.

    Args:
        release: the release that has it.
        table: name of the table.
        found: the row, in the canonical table's Arrow schema.
        form: a format's name, or ``jsonld``.

    Returns:
        The bytes and their media type.
    """
    facts = next(facts for facts in release.facts.tables if facts.name == table)
    writer = "nt" if form == "jsonld" else form
    about = About(release.spec, table, facts.table_schema, release.facts.edition)
    with tempfile.TemporaryDirectory(prefix="samdao-") as scratch:
        folder = Path(scratch)
        one = write_table(folder / "row.parquet", table, facts.table_schema, found.to_batches())
        target = folder / "row"
        variant("catalog.formats", writer).write(one, about, target)
        data = target.read_bytes()
    if form != "jsonld":
        return data, formats()[form].media_type
    from rdflib import Graph

    from catalog.metadata.dcat import json_ld

    return json_ld(Graph().parse(data=data, format="nt")), "application/ld+json"


def _ending(key: str, accept: str) -> tuple[str, str]:
    """The key without its ending, and the form that is wanted."""
    for ending, form in _ENDINGS.items():
        if key.endswith(ending):  # a dot inside of a key is written %2E
            return key.removesuffix(ending), form
    return key, negotiate(accept)


def negotiate(accept: str) -> str:
    """The form that an ``Accept`` header likes best (RFC 9110 §12.5.1); a page for anything.

    Args:
        accept: the header.
    """
    best, form = 0.0, "html"
    for part in accept.split(","):
        kind, _, rest = part.strip().partition(";")
        quality = _quality(rest)
        offered = _OFFERS.get(kind.strip().lower())
        if offered and quality > best:
            best, form = quality, offered
    return form


def _quality(parameters: str) -> float:
    for parameter in parameters.split(";"):
        name, _, value = parameter.strip().partition("=")
        if name == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
