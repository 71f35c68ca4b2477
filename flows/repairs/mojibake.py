"""Text in UTF-8 or in Thai Windows (cp874) that was once read as Western letters.

Changes: à¸ˆà¸±à¸‡à¸«à¸§à¸±à¸” → จังหวัด (UTF-8 read as cp1252 or Latin-1, also twice),
¡ÃØ§à·¾ → กรุงเทพ (cp874 read so). A whole cell or nothing: every letter must turn back into a byte,
and the bytes must be valid; from cp874, where nearly all are, most of the Thai must be words.
Refuses to guess: a cell of which a byte was lost (a no-break space that became a blank) stays, and
so does one whose Western letters may be meant (café): from cp874 it takes three Thai letters at
the least, and no Western letter beside them.
Undone by: encoding the cell and decoding it as the Western letters it was.
"""

from __future__ import annotations

import re
from typing import Any, Literal

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field

from flows.repairs import Scope
from flows.repairs._arrow import is_ascii, on_matching, on_unique
from flows.repairs._words import WELL_FORMED, read

SCOPE: Scope = "column"
#: Letters of Latin-1 and of cp1252 above ASCII, and the control characters between.
_WESTERN = "[\u0080-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc"
_WESTERN += (
    "\u2013\u2014\u2018-\u201a\u201c-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122]"
)
_THAI = re.compile("[\u0e01-\u0e3a\u0e40-\u0e4e]+")
_BESIDE = re.compile("[A-Za-z][\u0e01-\u0e4e]|[\u0e01-\u0e4e][A-Za-z]")
_LETTERS = 3


class Options(BaseModel):
    """Which encodings the bytes may have had.

    Attributes:
        encodings: ``utf-8``, ``cp874``; tried in this order.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    encodings: tuple[Literal["utf-8", "cp874"], ...] = Field(
        default=("utf-8", "cp874"), min_length=1
    )


def repair(values: pa.Array, options: Options, decision: Any = None) -> pa.Array:
    """Read cells again by the bytes that they once were."""
    if is_ascii(values):
        return values

    def read_again(texts: pa.Array) -> pa.Array:
        return pa.array([_again(text, options) for text in texts.to_pylist()], pa.string())

    return on_matching(values, _WESTERN, lambda found: on_unique(found, read_again))


def _again(text: str | None, options: Options) -> str | None:
    while text:  # each time shorter, in bytes
        found = next(filter(None, (_decoded(text, name) for name in options.encodings)), None)
        if found is None:
            break
        text = found
    return text


def _decoded(text: str | None, encoding: str) -> str | None:
    """The text that the bytes are in an encoding, if they can be nothing else."""
    try:
        raw = b"".join(_byte(letter) for letter in text or "")
        found = raw.decode(encoding)
    except UnicodeError:
        return None
    if found == text or "\ufffd" in found:
        return None
    # Valid UTF-8 is no accident; valid cp874 is nearly everything.
    return found if encoding == "utf-8" or _reads_as_thai(found) else None


def _byte(letter: str) -> bytes:
    try:
        return letter.encode("cp1252")
    except UnicodeEncodeError:
        return letter.encode("latin-1")  # the five codes that cp1252 leaves out


def _reads_as_thai(found: str) -> bool:
    """Whether most letters are words, with marks where they belong, apart from Western ones."""
    runs = _THAI.findall(found)
    length = sum(map(len, runs))
    if length < _LETTERS or _BESIDE.search(found):
        return False
    if not all(WELL_FORMED.fullmatch(run) for run in runs):
        return False
    return 2 * sum(read(run).left for run in runs) < length
