"""Files that are built to do harm: each is small to send and large, deep or endless to read."""

from __future__ import annotations

import gzip
import io
import json
import random
import sqlite3
import struct
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from benchmarks._books import SHEET, packed, spreadsheet, workbook, worksheet

Monster = tuple[str, bytes]
_KB, _MB = 1 << 10, 1 << 20
#: Endings that an office's files may have.
ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods", ".json", ".jsonl", ".geojson", ".kml",
           ".kmz", ".zip", ".gpkg")  # fmt: skip
_KML = '<kml xmlns="http://www.opengis.net/kml/2.2">'


# ---- texts


def _wide(chance: random.Random) -> Monster:
    return ".csv", b",".join(b"c%d" % n for n in range(100_000)) + b"\n" + b"1," * 99_999 + b"1\n"


def _same_labels(chance: random.Random) -> Monster:
    width = chance.choice((1_900, 19_000))
    return ".csv", ",".join(["ก"] * width).encode() + b"\n" + b",".join([b"1"] * width) + b"\n"


def _huge_cell(chance: random.Random) -> Monster:
    return ".csv", b'a,b\n1,"' + "ก".encode() * (10 * _MB // 3) + b'"\n'


def _long_cells(chance: random.Random) -> Monster:
    """Cells of one sign, over and over: what a careless pattern tries in every way there is."""
    signs = "(-. 0๐,/:+%ก์'a@e[{|\u200b"
    piece = chance.choice(signs) + chance.choice(("", *signs))
    cells = (piece * (50_000 * chance.randrange(1, 6)) + end for end in ("", "!", "ก", "9"))
    rows = "".join(f"{n}|{cell.replace('|', '/')}|x\n" for n, cell in enumerate(cells))
    return ".csv", ("ลำดับ|รายละเอียด|หมายเหตุ\n" + rows).encode()


def _long_figures(chance: random.Random) -> Monster:
    rows = "".join(f"{n},{'9' * 100_000},1e{'9' * (n + 1)},-1e-999999999\n" for n in range(60))
    return ".csv", ("no,amount,rate,share\n" + rows).encode()


def _one_quote(chance: random.Random) -> Monster:
    row = "ก,ข,ค\n".encode()
    return ".csv", row * 100 + b'"' + row * 100_000


def _ragged(chance: random.Random) -> Monster:
    return ".csv", b"".join(b"1," * (n % 997) + b"2\n" for n in range(3_000))


def _returns(chance: random.Random) -> Monster:
    return ".csv", b"a,b\r" * 200_000 + b"\n" * 200_000


def _gzip_bomb(chance: random.Random) -> Monster:
    return ".csv.gz", _gzipped(b"a,b\n", b"0" * _MB, 256)


def _gzip_rows(chance: random.Random) -> Monster:
    """A table that unpacks to 400 MB."""
    return ".csv.gz", _gzipped(b"a,b\n", b"0,1\n" * _MB, 100)


def _gzipped(head: bytes, block: bytes, times: int) -> bytes:
    target = io.BytesIO()
    with gzip.GzipFile(fileobj=target, mode="wb", compresslevel=1, mtime=0) as file:
        file.write(head)
        for _ in range(times):
            file.write(block)
    return target.getvalue()


def _nothing(chance: random.Random) -> Monster:
    return chance.choice(ENDINGS), chance.choice((b"", b"\n", b"\0", b"\xef\xbb\xbf", b","))


def _nuls(chance: random.Random) -> Monster:
    return chance.choice(ENDINGS), b"\0" * _MB


def _noise(chance: random.Random) -> Monster:
    return chance.choice(ENDINGS), chance.randbytes(64 * _KB)


# ---- JSON


def _deep_json(chance: random.Random) -> Monster:
    deep = chance.choice((b"[", b'{"a":'))
    return chance.choice((".json", ".geojson")), deep * 200_000


def _deep_cell(chance: random.Random) -> Monster:
    depth = chance.choice((500, 5_000, 100_000))
    return ".json", b'[{"a":1,"b":' + b"[" * depth + b"]" * depth + b"}]"


def _many_keys(chance: random.Random) -> Monster:
    keys = ",".join(f'"k{n}":{n}' for n in range(50_000))
    return chance.choice((".json", ".jsonl")), f"[{{{keys}}}]".encode()


def _new_keys(chance: random.Random) -> Monster:
    """Every object with a key of its own."""
    return ".json", json.dumps([{f"k{n}": n} for n in range(20_000)]).encode()


def _long_ring(chance: random.Random) -> Monster:
    ring = ",".join(f"[{n % 360 - 180},{n % 170 - 85}]" for n in range(300_000))
    return ".geojson", (
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"n":1},'
        f'"geometry":{{"type":"Polygon","coordinates":[[{ring},[-180,-85]]]}}}}]}}'
    ).encode()


