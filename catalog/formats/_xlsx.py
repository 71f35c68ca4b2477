"""The parts of an XLSX package beside its rows (ECMA-376 parts 1 and 2)."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from xml.sax.saxutils import escape, quoteattr

from catalog.formats import FIXED_TIME, About
from catalog.formats import _sheets as sheets
from catalog.formats._about import sheet_name, sheet_rows
from catalog.formats._xlsx_cells import QUOTED, letters, text_row
from catalog.formats._zip import Package
from catalog.table import Table

_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OPEN = "http://schemas.openxmlformats.org/"
_MAIN = f'xmlns="{_OPEN}spreadsheetml/2006/main"'
_OFFICE = f"{_OPEN}officeDocument/2006/relationships"
_PACKAGE = f"{_OPEN}package/2006"
_TYPES = "application/vnd.openxmlformats-"
_SHEET = "officedocument.spreadsheetml."
_FORMATS = {"date": "yyyy-mm-dd", "time": "hh:mm:ss", "datetime": "yyyy-mm-dd hh:mm:ss"}
_HEADER, _WRAPPED = "header", "wrapped"
_FIRST_OWN = 164  # numbers of formats below belong to the standard
#: Excel adds five pixels of seven per character to a width that people state.
_MARGIN = 5 / 7
_TOLD_WIDTH = 30
_THEME = "office_theme.xml"
SHEET_START = "xl/worksheets/sheet"
_XF = '<xf numFmtId="{}" fontId="{}" fillId="{}" borderId="{}" xfId="0"{}'
_WRAP = '<alignment vertical="top" wrapText="1"/>'
_FONT = '<sz val="11"/><name val="Calibri"/><family val="2"/></font>'
_SIDES = "<border><left/><right/><top/>"
#: Fonts (plain, bold), fills (the second belongs to the standard; ours), borders (none, below).
_FIXED_STYLES = (
    f'<fonts count="2"><font>{_FONT}<font><b/>{_FONT}</fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid">'
    '<fgColor rgb="FFE7EEF7"/><bgColor indexed="64"/></patternFill></fill></fills>'
    f'<borders count="2">{_SIDES}<bottom/><diagonal/></border>'
    f'{_SIDES}<bottom style="thin"><color auto="1"/></bottom><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
)


def styles(table: Table) -> dict[str, int]:
    """Numbers of the cell styles: the fixed ones, then columns that have one, by name."""
    found = {_HEADER: 1, QUOTED: 2, _WRAPPED: 3}
    known: dict[str, int] = {}
    for field in table.schema.fields:
        code = _code(field.decimal_places, sheets.kind(field))
        if code:
            found[field.name] = known.setdefault(code, len(known) + 4)
    return found


def _code(places: int | None, kind: str) -> str | None:
    """How a column's numbers are shown."""
    return "0." + "0" * places if places else _FORMATS.get(kind)


def write_small_parts(package: Package, table: Table, about: About) -> None:
    """Everything but the sheets; what the package holds comes first."""
    names = [*sheets.sheet_names(table), sheet_name()]
    package.add("[Content_Types].xml", _content_types(len(names)))
    package.add("_rels/.rels", _relations({
        "xl/workbook.xml": f"{_OFFICE}/officeDocument",
        "docProps/core.xml": f"{_PACKAGE}/relationships/metadata/core-properties",
    }))  # fmt: skip
    package.add("docProps/core.xml", _core(about))
    package.add("xl/workbook.xml", _workbook(names, table))
    parts = {f"worksheets/sheet{n}.xml": f"{_OFFICE}/worksheet" for n in range(1, len(names) + 1)}
    parts |= {"styles.xml": f"{_OFFICE}/styles", "theme/theme1.xml": f"{_OFFICE}/theme"}
    package.add("xl/_rels/workbook.xml.rels", _relations(parts))
    package.add("xl/styles.xml", _styles(table))
    package.add("xl/theme/theme1.xml", (files("catalog") / "data" / _THEME).read_bytes())


def _content_types(count: int) -> str:
    overrides = {
        "/xl/workbook.xml": f"{_SHEET}sheet.main",
        **{f"/{SHEET_START}{n}.xml": f"{_SHEET}worksheet" for n in range(1, count + 1)},
        "/xl/styles.xml": f"{_SHEET}styles",
        "/xl/theme/theme1.xml": "officedocument.theme",
        "/docProps/core.xml": "package.core-properties",
    }
    inside = "".join(
        f'<Override PartName="{name}" ContentType="{_TYPES}{kind}+xml"/>'
        for name, kind in overrides.items()
    )
    return (
        f'{_DECLARATION}<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="{_TYPES}package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{inside}</Types>'
    )


def _relations(targets: Mapping[str, str]) -> str:
    """Relationships ``rId1``, ``rId2``, … in the order given."""
    inside = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (target, kind) in enumerate(targets.items(), 1)
    )
    start = f'<Relationships xmlns="{_PACKAGE}/relationships">'
    return f"{_DECLARATION}{start}{inside}</Relationships>"


