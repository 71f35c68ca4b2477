"""Thai that came out of a PDF: each kind of damage by its own option, as only a person can see it.

Changes:
    replacement_before_am   ส<U+FFFD>ำ → สำ, and with a tone mark between or after
    space_before_am         ท ำ → ทำ, สม่ ำ → สม่ำ
    space_before_aa         ท า → ทำ: the torn SARA AM that lost its ring
    am_for_aa               กำร → การ: a bare ำ is า, and the true ำ is the torn one. Only in a
                            column that shows a torn one, and in values without any า
    doubled_tone            น้้า: ``am`` น้ำ (the ring became a second tone), ``once`` น้า, ``keep``
    slid_marks              marks that stand one letter too far, where no Thai word can have them:
                            ดเีด่น → ดีเด่น, ทีผ่่าน → ที่ผ่าน, เพือ่ → เพื่อ, ใหม ่ → ใหม่. Many
                            slid marks cannot be told from right ones (พฒันา) and stay
    private_use             ``glyphs``: the code points of old Thai fonts (U+F700 to U+F71A) as the
                            letters they are; ``refuse``: stop; ``leave``
    words                   what no rule can tell, text by text: {การน้าไปใช้: การนำไปใช้}
Refuses to guess: a doubled tone before า without ``doubled_tone`` stops the run, with its rows.
Undone by: nothing; the evidence keeps the source's bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, model_validator

from catalog.problem import Problem, Rejected
from flows.repairs import Column, Scope
from flows.repairs._arrow import alternatives, load, matches, mend, on_matching, seen, settled, swap
from flows.repairs._letters import (
    AA,
    AM,
    CONSONANT,
    LEADING,
    MAI_THO,
    MARK,
    NIKHAHIT,
    TONE,
    TOP,
    VOWEL,
    VOWELS_ONCE,
)

SCOPE: Scope = "column"
_SHOWN_ROWS = 5
#: A true SARA AM on its way: never a bare ำ, so that those can be told apart.
_TRUE_AM = NIKHAHIT + AA
_REPLACED = f"\ufffd ?({TONE}?){AM}({TONE}?)"
_TORN = f"({CONSONANT}{VOWEL}?{TONE}?)[ \t\u00a0]+"
_DOUBLED_TONE = f"{TONE}{TONE}{AA}"
_MAY_SLIDE = f"[^ก-ฮ]{MARK}|{CONSONANT}{TONE}|" + "|".join(mark * 2 for mark in VOWELS_ONCE)
_PRIVATE = "[\ue000-\uf8ff]"


class Options(BaseModel):
    """Which damage the source has; see the module's head."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    replacement_before_am: bool = True
    space_before_am: bool = True
    space_before_aa: bool = False
    am_for_aa: bool = False
    doubled_tone: Literal["refuse", "am", "once", "keep"] = "refuse"
    slid_marks: bool = False
    private_use: Literal["leave", "glyphs", "refuse"] = "leave"
    words: Mapping[str, str] = {}

    @model_validator(mode="after")
    def _can_be_told_apart(self) -> Options:
        if self.am_for_aa and not (self.space_before_am or self.space_before_aa):
            raise ValueError("am_for_aa needs space_before_am or space_before_aa: what is true ำ?")
        again = [new for new in self.words.values() if any(old in new for old in self.words)]
        if again or "" in self.words:
            raise ValueError(f"words must not hold a text that is itself replaced: {again}")
        return self


def survey(column: Column, options: Options) -> bool:
    """Whether the column writes ำ for า.

    Raises:
        Rejected: a doubled tone that may be น้ำ or น้า, or letters of an unknown font.
    """
    writes_am_for_aa = False
    refused: list[Problem] = []
    for rows, values, *_ in column:
        refused += _refused(rows, values, options)[: _SHOWN_ROWS - len(refused)]
        if options.am_for_aa and not writes_am_for_aa:
            writes_am_for_aa = _shows_torn_am(values, options)
    if refused:
        raise Rejected(*refused)
    return writes_am_for_aa


def repair(values: pa.Array, options: Options, decision: bool = False) -> pa.Array:
    """Mend what the options name.

    Args:
        values: texts.
        options: the damage.
        decision: whether the column writes ำ for า.
    """
    return on_matching(values, _ailing(options, decision), lambda v: _mend(v, options, decision))


def _mend(values: pa.Array, options: Options, am_for_aa: bool) -> pa.Array:
    """Mended, where a second look finds nothing more; else as it was."""
    mended = _once(values, options, am_for_aa)
    again = _once(mended, options, False)
    return pc.if_else(pc.equal(again, mended), mended, values)