def _deep_geometry(chance: random.Random) -> Monster:
    depth = 20_000
    body = '{"type":"GeometryCollection","geometries":[' * depth + "]}" * depth
    return ".geojson", f'{{"type":"Feature","properties":{{}},"geometry":{body}}}'.encode()


# ---- XML


def _laughs(chance: random.Random) -> Monster:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    body = (f'<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY l0 "ha">{entities}]>'
            f"{_KML}<Placemark><name>&l11;</name></Placemark></kml>")  # fmt: skip
    return chance.choice((".kml", ".xlsx", ".ods")), body.encode()


def _workbook_laughs(chance: random.Random) -> Monster:
    laughing = _laughs(chance)[1]
    return ".xlsx", packed({"[Content_Types].xml": laughing, "xl/workbook.xml": laughing,
                          "xl/sharedStrings.xml": laughing})  # fmt: skip


def _document_laughs(chance: random.Random) -> Monster:
    laughing = _laughs(chance)[1]
    return ".ods", packed({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
                         "content.xml": laughing, "styles.xml": laughing})  # fmt: skip


def _outside(chance: random.Random) -> Monster:
    """An entity that reads a file of the server."""
    body = ('<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY p SYSTEM "file:///etc/passwd">]>'
            f"{_KML}<Placemark><name>&p;</name></Placemark></kml>")  # fmt: skip
    return ".kml", body.encode()


def _deep_xml(chance: random.Random) -> Monster:
    return ".kml", (_KML + "<Folder>" * 200_000).encode()


def _long_line(chance: random.Random) -> Monster:
    places = "100.5,13.7 " * 1_000_000
    return ".kml", (f"{_KML}<Placemark><name>ก</name><LineString><coordinates>{places}"
                    "</coordinates></LineString></Placemark></kml>").encode()  # fmt: skip


# ---- containers


def _bomb(chance: random.Random) -> Monster:
    """A sheet that unpacks to 512 MB of blanks."""
    block = b" " * (16 * _MB)
    ending = chance.choice((".xlsx", ".ods", ".kmz", ".zip"))
    member = {".xlsx": "xl/worksheets/sheet1.xml", ".ods": "content.xml", ".kmz": "doc.kml",
              ".zip": "a.shp"}[ending]  # fmt: skip
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        for part in (member, "xl/workbook.xml", "mimetype", "a.dbf", "a.shx"):
            with made.open(part, "w", force_zip64=True) as file:
                for _ in range(32 if part == member else 1):
                    file.write(block)
    return ending, target.getvalue()


def _many_members(chance: random.Random) -> Monster:
    return chance.choice((".zip", ".xlsx", ".kmz")), packed(
        {f"{n}.kml": b"" for n in range(50_000)}
    )


def _liar(chance: random.Random) -> Monster:
    """A container whose directory says that every member has one byte."""
    body = bytearray(workbook(worksheet('<row r="1"><c r="A1"><v>1</v></c></row>')))
    at = body.find(b"PK\x01\x02")
    while at >= 0:
        struct.pack_into("<I", body, at + 24, 1)
        at = body.find(b"PK\x01\x02", at + 4)
    return ".xlsx", bytes(body)


# ---- workbooks


