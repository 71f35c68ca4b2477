"""Personal data (PDPA) in a column: ids, telephones, mailboxes, accounts, names, dates of birth.

By itself, that is: what depends on the columns beside (an address next to a name) is found when the
table is published. Values are shown covered. Refuses to decide: what is done with it is asked.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from catalog.problem import Level
from flows.doctor import Column, Example, Finding, Question, Remedy
from flows.doctor._column_find import ask
from flows.privacy import Found, Heading
from flows.privacy.examine import examine_distinct
from flows.privacy.screening import module_of
from flows.privacy.words import squeezed


def examine(column: Column) -> Iterator[Finding]:
    """Look for every kind that a column shows by itself."""
    if column.geometry or not column.values.num_rows:
        return
    values = column.values.combine_chunks()
    texts, rows, first = (_flat(values.column(name)) for name in ("value", "rows", "first"))
    heading = Heading(column.label, squeezed(column.label))
    for found in examine_distinct(heading, texts, rows, first):
        yield _finding(found)


def _flat(values: pa.ChunkedArray) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values


def _finding(found: Found) -> Finding:
    examples = tuple(Example(found.row, text) for text in found.examples)
    question = _question(found) if found.level is Level.ERROR else None
    return Finding(found.problem(), found.count, examples, (), question)


def _question(found: Found) -> Question:
    """What may be done; keeping officers' data is an answer only where duty can make it public."""
    answers = {"drop": [Remedy("treatment", "drop")], "mask": [Remedy("treatment", "mask")]}
    if found.kind == "small_cell":
        answers = {"suppress": [Remedy("treatment", "suppress")]}
    if found.kind == "birth_date":
        answers = {"year": [Remedy("treatment", "generalise", {"to": "year"})], **answers}
    if module_of(found.kind).PUBLIC_DUTY:
        answers["public_officer"] = [Remedy("treatment", "public_officer", True)]
    return ask("personal", answers)