def _once(values: pa.Array, options: Options, am_for_aa: bool) -> pa.Array:
    if options.private_use == "glyphs":
        values = on_matching(values, _PRIVATE, lambda v: swap(v, [*load("thai_glyphs").items()]))
    values = swap(values, [(old, new.replace(AM, _TRUE_AM)) for old, new in options.words.items()])
    if options.replacement_before_am:
        values = mend(values, _REPLACED, rf"\1\2{_TRUE_AM}")
    if options.slid_marks:
        values = _slide_back(values)
    if options.space_before_am:
        values = mend(values, f"{_TORN}{AM}", rf"\1{_TRUE_AM}")
    if options.space_before_aa:
        values = mend(values, f"{_TORN}{AA}", rf"\1{_TRUE_AM}")
    if am_for_aa:
        # The font that writes ำ for า has no า: a value with one is of another font, and right.
        other_font = matches(values, f"(?:^|[^{NIKHAHIT}]){AA}")
        values = pc.if_else(other_font, values, pc.replace_substring(values, AM, AA))
    if options.doubled_tone == "am":
        values = mend(values, f"({TONE}){MAI_THO}{AA}", rf"\1{_TRUE_AM}")
    if options.doubled_tone == "once":
        values = mend(values, f"({TONE}){TONE}+{AA}", rf"\1{AA}")
    return mend(values, f"{NIKHAHIT}({TONE}?){AA}", rf"\1{AM}")


def _slide_back(values: pa.Array) -> pa.Array:
    """Marks put back on the letter that they slid from, where the place they have is impossible.

    Only where the letters around leave one reading. A tone after ั C (ตัง้) is left alone: in
    สำคญัต่อ it is ั that slid and the tone that is right.
    """
    values = mend(values, f"({CONSONANT}{VOWEL}?)([{AA}{AM}])({TONE})", r"\1\3\2")
    # The blank that a mark jumped over stays before figures and Latin letters: พื้นที ่5 → พื้นที่ 5.
    values = mend(values, f"({CONSONANT}{VOWEL}?) +({MARK})([0-9A-Za-z(“])", r"\1\2 \3")
    values = mend(values, f"({CONSONANT}) +({MARK})", r"\1\2")
    values = mend(values, f"({CONSONANT}{VOWEL}) +({TOP})", r"\1\2")
    values = mend(values, f'({CONSONANT})([/().,:;"“”-])({MARK})', r"\1\3\2")
    # No mark stands on a leading vowel, and no tone on the อ of เ-ือ and -ือ or the ย of เ-ีย.
    values = mend(values, f"({CONSONANT})({LEADING})({MARK})", r"\1\3\2")
    values = mend(values, f"({CONSONANT}{VOWEL})({LEADING})({TOP})", r"\1\3\2")
    values = mend(values, f"ือ({TONE})", r"ื\1อ")
    values = mend(values, f"(เ{CONSONANT}{{1,2}}ี)ย({TONE})", r"\1\2ย")
    values = mend(values, f"(เ{CONSONANT}ิ)({CONSONANT})({TONE})", r"\1\3\2")
    values = mend(values, "ัง้", "ั้ง")
    values = mend(
        values, f"({CONSONANT}{VOWEL}?)({CONSONANT}{VOWEL}?)({TONE})({TONE})", r"\1\4\2\3"
    )
    for mark in VOWELS_ONCE:
        values = mend(values, f"({CONSONANT})({CONSONANT}){mark}{mark}", rf"\1{mark}\2{mark}")
    return values


def _ailing(options: Options, am_for_aa: bool) -> str:
    """A pattern for whatever the options may change."""
    kinds = [f"{NIKHAHIT}{TONE}?{AA}"]
    kinds += ["\ufffd"] * options.replacement_before_am
    kinds += [f"[ \t\u00a0]{AM}"] * options.space_before_am
    kinds += [f"[ \t\u00a0]{AA}"] * options.space_before_aa
    kinds += [AM] * am_for_aa
    kinds += [_DOUBLED_TONE] * (options.doubled_tone in ("am", "once"))
    kinds += [_MAY_SLIDE] * options.slid_marks
    kinds += [_PRIVATE] * (options.private_use == "glyphs")
    kinds += [alternatives([*options.words])] * bool(options.words)
    return "|".join(kinds)


def _shows_torn_am(values: pa.Array, options: Options) -> bool:
    """Whether a value has a torn SARA AM that would be mended."""
    torn = f"{_TORN}[{AM * options.space_before_am}{AA * options.space_before_aa}]"
    if not seen(values, torn):
        return False
    found = values.filter(matches(values, torn))
    return not _mend(found, options, True).equals(found)


def _refused(rows: pa.Array, values: pa.Array, options: Options) -> list[Problem]:
    """What the options leave open: one problem for each row, in order."""
    found = []
    if options.doubled_tone == "refuse" and seen(values, _DOUBLED_TONE):
        rest = values if not options.slid_marks else settled(_slide_back, _MAY_SLIDE)(values)
        rest = swap(rest, [*options.words.items()])
        found += _problems("pdf-doubled-tone", rows, rest, _DOUBLED_TONE)
    if options.private_use == "refuse" and seen(values, _PRIVATE):
        found += _problems("pdf-private-use", rows, values, _PRIVATE)
    return found


def _problems(code: str, rows: pa.Array, values: pa.Array, pattern: str) -> list[Problem]:
    mask = matches(values, pattern)
    first = zip(rows.filter(mask)[:_SHOWN_ROWS], values.filter(mask), strict=False)
    return [Problem(code, row=row.as_py(), value=value.as_py()[:100]) for row, value in first]
