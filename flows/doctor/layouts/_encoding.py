"""How a text file is encoded: what its bytes say, all of them.

The reader's own survey decides (``flows.sources._text``): a mark, strict UTF-8, strict cp874. What
it refuses is looked at once more: UTF-16 without a mark is told by its zero bytes; text that was
encoded twice by letters that no Thai writes; mixed encodings line by line, for the words only, as
nothing but a person can put them right.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import IO, cast

import numpy as np
import numpy.typing as npt

from catalog.problem import Problem, Rejected
from flows.doctor import Finding
from flows.doctor.layouts._say import error, note, option, warning
from flows.sources._text import CHUNK, Text, chunks, survey
from flows.sources._twice import once

#: Share of zero bytes from which a file looks like UTF-16; figures and Latin letters have half.
_ZEROS = 0.02
#: Ranges of lines, and lines, that are named.
_RANGES, _LINES = 20, 5
#: What two letters of Thai become, by the encoding that their bytes were taken for.
_SIGNS = {
    "cp1252": re.compile(rb"(?:\xc3\xa0\xc2[\xb8\xb9](?:[\xc2-\xdf].|\xe2..)){2}", re.DOTALL),
    "cp874": re.compile(
        rb"(?:\xe0\xb9\x80\xe0\xb8[\x98\x99](?:\xc2.|\xe0[\xb8\xb9].|\xe2..)){3}", re.DOTALL
    ),
}
#: What such text has somewhere, and nothing else has often: a control character, or the first two.
_HINTS = {
    "cp1252": (b"\xc3\xa0\xc2\xb8", b"\xc3\xa0\xc2\xb9"),
    "cp874": (b"\xe0\xb8\x98\xc2", b"\xe0\xb8\x99\xc2"),
}
_LETTERS = {
    "cp1252": re.compile("(?:\u00e0[\u00b8\u00b9].)+"),
    "cp874": re.compile("(?:\u0e40[\u0e18\u0e19].)+"),
}
#: What officers' programs call the encodings that declarations name.
_DECLARED = {"cp874": "cp874", "utf-16-le": "utf-16-le", "utf-16-be": "utf-16-be"}
_TIS = "TIS-620"


@dataclass(frozen=True, slots=True)
class Encoded:
    """A text that can be decoded, and how that was found.

    Attributes:
        text: the file.
        encoding: what a declaration says; ``None`` where nothing has to be said.
        findings: what there is to say of it.
    """

    text: Text
    encoding: str | None
    findings: tuple[Finding, ...]


def find_encoding(path: Path, kind: str) -> Encoded:
    """How a text file is encoded.

    Args:
        path: the file.
        kind: what it seems to be, for the words (``CSV``).

    Raises:
        Rejected: empty, no text, or in several encodings (each range of lines is named).
    """
    try:
        text = survey(path, kind=kind)
    except Rejected as refused:
        return _looked_at_again(path, kind, refused)
    told = next((p.params["encoding"] for p in text.findings), None)
    if text.encoding in {"utf-8", "ascii"}:
        return _utf8(path, kind, text)
    name = _TIS.lower() if told == _TIS else _DECLARED[text.encoding]
    declared = None if text.mark else name
    shown = str(told) if told else text.encoding.upper()
    return Encoded(text, declared, (_evidence(text, shown, declared), *_line_ends(text)))


def _utf8(path: Path, kind: str, text: Text) -> Encoded:
    """UTF-8, unless its letters say that it was encoded twice."""
    for wrong in _SIGNS:
        if not _has(text, wrong):
            continue
        name = f"utf-8-as-{wrong}"
        try:
            again = survey(path, kind=kind, encoding=name)
        except Rejected:
            part = _in_part(text, wrong)
            if not part.count:
                continue  # words that repeat themselves only look like it
            found = (_evidence(text, "UTF-8", None), part, *_line_ends(text))
            return Encoded(text, None, found)
        remedy = option("encoding", name)
        said = warning("doctor-encoding-twice", remedies=[remedy], encoding=_shown(wrong))
        return Encoded(again, name, (said, *_line_ends(again)))
    shown = "UTF-8 (BOM)" if text.mark else "UTF-8"
    return Encoded(text, None, (_evidence(text, shown, None), *_line_ends(text)))


def _shown(codec: str) -> str:
    return "Windows-874" if codec == "cp874" else "Windows-1252"


def _has(text: Text, wrong: str) -> bool:
    """Whether a text has what Thai letters become; the quick look comes first, as most have not."""
    rest = b""
    for chunk in chunks(text):
        near = any(hint in chunk for hint in _HINTS[wrong])
        if near and _SIGNS[wrong].search(rest + chunk):
            return True
        rest = chunk[-24:]
    return False


def _in_part(text: Text, wrong: str) -> Finding:
    """The lines of a text that were encoded twice, where others were not."""
    examples: list[tuple[int, str]] = []
    count = 0
    with text.lines() as stream:
        for number, line in enumerate(stream, 1):
            found = _LETTERS[wrong].search(line)
            if found and len(found[0]) > 5 and _undone(found[0], wrong):
                count += 1
                if len(examples) < _LINES:
                    examples.append((number, found[0]))
    return error(
        "doctor-encoding-twice-part", examples=examples, count=count, encoding=_shown(wrong)
    )


def _undone(letters: str, wrong: str) -> bool:
    try:
        once(letters, wrong).decode()
    except UnicodeError:
        return False
    return True


def _evidence(text: Text, shown: str, declared: str | None) -> Finding:
    """How many bytes speak for the encoding."""
    octets = np.zeros(256, np.int64)
    for chunk in chunks(text):
        octets += np.bincount(np.frombuffer(chunk, np.uint8), minlength=256)
    high = int(octets[0x80:].sum())
    thai = int(octets[0xA1:0xDB].sum() + octets[0xDF:0xFC].sum())
    if text.encoding in {"utf-8", "ascii"}:
        # Every letter of Thai begins with E0 and goes on with B8 or B9.
        thai = int(octets[0xE0]) * 3
    elif text.encoding.startswith("utf-16"):
        thai = high = int(octets[0x0E]) * 2
    return note(
        "doctor-encoding", high=f"{high:,}", encoding=shown, size=f"{text.size:,}",
        thai=f"{min(thai, high):,}", remedies=[option("encoding", declared)] if declared else [],
    )  # fmt: skip


def _line_ends(text: Text) -> Iterator[Finding]:
    """How lines end, where they do so in several ways or as no program expects."""
    both = feeds = returns = 0
    last = b""
    with text.utf8() as stream:
        while chunk := cast("bytes", stream.read(CHUNK)):
            both += chunk.count(b"\r\n") + (last == b"\r" and chunk[:1] == b"\n")
            feeds, returns = feeds + chunk.count(b"\n"), returns + chunk.count(b"\r")
            last = chunk[-1:]
    kinds = {"CRLF": both, "LF": feeds - both, "CR": returns - both}
    found = {name: count for name, count in kinds.items() if count}
    if len(found) > 1 or "CR" in found:
        shown = ", ".join(f"{name} {count:,}" for name, count in found.items())
        yield note("doctor-line-ends", ends=shown)


def _looked_at_again(path: Path, kind: str, refused: Rejected) -> Encoded:
    """A file that the reader refuses as it is: UTF-16 without a mark, or told line by line."""
    codes = {problem.code for problem in refused.problems}
    if not codes & {"text-nul", "text-undecodable", "text-mixed"}:
        raise refused
    octets = _histogram(path)
    if octets[0] > _ZEROS * octets.sum():
        found = _utf16(path, kind)
        if found is not None:
            return found
        raise refused
    ranges = list(islice(_ranges(path), _RANGES + 1))
    encodings = {name for _, _, name in ranges}
    if not {"UTF-8", _TIS} <= encodings:
        raise refused
    raise Rejected(*(_range(*found) for found in ranges[:_RANGES]))


def _utf16(path: Path, kind: str) -> Encoded | None:
    """The file as UTF-16 without a mark, if that makes sense of it."""
    for name in ("utf-16-le", "utf-16-be"):
        try:
            text = survey(path, kind=kind, encoding=name)
        except Rejected:
            continue
        if _is_sane(text):
            findings = (_evidence(text, name.upper(), name), *_line_ends(text))
            return Encoded(replace(text, findings=()), name, findings)
    return None


def _is_sane(text: Text) -> bool:
    """Whether nearly all characters are of Latin or Thai."""
    with text.lines() as stream:
        sample = stream.read(CHUNK)
    known = sum(char < "\u0250" or "\u0e00" <= char < "\u0e80" for char in sample)
    return known > 0.95 * len(sample) and "\n" in sample.replace("\r", "\n")


def _open(path: Path) -> IO[bytes]:
    with path.open("rb") as source:
        packed = source.read(2) == b"\x1f\x8b"
    return cast("IO[bytes]", gzip.open(path)) if packed else path.open("rb")


def _histogram(path: Path) -> npt.NDArray[np.int64]:
    octets = np.zeros(256, np.int64)
    with _open(path) as source:
        while chunk := source.read(CHUNK):
            octets += np.bincount(np.frombuffer(chunk, np.uint8), minlength=256)
    return octets


def _ranges(path: Path) -> Iterator[tuple[int, int, str]]:
    """Lines one after the other in the same encoding: first, last, name. ASCII joins any."""
    with _open(path) as source:
        first, last, before = 0, 0, ""
        for number, line in enumerate(source, 1):
            name = _name(line) or before
            if name != before and before:
                yield first, last, before
            first = number if name != before else first
            last, before = number, name
    if before:
        yield first, last, before


def _name(line: bytes) -> str:
    """The encoding of a line: UTF-8, TIS-620, or neither; nothing where it is ASCII."""
    if line.isascii():
        return ""
    for codec, name in (("utf-8", "UTF-8"), ("cp874", _TIS)):
        try:
            line.decode(codec)
        except UnicodeDecodeError:
            continue
        return name
    return "?"


def _range(first: int, last: int, name: str) -> Problem:
    params = {"first": first, "last": last, "encoding": name}
    return Problem("doctor-encoding-mixed", row=first, params=params)
