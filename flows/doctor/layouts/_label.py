"""Whether the first cell of a column of words is its label, or a value like the others."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from flows.doctor.layouts import _words

#: Share of a column's cells that begin alike, and how many letters of them.
_ALIKE, _LETTERS = 0.8, 2


def verdict(label: str, cells: Sequence[str]) -> int:
    """What a column says of its first cell: 1 a label, -1 a value, 0 nothing."""
    if not label or not cells:
        return 0
    if _words.is_header_word(label):
        return 1
    if label in cells:
        return -1
    prefix = _common(cells)
    if prefix:
        return -1 if label.startswith(prefix) else 1
    lengths = {len(cell) for cell in cells}
    if len(lengths) == 1 and len(cells) > 2 and any(map(str.isdigit, cells[0])):
        return 0 if len(label) in lengths else 1
    return 0


def _common(cells: Sequence[str]) -> str:
    """How nearly all cells begin, if they do so alike."""
    starts: dict[str, int] = {}
    for cell in cells:
        starts[cell[:_LETTERS]] = starts.get(cell[:_LETTERS], 0) + 1
    start = max(starts, key=lambda text: starts[text])
    if len(cells) < 5 or starts[start] < _ALIKE * len(cells) or len(start) < _LETTERS:
        return ""
    alike = sorted(cell for cell in cells if cell.startswith(start))
    letters = takewhile(lambda pair: pair[0] == pair[1], zip(alike[0], alike[-1], strict=False))
    return "".join(letter for letter, _ in letters)
