"""N-Triples (RDF 1.1): a triple to a line, the form of RDF that streams best.

The mapping is ``_csvw``'s; Turtle and RDF/XML hold the same graph.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from catalog.formats import About, Format, _escape
from catalog.formats._csvw import Part
from catalog.formats._fit import Tally
from catalog.formats._rdf import STEPS, mapped, read_graph, said_of_rows, said_of_table
from catalog.formats._rdf import held as held
from catalog.formats._stream import put, rows
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
            line = f"<{about.table_uri}> <{part.predicate}> {_object(part)} .\n"
            out.write(line.encode())
        for subjects, parts in said_of_rows(table, about, tally):
            lines = (rows("<", subjects, f"> <{p.predicate}> ", _object(p), " .\n") for p in parts)
            put(out, rows(*(pc.fill_null(line, "") for line in lines)))
    return tally.problems(STEPS, table.name)


def _object(part: Part) -> pa.StringArray | str:
    """The objects of a part."""
    if part.is_link:
        return mapped(part.values, lambda iris: rows("<", iris, ">"))
    kind = f"@{part.lang}" if part.lang else "" if part.is_plain else f"^^<{part.datatype}>"
    return mapped(part.values, lambda text: rows('"', _escape.ntriples(text), f'"{kind}'))


def read(path: Path, table: Table) -> Iterator[pa.RecordBatch]:
    """Read back with Oxigraph's parser."""
    return read_graph(path, table, FORMAT.media_type)
