"""XLSX (Office Open XML, ISO/IEC 29500): a sheet of a workbook.

Beside what ``_sheet`` does: error cells keep their text (``#VALUE!``), which calamine drops, and a
cell that stands forgotten at the far corner of a sheet is refused before it makes calamine reserve
memory for all the cells between.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from zipfile import ZipFile

from lxml import etree

from catalog.problem import Problem, Rejected
from flows.sources import Pulled, RawTable
from flows.sources._file import pull
from flows.sources._ole import is_encrypted
from flows.sources._sheet import Cell, read_sheet
from flows.sources._sheet_options import SheetOptions, column_number
from flows.sources._sniff import sniff
from flows.sources._workbook import Extras, open_sheet
from flows.sources._zip import checked

__all__ = ["Options", "pull", "read"]

_KIND = "XLSX"
#: Cells that calamine would hold at once (24 bytes each): a full sheet of 47 columns.
_MAX_CELLS = 50_000_000
_CHUNK = 1 << 20
_ERROR = re.compile(rb"""\bt=["']e["']""")
_WIDE = re.compile(rb' r="([A-Z]{2,3})\d')
_ROW = re.compile(rb' r="[A-Z]{0,3}(\d+)"')
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d+)")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


class Options(SheetOptions):
    """Where the table stands in the workbook."""


def read(pulled: Pulled, options: Options) -> RawTable:
    """Read a sheet of an XLSX workbook.

    Args:
        pulled: the file.
        options: sheet, header rows and range.

    Raises:
        Rejected: another kind of file, damaged, with a password, no such sheet, nothing in it.
    """
    with looked_into(pulled.path, options.max_unpacked) as (_, extras):
        return read_sheet(open_sheet(pulled.path, _KIND, options, extras), options)


@contextmanager
def looked_into(path: Path, bound: int) -> Iterator[tuple[ZipFile, Callable[[str], Extras]]]:
    """The workbook's container, found whole, and what it tells beside calamine, by sheet.

    Raises:
        Rejected: another kind of file, damaged, with a password, larger than ``bound`` bytes.
    """
    with path.open("rb") as source:
        head = source.read(4096)
    if is_encrypted(path):
        raise Rejected(Problem("workbook-password", params={"kind": _KIND}))
    sniff(head, _KIND, allowed=(b"PK\x03\x04",))
    with checked(path, _KIND, bound=bound, broken="workbook-broken") as container:
        if "xl/workbook.xml" not in container.namelist():
            found = "ZIP (ODS, DOCX, XLSB)"
            raise Rejected(Problem("source-wrong-kind", params={"kind": _KIND, "found": found}))

        def extras(name: str) -> Extras:
            return (), _errors(container, name)

        yield container, extras


def _errors(container: ZipFile, name: str) -> dict[Cell, str]:
    """Texts of the sheet's error cells.

    Raises:
        Rejected: the sheet's cells are strewn over more room than can be held.
    """
    part = sheet_part(container, name)
    if part is None or part not in container.namelist():
        return {}
    with container.open(part) as content:
        has_errors = _look(content)
    if not has_errors:
        return {}
    with container.open(part) as content:
        return dict(_error_cells(content))


def sheet_part(container: ZipFile, name: str) -> str | None:
    """The part of the package that holds a sheet (ISO/IEC 29500-1 §18.2.19)."""
    workbook = etree.fromstring(container.read("xl/workbook.xml"), _parser())
    relations = "xl/_rels/workbook.xml.rels"
    if relations not in container.namelist():
        return None
    targets = {
        relation.get("Id"): relation.get("Target", "")
        for relation in etree.fromstring(container.read(relations), _parser())
    }
    for sheet in workbook.iter("{*}sheet"):
        if sheet.get("name") == name:
            target = targets.get(sheet.get(_RELATION) or sheet.get(_STRICT_RELATION), "")
            return posixpath.normpath(posixpath.join("xl", target)).lstrip("/")
    return None


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)


def _look(content: IO[bytes]) -> bool:
    """Whether a sheet has error cells; refuses one that takes too much room."""
    errors, rows, columns = False, 1, 26
    overlap = b""
    while chunk := content.read(_CHUNK):
        block = overlap + chunk
        errors = errors or b' t="e"' in block or b" t='e'" in block
        columns = max(
            [columns, *(column_number(found.decode()) for found in set(_WIDE.findall(block)))]
        )
        last = _ROW.findall(block, max(len(block) - 65536, 0))
        rows = max(rows, int(last[-1])) if last else rows
        overlap = chunk[-32:]
    if rows * columns > _MAX_CELLS and columns > 26:
        reason = f"{rows:,} × {columns:,}"
        raise Rejected(Problem("workbook-too-large", params={"kind": _KIND, "reason": reason}))
    return errors


def _error_cells(content: IO[bytes]) -> Iterator[tuple[Cell, str]]:
    for _, cell in etree.iterparse(content, tag="{*}c", resolve_entities=False, huge_tree=True):
        place = _REFERENCE.fullmatch(cell.get("r", ""))
        if cell.get("t") == "e" and place:
            text = cell.findtext("{*}v") or ""
            yield (int(place[2]) - 1, column_number(place[1]) - 1), text
        cell.clear()
        row = cell.getparent()
        while row is not None and cell.getprevious() is not None:
            del row[0]
