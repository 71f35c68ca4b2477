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
from typing import IO, Any
from xml.sax.saxutils import escape, quoteattr

import pyarrow as pa
import pyarrow.compute as pc

from catalog.formats import About, Format, _escape
from catalog.formats._about import statements
from catalog.formats._fit import LEGAL_CHARACTERS, Tally, fit
from catalog.formats._stream import batches, put, rows
from catalog.formats._text import from_text, to_text
from catalog.formats._xsd import xsd as xsd
from catalog.problem import Problem
from catalog.schema import SchemaField
from catalog.spec import Words
from catalog.table import BATCH_ROWS, Table

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
_NIL = f"{{{_INSTANCE}}}nil"
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
        out.write(b"</table>\n")
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
    pieces: list[pa.Array | str] = []
    for column, field in zip(batch.columns, table.schema.fields, strict=True):
        text = _escape.xml(to_text(column, field))
        lang = f' xml:lang="{field.lang}"' if field.lang and field.lang != _LANG else ""
        start, end = f"<{field.name}{lang}>", f"</{field.name}>"
        filled = pc.binary_join_element_wise(start, text, end, "")
        pieces.append(pc.fill_null(filled, f'<{field.name} xsi:nil="true"/>'))
    return rows("<row>", *pieces, "</row>\n")


def read(path: Path, table: Table) -> Iterator[pa.RecordBatch]:
    """Read back with libxml2, an element at a time.

    Raises:
        ValueError: a row whose columns are not the table's.
    """
    from lxml import etree

    names = list(table.schema.names)
    columns: list[list[str | None]] = [[] for _ in names]
    parsed = etree.iterparse(
        path, tag="row", huge_tree=True, resolve_entities=False, no_network=True, load_dtd=False
    )
    for _, row in parsed:
        if [cell.tag for cell in row] != names:
            raise ValueError(f"columns are {[cell.tag for cell in row]}")
        for column, cell in zip(columns, row, strict=True):
            column.append(None if cell.get(_NIL) == "true" else cell.text or "")
        _forget(row)
        if len(columns[0]) == BATCH_ROWS:
            yield _typed(columns, table)
            columns = [[] for _ in names]
    if columns[0]:
        yield _typed(columns, table)


def _forget(row: Any) -> None:
    """Free a row that was read; cleared elements would still stand in their parent."""
    row.clear()
    while row.getprevious() is not None:
        del row.getparent()[0]


def _typed(columns: list[list[str | None]], table: Table) -> pa.RecordBatch:
    def typed(values: list[str | None], field: SchemaField) -> pa.Array:
        return from_text(pa.array(values, pa.string()), field)

    pairs = zip(columns, table.schema.fields, strict=True)
    return pa.RecordBatch.from_arrays([typed(*pair) for pair in pairs], schema=table.arrow)


def held(batch: pa.RecordBatch, table: Table) -> pa.RecordBatch:
    """Every value as it is, but for control characters."""
    return fit(batch, table.schema.fields, _STEPS)
