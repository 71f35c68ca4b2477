"""The distinct texts of a column, ready to be looked at: arrays side by side, and shapes of texts.

Signs see the same column one after the other, so what is dear is made once and kept for the last
column that was looked at.
"""

from __future__ import annotations

import re
import threading
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from flows.doctor import Column
from flows.repairs._arrow import BLANKS, EVERY_BLANK, ZERO_WIDTH, is_blank, load, seen, sub
from flows.repairs._arrow import western_digits as western

Flags: TypeAlias = npt.NDArray[np.bool_]
Ints: TypeAlias = npt.NDArray[np.int64]

_WILD = f"[{BLANKS}]{{2,}}|[{BLANKS[1:]}{ZERO_WIDTH}\r\n\v\f]"
#: An unsigned number as programs write it, and with commas between thousands.
PLAIN = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)"
GROUPED = r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?"
#: Two letters side by side: what a label has that is a word.
_WORD = re.compile(r"[^\W\d_]{2}")
#: Distinct texts that are tried before all of them are.
SAMPLE = 400


class View:
    """A column's distinct texts, ordered by first row.

    Attributes:
        label: header label as found.
        texts: as found (string array without null).
        counts: rows of each.
        first: position of the first row of each.
    """

    def __init__(self, values: pa.Table, label: str = "") -> None:
        self.label = label
        chunks = values.column("value").chunks
        self.texts: pa.Array = pa.concat_arrays(chunks) if chunks else pa.array([], pa.string())
        self.counts: Ints = values.column("rows").to_numpy()
        self.first: Ints = values.column("first").to_numpy()

    def __len__(self) -> int:
        return len(self.texts)

    @cached_property
    def tidy(self) -> pa.Array:
        """The texts with single blanks, none at the ends, and 0 to 9 for Thai digits."""
        spaced = pc.utf8_trim(self.texts, characters=EVERY_BLANK)
        if seen(spaced, _WILD):
            spaced = sub(spaced, f"[{BLANKS}{ZERO_WIDTH}\r\n\v\f]+", " ")
        return western(spaced)

    @cached_property
    def blank(self) -> Flags:
        """Which texts show nothing."""
        return flags(is_blank(self.texts))

    @cached_property
    def missing(self) -> Flags:
        """Which texts are words for «no value»."""
        return flags(pc.is_in(self.tidy, pa.array(missing_words(), pa.string())))

    @cached_property
    def errors(self) -> Flags:
        """Which texts are what a spreadsheet shows where a formula failed."""
        return flags(pc.is_in(self.tidy, pa.array(load("doctor_values")["errors"], pa.string())))

    @cached_property
    def rest(self) -> Flags:
        """Which texts say something."""
        return ~(self.blank | self.missing | self.errors | self.header)

    @cached_property
    def header(self) -> Flags:
        """Which texts are the column's own header once more."""
        known = pa.array([self.label, *self.label.split(" / ")], pa.string())
        spelled = pc.utf8_trim(sub(known, f"[{BLANKS}{ZERO_WIDTH}\r\n\v\f]+", " "), " ")
        named = [text for text in spelled.to_pylist() if _WORD.search(text)]
        if not named:
            return np.zeros(len(self), dtype=bool)
        return flags(pc.is_in(self.tidy, value_set=western(pa.array(named, pa.string()))))

    @cached_property
    def plain(self) -> Flags:
        """Which texts are numbers as programs write them."""
        return self.like(rf"[+-]?{PLAIN}(?:[eE][+-]?[0-9]+)?")

    @cached_property
    def whole(self) -> Flags:
        """Which texts are nothing but digits."""
        return self.like("[0-9]+")

    def like(self, pattern: str) -> Flags:
        """Which tidy texts match a pattern from end to end."""
        return flags(pc.match_substring_regex(self.tidy, rf"\A(?:{pattern})\z"))

    def part(self, places: Ints) -> View:
        """A view of some of the texts."""
        texts = self.texts.take(pa.array(places))
        facts = {"value": texts, "rows": self.counts[places], "first": self.first[places]}
        return View(pa.table(facts), self.label)

    def rows(self, mask: Flags) -> int:
        """Rows that some texts stand in."""
        return int(self.counts[mask].sum())

    def kept(self, mask: Flags) -> pa.Array:
        """Tidy texts of a mask."""
        return self.tidy.filter(pa.array(mask))


def missing_words() -> tuple[str, ...]:
    """Words that mean «no value» in any column."""
    return (*load("missing")["words"], *load("doctor_values")["missing"])


class _Last(threading.local):
    """The column that a thread looked at last."""

    seen: tuple[pa.Table, View] | None = None


_last = _Last()


def view(column: Column) -> View:
    """The view of a column; the same object while signs look at the same column."""
    kept = _last.seen
    if kept is not None and kept[0] is column.values:
        return kept[1]
    found = View(column.values, column.label)
    _last.seen = (column.values, found)
    return found


def flags(mask: pa.Array) -> Flags:
    """A mask as NumPy has it; null is false."""
    return np.asarray(pc.fill_null(mask, False).to_numpy(zero_copy_only=False), dtype=bool)
