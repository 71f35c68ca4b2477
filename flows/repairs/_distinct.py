"""The different texts of a column, each once: what is dear is done once to each.

Most columns of most tables repeat themselves (names of places, days, ticks); one that does not is
told by its first batch, and then nothing is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from flows.repairs import Column

Ints: TypeAlias = npt.NDArray[np.int64]
#: Bounds on what is kept of a column: texts, and their bytes.
MOST_TEXTS, MOST_BYTES = 1 << 16, 8 << 20
#: Rows from which on it is asked whether a column repeats itself, and the share of different texts
#: over which it does not: dates of 40 years in a batch of 20,000 rows still do.
_ASKED, _VARIED = 1_000, 0.8
#: After so many rows half of them must have been repetitions.
_TRIED = 200_000


class Bunch(NamedTuple):
    """Different texts of a column.

    Attributes:
        first: position in the source of the first row of each (int64).
        values: the texts, in the order of their first rows; null is one of them.
        counts: rows of each (int64).
    """

    first: pa.Array
    values: pa.Array
    counts: pa.Array


class Texts:
    """Grows with a column, batch by batch.

    Attributes:
        values: the different texts so far, null among them.
        rows: seen so far.
    """

    def __init__(self) -> None:
        self.values: pa.Array = pa.array([], pa.string())
        self.rows = 0
        self._counts: Ints = np.empty(0, np.int64)
        self._first: Ints = np.empty(0, np.int64)

    def add(self, rows: pa.Array, values: pa.Array) -> tuple[pa.Array, pa.Array]:
        """Take a batch in.

        Args:
            rows: positions in the source.
            values: strings of the same length.

        Returns:
            For each value its place among ``self.values``, and the texts that are new there.
        """
        encoded = values.dictionary_encode(null_encoding="encode")
        local = encoded.indices.to_numpy()
        found = pc.index_in(encoded.dictionary, self.values)
        unknown = np.flatnonzero(found.is_null().to_numpy(zero_copy_only=False))
        places = found.fill_null(0).to_numpy().copy()
        places[unknown] = len(self.values) + np.arange(unknown.size)
        new = encoded.dictionary.take(pa.array(unknown))
        codes = places[local]
        if unknown.size:
            # A batch's dictionary is in the order of first rows, so the highest code so far rises
            # by one at each of them.
            firsts = np.searchsorted(np.maximum.accumulate(local), unknown)
            self._first = np.concatenate([self._first, rows.to_numpy()[firsts]])
            self.values = pa.concat_arrays([self.values, new])
            self._counts = np.concatenate([self._counts, np.zeros(unknown.size, np.int64)])
        self._counts += np.bincount(codes, minlength=len(self.values))
        self.rows += len(values)
        return pa.array(codes), new

    @property
    def worth_while(self) -> bool:
        """Whether the column repeats itself enough, and is small enough, to go on."""
        kept = len(self.values)
        if kept > MOST_TEXTS or self.values.nbytes > MOST_BYTES:
            return False
        if self.rows < _ASKED:
            return True
        return kept <= self.rows * (_VARIED if self.rows < _TRIED else 0.5)

    def bunch(self, values: pa.Array | None = None) -> Bunch:
        """All of them; ``values``, of the same length, may stand for the texts."""
        texts = self.values if values is None else values
        return Bunch(pa.array(self._first), texts, pa.array(self._counts))


def repeats(values: pa.Array) -> bool:
    """Whether a first batch is of a column that repeats itself."""
    return len(values) < _ASKED or len(pc.unique(values)) <= _VARIED * len(values)


def bunches(column: Column) -> Iterator[Bunch]:
    """A column as different texts, as few times as memory allows.

    A text may come again in a later bunch, with other rows.

    Args:
        column: positions and values, or bunches.
    """
    texts = Texts()
    for rows, values, *counts in column:
        if counts:
            yield Bunch(rows, values, counts[0])
            continue
        texts.add(rows, values)
        if len(texts.values) > MOST_TEXTS or texts.values.nbytes > MOST_BYTES:
            yield texts.bunch()
            texts = Texts()
    if texts.rows:
        yield texts.bunch()
