"""Text files: which encoding the whole file is in, decided by strict decoding.

In order: a byte-order mark, UTF-8, cp874 (which TIS-620 and ISO-8859-11 are parts of). A file
that is none of these throughout is refused with the place where it stops being one; nothing is
replaced or guessed line by line. Everything streams: a file's size does not matter to memory.
"""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, NoReturn, cast

import pyarrow as pa

from catalog.problem import Level, Problem, Rejected
from flows.sources._sniff import sniff
from flows.sources._twice import TWICE
from flows.sources._zip import unpack_bound

CHUNK = 1 << 20
#: Greatest size of an unpacked ``.gz`` in bytes, where a declaration says no other.
MAX_UNPACKED = 4 << 30
#: Kinds that are read line by line, and characters of the longest line that is one of a table.
_MAX_LINES = {"CSV": 64 << 20}
#: Names a declaration may use, and the codec that decodes strictly. Python's own ``tis-620``
#: lets 80-A0 through as control characters; cp874 has the same letters and is strict.
ENCODINGS = {
    "utf-8": "utf-8", "utf-16": "utf-16", "utf-16-le": "utf-16-le", "utf-16-be": "utf-16-be",
    "tis-620": "cp874", "cp874": "cp874", "windows-874": "cp874", "iso-8859-11": "cp874",
    "cp1252": "cp1252", "windows-1252": "cp1252", "ascii": "ascii", **TWICE,
}  # fmt: skip
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: Two letters of Thai as UTF-8 writes them. Read as cp874 they are ``เธ?เธ?`` or ``เน?เน?``, which
#: Thai does not write; one alone may stand (``อเนก`` in TIS-620 has E0 B9 A1).
_UTF8_THAI = re.compile(rb"(?:\xe0[\xb8\xb9][\x80-\xbf]){2}")
#: Bytes of TIS-620, and the no-break space that ISO-8859-11 adds.
_TIS_620 = bytes([*range(0x80), 0xA0, *range(0xA1, 0xDB), *range(0xDF, 0xFC)])


@dataclass(frozen=True, slots=True)
class Text:
    """A text file whose encoding is known for certain.

    Attributes:
        path: where the bytes lie.
        encoding: Python codec that decodes every byte after the mark.
        mark: length of the byte-order mark, in bytes.
        packed: whether the bytes are gzip's.
        size: bytes, unpacked.
        max_line: bound on the length of a line, in characters (looked at once for each ``CHUNK``).
        findings: what an officer should know.
    """

    path: Path
    encoding: str
    mark: int
    packed: bool
    size: int
    max_line: int = MAX_UNPACKED
    findings: tuple[Problem, ...] = ()

    def lines(self) -> io.TextIOWrapper:
        """The text; line ends stay as they are."""
        return io.TextIOWrapper(
            _skip(self._bytes(), self.mark), encoding=self.encoding, errors="strict", newline=""
        )

    def utf8(self) -> pa.NativeFile:
        """The text as a stream of UTF-8 bytes without a mark, for Arrow."""
        stream: pa.NativeFile = pa.PythonFile(_skip(self._bytes(), self.mark), mode="r")
        if self.encoding in {"utf-8", "ascii"}:
            return stream
        return pa.transcoding_input_stream(stream, self.encoding, "utf-8")

    def _bytes(self) -> BinaryIO:
        return _open(self.path, self.packed)


def survey(
    path: Path, *, kind: str, encoding: str | None = None, max_unpacked: int = MAX_UNPACKED
) -> Text:
    """Find out how a whole file is encoded, reading it once (twice where it is not UTF-8).

    Args:
        path: a file, as it was found; gzip is unpacked on the way.
        kind: what it should be, for the words of a problem (``CSV``).
        encoding: one of ``ENCODINGS``, where the declaration says so.
        max_unpacked: bound on the bytes of an unpacked ``.gz``.

    Raises:
        Rejected: empty, something else (HTML, a workbook), NUL bytes, or bytes that the encoding
            does not have; with byte offset from 0 and line from 1.
    """
    head = _head(path)
    packed = head.startswith(b"\x1f\x8b")
    if packed:
        bound = unpack_bound(max_unpacked, MAX_UNPACKED, path.stat().st_size)
        size, head = _unpacked(path, bound)
    else:
        size = path.stat().st_size
    mark, marked = next(((bom, name) for bom, name in _BOMS if head.startswith(bom)), (b"", None))
    sniff(head[len(mark) :], kind)
    text = Text(
        path, marked or "utf-8", len(mark), packed, size, _MAX_LINES.get(kind, MAX_UNPACKED)
    )
    if encoding is not None:
        codec = ENCODINGS[encoding]
        if codec == "utf-16":
            codec = marked if marked and marked != "utf-8" else "utf-16-le"
        return _strictly(replace(text, encoding=codec))
    if marked:
        return _strictly(text)
    return _undeclared(text)


def known_encoding(encoding: str | None) -> str | None:
    """An encoding's name as ``ENCODINGS`` spells it.

    Raises:
        ValueError: not one of them.
    """
    if encoding is None:
        return None
    name = encoding.lower().replace("_", "-")
    if name not in ENCODINGS:
        raise ValueError(f"not one of: {', '.join(ENCODINGS)}")
    return name


