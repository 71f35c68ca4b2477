"""Personal data (PDPA): found before anything is emitted, and treated as an office declares.

The way of a table: ``protect`` treats the columns for which a treatment is declared, examines every
column of what is left (``examine``), and covers values in what repairs tell of columns that are
personal. ``flows.checks.privacy`` makes problems of what was found: an error stops the release
unless the column's declaration answers for it. Nothing here tells a value in full.

The contract of a kind of personal data, ``flows/privacy/kinds/<kind>.py``:

    CODES                        codes of its problems, in ``catalog/words/privacy.yaml``
    PUBLIC_DUTY                  whether ``public_officer`` answers for it
    COMPANY                      whether it is judged by what stands in the same rows
    screen(heading)              -> RE2 pattern that every value of the kind matches, ``None`` where
                                    the column cannot have it; one scan looks for all patterns
    look(values, heading)        -> uint8 marks of the values that the screen let pass (0: nothing;
                                    else the kind's own numbers, below ``MARKS``)
    judge(tally, company)        -> ``Found`` or ``None``, from the exact counts of a whole column
    COVER                        pairs of RE2 pattern and replacement that show a value covered

The contract of a treatment, ``flows/privacy/treatments/<name>.py``, with SCOPE "column":

    Options                      a frozen pydantic model, extra="forbid": what a declaration may say
    KEYED                        whether it needs the secret salt
    field(field, options)        -> the field as it is published, ``None`` where it is taken away
    treat(values, options, salt) -> array of the same length; pure, vectorised

and with SCOPE "table", where a value depends on others: ``columns(name, options)``, the names it
reads and may empty, and ``hide(table, name, options)`` -> booleans by name: what to empty.

A finding is judged on whole columns because one value proves little: one 13-digit number in ten
has a right check digit by chance. Each kind's docstring states its rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from catalog.problem import Level, Problem
from flows.privacy.words import speaks_of

#: Rows, a bit each, in the order of the table.
Bits = np.ndarray[Any, np.dtype[np.uint8]]
#: Kinds that say who it is.
PERSONS = ("name", "citizen_id", "passport", "birth_date", "email", "phone", "bank_account")

#: Marks that a kind may give are below this.
MARKS = 8
#: Distinct values of a mark that are kept for the judgement.
SAMPLE = 200
#: Covered values that a finding shows.
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Heading:
    """What is known of a column before its values.

    Attributes:
        name: of the field.
        said: its name, label and titles as words to look in (``flows.privacy.words``).
        unit: of the values.
        point: whether its schema says that it holds places.
        geometry: whether it holds WKB.
    """

    name: str
    said: str
    unit: str = ""
    point: bool = False
    geometry: bool = False


@dataclass(slots=True)
class Tally:
    """What one kind's marks came to in one column.

    Attributes:
        heading: the column.
        filled: cells that are neither null nor blank.
        counts: rows by mark, exact.
        first: position in the source of the first row, by mark.
        sample: distinct values by mark, the first that were met.
        treated: a treatment is declared for the column: its heading proves nothing any more.
    """

    heading: Heading
    filled: int = 0
    counts: list[int] = field(default_factory=lambda: [0] * MARKS)
    first: dict[int, int] = field(default_factory=dict)
    sample: dict[int, dict[str, None]] = field(default_factory=dict)
    treated: bool = False

    def rows(self, *marks: int) -> int:
        """Rows with one of the marks."""
        return sum(self.counts[mark] for mark in marks)

    def values(self, *marks: int) -> list[str]:
        """Distinct values that have one of the marks, as far as they were kept."""
        return [value for mark in marks for value in self.sample.get(mark, ())]

    def row(self, *marks: int) -> int | None:
        """Position of the first row with one of the marks."""
        return min((self.first[mark] for mark in marks if mark in self.first), default=None)


@dataclass(frozen=True, slots=True)
class Company:
    """What stands beside a column.

    Attributes:
        headings: the other columns.
        own: rows in which the column has a mark, a bit each.
        beside: rows in which another column has a mark of the kind; kinds only that were found,
            and not where public duty makes them public.
    """

    headings: tuple[Heading, ...] = ()
    own: Bits | None = None
    beside: Mapping[str, Bits] = field(default_factory=dict)

    def together(self, *kinds: str) -> int:
        """Rows in which the column stands beside one of the kinds."""
        if self.own is None:
            return 0
        here = [self.beside[kind] for kind in kinds if kind in self.beside]
        return int(np.unpackbits(self.own & np.bitwise_or.reduce(here)).sum()) if here else 0

    def speaks(self, kind: str) -> bool:
        """Whether the header of another column speaks of a kind (``headers.yaml``)."""
        return any(speaks_of(heading.said, kind) for heading in self.headings)


@dataclass(frozen=True, slots=True)
class Found:
    """Personal data in a column.

    Attributes:
        kind: module of ``flows.privacy.kinds``.
        column: name of the field.
        code: of the problem.
        level: error stops the release, warning and note are told.
        count: rows, exact.
        row: position of the first one.
        examples: covered values.
        params: what else the words name.
    """

    kind: str
    column: str
    code: str
    level: Level
    count: int
    row: int | None = None
    examples: tuple[str, ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict)

    def problem(self) -> Problem:
        """For the report; no value is shown in full."""
        params = {"count": self.count, "examples": " · ".join(self.examples), **self.params}
        return Problem(
            self.code, row=self.row, field=self.column, value=None, params=params, level=self.level
        )


@dataclass(frozen=True, slots=True)
class Treated:
    """What a treatment did to a column.

    Attributes:
        column: name of the field.
        treatment: module of ``flows.privacy.treatments``.
        kinds: kinds found in the column before.
        count: cells that it changed or emptied.
    """

    column: str
    treatment: str
    kinds: tuple[str, ...]
    count: int

    def as_dict(self) -> dict[str, Any]:
        """For ``report.json``, with words in both languages."""
        problem = Problem(
            f"treated-{self.treatment}", field=self.column, params={"count": self.count}
        )
        words = {lang: problem.title(lang) for lang in ("th", "en")}
        return {
            "column": self.column, "treatment": self.treatment, "kinds": list(self.kinds),
            "count": self.count, "words": words,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Privacy:
    """What was found and done about personal data in a table.

    Attributes:
        found: what stands against publication, or should be known.
        answered: what was found and is answered for by the declaration.
        treated: what treatments did.
    """

    found: tuple[Found, ...] = ()
    answered: tuple[tuple[Found, str], ...] = ()
    treated: tuple[Treated, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """For ``report.json``."""
        return {
            "treatments": [treated.as_dict() for treated in self.treated],
            "declared": [
                {"column": found.column, "kind": found.kind, "count": found.count, "basis": basis}
                for found, basis in self.answered
            ],
        }
