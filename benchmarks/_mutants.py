"""Files as nobody should send them: every way in which bytes come to harm, from a seed.

Mutants are made from real and bundled files, and from a small table in every format that a reader
takes; a number names each, so that one that does harm can be made again.
"""

from __future__ import annotations

import io
import random
import re
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks import _data
from benchmarks._monsters import ENDINGS, MONSTERS

Mutation = Callable[[random.Random, bytes], bytes]
#: Files that mutants are made from, by ending.
Corpus = Mapping[str, tuple[Path, ...]]
_KB, _MB = 1 << 10, 1 << 20
_ROWS = 60
#: What offices send first of all.
_OFTEN = (".csv", ".csv", ".xlsx", ".xls")
#: Every so many files, one that is built to do harm.
_MONSTROUS = 20
#: What stands between two words of a table, of XML and of JSON.
_BETWEEN = re.compile(rb"([,;|\t\r\n<>\"]+)")
#: Words that are nearly a number, a day, a place, a position; and what no table should have.
_ODD = (
    "", " ", "-", "–", "0", "-0", "00", "1e400", "-1e-400", "9" * 40, "1,234,5", "(1,234.50)",
    "12%", "NaN", "inf", "-inf", "#REF!", "#N/A", "=1+1", "ไม่มีข้อมูล", "n/a", "รวม",
    "รวมทั้งสิ้น", "ที่มา : กรม", "๑๒,๓๔๕", "๒๕๖๙", "2569", "2026", "69", "2568/69", "31/02/2569",
    "32 มกราคม 2569", "29 ก.พ. 2567", "2026-13-45", "0000-00-00", "9999-12-31T24:00:00Z", "99:99",
    "24.00 น.", "ก.พ. 69", "มกราคม", "นครพนม", "จ.นครพนม", "อ.เมือง", "TH-48", "48", "ใช่", "ไม่",
    "✓", "/", "TRUE", "17.4,104.7", "104.7 17.4", "17° 24' 39\" N", "999999.9 999999.9",
    "1234567890123", "1-2345-67890-12-1", "081-234-5678", "a@b.c", "<b>ก</b>", "&nbsp;", "\u200b",
    "\ufeff", "ำ", "นํ้า", "\uf70a", "(cid:201)", "เธ\u0081", "\u0e34\u0e34\u0e34", "\U0001f600",
    "ก" * 3_000, "a\u0300" * 50, "[1,2]", "{}", "POINT(1 2)", "'1", "1.", ".5", "+", "1 กก.",
    "<0.01", "10*", "ก/ข", "ก, ข, ค", "\\", "%s", "{0}", "NULL", "\u2028",
)  # fmt: skip
#: Of the formats that we write, those that a reader takes.
_FORMATS = "csv,csv_bom,tsv,json,jsonl,geojson,kml,kmz,ods,shp,gpkg,xlsx"


def make(folder: Path, source: Path | None = None, schema: Path | None = None) -> None:
    """Write a small table in every format that a reader takes, to make mutants of.

    Args:
        folder: gets the files.
        source: CSV of the table; one is made if not given.
        schema: its Table Schema.
    """
    from catalog.settings import Settings
    from flows.loose import convert
    from flows.world import World

    with tempfile.TemporaryDirectory(prefix="samdao-mutants-") as scratch:
        home = Path(scratch)
        _data.register(home, _ROWS)
        source = source or home / "datasets" / str(_data.REGISTER) / "markets.csv"
        schema = schema or home / "schemas" / "markets.json"
        world = World(Settings(home=home, datasets=home / "datasets", schemas=home / "schemas"))
        convert(world, str(source), str(schema), _FORMATS, str(folder), None, (), repairs=True)


def corpus(*folders: Path) -> Corpus:
    """The files of some folders that mutants are made from; those that are not there have none."""
    found: dict[str, list[Path]] = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix in ENDINGS and path.stat().st_size < _MB:
                found.setdefault(path.suffix, []).append(path)
    return {ending: tuple(found[ending]) for ending in sorted(found)}


