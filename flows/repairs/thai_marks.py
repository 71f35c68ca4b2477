"""Thai vowels and tone marks that slid to the next letter, put back by the dictionary.

Changes:
    กรงุเทพมหานคร → กรุงเทพมหานคร, พฒันา → พัฒนา, มส่ีวน → มีส่วน, ใหม้ั่น → ให้มั่น, ทีผ่่าน → ที่ผ่าน
    ตา บลแพง → ตำบลแพง, อ านาจเจริญ → อำนาจเจริญ, จัดท ำ → จัดทำ
Refuses to guess: a text that reads as words stays, whatever it says; so does one that two ways of
putting marks back would mend equally well, and one that no way makes words of (names that no list
has). ``flows/repairs/_marks.py`` says what is proof enough.
Undone by: nothing; the evidence keeps the source's bytes.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from flows.repairs import NoOptions, Scope
from flows.repairs._arrow import is_ascii, on_matching
from flows.repairs._letters import AA, AM, MARK
from flows.repairs._marks import mended

SCOPE: Scope = "column"
Options = NoOptions
_MAY_AIL = f"{MARK}|[ \t\u00a0][{AA}{AM}]|{AA}[ \t\u00a0]"


def repair(values: pa.Array, options: NoOptions, decision: Any = None) -> pa.Array:
    """Put marks back where the dictionary leaves one reading."""
    return values if is_ascii(values) else on_matching(values, _MAY_AIL, mended)
