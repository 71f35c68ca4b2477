"""Hidden rows and columns of workbooks: readers read them, and officers have to know.

calamine does not tell of them; the files do, in one look through the sheet's part.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any
from zipfile import ZipFile

from flows.sources import xls, xlsx

_CHUNK = 4 << 20
_XLSX_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*\bhidden=[\"'](?:1|true)[\"'][^>]*>")
_XLSX_COLUMN = re.compile(rb"<(?:\w+:)?col\b[^>]*\bhidden=[\"'](?:1|true)[\"'][^>]*>")
_NUMBER = {name: re.compile(rf"\b{name}=[\"'](\d+)[\"']".encode()) for name in ("r", "min", "max")}
_ODS_TABLE = re.compile(
    rb"<table:table table:name=\"([^\"]*)\"|<table:table\b[^>]*?table:name=\"([^\"]*)\""
)
_ODS_HIDDEN = re.compile(
    rb"<table:table-(row|column)\b[^>]*?table:visibility=\"(?:collapse|filter)\"[^>]*>"
)
#: Records of BIFF8 ([MS-XLS] §2.4.221 Row, §2.4.53 ColInfo) and their bits for «hidden».
_ROW, _COLUMN, _ROW_BIT, _COLUMN_BIT = 0x208, 0x7D, 0x20, 0x01


@dataclass(frozen=True, slots=True)
class Hidden:
    """Numbers of a sheet's hidden rows and columns, from 1; in ODS only how many there are."""

    rows: tuple[int, ...] = ()
    columns: tuple[int, ...] = ()


def hidden(kind: str, container: Any, sheet: str) -> Hidden:
    """What is hidden in a sheet.

    Args:
        kind: of workbook.
        container: what ``looked_into`` of the kind's reader gives.
        sheet: its name.
    """
    if kind == "xls":
        return _in_xls(container, sheet)
    return _in_xlsx(container, sheet) if kind == "xlsx" else _in_ods(container, sheet)


def _in_xlsx(container: ZipFile, sheet: str) -> Hidden:
    part = xlsx.sheet_part(container, sheet)
    if part is None or part not in container.namelist():
        return Hidden()
    rows: list[int] = []
    columns: list[int] = []
    with container.open(part) as content:
        for block in _blocks(content):
            if b"hidden=" not in block:
                continue
            rows += [_said(tag, "r", 0) for tag in _XLSX_ROW.findall(block)]
            for tag in _XLSX_COLUMN.findall(block):
                first = _said(tag, "min", 1)
                columns += range(first, min(_said(tag, "max", first), first + 1000) + 1)
    return Hidden(tuple(dict.fromkeys(rows)), tuple(dict.fromkeys(columns)))


def _said(tag: bytes, name: str, default: int) -> int:
    found = _NUMBER[name].search(tag)
    return int(found[1]) if found else default


def _blocks(content: IO[bytes]) -> Iterator[bytes]:
    """Chunks that begin at the start of a tag and end before one."""
    rest = b""
    while chunk := content.read(_CHUNK):
        block = rest + chunk
        end = block.rfind(b"<")
        rest = block[max(end, 0) :] if len(block) - end < _CHUNK else b""
        yield block[: end if end > 0 else None]
    yield rest


def _in_ods(container: ZipFile, sheet: str) -> Hidden:
    from html import unescape

    rows = columns = 0
    here = False
    with container.open("content.xml") as content:
        for block in _blocks(content):
            if b"table:visibility" not in block and b"<table:table " not in block:
                continue
            marks = [(found.start(), found) for found in _ODS_TABLE.finditer(block)]
            marks += [(found.start(), found) for found in _ODS_HIDDEN.finditer(block)]
            for _, found in sorted(marks, key=lambda mark: mark[0]):
                if found.re is _ODS_TABLE:
                    name = (found[1] or found[2] or b"").decode("utf-8", "replace")
                    here = unescape(name) == sheet
                elif here:
                    rows += found[1] == b"row"
                    columns += found[1] == b"column"
    return Hidden(tuple(range(1, rows + 1)), tuple(range(1, columns + 1)))


def _in_xls(stream: bytes, sheet: str) -> Hidden:
    rows: list[int] = []
    columns: list[int] = []
    for kind, body in xls.records(stream, xls.offset(stream, sheet)):
        if kind == _ROW and len(body) >= 14 and body[12] & _ROW_BIT:
            rows.append(struct.unpack_from("<H", body)[0] + 1)
        elif kind == _COLUMN and len(body) >= 10 and body[8] & _COLUMN_BIT:
            first, last = struct.unpack_from("<HH", body)
            columns += range(first + 1, min(last, first + 1000) + 2)
    return Hidden(tuple(rows), tuple(columns))