def mutant(number: int, sources: Corpus) -> tuple[str, bytes]:
    """A mutant's ending and bytes.

    Args:
        number: which one; the same number gives the same mutant of the same sources.
        sources: as ``corpus`` gives them.
    """
    chance = random.Random(number)
    if number % _MONSTROUS == 0:
        return MONSTERS[(number // _MONSTROUS) % len(MONSTERS)](chance)
    often = (ending for ending in _OFTEN if ending in sources)
    path = chance.choice(sources[chance.choice((*sources, *often))])
    data = path.read_bytes()
    if zipfile.is_zipfile(path) and chance.random() < 0.7:
        data = _inside(chance, data)
    else:
        for _ in range(chance.choice((1, 1, 1, 2, 4))):
            data = chance.choice(_MUTATIONS)(chance, data)
    ending = path.suffix if chance.random() < 0.9 else chance.choice(ENDINGS)
    return ending, data


def _flip(chance: random.Random, data: bytes) -> bytes:
    found = bytearray(data)
    for _ in range(chance.choice((1, 8, 200))):
        if found:
            found[chance.randrange(len(found))] = chance.randrange(256)
    return bytes(found)


def _cut(chance: random.Random, data: bytes) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] if chance.random() < 0.7 else data[at:]


def _insert(chance: random.Random, data: bytes) -> bytes:
    at = chance.randrange(len(data) + 1)
    piece = chance.choice((
        b"\0" * 7, b'"', b"\xef\xbf\xbd", b"\xff\xfe", b",,,,,,", b"\r\n\r\n",
        b"=cmd|' /C calc'!A0",
        "ำํเเ\u200b\uf70a".encode(), b"\x80\x81\x9f", b"A" * 10 * _KB, b"\n" * _KB, b"]]></x>&lt;",
    ))  # fmt: skip
    return data[:at] + piece + data[at:]


def _double(chance: random.Random, data: bytes) -> bytes:
    at, length = chance.randrange(len(data) + 1), chance.randrange(1, 4 * _KB)
    return data[:at] + data[at : at + length] * chance.choice((2, 50)) + data[at + length :]


def _number(chance: random.Random, data: bytes) -> bytes:
    """Some figure, made a number that nobody counts to."""
    at = chance.randrange(len(data) + 1)
    while at < len(data) and not 0x30 <= data[at] <= 0x39:
        at += 1
    figure = chance.choice((
        b"1e999999999", b"-1", b"99999999999999999999", b"NaN", b"Infinity", b"9" * 5_000,
        b"1e-999999999", b"0x7fffffff", b"-0", b"4294967295", b"1_000", b"2569-02-30",
    ))  # fmt: skip
    return data[:at] + figure + data[at + 1 :]


def _tokens(chance: random.Random, data: bytes) -> bytes:
    """Some words of a text changed for odd ones, or for others of it; its form stays whole."""
    parts = _BETWEEN.split(data)
    words = [at for at in range(0, len(parts), 2) if parts[at].strip()]
    # A column changes its kind only where many of its words do.
    for _ in range(chance.choice((1, 5, 40, 400)) if words else 0):
        at = chance.choice(words)
        odd = chance.random() < 0.6
        parts[at] = chance.choice(_ODD).encode() if odd else parts[chance.choice(words)]
    return b"".join(parts)


def _columns(chance: random.Random, data: bytes) -> bytes:
    """A column of a text repeated, left out, or with the same odd word in every row."""
    sign = chance.choice((b",", b"\t", b";", b"|"))
    word = chance.choice(_ODD).encode()
    at, how = chance.randrange(12), chance.choice(("twice", "out", "word", "head"))
    rows = [line.split(sign) for line in data.split(b"\n")]
    for number, row in enumerate(rows):
        if at < len(row):
            rest = [row[at], row[at]] if how == "twice" else []
            changed = [word] if how == "word" or (how == "head" and not number) else [row[at]]
            row[at : at + 1] = rest if how in ("twice", "out") else changed
    return b"\n".join(sign.join(row) for row in rows)


def _encode(chance: random.Random, data: bytes) -> bytes:
    text = data.decode(chance.choice(("utf-8", "cp874", "latin-1")), "replace")
    into = chance.choice(("utf-16", "utf-16-be", "utf-8-sig", "cp874", "utf-32", "latin-1"))
    return text.encode(into, "replace")


def _mojibake(chance: random.Random, data: bytes) -> bytes:
    return data.decode("latin-1").encode("utf-8")


def _quotes(chance: random.Random, data: bytes) -> bytes:
    return data.replace(b",", b',"', chance.choice((1, 3, 100)))


def _separators(chance: random.Random, data: bytes) -> bytes:
    return data.replace(b",", chance.choice((b";", b"\t", b"|", b"^", b"")))


def _shuffle(chance: random.Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    chance.shuffle(lines)
    return b"".join(lines)


_MUTATIONS: tuple[Mutation, ...] = (
    _flip, _cut, _insert, _double, _number, _encode, _mojibake, _quotes, _separators, _shuffle,
    _tokens, _tokens, _tokens, _columns, _columns,
)  # fmt: skip


def _inside(chance: random.Random, data: bytes) -> bytes:
    """A ZIP whose members are harmed, not its frame."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        harmed = chance.choice(source.namelist())
        for name in source.namelist():
            body = source.read(name)
            if name == harmed or chance.random() < 0.2:
                body = chance.choice(_MUTATIONS)(chance, body)
            made.writestr(name, body)
    return target.getvalue()
