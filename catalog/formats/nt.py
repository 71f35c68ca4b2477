"""N-Triples (RDF 1.1): a triple to a line, the form of RDF that streams best.

The mapping is ``_csvw``'s; Turtle and RDF/XML hold the same graph.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from catalog.formats import About, Format, _escape
from catalog.formats._chunks import (
    Chunk,
    Places,
    chunks,
    coded,
    expect,
    last_of,
    next_of,
    runs,
    unescaped_turtle,
)
from catalog.formats._csvw import Part
from catalog.formats._fit import Tally
from catalog.formats._rdf import STEPS, mapped, said_of_rows, said_of_table
from catalog.formats._rdf import held as held
from catalog.formats._rdf_reader import LINK, Said, combined, kind_of, read_said
from catalog.formats._stream import joined, put
from catalog.problem import Problem
from catalog.spec import Words
from catalog.table import Table

FORMAT = Format(
    name="nt",
    title=Words(th="RDF (N-Triples)", en="RDF (N-Triples)"),
    extension="nt",
    media_type="application/n-triples",
    eu_file_type="RDF_N_TRIPLES",
    ckan="N-Triples",
    gdcatalog="RDF",
    stars_dga=4,
    stars_nectec=0,
    geometry="holds",
)


def refuse(table: Table) -> Problem | None:
    """Every table can be RDF."""
    return None


def write(table: Table, about: About, target: Path) -> tuple[Problem, ...]:
    """Write the triples of the table itself, then those of its rows."""
    tally = Tally()
    with target.open("wb") as out:
        for part in said_of_table(about):
            out.write("".join(_line(about.table_uri, part)).encode())
        for subjects, parts in said_of_rows(table, about, tally):
            put(out, joined(_line(subjects, part) for part in parts))
    return tally.problems(STEPS, table.name)


def _line(subjects: pa.StringArray | str, part: Part) -> tuple[pa.StringArray | str, ...]:
    """The pieces of the lines of a part."""
    return ("<", subjects, f"> <{part.predicate}> ", *_object(part), " .\n")


def _object(part: Part) -> tuple[pa.StringArray | str, ...]:
    """The pieces of the objects of a part."""
    if part.is_link:
        return ("<", part.values, ">")
    kind = f"@{part.lang}" if part.lang else "" if part.is_plain else f"^^<{part.datatype}>"
    return ('"', mapped(part.values, _escape.ntriples), f'"{kind}')


def read(path: Path, table: Table) -> Iterator[pa.RecordBatch]:
    """Read back by the grammar of N-Triples, a line to a triple."""
    said = (_said(data) for data in chunks(path, _cut))
    return read_said(said, table, unescaped_turtle)


def _cut(data: bytes) -> int:
    """The place behind the last row that is whole: what follows it is of another subject."""
    end = data.rfind(b"\n") + 1
    at = data.rfind(b"\n", 0, max(end - 1, 0)) + 1
    subject = data[at : data.find(b" ", at) + 1]
    while at and data.startswith(subject, above := data.rfind(b"\n", 0, at - 1) + 1):
        at = above
    return at


def _said(data: bytes) -> Said:
    """The triples of whole lines: ``<subject> <property> object .``."""
    chunk = Chunk(data)
    ends = chunk.find(b"\n")
    expect(data.endswith(b"\n"), "a line that does not end")
    starts = np.append(0, ends[:-1] + 1)
    blanks = chunk.find(b" ")
    first = next_of(blanks, starts)
    second = next_of(blanks, first + 1)
    expect((second < ends - 3).all(), "a line that is no triple")
    expect(chunk.has(ends - 2, b" ") and chunk.has(ends - 1, b"."), "a line without its end")
    for at, mark in ((starts, b"<"), (first - 1, b">"), (first + 1, b"<"), (second - 1, b">")):
        expect(chunk.has(at, mark), "a subject or property that is no IRI")
    new, row = runs(chunk.cut(starts + 1, first - 1))
    kind, kinds, stops = _objects(chunk, (first + 2, second - 1), (second + 1, ends - 2))
    return Said(
        chunk, chunk.cut(starts[new] + 1, first[new] - 1), row, kind, kinds, second + 2, stops
    )


def _objects(
    chunk: Chunk, predicate: tuple[Places, Places], whole: tuple[Places, Places]
) -> tuple[Places, list[tuple[str, str]], Places]:
    """The kind of each triple, and where the text of its object ends."""
    starts, stops = whole
    literal = chunk.view[starts] == ord('"')
    expect(chunk.has(starts[~literal], b"<"), "an object of another kind")
    expect(chunk.has(stops[~literal] - 1, b">"), "a link without its end")
    ends = np.where(literal, last_of(chunk.find(b'"'), stops), stops - 1)
    expect((ends > starts).all(), "an object without its end")
    kinds, marks = coded(chunk.cut(np.where(literal, ends + 1, stops), stops))
    predicates, names = coded(chunk.cut(*predicate))
    said = [kind_of(mark, lambda iri: iri.removeprefix("<").removesuffix(">")) for mark in marks]
    kinds = np.where(literal, kinds, len(marks))
    return *combined(predicates, names, kinds, [*said, LINK]), ends
