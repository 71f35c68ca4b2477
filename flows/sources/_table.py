"""What every reader builds: unique labels, stacked headers, batches of text."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

import pyarrow as pa

from catalog.problem import Level, Problem, Rejected
from flows.sources import POSITION, RawTable

#: Different names that the records of a file may have: SQLite's own bound on columns.
MOST_NAMES = 2_000


def unique_labels(
    labels: Sequence[str], reserved: Sequence[str] = ()
) -> tuple[tuple[str, ...], tuple[Problem, ...]]:
    """Labels as found, made unique where they are not.

    A blank label becomes ``field<n>`` (n from 1), a repeated one gets a number behind it, which
    is how Frictionless names such fields; ``_row`` and ``reserved`` count as taken.

    Returns:
        The labels, and a note for each that was named.
    """
    taken = {POSITION, *reserved}
    unique: list[str] = []
    notes: list[Problem] = []
    present = frozenset(labels)
    # Where counting went on for a label: a merged cell may give thousands of columns the same.
    counted: dict[str, int] = {}
    for number, label in enumerate(labels, 1):
        name = base = label if label.strip() else f"field{number}"
        while name in taken or (name != label and name in present):
            counted[base] = counted.get(base, 1) + 1
            name = f"{base}{counted[base]}"
        if name != label:
            code = "label-repeated" if label.strip() else "label-blank"
            params = {"number": number, "name": name}
            notes.append(Problem(code, field=label or None, params=params, level=Level.NOTE))
        taken.add(name)
        unique.append(name)
    return tuple(unique), tuple(notes)


def bounded(names: Collection[str]) -> None:
    """Refuse records with more names than a table can have columns.

    Where values are written as names (a day, an id), each record has names of its own, and the
    table would have as many columns as rows.

    Raises:
        Rejected: there are too many.
    """
    if len(names) > MOST_NAMES:
        raise Rejected(Problem("source-names-many", params={"most": f"{MOST_NAMES:,}"}))


def stack(rows: Sequence[Sequence[str]]) -> list[str]:
    """Header rows flattened column by column: ``ปี 2563 / ชาย``.

    Args:
        rows: header rows from the top, of equal width; merged cells already filled. Blank cells
            and a text repeated from the row above are left out.
    """
    labels = []
    for column in zip(*rows, strict=True):
        parts: list[str] = []
        for part in column:
            if part.strip() and (not parts or parts[-1] != part):
                parts.append(part)
        labels.append(
            " / ".join(part.strip() for part in parts) if len(parts) > 1 else "".join(parts)
        )
    return labels


def spread(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Stacked header rows of a format without merged cells, group names carried to the right.

    A group's name stands over its first column only. It is carried over the blank cells to its
    right where both its own column and theirs have a label further down: what has none below is
    one cell over several rows, not a group.
    """
    filled = [list(row) for row in rows]
    width = max(map(len, filled))
    for row in filled:
        row.extend([""] * (width - len(row)))
    for depth, row in enumerate(filled[:-1]):
        below = [any(under[at].strip() for under in filled[depth + 1 :]) for at in range(width)]
        for at in range(1, width):
            if not row[at].strip() and row[at - 1].strip() and below[at - 1] and below[at]:
                row[at] = row[at - 1]
    return filled


def table_schema(labels: Sequence[str], geometry: str | None = None) -> pa.Schema:
    """The Arrow schema of a reader's batches: position, text columns, WKB last if there is any."""
    fields = [pa.field(POSITION, pa.int64(), nullable=False)]
    fields += [pa.field(label, pa.string()) for label in labels]
    if geometry is not None:
        fields.append(pa.field(geometry, pa.binary()))
    return pa.schema(fields)


def never_empty(batches: Iterator[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """The batches, or one without rows: whoever reads them learns the columns in any case."""
    one = False
    for batch in batches:
        one = True
        yield batch
    if not one:
        yield pa.RecordBatch.from_pylist([], schema)


def raw_table(
    labels: Sequence[str],
    opened: Callable[[], Iterator[pa.RecordBatch]],
    findings: Sequence[Problem],
    **geo: Any,
) -> RawTable:
    """A ``RawTable`` with its findings told in Thai as well."""
    notes = tuple(finding.title("th") for finding in findings)
    return RawTable(tuple(labels), opened, notes=notes, findings=tuple(findings), **geo)
