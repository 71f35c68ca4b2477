"""Rows of a table as a page shows them: some rows, some columns, each cell as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from catalog.cast import plain
from catalog.names import row_key
from catalog.release import Release, State
from catalog.schema import SchemaField, TableSchema
from catalog.store import Store
from catalog.table import Table
from catalog.web.cells import CLIP, cell, heading, is_number, language_of, unit_of

#: Longest text that stays on one line, and from which a column is set wide.
_SHORT, _LONG = 14, 48
_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a grid.

    Attributes:
        title: its heading.
        unit: in words, where the heading does not say it.
        kind: how it is set: ``n`` number, ``s`` short (never broken), ``l`` long, or nothing.
    """

    title: str
    unit: str | None
    kind: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as text, and its language where that is not the page's."""

    text: str
    lang: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its place in the table from 1, its cells, and where its own page is, if it has one."""

    number: int
    cells: Sequence[Cell]
    path: str | None


@dataclass(frozen=True, slots=True)
class Grid:
    """Some rows and columns of a table.

    Attributes:
        columns, rows: what is shown.
        first_column: place of the first column that is no key, from 1.
        all_columns: number of columns that the table has.
    """

    columns: Sequence[Column]
    rows: Sequence[Row]
    first_column: int
    all_columns: int


def open_table(release: Release, name: str, store: Store, scratch: Path) -> Table:
    """The canonical table of a release.

    Args:
        release: whose.
        name: which.
        store: where its files lie.
        scratch: folder for a copy, where the store is not local.
    """
    return Table(store.fetch(release.id, release.version, f"{name}.parquet", scratch), name)


def grid(
    release: Release, table: Table, lang: str, rows: range, columns: range | None = None,
    most: int = CLIP,
) -> Grid:  # fmt: skip
    """Rows of a table as text.

    Args:
        release: whose table it is.
        table: the canonical table.
        lang: ``th`` or ``en``.
        rows: the rows wanted, from 0.
        columns: places of the columns wanted, from 0; all if ``None``. Key columns before them are
            shown too, so that each row says which it is.
        most: characters after which long text is cut.
    """
    fields = _fields(table.schema, columns)
    key = table.schema.primary_key
    names = list(dict.fromkeys([*(field.name for field in fields), *key]))
    # The row's own page shows the row as it is now, which an old version's row need not be.
    linked = key and release.state is State.PUBLISHED
    found = [
        Row(number, [_cell(record, field, key, lang, most) for field in fields],
            row_path(release, table.name, key, record) if linked else None)
        for number, record in enumerate(_records(table, names, rows), rows.start + 1)
    ]  # fmt: skip
    shown = [
        Column(heading(field, lang), unit_of(field, lang), _kind(field, place, found))
        for place, field in enumerate(fields)
    ]
    first = columns.start + 1 if columns else 1
    return Grid(shown, found, first, len(table.schema.fields))


def _fields(schema: TableSchema, columns: range | None) -> Sequence[SchemaField]:
    """The columns wanted; after the table's beginning with the key before them."""
    if columns is None:
        return schema.fields
    wanted = schema.fields[columns.start : columns.stop]
    before = schema.fields[: columns.start]
    return [*(field for field in before if field.name in schema.primary_key), *wanted]


def _cell(
    record: Mapping[str, Any], field: SchemaField, key: Sequence[str], lang: str, most: int
) -> Cell:
    value = record[field.name]
    if field.name in key and is_number(field) and value is not None:
        return Cell(plain(value) or "", None)  # a number that names has no thousands
    text = cell(value, field, lang, most)
    return Cell(text, language_of(field, text, lang))


def _kind(field: SchemaField, place: int, rows: Sequence[Row]) -> str:
    longest = max((len(row.cells[place].text) for row in rows), default=0)
    if is_number(field):
        return "n"
    if field.type in ("string", "any", "array", "list", "object"):
        return "s" if longest <= _SHORT else "l" if longest > _LONG else ""
    return "s"


def _records(table: Table, names: Sequence[str], rows: range) -> Iterator[dict[str, Any]]:
    """The rows wanted; row groups before them are not read."""
    with pq.ParquetFile(table.path) as file:
        counts = [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)]
        first, seen = 0, 0
        while first < len(counts) and seen + counts[first] <= rows.start:
            seen += counts[first]
            first += 1
        groups = range(first, len(counts))
        target = pa.schema([table.arrow.field(name) for name in names])
        for batch in file.iter_batches(_BATCH, row_groups=groups, columns=list(names)):
            skip = max(rows.start - seen, 0)
            here = batch.select(names).cast(target).slice(skip, rows.stop - max(seen, rows.start))
            yield from here.to_pylist()
            seen += batch.num_rows
            if seen >= rows.stop:
                return


def row_path(
    release: Release, table: str, key: Sequence[str], record: Mapping[str, Any]
) -> str | None:
    """Where a row has its own page: by its key; ``None`` where part of the key is missing."""
    values = [plain(record[name]) for name in key]
    known = [value for value in values if value is not None]
    if not known or len(known) < len(values):
        return None
    return f"/id/{release.id}/{table}/{row_key(*known)}"
