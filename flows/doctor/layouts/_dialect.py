"""How a delimited text is written: the delimiter with which most records are as wide as another."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from flows.doctor import Finding
from flows.doctor.layouts._say import ask, choice, error, note, option, warning
from flows.sources._csv_exact import MAX_CELL
from flows.sources._text import Text

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE, _RECORDS = 1 << 18, 500
#: Records of one width that a delimiter needs, and from which another one is as good.
_ENOUGH, _SURE = 0.3, 0.9
_GAPS = re.compile(r"\S {2,}\S")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a text is written.

    Attributes:
        delimiter: one character.
        quote: the quoting character, or empty where quotes mean nothing.
        findings: what there is to say of it.
    """

    delimiter: str
    quote: str = '"'
    findings: tuple[Finding, ...] = ()


def find_dialect(text: Text) -> Dialect:
    """The delimiter of a text, by its first records."""
    with text.lines() as stream:
        sample = stream.read(_SAMPLE)
    if len(sample) == _SAMPLE:
        sample = sample[: max(sample.rfind("\n"), sample.rfind("\r")) + 1] or sample
    scores = {delimiter: _score(sample, delimiter) for delimiter in _DELIMITERS}
    fitting = {delimiter: score for delimiter, score in scores.items() if score[0] >= _ENOUGH}
    if not fitting:
        return Dialect(",", findings=tuple(_fixed_width(sample)))
    best = max(fitting, key=lambda delimiter: fitting[delimiter])
    rivals = [
        delimiter
        for delimiter, (share, first, _) in fitting.items()
        if delimiter != best and share >= _SURE and first == fitting[best][1]
    ]
    found = Dialect(best)
    if rivals:
        return Dialect(best, findings=(_which(best, rivals, scores),))
    if best == ",":
        return found
    share, _, width = scores[best]
    said = note(
        "doctor-delimiter", delimiter=_shown(best), share=f"{share:.0%}", columns=width,
        remedies=[option("delimiter", best)],
    )  # fmt: skip
    return Dialect(best, findings=(said,))


def _score(sample: str, delimiter: str) -> tuple[float, bool, int]:
    """Share of records of the commonest width, whether the first is one, and that width."""
    csv.field_size_limit(MAX_CELL)
    lines = io.StringIO(sample, newline="")
    try:
        records = islice(csv.reader(lines, delimiter=delimiter), _RECORDS)
        widths = [len(record) for record in records if any(map(str.strip, record))]
    except csv.Error:
        return 0.0, False, 1
    common = Counter(width for width in widths if width > 1)
    if not common:
        return 0.0, False, 1
    width, count = max(common.items(), key=lambda item: (item[1], item[0]))
    return round(count / len(widths), 1), widths[0] == width, width


def _which(
    best: str, rivals: Sequence[str], scores: Mapping[str, tuple[float, bool, int]]
) -> Finding:
    """Several delimiters make a table of the text: a person sees which."""
    every = [best, *rivals]
    choices = [
        choice(
            _NAMES[sign], "doctor-choice-delimiter", option("delimiter", sign),
            delimiter=_shown(sign), columns=scores[sign][2],
        )
        for sign in every
    ]  # fmt: skip
    return warning(
        "doctor-delimiter-which", delimiters=" ".join(map(_shown, every)),
        question=ask("doctor-ask-delimiter", *choices, likely=_NAMES[best]),
    )  # fmt: skip


_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


def _shown(delimiter: str) -> str:
    return "tab" if delimiter == "\t" else delimiter


def _fixed_width(sample: str) -> Iterator[Finding]:
    """Columns set apart by blanks: no reader takes them apart safely."""
    lines = [line for line in sample.splitlines() if line.strip()]
    gaps = Counter(len(_GAPS.findall(line)) for line in lines)
    columns, count = max(gaps.items(), key=lambda item: item[1], default=(0, 0))
    if columns and len(lines) > 2 and count >= _SURE * len(lines):
        yield error("doctor-fixed-width", examples=[(1, lines[0])], columns=columns + 1)
