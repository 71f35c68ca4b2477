"""XLS (Excel 97-2003, [MS-XLS]): a sheet of a workbook.

Beside what ``_sheet`` does: error cells keep their text (``#VALUE!``), which calamine drops.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from catalog.problem import Problem, Rejected
from flows.sources import Pulled, RawTable
from flows.sources._file import pull
from flows.sources._ole import MAGIC, BrokenOleError, OleFile
from flows.sources._sheet import Cell, read_sheet
from flows.sources._sheet_options import SheetOptions
from flows.sources._sniff import sniff
from flows.sources._workbook import Extras, open_sheet

__all__ = ["Options", "pull", "read"]

_KIND = "XLS"
#: Records of a BIFF8 stream ([MS-XLS] §2.3.1).
_FORMULA, _EOF, _FILEPASS, _BOUNDSHEET, _BOOLERR, _BOF = 0x06, 0x0A, 0x2F, 0x85, 0x205, 0x809
#: Records that begin with the row and the column of a cell.
_CELLS = frozenset({_FORMULA, 0x04, 0x05, 0xBD, 0xBE, 0xD6, 0xFD, 0x201, 0x203, 0x204, _BOOLERR,
                    0x27E})  # fmt: skip
#: Codes of errors ([MS-XLS] §2.5.10).
_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!",
    0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A", 0x2B: "#GETTING_DATA",
}  # fmt: skip


class Options(SheetOptions):
    """Where the table stands in the workbook."""


def read(pulled: Pulled, options: Options) -> RawTable:
    """Read a sheet of an XLS workbook.

    Args:
        pulled: the file.
        options: sheet, header rows and range.

    Raises:
        Rejected: another kind of file (a web page under this name is common), damaged, with a
            password, no such sheet, nothing in it.
    """
    with looked_into(pulled.path) as (_, extras):
        return read_sheet(open_sheet(pulled.path, _KIND, options, extras), options)


@contextmanager
def looked_into(path: Path) -> Iterator[tuple[bytes, Callable[[str], Extras]]]:
    """The workbook's stream of records, and what it tells beside calamine, by sheet.

    Raises:
        Rejected: another kind of file, damaged, with a password.
    """
    data = path.read_bytes()
    sniff(data[:4096], _KIND, allowed=(MAGIC,))
    try:
        container = OleFile(data)
        stream = container.stream("Workbook") or container.stream("Book")
    except BrokenOleError as error:
        raise _broken(str(error)) from error
    if stream is None:
        if "EncryptedPackage" in container.names:
            raise Rejected(Problem("workbook-password", params={"kind": _KIND}))
        raise _broken("no workbook in it")
    book = stream

    def extras(name: str) -> Extras:
        return (), dict(_errors(book, name))

    if any(kind == _FILEPASS for kind, _ in records(book, 0)):
        raise Rejected(Problem("workbook-password", params={"kind": _KIND}))
    _bound_cells(book)
    yield book, extras


def _broken(reason: str) -> Rejected:
    return Rejected(Problem("workbook-broken", params={"kind": _KIND, "reason": reason}))


def records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Type and body of the records of one substream; charts inside of a sheet are passed over."""
    depth = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        depth += (kind == _BOF) - (kind == _EOF)
        if depth <= 0:
            return
        if depth == 1:
            yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _bound_cells(stream: bytes) -> None:
    """Refuse cells behind the last column, before calamine makes room for all between.

    Raises:
        Rejected: there is one.
    """
    for kind, body in records(stream, 0):
        if kind == _BOUNDSHEET and len(body) >= 4:
            _bound_sheet(stream, int(struct.unpack_from("<I", body)[0]))


def _bound_sheet(stream: bytes, at: int) -> None:
    for kind, body in records(stream, at):
        if (
            kind in _CELLS and len(body) >= 4 and body[3]
        ):  # columns have one byte ([MS-XLS] §2.5.51)
            row, column = struct.unpack_from("<HH", body)
            reason = f"{row + 1:,} × {column + 1:,}"
            raise Rejected(Problem("workbook-too-large", params={"kind": _KIND, "reason": reason}))


def _errors(stream: bytes, name: str) -> Iterator[tuple[Cell, str]]:
    """Places and texts of a sheet's error cells: constants, and results of formulas."""
    for kind, body in records(stream, offset(stream, name)):
        code = None
        if kind == _BOOLERR and len(body) >= 8 and body[7] == 1:
            code = body[6]
        elif kind == _FORMULA and len(body) >= 14 and body[6] == 2 and body[12:14] == b"\xff\xff":
            code = body[8]
        if code is not None:
            row, column = struct.unpack_from("<HH", body)
            yield (row, column), _ERRORS.get(code, "#ERROR!")


def offset(stream: bytes, name: str) -> int:
    """Where the substream of a sheet begins; behind the end if it is not found."""
    for kind, body in records(stream, 0):
        if kind == _BOUNDSHEET and len(body) >= 8:
            wide = body[7] & 1
            label = body[8 : 8 + body[6] * (2 if wide else 1)]
            if label.decode("utf-16-le" if wide else "latin-1") == name:
                return int(struct.unpack_from("<I", body)[0])
    return len(stream)
