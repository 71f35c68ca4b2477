"""Thai typed or copied in a way that looks right and is not: normal spelling of letters and marks.

Changes:
    นํ้า (NIKHAHIT + AA)     → น้ำ  one SARA AM, with the tone mark before it
    เเ (two SARA E)          → แ
    ๅ for า                  → า    except after ฤ and ฦ
    marks in wrong order     → vowel, then tone mark, then า ะ ำ: เพ่ือ → เพื่อ, เขา้ → เข้า, สาํ → สำ;
                               behind a bare letter only as the dictionary has it: กล่ิน → กลิ่น,
                               and มส่ีวน → มีส่วน, for there the vowel slid
    a mark typed twice       → once, where no neighbour can have lent it
    characters without width → gone; no-break spaces → blanks
Refuses to guess: a doubled mark that may have slid from the letter before (ทีผ่่าน is ที่ผ่าน), and a
doubled tone before า, which may be a lost SARA AM (น้้า); both stay as they are: ``thai_marks`` looks
them up, ``pdf_thai`` can be told what they are. Neither NFC nor NFKC does any of this (NFKC even
tears SARA AM apart).
Undone by: nothing; the text looks the same before and after.
"""

from __future__ import annotations

from typing import Any, Literal

import pyarrow as pa
from pydantic import BaseModel, ConfigDict

from flows.repairs import Scope
from flows.repairs._arrow import BLANKS, ZERO_WIDTH, is_ascii, mend, on_matching, seen, settled, sub
from flows.repairs._letters import (
    AA,
    AM,
    CONSONANT,
    NIKHAHIT,
    TONE,
    TONES,
    TOP,
    VOWEL,
    VOWELS_ONCE,
)
from flows.repairs._marks import mended

SCOPE: Scope = "column"
_FOLLOWING = f"[ะ{AA}{AM}]"
_DOUBLED = "|".join(mark * 2 for mark in TONES + VOWELS_ONCE)
_SPACES = BLANKS.replace(" \t", "", 1)
_AILING = (
    f"[{ZERO_WIDTH}{_SPACES}ๅ]|เเ|{NIKHAHIT}{TONE}?{AA}|{AA}{NIKHAHIT}|{TOP}{VOWEL}"
    f"|{_FOLLOWING}{TONE}|{_DOUBLED}"
)


class Options(BaseModel):
    """What to do with marks that stand twice.

    Attributes:
        doubled: ``certain``: once, where only a slip of the finger can be the cause;
            ``collapse``: once everywhere; ``keep``: leave them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    doubled: Literal["certain", "collapse", "keep"] = "certain"


def repair(values: pa.Array, options: Options, decision: Any = None) -> pa.Array:
    """Give Thai text its normal spelling."""
    if is_ascii(values):
        return values
    return on_matching(values, _AILING, settled(lambda found: _normal(found, options), _AILING))


def _normal(values: pa.Array, options: Options) -> pa.Array:
    values = mend(values, f"[{ZERO_WIDTH}]", "")
    values = mend(values, f"[{_SPACES}]", " ")
    values = mend(values, "เเ", "แ")
    values = mend(values, "([^ฤฦ])ๅ", rf"\1{AA}")
    values = _in_order(values)
    values = mend(values, f"{AA}{NIKHAHIT}", AM)
    values = mend(values, f"({TONE}?){NIKHAHIT}({TONE}?){AA}", rf"\1\2{AM}")
    values = mend(values, f"({CONSONANT}{VOWEL}?)({_FOLLOWING})({TONE})", r"\1\3\2")
    if options.doubled == "keep" or not seen(values, _DOUBLED):
        return values
    return _once(values) if options.doubled == "collapse" else _once_where_certain(values)


def _in_order(values: pa.Array) -> pa.Array:
    """Vowel before tone mark, where the letter before can have lost neither; else by dictionary.

    มส่ีวน is มีส่วน and not มสี่วน: a bare letter before may be the one that the vowel slid from.
    """
    if not seen(values, f"{TOP}{VOWEL}"):
        return values
    values = mend(values, f"(^|[^ก-ฮ])({CONSONANT})({TOP}+)({VOWEL}+)", r"\1\2\4\3")
    return on_matching(values, f"{TOP}{VOWEL}", mended)


def _once(values: pa.Array) -> pa.Array:
    for mark in TONES + VOWELS_ONCE:
        values = mend(values, f"{mark}{{2,}}", mark)
    return values


def _once_where_certain(values: pa.Array) -> pa.Array:
    """Doubled marks on a letter whose neighbour before can have lost none.

    Twice: an expression takes the letter after a match with it, the second pass sees it.
    """
    bare = f"(^|[^ก-ฮ])({CONSONANT})"
    open_ = f"(^|[^ก-ฮ{VOWEL[1:-1]}])({CONSONANT}{VOWEL}?)"
    for _ in range(2):
        for mark in VOWELS_ONCE:
            values = sub(values, f"{bare}{mark}{{2,}}", rf"\1\2{mark}")
        for mark in TONES:
            values = sub(values, f"{open_}{mark}{{2,}}([^{AA}{TONES}]|$)", rf"\1\2{mark}\3")
    return values
