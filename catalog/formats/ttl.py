"""Turtle (RDF 1.1): RDF that people read, with prefixes, grouped by subject.

The mapping is ``_csvw``'s; N-Triples and RDF/XML hold the same graph.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from catalog.formats import About, Format, _escape
from catalog.formats._chunks import (
    Chunk,
    Places,
    chunks,
    coded,
    expect,
    last_of,
    next_of,
    unescaped_turtle,
)
from catalog.formats._csvw import Part, iri, split_iri
from catalog.formats._fit import Tally
from catalog.formats._rdf import STEPS, mapped, namespaces, said_of_rows, said_of_table
from catalog.formats._rdf import held as held
from catalog.formats._rdf_reader import LINK, NAMED, Said, combined, kind_of, read_said
from catalog.formats._stream import joined, put, rows
from catalog.problem import Problem
from catalog.spec import Words
from catalog.table import Table

FORMAT = Format(
    name="ttl",
    title=Words(th="RDF (Turtle)", en="RDF (Turtle)"),
    extension="ttl",
    media_type="text/turtle",
    eu_file_type="RDF_TURTLE",
    ckan="TTL",
    gdcatalog="RDF",
    stars_dga=4,
    stars_nectec=0,
    geometry="holds",
)
_LOCAL = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z")
_PREFIX = re.compile(r"@prefix ([A-Za-z][A-Za-z0-9]*): <([^<>]*)> \.\Z")
_BETWEEN = " ;\n    "
#: Datatypes whose canonical texts are literals by themselves (Turtle §2.5).
_BARE = ("xsd:integer", "xsd:boolean")


def refuse(table: Table) -> Problem | None:
    """Every table can be RDF."""
    return None


def write(table: Table, about: About, target: Path) -> tuple[Problem, ...]:
    """Write what is said of the table itself, then of its rows."""
    tally, spaces = Tally(), namespaces(about)
    with target.open("wb") as out:
        for prefix, space in spaces.items():
            out.write(f"@prefix {prefix}: <{space}> .\n".encode())
        own = (
            "".join((_verb(part, spaces), " ", *_object(part, spaces)))
            for part in said_of_table(about)
        )
        out.write(f"\n<{about.table_uri}>\n    {_BETWEEN.join(own)} .\n".encode())
        for subjects, parts in said_of_rows(table, about, tally):
            put(out, _descriptions(subjects, parts, spaces))
    return tally.problems(STEPS, table.name)


def _descriptions(
    subjects: pa.StringArray, parts: list[Part], spaces: Mapping[str, str]
) -> pa.StringArray:
    """One paragraph per row; a row of which nothing is said has none."""
    said = [(f"{_verb(part, spaces)} ", *_object(part, spaces)) for part in parts]
    first = next((place for place, part in enumerate(parts) if _always(part)), None)
    if first is not None:
        others = [(_BETWEEN, *pieces) for pieces in said]
        del others[first]
        return joined([("<", subjects, ">\n    "), said[first], *others, (" .\n",)])
    lines = [rows(*pieces) for pieces in said]
    nothing = pa.nulls(len(subjects), pa.string())
    whole = pc.binary_join_element_wise(nothing, *lines, _BETWEEN, null_handling="skip")
    paragraphs = rows("<", subjects, ">\n    ", whole, " .\n")
    return pc.if_else(pc.equal(whole, ""), "", paragraphs)


def _always(part: Part) -> bool:
    """Whether a part is said of every row."""
    return isinstance(part.values, str) or not part.values.null_count


def _verb(part: Part, spaces: Mapping[str, str]) -> str:
    return "a" if part.predicate == iri("rdf:type") else _name(part.predicate, spaces)


def _name(whole: str, spaces: Mapping[str, str]) -> str:
    """An IRI as a prefixed name, where it has a prefix."""
    space, local = split_iri(whole)
    for prefix, known in spaces.items():
        if known == space and _LOCAL.match(local):
            return f"{prefix}:{local}"
    return f"<{whole}>"


def _object(part: Part, spaces: Mapping[str, str]) -> tuple[pa.StringArray | str, ...]:
    """The pieces of the objects of a part."""
    if part.is_link:
        if isinstance(part.values, str):
            return (_name(part.values, spaces),)
        return ("<", part.values, ">")
    if part.datatype in [iri(name) for name in _BARE]:
        return (part.values,)
    kind = ""
    if part.lang or not part.is_plain:
        kind = f"@{part.lang}" if part.lang else f"^^{_name(str(part.datatype), spaces)}"
    return ('"', mapped(part.values, _escape.ntriples), f'"{kind}')


def read(path: Path, table: Table) -> Iterator[pa.RecordBatch]:
    """Read back by the grammar of Turtle: prefixes, then a paragraph to a subject.

    Of the many ways that Turtle has, the one is known that a line holds one property and object.
    """
    return read_said(_said(path), table, unescaped_turtle)


def _said(path: Path) -> Iterator[Said]:
    spaces: dict[str, str] = {}
    for place, data in enumerate(chunks(path, _cut)):
        body = data
        if not place:
            head, blank, body = data.partition(b".\n\n")
            expect(blank, "no end of the prefixes")
            for line in (head + b".").decode().split("\n"):
                found = _PREFIX.match(line)
                expect(found, f"not a prefix: {line[:40]!r}")
                spaces[found[1]] = found[2]  # type: ignore[index]
        if body:
            yield _triples(Chunk(body), spaces)


def _cut(data: bytes) -> int:
    """The place behind the last whole paragraph; literals have no line ends of their own."""
    return data.rfind(b"\n<") + 1


def _triples(chunk: Chunk, spaces: Mapping[str, str]) -> Said:
    """The triples of whole paragraphs."""
    ends = chunk.find(b"\n")
    starts = np.append(0, ends[:-1] + 1)
    expect(len(ends) and ends[-1] == len(chunk.view) - 1, "a line that does not end")
    subject = chunk.view[starts] == ord("<")
    last = np.append(subject[1:], True)
    expect(subject[0] and not (subject & last).any(), "a subject of which nothing is said")
    at = ends[subject] - 1
    expect(chunk.has(at, b">"), "a subject that is no IRI")
    first, stops = starts[~subject], ends[~subject] - 2
    expect(all(chunk.has(first + place, b" ") for place in range(4)), "a line of another kind")
    marks = np.where(last[~subject], ord("."), ord(";"))
    expect(chunk.has(stops, b" ") and (chunk.view[stops + 1] == marks).all(), "a wrong line end")
    blanks = next_of(chunk.find(b" "), first + 4)
    expect((blanks < stops).all(), "a property without an object")
    verbs, names = coded(chunk.cut(first + 4, blanks))
    objects = _objects(chunk, blanks + 1, stops, spaces)
    predicates = [iri("rdf:type") if name == "a" else _whole(name, spaces) for name in names]
    kind, kinds = combined(verbs, predicates, objects.kind, objects.kinds)
    texts = chunk.cut(starts[subject] + 1, at)
    row = (np.cumsum(subject) - 1)[~subject]
    return Said(chunk, texts, row, kind, kinds, objects.starts, objects.ends)


@dataclass(frozen=True, slots=True)
class _Objects:
    """Objects of triples: the kind of each, and where its text stands."""

    kind: Places
    kinds: list[str]
    starts: Places
    ends: Places


def _objects(chunk: Chunk, starts: Places, stops: Places, spaces: Mapping[str, str]) -> _Objects:
    first = chunk.view[starts]
    literal, link = first == ord('"'), first == ord("<")
    expect(chunk.has(stops[link] - 1, b">"), "a link without its end")
    quotes = last_of(chunk.find(b'"'), stops)
    expect((quotes[literal] > starts[literal]).all(), "a literal without its end")
    begins = np.where(literal, quotes + 1, np.where(link, stops, starts))
    kind, marks = coded(_marks(chunk, begins, stops, ~literal & ~link))
    kinds = [_kind(mark, spaces) for mark in marks]
    kind = np.where(link, len(kinds), kind)
    inside = (literal | link).astype(np.int64)
    ends = np.where(literal, quotes, stops - link)
    return _Objects(kind, [*kinds, LINK], starts + inside, ends)


def _marks(chunk: Chunk, begins: Places, stops: Places, bare: npt.NDArray[np.bool_]) -> pa.Array:
    """What follows each literal; of objects without quotes, what they are by themselves."""
    marks = chunk.cut(begins, stops)
    if not bare.any():
        return marks
    whole = pc.match_substring_regex(marks, pattern=r"\A[+-]?[0-9]+\z")
    truth = pc.is_in(marks, pa.array(["true", "false"]))
    kinds = pc.if_else(whole, "^^xsd:integer", pc.if_else(truth, "^^xsd:boolean", marks))
    return pc.if_else(pa.array(bare), kinds, marks)


def _kind(mark: str, spaces: Mapping[str, str]) -> str:
    if not mark or mark[0] in "@^":
        return kind_of(mark, lambda name: _whole(name, spaces))
    return NAMED + _whole(mark, spaces)


def _whole(name: str, spaces: Mapping[str, str]) -> str:
    """The IRI of a prefixed name, or of one in angle brackets."""
    if name.startswith("<"):
        return name.removeprefix("<").removesuffix(">")
    prefix, colon, local = name.partition(":")
    expect(colon and prefix in spaces, f"no prefix of {name[:40]!r}")
    return spaces[prefix] + local
