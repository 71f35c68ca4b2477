"""dBASE tables (``.dbf``) of Shapefiles: records as the text that stands in them.

A record has a fixed length, so a block of them is a NumPy array; GDAL would turn ``12.50`` into
12.5, lose digits of long numbers, and replace letters that are not in the encoding it supposes.
Structure as of dBASE III+; language ids and ``.cpg`` names as GDAL's Shapefile driver knows them.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from catalog.problem import Level, Problem, Rejected
from flows.sources import BATCH_ROWS

_TERMINATOR = b"\r"
_DELETED = ord("*")
#: Language driver ids (header byte 29) of encodings met here; 0 and 87 («ANSI») say nothing.
_LANGUAGES = {0x50: "cp874", 0x03: "cp1252", 0x01: "cp437", 0x02: "cp850"}
#: Spellings of ``.cpg`` files.
_CODE_PAGES = {
    "utf-8": "utf-8", "utf8": "utf-8", "65001": "utf-8", "874": "cp874", "cp874": "cp874",
    "ansi 874": "cp874", "windows-874": "cp874", "tis-620": "cp874", "tis620": "cp874",
    "iso-8859-11": "cp874", "1252": "cp1252", "ansi 1252": "cp1252", "windows-1252": "cp1252",
}  # fmt: skip
_NUMBERS, _TEXTS = frozenset("NF"), frozenset("C")


@dataclass(frozen=True, slots=True)
class DbfField:
    """A column: its name as bytes, type letter, place and length in a record."""

    name: bytes
    kind: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Dbf:
    """A table's structure.

    Attributes:
        path: of the file.
        records: how many there are, deleted ones too.
        start: where the first record stands, in bytes.
        length: of a record, in bytes.
        fields: columns in order.
        encoding: codec of its texts; decided by ``with_encoding``.
    """

    path: Path
    records: int
    start: int
    length: int
    fields: tuple[DbfField, ...]
    encoding: str = "ascii"

    def labels(self) -> list[str]:
        """Names of the columns; a letter that the limit of 10 bytes cut through is dropped."""
        return [_whole(field.name, self.encoding) for field in self.fields]

    def blocks(self) -> Iterator[tuple[npt.NDArray[np.void], npt.NDArray[np.bool_]]]:
        """Blocks of records, and which of each are deleted."""
        form = np.dtype(
            {
                "names": ["deleted", *(f"f{at}" for at in range(len(self.fields)))],
                "formats": ["u1", *(f"S{field.length}" for field in self.fields)],
                "offsets": [0, *(field.offset for field in self.fields)],
                "itemsize": self.length,
            }
        )
        with self.path.open("rb") as source:
            source.seek(self.start)
            for first in range(0, self.records, BATCH_ROWS):
                count = min(BATCH_ROWS, self.records - first)
                data = source.read(count * self.length)
                if len(data) < count * self.length:
                    raise Rejected(Problem("shp-broken", params={"reason": ".dbf: EOF"}))
                block = np.frombuffer(data, form)
                yield block, block["deleted"] == _DELETED


def open_dbf(path: Path) -> tuple[Dbf, str | None]:
    """A table's structure, and the encoding that its header names.

    Raises:
        Rejected: not such a file, or a column of a kind that is not text, number, day or truth.
    """
    with path.open("rb") as source:
        head = source.read(32)
        if len(head) < 32:
            raise Rejected(Problem("shp-broken", params={"reason": ".dbf: EOF"}))
        records, start, length = struct.unpack_from("<IHH", head, 4)
        body = source.read(max(start - 32, 0))
    fields, offset = [], 1
    for at in range(0, len(body) - 31, 32):
        if body[at : at + 1] == _TERMINATOR:
            break
        name = body[at : at + 11].split(b"\0")[0]
        field = DbfField(name, chr(body[at + 11]), offset, body[at + 16])
        if field.kind not in "CNFDL":
            shown = name.decode("ascii", "replace")
            raise Rejected(Problem("shp-field", field=shown, value=field.kind))
        fields.append(field)
        offset += field.length
    if not fields or offset > length:
        raise Rejected(Problem("shp-broken", params={"reason": ".dbf: header"}))
    return Dbf(path, records, start, length, tuple(fields)), _LANGUAGES.get(head[29])


def code_page(text: str) -> str | None:
    """Codec that a ``.cpg`` file names; none where the name says nothing."""
    return _CODE_PAGES.get(text.strip().lower())


def with_encoding(table: Dbf, said: str | None) -> tuple[Dbf, tuple[Problem, ...]]:
    """The table with the encoding in which all of its texts are.

    Args:
        table: its structure.
        said: what the declaration, ``.cpg`` or the header says; UTF-8 and then cp874 are tried
            strictly, on every text, where nothing does.

    Returns:
        The table, and warnings of texts that a column's length cut inside of a letter.

    Raises:
        Rejected: a text that is not in the encoding, with row and column.
    """
    if said is not None:
        named = replace(table, encoding=said)
        return named, _cut_warnings(named)
    try:
        named = replace(table, encoding="utf-8")
        return named, _cut_warnings(named)
    except Rejected:
        named = replace(table, encoding="cp874")
        note = Problem("text-encoding", params={"encoding": "TIS-620"}, level=Level.NOTE)
        return named, (note, *_cut_warnings(named))


def _cut_warnings(table: Dbf) -> tuple[Problem, ...]:
    """Decode every text once: whatever is wrong shows before a row is given out."""
    cut = [0] * len(table.fields)
    first = 1
    for block, _ in table.blocks():
        for at, field in enumerate(table.fields):
            if field.kind in _TEXTS:
                texts = block[f"f{at}"].tolist()
                cut[at] += _decode(texts, field, table, first)[1]
        first += len(block)
    return tuple(
        Problem("shp-cut", field=label, params={"count": f"{count:,}"}, level=Level.WARNING)
        for label, count in zip(table.labels(), cut, strict=True)
        if count
    )


def columns(table: Dbf, block: npt.NDArray[np.void], first: int) -> list[pa.Array]:
    """Columns of a block as text; blank is null.

    Args:
        table: its structure, with the encoding.
        block: records.
        first: number of the first, from 1.
    """
    return [
        _column(block[f"f{at}"].tolist(), field, table, first)
        for at, field in enumerate(table.fields)
    ]


def _column(values: list[bytes], field: DbfField, table: Dbf, first: int) -> pa.Array:
    if field.kind in _TEXTS:
        texts = pc.utf8_rtrim(_decode(values, field, table, first)[0], " \0")
    else:
        texts = pc.utf8_trim(_ascii(values, field, first), " \0")
    if field.kind in _NUMBERS:
        texts = _plain_numbers(texts)
    if field.kind == "D":
        # A day is YYYYMMDD; of zeros it is none. Anything else stays for the check to name.
        texts = pc.if_else(pc.equal(texts, "00000000"), "", texts)
        texts = pc.replace_substring_regex(texts, r"^(\d{4})(\d\d)(\d\d)$", r"\1-\2-\3")
    if field.kind == "L":
        for letters, word in (("TtYy", "true"), ("FfNn", "false"), ("?", "")):
            found = pc.is_in(texts, pa.array(list(letters)))
            texts = pc.if_else(found, word, texts)
    return pc.if_else(pc.equal(texts, ""), None, texts)


def _plain_numbers(numbers: pa.Array) -> pa.Array:
    """Numbers without what only fills up a fixed width.

    That is zeros behind a fraction (``12.500000000000``), and the digits that no float has: GDAL
    and QGIS write 5512.7 as ``5512.699999999999818``, which is that float and no other. Asterisks
    all through are how both write a missing number.
    """
    numbers = pc.replace_substring_regex(numbers, r"^\*+$", "")
    digits = pc.replace_substring_regex(numbers, r"^[-+]?0*\.?0*|[eE].*$|\.", "")
    fraction = pc.match_substring_regex(numbers, r"^[-+]?\d*\.\d+([eE][-+]?\d\d?)?$")
    long = pc.and_(pc.greater(pc.utf8_length(digits), 15), fraction)
    if pc.any(long).as_py():
        short = [repr(float(text)) for text in numbers.filter(long).to_pylist()]
        numbers = pc.replace_with_mask(numbers, long, pa.array(short, pa.string()))
    numbers = pc.replace_substring_regex(numbers, r"^([^.]+)\.0+([eE].*)?$", r"\1\2")
    return pc.replace_substring_regex(numbers, r"^([^.]*\.\d*[1-9])0+([eE].*)?$", r"\1\2")


def _ascii(values: list[bytes], field: DbfField, first: int) -> pa.Array:
    try:
        return pa.array([value.decode("ascii") for value in values], pa.string())
    except UnicodeDecodeError as error:
        row = next(at for at, value in enumerate(values, first) if not value.isascii())
        raise Rejected(_letters(row, field, "ASCII")) from error


def _decode(values: list[bytes], field: DbfField, table: Dbf, first: int) -> tuple[pa.Array, int]:
    """Texts of a column, and how many were cut inside of their last letter."""
    if table.encoding == "utf-8":
        try:
            return pa.array(values, pa.binary()).cast(pa.string()), 0
        except pa.ArrowInvalid:
            pass  # one of them is cut, or all of it is something else: look at each
    texts, cut = [], 0
    for row, value in enumerate(values, first):
        try:
            texts.append(value.decode(table.encoding))
        except UnicodeDecodeError as error:
            # Only a full column can have been cut, and only its last letter.
            full = len(value) == field.length and error.start >= len(value) - 3
            if not (
                table.encoding == "utf-8" and full and error.reason == "unexpected end of data"
            ):
                raise Rejected(_letters(row, field, table.encoding.upper())) from error
            texts.append(value[: error.start].decode("utf-8"))
            cut += 1
    return pa.array(texts, pa.string()), cut


def _letters(row: int, field: DbfField, encoding: str) -> Problem:
    shown = field.name.decode("utf-8", "replace")
    return Problem("shp-letters", row=row, field=shown, params={"encoding": encoding})


def _whole(name: bytes, encoding: str) -> str:
    try:
        return name.decode(encoding)
    except UnicodeDecodeError as error:
        return name[: error.start].decode(encoding, "replace")
