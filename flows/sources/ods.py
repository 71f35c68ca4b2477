"""ODS (OpenDocument 1.2 and 1.3): a sheet of a spreadsheet.

Beside what ``_sheet`` does: merged header cells, error cells, and line breaks and tabs inside of
cells, which calamine drops. The file is looked through for them only where it has any.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from zipfile import ZipFile

from lxml import etree

from catalog.problem import Problem, Rejected
from flows.sources import Pulled, RawTable
from flows.sources._file import pull
from flows.sources._sheet import Cell, Merge, read_sheet
from flows.sources._sheet_options import SheetOptions
from flows.sources._sniff import sniff
from flows.sources._workbook import Extras, open_sheet
from flows.sources._zip import checked

__all__ = ["Options", "pull", "read"]

_KIND = "ODS"
_CHUNK = 1 << 20
_DROPPED = re.compile(rb'value-type="error"|<text:tab|<text:line-break|-spanned="(?:[2-9]|[1-9]\d)')
_NAMESPACES = {
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
}
#: Rows that one element may stand for with something in it worth telling apart.
_MAX_REPEATED = 10_000
#: Bytes of text that repeated cells may show.
_MAX_TEXT = 512 << 20
_ROW_END = b"</table:table-row"
_TAG = re.compile(rb"<[^>]*>")
#: Cells and rows that stand for several and have something in them.
_FILLED_CELL = re.compile(rb'number-columns-repeated="([0-9]+)"[^>]*(?<!/)>')
_FILLED_ROW = re.compile(rb'number-rows-repeated="([0-9]+)"[^>]*(?<!/)>')
#: A count in digits that a program would write, and blanks in a row that a person would.
_COUNT, _MOST_BLANKS = re.compile("[0-9]{1,9}", re.ASCII), 10_000


def _q(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"{{{_NAMESPACES[prefix]}}}{local}"


_TABLE, _ROW, _CELL, _P = (
    _q(name) for name in ("table:table", "table:table-row", "table:table-cell", "text:p")
)
_SIGNS = {_q("text:tab"): "\t", _q("text:line-break"): "\n"}


class Options(SheetOptions):
    """Where the table stands in the spreadsheet."""


def read(pulled: Pulled, options: Options) -> RawTable:
    """Read a sheet of an ODS file.

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
    """The file's container, found whole, and what it tells beside calamine, by sheet.

    Raises:
        Rejected: another kind of file, damaged, with a password, larger than ``bound`` bytes.
    """
    with path.open("rb") as source:
        sniff(source.read(4096), _KIND, allowed=(b"PK\x03\x04",))
    with checked(path, _KIND, bound=bound, broken="workbook-broken") as container:
        if "content.xml" not in container.namelist():
            found = "ZIP (XLSX, DOCX)"
            raise Rejected(Problem("source-wrong-kind", params={"kind": _KIND, "found": found}))
        if _encrypted(container):
            raise Rejected(Problem("workbook-password", params={"kind": _KIND}))

        def extras(name: str) -> Extras:
            return _extras(container, name)

        with container.open("content.xml") as content:
            _bound_texts(content)
        try:
            yield container, extras
        except etree.XMLSyntaxError as error:
            params = {"kind": _KIND, "reason": str(error)}
            raise Rejected(Problem("workbook-broken", params=params)) from error


def _encrypted(container: ZipFile) -> bool:
    """Whether the manifest says that the content has a password (OpenDocument part 2 §3.4)."""
    manifest = "META-INF/manifest.xml"
    return manifest in container.namelist() and b"encryption-data" in container.read(manifest)


def _bound_texts(content: IO[bytes]) -> None:
    """Refuse a few texts that stand for gigabytes of them: calamine makes a copy for each cell.

    Raises:
        Rejected: they do.
    """
    octets, rest = 0, b""
    while chunk := content.read(_CHUNK):
        block = rest + chunk
        end = max(block.rfind(_ROW_END), 0)
        octets += _repeated(block[:end])
        rest = block[end:]
        if octets > _MAX_TEXT:
            params = {"kind": _KIND, "reason": f"{octets:,} bytes"}
            raise Rejected(Problem("workbook-too-large", params=params))


def _repeated(block: bytes) -> int:
    """Bytes of the texts that some rows repeat."""
    octets = 0
    for found in _FILLED_CELL.finditer(block):
        end = block.find(b"</table:table-cell", found.end())
        octets += int(found[1][:9]) * len(_TAG.sub(b"", block[found.end() : end]))
    for found in _FILLED_ROW.finditer(block):
        end = block.find(_ROW_END, found.end())
        row = block[found.end() : end if end >= 0 else None]
        octets += int(found[1][:9]) * (len(_TAG.sub(b"", row)) + _repeated(row))
    return octets


def _extras(container: ZipFile, name: str) -> Extras:
    with container.open("content.xml") as content:
        if not _has_dropped(content):
            return (), {}
    merges: list[Merge] = []
    texts: dict[Cell, str] = {}
    with container.open("content.xml") as content:
        for row, at, cell in _cells(content, name):
            down = _count(cell, "table:number-rows-spanned")
            right = _count(cell, "table:number-columns-spanned")
            if down > 1 or right > 1:
                merges.append(((row, at), (row + down - 1, at + right - 1)))
            text = _text(cell)
            if text is not None:
                texts[row, at] = text
    return merges, texts


def _has_dropped(content: IO[bytes]) -> bool:
    overlap = b""
    while chunk := content.read(_CHUNK):
        if _DROPPED.search(overlap + chunk):
            return True
        overlap = chunk[-64:]
    return False


def _cells(content: IO[bytes], name: str) -> Iterator[tuple[int, int, Any]]:
    """Cells of a sheet with their place; what stands for many is given for each row."""
    here, row = False, 0
    for event, element in etree.iterparse(
        content, events=("start", "end"), tag=(_TABLE, _ROW), resolve_entities=False, huge_tree=True
    ):
        if element.tag == _TABLE:
            if event == "start":
                here, row = element.get(_q("table:name")) == name, 0
            continue
        if event == "start":
            continue
        repeated = _count(element, "table:number-rows-repeated")
        if here:
            for number in range(row, row + min(repeated, _MAX_REPEATED)):
                yield from ((number, at, cell) for at, cell in _in_row(element))
        row += repeated
        element.clear()


def _in_row(row: Any) -> Iterator[tuple[int, Any]]:
    at = 0
    for cell in row:
        if cell.tag == _CELL:
            yield at, cell
        at += _count(cell, "table:number-columns-repeated")


def _count(element: Any, name: str) -> int:
    """A number that an attribute says; 1 where it says none."""
    said = element.get(_q(name), "")
    return int(said) if _COUNT.fullmatch(said) else 1


def _text(cell: Any) -> str | None:
    """A cell's text where calamine gives another; an error cell's is what is shown."""
    paragraphs = cell.findall(_P)
    error = cell.get(_q("calcext:value-type")) == "error"
    if not error and not any(part.tag in _SIGNS for p in paragraphs for part in p.iter()):
        return None
    return "\n".join("".join(_letters(paragraph)) for paragraph in paragraphs)


def _letters(element: Any) -> Iterator[str]:
    """Text of a paragraph, with its tabs, line breaks and runs of blanks (part 3 §6.1)."""
    if element.tag == _q("text:s"):
        yield " " * min(_count(element, "text:c"), _MOST_BLANKS)
    else:
        yield _SIGNS.get(element.tag, element.text or "")
        for part in element:
            yield from _letters(part)
            yield part.tail or ""
