"""Line breaks inside of values, where the source only wrapped its lines.

Refuses to guess: a break with Thai letters on both sides may stand inside of a word or between two:
it is asked about. Remarks, addresses and other running text keep their lines.
"""

from __future__ import annotations

from collections.abc import Iterator

from catalog.problem import Level
from flows.doctor import Column, Finding
from flows.doctor._column_find import ask, found, repair
from flows.doctor._column_role import role_of
from flows.doctor._values_view import flags, view
from flows.repairs import trim
from flows.repairs._arrow import matches, seen

_BREAK = "[\r\n\v\f\u0085\u2028\u2029]"
_BETWEEN_LETTERS = f"[ก-๎]{_BREAK}+[ก-๎]"
_RUNNING_TEXT = frozenset({"remark", "detail", "address", "objective", "result", "activity"})


def examine(column: Column) -> Iterator[Finding]:
    """Look for line breaks that ``trim`` would leave."""
    whole = view(column)
    if not seen(whole.texts, _BREAK):
        return
    trimmed = trim.repair(whole.texts, trim.Options())
    mask = flags(matches(trimmed, _BREAK))
    role = role_of(column)
    if role.meaning and role.meaning.key in _RUNNING_TEXT:
        yield from found(column, mask, code="cells-lines-kept", level=Level.NOTE)
        return
    torn = mask & flags(matches(trimmed, _BETWEEN_LETTERS))
    spaced = trim.repair(whole.texts, trim.Options(line_breaks="space"))
    space = repair("trim", line_breaks="space")
    question = ask("line-breaks", {
        "space": [space], "join": [repair("trim", line_breaks="join")],
        "keep": [repair("trim", line_breaks="keep")],
    }, "space") if torn.any() and role.kind in ("text", "place") else None  # fmt: skip
    yield from found(column, mask, code="cells-lines", after=spaced, question=question,
                     remedies=[] if question else [space])  # fmt: skip
