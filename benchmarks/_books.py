"""Workbooks and other containers put together by hand: smaller, and worse, than any program's."""

from __future__ import annotations

import io
import zipfile

SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OASIS = "urn:oasis:names:tc:opendocument:xmlns"


def packed(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, body in members.items():
            made.writestr(name, body)
    return target.getvalue()


def spreadsheet(rows: str) -> bytes:
    """An ODS of one sheet."""
    body = (
        f'<office:document-content xmlns:office="{OASIS}:office:1.0" xmlns:table="{OASIS}'
        f':table:1.0" xmlns:text="{OASIS}:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="S">{rows}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    return packed({
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": body.encode(),
        "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{OASIS}:manifest:1.0"/>'
        .encode(),
    })  # fmt: skip


def worksheet(rows: str, more: str = "") -> str:
    return f'<worksheet xmlns="{SHEET}"><sheetData>{rows}</sheetData>{more}</worksheet>'


def workbook(sheet: str, shared: str = "", sheets: int = 1) -> bytes:
    """A workbook whose sheets are all the same one."""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    named = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="s{n}"/>' for n in range(1, sheets + 1))
    related = "".join(
        f'<Relationship Id="s{n}" Type="{office}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, sheets + 1)
    )
    strings = f'<Relationship Id="t" Type="{office}/sharedStrings" Target="sharedStrings.xml"/>'
    parts = {
        "[Content_Types].xml":
            f'<Types xmlns="{package}/content-types"><Default Extension="xml" ContentType='
            '"application/xml"/><Default Extension="rels" ContentType="application/vnd.openxml'
            'formats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" '
            f'ContentType="{kind}"/></Types>',
        "_rels/.rels":
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r" Type="{office}'
            '/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml":
            f'<workbook xmlns="{SHEET}" xmlns:r="{office}"><sheets>{named}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels":
            f'<Relationships xmlns="{package}/relationships">{related}'
            f"{strings if shared else ''}</Relationships>",
        **({"xl/sharedStrings.xml": shared} if shared else {}),
        **{f"xl/worksheets/sheet{n}.xml": sheet for n in range(1, sheets + 1)},
    }  # fmt: skip
    return packed({name: body.encode() for name, body in parts.items()})
