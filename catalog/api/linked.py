"""What the permanent URI of a row gives: a page, RDF or JSON, as the client asks.

``/id/<office>/<dataset>/<table>/<key>`` answers with the row's own description (the thing is a
record, an information resource), by content negotiation (RFC 9110 §12) or by ending. A key may
hold dots: what is asked for is first taken for a whole key, and only then for a key with an
ending, so that a permanent URI always means its own row.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from fastapi import APIRouter, HTTPException, Request, Response

from catalog.api import index_of, store_of
from catalog.cast import arrow_schema
from catalog.formats import About
from catalog.formats._text import from_text, to_text
from catalog.names import DatasetId, read_row_key
from catalog.registry import variant
from catalog.release import Release, TableFacts
from catalog.schema import SchemaField, TableSchema
from catalog.table import write_table

router = APIRouter(include_in_schema=False)
#: What a row is had in, best first: name, which is its ending too, and media type.
FORMS = {
    "html": "text/html",
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
    "rdf": "application/rdf+xml",
    "nt": "application/n-triples",
    "json": "application/json",
}
#: The format that writes a form, where it is not the form's own.
_WRITERS = {"jsonld": "nt", "json": "jsonl"}


@router.api_route("/id/{office}/{dataset}/{table}/{key:path}", methods=["GET", "HEAD"])
def row(request: Request, office: str, dataset: str, table: str, key: str) -> Response:
    """One row of the published release, by its primary key."""
    release, facts = _table(request, office, dataset, table)
    # Not ``key``, in which commas and slashes of values can no longer be told from ours.
    raw = request.scope["raw_path"].decode("ascii", "replace").split("/id/", 1)[1].split("/", 3)[3]
    for asked, form in _readings(raw, request.headers.get("accept", "*/*")):
        found = _find(request, release, facts, asked)
        if found is not None:
            return _answer(request, release, facts, found, asked, form)
    raise HTTPException(404)


def _table(
    request: Request, office: str, dataset: str, table: str
) -> tuple[Release, TableFacts]:  # fmt: skip
    try:
        release = index_of(request).published(DatasetId(office, dataset))
    except ValueError as error:
        raise HTTPException(404) from error
    for facts in release.facts.tables if release else ():
        if release and facts.name == table:
            return release, facts
    raise HTTPException(404)


def _readings(raw: str, accept: str) -> Iterator[tuple[str, str]]:
    """Each key that may be meant, with the form that is wanted."""
    yield raw, negotiate(accept)
    key, dot, ending = raw.rpartition(".")
    if dot and ending in FORMS:
        yield key, ending


def _answer(
    request: Request, release: Release, facts: TableFacts, found: pa.Table, key: str, form: str
) -> Response:
    path = f"/id/{release.id}/{facts.name}/{key}"
    alternates = (f'<{path}.{f}>; rel="alternate"; type="{kind}"' for f, kind in FORMS.items())
    headers = {
        "Access-Control-Allow-Origin": "*", "Link": ", ".join(alternates), "Vary": "Accept",
    }  # fmt: skip
    if form == "html":
        from catalog.web.pages import row_page

        page = row_page(request, release, facts.name, found, key)
        for name, value in headers.items():
            page.headers.setdefault(name, value)
        return page
    data, media_type = describe_row(release, facts.name, found, form)
    headers |= {
        "Cache-Control": "no-cache",
        "Content-Location": f"{path}.{form}",
        "ETag": f'"{hashlib.sha256(data).hexdigest()[:32]}"',
    }
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(data, media_type=media_type, headers=headers)


def find_row(
    request: Request, office: str, dataset: str, table: str, key: str
) -> tuple[Release, pa.Table]:
    """The row that a key names, as a canonical table of one row.

    Args:
        request: to find the catalogue by.
        office: the office.
        dataset: the dataset.
        table: the table.
        key: percent-encoded values of the primary key, joined by commas.

    Raises:
        HTTPException: 404 where dataset, table or key is not there.
    """
    release, facts = _table(request, office, dataset, table)
    found = _find(request, release, facts, key)
    if found is None:
        raise HTTPException(404)
    return release, found


def _find(
    request: Request, release: Release, facts: TableFacts, key: str
) -> pa.Table | None:  # fmt: skip
    """The row of a table with that key, if there is one."""
    schema = facts.table_schema
    values = read_row_key(key)
    if not schema.primary_key or len(values) != len(schema.primary_key):
        return None
    fields = [schema.by_name[name] for name in schema.primary_key]
    wanted = [_typed(value, field) for value, field in zip(values, fields, strict=True)]
    if not all(scalar.is_valid for scalar in wanted):
        return None
    name = f"{facts.name}.parquet"
    with store_of(request).open(release.id, release.version, name) as file:
        return lookup(pq.ParquetFile(file), schema, wanted)


def _typed(value: str, field: SchemaField) -> pa.Scalar:
    """A key's text as the column has it; null where the column never writes such a text."""
    try:
        typed = from_text(pa.array([value], pa.string()), field)
        same = to_text(typed, field)[0].as_py() == value
    except (pa.ArrowException, ValueError):
        same = False
    return typed[0] if same else pa.scalar(None)


