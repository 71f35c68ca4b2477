"""JSON: an array of objects, JSON Lines, or a document that has its records somewhere inside.

Values become text without loss: numbers as they are written, ``true`` and ``false``, nested objects
and arrays as compact JSON; ``null`` and a missing name are null. Columns are all names that occur,
in order of appearance. A row is the record's number, in JSON Lines its line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import Field, field_validator

from catalog.problem import Problem, Rejected
from flows.sources import POSITION, Pulled, RawTable
from flows.sources._file import FileOptions, pull
from flows.sources._json_fast import Run, UnsureError, texts
from flows.sources._json_fast import members as members_of
from flows.sources._json_stream import Cursor, column, elements, members
from flows.sources._spool import Gathered
from flows.sources._table import bounded, never_empty, raw_table, table_schema, unique_labels
from flows.sources._text import MAX_UNPACKED, Text, known_encoding, survey

__all__ = ["Options", "pull", "read"]

#: How deep, and how many, places of records are looked for to tell an officer of them.
_DEPTH, _PLACES = 4, 5
#: Records that wait as Python objects, whose collector walks over all of them again and again.
_RECORDS = 10_000


class Options(FileOptions):
    """How a JSON file is laid out.

    Attributes:
        records: JSON Pointer (RFC 6901) to the array of records: ``/result/records``.
        encoding: of the file; decided from its bytes if not given (RFC 8259 wants UTF-8).
        max_unpacked: bound on the size of an unpacked ``.json.gz``, bytes.
    """

    records: str | None = Field(default=None, pattern=r"^(/[^/]+)*$")
    encoding: str | None = None
    max_unpacked: int = Field(default=MAX_UNPACKED, ge=1)

    _known = field_validator("encoding")(known_encoding)


def read(pulled: Pulled, options: Options) -> RawTable:
    """Read a JSON file, in one pass; its rows are put by, for its names are known at its end.

    Args:
        pulled: the file; gzip is unpacked on the way.
        options: what the declaration says.

    Raises:
        Rejected: not JSON, no records at the place, a record that is no object, a name twice.
    """
    text = survey(
        pulled.path, kind="JSON", encoding=options.encoding, max_unpacked=options.max_unpacked
    )
    found = _gather(text, options.records)
    labels, named = unique_labels(tuple(found.names))
    stored, schema = table_schema([f"={name}" for name in found.names]), table_schema(labels)

    def opened() -> Iterator[pa.RecordBatch]:
        for batch in found.batches.spool.batches(stored):
            yield pa.record_batch(batch.columns, schema=schema)

    return raw_table(labels, lambda: never_empty(opened(), schema), (*text.findings, *named))


class _Found:
    """Records as they come, in columns; and the names that occur.

    Attributes:
        names: in the order of appearance.
        batches: columns called ``=`` and the name, beside the row.
        count: how many records there are.
    """

    def __init__(self) -> None:
        self.names: dict[str, None] = {}
        self.batches = Gathered()
        self.count = 0
        self._waiting: list[tuple[int, dict[str, Any]]] = []

    def record(self, row: int, record: Any) -> None:
        """Take one record.

        Raises:
            Rejected: it is no object, or the records have too many names.
        """
        if not isinstance(record, dict):
            raise Rejected(Problem("json-not-record", row=row, value=str(record)[:100]))
        if record.keys() != self.names.keys():
            self.names |= dict.fromkeys(record)
            bounded(self.names)
        self.count += 1
        self._waiting.append((row, record))
        if len(self._waiting) == _RECORDS:
            self.settle()

    def columns(self, rows: pa.Array, columns: dict[str, pa.Array]) -> None:
        """Take many at once."""
        self.settle()
        self.names |= dict.fromkeys(columns)
        bounded(self.names)
        self.count += len(rows)
        named = {f"={name}": column for name, column in columns.items()}
        self.batches.add(pa.RecordBatch.from_pydict({POSITION: rows, **named}))

    def settle(self) -> None:
        """Make columns of the records that wait."""
        waiting, self._waiting = self._waiting, []
        if waiting:
            names = dict.fromkeys(name for _, record in waiting for name in record)
            columns = {POSITION: pa.array([row for row, _ in waiting], pa.int64())}
            for name in names:
                values = [record.get(name) for _, record in waiting]
                columns[f"={name}"] = column(values, name, waiting[0][0])
            self.batches.add(pa.RecordBatch.from_pydict(columns))


def _gather(text: Text, pointer: str | None) -> _Found:
    """All records; refuses what is plainly not the records."""
    found, only = _Found(), None
    with text.lines() as stream:
        cursor = Cursor(stream)
        lone = pointer is None and cursor.peek() == "{"
        for item in _records(cursor, pointer):
            if isinstance(item, _Columns):
                rows = item.rows if lone else item.rows + found.count + 1
                found.columns(pa.array(rows, pa.int64()), item.columns)
            else:
                line, only = item
                found.record(line if lone else found.count + 1, only)
    if lone and found.count == 1:
        places = list(_places(only, ""))
        if places:  # a document that has its records inside, not one record
            raise _no_records("", places)
    if not found.names:
        raise Rejected(Problem("source-empty"))
    for name in found.names:
        column([name], ascii(name))  # half a character may hide in a name too
    found.settle()
    found.batches.flush()
    return found


@dataclass(frozen=True, slots=True)
class _Columns:
    """A run of plain records: the line of each (its number from 0), and their members as text."""

    rows: npt.NDArray[np.int64]
    columns: dict[str, pa.Array]


def _of_array(found: Run, _: int) -> _Columns:
    """Columns of records in an array, where the line does not matter."""
    columns = {name: texts(values) for name, values in members_of(found.records).items()}
    return _Columns(np.arange(len(found.records)), columns)


def _of_lines(found: Run, line: int) -> _Columns:
    """Columns of records one to a line.

    Raises:
        UnsureError: blank lines between, or records over several lines.
    """
    if not found.lines:
        raise UnsureError
    plain = _of_array(found, line)
    return _Columns(plain.rows + line, plain.columns)


def _records(cursor: Cursor, pointer: str | None) -> Iterator[_Columns | tuple[int, Any]]:
    """Records: runs of plain ones, and others each by itself with its line."""
    if pointer or cursor.peek() != "{":
        yield from _inside(cursor, (pointer or "").split("/")[1:], pointer or "")
    else:
        yield from _one_after_the_other(cursor)
    if cursor.peek():
        cursor.refuse(f"«{cursor.peek()}» behind the end")


def _one_after_the_other(cursor: Cursor) -> Iterator[_Columns | tuple[int, Any]]:
    first = True
    while cursor.peek():
        # The first may be a document that has its records inside: it is looked at as a whole.
        found = None if first else cursor.run(_of_lines, commas=False)
        first = False
        yield _lined(cursor) if found is None else found


def _lined(cursor: Cursor) -> tuple[int, Any]:
    cursor.peek()
    return cursor.line, cursor.value()


def _inside(cursor: Cursor, steps: list[str], pointer: str) -> Iterator[_Columns | tuple[int, Any]]:
    """Elements of the array that the steps lead to; all around it must be JSON too."""
    # What was gone through already, for telling where there are records.
    gone = pointer[: len(pointer) - sum(len(step) + 1 for step in steps)]
    if not steps:
        if cursor.peek() != "[":
            raise _no_records(pointer, _places(cursor.value(), gone))
        yield from elements(cursor, _lined, _of_array)
        return
    if cursor.peek() != "{":
        raise _no_records(pointer, _places(cursor.value(), gone))
    wanted = steps[0].replace("~1", "/").replace("~0", "~")
    found, others = False, {}
    for name in members(cursor):
        if name == wanted and not found:
            found = True
            yield from _inside(cursor, steps[1:], pointer)
        else:
            others[name] = cursor.value()
    if not found:
        raise _no_records(pointer, _places(others, gone))


def _places(value: Any, pointer: str) -> Iterator[str]:
    """Pointers to arrays of objects."""
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value[:10]):
        yield pointer or "/"
    elif isinstance(value, dict) and pointer.count("/") < _DEPTH:
        for name, inner in value.items():
            step = name.replace("~", "~0").replace("/", "~1")
            yield from _places(inner, f"{pointer}/{step}")


def _no_records(pointer: str, places: Any) -> Rejected:
    found = ", ".join(list(places)[:_PLACES]) or "—"
    return Rejected(Problem("json-no-records", params={"pointer": pointer, "found": found}))
