"""Turtle (RDF 1.1): RDF that people read, with prefixes, grouped by subject.

The mapping is ``_csvw``'s; N-Triples and RDF/XML hold the same graph.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from catalog.formats import About, Format, _escape
from catalog.formats._csvw import Part, iri, split_iri
from catalog.formats._fit import Tally
from catalog.formats._rdf import STEPS, mapped, namespaces, read_graph, said_of_rows, said_of_table
from catalog.formats._rdf import held as held
from catalog.formats._stream import put, rows
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
        own = (f"{_verb(part, spaces)} {_object(part, spaces)}" for part in said_of_table(about))
        out.write(f"\n<{about.table_uri}>\n    {_BETWEEN.join(own)} .\n".encode())
        for subjects, parts in said_of_rows(table, about, tally):
            put(out, _descriptions(subjects, parts, spaces))
    return tally.problems(STEPS, table.name)


def _descriptions(
    subjects: pa.StringArray, parts: list[Part], spaces: Mapping[str, str]
) -> pa.StringArray:
    """One paragraph per row; a row of which nothing is said has none."""
    nothing = pa.nulls(len(subjects), pa.string())
    said = [rows(f"{_verb(part, spaces)} ", _object(part, spaces)) for part in parts]
    whole = pc.binary_join_element_wise(nothing, *said, _BETWEEN, null_handling="skip")
    paragraphs = rows("<", subjects, ">\n    ", whole, " .\n")
    return pc.if_else(pc.equal(whole, ""), "", paragraphs)


def _verb(part: Part, spaces: Mapping[str, str]) -> str:
    return "a" if part.predicate == iri("rdf:type") else _name(part.predicate, spaces)


def _name(whole: str, spaces: Mapping[str, str]) -> str:
    """An IRI as a prefixed name, where it has a prefix."""
    space, local = split_iri(whole)
    for prefix, known in spaces.items():
        if known == space and _LOCAL.match(local):
            return f"{prefix}:{local}"
    return f"<{whole}>"


def _object(part: Part, spaces: Mapping[str, str]) -> pa.StringArray | str:
    """The objects of a part."""
    if part.is_link:
        if isinstance(part.values, str):
            return _name(part.values, spaces)
        return rows("<", part.values, ">")
    if part.datatype in [iri(name) for name in _BARE]:
        return part.values
    kind = ""
    if part.lang or not part.is_plain:
        kind = f"@{part.lang}" if part.lang else f"^^{_name(str(part.datatype), spaces)}"
    return mapped(part.values, lambda text: rows('"', _escape.ntriples(text), f'"{kind}'))


def read(path: Path, table: Table) -> Iterator[pa.RecordBatch]:
    """Read back with Oxigraph's parser."""
    return read_graph(path, table, FORMAT.media_type)
