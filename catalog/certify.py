"""Certificates: proof that a file holds the table it was written from.

A file is read back and compared, value by value, with what its format is able to hold; what the
format cannot hold is stated with counts. A difference between the two is a fault of the writer
or damage to the file, and stops the release. Both sides stream: memory does not grow with rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import zip_longest
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from catalog.formats._fit import differs
from catalog.formats._stream import batches
from catalog.table import Table

#: Rows that are compared at once.
_ROWS = 20_000
_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Difference:
    """A column of which some values are not the same.

    Attributes:
        column: field name.
        cells: how many values differ.
        row: the first record with one, from 1.
        expected: that record's value in the table, shortened; ``None`` is no value.
        found: what stands in its place.
    """

    column: str
    cells: int
    row: int
    expected: str | None
    found: str | None


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was found when a file was read back.

    Attributes:
        format: name of the format.
        rows: rows in the file, as far as it could be read.
        expected_rows: rows that the format should hold.
        differences: columns with values that are not what they should be; none in a good file.
        losses: columns with values that the format is not able to hold.
        unreadable: what the reader said where it had to give up.
    """

    format: str
    rows: int
    expected_rows: int
    differences: tuple[Difference, ...]
    losses: tuple[Difference, ...]
    unreadable: str | None = None

    @property
    def ok(self) -> bool:
        """Whether the file holds everything that its format is able to hold."""
        whole = self.rows == self.expected_rows and self.unreadable is None
        return whole and not self.differences

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self) | {"ok": self.ok}


def certify(table: Table, module: ModuleType, path: Path) -> Certificate:
    """Read a file back and compare it with the table.

    Args:
        table: the canonical table that the file was written from.
        module: the format: a module of ``catalog.formats``.
        path: the file.
    """
    losses, differences = _Ledger(), _Ledger()
    expected = _regrouped(_held(table, module, losses), table.arrow)
    found = _Careful(module.read(path, table))
    rows = wanted = 0
    for one, other in zip_longest(expected, _regrouped(found, table.arrow)):
        if one is not None and other is not None:
            shared = min(one.num_rows, other.num_rows)
            differences.see(one.slice(0, shared), other.slice(0, shared))
        wanted += one.num_rows if one is not None else 0
        rows += other.num_rows if other is not None else 0
    return Certificate(
        module.FORMAT.name, rows, wanted, differences.found(), losses.found(), found.fault
    )


def _held(table: Table, module: ModuleType, losses: _Ledger) -> Iterator[pa.RecordBatch]:
    """The table as the format holds it; what that loses is written down."""
    for batch in batches(table):
        held = module.held(batch, table)
        if held is batch:
            losses.rows += batch.num_rows
        else:
            losses.see(batch, held)
        yield held


class _Careful:
    """Batches of a reader, up to the place where it gives up."""

    def __init__(self, found: Iterable[pa.RecordBatch]) -> None:
        self.batches = found
        self.fault: str | None = None

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        try:
            yield from self.batches
        except Exception as error:  # noqa: BLE001  each reader has its own errors for damage
            self.fault = f"{type(error).__name__}: {error}"[:300]


class _Ledger:
    """Counts differing values by column, with the first of each."""

    def __init__(self) -> None:
        self.rows = 0
        self.known: dict[str, Difference] = {}

    def see(self, one: pa.RecordBatch, other: pa.RecordBatch) -> None:
        """Compare two batches of the same rows."""
        for name, left, right in zip(one.schema.names, one.columns, other.columns, strict=True):
            if left.equals(right):
                continue
            count = pc.sum(differs(left, right)).as_py() or 0
            if count:
                self._note(name, count, left, right)
        self.rows += one.num_rows

    def _note(self, name: str, count: int, left: pa.Array, right: pa.Array) -> None:
        first = pc.index(differs(left, right), True).as_py()
        old = self.known.get(name)
        if old is None:
            values = _shown(left[first]), _shown(right[first])
            self.known[name] = Difference(name, count, self.rows + first + 1, *values)
        else:
            more = old.cells + count
            self.known[name] = Difference(name, more, old.row, old.expected, old.found)

    def found(self) -> tuple[Difference, ...]:
        """Every column with a difference."""
        return tuple(self.known.values())


def _shown(value: pa.Scalar) -> str | None:
    plain = value.as_py()
    if plain is None:
        return None
    text = plain.hex() if isinstance(plain, bytes) else str(plain)
    return text[:_SHOWN]


def _regrouped(found: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """The same rows in batches of exactly so many rows, the last one shorter."""
    waiting: list[pa.RecordBatch] = []
    count = 0
    for batch in found:
        waiting.append(batch)
        count += batch.num_rows
        while count >= _ROWS:
            whole = _joined(waiting, schema)
            yield whole.slice(0, _ROWS)
            count -= _ROWS
            waiting = [whole.slice(_ROWS)] if count else []
    if count:
        yield _joined(waiting, schema)


def _joined(found: list[pa.RecordBatch], schema: pa.Schema) -> pa.RecordBatch:
    alike = [one if one.schema.equals(schema) else one.cast(schema) for one in found]
    return alike[0] if len(alike) == 1 else pa.concat_batches(alike)