def _far_cell(chance: random.Random) -> Monster:
    return ".xlsx", workbook(worksheet(
        '<row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    ))  # fmt: skip


def _wide_sheet(chance: random.Random) -> Monster:
    cells = "".join(f"<c><v>{n}</v></c>" for n in range(16_384))
    return ".xlsx", workbook(
        worksheet("".join(f'<row r="{n}">{cells}</row>' for n in range(1, 41)))
    )


def _formulas(chance: random.Random) -> Monster:
    return ".xlsx", workbook(worksheet("".join(
        f'<row r="{n}"><c r="A{n}" t="str"><f>HYPERLINK("http://x","y")</f><v>y</v></c>'
        f'<c r="B{n}" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>' for n in range(1, 60)
    )))  # fmt: skip


def _one_string(chance: random.Random) -> Monster:
    """One text of 1 MB that 2,000 cells share."""
    shared = f'<sst xmlns="{SHEET}"><si><t>{"ก" * (_MB // 3)}</t></si></sst>'
    rows = "".join(
        f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="B{n}" t="s"><v>0</v></c></row>'
        for n in range(1, 2_001)
    )
    return ".xlsx", workbook(worksheet(rows), shared)


def _merged(chance: random.Random) -> Monster:
    rows = '<row r="1"><c r="A1" t="str"><v>ก</v></c><c r="B1" t="str"><v>ข</v></c></row>'
    ranges = "".join(f'<mergeCell ref="A{n}:XFD1048576"/>' for n in range(1, 3_000))
    return ".xlsx", workbook(worksheet(rows, f"<mergeCells>{ranges}</mergeCells>"))


def _many_sheets(chance: random.Random) -> Monster:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 20))
    return ".xlsx", workbook(worksheet(rows), sheets=3_000)


def _repeated(chance: random.Random) -> Monster:
    """A sheet that says of one cell that it stands a thousand million times."""
    wide, long = chance.choice(((1_000_000_000, 1), (1, 1_000_000_000), (16_384, 1_048_576)))
    rows = (f'<table:table-row table:number-rows-repeated="{long}"><table:table-cell '
            f'table:number-columns-repeated="{wide}" office:value-type="string"><text:p>ก</text:p>'
            "</table:table-cell></table:table-row>")  # fmt: skip
    return ".ods", spreadsheet(rows)


def _repeated_text(chance: random.Random) -> Monster:
    """A sheet that says of a text of 1 MB that it stands in 4,000 cells."""
    cell = ('<table:table-cell table:number-columns-repeated="4" office:value-type="string">'
            f'<text:p>{"ก" * (_MB // 3)}</text:p></table:table-cell>')  # fmt: skip
    row = f'<table:table-row table:number-rows-repeated="1000">{cell}</table:table-row>'
    return ".ods", spreadsheet(row)


# ---- databases and shapes


def _endless_view(chance: random.Random) -> Monster:
    """A GeoPackage whose table is a question without an end."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m.gpkg"
        with sqlite3.connect(path) as database:
            database.executescript(
                "PRAGMA application_id = 1196444487;"
                "CREATE TABLE gpkg_contents (table_name TEXT, data_type TEXT, identifier TEXT,"
                " description TEXT, last_change TEXT, min_x, min_y, max_x, max_y, srs_id INT);"
                "CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INT, organization TEXT,"
                " organization_coordsys_id INT, definition TEXT, description TEXT);"
                "CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT,"
                " geometry_type_name TEXT, srs_id INT, z INT, m INT);"
                "CREATE VIEW endless AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1"
                " FROM n) SELECT x AS a, x AS b FROM n;"
                "INSERT INTO gpkg_contents (table_name, data_type, identifier)"
                " VALUES ('endless', 'attributes', 'endless');"
            )
        database.close()
        return ".gpkg", path.read_bytes()


def _claims(chance: random.Random) -> Monster:
    """A Shapefile that claims a thousand million records."""
    field = struct.pack("<11sc4xBB14x", b"A", b"C", 254, 0)
    dbf = struct.pack("<4BIHH20x", 3, 124, 1, 1, 1_000_000_000, 65, 255) + field + b"\r"
    shp = struct.pack(">i20xi", 9994, 0x7FFFFFFF) + struct.pack("<ii8d", 1000, 1, *[0.0] * 8)
    return ".zip", packed({"a.shp": shp, "a.shx": shp, "a.dbf": dbf + b" " * 255})


MONSTERS: tuple[Callable[[random.Random], Monster], ...] = (
    _wide, _same_labels, _huge_cell, _long_cells, _long_figures, _one_quote, _ragged, _returns,
    _gzip_bomb, _gzip_rows, _nothing, _nuls, _noise, _deep_json, _deep_cell, _many_keys, _new_keys,
    _long_ring, _deep_geometry, _laughs, _workbook_laughs, _document_laughs, _outside, _deep_xml,
    _long_line, _bomb, _many_members, _liar, _far_cell, _wide_sheet, _formulas, _one_string,
    _merged, _many_sheets, _repeated, _repeated_text, _endless_view, _claims,
)  # fmt: skip
