"""RDF/XML (RDF 1.1), served as ``.rdf``: the form that NECTEC's scorer gives five stars.

The mapping is ``_csvw``'s; N-Triples and Turtle hold the same graph.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.sax.saxutils import quoteattr, unescape

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from catalog.formats import About, Format, _escape
from catalog.formats._chunks import Places, after_last, chunks, coded, expect, unescaped_xml
from catalog.formats._csvw import Part, iri, split_iri
from catalog.formats._fit import Tally
from catalog.formats._markup import Tags, tags_of
from catalog.formats._rdf import STEPS, mapped, namespaces, said_of_rows, said_of_table
from catalog.formats._rdf import held as held
from catalog.formats._rdf_reader import LINK, Said, combined, read_said
from catalog.formats._stream import joined, put
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
_XML = b'<?xml version="1.0" encoding="UTF-8"?'
_LAST = b"</rdf:RDF>\n"
_NAMESPACE = re.compile(r'xmlns:([A-Za-z][A-Za-z0-9]*)="([^"<>]*)"')
_NAMESPACES = re.compile(rf"{_NAMESPACE.pattern}(?: {_NAMESPACE.pattern})*")
_TAG = re.compile(
    r"[A-Za-z][A-Za-z0-9]*:[A-Za-z_][A-Za-z0-9_.-]*(?: (?:xml:lang|rdf:datatype)=\")?"
)
_MARKS = {'xml:lang="': "@", 'rdf:datatype="': "^"}
Truths = npt.NDArray[np.bool_]
_START, _END = '<rdf:Description rdf:about="', "</rdf:Description>\n"


def refuse(table: Table) -> Problem | None:
    """Every table can be RDF."""
    return None


def write(table: Table, about: About, target: Path) -> tuple[Problem, ...]:
    """Write what is said of the table itself, then of its rows."""
    tally, spaces = Tally(), namespaces(about)
    with target.open("wb") as out:
        out.write(_head(spaces))
        own = "".join("".join(_property(part, spaces)) for part in said_of_table(about))
        out.write(f'{_START}{about.table_uri}">{own}{_END}'.encode())
        for subjects, parts in said_of_rows(table, about, tally):
            said = (_property(part, spaces) for part in parts)
            put(out, joined([(_START, _escape.xml_attribute(subjects), '">'), *said, (_END,)]))
        out.write(b"</rdf:RDF>\n")
    return tally.problems(STEPS, table.name)


def _head(spaces: Mapping[str, str]) -> bytes:
    declared = " ".join(f"xmlns:{prefix}={quoteattr(space)}" for prefix, space in spaces.items())
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF {declared}>\n'.encode()


def _property(part: Part, spaces: Mapping[str, str]) -> tuple[pa.StringArray | str, ...]:
    """The pieces of a part's property elements."""
    space, local = split_iri(part.predicate)
    name = f"{next(prefix for prefix, known in spaces.items() if known == space)}:{local}"
    if part.is_link:
        return (f'<{name} rdf:resource="', mapped(part.values, _escape.xml_attribute), '"/>')
    kind = f' xml:lang="{part.lang}"' if part.lang else f' rdf:datatype="{part.datatype}"'
    start, end = f"<{name}{'' if part.is_plain else kind}>", f"</{name}>"
    return (start, mapped(part.values, _escape.xml), end)


def read(path: Path, table: Table) -> Iterator[pa.RecordBatch]:
    """Read back by the grammar of RDF/XML.

    Of the many ways that RDF/XML has, the one is known that every subject is an
    ``rdf:Description`` and every property an element of its own.
    """
    return read_said(_said(path), table, unescaped_xml)


def _said(path: Path) -> Iterator[Said]:
    spaces: dict[str, str] = {}
    closed = False
    for data in chunks(path, after_last(_END.encode())):
        expect(not closed, "more behind the end")
        if not spaces:
            head, mark, data = data.partition(b">\n<rdf:RDF ")
            names, end, data = data.partition(b">\n")
            expect(head == _XML and mark and end, "not RDF/XML")
            expect(_NAMESPACES.fullmatch(names.decode()), "an unknown namespace")
            spaces = dict(_NAMESPACE.findall(unescape(names.decode())))
        closed = data.endswith(_LAST)
        if data := data.removesuffix(_LAST):
            yield _triples(tags_of(data), spaces)
    expect(closed, "no end of the file")


def _triples(tags: Tags, spaces: Mapping[str, str]) -> Said:
    """The triples of whole descriptions."""
    is_open, is_close, is_end, is_link, is_start = (
        np.array([kind == name for name in map(_role, tags.heads)])[tags.head]
        for kind in ("open", "close", "end", "link", "start")
    )
    turns = np.flatnonzero(is_open | is_close)
    expect(is_open[turns[0::2]].all() and is_close[turns[1::2]].all(), "descriptions in others")
    expect(is_open[0] and is_close[-1], "a description without its end")
    starts = np.flatnonzero(is_start)
    names = np.array([_name(head) for head in tags.heads])
    same = names[tags.head[starts]] == names[tags.head[starts + 1]]
    expect(is_end[starts + 1].all() and same.all(), "an element without its end")
    expect(is_start[np.flatnonzero(is_end) - 1].all(), "an end without its element")
    expect(tags.nothing_after(np.flatnonzero(is_close), b"\n"), "a text between descriptions")
    expect(
        tags.nothing_after(np.flatnonzero(is_open | is_end | is_link)), "a text between elements"
    )
    expect((tags.alone == is_link).all(), "an element without content")
    return _said_by(tags, is_open, np.flatnonzero(is_start | is_link), is_link, spaces)


def _said_by(
    tags: Tags, is_open: Truths, at: Places, is_link: Truths, spaces: Mapping[str, str]
) -> Said:
    kind, kinds = _kinds(tags, at)
    link = is_link[at]
    begins, ends = tags.right[at] + 1, tags.left[at + 1]
    predicates = [_whole(_name(head), spaces) for head in tags.heads]
    kind, pairs = combined(
        tags.head[at], predicates, np.where(link, len(kinds), kind), [*kinds, LINK]
    )
    row = (np.cumsum(is_open) - 1)[at]
    starts = np.where(link, tags.start[at], begins)
    stops = np.where(link, tags.end[at], ends)
    return Said(tags.chunk, tags.values(np.flatnonzero(is_open)), row, kind, pairs, starts, stops)


def _kinds(tags: Tags, at: Places) -> tuple[Places, list[str]]:
    """The kind of each property: by its attribute, which is a language or a datatype."""
    marks = np.array([_MARKS.get(head.partition(" ")[2], "") for head in tags.heads])
    found = [iri("xsd:string")]
    kind = np.zeros(len(at), np.int64)
    for mark in ("@", "^"):
        mine = marks[tags.head[at]] == mark
        numbers, values = coded(tags.values(at[mine]))
        kind[mine] = numbers + len(found)
        found += [value.lower() if mark == "@" else unescape(value) for value in values]
    return kind, found


def _role(head: str) -> str:
    """What a tag does."""
    if head == 'rdf:Description rdf:about="':
        return "open"
    if head.startswith("/"):
        return "close" if head == "/rdf:Description" else "end"
    if head.endswith(' rdf:resource="'):
        return "link"
    expect(_TAG.fullmatch(head), f"an unknown tag: {head[:40]!r}")
    return "start"


def _name(head: str) -> str:
    return head.removeprefix("/").partition(" ")[0]


def _whole(name: str, spaces: Mapping[str, str]) -> str:
    prefix, _, local = name.partition(":")
    expect(prefix in spaces, f"no namespace of {name[:40]!r}")
    return spaces[prefix] + local
