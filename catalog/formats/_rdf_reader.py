"""Tables read back from RDF: triples of a chunk as columns of numbers, then as the table's columns.

Each syntax (``nt``, ``ttl``, ``rdf``) has its own grammar, and gives the ``Said`` of each chunk of
its file. What the triples mean for the table is the same for all of them, and stands here.
Independent of the writers: nothing here knows in what order or shape they write a row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalog.formats._chunks import Chunk, Places, expect, spread
from catalog.formats._csvw import beside, columns, iri, row_class, subjects
from catalog.formats._row_links import row_start, several_named, targets
from catalog.formats._stream import may_have
from catalog.formats._text import from_text, from_wkt
from catalog.schema import SchemaField
from catalog.table import Table

#: In the place of a datatype or a language: the object is an IRI.
LINK = ""
#: The same, where the syntax writes the IRI in short; the IRI stands behind the mark.
NAMED = "<"
_LANGUAGE = re.compile(r"@[A-Za-z]+(-[A-Za-z0-9]+)*\Z")


@dataclass(frozen=True, slots=True)
class Said:
    """The triples of a chunk, those of one subject together.

    Attributes:
        chunk: where the texts stand.
        subjects: IRIs, one for each run of triples.
        row: of each triple, its subject's place.
        kind: of each triple, a place in ``kinds``.
        kinds: property and datatype IRI, language tag in small letters, ``LINK``, or ``NAMED``
            with the class that a row is of.
        starts, ends: of each triple, where its object's text stands, without its quotes.
    """

    chunk: Chunk
    subjects: pa.StringArray
    row: Places
    kind: Places
    kinds: list[tuple[str, str]]
    starts: Places
    ends: Places


def combined(
    predicates: Places, names: list[str], kinds: Places, said: list[str]
) -> tuple[Places, list[tuple[str, str]]]:
    """Numbers of properties and of kinds as one number, for the pairs that occur."""
    both = predicates * len(said) + kinds
    used = np.flatnonzero(np.bincount(both, minlength=len(names) * len(said)))
    numbers = np.zeros(len(names) * len(said), np.int64)
    numbers[used] = np.arange(len(used))
    pairs = [(names[code // len(said)], said[code % len(said)]) for code in used.tolist()]
    return numbers[both], pairs


def kind_of(mark: str, absolute: Callable[[str], str]) -> str:
    """What stands behind a literal, as a language tag in small letters or a datatype's IRI.

    Args:
        mark: ``@th``, ``^^<…>``, ``^^xsd:date`` or nothing.
        absolute: gives the IRI for the way that the syntax writes it.
    """
    if not mark:
        return iri("xsd:string")
    if mark.startswith("^^"):
        return absolute(mark[2:])
    expect(_LANGUAGE.match(mark), f"a literal of kind {mark[:40]}")
    return mark[1:].lower()


def read_said(
    found: Iterable[Said], table: Table, unescaped: Callable[[pa.StringArray], pa.StringArray]
) -> Iterator[pa.RecordBatch]:
    """The rows of a table from its triples.

    Args:
        found: chunks in order; what is said of the table itself stands in the first.
        table: what the file was written from.
        unescaped: takes escapes out of texts.

    Raises:
        ValueError: a subject that is not its row's, or a property that is no column's.
    """
    reader: _Triples | None = None
    for said in found:
        if reader is None:
            reader = _Triples(table, _table_uri(said), unescaped)
            said = _without_first(said)
        if len(said.subjects):
            yield reader.read(said)
    expect(reader is not None, "nothing is said")


def _table_uri(said: Said) -> str:
    """The subject of the first triples, which are about the table itself."""
    own = {said.kinds[kind] for kind in said.kind[said.row == 0].tolist()}
    expect((iri("dcterms:isPartOf"), LINK) in own, "nothing is said of the table")
    return str(said.subjects[0].as_py())


def _without_first(said: Said) -> Said:
    rest = said.row > 0
    return Said(
        said.chunk, said.subjects[1:], said.row[rest] - 1, said.kind[rest], said.kinds,
        said.starts[rest], said.ends[rest],
    )  # fmt: skip


class Reader:
    """Rows of one table, however a syntax writes them.

    Args:
        table: what the file was written from.
        uri: the table's, as the file has it.
    """

    def __init__(self, table: Table, uri: str) -> None:
        self.table, self.uri = table, uri
        self.first, self.base = 0, row_start(uri) if table.schema.primary_key else ""
        self.places, self.targets = _places(table, uri), targets(table.schema, uri)
        self.rows_of_others = frozenset(
            name for name, key in several_named(table.schema, uri) if key.reference.resource
        )
        self.others = _others(table, uri, self.rows_of_others)

    def place(self, predicate: str, kind: str) -> int:
        """A column's place, or one behind them of what stands beside the columns; -1 of a class."""
        if kind.startswith(NAMED):
            whole = predicate == iri("rdf:type") and kind[1:] == row_class(self.table.schema)
            expect(whole, f"no row is {predicate} {kind[1:]}")
            return -1
        known = self.places.get((predicate, kind))
        if known is None:
            expect((predicate, kind) in self.others, f"no column is {predicate} {kind}")
            known = len(self.table.schema.fields) + self.others.index((predicate, kind))
        return known

    def typed(self, texts: pa.StringArray, field: SchemaField) -> pa.Array:
        """Texts as the canonical table types them."""
        if field.is_geometry:
            return from_wkt(texts)
        return texts if field.type == "list" else from_text(texts, field)

    def key(self, iris: pa.StringArray, field: SchemaField) -> pa.StringArray:
        """The values of a foreign key in the IRIs of the rows that it points to."""
        return _key(iris, self.targets[field.name])

    def batch(
        self,
        columns: list[pa.Array],
        names: pa.StringArray,
        found: Callable[[int], tuple[pa.StringArray, Places]],
    ) -> pa.RecordBatch:
        """The next rows, when what stands beside the columns was held against them.

        Args:
            columns: canonical values.
            names: the subjects.
            found: texts, and the row of each, of a place behind the columns.
        """
        batch = pa.RecordBatch.from_arrays(columns, schema=self.table.arrow)
        self._check_subjects(batch, names)
        expected = self._expected(batch)
        for number, other in enumerate(self.others, len(self.table.schema.fields)):
            if other[0] not in self.rows_of_others:  # only that table's schema knows its key
                texts, at = found(number)
                wanted, rows = in_rows(expected[other], batch.num_rows)
                same = wanted.equals(texts) and np.array_equal(rows, at)
                expect(same, f"{other[0]} is not what follows from the row")
        self.first += batch.num_rows
        return batch

    def _check_subjects(self, batch: pa.RecordBatch, names: pa.StringArray) -> None:
        if not self.base:
            start = str(names[0].as_py())
            self.base = start[: start.rfind("=") + 1]
        expected = subjects(batch, self.table.schema, self.base, self.first)
        expect(expected.equals(names), "a subject is not the one of its row")

    def _expected(self, batch: pa.RecordBatch) -> dict[tuple[str, str], list[pa.Array]]:
        """What stands beside the columns must follow from them."""
        expected: dict[tuple[str, str], list[pa.Array]] = {name: [] for name in self.others}
        for part in beside(batch, self.table.schema, self.uri):
            expected[part.predicate, part.datatype or LINK].append(part.values)
        if kind := row_class(self.table.schema):
            expected[iri("rdf:type"), LINK] = [pa.array([kind] * batch.num_rows)]
        return expected


