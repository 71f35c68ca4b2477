"""The pieces of an OpenDocument spreadsheet as text."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

import pyarrow as pa
import pyarrow.compute as pc

from catalog.formats import About, _escape
from catalog.formats import _sheets as sheets
from catalog.formats._about import sheet_name, sheet_rows
from catalog.formats._cells import Piece, ends, joined, wrapped
from catalog.formats._stream import may_have
from catalog.formats._zip import Package
from catalog.schema import SchemaField
from catalog.table import Table

MEDIA_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
ROW_START, ROW_END = "<table:table-row>", "</table:table-row>\n"
SHEET_END = b"</table:table>\n"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_OASIS = "urn:oasis:names:tc:opendocument:xmlns:"
_NAMESPACES = " ".join(
    f'xmlns:{name}="{_OASIS}{path}:1.0"'
    for name, path in {
        "office": "office", "table": "table", "text": "text", "style": "style", "meta": "meta",
        "number": "datastyle", "fo": "xsl-fo-compatible", "config": "config",
    }.items()
) + ' xmlns:dc="http://purl.org/dc/elements/1.1/"'  # fmt: skip
_VERSION = 'office:version="1.3"'
_EMPTY = "<table:table-cell/>"
_SPACE, _TAB = "<text:s/>", "<text:tab/>"
#: Opening of a typed cell up to its value, by kind.
_OPENINGS = {
    "number": 'office:value-type="float" office:value="',
    "boolean": 'office:value-type="boolean" office:boolean-value="',
    "date": 'office:value-type="date" office:date-value="',
    "datetime": 'office:value-type="date" office:date-value="',
    "time": 'office:value-type="time" office:time-value="',
}
_DATE_PARTS = (
    '<number:year number:style="long"/><number:text>-</number:text>'
    '<number:month number:style="long"/><number:text>-</number:text>'
    '<number:day number:style="long"/>'
)
_TIME_PARTS = (
    '<number:hours number:style="long"/><number:text>:</number:text>'
    '<number:minutes number:style="long"/><number:text>:</number:text>'
    '<number:seconds number:style="long"/>'
)


def cells(column: pa.Array, field: SchemaField) -> list[Piece]:
    """A column as XML cells, in pieces to be joined with its neighbours."""
    made = sheets.cells(column, field)
    if made.kind == "text":
        return wrapped(_text_cells(made.text), made.text, _EMPTY)
    value = _duration(made.text) if made.kind == "time" else made.text
    # Without the text that is shown: programs make it from the value and the column's style.
    typed: list[Piece] = [f"<table:table-cell {_OPENINGS[made.kind]}", value, '"/>']
    if not pc.any(made.as_text).as_py():
        return wrapped(typed, value, _EMPTY)
    both = pc.if_else(made.as_text, joined(_text_cells(made.text)), joined(typed))
    return [pc.fill_null(both, _EMPTY)]


def _text_cells(text: pa.StringArray) -> list[Piece]:
    opening = '<table:table-cell office:value-type="string"><text:p>'
    return [opening, _paragraphs(text), "</text:p></table:table-cell>"]


def _paragraphs(text: pa.StringArray) -> pa.StringArray:
    """Text as the inside of ``text:p``: readers collapse white space (OpenDocument 1.3, 6.1.2)."""
    text = _escape.xml(text)
    tabs, lines = may_have(text, b"\t"), may_have(text, b"\n")
    if tabs or lines or _has_runs(text):
        text = _spaces(text)
    if tabs:
        text = pc.replace_substring(text, "\t", _TAB)
    if lines:
        text = pc.replace_substring(text, "\n", "</text:p><text:p>")
    return text


def _has_runs(text: pa.StringArray) -> bool:
    """Whether a text has two spaces together, or one at an end."""
    first, last = ends(text)
    blank = ord(" ")
    edges = (first == blank).any() or (last == blank).any()
    return bool(edges or pc.any(pc.match_substring(text, "  ")).as_py())


def _spaces(text: pa.StringArray) -> pa.StringArray:
    """An element for each space that would be lost: in runs and beside ends, tabs and lines."""
    text = pc.replace_substring(text, "  ", _SPACE * 2)
    text = pc.replace_substring(text, f"{_SPACE} ", _SPACE * 2)
    text = pc.replace_substring_regex(text, r"\A | \z", _SPACE)
    text = pc.replace_substring_regex(text, r"([\t\n]) ", rf"\1{_SPACE}")
    return pc.replace_substring_regex(text, r" ([\t\n])", rf"{_SPACE}\1")


def _duration(text: pa.StringArray) -> pa.StringArray:
    """``08:30:15`` as ``PT08H30M15S``, which is how OpenDocument writes times."""
    return pc.replace_substring_regex(text, r"\A(..):(..):(.+)\z", r"PT\1H\2M\3S")


def write_small_parts(package: Package, table: Table, about: About) -> None:
    """Everything but the content; the media type comes first and bare, so that it can be seen."""
    package.add("mimetype", MEDIA_TYPE, stored=True)
    package.add("META-INF/manifest.xml", _manifest())
    package.add("meta.xml", _meta(about))
    package.add("settings.xml", _settings(sheets.sheet_names(table)))
    package.add("styles.xml", _document("document-styles", "<office:styles/>"))


def _document(kind: str, inside: str) -> str:
    return f"{_DECLARATION}<office:{kind} {_NAMESPACES} {_VERSION}>{inside}</office:{kind}>\n"


def _manifest() -> str:
    files = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>'
        for path, kind in {
            "/": MEDIA_TYPE, "content.xml": "text/xml", "styles.xml": "text/xml",
            "meta.xml": "text/xml", "settings.xml": "text/xml",
        }.items()
    )  # fmt: skip
    start = f'<manifest:manifest xmlns:manifest="{_OASIS}manifest:1.0" manifest:version="1.3">'
    return f"{_DECLARATION}{start}{files}</manifest:manifest>\n"


def _meta(about: About) -> str:
    told = {
        "dc:title": about.title("th"),
        "dc:description": f"{about.licence.th}\n{about.attribution('th')}\n{about.table_uri}",
        "dc:creator": about.dataset.office.name.th,
    }
    inside = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in told.items())
    return _document("document-meta", f"<office:meta>{inside}</office:meta>")


def _settings(names: list[str]) -> str:
    """The header stays while the rows scroll."""

    def item(name: str, kind: str, value: object) -> str:
        start = f'<config:config-item config:name="{name}" config:type="{kind}">'
        return f"{start}{value}</config:config-item>"

    split = (
        item("VerticalSplitMode", "short", 2)
        + item("VerticalSplitPosition", "int", 1)
        + item("ActiveSplitRange", "short", 2)
        + item("PositionBottom", "int", 1)
    )
    each = "".join(
        f"<config:config-item-map-entry config:name={quoteattr(name)}>{split}"
        "</config:config-item-map-entry>"
        for name in names
    )
    views = (
        '<config:config-item-set config:name="ooo:view-settings">'
        '<config:config-item-map-indexed config:name="Views"><config:config-item-map-entry>'
        f"{item('ViewId', 'string', 'view1')}"
        f'<config:config-item-map-named config:name="Tables">{each}</config:config-item-map-named>'
        f"{item('ActiveTable', 'string', escape(names[0]))}"
        "</config:config-item-map-entry></config:config-item-map-indexed></config:config-item-set>"
    )
    return _document("document-settings", f"<office:settings>{views}</office:settings>").replace(
        "<office:document-settings ",
        '<office:document-settings xmlns:ooo="http://openoffice.org/2004/office" ',
    )


def content_start(table: Table) -> bytes:
    """The content up to its first sheet: styles of columns, dates and the header."""
    columns = "".join(
        f'<style:style style:name="co{place}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{width * 0.2:.1f}cm"/></style:style>'
        for place, width in enumerate([*sheets.widths(table), 30])
    )
    styles = (
        f'<number:date-style style:name="n1">{_DATE_PARTS}</number:date-style>'
        f'<number:date-style style:name="n2">{_DATE_PARTS}<number:text> </number:text>'
        f"{_TIME_PARTS}</number:date-style>"
        f'<number:time-style style:name="n3">{_TIME_PARTS}</number:time-style>'
        + "".join(
            f'<style:style style:name="{name}" style:family="table-cell" '
            f'style:data-style-name="{data}"/>'
            for name, data in (("date", "n1"), ("datetime", "n2"), ("time", "n3"))
        )
        + '<style:style style:name="header" style:family="table-cell">'
        '<style:table-cell-properties fo:background-color="#e7eef7"/>'
        '<style:text-properties fo:font-weight="bold"/></style:style>'
    )
    return (
        f"{_DECLARATION}<office:document-content {_NAMESPACES} {_VERSION}>"
        f"<office:automatic-styles>{columns}{styles}</office:automatic-styles>"
        "<office:body><office:spreadsheet>\n"
    ).encode()


def sheet_start(name: str, table: Table) -> bytes:
    """A sheet up to its first row: columns with their styles, and the header."""
    columns = ""
    for place, field in enumerate(table.schema.fields):
        kind = sheets.kind(field)
        style = f' table:default-cell-style-name="{kind}"' if kind in _STYLED else ""
        columns += f'<table:table-column table:style-name="co{place}"{style}/>'
    header = "".join(
        '<table:table-cell table:style-name="header" office:value-type="string">'
        f"<text:p>{field.name}</text:p></table:table-cell>"
        for field in table.schema.fields
    )
    start = f"<table:table table:name={quoteattr(name)}>{columns}"
    return f"{start}{ROW_START}{header}{ROW_END}".encode()


_STYLED = frozenset({"date", "datetime", "time"})


def content_end(about: About) -> bytes:
    """The sheet that describes the columns, and the end."""
    rows = sheet_rows(about)
    width = len(about.schema.fields)
    columns = (
        f'<table:table-column table:style-name="co{width}" table:number-columns-repeated="7"/>'
    )
    lines = "".join(ROW_START + ("".join(map(_told, row)) or _EMPTY) + ROW_END for row in rows)
    start = f"<table:table table:name={quoteattr(sheet_name())}>{columns}"
    end = "</office:spreadsheet></office:body></office:document-content>\n"
    return f"{start}{lines}</table:table>{end}".encode()


def _told(text: str) -> str:
    if not text:
        return _EMPTY
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in text.splitlines())
    return f'<table:table-cell office:value-type="string">{lines}</table:table-cell>'
