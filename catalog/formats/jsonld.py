"""JSON-LD 1.1: the graph of the other RDF files, as records that any JSON program reads.

The first line is the context: it says what each name of a record means, so that ``name`` and its
like are properties, languages and datatypes. Then a record to a line, the table's own first.
Numbers that are not whole stand in quotes: JSON-LD would write 0.1 as ``1.0E-1`` (§8.6 of its
API), and the four RDF files are to be one graph. Names of records are whole IRIs or terms of the
context, never prefixed names, because a column may be called as a prefix is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from catalog.formats import About, Format, _escape
from catalog.formats._chunks import Places, expect
from catalog.formats._csvw import Part, iri, parts
from catalog.formats._fit import Tally
from catalog.formats._json_lines import lines, parsed, plain_text
from catalog.formats._rdf import STEPS, said_of_rows, said_of_table
from catalog.formats._rdf import held as held
from catalog.formats._rdf_reader import LINK, Reader, in_rows
from catalog.formats._stream import joined, put
from catalog.problem import Problem
from catalog.spec import Words
from catalog.table import Table

FORMAT = Format(
    name="jsonld",
    title=Words(th="RDF (JSON-LD)", en="RDF (JSON-LD)"),
    extension="jsonld",
    media_type="application/ld+json",
    eu_file_type="JSON_LD",
    ckan="JSON-LD",
    gdcatalog="RDF",
    stars_dga=4,
    stars_nectec=0,
    geometry="holds",
)
_GRAPH = '"@graph":['
_END = b"]}\n"
_LANGUAGE = re.compile(r"[A-Za-z]+(-[A-Za-z0-9]+)*\Z")
#: Datatypes whose values are JSON's own, with the Arrow type that reads them.
_BARE = {"xsd:integer": pa.int64(), "xsd:boolean": pa.bool_()}


def refuse(table: Table) -> Problem | None:
    """Every table can be RDF."""
    return None


def write(table: Table, about: About, target: Path) -> tuple[Problem, ...]:
    """Write the context, what is said of the table itself, then its rows."""
    tally = Tally()
    context = _context(table, about)
    with target.open("wb") as out:
        out.write(f'{{"@context":{_compact(context)},{_GRAPH}\n'.encode())
        out.write(_compact(_table_node(about)).encode())
        for subjects, said in said_of_rows(table, about, tally):
            put(out, _records(subjects, said))
        out.write(b"\n" + _END)
    return tally.problems(STEPS, table.name)


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _context(table: Table, about: About) -> dict[str, dict[str, str]]:
    """What the names of records mean."""
    empty = pa.RecordBatch.from_pylist([], schema=table.arrow)
    said = parts(empty, about.schema, about.table_uri, about.schemas)
    return {part.key: _meaning(part) for part in said if part.key != "@type"}


def _meaning(part: Part) -> dict[str, str]:
    if part.lang:
        return {"@id": part.predicate, "@language": part.lang}
    return {"@id": part.predicate, "@type": part.datatype or "@id"}


def _table_node(about: About) -> dict[str, Any]:
    node: dict[str, Any] = {"@id": about.table_uri}
    for part in said_of_table(about):
        if part.predicate == iri("rdf:type"):
            node["@type"] = part.values
            continue
        value = {"@id": part.values} if part.is_link else {"@value": part.values}
        if part.lang:
            value["@language"] = part.lang
        node.setdefault(part.predicate, []).append(value)
    return node


def _records(subjects: pa.StringArray, said: list[Part]) -> pa.StringArray:
    """Rows as records, each behind the one before it."""
    groups: list[tuple[pa.StringArray | str, ...]] = [(',\n{"@id":', _escape.json(subjects))]
    for part in said:
        if isinstance(part.values, str):
            groups.append((f',"{part.key}":{_compact(part.values)}',))
            continue
        bare = part.datatype in [iri(name) for name in _BARE]
        value = part.values if bare else _escape.json(part.values)
        groups.append((f',"{part.key}":', pc.fill_null(value, "null")))
    return joined([*groups, ("}",)])


def read(path: Path, table: Table) -> Iterator[pa.RecordBatch]:
    """Read back by the file's own context.

    Raises:
        ValueError: a context, a record or a subject that is not as it should be.
    """
    found = lines(path, _END)
    context = _head(next(found, b""))
    reader: _Records | None = None
    for data in found:
        if reader is None:
            own, _, data = data.partition(b"\n")
            reader = _Records(table, _table_uri(own), context)
        if data:
            yield reader.read(data)
    expect(reader is not None, "nothing is said")


def _head(line: bytes) -> Mapping[str, Mapping[str, str]]:
    expect(line.endswith(_GRAPH.encode()), "no graph")
    context = json.loads(line + b"]}")["@context"]
    expect(isinstance(context, dict), "no context")
    return dict(context)


def _table_uri(line: bytes) -> str:
    """The table's URI, from the record that is about the table itself."""
    node = json.loads(line)
    expect(iri("dcterms:isPartOf") in node, "nothing is said of the table")
    return str(node["@id"])


class _Records(Reader):
    """Rows from records, by a context."""

    def __init__(self, table: Table, uri: str, context: Mapping[str, Mapping[str, str]]) -> None:
        super().__init__(table, uri)
        self.names = {name: (str(said["@id"]), _kind(said)) for name, said in context.items()}
        bare = {iri(name): kind for name, kind in _BARE.items()}
        kinds = {name: bare.get(kind, pa.string()) for name, (_, kind) in self.names.items()}
        if (iri("rdf:type"), LINK) in self.others and self._has_class():
            self.names["@type"] = (iri("rdf:type"), LINK)
        self.schema = pa.schema(
            [("@id", pa.string()), *((name, kinds.get(name, pa.string())) for name in self.names)]
        )

    def _has_class(self) -> bool:
        empty = pa.RecordBatch.from_pylist([], schema=self.table.arrow)
        return bool(self._expected(empty)[iri("rdf:type"), LINK])

    def read(self, data: bytes) -> pa.RecordBatch:
        """The rows of some lines."""
        records = parsed(data, self.schema)
        texts: dict[int, list[pa.StringArray]] = {}
        fields = self.table.schema.fields
        for name, (predicate, kind) in self.names.items():
            place = self.place(predicate, kind)
            values = plain_text(records.column(name))
            if kind == LINK and place < len(fields):
                values = self.key(values, fields[place])
            texts.setdefault(place, []).append(values)
        expect(all(place in texts for place in range(len(fields))), "the context lacks a column")
        made = [self.typed(_only(texts[place]), field) for place, field in enumerate(fields)]

        def found(number: int) -> tuple[pa.StringArray, Places]:
            return in_rows(texts.get(number, []), records.num_rows)

        return self.batch(made, records.column("@id"), found)


def _kind(said: Mapping[str, str]) -> str:
    """Datatype IRI, language tag in small letters, or ``LINK``."""
    if language := said.get("@language"):
        expect(_LANGUAGE.match(language), f"a language {language[:40]!r}")
        return language.lower()
    kind = said.get("@type", "")
    expect(kind, "a name without a type")
    return LINK if kind == "@id" else kind


def _only(texts: list[pa.StringArray]) -> pa.StringArray:
    """The one value of each row; a duration is of one kind or of the other."""
    count = len(texts[0])
    given = [count - text.null_count for text in texts]
    whole = pc.coalesce(*texts)
    expect(count - whole.null_count == sum(given), "a column twice in a row")
    return whole