def _core(about: About) -> str:
    """The core properties: title, office, licence and attribution, edition, permanent address."""
    moment = "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z".format(*FIXED_TIME)
    told = {
        "dc:title": about.title("th"),
        "dc:creator": about.dataset.office.name.th,
        "dc:description": f"{about.licence.th}\n{about.attribution('th')}\n{about.table_uri}",
        "dc:identifier": about.table_uri,
        "dc:language": "th",
        "cp:version": about.edition,
    }
    inside = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in told.items())
    times = "".join(
        f'<dcterms:{name} xsi:type="dcterms:W3CDTF">{moment}</dcterms:{name}>'
        for name in ("created", "modified")
    )
    return (
        f'{_DECLARATION}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"{inside}{times}</cp:coreProperties>"
    )


def _workbook(names: list[str], table: Table) -> str:
    """The list of sheets, and the ranges that their filters work on."""
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}"/>'
        for number, name in enumerate(names, 1)
    )
    last = letters(len(table.schema.fields) - 1)
    filters = "".join(
        f'<definedName name="_xlnm._FilterDatabase" localSheetId="{place}" hidden="1">'
        f"{escape(_quoted(name))}!$A$1:${last}${length + 1}</definedName>"
        for place, (name, length) in enumerate(
            zip(names, sheets.sheet_lengths(table), strict=False)
        )
    )
    return (
        f'{_DECLARATION}<workbook {_MAIN} xmlns:r="{_OFFICE}"><workbookPr/>'
        f"<bookViews><workbookView/></bookViews><sheets>{listed}</sheets>"
        f"<definedNames>{filters}</definedNames></workbook>"
    )


def _quoted(name: str) -> str:
    """A sheet's name as formulas write it."""
    return "'" + name.replace("'", "''") + "'"


def _styles(table: Table) -> str:
    """Fonts, fills, number formats, and the cell styles that ``styles`` numbers."""
    codes: list[str] = []
    for field in table.schema.fields:
        code = _code(field.decimal_places, sheets.kind(field))
        if code and code not in codes:
            codes.append(code)
    numbered = list(enumerate(codes, _FIRST_OWN))
    formats = "".join(f'<numFmt numFmtId="{n}" formatCode="{code}"/>' for n, code in numbered)
    if formats:
        formats = f'<numFmts count="{len(codes)}">{formats}</numFmts>'
    cells = [
        _XF.format(0, 0, 0, 0, "/>"),
        _XF.format(0, 1, 2, 1, ' applyFont="1" applyFill="1" applyBorder="1"/>'),
        _XF.format(0, 0, 0, 0, ' quotePrefix="1"/>'),
        _XF.format(0, 0, 0, 0, f' applyAlignment="1">{_WRAP}</xf>'),
        *(_XF.format(n, 0, 0, 0, ' applyNumberFormat="1"/>') for n, _ in numbered),
    ]
    return (
        f"{_DECLARATION}<styleSheet {_MAIN}>{formats}{_FIXED_STYLES}"
        f'<cellXfs count="{len(cells)}">{"".join(cells)}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
        "</styleSheet>"
    )


def sheet_start(table: Table, length: int, own: Mapping[str, int], first: bool) -> str:
    """A sheet up to its first row of data: the header is frozen and stands out.

    Args:
        table: whose rows it holds.
        length: rows of data.
        own: numbers of the styles.
        first: whether programs open the workbook on this sheet.
    """
    fields = table.schema.fields
    columns = "".join(
        f'<col min="{place}" max="{place}" width="{width + _MARGIN:.7f}" customWidth="1"/>'
        for place, width in enumerate(sheets.widths(table), 1)
    )
    selected = ' tabSelected="1"' if first else ""
    return (
        f"{_DECLARATION}<worksheet {_MAIN}>"
        f'<dimension ref="A1:{letters(len(fields) - 1)}{length + 1}"/>'
        f'<sheetViews><sheetView{selected} workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        '<selection pane="bottomLeft" activeCell="A2" sqref="A2"/></sheetView></sheetViews>'
        f"<cols>{columns}</cols><sheetData>"
        + text_row([field.name for field in fields], 1, _HEADER, own)
    )


def sheet_end(table: Table, length: int) -> str:
    """The rest of a sheet: a filter on the header, and no warning about numbers kept as text."""
    fields = table.schema.fields
    last = letters(len(fields) - 1)
    texts = " ".join(
        f"{letters(place)}2:{letters(place)}{length + 1}"
        for place, field in enumerate(fields)
        if length and sheets.kind(field) == "text"
    )
    calm = f'<ignoredErrors><ignoredError sqref="{texts}" numberStoredAsText="1"/></ignoredErrors>'
    return (
        f'</sheetData><autoFilter ref="A1:{last}{length + 1}"/>{calm if texts else ""}</worksheet>'
    )


def description(about: About, own: Mapping[str, int]) -> str:
    """The sheet that describes the file and its columns."""
    lines = "".join(
        text_row(list(row), number, _WRAPPED, own)
        for number, row in enumerate(sheet_rows(about), 1)
    )
    return (
        f'{_DECLARATION}<worksheet {_MAIN}><sheetViews><sheetView workbookViewId="0"/></sheetViews>'
        f'<cols><col min="1" max="7" width="{_TOLD_WIDTH + _MARGIN:.7f}" customWidth="1"/></cols>'
        f"<sheetData>{lines}</sheetData></worksheet>"
    )
