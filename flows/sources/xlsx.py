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
from weakref import WeakKeyDictionary
from zipfile import ZipFile

import numpy as np
import numpy.typing as npt
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
#: Bytes of text that the cells of a workbook may show, and that a cell takes in the package.
_MAX_TEXT, _CELL = 512 << 20, 16
_STRINGS = "xl/sharedStrings.xml"
_SHARED = re.compile(rb"""\bt=["']s["'][^>]*>\s*<(?:\w+:)?v>\s*([0-9]{1,9})\s*<""")
_ERROR = re.compile(rb"""\bt=["']e["']""")
_WIDE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{2,})\d""")
_ROW = re.compile(rb"""\sr\s*=\s*["'][A-Za-z]*(\d+)["']""")
#: Numbers of rows that a sheet has few of, if any: they may stand anywhere.
_FAR = re.compile(rb"""\sr\s*=\s*["'][A-Za-z]*(\d{7,})""")
_MOST_ROWS = 1 << 20
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

        try:
            _bound_texts(container)
            yield container, extras
        except etree.XMLSyntaxError as error:
            params = {"kind": _KIND, "reason": str(error)}
            raise Rejected(Problem("workbook-broken", params=params)) from error


def _errors(container: ZipFile, name: str) -> dict[Cell, str]:
    """Texts of the sheet's error cells.

    Raises:
        Rejected: the sheet's cells are strewn over more room than can be held.
    """
    part = sheet_part(container, name)
    if part is None or part not in container.namelist():
        # calamine may find it all the same, and takes the whole process down for want of memory.
        for other in (name for name in container.namelist() if "worksheets/" in name.lower()):
            with container.open(other) as content:
                _look(content)
        return {}
    with container.open(part) as content:
        has_errors = _look(content)
    if not has_errors:
        return {}
    with container.open(part) as content:
        return dict(_error_cells(content))


def _bound_texts(container: ZipFile) -> None:
    """Refuse cells that share a few long texts and would be gigabytes of them.

    A text stands in the package once; calamine makes a copy for each cell that shows it.

    Raises:
        Rejected: they would.
    """
    if _STRINGS not in container.namelist():
        return
    sheets = [name for name in container.namelist() if name.startswith("xl/worksheets/")]
    lengths = _lengths(container)
    longest = int(lengths.max(initial=0))
    if longest * sum(container.getinfo(name).file_size for name in sheets) < _MAX_TEXT * _CELL:
        return
    octets = sum(_shown(container, name, lengths) for name in sheets)
    if octets > _MAX_TEXT:
        params = {"kind": _KIND, "reason": f"{octets:,} bytes"}
        raise Rejected(Problem("workbook-too-large", params=params))


def _lengths(container: ZipFile) -> npt.NDArray[np.int64]:
    """Bytes of each shared text, as it stands in the package."""
    found: list[int] = []
    before, rest = 0, b""
    with container.open(_STRINGS) as content:
        while chunk := content.read(_CHUNK):
            *whole, last = (rest + chunk).split(b"si>")
            if whole:
                found += [before + len(whole[0]), *map(len, whole[1:])]
                before = 0
            rest = last[-2:]  # which may be the begin of the tag
            before += len(last) - len(rest)
    # Texts are between a tag that begins and one that ends; between those two is nothing.
    return np.array(found[1::2], np.int64)


def _shown(container: ZipFile, name: str, lengths: npt.NDArray[np.int64]) -> int:
    """Bytes of the shared texts that a sheet's cells show."""
    octets, rest = 0, b""
    with container.open(name) as content:
        while chunk := content.read(_CHUNK):
            block = rest + chunk
            end = max(block.rfind(b"<c "), block.rfind(b":c "), 0)
            octets += _of_cells(block[:end], lengths)
            rest = block[end:]
    return octets + _of_cells(rest, lengths)


def _of_cells(block: bytes, lengths: npt.NDArray[np.int64]) -> int:
    places = np.array(_SHARED.findall(block), dtype="S9").astype(np.int64)
    return int(lengths[places[places < len(lengths)]].sum())


def sheet_part(container: ZipFile, name: str) -> str | None:
    """The part of the package that holds a sheet (ISO/IEC 29500-1 §18.2.19)."""
    if container not in _PARTS:
        _PARTS[container] = _parts(container)
    return _PARTS[container].get(name)


#: What was found of the containers that are open: a workbook may have thousands of sheets.
_PARTS: WeakKeyDictionary[ZipFile, dict[str, str]] = WeakKeyDictionary()


def _parts(container: ZipFile) -> dict[str, str]:
    """Parts by the names of their sheets."""
    workbook = etree.fromstring(container.read("xl/workbook.xml"), _parser())
    relations = "xl/_rels/workbook.xml.rels"
    if relations not in container.namelist():
        return {}
    targets = {
        relation.get("Id"): relation.get("Target", "")
        for relation in etree.fromstring(container.read(relations), _parser())
    }
    found: dict[str, str] = {}
    for sheet in workbook.iter("{*}sheet"):
        target = targets.get(sheet.get(_RELATION) or sheet.get(_STRICT_RELATION), "")
        part = posixpath.normpath(posixpath.join("xl", target)).lstrip("/")
        found.setdefault(sheet.get("name", ""), part)
    return found


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)


def _look(content: IO[bytes]) -> bool:
    """Whether a sheet has error cells; refuses one that takes too much room."""
    errors, rows, columns = False, 1, 26
    overlap = b""
    while chunk := content.read(_CHUNK):
        block = overlap + chunk
        errors = errors or b' t="e"' in block or b" t='e'" in block
        letters = {found.upper() for found in set(_WIDE.findall(block))}
        columns = max([columns, *map(_columns, letters)])
        last = [*_ROW.findall(block, max(len(block) - 65536, 0))[-1:], *set(_FAR.findall(block))]
        rows = max([rows, *(int(number[:18]) for number in last)])
        overlap = chunk[-32:]
    if rows > _MOST_ROWS or (rows * columns > _MAX_CELLS and columns > 26):
        reason = f"{rows:,} × {columns:,}"
        raise Rejected(Problem("workbook-too-large", params={"kind": _KIND, "reason": reason}))
    return errors


def _columns(letters: bytes) -> int:
    """Columns up to the one that letters name."""
    return column_number(letters[:6].decode())


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
