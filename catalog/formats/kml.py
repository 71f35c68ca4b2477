"""KML 2.2 (OGC 07-147r2), valid against ``ogckml22.xsd``: one placemark per row.

A row's values are ``SimpleData`` of a ``Schema``; null is left out, the empty text is an empty
element. The placemark is called by the column that names things. Other geometry columns are WKT.
Licence, attribution and edition are ``ExtendedData`` of the document. Characters that XML cannot
carry become U+FFFD. A ``MultiGeometry`` of one kind is read as that kind's multi shape.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape, quoteattr

import pyarrow as pa
import pyarrow.compute as pc

from catalog.formats import About, Format
from catalog.formats import _escape as escapes
from catalog.formats import _geo as geo
from catalog.formats._fit import LEGAL_CHARACTERS, Step, Tally, fit
from catalog.formats._kml_reader import read as placemarks
from catalog.formats._kml_shapes import NAMESPACE, one_kind, to_kml
from catalog.formats._stream import batches, put, rows
from catalog.geometry import shapes, to_wkb
from catalog.problem import Level, Problem
from catalog.schema import SchemaField
from catalog.spec import Words
from catalog.table import Table

FORMAT = Format(
    name="kml",
    title=Words(th="KML", en="KML"),
    extension="kml",
    media_type="application/vnd.google-earth.kml+xml",
    eu_file_type="KML",
    ckan="KML",
    gdcatalog="อื่นๆ",
    stars_dga=3,
    stars_nectec=0,
    geometry="needs",
)
_INT32 = 2**31 - 1
#: One style for every kind: an orange line, filled lightly, so that what lies below still shows.
_STYLE = (
    '<Style id="style">'
    "<IconStyle><color>ff0055d4</color><scale>0.8</scale></IconStyle>"
    "<LineStyle><color>ff0055d4</color><width>1.5</width></LineStyle>"
    "<PolyStyle><color>400055d4</color></PolyStyle></Style>"
)
_STYLE_URL = "<styleUrl>#style</styleUrl>"


def refuse(table: Table) -> Problem | None:
    """A table needs a geometry column; rows without a geometry are placemarks without one."""
    return geo.refuse_without_geometry(table)


def write(table: Table, about: About, target: Path) -> tuple[Problem, ...]:
    """Write the table; see the module."""
    with target.open("wb") as out:
        return write_to(out, table, about)


def write_to(out: IO[bytes], table: Table, about: About) -> tuple[Problem, ...]:
    """Write the document to a stream (a file, or the inside of a KMZ)."""
    tally = Tally()
    out.write(_head(table, about).encode())
    for batch in batches(table):
        put(out, _placemarks(fit(batch, table.schema.fields, _steps(table), tally), table))
    out.write(b"</Document>\n</kml>\n")
    return tally.problems(_steps(table), table.name)


def read(path: Path, table: Table) -> Iterator[pa.RecordBatch]:
    """Read back in pieces; see ``_kml_reader``."""
    with path.open("rb") as source:
        yield from read_from(source, table)


def held(batch: pa.RecordBatch, table: Table) -> pa.RecordBatch:
    """Every value but control characters; collections of one kind are multi shapes."""
    return fit(batch, table.schema.fields, _steps(table))


def _steps(table: Table) -> tuple[Step, ...]:
    def plain(column: pa.Array, field: SchemaField) -> pa.Array:
        if field.name != table.geometry or "GeometryCollection" not in table.geometry_kinds:
            return column
        return to_wkb(one_kind(shapes(column)))

    return (LEGAL_CHARACTERS, Step("kml-collections", plain, Level.NOTE))


def _head(table: Table, about: About) -> str:
    """The document up to its placemarks, elements in the order of the standard."""
    facts = geo.facts(about)
    credit = f"{facts['attribution']} ({facts['licence']})"
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<kml xmlns="{NAMESPACE}" xmlns:atom="http://www.w3.org/2005/Atom">',
        "<Document>",
        f"<name>{escape(facts['title'])}</name>",
        f"<atom:author><atom:name>{escape(about.dataset.office.name.th)}</atom:name></atom:author>",
        f'<atom:link rel="related" href={quoteattr(facts["uri"])}/>',
        f"<description>{escape(credit)}</description>",
        _STYLE,
        "<ExtendedData>",
        *(
            f"<Data name={quoteattr(name)}><value>{escape(text)}</value></Data>"
            for name, text in facts.items()
        ),
        "</ExtendedData>",
        f'<Schema name="{table.name}" id="{_schema_id(table)}">',
        *(_field(table, field) for field in geo.properties(table)),
        "</Schema>",
    ]
    return "\n".join(lines) + "\n"


def _schema_id(table: Table) -> str:
    return f"{table.name}_schema"


def _field(table: Table, field: SchemaField) -> str:
    title = f"<displayName>{escape(field.title)}</displayName>" if field.title else ""
    kind = _type(table, field)
    return f'<SimpleField type="{kind}" name="{field.name}">{title}</SimpleField>'


def _type(table: Table, field: SchemaField) -> str:
    """The field's type: ``int`` has 32 bits; what ``double`` would round is ``string``."""
    kind = table.arrow.field(field.name).type
    if pa.types.is_boolean(kind):
        return "bool"
    if pa.types.is_floating(kind):
        return "double"
    if pa.types.is_decimal(kind):
        return "double" if geo.exact_as_float(table, field) else "string"
    if not pa.types.is_integer(kind):
        return "string"
    ends = geo.extremes(table, field.name) or (0, 0)
    if max(abs(end) for end in ends) <= _INT32:
        return "int"
    return "double" if geo.exact_as_float(table, field) else "string"


def _placemarks(batch: pa.RecordBatch, table: Table) -> pa.StringArray:
    shape = pc.fill_null(to_kml(batch.column(table.geometry)), "")
    data = [
        _filled(f'<SimpleData name="{field.name}">', _cell(batch, field), "</SimpleData>")
        for field in geo.properties(table)
    ]
    label = _label(table)
    name = [_filled("<name>", _cell(batch, label), "</name>")] if label else []
    style = pc.if_else(pc.is_valid(batch.column(table.geometry)), _STYLE_URL, "")
    start = f'<ExtendedData><SchemaData schemaUrl="#{_schema_id(table)}">'
    end = "</SchemaData></ExtendedData>"
    return rows("<Placemark>", *name, style, start, *data, end, shape, "</Placemark>\n")


def _cell(batch: pa.RecordBatch, field: SchemaField) -> pa.StringArray:
    return escapes.xml(geo.text_of(batch.column(field.name), field))


def _filled(start: str, text: pa.StringArray, end: str) -> pa.StringArray:
    """Elements around texts; nothing at all for null."""
    return pc.fill_null(pc.binary_join_element_wise(start, text, end, ""), "")


def _label(table: Table) -> SchemaField | None:
    """The field that names things: ``name``, ``title`` or their like, else the first text."""
    texts = [field for field in geo.properties(table) if field.type == "string"]
    named = [field for field in texts if {"name", "title"} & set(field.name.split("_"))]
    keys = set(table.schema.primary_key)
    others = [field for field in texts if field.name not in keys and "code" not in field.name]
    return next(iter([*named, *others, *texts]), None)


def read_from(source: IO[bytes], table: Table) -> Iterator[pa.RecordBatch]:
    """Read a document from a stream."""
    names = [field.name for field in geo.properties(table)]
    for cells, shape in placemarks(source, names):
        columns = [
            shape if field.name == table.geometry else geo.value_of(cells[field.name], field)
            for field in table.schema.fields
        ]
        yield pa.RecordBatch.from_arrays(columns, schema=table.arrow)
