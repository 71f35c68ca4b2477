"""Values as they may be shown: ``1-xxxx-xxxxx-12-x``, ``08x-xxx-xx78``, ``ส****``.

Whatever is printed about a column that has personal data goes through here: findings, other
checks' problems, examples of repairs. What was emptied or cut cannot be read back from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from catalog.problem import Problem, SamdaoError
from catalog.registry import names, variant
from flows.privacy import SHOWN
from flows.privacy.words import either, load, western

Cover = tuple[tuple[str, str], ...]
_STARS = "****"
_KINDS = "flows.privacy.kinds"
#: Kinds whose values can be told inside any text, beside ids, which their checksum tells.
_TOLD_ALONE = ("email", "phone")


def covered(values: pa.Array, cover: Cover) -> pa.Array:
    """Values with the parts that patterns find covered."""
    for pattern, replacement in cover:
        values = pc.replace_substring_regex(values, pattern, replacement)
    return values


def starred(values: pa.Array) -> pa.Array:
    """The first letter of each value without its title, and stars: ``ส****``."""
    title = either([*load("titles")["titles"], *load("titles")["english"]])
    bare = pc.replace_substring_regex(pc.utf8_trim_whitespace(values), rf"^{title}\s*", "")
    return pc.binary_join_element_wise(pc.utf8_slice_codeunits(bare, 0, 1), _STARS, "")


@cache
def of_kind(kind: str) -> Cover:
    """The patterns of one kind, then those of every text."""
    kinds = (kind, "citizen_id", *_TOLD_ALONE)
    return tuple(pair for k in kinds if k in names(_KINDS) for pair in variant(_KINDS, k).COVER)


def shown(text: str, cover: Cover) -> str:
    """A value of a column that is personal, covered.

    Args:
        text: the value; where no pattern is found in it, only its first letter is left.
        cover: patterns of its kind.
    """
    values = western(pa.array([text], pa.string()))
    found = covered(values, cover)
    hidden = starred(values) if found.equals(values) and text.strip() else found
    return str(hidden[0].as_py())


def anywhere(text: str) -> str:
    """A text of any column, without ids, mailboxes and telephone numbers."""
    ids = variant(_KINDS, "citizen_id")
    cover: Cover = ids.COVER if ids.is_number(text) else ()
    for kind in _TOLD_ALONE:
        # What covers a whole cell is only for columns that are known to be of the kind.
        cover = (*cover, *(pair for pair in variant(_KINDS, kind).COVER if pair[0][0] != "^"))
    return str(covered(pa.array([text], pa.string()), cover)[0].as_py())


def examples(values: Iterable[str], cover: Cover) -> tuple[str, ...]:
    """A few covered values, no two alike."""
    found = dict.fromkeys(shown(value, cover)[:100] for value, _ in zip(values, range(20)))  # noqa: B905
    return tuple(found)[:SHOWN]


@dataclass(frozen=True, slots=True)
class Veil:
    """Covers what is told about the columns of a table.

    Attributes:
        columns: kind by field (or header label) that is personal; ``""`` where only a treatment
            says so. In every other column only what is personal in any text is covered.
    """

    columns: Mapping[str, str]

    def labelled(self, labels: Mapping[str, str]) -> Veil:
        """The same, for columns that go by their labels.

        Args:
            labels: header label by field.
        """
        named = {labels[name]: kind for name, kind in self.columns.items() if name in labels}
        return Veil({**self.columns, **named})

    def text(self, column: str | None, text: str | None) -> str | None:
        """A value of a column."""
        if not text:
            return text
        named = [name for name in self._names(column) if name in self.columns]
        if not named:
            return anywhere(text)
        return shown(text, of_kind(self.columns[named[0]]))

    @staticmethod
    def _names(column: str | None) -> list[str]:
        """A composite key's problem names its columns with commas between."""
        return [] if column is None else [column, *re.split(r",\s*", column)]

    def rows(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Rows of a table with the values of its personal columns covered."""
        for batch in batches:
            arrays = [
                self._values(name, batch.column(name))
                if name in self.columns
                else batch.column(name)
                for name in batch.schema.names
            ]
            yield pa.RecordBatch.from_arrays(arrays, names=batch.schema.names)

    def _values(self, column: str, values: pa.Array) -> pa.Array:
        if not pa.types.is_string(values.type):
            return pa.nulls(len(values), values.type)
        hidden = covered(western(values), of_kind(self.columns[column]))
        return pc.if_else(pc.equal(hidden, western(values)), starred(values), hidden)

    def problem(self, problem: Problem) -> Problem:
        """A problem without anybody's value in its parts."""
        if problem.code.startswith("privacy-"):
            return problem
        value = problem.value
        return replace(
            problem,
            value=self.text(problem.field, value),
            params={key: self._param(problem, item) for key, item in problem.params.items()},
        )

    def _param(self, problem: Problem, item: Any) -> Any:
        if isinstance(item, list | tuple):
            return type(item)(self._param(problem, part) for part in item)
        if not isinstance(item, str):
            return item
        plain = anywhere(item)
        hidden = self.text(problem.field, problem.value)
        if problem.value and hidden != problem.value:
            plain = plain.replace(problem.value, str(hidden))
        return plain


@contextmanager
def veiled(veil: Veil) -> Iterator[None]:
    """Cover values in the problems of whatever ends what is done here."""
    try:
        yield
    except SamdaoError as error:
        raise type(error)(*map(veil.problem, error.problems)) from error.__cause__
