"""RDF/XML (RDF 1.1), served as ``.rdf``: the form that NECTEC's scorer gives five stars.

The mapping is ``_csvw``'s; N-Triples and Turtle hold the same graph.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pyarrow as pa
import pyarrow.compute as pc

from catalog.formats import About, Format, _escape
from catalog.formats._csvw import Part, split_iri
from catalog.formats._fit import Tally
from catalog.formats._rdf import STEPS, mapped, namespaces, read_graph, said_of_rows, said_of_table
from catalog.formats._rdf import held as held
from catalog.formats._stream import put, rows
from catalog.problem import Problem
from catalog.spec import Words
from catalog.table import Table

FORMAT = Format(
    name="rdf",
    title=Words(th="RDF (RDF/XML)", en="RDF (RDF/XML)"),
    extension="rdf",
    media_type="application/rdf+xml",
    eu_file_type="RDF_XML",
    ckan="RDF",
    gdcatalog="RDF",
    stars_dga=4,
    stars_nectec=5,
    geometry="holds",
)
_START, _END = '<rdf:Description rdf:about="', "</rdf:Description>\n"


def refuse(table: Table) -> Problem | None:
    """Every table can be RDF."""
    return None


def write(table: Table, about: About, target: Path) -> tuple[Problem, ...]:
    """Write what is said of the table itself, then of its rows."""
    tally, spaces = Tally(), namespaces(about)
    with target.open("wb") as out:
        out.write(_head(spaces))
        own = "".join(str(_property(part, spaces)) for part in said_of_table(about))
        out.write(f'{_START}{about.table_uri}">{own}{_END}'.encode())
        for subjects, parts in said_of_rows(table, about, tally):
            said = (_or_nothing(_property(part, spaces)) for part in parts)
            put(out, rows(_START, _escape.xml_attribute(subjects), '">', *said, _END))
        out.write(b"</rdf:RDF>\n")
    return tally.problems(STEPS, table.name)


def _head(spaces: Mapping[str, str]) -> bytes:
    declared = " ".join(f"xmlns:{prefix}={quoteattr(space)}" for prefix, space in spaces.items())
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF {declared}>\n'.encode()


def _or_nothing(properties: pa.StringArray | str) -> pa.StringArray | str:
    return properties if isinstance(properties, str) else pc.fill_null(properties, "")


def _property(part: Part, spaces: Mapping[str, str]) -> pa.StringArray | str:
    """A part as property elements."""
    space, local = split_iri(part.predicate)
    name = f"{next(prefix for prefix, known in spaces.items() if known == space)}:{local}"
    if part.is_link:
        start = f'<{name} rdf:resource="'
        return mapped(part.values, lambda iris: rows(start, _escape.xml_attribute(iris), '"/>'))
    kind = f' xml:lang="{part.lang}"' if part.lang else f' rdf:datatype="{part.datatype}"'
    start, end = f"<{name}{'' if part.is_plain else kind}>", f"</{name}>"
    return mapped(part.values, lambda text: rows(start, _escape.xml(text), end))


def read(path: Path, table: Table) -> Iterator[pa.RecordBatch]:
    """Read back with Oxigraph's parser."""
    return read_graph(path, table, FORMAT.media_type)