def lookup(
    file: pq.ParquetFile, schema: TableSchema, wanted: Sequence[pa.Scalar]
) -> pa.Table | None:
    """The first row with these values of the primary key.

    Only key columns are read until it is found, and of these only row groups whose statistics
    leave it possible.

    Args:
        file: a canonical table.
        schema: what its columns mean.
        wanted: a typed value for each column of the primary key.
    """
    names = list(schema.primary_key)
    for number in range(file.num_row_groups):
        if not _possible(file.metadata.row_group(number), dict(zip(names, wanted, strict=True))):
            continue
        keys = file.read_row_group(number, columns=names)
        same: Any = pa.scalar(True)
        for name, scalar in zip(names, wanted, strict=True):
            same = pc.and_(pc.equal(keys.column(name), scalar.cast(keys.column(name).type)), same)
        place = pc.index(same, True).as_py()
        if place >= 0:
            one = file.read_row_group(number).slice(place, 1).select(schema.names)
            return one.cast(arrow_schema(schema))
    return None


def _possible(group: pq.RowGroupMetaData, wanted: dict[str, pa.Scalar]) -> bool:
    """Whether the least and greatest texts and whole numbers of a row group let values be in it."""
    for number in range(group.num_columns):
        column = group.column(number)
        scalar = wanted.get(column.path_in_schema)
        if scalar is None or not column.is_stats_set or not column.statistics.has_min_max:
            continue
        least, most, value = column.statistics.min, column.statistics.max, scalar.as_py()
        comparable = type(least) is type(value) and isinstance(value, str | int)
        if comparable and not least <= value <= most:
            return False
    return True


def describe_row(
    release: Release, table: str, found: pa.Table, form: str
) -> tuple[bytes, str]:  # fmt: skip
    """One row written by the same writers as the release's files.

    Args:
        release: the release that has it.
        table: name of the table.
        found: the row, in the canonical table's Arrow schema.
        form: a key of ``FORMS``, but not ``html``.

    Returns:
        The bytes and their media type.
    """
    facts = next(facts for facts in release.facts.tables if facts.name == table)
    schemas = {each.name: each.table_schema for each in release.facts.tables}
    about = About(release.spec, table, facts.table_schema, release.facts.edition, schemas)
    with tempfile.TemporaryDirectory(prefix="samdao-") as scratch:
        folder = Path(scratch)
        one = write_table(folder / "row.parquet", table, about.schema, found.to_batches())
        target = folder / "row"
        variant("catalog.formats", _WRITERS.get(form, form)).write(one, about, target)
        data = target.read_bytes()
    return (_json_ld(data) if form == "jsonld" else data), FORMS[form]


def _json_ld(triples: bytes) -> bytes:
    from catalog.formats._csvw import prefixes
    from catalog.metadata._graph import Graph

    graph = Graph.parse(triples, FORMS["nt"], prefixes())
    return graph.serialize(FORMS["jsonld"])


def negotiate(accept: str) -> str:
    """The form that an ``Accept`` header likes best (RFC 9110 §12.5.1); a page for anything.

    Of forms that are liked the same, one that is named goes before one that a ``*`` lets in, then
    our order counts.

    Args:
        accept: the header.
    """
    ranges = dict(_ranges(accept))
    best, liked = "html", (0.0, 0)
    for form, media_type in FORMS.items():
        asked = ("*/*", media_type.partition("/")[0] + "/*", media_type)
        exactness = max((n for n, kind in enumerate(asked) if kind in ranges), default=None)
        if exactness is not None and (ranges[asked[exactness]], exactness) > liked:
            best, liked = form, (ranges[asked[exactness]], exactness)
    return best


def _ranges(accept: str) -> Iterator[tuple[str, float]]:
    """Media ranges and how much each is liked, 0 to 1."""
    for part in accept.split(","):
        kind, _, parameters = part.strip().partition(";")
        yield kind.strip().lower(), _quality(parameters)


def _quality(parameters: str) -> float:
    for parameter in parameters.split(";"):
        name, _, value = parameter.strip().partition("=")
        if name.strip().lower() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
