"""JSON: an array of objects, JSON Lines, or a document that has its records somewhere inside.

Values become text without loss: numbers as they are written, ``true`` and ``false``, nested objects
and arrays as compact JSON; ``null`` and a missing name are null. Columns are all names that occur,
in order of appearance. A row is the record's number, in JSON Lines its line.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
from pydantic import Field, field_validator

from catalog.problem import Problem, Rejected
from flows.sources import Pulled, RawTable
from flows.sources._file import FileOptions, pull
from flows.sources._json_stream import Cursor, column, elements, in_batches, members
from flows.sources._table import never_empty, raw_table, table_schema, unique_labels
from flows.sources._text import MAX_UNPACKED, Text, known_encoding, survey

__all__ = ["Options", "pull", "read"]

#: How deep, and how many, places of records are looked for to tell an officer of them.
_DEPTH, _PLACES = 4, 5


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
    """Read a JSON file; its names are collected in a first pass over the whole.

    Args:
        pulled: the file; gzip is unpacked on the way.
        options: what the declaration says.

    Raises:
        Rejected: not JSON, no records at the place, a record that is no object, a name twice.
    """
    text = survey(
        pulled.path, kind="JSON", encoding=options.encoding, max_unpacked=options.max_unpacked
    )
    names = tuple(_names(text, options.records))
    labels, named = unique_labels(names)
    schema = table_schema(labels)

    def opened() -> Iterator[pa.RecordBatch]:
        with text.lines() as stream:
            for batch in in_batches(_records(Cursor(stream), options.records)):
                rows = pa.array([row for row, _ in batch], pa.int64())
                columns = [
                    column([record.get(name) for _, record in batch], label, batch[0][0])
                    for name, label in zip(names, labels, strict=True)
                ]
                yield pa.record_batch([rows, *columns], schema=schema)

    return raw_table(labels, lambda: never_empty(opened(), schema), (*text.findings, *named))


def _names(text: Text, pointer: str | None) -> dict[str, None]:
    """Names of all records, in order of appearance; refuses what is plainly not the records."""
    names: dict[str, None] = {}
    count, only = 0, None
    with text.lines() as stream:
        cursor = Cursor(stream)
        lone = pointer is None and cursor.peek() == "{"
        for _, record in _records(cursor, pointer):
            if record.keys() != names.keys():
                names |= dict.fromkeys(record)
            count, only = count + 1, record
    if lone and count == 1:
        places = list(_places(only, ""))
        if places:  # a document that has its records inside, not one record
            raise _no_records("", places)
    if not names:
        raise Rejected(Problem("source-empty"))
    for name in names:
        column([name], ascii(name))  # half a character may hide in a name too
    return names


def _records(cursor: Cursor, pointer: str | None) -> Iterator[tuple[int, dict[str, Any]]]:
    """Records with their row: number in an array, line in JSON Lines."""
    found: Iterator[tuple[int, Any]]
    if pointer or cursor.peek() != "{":
        found = enumerate(_inside(cursor, (pointer or "").split("/")[1:], pointer or ""), 1)
    else:
        found = _one_after_the_other(cursor)
    for row, record in found:
        if not isinstance(record, dict):
            value = str(record)[:100]
            raise Rejected(Problem("json-not-record", row=row, value=value))
        yield row, record
    if cursor.peek():
        cursor.refuse(f"«{cursor.peek()}» behind the end")


def _one_after_the_other(cursor: Cursor) -> Iterator[tuple[int, Any]]:
    while cursor.peek():
        line = cursor.line
        yield line, cursor.value()


def _inside(cursor: Cursor, steps: list[str], pointer: str) -> Iterator[Any]:
    """Elements of the array that the steps lead to; all around it must be JSON too."""
    # What was gone through already, for telling where there are records.
    gone = pointer[: len(pointer) - sum(len(step) + 1 for step in steps)]
    if not steps:
        if cursor.peek() != "[":
            raise _no_records(pointer, _places(cursor.value(), gone))
        yield from elements(cursor, Cursor.value)
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
