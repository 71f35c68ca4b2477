"""SQL as the engine writes it: quoted texts, and conditions joined."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: What repairs may take away or change in a text: blanks at its ends, two in a row, and any sign
#: that is not seen. More than ``flows.repairs.trim`` knows, never less (a test holds it).
DISTURBED = (
    r"\A | \z|  |[\x{0}-\x{1F}\x{7F}-\x{A0}\x{AD}\x{1680}\x{2000}-\x{200F}"
    r"\x{2028}-\x{202F}\x{205F}-\x{206F}\x{3000}\x{FEFF}]"
)
_DISTURBED = re.compile(
    "\\A | \\Z|  |[\x00-\x1f\x7f-\xa0\xad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]"
)
#: The same signs one by one, as ranges of code points.
UNSEEN = (
    (0x00, 0x20), (0x7F, 0xA0), (0xAD, 0xAD), (0x1680, 0x1680), (0x2000, 0x200F),
    (0x2028, 0x202F), (0x205F, 0x206F), (0x3000, 0x3000), (0xFEFF, 0xFEFF),
)  # fmt: skip


def text(value: str) -> str:
    """A text as SQL writes it."""
    return "'" + value.replace("'", "''") + "'"


def among(x: str, values: Iterable[str]) -> str:
    """Whether ``x`` is one of some texts."""
    listed = ", ".join(text(value) for value in sorted(set(values)))
    return f"{x} IN ({listed})" if listed else "FALSE"


def whole(x: str, pattern: str) -> str:
    """Whether ``x`` as a whole is as an RE2 pattern says."""
    return f"regexp_full_match({x}, {text(pattern)})"


def every(conditions: Iterable[str]) -> str:
    """All of some conditions."""
    given = [f"({condition})" for condition in conditions if condition != "TRUE"]
    return " AND ".join(given) if given else "TRUE"


def undisturbed(x: str) -> str:
    """Whether no repair that every column gets has anything to do with ``x``."""
    return f"NOT regexp_matches({x}, {text(DISTURBED)})"


def is_undisturbed(value: str) -> bool:
    """The same of a text that is at hand."""
    return not _DISTURBED.search(value)