def _undeclared(text: Text) -> Text:
    try:
        return _strictly(text)
    except Rejected as refused:
        if refused.problems[0].code != "text-undecodable":
            raise
        return _thai(text, refused)


def _strictly(text: Text) -> Text:
    """The text as it is, once every byte is decoded; refused at the first that is not."""
    decoder = codecs.getincrementaldecoder(text.encoding)()
    at, empty, length, line = text.mark, True, 0, 1
    for chunk in chunks(text):
        waiting = len(decoder.getstate()[0])
        try:
            decoded = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            _undecodable(text, at - waiting + error.start, "text-undecodable")
        if "\0" in decoded:
            before = decoded[: decoded.index("\0")].encode(text.encoding)
            _undecodable(text, at - waiting + len(before), "text-nul")
        empty = empty and not decoded.strip()
        at += len(chunk)
        end = max(decoded.rfind("\n"), decoded.rfind("\r"))
        length = len(decoded) - end - 1 + (length if end < 0 else 0)
        line += decoded.count("\n")
        if length > text.max_line:
            params = {"line": line, "most": f"{text.max_line:,}"}
            raise Rejected(Problem("text-line-long", row=line, params=params))
    if empty:
        raise Rejected(Problem("source-empty"))
    if text.encoding in {"utf-8", "ascii"}:
        return text
    return replace(text, findings=(_encoding_note(_shown(text.encoding)),))


def _thai(text: Text, refused: Rejected) -> Text:
    """The text as cp874, which every byte must be and no letters of which may be UTF-8's."""
    problem = refused.problems[0]
    mixed = Rejected(replace(problem, code="text-mixed"))
    try:
        thai = _strictly(replace(text, encoding="cp874"))
    except Rejected as error:
        # Where UTF-8 ends is worth looking at, if it had begun at all.
        if not _has_utf8_thai(text):
            raise error from None
        offset = int(str(problem.params["offset"]).replace(",", ""))
        raise (mixed if _turns_thai(text, offset) else refused) from None
    if _has_utf8_thai(text):
        raise mixed from None
    tis = all(not chunk.translate(None, _TIS_620) for chunk in chunks(text))
    return replace(thai, findings=(_encoding_note("TIS-620" if tis else "Windows-874 (cp874)"),))


def _turns_thai(text: Text, offset: int) -> bool:
    """Whether the rest of a line is TIS-620 where UTF-8 ended: not a letter that was cut."""
    with _skip(text._bytes(), offset) as source:
        rest = re.split(rb"[\r\n]", source.read(4096))[0]
    letters = len(rest) - len(rest.translate(None, _TIS_620[0x80:]))
    strange = rest.translate(None, _TIS_620)
    return letters > 2 and not strange and not _UTF8_THAI.search(rest)


def _encoding_note(name: str) -> Problem:
    return Problem("text-encoding", params={"encoding": name}, level=Level.NOTE)


def _shown(codec: str) -> str:
    """What officers' programs call an encoding."""
    return "TIS-620 (Windows-874)" if codec == "cp874" else codec.upper().replace("_", "-")


def _has_utf8_thai(text: Text) -> bool:
    overlap = b""
    for chunk in chunks(text):
        if _UTF8_THAI.search(overlap + chunk):
            return True
        overlap = chunk[-8:]
    return False


def _undecodable(text: Text, offset: int, code: str) -> NoReturn:
    newlines = io.IncrementalNewlineDecoder(
        codecs.getincrementaldecoder(text.encoding)("replace"), translate=True
    )
    line, left = 1, offset - text.mark
    with _skip(text._bytes(), text.mark) as source:
        while left:
            before = source.read(min(CHUNK, left))
            left -= len(before)
            line += newlines.decode(before, final=not left).count("\n")
        found = source.read(1)
    params = {
        "encoding": _shown(text.encoding), "offset": f"{offset:,}",
        "line": line, "byte": found.hex().upper(),
    }  # fmt: skip
    raise Rejected(Problem(code, row=line, params=params))


def chunks(text: Text) -> Iterator[bytes]:
    """The bytes after the mark, and an empty chunk at the end."""
    with _skip(text._bytes(), text.mark) as source:
        while chunk := source.read(CHUNK):
            yield chunk
        yield b""


def _head(path: Path) -> bytes:
    with path.open("rb") as source:
        return source.read(4096)


def _open(path: Path, packed: bool) -> BinaryIO:
    if packed:
        return cast("BinaryIO", gzip.open(path, "rb"))
    return path.open("rb")


def _skip(source: BinaryIO, count: int) -> BinaryIO:
    source.read(count)
    return source


def _unpacked(path: Path, bound: int) -> tuple[int, bytes]:
    """Size and first bytes of a gzip's content.

    Raises:
        Rejected: broken or cut short, or more than ``bound`` bytes.
    """
    size, head = 0, b""
    try:
        with gzip.open(path, "rb") as source:
            while chunk := source.read(CHUNK):
                head = head or chunk[:4096]
                size += len(chunk)
                if size > bound:
                    raise Rejected(Problem("source-unpacks", params={"limit": f"{bound:,}"}))
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise Rejected(Problem("source-packed-badly", params={"reason": str(error)})) from error
    return size, head
