"""XML 1.0: one ``<row>`` per record, one element per column, named as the column.

    <table name="…" xml:lang="th" xmlns:xsi="…">
      <about> title, licence, attribution, source, edition … </about>
      <row><code>48</code><name>นครพนม</name><area xsi:nil="true"/></row>
    </table>

No namespace, so that ``pandas.read_xml(path, xpath="row")`` and Excel take it as it is. Null is
``xsi:nil``, the empty text an empty element. ``xsd`` gives the XML Schema of such a file.
Characters that XML cannot carry (control characters) become U+FFFD, and each is counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalog.formats import About, Format, _escape
from catalog.formats._about import statements
from catalog.formats._chunks import Places, after_last, chunks, expect, unescaped_xml
from catalog.formats._fit import LEGAL_CHARACTERS, Tally, fit
from catalog.formats._markup import Tags, tags_of
from catalog.formats._stream import batches, joined, put
from catalog.formats._text import from_text, to_text
from catalog.formats._xsd import xsd as xsd
from catalog.problem import Problem
from catalog.schema import SchemaField
from catalog.spec import Words
from catalog.table import Table

FORMAT = Format(
    name="xml",
    title=Words(th="XML", en="XML"),
    extension="xml",
    media_type="application/xml",
    eu_file_type="XML",
    ckan="XML",
    gdcatalog="XML",
    stars_dga=3,
    stars_nectec=3,
    geometry="text",
)
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_END = b"</table>\n"
_STEPS = (LEGAL_CHARACTERS,)
_LANG = "th"


def refuse(table: Table) -> Problem | None:
    """Every table can be XML."""
    return None


def write(table: Table, about: About, target: Path) -> tuple[Problem, ...]:
    """Write the table, with what it says of itself in front."""
    tally = Tally()
    with target.open("wb") as out:
        _head(out, table, about)
        for batch in batches(table):
            fitted = fit(batch, table.schema.fields, _STEPS, tally)
            put(out, _rows(fitted, table))
        out.write(_END)
    return tally.problems(_STEPS, table.name)


def _head(out: IO[bytes], table: Table, about: About) -> None:
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<table name="{table.name}" xml:lang="{_LANG}" xmlns:xsi="{_INSTANCE}">',
        "<about>",
    ]
    for one in statements(about):
        address = f" href={quoteattr(one.uri)}" if one.uri else ""
        if one.th or not one.en:
            lines.append(f"<{one.key}{address}>{escape(one.th or '')}</{one.key}>")
        if one.en:
            lines.append(f'<{one.key} xml:lang="en"{address}>{escape(one.en)}</{one.key}>')
    out.write(("\n".join([*lines, "</about>"]) + "\n").encode())


def _rows(batch: pa.RecordBatch, table: Table) -> pa.StringArray:
    groups: list[tuple[pa.Array | str, ...]] = [("<row>",)]
    for column, field in zip(batch.columns, table.schema.fields, strict=True):
        text = _escape.xml(to_text(column, field))
        lang = f' xml:lang="{field.lang}"' if field.lang and field.lang != _LANG else ""
        start, end = f"<{field.name}{lang}>", f"</{field.name}>"
        if text.null_count:
            filled = pc.binary_join_element_wise(start, text, end, "")
            groups.append((pc.fill_null(filled, f'<{field.name} xsi:nil="true"/>'),))
        else:
            groups.append((start, text, end))
    return joined([*groups, ("</row>\n",)])


def read(path: Path, table: Table) -> Iterator[pa.RecordBatch]:
    """Read back by the grammar of XML, a chunk of rows at a time.

    Raises:
        ValueError: a row whose columns are not the table's, or XML of another shape.
    """
    closed, first = False, True
    for data in chunks(path, after_last(b"</row>\n")):
        expect(not closed, "more behind the end")
        if first:
            head, end, data = data.partition(b"</about>\n")
            expect(end and head.startswith(b"<?xml ") and b"<table " in head, "not XML of a table")
        closed, first = data.endswith(_END), False
        if data := data.removesuffix(_END):
            yield _batch(tags_of(data), table)
    expect(closed, "no end of the file")


def _batch(tags: Tags, table: Table) -> pa.RecordBatch:
    """Whole rows: ``<row>``, an element for each column in order, ``</row>``."""
    names = [""] * 2 + list(table.schema.names)
    roles = np.array([_role(head, names) for head in tags.heads])
    role, ends = roles[tags.head], np.array([head[0] == "/" for head in tags.heads])[tags.head]
    role[_row_tags(tags)] = 1  # a column may be called ``row`` too
    cells = np.flatnonzero((role > 1) & ~ends)
    width = len(table.schema.fields)
    opened = np.flatnonzero((role == 1) & ~ends)
    in_order = np.tile(np.arange(2, 2 + width), len(opened))
    expect(np.array_equal(role[cells], in_order), "columns are others")
    full = ~tags.alone[cells]
    closes = cells[full] + 1
    expect((role[closes] == role[cells[full]]).all() and ends[closes].all(), "cells in cells")
    # With every cell closed, rows in order and no tag left over, nothing else can stand there.
    rows = cells.reshape(-1, width)
    last = rows[:, -1] + np.where(tags.alone[rows[:, -1]], 1, 2)
    expect(np.array_equal(opened + 1, rows[:, 0]), "a cell outside of a row")
    expect((role[last] == 1).all() and ends[last].all(), "a row without its end")
    expect(len(tags.head) == 2 * len(opened) + len(cells) + len(closes), "a tag too many")
    expect(tags.nothing_after(last, b"\n"), "a text between rows")
    expect(tags.nothing_after(opened), "a text before a cell")
    expect(tags.nothing_after(np.concatenate([closes, cells[~full]])), "a text behind a cell")
    pairs = zip(rows.T, table.schema.fields, strict=True)
    return pa.RecordBatch.from_arrays([_column(tags, *pair) for pair in pairs], schema=table.arrow)


def _row_tags(tags: Tags) -> Places:
    """The tags of rows: a line end follows on the last of each."""
    gaps = np.append(tags.left[1:], len(tags.chunk.view)) - tags.right - 1
    last = np.flatnonzero((gaps > 0) & np.array([h == "/row" for h in tags.heads])[tags.head])
    first = np.append(0, last[:-1] + 1)
    expect(all(tags.heads[head] == "row" for head in np.unique(tags.head[first])), "no row")
    return np.concatenate([first, last])


def _role(head: str, names: list[str]) -> int:
    """2 and on for columns, 0 for a row."""
    name, _, attribute = head.removeprefix("/").partition(" ")
    expect(
        attribute in ("", 'xsi:nil="', 'xml:lang="'), f"an unknown attribute: {attribute[:40]!r}"
    )
    expect(name == "row" or name in names, f"an unknown element: {name[:40]!r}")
    return names.index(name) if name in names else 0


def _column(tags: Tags, cells: Places, field: SchemaField) -> pa.Array:
    """A column from the opening tags of its cells; those without content are null."""
    nil = tags.alone[cells]
    said = np.array([head.endswith(' xsi:nil="') for head in tags.heads])[tags.head[cells]]
    expect(np.array_equal(nil, said), "an element without content")
    expect(set(tags.values(cells[nil]).unique().to_pylist()) <= {"true"}, "neither nil nor a value")
    inside = tags.right[cells] + 1
    stops = np.where(nil, inside, np.append(tags.left, 0)[cells + 1])
    text = unescaped_xml(tags.chunk.cut(inside, stops))
    if nil.any():
        text = pc.if_else(pa.array(nil), pa.scalar(None, pa.string()), text)
    return from_text(text, field)


def held(batch: pa.RecordBatch, table: Table) -> pa.RecordBatch:
    """Every value as it is, but for control characters."""
    return fit(batch, table.schema.fields, _STEPS)
