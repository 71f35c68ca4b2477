"""Private-use characters: what they look like only their font knew. Some are ticks, some are Thai.

Refuses to guess: they are named by code point and asked about, never wiped. A column of nothing but
ticks is the sign ``booleans``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from flows.doctor import Column, Finding, Remedy
from flows.doctor._column_find import ask, found, repair
from flows.doctor._column_mend import run
from flows.doctor._column_role import role_of
from flows.doctor._values_view import flags, view
from flows.repairs._arrow import load, matches, seen, sub

_PRIVATE = "[\ue000-\uf8ff]"


def examine(column: Column) -> Iterator[Finding]:
    """Look for private-use characters."""
    whole = view(column)
    if not seen(whole.texts, _PRIVATE) or role_of(column).kind == "tick":
        return
    mask = flags(matches(whole.texts, _PRIVATE))
    bare = sub(whole.texts.filter(pa.array(mask)), "[^\ue000-\uf8ff]+", "")
    letters = {char for text in pc.unique(bare).to_pylist() for char in text}
    glyphs = set(load("thai_glyphs"))
    answers: dict[str, Sequence[Remedy]] = {"keep": [], "source": []}
    after = None
    if letters & glyphs:
        mend = repair("pdf_thai", private_use="glyphs", doubled_tone="keep")
        answers = {"glyphs": [mend, repair("thai_text")], **answers}
        after, _ = run(whole, whole.texts, "pdf_thai", mend.value)
    named = " ".join(f"U+{ord(char):04X}" for char in sorted(letters)[:8])
    question = ask("private-use", answers, "glyphs" if letters <= glyphs else None)
    yield from found(column, mask, code="cells-private-use", after=after, question=question,
                     points=named)  # fmt: skip
