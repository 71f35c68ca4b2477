"""Files for the doctor's benchmark, and what runs in a process of its own.

python -m benchmarks._doctor FILE ours|openpyxl|frictionless
"""

from __future__ import annotations

import csv
import json
import struct
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from benchmarks import _data

#: Rows that a sheet of an XLS file can hold, its header with them.
XLS_ROWS = 65_536
Rows = Callable[[], Iterator[list[str]]]


def write_files(folder: Path, rows: int) -> dict[str, Path]:
    """The same table as CSV, XLSX, ODS and (as far as it can) XLS: kind to path.

    Args:
        folder: to write to.
        rows: of the table, without the header.
    """
    found = {kind: folder / f"markets.{kind}" for kind in ("csv", "xlsx", "ods", "xls")}
    _data.write_csv(found["csv"], rows)

    def lines() -> Iterator[list[str]]:
        with found["csv"].open(encoding="utf-8", newline="") as file:
            yield from csv.reader(file)

    _write_xlsx(found["xlsx"], lines)
    _write_ods(found["ods"], lines)
    _write_xls(found["xls"], lines)
    return found


def _write_xlsx(path: Path, lines: Rows) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("ทะเบียน")
    for number, line in enumerate(lines()):
        sheet.write_row(number, 0, line)
    book.close()


def _write_ods(path: Path, lines: Rows) -> None:
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as container:
        kind = "application/vnd.oasis.opendocument.spreadsheet"
        container.writestr("mimetype", kind, zipfile.ZIP_STORED)
        with container.open("content.xml", "w", force_zip64=True) as content:
            content.write(
                f'<office:document-content {names} office:version="1.3"><office:body>'
                '<office:spreadsheet><table:table table:name="ทะเบียน">'.encode()
            )
            for line in lines():
                cells = "".join(
                    '<table:table-cell office:value-type="string"><text:p>'
                    f"{escape(cell)}</text:p></table:table-cell>" for cell in line
                )  # fmt: skip
                content.write(f"<table:table-row>{cells}</table:table-row>".encode())
            content.write(
                b"</table:table></office:spreadsheet></office:body></office:document-content>"
            )
        container.writestr(
            "META-INF/manifest.xml",
            "<manifest:manifest xmlns:manifest="
            "'urn:oasis:names:tc:opendocument:xmlns:manifest:1.0'>"
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
            "</manifest:manifest>",
        )


def _write_xls(path: Path, lines: Rows) -> None:
    """BIFF8 with a cell's text in its record (LABEL), in the smallest compound file there is."""
    sheet = bytearray(_record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 1996, 0, 6)))
    for number, line in enumerate(lines()):
        if number == XLS_ROWS:
            break
        for at, cell in enumerate(line):
            text = cell.encode("utf-16-le")
            head = struct.pack("<HHHHB", number, at, 0, len(text) // 2, 1)
            sheet += _record(0x204, head + text)
    sheet += _record(0x0A, b"")
    name = "markets"
    first = _record(0x809, struct.pack("<HHHHII", 0x600, 0x05, 0, 1996, 0, 6))
    size = len(first) + 4 + 8 + len(name) + 4
    bound = struct.pack("<IBBBB", size, 0, 0, len(name), 0) + name.encode()
    _write_compound(path, first + _record(0x85, bound) + _record(0x0A, b"") + bytes(sheet))


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _write_compound(path: Path, stream: bytes) -> None:
    """An OLE compound file (MS-CFB, version 3) with the one stream ``Workbook``."""
    sector, free, end, table = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    stream += b"\0" * (-len(stream) % sector)
    data = len(stream) // sector
    tables, doubles = 1, 0
    while True:  # sectors of the allocation table, which holds itself too
        doubles = max(0, -(-(tables - 109) // 127))
        needed = -(-(data + 1 + tables + doubles) // 128)
        if needed == tables:
            break
        tables = needed
    chain = [*range(1, data), end, end]  # the stream, then the directory in one sector
    chain += [table] * tables + [0xFFFFFFFC] * doubles
    chain += [free] * (tables * 128 - len(chain))
    at = [data + 1 + number for number in range(tables)]
    header = struct.pack(
        "<8s16sHHHHH6sIIIIIIIIII", bytes.fromhex("d0cf11e0a1b11ae1"), b"", 0x3E, 3, 0xFFFE, 9, 6,
        b"", 0, tables, data, 0, 4096, end, 0, data + 1 + tables if doubles else end, doubles, 0,
    )[:76]  # fmt: skip
    header += struct.pack("<109I", *(at + [free] * 109)[:109])
    more = b""
    for number in range(doubles):
        part = (at[109 + 127 * number :] + [free] * 127)[:127]
        after = data + 1 + tables + number + 1 if number + 1 < doubles else end
        more += struct.pack("<128I", *part, after)
    with path.open("wb") as file:
        file.write(header + stream + _directory(len(stream)))
        file.write(struct.pack(f"<{len(chain)}I", *chain) + more)


def _directory(size: int) -> bytes:
    def entry(name: str, kind: int, child: int, start: int, length: int) -> bytes:
        text = name.encode("utf-16-le") + b"\0\0"
        none = 0xFFFFFFFF
        return struct.pack(
            "<64sHBBIII16sIQQIQ", text, len(text), kind, 1, none, none, child, b"", 0, 0, 0,
            start, length,
        )  # fmt: skip

    root = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0)
    return root + entry("Workbook", 2, 0xFFFFFFFF, 0, size) + bytes(256)


def ours(path: Path) -> int:
    """The whole diagnosis, as the command does it; gives the number of findings."""
    import tempfile
    from datetime import UTC, datetime

    from flows.doctor.examine import Desk, examine

    with tempfile.TemporaryDirectory() as scratch:
        desk = Desk(Path(scratch), lambda: datetime.now(UTC), 10**10)
        return len(list(examine(path, desk).all_findings))


def openpyxl(path: Path) -> int:
    """Every cell read, and nothing made of it."""
    from openpyxl import load_workbook

    sheet = load_workbook(path, read_only=True).worksheets[0]
    return sum(len(row) for row in sheet.iter_rows(values_only=True))


def frictionless(path: Path) -> int:
    """Types guessed from a sample and held against every row: the nearest thing that there is."""
    import frictionless as peer

    peer.system.trusted = True  # it refuses absolute paths otherwise
    return len(peer.validate(peer.describe(str(path))).flatten(["type"]))


def main(path: str, way: str) -> None:
    """Do it once and print the seconds."""
    start = time.perf_counter()
    found = {"ours": ours, "openpyxl": openpyxl, "frictionless": frictionless}[way](Path(path))
    print(json.dumps({"seconds": time.perf_counter() - start, "found": found}))


if __name__ == "__main__":
    main(*sys.argv[1:])
