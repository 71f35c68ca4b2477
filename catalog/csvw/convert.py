"""Tabular data and its metadata as RDF (W3C «Generating RDF from Tabular Data on the Web»)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urldefrag, urljoin

import pyoxigraph as ox

from catalog.csvw.annotate import A, Node, annotated, csvw, node_of
from catalog.csvw.described import Column, Table, TableGroup, column, encoded
from catalog.csvw.locate import Fetch, Fetched, candidates, describes
from catalog.csvw.metadata import Reader, error
from catalog.csvw.prefixes import RDF, XSD, absolute
from catalog.csvw.reading import Row, Text, open_text
from catalog.csvw.template import expand
from catalog.csvw.values import Value, read
from catalog.problem import Level, Problem

_FIRST, _REST, _NIL = (ox.NamedNode(RDF + name) for name in ("first", "rest", "nil"))
_COMMENT = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#comment")
_STRING = XSD + "string"


@dataclass(frozen=True)
class Converted:
    """The outcome of a conversion.

    Attributes:
        triples: the RDF graph, made row by row as it is gone through, once.
        warnings: what was wrong with data or metadata and was passed over; all of them are there
            when the triples are.
    """

    triples: Iterator[ox.Triple]
    warnings: Sequence[Problem]


def csv2rdf(
    url: str, fetch: Fetch, *, metadata: str | None = None, minimal: bool = False
) -> Converted:
    """Convert a tabular file, or the files that a metadata document describes.

    Args:
        url: of the file, or of the metadata document; absolute.
        fetch: gives what stands at an address.
        metadata: of a document that overrides what would be found.
        minimal: without the scaffolding of groups, tables and rows (§4.2, minimal mode).

    Raises:
        Rejected: nothing stands there, or what the standard calls an error.
    """
    warnings: list[Problem] = []
    work = _Work(fetch, warnings, minimal)
    group = _described(url, metadata, work)
    return Converted(work.group(group), warnings)


def _described(url: str, metadata: str | None, work: _Work) -> TableGroup:
    if metadata is not None:
        return _override(url, metadata, work)
    found = work.get(url)
    if _is_metadata(url, found):
        return Reader(url, work.json, work.warnings).read(_parsed(url, found))
    for place in candidates(url, found.headers, work.fetch):
        body = work.json(place)
        if body is None:
            continue
        if isinstance(body, Mapping) and describes(body, url, _base(place, body)):
            return Reader(place, work.json, work.warnings).read(body)
        work.warn(place, f"does not describe {url}")
    return TableGroup((Table(url),))


def _base(place: str, body: Mapping[str, Any]) -> str:
    context = body.get("@context")
    local = context[1] if isinstance(context, list) and len(context) > 1 else {}
    return urljoin(place, str(local.get("@base", ""))) if isinstance(local, Mapping) else place


def _override(url: str, metadata: str, work: _Work) -> TableGroup:
    """Metadata that the user gave; where it names no file, it is about the one converted."""
    body = dict(_parsed(metadata, work.get(metadata)))
    if "tables" not in body and "url" not in body:
        body["url"] = url
    return Reader(metadata, work.json, work.warnings).read(body)


def _is_metadata(url: str, found: Fetched) -> bool:
    kind = found.headers.get("content-type", "").partition(";")[0]
    if kind.endswith("json"):
        return True
    return not kind.startswith("text/csv") and urldefrag(url)[0].endswith(".json")


def _parsed(url: str, found: Fetched) -> Mapping[str, Any]:
    try:
        body = json.loads(found.data)
    except ValueError as reason:
        raise error(f"not JSON: {reason}", url) from reason
    if not isinstance(body, Mapping):
        raise error("not an object", url)
    return body


class _Work:
    """One conversion: what it may fetch, what it warned of, and how it writes."""

    def __init__(self, fetch: Fetch, warnings: list[Problem], minimal: bool) -> None:
        self.fetch, self.warnings, self.minimal = fetch, warnings, minimal

    def get(self, url: str) -> Fetched:
        found = self.fetch(url)
        if found is None:
            raise error("nothing stands there", url)
        return found

    def json(self, url: str) -> Any:
        found = self.fetch(url)
        try:
            return None if found is None else json.loads(found.data)
        except ValueError:
            self.warn(url, "not JSON")
            return None

    def warn(self, place: str, reason: str, row: int | None = None) -> None:
        self.warnings.append(
            Problem(
                "csvw-warning", place=place, row=row, params={"reason": reason}, level=Level.WARNING
            )
        )

    # ---- groups, tables, rows

    def group(self, group: TableGroup) -> Iterator[ox.Triple]:
        node = node_of(group.id)
        if not self.minimal:
            yield ox.Triple(node, A, csvw("TableGroup"))
            yield from annotated(node, group.common, group.notes)
        for table in group.tables:
            if table.suppressed:
                continue
            if self.minimal:
                yield from self.table(table, None)
                continue
            mine = node_of(table.id)
            yield ox.Triple(node, csvw("table"), mine)
            yield from self.table(table, mine)

    def table(self, table: Table, node: Node | None) -> Iterator[ox.Triple]:
        found = self.get(table.url)
        text = open_text(found.data, table.dialect, table.url)
        columns = self._columns(table, text)
        if node is not None:
            yield ox.Triple(node, A, csvw("Table"))
            yield ox.Triple(node, csvw("url"), ox.NamedNode(table.url))
            yield from annotated(node, table.common, table.notes)
        rows = enumerate(text.rows, 1)
        for number, row in rows:
            yield from self._row(_Place(table, columns, number, row), node)
        if node is not None:
            for comment in text.comments:
                yield ox.Triple(node, _COMMENT, ox.Literal(comment))

    def _columns(self, table: Table, text: Text) -> tuple[Column, ...]:
        """The described columns, or those of the header where none are described."""
        real = [each for each in table.columns if not each.virtual]
        virtual = [each for each in table.columns if each.virtual]
        if table.described:
            self._compare(table, real, text)
        found = [
            column(
                encoded(titles[0]) if titles and not table.described else f"_col.{number}",
                {"und": titles}, table.inherited,
            )
            for number, titles in enumerate(text.titles[table.dialect.skip_columns :], 1)
        ]  # fmt: skip
        return (*real, *found[len(real) :], *virtual)

    def _compare(self, table: Table, real: Sequence[Column], text: Text) -> None:
        """Warn where header and description are not about the same columns."""
        titles = text.titles[table.dialect.skip_columns :]
        if table.dialect.header_rows and len(titles) != len(real):
            self.warn(table.url, f"{len(titles)} columns, where {len(real)} are described")
        for described, found in zip(real, titles, strict=False):
            known = {title for each in described.titles.values() for title in each}
            # The header's titles have no language of their own but that of the column.
            same = {
                title
                for lang, each in described.titles.items()
                for title in each
                if "und" in (lang, described.lang) or _speak_alike(lang, described.lang)
            }
            if known and found and not same & set(found):
                self.warn(table.url, f"column {found[0]!r} is described as {min(known)!r}")

    def _row(self, place: _Place, node: Node | None) -> Iterator[ox.Triple]:
        cells = [*self._cells(place)]
        values = {"_row": place.number, "_sourceRow": place.row.source} | {
            each.name: _of_template(value) for each, value in cells
        }
        mine = ox.BlankNode()
        if node is not None:
            yield ox.Triple(node, csvw("row"), mine)
            yield ox.Triple(mine, A, csvw("Row"))
            number = ox.Literal(str(place.number), datatype=ox.NamedNode(XSD + "integer"))
            yield ox.Triple(mine, csvw("rownum"), number)
            source = ox.NamedNode(f"{place.table.url}#row={place.row.source}")
            yield ox.Triple(mine, csvw("url"), source)
            yield from _row_titles(mine, place.table, cells)
        default = ox.BlankNode()
        described: set[Node] = set()
        for number_, (each, value) in enumerate(cells, 1):
            if each.suppressed:
                continue
            facts = values | {"_column": number_, "_sourceColumn": number_, "_name": each.name}
            subject = default if each.about is None else place.uri(each.about, facts)
            if node is not None and subject not in described:
                described.add(subject)
                yield ox.Triple(mine, csvw("describes"), subject)
            yield from _cell(place, each, subject, value, facts)

    def _cells(self, place: _Place) -> Iterator[tuple[Column, Any]]:
        cells = iter(place.row.cells)
        for each in place.columns:
            if each.virtual:
                yield each, None
                continue
            text = next(cells, "")
            yield each, read(text, each.how, lambda said: self.warn(
                place.table.url, said, place.row.source
            ))  # fmt: skip


@dataclass(frozen=True)
class _Place:
    """A row of a table."""

    table: Table
    columns: tuple[Column, ...]
    number: int
    row: Row

    def uri(self, template: str, facts: Mapping[str, Any]) -> ox.NamedNode:
        """A URI template's IRI, relative to the table's own address."""
        made = expand(template, facts)
        return ox.NamedNode(absolute(made) or urljoin(self.table.url, made))


def _cell(
    place: _Place, column: Column, subject: Node, value: Any, facts: Mapping[str, Any]
) -> Iterator[ox.Triple]:
    if column.property is not None:
        predicate = place.uri(column.property, facts)
    else:
        predicate = ox.NamedNode(f"{place.table.url}#{column.name}")
    if column.value is not None:
        if value is not None or column.virtual:
            yield ox.Triple(subject, predicate, place.uri(column.value, facts))
        return
    if isinstance(value, list):
        if column.ordered and value:
            yield from _list(subject, predicate, [_literal(each, column) for each in value])
            return
        for each in value:
            yield ox.Triple(subject, predicate, _literal(each, column))
    elif value is not None:
        yield ox.Triple(subject, predicate, _literal(value, column))


def _list(subject: Node, predicate: ox.NamedNode, values: list[ox.Literal]) -> Iterator[ox.Triple]:
    for literal in values:
        node = ox.BlankNode()
        yield ox.Triple(subject, predicate, node)
        yield ox.Triple(node, _FIRST, literal)
        subject, predicate = node, _REST
    yield ox.Triple(subject, predicate, _NIL)


def _literal(value: Value, column: Column) -> ox.Literal:
    datatype = column.how.datatype
    iri = datatype.iri if value.valid else _STRING
    if iri == _STRING:
        if column.lang != "und":
            return ox.Literal(value.text, language=column.lang)
        return ox.Literal(value.text)
    return ox.Literal(value.text, datatype=ox.NamedNode(iri))


def _of_template(value: Any) -> Any:
    if isinstance(value, list):
        return [each.text for each in value]
    return value.text if value is not None else None


def _row_titles(
    node: Node, table: Table, cells: Sequence[tuple[Column, Any]]
) -> Iterator[ox.Triple]:
    by_name = {column.name: (column, value) for column, value in cells}
    for name in table.row_titles:
        column, value = by_name[name]
        for each in value if isinstance(value, list) else [value]:
            if each is not None:
                lang = column.lang
                title = ox.Literal(each.text, language=lang) if lang != "und" else (
                    ox.Literal(each.text)
                )  # fmt: skip
                yield ox.Triple(node, csvw("title"), title)


def _speak_alike(one: str, other: str) -> bool:
    """Whether two language tags match: the same up to the length of the shorter (BCP 47)."""
    shorter, longer = sorted((one.lower(), other.lower()), key=len)
    return longer == shorter or longer.startswith(f"{shorter}-")