class _Triples(Reader):
    """Rows from the triples of a chunk."""

    def __init__(
        self, table: Table, uri: str, unescaped: Callable[[pa.StringArray], pa.StringArray]
    ) -> None:
        super().__init__(table, uri)
        self.unescaped = unescaped

    def read(self, said: Said) -> pa.RecordBatch:
        """The rows of a chunk."""
        numbers = np.zeros(len(said.kinds), np.int64)
        for kind in _used(said.kind):
            numbers[kind] = self.place(*said.kinds[kind])
        place = numbers[said.kind]
        made = [
            self._column(said, np.flatnonzero(place == at), field)
            for at, field in enumerate(self.table.schema.fields)
        ]

        def found(number: int) -> tuple[pa.StringArray, Places]:
            at = np.flatnonzero(place == number)
            if self.others[number - len(made)] == (iri("rdf:type"), LINK) and not len(at):
                at = np.flatnonzero(place == -1)
                return pa.array([row_class(self.table.schema)] * len(at), pa.string()), said.row[at]
            return self.unescaped(said.chunk.cut(said.starts[at], said.ends[at])), said.row[at]

        return self.batch(made, self.unescaped(said.subjects), found)

    def _column(self, said: Said, at: Places, field: SchemaField) -> pa.Array:
        texts = self.unescaped(said.chunk.cut(said.starts[at], said.ends[at]))
        kinds = {said.kinds[kind][1] for kind in _used(said.kind[at])}
        if kinds == {LINK}:
            texts = self.key(texts, field)
        else:
            expect(LINK not in kinds, f"{field.name} is a link here and a value there")
        return self.typed(spread(texts, said.row[at], len(said.subjects)), field)


def _used(numbers: Places) -> list[int]:
    """The distinct ones of small numbers."""
    found: list[int] = np.flatnonzero(np.bincount(numbers)).tolist()
    return found


def in_rows(parts: list[pa.Array], count: int) -> tuple[pa.StringArray, Places]:
    """Texts row by row, those of a row in the order of the parts, and the row of each."""
    if not parts:
        return pa.array([], pa.string()), np.empty(0, np.int64)
    every = np.arange(len(parts) * count).reshape(len(parts), count).T.ravel()
    texts = pa.concat_arrays([part.cast(pa.string()) for part in parts]).take(pa.array(every))
    rows = np.repeat(np.arange(count), len(parts))
    return texts.drop_null(), rows[np.asarray(texts.is_valid())]


def _places(table: Table, uri: str) -> dict[tuple[str, str], int]:
    """The place of the column that a property with a kind of value stands for."""
    found: dict[tuple[str, str], int] = {}
    keyed = targets(table.schema, uri)
    for place, column in enumerate(columns(table.schema, uri)):
        # Language tags have no case (RFC 5646 §2.1.1).
        kind = column.lang.lower() if column.lang else str(column.datatype)
        found[column.predicate, kind] = place
        if column.field.type == "duration":
            found[column.predicate, iri("xsd:string")] = place
        if column.field.name in keyed:
            found[column.predicate, LINK] = place
    return found


def _others(table: Table, uri: str, more: frozenset[str]) -> list[tuple[str, str]]:
    """Property and kind of what may be said beside the columns."""
    empty = pa.RecordBatch.from_pylist([], schema=table.arrow)
    found = [(part.predicate, part.datatype or LINK) for part in beside(empty, table.schema, uri)]
    links = [(name, LINK) for name in (iri("rdf:type"), *sorted(more))]
    return list(dict.fromkeys([*links, *found]))


def _key(links: pa.StringArray, target: str) -> pa.StringArray:
    """The key in the IRIs of rows."""
    expect(
        pc.all(pc.starts_with(links, target), min_count=0).as_py(),
        f"a link that is none to {target}",
    )
    keys = pc.utf8_slice_codeunits(links, len(target))
    if not may_have(keys, b"%"):
        return keys
    whole = pc.dictionary_encode(keys)
    distinct = [unquote(key, errors="strict") for key in whole.dictionary.to_pylist()]
    return pa.array(distinct, pa.string()).take(whole.indices)
